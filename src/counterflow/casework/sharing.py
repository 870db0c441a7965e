"""Sharing: what may leave for whom, what is withheld and why, and the words of releases, feedback and recall.

Invariant: whether a record may leave is `model.handling.releasable` of its label; here it is said in words why not. A
release is made of the labels that may leave and knows of no others, so nothing that is derived for it (who is who,
counts, captions) was touched by what stays.

Sources: Egmont Group, Principles for Information Exchange (no onward release without the originator's leave; feedback);
28 CFR 23.20(e), (g) (need and right to know; an audit trail of each dissemination).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterflow.errors import UsageError
from counterflow.model import dates
from counterflow.model.handling import Audience, Label, readable, releasable

__all__ = [
    "ACKNOWLEDGEMENT", "FEEDBACK", "LEAVE", "PROPOSAL", "RECALL", "RELEASE", "Leave", "Withheld", "consents",
    "day", "direction", "holds", "notice", "recipient", "state", "useful", "why_not", "withheld",
]  # fmt: skip

LEAVE, PROPOSAL, RELEASE, FEEDBACK, RECALL, ACKNOWLEDGEMENT = (
    "leave", "release_proposal", "release", "release_feedback", "release_recall", "release_acknowledgement"
)  # fmt: skip
"""Kinds of writings (`storage.writings`); the key of each but `LEAVE` is the release's id."""


@dataclass(frozen=True)
class Leave:
    """That an originator lets its records go on to somebody.

    :param originator, to: organisations; :param labels: ids of the labels that it is about
    :param until: last ISO date, or None; :param reference: the letter or message that says so
    """

    originator: str
    to: str
    labels: tuple[str, ...]
    reference: str
    until: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**vars(self), "labels": list(self.labels)}


@dataclass(frozen=True)
class Withheld:
    """Records that stay. :param marking: in print; :param records: how many; :param reason: in words"""

    marking: str
    records: int
    reason: str


def recipient(audiences: Mapping[str, Mapping[str, Any]], to: str) -> str:
    """Name of the audience that an organisation is released to: the one of that name, or the one that it belongs to.

    :raises UsageError: there is none, or several
    """
    if to in audiences:
        return to
    found = [name for name, told in audiences.items() if told.get("organisation") == to]
    if len(found) != 1:
        known = sorted({str(told.get("organisation") or name) for name, told in audiences.items()})
        several = f" Several audiences belong to it: {', '.join(found)}; name one." if found else ""
        raise UsageError(f"'{to}' is nobody to release to.{several} Known: {', '.join(known)}.")
    return found[0]


def direction(release: Mapping[str, Any], who: Audience) -> str:
    """Whether an audience gave it (``out``), got it (``in``), or neither: then it is not for them to see (empty).

    :param release: content of a `RELEASE` or `PROPOSAL`; one of before has no ``from``, and is shown to whoever may
        read all that is in it; the owner of all sees all
    """
    if "from" not in release or release["from"] == who.organisation or who.owner:
        return "out"
    return "in" if release["to"] == who.organisation else ""


def holds(row: Mapping[str, Any], what: str) -> bool:
    """Whether a release is the one of an id, is the file of a hash, or holds a record. :param row: of `RELEASE`"""
    content = row["content"]
    return what in (row["key"], content["sha256"]) or what in content["records"]


def day(what: str, given: str | None, today: str) -> str | None:
    """A day to come, as ISO date. :raises UsageError: it is none, or is past"""
    if not given:
        return None
    if len(given) != 10 or dates.clean(given) is None or given < today:
        raise UsageError(f"'{given}' ({what}) is no day to come. Valid: 2027-06-30.")
    return given


def consents(leaves: Iterable[Mapping[str, Any]], label_id: str, to: str, today: str) -> set[str]:
    """Originators that let records of this label go on to an organisation. :param leaves: contents of `LEAVE` rows"""
    return {
        str(leave["originator"])
        for leave in leaves
        if leave["to"] == to and label_id in leave["labels"] and (leave["until"] or today) >= today
    }


def why_not(label: Label, to: Audience, agreed: Collection[str], today: str) -> str | None:
    """Why a record of this label may not be released to an audience; None: it may."""
    who = to.organisation or to.name
    if releasable(label, to, agreed, today=today):
        return None
    if readable(label, to, today=today):
        missing = label.orcon - {to.organisation} - set(agreed)
        return f"originator control: no leave of {', '.join(sorted(missing))} is recorded"
    if label.expires is not None and label.expires < today:
        return f"expired on {label.expires}"
    if label.tlp > to.ceiling:
        return f"{label.tlp.text} is above the ceiling of {who}, {to.ceiling.text}"
    if not label.compartments <= to.compartments:
        return f"{who} does not hold {', '.join(sorted(label.compartments - to.compartments))}"
    if label.circle is not None and not label.circle & {to.organisation, *to.client_of}:
        return f"not releasable to {who}"
    if label.persons is not None:
        return "for named persons only"
    if label.serves is not None:
        return f"for {', '.join(sorted(label.serves)) or 'no purpose'} only"
    return "shut out by a caveat"


def withheld(counts: Mapping[str, int], labels: Mapping[str, Label], reasons: Mapping[str, str]) -> list[Withheld]:
    """What stays, most records first. :param counts: label id → records; :param reasons: label id → why not"""
    merged: dict[tuple[str, str], int] = {}
    for id, records in counts.items():
        if id in reasons:
            key = (labels[id].text, reasons[id])
            merged[key] = merged.get(key, 0) + records
    rows = [Withheld(marking, records, reason) for (marking, reason), records in merged.items()]
    return sorted(rows, key=lambda row: (-row.records, row.marking, row.reason))


def useful(score: int, text: str) -> dict[str, Any]:
    """Feedback of a recipient. :param score: from 1, of no use, to 5, decisive; :raises UsageError: another number"""
    if not 1 <= score <= 5:
        raise UsageError(f"A score is 1 (of no use) to 5 (decisive), not {score}.")
    return {"score": score, "text": text.strip()}


def notice(release: Mapping[str, Any], reason: str, days: int, at: str) -> str:
    """The text of a recall, to be signed: what was sent, and what its holder has to do; nothing of what is in it."""
    by = (dt.date.fromisoformat(at[:10]) + dt.timedelta(days=days)).isoformat()
    lines = {
        "recall": release["release"], "to": release["to"], "file sha256": release["sha256"],
        "released": release["at"][:10], "reason": reason, "do": "delete or quarantine the file and what was made of it",
        "acknowledge by": by, "at": at,
    }  # fmt: skip
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items())


def state(recalls: Sequence[Mapping[str, Any]], acknowledged: Sequence[Mapping[str, Any]]) -> str:
    """``released``, ``recalled`` or ``acknowledged``."""
    if not recalls:
        return "released"
    return "acknowledged" if any(row["at"] >= recalls[-1]["at"] for row in acknowledged) else "recalled"
