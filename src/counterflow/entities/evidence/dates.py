"""Evidence of dates of birth, build and founding: partial dates, slips and swaps."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile

__all__ = ["features"]

_DATE_WORD = {"person": "birth", "ship": "build", "body": "founding", "any": "birth or founding"}


def features(left: Profile, right: Profile, kind: str) -> list[Feature]:
    """The two dates that agree best; contradiction is mild where the parties are not persons."""
    if not left.dates or not right.dates:
        return []
    best = max(((_weight(a, b), a, b) for a in left.dates for b in right.dates), key=lambda w: w[0][0])
    (weight, how), a, b = best
    if weight < WITHIN and (within := _within(left.dates, right.dates) or _within(right.dates, left.dates)):
        weight, how, a, b = WITHIN, "year of {} within the years given", *within
    if kind not in ("person", "any"):
        weight = max(-1.5, min(2.0, weight))
    says = how.format(_DATE_WORD[kind]) + (f" {a}" if a == b else f": {a} and {b}")
    return [Feature("date", weight, a, b, says)]


WITHIN = 1.2
"""Log-odds of a date between two years that are given as the bounds of a range."""


def _within(range: tuple[str, ...], dates: tuple[str, ...]) -> tuple[str, str] | None:
    """``1963 to 1965`` stands as its two ends; the range, and a date in it."""
    if len(range) != 2 or not all(len(d) == 4 for d in range) or int(range[1]) - int(range[0]) > 10:
        return None
    found = next((d for d in dates if range[0] <= d[:4] <= range[1]), None)
    return None if found is None else ("/".join(range), found)


@lru_cache(maxsize=65536)
def _weight(a: str, b: str) -> tuple[float, str]:
    """Log-odds of two partial dates, and what to call their relation; ``{}`` stands for birth, build or founding.

    ``1954~`` is about 1954 (ISO 8601-2).
    """
    gap = abs(int(a[:4]) - int(b[:4]))
    if "~" in a + b:
        return _about(gap)
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


def _about(gap: int) -> tuple[float, str]:
    if gap <= 2:
        return 1.8 - 0.5 * gap, "about the same year of {}"
    return (-1.0 if gap <= 5 else -5.0), "years of {} apart, though one is approximate"


def _days_apart(a: str, b: str) -> int:
    return abs((dt.date.fromisoformat(a[:10]) - dt.date.fromisoformat(b[:10])).days)
