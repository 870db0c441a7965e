"""Sharing: what would leave for whom, releases, the dissemination ledger with feedback and recall."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, Hands, answer
from counterflow.api.needs import needs
from counterflow.api.turns import dear

router = APIRouter(tags=["sharing"])

Text = Annotated[str, Field(max_length=2_000)]
Audience = Annotated[str | None, Query(description="Whose hands; without it, the workspace's default.")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Exercise = Annotated[bool, Query(description="0 leaves out every record that bears EXERCISE.")]


class Given(BaseModel):
    """A body of which every field is known."""

    model_config = ConfigDict(extra="forbid")


class Wanted(Given):
    """What is to leave, and for whom."""

    to: str = Field(min_length=1, max_length=300, description="Organisation, or the audience that stands for it.")
    ids: list[Annotated[str, Field(max_length=500)]] = Field(
        default=[], max_length=10_000, description="Entities and findings; none: everything that it may read."
    )


class Release(Wanted):
    """A release: in which format, on which terms, why."""

    format: str = Field(min_length=1, max_length=100, description="Name of an exporter.")
    terms: Text = Field(min_length=1)
    purpose: Text = Field(min_length=1)
    case: Annotated[str, Field(max_length=300)] = ""
    until: Day | None = Field(default=None, description="Last day on which they may use it.")
    feedback_by: Day | None = Field(default=None, description="By when they are asked how useful it was.")
    profile: Annotated[str, Field(max_length=50, pattern=r"^[a-z]*$")] = Field(default="", description="Of goAML.")
    fields: dict[Annotated[str, Field(max_length=500)], Text] = Field(
        default={}, max_length=10_000, description="Of goAML: fields of the report, and what the reporter states."
    )


class Report(Wanted):
    """A goAML report to be: for which unit, and what the reporter states in place of what the data lack."""

    profile: Annotated[str, Field(max_length=50, pattern=r"^[a-z]*$")] = ""
    fields: dict[Annotated[str, Field(max_length=500)], Text] = Field(default={}, max_length=10_000)


class Approval(Given):
    """Nothing more is to be said: whoever asks agrees."""


class Useful(Given):
    """How useful a recipient found it."""

    score: int = Field(ge=1, le=5)
    text: Text = ""


class Recall(Given):
    """Why it is called back."""

    reason: Text = Field(min_length=1)


class Acknowledged(Given):
    """Who says that it was deleted or put aside."""

    by: Text = Field(default="", description="Empty: whoever says so here.")


@router.get("/dissemination")
@needs("read")
def dissemination(view: Asked) -> Response:
    """Releases by or to one's organisation of which all may be read, newest first; proposals that wait for a second."""
    return answer(view.dissemination())


@router.get("/release-terms")
@needs("read")
@dear
def release_terms(view: Asked) -> Response:
    """To whom something can be released, in which formats, and what each format loses."""
    return answer(view.release_terms())


@router.get("/dissemination/{release}")
@needs("read")
def dissemination_of(view: Asked, release: str) -> Response:
    """One release, with the ids of its records."""
    return answer(view.dissemination_of(release))


@router.post("/releases/plan")
@needs("read")
@dear
def plan(workspace: Hands, body: Wanted, audience: Audience = None, exercise: Exercise = True) -> Response:
    """What would leave, and what would stay and why."""
    return answer(workspace.release_plan(body.to, body.ids, audience=audience, exercise=exercise))


@router.post("/releases/report-check")
@needs("read")
def report_check(workspace: Hands, body: Report, audience: Audience = None, exercise: Exercise = True) -> Response:
    """What a goAML report would lack: each field once, with the key by which the reporter states it."""
    return answer(workspace.release_check(body.to, body.ids, profile=body.profile or None, fields=body.fields,
                                          audience=audience, exercise=exercise))  # fmt: skip


@router.post("/releases")
@needs("release")
@dear
def release(workspace: Hands, body: Release, audience: Audience = None, exercise: Exercise = True) -> Response:
    """Make a release: the file, with its id in `x-release`; or, where a second person has to agree, the proposal."""
    options: dict[str, Any] = {"profile": body.profile} if body.profile else {}
    if body.fields:
        options["report"] = body.fields
    with tempfile.TemporaryDirectory(prefix="counterflow-") as folder:
        out = Path(folder) / "release"
        report = workspace.release(
            body.to, body.format, out, body.ids, terms=body.terms, purpose=body.purpose, case=body.case,
            until=body.until, feedback_by=body.feedback_by, options=options, audience=audience, exercise=exercise,
        )  # fmt: skip
        return _sent(report, out, body.format)


@router.post("/proposals/{id}/approval")
@needs("approve")
def approve(workspace: Hands, id: str, _body: Approval, audience: Audience = None) -> Response:
    """Agree to a release that somebody else has proposed: the file."""
    with tempfile.TemporaryDirectory(prefix="counterflow-") as folder:
        out = Path(folder) / "release"
        report = workspace.approve_release(id, out, audience=audience)
        return _sent(report, out, report["format"])


@router.post("/dissemination/{release}/feedback")
@needs("case")
def feedback(workspace: Hands, release: str, body: Useful, audience: Audience = None) -> Response:
    """Record how useful a recipient found a release."""
    return answer(workspace.release_feedback(release, body.score, body.text, audience=audience))


@router.post("/dissemination/{release}/recall")
@needs("release")
def recall(workspace: Hands, release: str, body: Recall, audience: Audience = None) -> Response:
    """Call a release, a record or a file back: signed notices for its recipients."""
    return answer(workspace.recall(release, body.reason, audience=audience))


@router.post("/dissemination/{release}/acknowledgement")
@needs("case")
def acknowledge(workspace: Hands, release: str, body: Acknowledged, audience: Audience = None) -> Response:
    """Record that a recipient has deleted or put aside what was recalled."""
    return answer(workspace.acknowledge_recall(release, body.by, audience=audience))


def _sent(report: dict[str, Any], out: Path, format: str) -> Response:
    if "proposal" in report:
        return answer(report)
    from counterflow import registry

    exporter = registry.get("exporters", format)
    name = f"{report['release']}{exporter.extension}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-release": report["release"],
        "x-gaps": str(len(report["gaps"])),
    }
    return Response(out.read_bytes(), media_type=exporter.media_type, headers=headers)
