"""Triage: what an analyst decided about a finding, remembered until the finding is no longer what was decided on.

A decision bears one of a few states and a code for why, so that they can be counted. It keeps the records that the
finding rested on: where the finding grows (and so gets another id), the decision is shown with the one that it grew
into, and says what is new; it no longer counts. Nothing is erased: the latest decision counts, and to withdraw one is
to record another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from counterflow.errors import UnknownName, UsageError
from counterflow.model import dates

__all__ = ["STATES", "WITHDRAWN", "Reason", "Triage", "checked", "grew_from", "lapsed", "reasons", "records"]

STATES = ("escalate", "watch", "dismiss")
WITHDRAWN = "withdrawn"
"""Not a decision: the one before is taken back."""

SHARED = 0.5
"""Of a decision's records at least so many, as a share, lie in the finding that its own has grown into."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code to count decisions by. :param use: when to use it; :param note: it says nothing without a note"""

    code: str
    title: str
    use: str
    states: tuple[str, ...]
    note: bool = False


@cache
def reasons() -> Mapping[str, Reason]:
    """code → `Reason`, in the order of their keys: ``triage_reasons.yaml`` beside this module."""
    from importlib import resources  # brings tempfile and a dozen more, and the command line knows this module

    import yaml

    text = resources.files("counterflow.model").joinpath("triage_reasons.yaml").read_text("utf-8")
    return {
        code: Reason(code, row["title"], row["use"], tuple(row["states"]), bool(row.get("note")))
        for code, row in yaml.safe_load(text).items()
    }


@dataclass(frozen=True, slots=True)
class Triage:
    """One decision.

    :param finding: id of the finding when it was decided; :param sentence: what it said then
    :param state: one of `STATES`, or `WITHDRAWN`; :param reason: code of `reasons`, "" of what is withdrawn
    :param until: partial ISO date of the last day on which it counts; None: until the finding changes
    :param records: ids of the records that the finding rested on: rows where it had any, else claims; sorted
    """

    finding: str
    typology: str
    sentence: str
    state: str
    reason: str
    note: str
    until: str | None
    by: str
    at: str
    records: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as it is kept; who and when stand beside it."""
        return {key: value for key, value in asdict(self).items() if key not in ("by", "at")}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Triage:
        """From a row of `storage.writings`."""
        told = row["content"]
        return cls(**{**told, "records": tuple(told["records"])}, by=row["by"], at=row["at"])


def checked(state: str, reason: str, note: str, until: str | None) -> str | None:
    """`until` in clean form. :raises UsageError: no such state or reason, a note that is missing, or no date"""
    if state not in (*STATES, WITHDRAWN):
        raise UnknownName("state", state, (*STATES, WITHDRAWN))
    if state == WITHDRAWN:
        return None
    fitting = {code: r for code, r in reasons().items() if state in r.states}
    if reason not in fitting:
        raise UnknownName(f"reason to {state}", reason, fitting)
    if fitting[reason].note and not note.strip():
        raise UsageError(f"The reason '{reason}' needs a note: {fitting[reason].use}")
    clean = dates.clean(until) if until else None
    if until and clean is None:
        raise UsageError(f"until '{until}' is not a date. Valid: 2027, 2027-06 or 2027-06-30.")
    return clean


def records(evidence: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What a finding is known again by: the rows that it rests on, or the claims where it rests on claims alone."""
    items = list(evidence)
    rows = {str(e["id"]) for e in items if e["kind"] != "claim"}
    return tuple(sorted(rows or {str(e["id"]) for e in items}))


def grew_from(found: Iterable[str], typology: str, earlier: Iterable[Triage]) -> Triage | None:
    """The decision whose finding has become this one: most records in common, of the same typology before another,
    the latest among equals; None where none has half of its records here.

    :param found: `records` of the finding; :param earlier: decisions of findings that are no longer there
    """
    now = set(found)
    best: tuple[bool, int, str] | None = None
    chosen = None
    for one in earlier:
        shared = len(now.intersection(one.records))
        if not shared or shared < SHARED * len(one.records):
            continue
        rank = (one.typology == typology, shared, one.at)
        if best is None or rank > best:
            best, chosen = rank, one
    return chosen


def lapsed(decided: Triage, finding: str, found: Iterable[str], *, today: str) -> tuple[str, ...]:
    """Why a decision no longer counts, in words; empty while it does. :param today: ISO date"""
    why = []
    if decided.until is not None and dates.latest(decided.until).isoformat() < today:
        why.append(f"it counted until {decided.until}")
    if decided.finding != finding:
        now, before = set(found), set(decided.records)
        new, gone = len(now - before), len(before - now)
        what = [f"{n:,} {'record' if n == 1 else 'records'} {word}" for n, word in ((new, "new"), (gone, "gone")) if n]
        why.append("the finding has changed since: " + (" and ".join(what) or "the same records, told otherwise"))
    return tuple(why)
