"""Organisations, people, roles and clearances: for administrators, who read nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from counterflow.api.answer import Hands, answer
from counterflow.api.identity import Asked
from counterflow.api.needs import needs

router = APIRouter(tags=["identity"])


class NewOrganisation(Asked):
    """An organisation to be added."""

    name: str = Field(max_length=200)
    kind: str = "other"


class Cleared(Asked):
    """How far an organisation is cleared for what is released to it; what is not named stays."""

    ceiling: str | None = None
    compartments: list[str] | None = None


class NewPerson(Asked):
    """Somebody to be added; with an owner, a service that this person answers for."""

    name: str = Field(max_length=200)
    organisation: str
    unit: str = Field(default="", max_length=200)
    roles: list[str] = Field(default=[])
    owner: str | None = None


class Rights(Asked):
    """Roles, unit and clearance in place of those before; what is not named stays."""

    roles: list[str] | None = None
    unit: str | None = Field(default=None, max_length=200, description="Within the organisation; empty: none.")
    ceiling: str | None = None
    compartments: list[str] | None = None
    purposes: list[str] | None = None


@router.get("/organisations")
@needs("administer")
def organisations(hands: Hands) -> Response:
    """All organisations, and the kinds there are."""
    return answer({"organisations": hands.organisations(), "kinds": hands.organisation_kinds()})


@router.post("/organisations")
@needs("administer")
def add_organisation(hands: Hands, new: NewOrganisation) -> Response:
    """Add an organisation."""
    return answer(hands.add_organisation(new.name, new.kind))


@router.patch("/organisations/{id}")
@needs("administer")
def clear_organisation(hands: Hands, id: str, cleared: Cleared) -> Response:
    """Say up to what something may be released to another organisation."""
    return answer(hands.clear_organisation(id, **cleared.model_dump()))


@router.get("/people")
@needs("administer")
def people(hands: Hands) -> Response:
    """Everybody one looks after, with the roles there are and what they allow."""
    return answer({"people": hands.people(), **hands.roles()})


@router.post("/people")
@needs("administer")
def add_person(hands: Hands, new: NewPerson) -> Response:
    """Add a person or a service, cleared for nothing but TLP:CLEAR."""
    return answer(hands.add_person(**new.model_dump()))


@router.patch("/people/{id}")
@needs("administer")
def change(hands: Hands, id: str, rights: Rights) -> Response:
    """Set somebody's roles, unit and clearance, all or nothing; they count from the next request on."""
    return answer(hands.set_rights(id, **rights.model_dump()))


@router.delete("/people/{id}")
@needs("administer")
def close(hands: Hands, id: str) -> Response:
    """Close an account, at once."""
    hands.close_person(id)
    return answer({"closed": id})


@router.post("/people/{id}/invitation")
@needs("administer")
def invite(hands: Hands, id: str) -> Response:
    """A code by which somebody comes in, once; earlier ones are void."""
    return answer({"code": hands.invite(id)})
