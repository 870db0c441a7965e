"""Reports that are kept: versions of a name, edited or not, each readable by whom it was written for and nobody else.

Invariant: a version is shown only to the audience that it was written for, and only while that audience may still read
every claim label that it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterflow.assessment.changes import changes
from counterflow.assessment.editing import Edits, edited
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.proofreading import proofread, units
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import PUBLIC, Label
from counterflow.views.hypotheses import evidence_of

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.views.picture import Picture

__all__ = ["answered", "as_generated", "compared", "made", "row", "version", "versions"]


def _rows(line: Line, name: str | None = None) -> list[dict[str, Any]]:
    rows = [r for r in line.writings("report") if r["content"]["audience"] == line.audience.name]
    return rows if name is None else [r for r in rows if r["key"] == name]


def versions(line: Line) -> dict[str, Any]:
    """Every version kept for this audience, newest last."""
    return {
        "versions": [
            {
                "name": r["key"], "number": c["number"], "of": c["of"], "note": c["note"], "by": r["by"], "at": r["at"],
                "as_of": c["paper"]["as_of"], "title": c["paper"]["title"], "handling": c["paper"]["handling"],
                "edited": sum("generated" in u for _, u in units(c["paper"])), "problems": len(proofread(c["paper"])),
            }
            for r in _rows(line)
            if (c := r["content"])
        ]
    }  # fmt: skip


def version(line: Line, name: str, number: int | None = None) -> dict[str, Any]:
    """The paper of a version, the last one by default. :raises NotFound: none that may be read"""
    rows = _rows(line, name)
    found = [r for r in rows if number is None or r["content"]["number"] == number]
    if not found:
        raise NotFound("version of a report", name if number is None else f"{name}@{number}")
    last = found[-1]
    said = f"{name}, version {last['content']['number']}, kept by {last['by']} on {last['at'][:10]}"
    return {**last["content"]["paper"], "version": said}


def answered(picture: Picture, paper: Mapping[str, Any], as_of: str | None) -> dict[str, Any]:
    """A report with the founding document's questions answered, each in a section of its own.

    Same records, same bytes: plans are given time to be proven.
    """
    from counterflow.assessment.answers import with_answers
    from counterflow.views.asking import PATIENT, QUESTIONS, ask

    return with_answers(
        paper, [ask(picture, q, as_of=as_of, patience=PATIENT) for q in QUESTIONS], evidence_of(picture)
    )


def as_generated(line: Line, name: str, number: int | None = None) -> dict[str, Any]:
    """The paper that a version's first edit began with, without drawings. :raises NotFound: none that may be read"""
    version(line, name, number)
    rows = [r for r in _rows(line, name) if number is None or r["content"]["number"] == number]
    return {**rows[-1]["content"]["base"], "version": "as generated"}


def made(
    picture: Picture,
    base: Mapping[str, Any],
    edits: Mapping[str, Any] | None,
    problems: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """A paper with edits. :param edits: ``{title, sentences, drop, add}``; :param problems: see `assessment.editing`"""
    bare = {k: v for k, v in base.items() if k != "version"}
    if not edits:
        return bare
    patch = Edits(
        dict(edits.get("sentences") or {}), tuple(edits.get("drop") or ()), tuple(edits.get("add") or ()),
        str(edits.get("title") or ""),
    )  # fmt: skip
    return edited(bare, patch, evidence_of(picture), problems)


def row(
    picture: Picture, name: str, base: Mapping[str, Any], paper: Mapping[str, Any], *, of: int | None, note: str
) -> tuple[dict[str, Any], list[Label]]:
    """What is kept of a version, and every label that it was made from.

    :param base: what was edited; :param of: the version of that name that it was
    :raises UsageError: a name that is none
    """
    if not name.strip() or len(name) > 120 or "@" in name or not name.isprintable():
        raise UsageError(f"A report is kept under a name of up to 120 letters without @, not {name!r}.")
    line = picture.line
    number = max((r["content"]["number"] for r in _rows(line, name)), default=0) + 1
    labels = line.labels()
    told = [*(u for _, u in units(paper)), *paper["figures"]]
    rows = evidence_of(picture).claims({c for one in told for c in one["claim_ids"]})
    before = next((r for r in _rows(line, name) if r["content"]["number"] == of), None)
    under = {r["label_id"] for r in rows.values()} | set(before["labels"] if before else ())
    base = before["content"]["base"] if before else {**base, "figures": []}
    content = {
        "audience": line.audience.name, "number": number, "of": of if before else None, "note": note, "base": base,
        "paper": dict(paper),
    }  # fmt: skip
    return content, [labels[i] for i in sorted(under)] or [PUBLIC]


def compared(picture: Picture, before: Mapping[str, Any], after: Mapping[str, Any], *, words: bool) -> dict[str, Any]:
    """What changed. :param words: as edited; False: what the records say, leaving out what was reworded by hand"""
    evidence: Evidence = evidence_of(picture)
    ids = {c for paper in (before, after) for _, u in units(paper) for c in u["claim_ids"]}
    known = evidence.claims(ids).keys()
    found = changes(before, after, known=known, as_generated=not words)
    return {"before": before.get("version", "generated now"), "after": after.get("version", "generated now"),
            "handling": after["handling"], **found}  # fmt: skip
