"""What the typologies found, and what analysts decided about it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs
from counterflow.views.queue import MOST

router = APIRouter(tags=["findings"])

Some = Annotated[list[str] | None, Query()]


class Decision(BaseModel):
    """What an analyst decided about one finding."""

    model_config = ConfigDict(extra="forbid")

    finding: str = Field(min_length=1, description="Its id.")
    state: Literal["escalate", "watch", "dismiss"]
    reason: str = Field(min_length=1, description="Code, as `GET /api/triage` lists them.")
    note: str = Field(default="", max_length=2_000, description="In words; some reasons need it.")
    until: str | None = Field(default=None, description="Partial ISO date of the last day on which it counts.")
    label: str | None = Field(default=None, description="Stricter handling than the finding's, e.g. TLP:RED.")


@router.get("/findings")
@needs("read")
def findings(
    view: Asked,
    typology: Some = None,
    state: Annotated[list[str] | None, Query(description="undecided, again, escalate, watch, dismiss.")] = None,
    reason: Annotated[list[str] | None, Query(description="Code of a decision that stands.")] = None,
    likelihood: Annotated[list[str] | None, Query(description="ICD 203 word.")] = None,
    jurisdiction: Annotated[list[str] | None, Query(description="ISO 3166-1 alpha-2, lower case.")] = None,
    listed: Annotated[bool | None, Query(description="Names a listed party, or none.")] = None,
    sort: Annotated[str, Query(description="likelihood, newest, oldest, amount or payments.")] = "likelihood",
    offset: Annotated[int, Query(ge=0, description="Findings to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Findings at most.")] = 100,
    around: Annotated[str | None, Query(description="The portion that holds this finding, in place of offset.")] = None,
) -> Response:
    """The queue in portions, most likely first: a line for each finding and how it stands, and counts of every facet.
    A value may be given several times: any of them will do."""
    facets = {"typology": typology, "state": state, "reason": reason, "likelihood": likelihood,
              "jurisdiction": jurisdiction}  # fmt: skip
    wanted = {name: tuple(values) for name, values in facets.items() if values}
    if listed is not None:
        return answer(view.findings({**wanted, "listed": listed}, sort, offset, limit, around))
    return answer(view.findings(wanted, sort, offset, limit, around))


@router.get("/findings/{id:path}")
@needs("read")
def finding(view: Asked, id: str) -> Response:
    """One finding with its evidence, what would refute it, its innocent explanations, and what was decided about it."""
    return answer(view.finding(id))


@router.get("/model")
@needs("read")
def model(
    view: Asked, drift: Annotated[bool, Query(description="How far later payments are from its own.")] = False
) -> Response:
    """The card of the model that ranks payments: what it learnt from, how well it tells, its limits."""
    return answer(view.model(drift=drift))


@router.get("/triage")
@needs("read")
def triage(
    view: Asked,
    finding: Annotated[str | None, Query(description="Only the history of this one.")] = None,
    limit: Annotated[int, Query(ge=0, le=MOST, description="Decisions at most.")] = 100,
) -> Response:
    """How many findings stand how and why, the codes of reasons, and the newest decisions; or all about one finding."""
    return answer(view.triage(finding, limit))


@router.post("/triage")
@needs("judge")
def decide(view: Asked, decision: Decision) -> Response:
    """Record what was decided about a finding; it counts until the finding changes or its time is up."""
    return answer(view.workspace.triage(**decision.model_dump(), audience=view.name))


@router.delete("/triage")
@needs("judge")
def withdraw(
    view: Asked,
    finding: Annotated[str, Query(description="Id of the finding.")],
    note: Annotated[str, Query(max_length=2_000, description="Why, in words.")] = "",
) -> Response:
    """Take a decision back; it stays in the casebook."""
    return answer(view.workspace.triage(finding, "withdrawn", note=note, audience=view.name))
