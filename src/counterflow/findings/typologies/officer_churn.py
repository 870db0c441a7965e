"""Officer churn: directors who come and go faster than any business needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, holdings

__all__ = ["TYPOLOGY"]


def departures(data: Data, dial: Mapping[str, float]) -> Any:
    """source, target, end, claim_ids of directors who left, at companies that enough have left."""
    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select(company=entities.entity)
    links = holdings(data, "Directorship")
    left = links.filter(links.end.notnull() & (links.end.length() >= 7))
    if data.as_of is not None:
        left = left.filter(left.end <= latest(data.as_of).isoformat())
    left = left.semi_join(companies, left.target == companies.company)
    many = left.group_by("target").agg(people=left.source.nunique())
    left = left.semi_join(many.filter(many.people >= int(dial["directors"])), "target")
    return left.select("source", "target", "end", "claim_ids").order_by("target", "end", "source")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company: its busiest span."""
    companies: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(departures(data, dial)).to_pylist():
        companies.setdefault(row["target"], []).append(row)
    for company, rows in companies.items():
        span = _busiest(rows, dial["days"])
        people = dict.fromkeys(row["source"] for row in span)
        if len(people) >= dial["directors"]:
            says = f"lost {len(people)} directors between {span[0]['end']} and {span[-1]['end']}"
            claims = {id for row in span for id in row["claim_ids"] or ()}
            yield sign(TYPOLOGY, data, [company], says, 2.5, claims, others=people, start=span[0]["end"],
                       end=span[-1]["end"], detail={"directors_left": len(people)})  # fmt: skip


def _busiest(rows: list[dict[str, Any]], days: float) -> list[dict[str, Any]]:
    """The span of so many days with most departures, the first of several; dates taken at their closest."""
    best: list[dict[str, Any]] = []
    for n, first in enumerate(rows):
        span = [row for row in rows[n:] if (earliest(row["end"]) - latest(first["end"])).days <= days]
        best = span if len(span) > len(best) else best
    return best


TYPOLOGY = Typology(
    name="officer_churn",
    title="Directors who come and go",
    kind="ownership",
    what="Many directors leave a company within a year.",
    why="Straw men are changed before anyone asks them.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E: frequent changes of "
    "directors",
    needs=("links", "entities"),
    parameters={
        "directors": Parameter(4, "persons", "who left within the span"),
        "days": Parameter(365, "days", "length of the span"),
    },
    benign=("a merger or sale, after which a board is replaced at once", "a co-operative with yearly elections"),
    refutes="Minutes that give the reason, such as a change of owner.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
