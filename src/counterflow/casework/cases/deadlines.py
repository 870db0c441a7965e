"""What in a case waits for somebody, for whom, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterflow.model import dates
from counterflow.model.case import Member

if TYPE_CHECKING:
    from counterflow.casework.cases.slices import Slice

__all__ = ["WAITING", "deadline", "mine", "overdue", "waits"]

WAITING: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "task": (("open", "doing"), "due", "assignee"),
    "request": (("asked",), "deadline", "to"),
    "referral": (("sent",), "", "to"),
}
"""Kind of row → states in which it waits, its field for the day, and for whom it waits."""


def waits(kind: str, fields: Mapping[str, Any]) -> bool:
    """Whether a row waits for somebody."""
    return kind in WAITING and fields["state"] in WAITING[kind][0]


def deadline(kind: str, fields: Mapping[str, Any]) -> str:
    """Partial date until which it waits; empty: none is set, or it waits no longer."""
    return str(fields.get(WAITING[kind][1], "")) if waits(kind, fields) else ""


def overdue(kind: str, fields: Mapping[str, Any], today: dt.date) -> bool:
    """Whether the last day that its deadline can mean has passed."""
    day = deadline(kind, fields)
    return bool(day) and dates.latest(day) < today


def mine(found: Slice, kind: str, fields: Mapping[str, Any]) -> bool:
    """Whether a row waits for the reader: themselves, their unit or organisation; for who is alone here, all does."""
    if not waits(kind, fields):
        return False
    who, whom = found.reader, str(fields[WAITING[kind][2]])
    if who.owner:
        return True
    if kind == "task":
        return any(Member(**m.fields).name == whom and who.named_by(m.fields) for m in found.members)
    return bool(whom) and whom in (who.organisation, f"{who.organisation}/{who.unit}" if who.unit else "")
