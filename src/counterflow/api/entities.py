"""Who is who: search, the page of an entity, and the claims under each value."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer, kept
from counterflow.api.needs import needs

router = APIRouter(tags=["entities"])


@router.get("/search")
@needs("read")
def search(view: Asked, q: str, limit: int = 20) -> Response:
    """Entities by name in any script, or by number."""
    return answer(view.search(q, limit))


@router.get("/claims")
@needs("read")
def claims_by_id(view: Asked, id: Annotated[list[str], Query(max_length=500)]) -> Response:
    """Claims by their own ids (``?id=…&id=…``); those that may not be read are not among the answers."""
    return answer(view.claims_by_id(id))


@router.get("/conflicts")
@needs("read")
def conflicts(view: Asked, entity: str | None = None, as_of: AsOf = None) -> Response:
    """Accounts that cannot all be true, side by side: about an entity, or all that there are."""
    return kept(view, "conflicts", entity, as_of, make=lambda: {"conflicts": view.conflicts(entity, as_of)})


# An id may hold slashes, so the narrower path comes first.
@router.get("/entities/{id:path}/claims")
@needs("read")
def claims(view: Asked, id: str, property: str | None = None, value: str | None = None) -> Response:
    """The claims about an entity: all, of one property, or of one value."""
    return kept(view, "claims", id, property, value, make=lambda: view.claims(id, property, value))


@router.get("/entities/{id:path}")
@needs("read")
def entity(view: Asked, id: str, as_of: AsOf = None) -> Response:
    """An entity: its values, links, findings, rival accounts, and why its referents are one."""
    return kept(view, "entity", id, as_of, make=lambda: view.entity(id, as_of))
