"""Documents: their text, what is named in it, and passages marked into claims."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer, kept
from counterflow.api.needs import needs

router = APIRouter(tags=["documents"])


class Passage(BaseModel):
    """A passage of a document, and what it says of whom."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(ge=1)
    property: str = Field(min_length=1, description="FollowTheMoney property.")
    text: str = Field(default="", max_length=20_000, description="The passage, as it stands on the page.")
    start: int | None = Field(default=None, ge=0, description="Its first character, from the start of the page.")
    end: int | None = Field(default=None, ge=1, description="The character behind its last.")
    subject: str = Field(default="", description="Whom it is about.")
    schema_: str = Field(default="", alias="schema", description="Instead: somebody new, of this schema.")
    value: str = Field(default="", max_length=20_000, description="By default the passage; of an entity, its id.")
    grade: str | None = Field(default=None, description="Admiralty grade, e.g. B3.")
    label: str | None = Field(default=None, description="Stricter handling than the document's, e.g. TLP:RED.")
    origin: str = Field(default="", description="Id of the source that the document itself rests on there.")
    note: str = Field(default="", max_length=2_000)


@router.get("/documents")
@needs("read")
def documents(view: Asked) -> Response:
    """Documents, newest first."""
    return kept(view, "documents", make=view.documents)


@router.get("/documents/{id}")
@needs("read")
def document(view: Asked, id: str) -> Response:
    """One document: its pages, its references, and the claims that cite it."""
    return kept(view, "document", id, make=lambda: view.document(id))


@router.get("/documents/{id}/pages/{number}")
@needs("read")
def page(view: Asked, id: str, number: int) -> Response:
    """Text of one page."""
    return kept(view, "page", id, number, make=lambda: view.page(id, number))


@router.get("/documents/{id}/mentions")
@needs("read")
def mentions(view: Asked, id: str, page: int | None = None) -> Response:
    """What is named in a document, or on one page: entities, dates, amounts, countries, numbers; none of it a claim."""
    return kept(view, "mentions", id, page, make=lambda: view.mentions(id, page))


@router.post("/documents/{id}/marks")
@needs("judge")
def mark(view: Asked, id: str, passage: Passage) -> Response:
    """Turn a passage into a claim, handled at least as strictly as its page."""
    what = {"schema" if key == "schema_" else key: value for key, value in passage.model_dump().items()}
    return answer(view.workspace.mark(id, what.pop("page"), audience=view.name, **what))


@router.delete("/marks/{claim}")
@needs("judge")
def unmark(view: Asked, claim: str, reason: Annotated[str, Query(min_length=1, max_length=2_000)]) -> Response:
    """Take back a claim that was made by marking a passage."""
    view.workspace.unmark(claim, reason, audience=view.name)
    return answer({"claim": claim, "taken_back": True})
