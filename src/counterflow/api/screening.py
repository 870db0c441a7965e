"""Screening in batches, and what analysts decide about the hits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs
from counterflow.entities.evidence.verdicts import SHOWN

router = APIRouter(tags=["screening"])


class Batch(BaseModel):
    """Queries to screen, some at a time: a file of any length is sent in parts."""

    model_config = ConfigDict(extra="forbid")

    queries: list[dict[str, Any]] = Field(
        default=[], max_length=1000, description="`{id, schema, properties}`, in order."
    )
    text: str | None = Field(default=None, description="Instead: part of a file, as `counterflow screen` reads it.")
    table: bool = Field(default=False, description="`text` is a table, headings first; otherwise lines of JSON.")
    before: int = Field(default=0, ge=0, description="Lines of the file that stand before `text`.")
    limit: int = Field(default=5, ge=1, le=500, description="Hits for each at most.")
    threshold: float = Field(default=SHOWN, ge=0, le=1, description="Probability from which a hit is given.")
    dispositions: Literal["all", "open"] = Field(
        default="all", description="`open`: without hits that were called false positives, while that holds."
    )


class Decision(BaseModel):
    """What an analyst decided about one hit."""

    model_config = ConfigDict(extra="forbid")

    query: dict[str, Any] = Field(description="As it was screened: `{id, schema, properties}`.")
    entity: str = Field(min_length=1, description="Id of the hit.")
    verdict: Literal["false-positive", "true-match", "undecided"]
    reason: str = Field(min_length=1, max_length=2_000)
    until: str | None = Field(default=None, description="Partial ISO date of the last day on which it counts.")
    label: str | None = Field(default=None, description="Stricter handling than the entity's, e.g. TLP:RED.")


@router.post("/screen")
@needs("read")
def screen(view: Asked, batch: Batch) -> Response:
    """Answers in order: `{id, query, results}`, each hit with its evidence and disposition, or `{id, error}`."""
    from counterflow.views.questions import questions_in

    told = batch.text
    queries = batch.queries if told is None else questions_in(told, table=batch.table, before=batch.before)
    options = {"limit": batch.limit, "threshold": batch.threshold, "dispositions": batch.dispositions}
    return answer(view.screened(queries, **options))


@router.get("/dispositions")
@needs("read")
def dispositions(
    view: Asked,
    party: Annotated[str | None, Query(description="Only of this party that was screened.")] = None,
    entity: Annotated[str | None, Query(description="Only of this entity.")] = None,
) -> Response:
    """What was decided about hits, the newest first, and why some of it no longer counts."""
    return answer(view.dispositions(party, entity))


@router.post("/dispositions")
@needs("judge")
def dispose(view: Asked, decision: Decision) -> Response:
    """Record what was decided; it is remembered until what is known of either side changes."""
    told = decision.model_dump()
    return answer(view.workspace.dispose(told.pop("query"), told.pop("entity"), audience=view.name, **told))


@router.delete("/dispositions")
@needs("judge")
def withdraw(
    view: Asked,
    party: Annotated[str, Query(description="As the list of dispositions has it.")],
    entity: Annotated[str, Query(description="Id of the entity.")],
    reason: Annotated[str, Query(min_length=1, max_length=2_000)],
) -> Response:
    """Take a decision back; it stays in the casebook."""
    return answer(view.workspace.dispose({"party": party}, entity, "withdrawn", reason, audience=view.name))
