"""Rival hypotheses over graded evidence."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs

router = APIRouter(tags=["hypotheses"])


class Rating(BaseModel):
    """How well an item of evidence fits a hypothesis, in somebody's judgement."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1)
    hypothesis: str = Field(min_length=1)
    rating: str = Field(description="CC, C, N, I, II: from very consistent to very inconsistent.")
    reason: str = Field(min_length=1, max_length=2_000)


class NewQuestion(BaseModel):
    """A question as in a hypotheses file."""

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str
    hypotheses: dict[str, str] = Field(description="Id to a clause that can follow “It is likely that”.")
    evidence: list[dict[str, Any]] = Field(default=[], description="Items: id, text, cites, ratings, reason, label.")
    about: list[str] = []
    label: str = Field(default="", description="Handling; by default that of all its items.")
    dependence: float = 0.5
    dependent: list[list[str]] = Field(default=[], description="Groups of sources that lean on each other.")


@router.get("/hypotheses")
@needs("read")
def hypotheses(view: Asked) -> Response:
    """Questions with rival hypotheses, each with what the evidence prefers."""
    return answer(view.hypotheses())


@router.post("/hypotheses")
@needs("judge")
def load(view: Asked, question: NewQuestion) -> Response:
    """Keep a question, its evidence and ratings; rows that say the same as before are not written again."""
    from counterflow.assessment.hypotheses import of

    view.workspace.write_hypotheses(of(question.model_dump()), audience=view.name)
    return answer(view.matrix(question.id))


@router.get("/hypotheses/{id}")
@needs("read")
def matrix(
    view: Asked,
    id: str,
    without: Annotated[list[str] | None, Query(description="Items or origins to leave out.")] = None,
    dependence: float | None = None,
) -> Response:
    """One question: hypotheses by what stands against them, each item's grade, origin and diagnosticity, and what
    would change without each item and each origin."""
    return answer(view.matrix(id, without or [], dependence))


@router.post("/hypotheses/{id}/ratings")
@needs("judge")
def rate(view: Asked, id: str, given: Rating) -> Response:
    """Record a rating; the one before stays in the casebook. The answer is the question weighed anew."""
    view.workspace.rate(id, given.item, given.hypothesis, given.rating, given.reason, audience=view.name)
    return answer(view.matrix(id))
