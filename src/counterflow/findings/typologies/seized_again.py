"""Seized again: one ship, company or person named in several seizures, in different places or with different goods.

A line that carries everything is stopped often, and is no smuggler for it: who is named very often is left out, and
what is told is how many times, over how many countries and kinds of goods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.seized import dated, parties, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = Mapping[str, Any]

_COLUMNS = ("row_id", "day", "date", "country", "place", "category", "goods", "quantity", "unit", "imo")
_KINDS = ("imo", "ship", "person", "company")


def again(data: Data, times: int, most: int) -> ibis.Table:
    """key and seizure of each party that was named on so many days, and in no more than `most` seizures."""
    rows = dated(data.seizures)
    found = parties(rows).join(rows.select(*_COLUMNS), "row_id")
    counted = found.group_by("key").agg(days=found.day.nunique(), n=found.count())
    wanted = counted.filter((counted.days >= times) & (counted.n <= most))
    return found.semi_join(wanted, "key").order_by("key", "day", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each set of seizures, over the fullest span of time, and all who are named in each of them."""
    named: dict[str, list[Row]] = {}
    for row in data.run(again(data, int(dial["times"]), int(dial["most"]))).to_pylist():
        named.setdefault(row["key"], []).append(row)
    together: dict[tuple[str, ...], list[str]] = {}
    seized: dict[str, list[Row]] = {}
    for key, every in named.items():
        rows = _fullest(every, int(dial["months"]))
        if len({r["day"] for r in rows}) >= dial["times"]:
            seized[key] = rows
            together.setdefault(tuple(r["row_id"] for r in rows), []).append(key)
    holders = evidence.holders(data, [key for key in seized if key.startswith("imo:")])
    for keys in together.values():
        # a ship is told by her number rather than by her name
        numbered = any(key.startswith("imo:") for key in keys)
        own = sorted((k for k in keys if not (numbered and k.startswith("ship:"))), key=_rank)
        yield _finding(own, seized[own[0]], {key: seized[key][0]["name"] for key in own}, holders)


def _rank(key: str) -> tuple[int, str]:
    return _KINDS.index(key.partition(":")[0]), key


def _fullest(rows: Sequence[Row], months: int) -> list[Row]:
    """Those of the span of so many months that holds the most, the first such."""
    place = [int(r["day"][:4]) * 12 + int(r["day"][5:7]) for r in rows]
    best: list[Row] = []
    for start, first in enumerate(place):
        inside = [r for r, month in zip(rows[start:], place[start:], strict=True) if month - first <= months]
        if len(inside) > len(best):
            best = inside
    return best


def _finding(
    keys: Sequence[str], rows: Sequence[Row], printed: Mapping[str, str], holders: Mapping[str, evidence.Holder]
) -> Finding:
    ships = [holders[key] for key in keys if key in holders]
    captions = [holders[key].caption if key in holders else printed[key] for key in keys]
    countries = list(dict.fromkeys(r["country"] for r in rows if r["country"]))
    kinds = list(dict.fromkeys(r["category"] or r["goods"] for r in rows))
    factors = {f"named in {len(rows)} seizures": round(min(4.0, len(rows) / 2), 3)}
    if len(keys) > 1:
        factors[f"{len(keys)} named together each time"] = 2.0
    if len(countries) > 1:
        factors[f"in {len(countries)} countries"] = 1.5
    if len(kinds) > 1:
        factors[f"with {len(kinds)} kinds of goods"] = 1.5
    if any(ship.listed for ship in ships):
        factors["named by a sanctions list"] = 3.0
    if not ships:
        factors["known by name alone"] = 0.5
    where = f" in {', '.join(country_name(c) for c in countries[:4])}" if countries else ""
    names = " and ".join(captions[:3])
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{names[:1].upper()}{names[1:]} {'was' if len(keys) < 2 else 'were'} named in {len(rows)} "
        f"seizures{where}, from {told(rows[0])} to {told(rows[-1])}.",
        subjects=tuple(holders[key].entity if key in holders else key for key in keys),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("seizures", (r["row_id"] for r in rows), "seizure that names them"),
            *evidence.claims({id for ship in ships for id in ship.claim_ids}, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=rows[0]["day"],
        end=rows[-1]["day"],
        vessels=tuple(key.removeprefix("imo:") for key in keys if key.startswith("imo:")),
        detail={"seizures": len(rows), "countries": countries, "goods": kinds, "named": captions, "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="seized_again",
    title="One ship, company or person in several seizures",
    kind="seizure",
    what="The same ship, company or person is named in two or more seizures within five years.",
    why="A courier or ship that is stopped twice works for somebody: only files of several authorities show it.",
    standard="WCO, Customs Enforcement Network (means of transport, consignees and offenders that recur); "
    "FATF Recommendation 31 (parallel investigations)",
    needs=("seizures",),
    parameters={
        "times": Parameter(2, "days", "fewest on which it was named"),
        "months": Parameter(60, "months", "longest span of time that they lie in"),
        "most": Parameter(25, "seizures", "who is named in more is a line, a port or a parcel service"),
    },
    benign=(
        "another of the same name",
        "a ferry, line or forwarder that is searched often",
        "one case that was written down in several steps",
    ),
    refutes="Dates of birth or registration numbers that differ; the files of the cases, where they are one.",
    detect=detect,
)
