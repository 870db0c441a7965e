"""The queue of findings: what an analyst works through, filtered, sorted and in portions, with counts of every facet.

A row is what a line of the list shows, a finding's evidence stays where it is: ten thousand findings are a few dozen
kilobytes for each portion that is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from counterflow import registry
from counterflow.errors import UnknownName, UsageError
from counterflow.model import triage
from counterflow.model.likelihood import WORDS
from counterflow.views.picture import Picture
from counterflow.views.triage import STANDINGS, decided

__all__ = ["MOST", "SORTS", "Wanted", "queue"]

MOST = 1000
"""Rows in one answer at most."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which findings are wanted: of each facet one of these values, or any where none is named.

    :param listed: only findings that name a listed party, or none such; :param jurisdiction: ISO 3166-1 alpha-2
    """

    typology: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    likelihood: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    listed: bool | None = None

    def __post_init__(self) -> None:
        valid: dict[str, Iterable[str]] = {
            "typology": registry.names("typologies"),
            "state": STANDINGS,
            "reason": triage.reasons(),
            "likelihood": [word for word, _, _ in WORDS],
        }
        for facet, names in valid.items():
            for value in getattr(self, facet):
                if value not in names:
                    raise UnknownName(facet, value, names)


SORTS: Mapping[str, Callable[[Row], Any]] = {
    "likelihood": lambda row: -row["probability"],
    "newest": lambda row: _descending(row["end"] or row["start"]),
    "oldest": lambda row: row["start"] or row["end"] or "9",
    "amount": lambda row: -(row["usd"] or 0.0),
    "payments": lambda row: -row["payments"],
}
"""Orders; what is equal stays most likely first."""


def queue(
    picture: Picture, wanted: Wanted | None = None, *, sort: str = "likelihood", offset: int = 0, limit: int = 100,
    around: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A portion of the findings that are wanted, their number, and of each facet how many there are of each value
    among those that the other facets let through.

    :param around: the portion that holds this finding, in place of `offset`; the first where it is not among them
    :raises UsageError: no such order, or bounds out of range
    """
    if sort not in SORTS:
        raise UnknownName("order", sort, SORTS)
    if not (0 < limit <= MOST and offset >= 0):
        raise UsageError(f"limit must be 1 to {MOST} and offset 0 or more, not {limit} and {offset}")
    wanted = wanted or Wanted()
    every = decided(picture)
    rows = picture.once(("queue",), lambda: [_row(picture, found) for found in picture.findings])
    standing = every.standings
    fails = [_fails(row, stands, wanted) for row, stands in zip(rows, standing, strict=True)]
    kept = [n for n, failed in enumerate(fails) if not failed]
    kept.sort(key=lambda n: SORTS[sort](rows[n]))
    at = next((i for i, n in enumerate(kept) if rows[n]["id"] == around), None) if around else None
    if at is not None:
        offset = at - at % limit
    return {
        "total": len(kept),
        "all": len(rows),
        "offset": offset,
        "at": at,
        "findings": [{**rows[n], **every.of(picture.findings[n])} for n in kept[offset : offset + limit]],
        "facets": _facets(rows, standing, fails),
    }


Stands = tuple[str, str | None]
"""How a finding stands, and the code of the decision on it."""

_FACETS: Mapping[str, Callable[[Row, Stands], Iterable[str]]] = {
    "typology": lambda row, _: (row["typology"],),
    "state": lambda _, stands: stands[:1],
    "reason": lambda _, stands: (str(stands[1]),) if stands[0] in triage.STATES else (),
    "likelihood": lambda row, _: (row["likelihood"],),
    "jurisdiction": lambda row, _: row["jurisdictions"],
    "listed": lambda row, _: ("yes" if row["listed"] else "no",),
}


def _fails(row: Row, stands: Stands, wanted: Wanted) -> list[str]:
    """Facets that keep a row out."""
    failed = []
    for facet, values in _FACETS.items():
        asked = getattr(wanted, facet)
        if facet == "listed":
            asked = () if asked is None else ("yes" if asked else "no",)
        if asked and not set(asked).intersection(values(row, stands)):
            failed.append(facet)
    return failed


def _facets(rows: list[Row], standing: list[Stands], fails: list[list[str]]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {facet: Counter() for facet in _FACETS}
    for row, stands, failed in zip(rows, standing, fails, strict=True):
        for facet in _FACETS if not failed else failed if len(failed) == 1 else ():
            counted[facet].update(_FACETS[facet](row, stands))
    return {facet: dict(sorted(counts.items(), key=lambda c: (-c[1], c[0]))) for facet, counts in counted.items()}


def _row(picture: Picture, found: Mapping[str, Any]) -> Row:
    typology = registry.get("typologies", found["typology"])
    entities = [e for id in found["subjects"] if (e := picture.entities.get(picture.canonical(id)))]
    return {
        **{key: found[key] for key in ("id", "typology", "sentence", "likelihood", "probability", "start", "end")},
        "title": typology.title,
        "kind": typology.kind,
        "subject": found["subjects"][0] if found["subjects"] else None,
        "payments": len(found["payments"]),
        "usd": found["detail"].get("sum_usd"),
        "listed": any(e["listed"] for e in entities),
        "jurisdictions": sorted(
            {*(found["detail"].get("jurisdictions") or ()), *(c for e in entities for c in e["countries"] or ())}
        ),
        **picture.handling(found["label_ids"]),
    }


def _descending(iso: str | None) -> tuple[int, ...]:
    """Key that sorts text backwards; nothing comes last."""
    return tuple(-ord(c) for c in iso) if iso else (0,)
