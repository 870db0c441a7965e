"""What becomes of records: redaction of documents, custody by hash, review after years and purge."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from counterflow.api.answer import Hands, answer
from counterflow.api.needs import needs
from counterflow.api.sharing import Approval, Audience, Given, Text

router = APIRouter(tags=["keeping"])

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_KINDS = {
    "pdf": "application/pdf", "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


class Redaction(Given):
    """A passage to be taken out of a document; without words the whole page."""

    page: int = Field(ge=1)
    words: Text = ""
    code: str = Field(min_length=1, max_length=20, description="Reason code.")
    reason: Text = ""


class KeptIn(Given):
    """A passage that stays in after all; without words the whole page."""

    page: int = Field(ge=1)
    words: Text = ""
    reason: Text = Field(min_length=1)


class Redacted(Given):
    """As what the document without its passages is set."""

    format: Literal["pdf", "docx", "txt"] = "pdf"


class Review(Given):
    """That a dataset was looked at anew, and is kept."""

    dataset: str = Field(min_length=1, max_length=300)
    reason: Text = Field(min_length=1)
    predicate: Text = Field(min_length=1, description="The suspicion that still holds.")


class Purged(Given):
    """What is to go: parties, or all of a dataset."""

    dataset: Annotated[str, Field(max_length=300)] | None = None
    ids: list[Annotated[str, Field(max_length=500)]] = Field(default=[], max_length=1_000)


class Purge(Purged):
    """The same, and why."""

    reason: Text = Field(min_length=1)


@router.get("/documents/{id}/redaction")
@needs("read")
def redaction(workspace: Hands, id: str, audience: Audience = None) -> Response:
    """What is to be taken out of a document, how it then reads, and the codes of reasons."""
    return answer(workspace.redaction(id, audience=audience))


@router.post("/documents/{id}/redactions")
@needs("judge")
def redact(workspace: Hands, id: str, body: Redaction, audience: Audience = None) -> Response:
    """Mark a passage to be taken out of what is released of a document."""
    return answer(workspace.redact(id, body.page, body.words, body.code, reason=body.reason, audience=audience))


@router.post("/documents/{id}/redactions/taken-back")
@needs("judge")
def keep_in(workspace: Hands, id: str, body: KeptIn, audience: Audience = None) -> Response:
    """Take a redaction back: the passage stays in what is released from now on."""
    return answer(workspace.keep_in(id, body.page, body.words, reason=body.reason, audience=audience))


@router.post("/documents/{id}/redacted")
@needs("export")
def redacted(workspace: Hands, id: str, body: Redacted, audience: Audience = None) -> Response:
    """The document without these passages, set anew: a file, with its SHA-256 in `x-release`."""
    with tempfile.TemporaryDirectory(prefix="counterflow-") as folder:
        out = Path(folder) / f"redacted.{body.format}"
        report = workspace.redacted(id, out, audience=audience)
        headers = {
            "content-disposition": f'attachment; filename="redacted.{body.format}"', "x-release": report["sha256"],
        }  # fmt: skip
        return Response(out.read_bytes(), media_type=_KINDS[body.format], headers=headers)


@router.get("/custody/{digest}")
@needs("audit")
def custody(workspace: Hands, digest: Digest, audience: Audience = None) -> Response:
    """The chain of an original, or of a file that left, by its SHA-256: every step, from arrival to export."""
    return answer(workspace.custody(digest, audience=audience))


@router.get("/custody/{digest}/check")
@needs("audit")
def custody_check(workspace: Hands, digest: Digest, audience: Audience = None) -> Response:
    """Whether the originals are whole by their hashes, and each step is in the log as it was signed."""
    return answer(workspace.custody_check(digest, audience=audience))


@router.get("/retention/due")
@needs("read")
def due(
    workspace: Hands, on: Annotated[str | None, Query(pattern=r"^\d{4}-\d\d-\d\d$")] = None, audience: Audience = None
) -> Response:
    """Records that are to be reviewed by a day, the longest overdue first."""
    return answer(workspace.retention_due(on, audience=audience))


@router.get("/retention")
@needs("read")
def retention(
    workspace: Hands, on: Annotated[str | None, Query(pattern=r"^\d{4}-\d\d-\d\d$")] = None, audience: Audience = None
) -> Response:
    """The same, with reviews so far, purges that wait for a second person, and what was purged."""
    return answer(workspace.retention(on, audience=audience))


@router.post("/retention/reviews")
@needs("judge")
def review(workspace: Hands, body: Review, audience: Audience = None) -> Response:
    """Record that a dataset was reviewed, and why it is kept for another term."""
    return answer(workspace.retention_keep(body.dataset, body.reason, body.predicate, audience=audience))


@router.post("/retention/plan")
@needs("judge")
def purge_plan(workspace: Hands, body: Purged, audience: Audience = None) -> Response:
    """What a purge would take out: rows of each table, originals."""
    return answer(workspace.purge_plan(body.ids, dataset=body.dataset, audience=audience))


@router.post("/retention/purges")
@needs("judge")
def purge(workspace: Hands, body: Purge, audience: Audience = None) -> Response:
    """Take records out for good; where a second person has to agree, the proposal."""
    told = workspace.purge(body.ids, dataset=body.dataset, reason=body.reason, audience=audience)
    return answer({key: told[key] for key in ("proposal", "rows", "originals") if key in told})


@router.post("/retention/purges/{id}/approval")
@needs("approve")
def approve(workspace: Hands, id: str, _body: Approval, audience: Audience = None) -> Response:
    """Agree to a purge that somebody else has proposed, and do it."""
    told = workspace.approve_purge(id, audience=audience)
    return answer({key: told[key] for key in ("rows", "originals")})
