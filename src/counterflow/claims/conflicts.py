"""Conflicts: claims that cannot all be true, told as rival accounts side by side; none is chosen for the reader.

Two values of a property that has one at a time (`Property.single`) are rivals, unless one may be the other: a date
known to the year is what a date known to the day says, a number written in another way is the same number, and what
held at different times is no contradiction. So are an assertion and its denial, whatever the property.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from counterflow.model.dates import earliest, latest

__all__ = ["accounts", "contested"]

Row = Mapping[str, Any]


def accounts(prop_type: str, claims: Iterable[Row]) -> list[list[Row]]:
    """The rival accounts that claims of one single-valued property give, by value; empty where they agree.

    A claim that is less exact than several rivals (1946 beside 1946-03 and 1946-05) stands in the account of each.
    """
    rows = [row for row in claims if row["stance"] in (None, "asserts")]
    values = {_plain(prop_type, row["value"]) for row in rows}
    exact = sorted(v for v in values if not any(other != v and _covers(prop_type, v, other) for other in values))
    told = {v: [r for r in rows if _covers(prop_type, _plain(prop_type, r["value"]), v)] for v in exact}
    own = {v: [r for r in told[v] if _plain(prop_type, r["value"]) == v] for v in exact}

    def rivals(v: str) -> bool:
        return any(_overlap(a, b) for w in exact if w != v for a in own[v] for b in own[w])

    return [told[v] for v in exact if rivals(v)]


def contested(claims: Iterable[Row]) -> list[list[Row]]:
    """Who asserts a value, and who denies or doubts it, of claims of one property and value; else empty."""
    rows = list(claims)
    asserting = [row for row in rows if row["stance"] in (None, "asserts")]
    against = [row for row in rows if row["stance"] not in (None, "asserts")]
    if not any(_overlap(a, b) for a in asserting for b in against):
        return []
    words = sorted({row["stance"] for row in against})
    return [asserting, *([row for row in against if row["stance"] == word] for word in words)]


def _plain(prop_type: str, value: str) -> str:
    """What two ways of writing one value share."""
    if prop_type == "number":
        try:
            return f"{float(re.sub(r'[, ]', '', value)):g}"
        except ValueError:
            return value
    if prop_type == "identifier":
        return re.sub(r"[\W_]", "", value).casefold()
    return " ".join(value.casefold().split())


def _covers(prop_type: str, coarse: str, fine: str) -> bool:
    """Whether a value may be the other, told less exactly."""
    return coarse == fine or (prop_type == "date" and fine.startswith(f"{coarse}-"))


def _overlap(a: Row, b: Row) -> bool:
    """Whether two claims may speak of the same time."""
    return not (_before(a, b) or _before(b, a))


def _before(a: Row, b: Row) -> bool:
    return bool(a["valid_to"] and b["valid_from"] and latest(a["valid_to"]) < earliest(b["valid_from"]))
