"""Cases: what several agencies keep on one affair, each seeing its own slice."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api import shapes
from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs

router = APIRouter(tags=["cases"])

WRITTEN = ("member", "thing", "task", "note", "request", "decision")

Title = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(max_length=20_000)]


class Given(BaseModel):
    """A body of which every field is known."""

    model_config = ConfigDict(extra="forbid")


class Handling(Given):
    """A label, for a record of one's own organisation."""

    tlp: str = Field(description="TLP 2.0, e.g. TLP:AMBER.", json_schema_extra=shapes.tlp())
    releasable_to: list[str] = Field(default=[], description="Organisations inside the circle.")
    readers: list[str] = Field(default=[], description="The only persons who may read it.")
    compartments: list[str] = []
    purposes: list[str] = []


class NewThing(Given):
    """Something of the workspace that a case is about."""

    thing: str = Field(
        description="finding, pattern, entity, hit, document, page, question, claim, record or case.",
        json_schema_extra=shapes.words("things"),
    )
    id: Title
    why: Text = ""
    asked: Text = Field(default="", description="Of a hit: what was screened.")


class NewCase(Given):
    """A case to be opened. Without a label it is for one's own organisation, strictly."""

    title: Title
    purpose: Title
    basis: str = Field(
        description="Legal basis, as `GET /api/case-terms` lists them.", json_schema_extra=shapes.words("bases")
    )
    predicate: Text = Field(default="", description="The facts that give the basis, in words.")
    label: Handling | None = None
    things: list[NewThing] = []


class NewRow(Given):
    """A row of a case: `fields` as its kind has them (docs/cases.md)."""

    model_config = ConfigDict(json_schema_extra=shapes.row(WRITTEN))

    kind: Literal["member", "thing", "task", "note", "request", "decision"]
    fields: dict[str, Any]
    label: Handling | None = Field(default=None, description="Stricter handling than the case's.")


class Change(Given):
    """Fields of a row to be changed."""

    base: str = Field(min_length=1, description="`version` that it is based on; several with commas join them.")
    changes: dict[str, Any]
    label: Handling | None = None


class Closing(Given):
    """How a case ended."""

    outcome: str = Field(json_schema_extra=shapes.words("outcomes"))
    because: Text = Field(min_length=1)
    into: str = Field(default="", max_length=100, description="Of one that is merged: the case that it goes on in.")
    base: str | None = Field(default=None, description="`version` of the case that was read.")


class Because(Given):
    """Why."""

    because: Text = Field(min_length=1)


class HandOver(Given):
    """Who leads from now on."""

    to: Title
    because: Text = ""


class NewReferral(Given):
    """Something handed on to another unit."""

    to: Title
    what: Text
    why: Text
    predicate: Text
    agency: str = Field(default="other", json_schema_extra=shapes.words("agencies"))
    cites: list[str] = []
    label: Handling | None = None


class Release(Given):
    """Organisations that may read a row from now on."""

    to: list[Title] = Field(min_length=1)
    because: Text = Field(min_length=1)


class Shown(Given):
    """What an analyst had set on a chart."""

    hide: list[Title] = Field(default=[], description="Kinds and relations hidden in the legend.", max_length=200)
    start: str = Field(default="", max_length=10, description="Window of the time bar, from.")
    end: str = Field(default="", max_length=10, description="Until.")
    pins: list[Title] = Field(default=[], description="Nodes that were moved by hand.", max_length=2_000)


class NewSnapshot(Given):
    """A link chart to be kept as it is now."""

    center: str = Field(default="", max_length=300, description="Entity around which it is drawn.")
    finding: str = Field(default="", max_length=300, description="In its place: the finding whose attempt it shows.")
    title: Title
    hops: int = Field(default=1, ge=1, le=4)
    as_of: str = Field(default="", json_schema_extra=shapes.PARTIAL)
    until: str = Field(default="", json_schema_extra=shapes.PARTIAL)
    limit: int = Field(default=300, ge=1, le=2000)
    layout: dict[str, tuple[float, float]] = Field(default={}, description="Node to x and y.", max_length=20_000)
    expand: list[Title] = Field(default=[], description="Nodes of which the neighbours were added.", max_length=50)
    path: str = Field(
        default="", max_length=300, description="A chain to this entity was drawn; `nearest`: listed one."
    )
    shown: Shown = Field(default_factory=Shown, description="What else was set.")
    label: Handling | None = None


class Consent(Given):
    """What a second person says to a proposal."""

    agree: bool
    reason: Text = ""


def _label(given: Handling | None) -> dict[str, Any] | None:
    return None if given is None else given.model_dump(exclude_defaults=True)


@router.get("/case-terms")
@needs("read")
def terms(view: Asked) -> Response:
    """The words in use: legal bases, outcomes, kinds of agency, states; and which acts want a second person."""
    return answer(view.case_terms())


@router.get("/cases")
@needs("read")
def cases(
    view: Asked,
    status: Annotated[str, Query(description="open or closed; without it, all.")] = "",
    q: Annotated[str, Query(max_length=300, description="A text that is in them.")] = "",
    assignee: Annotated[
        str, Query(max_length=300, description="Member for whom something waits in them; `me`: oneself.")
    ] = "",
    due: Annotated[str, Query(max_length=10, description="Day until which something waits in them.")] = "",
) -> Response:
    """The cases that one is in: open ones first, the newest first; with what waits in each, and what is overdue."""
    return answer(view.cases(status, q, assignee, due))


@router.get("/work")
@needs("read")
def work(view: Asked) -> Response:
    """What waits for oneself, one's unit or organisation in one's open cases: the most urgent first."""
    return answer(view.case_work())


@router.get("/colleagues")
@needs("case")
def colleagues(view: Asked) -> Response:
    """Whom a case may name: organisations with their kinds, and people and units of one's own."""
    return answer(view.workspace.colleagues())


