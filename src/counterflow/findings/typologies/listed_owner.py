"""Owned by listed parties: the fifty per cent rule, by status and not by multiplication, with unknown shares as
intervals.

A company of which listed or so owned parties hold 50 per cent or more together counts as listed itself, and passes
that on. A holding whose size no source states may be anything from nothing to all, so the answer has three values:
owned, may be owned, not owned. The set-based step is Ibis and runs unchanged on Spark; the propagation is a fixpoint
over its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.dates import latest
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]


def holdings(data: Data) -> ibis.Table:
    """Holdings in force: link, source, target, role, share_low, share_high, claim_ids, start."""
    links = data.table("links")
    rows = links.filter((links["schema"] == "Ownership") & (links.stance == "asserts") & (links.source != links.target))
    if data.as_of is None:
        rows = rows.filter(rows.end.isnull())
    else:
        # an end given as a year or month may be its last day
        day = latest(data.as_of).isoformat()
        rows = rows.filter(rows.end.isnull() | (rows.end >= day) | _starts_with(day, rows.end))
    entities = data.table("entities")
    kept = rows.join(entities, rows.target == entities.entity).filter(
        lambda t: t.schema_right.isin(["Company", "Organization", "LegalEntity", "Vessel", "Airplane"])
    )
    columns = ("link", "source", "target", "role", "share_low", "share_high", "claim_ids", "start")
    return kept.select(*columns).order_by("link")


def _starts_with(day: str, column: Any) -> Any:
    return column.isin([day[:4], day[:7]])


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each unlisted company that is, or may be, owned by listed parties."""
    into: dict[str, list[Row]] = {}
    for row in data.run(holdings(data)).to_pylist():
        into.setdefault(row["target"], []).append(row)
    surely, maybe = _propagated(into, dial["line"], data)
    for company in sorted(maybe):
        if not data.listed(company):
            yield _finding(company, into, surely, maybe, dial["line"], data)


def _share(row: Row) -> tuple[float, float]:
    low, high = row["share_low"], row["share_high"]
    return (0.0 if low is None else float(low), 100.0 if high is None else float(high))


def _held(rows: list[Row], owners: set[str], data: Data, end: int) -> float:
    """Per cent that listed or owned parties hold together; two records of one holder's share count once."""
    by_owner: dict[str, list[float]] = {}
    for row in rows:
        if row["source"] in owners or data.listed(row["source"]):
            by_owner.setdefault(row["source"], []).append(_share(row)[end])
    # rival figures of one holding: the least for what is sure, the most for what may be
    pick = min if end == 0 else max
    return min(100.0, sum(pick(shares) for shares in by_owner.values()))


def _propagated(into: Mapping[str, list[Row]], line: float, data: Data) -> tuple[set[str], set[str]]:
    """Companies that are surely owned, and those that at least may be; the smallest such sets, cycles included."""
    surely: set[str] = set()
    maybe: set[str] = set()
    for owned, end in ((surely, 0), (maybe, 1)):
        grew = True
        while grew:
            more = {c for c, rows in into.items() if c not in owned and _held(rows, owned, data, end) >= line}
            owned.update(more)
            grew = bool(more)
    return surely, maybe


def _chain(company: str, into: Mapping[str, list[Row]], owned: set[str], data: Data) -> list[Row]:
    """Every holding on the way up from a company to listed parties."""
    seen, chain, todo = {company}, [], [company]
    while todo:
        for row in into.get(todo.pop(), ()):
            owner = row["source"]
            if data.listed(owner) or owner in owned:
                chain.append(row)
                if owner not in seen and not data.listed(owner):
                    seen.add(owner)
                    todo.append(owner)
    return sorted(chain, key=lambda r: (r["target"] != company, str(r["link"])))


def _finding(
    company: str, into: Mapping[str, list[Row]], surely: set[str], maybe: set[str], line: float, data: Data
) -> Finding:
    sure = company in surely
    low, high = _held(into[company], surely, data, 0), _held(into[company], maybe, data, 1)
    chain = _chain(company, into, maybe, data)
    owners = dict.fromkeys(row["source"] for row in chain if row["target"] == company)
    names = ", ".join(data.caption(o) for o in owners)
    unknown = [row for row in chain if row["share_low"] is None]
    if sure:
        sentence = f"{data.caption(company)} is held to {low:.0f} per cent or more by {names}: owned by listed parties."
    else:
        verb = "hold" if len(owners) > 1 else "holds"
        missing = f" The size of {_holding(unknown[0], data)} would decide it." if unknown else ""
        share = "an unknown share" if (low, high) == (0, 100) else f"between {low:.0f} and {high:.0f} per cent"
        sentence = f"{data.caption(company)} may be owned by listed parties: {names} {verb} {share} of it.{missing}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=sentence,
        subjects=(company, *owners),
        probability=0.95 if sure else 0.5,
        evidence=evidence.claims({id for row in chain for id in row["claim_ids"] or ()}, "holding"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min((row["start"] for row in chain if row["start"]), default=None),
        detail={
            "status": "owned" if sure else "may be owned", "low_per_cent": low, "high_per_cent": high,
            "line_per_cent": line, "holdings": len(chain), "holdings_of_unknown_size": len(unknown),
        },
    )  # fmt: skip


def _holding(row: Row, data: Data) -> str:
    return f"{data.caption(row['source'])}'s holding in {data.caption(row['target'])}"


TYPOLOGY = Typology(
    name="listed_owner",
    title="Owned by listed parties (50 per cent rule)",
    kind="ownership",
    what="Listed parties hold, together and directly or over companies so owned, half or more of an unlisted company.",
    why="Its property is blocked although no list names it.",
    standard="OFAC, Revised Guidance on Entities Owned by Persons Whose Property Is Blocked (13 August 2014) and FAQ "
    "398-402: aggregate, direct or indirect, by status of each owner",
    needs=("links", "entities"),
    parameters={"line": Parameter(50, "per cent", "share of all listed owners together from which a company is owned")},
    benign=(
        "shares sold since, or held for others",
        "a regime whose line is above 50 per cent, or that asks for control",
        "a licence for the company by name",
    ),
    refutes="A register extract of the day with other holders, or the missing share.",
    detect=detect,
)
