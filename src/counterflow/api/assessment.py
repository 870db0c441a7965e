"""How much flows, what would cut it, and the written assessment."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer

router = APIRouter(tags=["assessment"])

# A written report is a page for itself: it runs nothing and loads nothing, whatever a source's text may hold.
_ALONE = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


class WhatIf(BaseModel):
    """A question to the interdiction solver."""

    model_config = ConfigDict(extra="forbid")

    budget: float = Field(ge=0, allow_inf_nan=False, description="In the cost unit of the measures.")
    must: list[str] = Field(default=[], description="Measures that the plan has to hold.")
    never: list[str] = Field(default=[], description="Measures that it may not hold.")
    measures: list[str] | None = Field(default=None, description="Evaluate exactly these, instead of solving.")


@router.get("/flow")
def flow(view: Asked, as_of: AsOf = None) -> Response:
    """The estimated flow from activities to uses, with intervals."""
    return answer(view.flow(as_of))


@router.get("/measures")
def measures(view: Asked, as_of: AsOf = None) -> Response:
    """The catalogue of measures: authority, cost, delay, and the arcs that each bears on."""
    return answer(view.measures(as_of))


@router.post("/whatif")
def whatif(view: Asked, question: WhatIf) -> Response:
    """The plan that cuts most within a budget, with its bound; before, after, and after rerouting."""
    return answer(view.whatif(question.model_dump()))


@router.get("/report")
def report(view: Asked, as_of: AsOf = None) -> Response:
    """The written assessment, as data."""
    return answer(view.report(as_of))


@router.get("/report.html", response_class=Response)
def report_html(view: Asked, as_of: AsOf = None) -> Response:
    """The written assessment as one page of HTML that stands alone."""
    return Response(view.report_text("html", as_of), media_type="text/html", headers=_ALONE)


@router.get("/report.md", response_class=Response)
def report_markdown(view: Asked, as_of: AsOf = None) -> Response:
    """The written assessment as Markdown."""
    return Response(view.report_text("md", as_of), media_type="text/markdown", headers=_ALONE)
