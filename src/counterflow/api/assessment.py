"""How much flows, what would cut it, and the written assessment."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer
from counterflow.api.needs import needs
from counterflow.api.turns import dear

router = APIRouter(tags=["assessment"])

# A written report is a page for itself: it runs nothing and loads nothing, whatever a source's text may hold.
_ALONE = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
_MEDIA = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class WhatIf(BaseModel):
    """A question to the interdiction solver."""

    model_config = ConfigDict(extra="forbid")

    budget: float = Field(ge=0, allow_inf_nan=False, description="In the cost unit of the measures.")
    must: list[str] = Field(default=[], description="Measures that the plan has to hold.")
    never: list[str] = Field(default=[], description="Measures that it may not hold.")
    measures: list[str] | None = Field(default=None, description="Evaluate exactly these, instead of solving.")
    budgets: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default={}, description="Limits by agency, beside the budget; an agency that is not named has none of its own."
    )
    collateral: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Points that the plan may do to others."
    )
    collateral_each: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Measures that do more than this to others are out."
    )
    not_cooperating: list[str] = Field(
        default=[], description="Codes of states whose measures need the one that wins the state over."
    )
    periods: int | None = Field(default=None, ge=1, le=24, description="Plan this many periods, each with the budget.")
    recovery: int | dict[str, int] | None = Field(
        default=None, description="Periods until what was cut has been rebuilt, for all or by kind; null: never."
    )
    period_days: int | None = Field(default=None, ge=1, description="Length of a period; default 365.")
    substitution: bool = Field(default=False, description="Also: the activities to forbid when he packs the rest.")
    as_of: str | None = Field(default=None, description="Partial ISO date: flow and measures as they were then.")


class Scenario(BaseModel):
    """A what-if question under a name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    question: WhatIf


def _asked(question: WhatIf) -> dict[str, Any]:
    """The question without what was not asked; must, never and measures always."""
    always = {"budget", "must", "never", "measures"}
    return {k: v for k, v in question.model_dump().items() if k in always or k in question.model_fields_set}


@router.get("/flow")
@needs("read")
@dear
def flow(view: Asked, as_of: AsOf = None) -> Response:
    """The estimated flow from activities to uses, with intervals."""
    return answer(view.flow(as_of))


@router.get("/measures")
@needs("read")
@dear
def measures(view: Asked, as_of: AsOf = None) -> Response:
    """The catalogue of measures: authority, cost, delay, and the arcs that each bears on."""
    return answer(view.measures(as_of))


@router.post("/whatif")
@needs("read")
@dear
def whatif(view: Asked, question: WhatIf) -> Response:
    """The plan that cuts most within a budget, with its bound; before, after, and after rerouting."""
    return answer(view.whatif(_asked(question)))


Saved = Annotated[str, Query(description="NAME or NAME@NUMBER of a report that was kept; without it: as of now.")]


Answers = Annotated[bool, Query(description="1: with sections that answer the founding document's questions.")]


class Added(BaseModel):
    """A sentence that somebody adds, with the claims it rests on."""

    model_config = ConfigDict(extra="forbid")

    after: str = Field(description="Id of the sentence behind which it goes.")
    text: str = Field(min_length=1, max_length=5_000)
    claim_ids: list[str] = Field(min_length=1, max_length=200)


class Edits(BaseModel):
    """Edits as a patch: claims, endnotes and figures are never what is sent."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=500)
    sentences: dict[str, str] = Field(default={}, description="Id to new words; numbers stay, and their order.")
    drop: list[str] = Field(default=[], description="Ids of sentences taken out, with their citations.")
    add: list[Added] = []


class Draft(BaseModel):
    """What the linter is asked about: edits to a report, or a text made from it."""

    model_config = ConfigDict(extra="forbid")

    as_of: str | None = None
    saved: str = ""
    answers: bool = False
    edits: Edits | None = None
    text: str | None = Field(default=None, max_length=2_000_000, description="Markdown or bare text, instead of edits.")


class Kept(BaseModel):
    """A report to keep, edited or not."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    of: int | None = Field(default=None, description="Version of that name to start from; without it: as of now.")
    as_of: str | None = None
    answers: bool = False
    edits: Edits | None = None
    note: str = Field(default="", max_length=2_000)


@router.get("/scenarios")
@needs("read")
def scenarios(view: Asked) -> Response:
    """What-if questions kept under a name, the newest first."""
    return answer(view.scenarios())


@router.post("/scenarios")
@needs("judge")
def keep_scenario(view: Asked, scenario: Scenario) -> Response:
    """Keep a what-if question under a name, in place of an earlier one of that name."""
    question = _asked(scenario.question)
    return answer(view.workspace.keep_scenario(scenario.name, question, audience=view.name))


@router.delete("/scenarios")
@needs("judge")
def drop_scenario(view: Asked, name: Annotated[str, Query(min_length=1)]) -> Response:
    """Take a scenario off the list; it stays in the casebook."""
    view.workspace.drop_scenario(name, audience=view.name)
    return answer(view.scenarios())


@router.get("/report")
@needs("read")
@dear
def report(view: Asked, as_of: AsOf = None, saved: Saved = "", answers: Answers = False) -> Response:
    """The written assessment, as data."""
    return answer(view.report(as_of, saved, answers))


@router.get("/report.{format}", response_class=Response)
@needs("export")
@dear
def report_file(view: Asked, format: str, as_of: AsOf = None, saved: Saved = "", answers: Answers = False) -> Response:
    """The written assessment as a file: html (one page that stands alone), md, pdf (tagged), docx or json."""
    made = view.report_file(format, as_of, saved, answers)
    name = f'attachment; filename="report.{format}"' if format in ("pdf", "docx") else "inline"
    return Response(made, media_type=_MEDIA[format], headers={**_ALONE, "Content-Disposition": name})


@router.get("/report/versions")
@needs("read")
@dear
def report_versions(view: Asked) -> Response:
    """Reports that were kept for this audience, by whom and when."""
    return answer(view.report_versions())


@router.post("/report/versions")
@needs("judge")
def keep_report(view: Asked, kept: Kept) -> Response:
    """Keep a report as a new version; the ones before stay. Without edits, an older version is restored."""
    return answer(view.workspace.keep_report(audience=view.name, **kept.model_dump()))


@router.post("/report/lint")
@needs("read")
@dear
def report_lint(view: Asked, draft: Draft) -> Response:
    """What may not stand: locked numbers that were changed, sentences without claims, likelihood beside confidence."""
    return answer(
        view.report_lint(draft.edits.model_dump() if draft.edits else None, draft.text, draft.as_of, draft.saved)
    )


@router.get("/report/changes")
@needs("read")
@dear
def report_changes(
    view: Asked,
    saved: str,
    against: Annotated[str, Query(description="now, generated, or NAME@NUMBER of an earlier one.")] = "now",
) -> Response:
    """What changed between a report that was kept and another: sentences, judgements, figures, and why."""
    return answer(view.report_changes(saved, against))
