"""Partial dates: ``2016``, ``2016-09``, ``2016-09-29`` are kept as written and compared by what they could mean.

A claim is rarely dated to the day. Writing ``2016-09`` as the first of September invents a fact; so dates stay text,
and a question of the form "as of D" uses `earliest` and `latest`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

__all__ = ["clean", "earliest", "end_of", "holds_on", "latest"]

_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$", re.ASCII)


def clean(text: str) -> str | None:
    """The partial ISO date in `text` (time of day dropped), or None where it is not a date that exists."""
    m = _PARTIAL.match(text.strip())
    if m is None or not 1 <= int(m[1]) <= 9999:
        return None
    if m[2] is not None and not 1 <= int(m[2]) <= 12:
        return None
    if m[3] is not None and not 1 <= int(m[3]) <= calendar.monthrange(int(m[1]), int(m[2]))[1]:
        return None
    return "-".join(part for part in m.groups() if part)


def earliest(text: str) -> dt.date:
    """First day that a partial date can mean."""
    return dt.date.fromisoformat((text + "-01-01")[:10] if len(text) < 10 else text[:10])


def latest(text: str) -> dt.date:
    """Last day that a partial date can mean."""
    if len(text) >= 10:
        return dt.date.fromisoformat(text[:10])
    year = int(text[:4])
    month = int(text[5:7]) if len(text) >= 7 else 12
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def end_of(text: str) -> str | None:
    """The last instant of a partial date, or a time as given, as an ISO time in UTC; None where it is neither.

    A time without a zone is UTC.
    """
    day = clean(text) if "T" not in text else None
    try:
        time = dt.datetime.fromisoformat(f"{latest(day)}T23:59:59.999999" if day else text.strip())
    except ValueError:
        return None
    zoned = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    return zoned.astimezone(dt.UTC).isoformat(timespec="microseconds")


def holds_on(start: str | None, end: str | None, day: str) -> bool:
    """Whether something that began at `start` and ended at `end` (partial dates or None: open) may hold on `day`.

    `day` is itself a partial date: ``2016-08`` asks for any day of that month. An end date is the last day it held.
    """
    return (start is None or earliest(start) <= latest(day)) and (end is None or latest(end) >= earliest(day))
