"""Dates of OFAC's advanced XML: moments of year, month and day, and periods between two uncertain moments, as text that
`written_dates` reads. A whole year or month is written as such; it is not its first day."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from counterflow.sources.xml_stream import children, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["moment", "period"]


def moment(element: Element) -> str:
    """A ``Date``, ``From`` or ``To`` as partial ISO date."""
    year, month, day = (int(text(element, name) or 0) for name in ("Year", "Month", "Day"))
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")


def period(element: Element) -> str:
    """A ``DatePeriod``: one date, a year or month, ``A to B``, with ``circa`` where either end is approximate; empty
    where it has no ends."""
    starts, ends = children(element, "Start/From"), children(element, "End/To")
    if not starts:
        return ""
    first, last = moment(starts[0]), moment(ends[0]) if ends else moment(starts[0])
    approximate = any(e.get("Approximate") == "true" for e in (*children(element, "Start"), *children(element, "End")))
    return ("circa " if approximate else "") + _span(first, last)


def _span(first: str, last: str) -> str:
    whole_year = (first[4:], last[4:]) == ("-01-01", "-12-31")
    size = 4 if whole_year else 7 if first[:7] == last[:7] and first[7:] == "-01" and _ends_month(last) else 10
    first, last = first[:size], last[:size]
    return first if first == last else f"{first} to {last}"


def _ends_month(day: str) -> bool:
    year, month, number = (int(part) for part in day.split("-"))
    return number == calendar.monthrange(year, month)[1]
