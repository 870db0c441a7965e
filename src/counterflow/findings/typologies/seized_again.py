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

_COLUMNS = ("row_id", "day", "date", "country", "place", "category", "goods", "quantity", "unit", "carrier", "imo",
            "persons", "companies")  # fmt: skip
_KINDS = {"imo": "the ship IMO", "ship": "the ship", "person": "", "company": ""}


def again(data: Data, times: int, most: int) -> ibis.Table:
    """key and seizure of each party that was named on so many days, and in no more than `most` seizures."""
    rows = dated(data.seizures)
    found = parties(rows).join(rows.select(*_COLUMNS), "row_id")
    counted = found.group_by("key").agg(days=found.day.nunique(), n=found.count())
    wanted = counted.filter((counted.days >= times) & (counted.n <= most))
    return found.semi_join(wanted, "key").order_by("key", "day", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each party, over the fullest span of time; a ship by her number rather than by her name."""
    named: dict[str, list[Row]] = {}
    for row in data.run(again(data, int(dial["times"]), int(dial["most"]))).to_pylist():
        named.setdefault(row["key"], []).append(row)
    holders = evidence.holders(data, [key for key in named if key.startswith("imo:")])
    told_already: set[tuple[str, ...]] = set()
    for key, every in sorted(named.items(), key=lambda item: (not item[0].startswith("imo:"), item[0])):
        rows = _fullest(every, int(dial["months"]))
        ids = tuple(r["row_id"] for r in rows)
        if len({r["day"] for r in rows}) >= dial["times"] and ids not in told_already:
            told_already.add(ids)
            yield _finding(key, rows, holders.get(key))


def _fullest(rows: Sequence[Row], months: int) -> list[Row]:
    """Those of the span of so many months that holds the most, the first such."""
    place = [int(r["day"][:4]) * 12 + int(r["day"][5:7]) for r in rows]
    best: list[Row] = []
    for start, first in enumerate(place):
        inside = [r for r, month in zip(rows[start:], place[start:], strict=True) if month - first <= months]
        if len(inside) > len(best):
            best = inside
    return best


def _finding(key: str, rows: Sequence[Row], holder: evidence.Holder | None) -> Finding:
    kind, _, name = key.partition(":")
    caption = holder.caption if holder and holder.known else f"{_KINDS[kind]} {_printed(kind, name, rows)}".strip()
    countries = list(dict.fromkeys(r["country"] for r in rows if r["country"]))
    kinds = list(dict.fromkeys(r["category"] or r["goods"] for r in rows))
    factors = {f"named in {len(rows)} seizures": round(min(4.0, len(rows) / 2), 3)}
    if len(countries) > 1:
        factors[f"in {len(countries)} countries"] = 1.5
    if len(kinds) > 1:
        factors[f"with {len(kinds)} kinds of goods"] = 1.5
    if holder and holder.listed:
        factors["named by a sanctions list"] = 3.0
    if kind != "imo":
        factors["known by name alone"] = 0.5
    where = f" in {', '.join(country_name(c) for c in countries[:4])}" if countries else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{caption[:1].upper()}{caption[1:]} was named in {len(rows)} seizures{where}, from {told(rows[0])} "
        f"to {told(rows[-1])}.",
        subjects=(holder.entity if holder else key,),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("seizures", (r["row_id"] for r in rows), "seizure that names it"),
            *evidence.claims(holder.claim_ids if holder else (), "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=rows[0]["day"],
        end=rows[-1]["day"],
        vessels=(name,) if kind == "imo" else (),
        detail={"seizures": len(rows), "countries": countries, "goods": kinds, "key": key, "factors": factors},
    )  # fmt: skip


def _printed(kind: str, name: str, rows: Sequence[Row]) -> str:
    """The name as the first seizure that prints nothing else beside it prints it, else as it is compared."""
    column = {"ship": "carrier", "person": "persons", "company": "companies"}.get(kind, "")
    alone = (r[column] for r in rows if column and r[column] and not {";", "|", "\n"} & set(r[column]))
    return next(alone, name)


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
