"""The dissemination ledger in print: what left for whom, on which terms, how useful it was, what was called back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterflow import clock
from counterflow.casework.sharing import ACKNOWLEDGEMENT, FEEDBACK, PROPOSAL, RECALL, RELEASE, direction, state
from counterflow.errors import NotFound
from counterflow.views.marking import marking

if TYPE_CHECKING:
    from counterflow.pipeline import Line

__all__ = ["by_id", "concerning", "proposals", "releases"]


def concerning(line: Line, kind: str) -> list[dict[str, Any]]:
    """Releases or proposals that the audience's organisation made or was given, and of which it may read all."""
    return [row for row in line.writings(kind) if direction(row["content"], line.audience)]


def releases(line: Line) -> list[dict[str, Any]]:
    """Releases by or to the audience of which it may read all that left, newest first; without ids of records."""
    after = {kind: _by_release(line, kind) for kind in (FEEDBACK, RECALL, ACKNOWLEDGEMENT)}
    return [_told(line, row, after) for row in reversed(concerning(line, RELEASE))]


def by_id(line: Line, id: str) -> dict[str, Any]:
    """One release, with the ids of its records. :raises NotFound: none of that id that may be read"""
    for row in concerning(line, RELEASE):
        if row["key"] == id:
            after = {kind: _by_release(line, kind) for kind in (FEEDBACK, RECALL, ACKNOWLEDGEMENT)}
            return {**_told(line, row, after), "records": row["content"]["records"], "label_ids": row["labels"]}
    raise NotFound("release", id)


def proposals(line: Line) -> list[dict[str, Any]]:
    """Releases that wait for a second person, oldest first."""
    gone = {row["content"]["proposal"] for row in line.writings(RELEASE) if row["content"].get("proposal")}
    return [
        {"proposal": row["key"], "by": row["by"], "at": row["at"], **row["content"],
         **marking(line.labels(), row["labels"])}
        for row in concerning(line, PROPOSAL)
        if row["key"] not in gone and direction(row["content"], line.audience) == "out"
    ]  # fmt: skip


def _told(
    line: Line, row: Mapping[str, Any], after: Mapping[str, Mapping[str, list[dict[str, Any]]]]
) -> dict[str, Any]:
    content = {key: value for key, value in row["content"].items() if key != "records"}
    feedback, recalls, acknowledged = (after[kind].get(row["key"], []) for kind in (FEEDBACK, RECALL, ACKNOWLEDGEMENT))
    today = clock.today()
    return {
        "from": "", "until": None, "feedback_by": None, **content, "by": row["by"], "at": row["at"],
        "direction": direction(row["content"], line.audience), "expired": (content.get("until") or today) < today,
        "count": len(row["content"]["records"]), "state": state(recalls, acknowledged),
        "feedback": feedback, "recalls": recalls, "acknowledged": acknowledged,
        **marking(line.labels(), row["labels"]),
    }  # fmt: skip


def _by_release(line: Line, kind: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in line.writings(kind):
        found.setdefault(row["key"], []).append({"by": row["by"], "at": row["at"], **row["content"]})
    return found
