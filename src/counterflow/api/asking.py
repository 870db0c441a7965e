"""The four questions, each answered at its own address."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer
from counterflow.api.needs import needs
from counterflow.api.turns import dear

router = APIRouter(tags=["assessment"])

Budget = Annotated[float | None, Query(ge=0, allow_inf_nan=False, description="Points that may be spent.")]


class Assumptions(BaseModel):
    """Your own assumptions, in place of the shipped ones."""

    model_config = ConfigDict(extra="forbid")

    assumptions: dict[str, Any] = Field(description="For substitution: the shape of `portfolio.yaml`.")


@router.get("/questions")
@needs("read")
@dear
def questions(view: Asked) -> Response:
    """The questions that can be asked, by name."""
    return answer(view.questions())


@router.get("/questions/{question}")
@needs("read")
@dear
def ask(view: Asked, question: str, as_of: AsOf = None, budget: Budget = None) -> Response:
    """One of: substitution, merger, cashbox, coordination."""
    return answer(view.ask(question, as_of, budget))


@router.post("/questions/{question}")
@needs("read")
@dear
def ask_with(
    view: Asked,
    question: str,
    own: Assumptions,
    as_of: AsOf = None,
    budget: Budget = None,
) -> Response:
    """The same with your own assumptions (`portfolio.yaml` for substitution, budgets for coordination)."""
    return answer(view.ask(question, as_of, budget, own.assumptions))