@router.post("/cases")
@needs("case")
def open_case(view: Asked, case: NewCase) -> Response:
    """Open a case, and lead it."""
    id = view.workspace.open_case(
        case.title, case.purpose, case.basis, case.predicate, label=_label(case.label),
        things=[thing.model_dump() for thing in case.things], audience=view.name,
    )  # fmt: skip
    return answer(view.case(id))


@router.get("/cases/{id}")
@needs("read")
def case(view: Asked, id: str) -> Response:
    """One case: its head, and every row in it that one may read."""
    return answer(view.case(id))


@router.get("/cases/{id}/history")
@needs("read")
def history(
    view: Asked, id: str, row: Annotated[str | None, Query(description="Only of this row; `case`: the head.")] = None
) -> Response:
    """Every version that one may read, the newest first, with what each changed."""
    return answer(view.case_history(id, row))


@router.get("/cases/{id}/related")
@needs("read")
def related(view: Asked, id: str) -> Response:
    """Other cases of one's own about the same things, or linked with this one."""
    return answer(view.related_cases(id))


@router.post("/cases/{id}/rows")
@needs("case")
def add(view: Asked, id: str, row: NewRow) -> Response:
    """Write a row. It bears the labels of the case, of everything that it names, and its own."""
    made = view.workspace.add_row(id, row.kind, row.fields, label=_label(row.label), audience=view.name)
    return answer(view.case_row(id, made))


@router.patch("/cases/{id}/rows/{row}")
@needs("case")
def change(view: Asked, id: str, row: str, change: Change) -> Response:
    """Change fields of a row. 409 where somebody else has, since the version named: with theirs, and yours."""
    view.workspace.change_row(id, row, change.changes, base=change.base, label=_label(change.label), audience=view.name)
    return answer(view.case_row(id, row))


@router.post("/cases/{id}/close")
@needs("case")
def close(view: Asked, id: str, closing: Closing) -> Response:
    """Close a case, or propose to where two must agree (`done` false, `row` the proposal)."""
    return answer(
        view.workspace.close_case(
            id, closing.outcome, closing.because, into=closing.into, base=closing.base, audience=view.name
        )
    )


@router.post("/cases/{id}/reopen")
@needs("case")
def reopen(view: Asked, id: str, why: Because) -> Response:
    """Open a closed case again."""
    view.workspace.reopen_case(id, why.because, audience=view.name)
    return answer(view.case(id))


@router.post("/cases/{id}/lead")
@needs("case")
def hand_over(view: Asked, id: str, given: HandOver) -> Response:
    """Hand a case over to another member."""
    view.workspace.hand_over(id, given.to, given.because, audience=view.name)
    return answer(view.case(id))


@router.post("/cases/{id}/referrals")
@needs("case")
def refer(view: Asked, id: str, referral: NewReferral) -> Response:
    """Refer something to another unit, or propose to where two must agree."""
    fields = referral.model_dump(exclude={"label"})
    return answer(view.workspace.refer(id, fields, label=_label(referral.label), audience=view.name))


@router.post("/cases/{id}/rows/{row}/release")
@needs("release")
def release(view: Asked, id: str, row: str, given: Release) -> Response:
    """Let further organisations read a row (`case`: the case itself), or propose to where two must agree."""
    return answer(view.workspace.release_row(id, row, given.to, given.because, audience=view.name))


@router.post("/cases/{id}/snapshots")
@needs("case")
def keep(view: Asked, id: str, chart: NewSnapshot) -> Response:
    """Keep the link chart around an entity, or of an attempt, as it is now."""
    given = chart.model_dump(exclude={"label"})
    row = view.workspace.snapshot(id, **given, known_on=view.known_on, label=_label(chart.label), audience=view.name)
    return answer(view.snapshot(id, row))


@router.get("/cases/{id}/snapshots/{row}")
@needs("read")
def snapshot(view: Asked, id: str, row: str) -> Response:
    """A link chart as it was, as far as one may see it."""
    return answer(view.snapshot(id, row))


@router.get("/cases/{id}/snapshots/{row}/changes")
@needs("read")
def compared(
    view: Asked, id: str, row: str, since: Annotated[str, Query(description="An earlier snapshot.")]
) -> Response:
    """What came, went, changed and moved since another snapshot."""
    return answer(view.snapshots_compared(id, since, row))


@router.get("/proposals")
@needs("read")
def proposals(view: Asked) -> Response:
    """Acts that wait for a second person."""
    return answer(view.proposals())


@router.post("/proposals/{id}")
@needs("approve")
def consent(view: Asked, id: str, given: Consent) -> Response:
    """Agree, which does what was proposed, or decline with a reason. Not to one's own."""
    return answer(view.workspace.consent(id, given.agree, given.reason, audience=view.name))


@router.delete("/proposals/{id}")
@needs("case")
def withdraw(view: Asked, id: str, reason: Annotated[str, Query(max_length=2_000)] = "") -> Response:
    """Take back what one has proposed oneself."""
    view.workspace.withdraw_proposal(id, reason, audience=view.name)
    return answer(view.proposals())


@router.get("/news")
@needs("read")
def news(
    view: Asked,
    everything: Annotated[bool, Query(description="Also what was seen.")] = False,
    limit: Annotated[int, Query(ge=0, le=1000, description="Of pointers, the newest; all are counted.")] = 100,
) -> Response:
    """What others did in one's cases: kind, ids and time, nothing of what it says."""
    return answer(view.news(everything, limit))


@router.post("/news/seen")
@needs("case")
def seen(view: Asked) -> Response:
    """Note that the news have been looked at up to now."""
    view.workspace.seen(audience=view.name)
    return answer(view.news())
