"""Evidence of dates of birth, build and founding: partial dates, slips and swaps."""

from __future__ import annotations

import datetime as dt

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile

__all__ = ["features"]

_DATE_WORD = {"person": "birth", "ship": "build", "body": "founding", "any": "birth or founding"}


def features(left: Profile, right: Profile, kind: str) -> list[Feature]:
    """The two dates that agree best; contradiction is mild where the parties are not persons."""
    if not left.dates or not right.dates:
        return []
    best = max(((_date_weight(a, b), a, b) for a in left.dates for b in right.dates), key=lambda w: w[0][0])
    (weight, how), a, b = best
    if kind not in ("person", "any"):
        weight = max(-1.5, min(2.0, weight))
    says = how.format(_DATE_WORD[kind]) + (f" {a}" if a == b else f": {a} and {b}")
    return [Feature("date", weight, a, b, says)]


def _date_weight(a: str, b: str) -> tuple[float, str]:
    """Log-odds of two partial dates, and what to call their relation; ``{}`` stands for birth, build or founding."""
    gap = abs(int(a[:4]) - int(b[:4]))
    if len(a) >= 10 and len(b) >= 10:
        if a == b:
            return (3.5 if a.endswith("-01-01") else 5.0), "same date of {}"
        if gap == 0 and a[5:7] == b[8:10] and a[8:10] == b[5:7]:
            return 3.5, "day and month swapped in the date of {}"
        if _days_apart(a, b) <= 1:
            return 3.8, "dates of {} a day apart"
        if a[4:] == b[4:] and gap <= 10 and not a.endswith("-01-01"):
            return 1.5, "{} on the same day of another year"
        if gap == 0:
            return (2.0, "same month of {}") if a[5:7] == b[5:7] else (-4.0, "dates of {} in one year, other months")
    elif gap == 0:
        if min(len(a), len(b)) >= 7:
            return (3.2, "same month of {}") if a[:7] == b[:7] else (-1.0, "dates of {} in one year, other months")
        return 2.3, "same year of {}"
    if gap <= 1:
        return (-0.5 if min(len(a), len(b)) >= 10 else 0.8), "years of {} next to each other"
    if gap <= 3:
        return -2.5, "years of {} close but different"
    return -6.0, "different dates of {}"


def _days_apart(a: str, b: str) -> int:
    return abs((dt.date.fromisoformat(a[:10]) - dt.date.fromisoformat(b[:10])).days)
