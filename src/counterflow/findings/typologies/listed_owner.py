"""Owned by listed parties: the fifty per cent rule, over all lists together.

A company of which listed or so owned parties hold the line or more together counts as listed itself, and passes that
on; a share that no source states leaves the answer open. The set-based step is Ibis and runs unchanged on Spark; the
rule itself is `network.control`, which also answers for one regime with its own lists, line and dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.control import Answer, Control, Step
from counterflow.network.holdings import holdings_of
from counterflow.network.regime import Rule

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

__all__ = ["TYPOLOGY"]

_COMPANIES = ("Company", "Organization", "LegalEntity", "PublicBody", "Vessel", "Airplane")


def holdings(data: Data) -> ibis.Table:
    """Rows of the links table: who owns part of a company or ship."""
    links, entities = data.table("links"), data.table("entities")
    rows = links.filter(links["schema"] == "Ownership")
    companies = entities.filter(entities["schema"].isin(_COMPANIES))
    return rows.semi_join(companies, rows.target == companies.entity).order_by("link")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each unlisted company that is, or may be, owned by listed parties."""
    links = data.run(holdings(data))
    made = holdings_of(links, data.as_of)
    listed = {node: True for node in made.nodes.tolist() if data.listed(node)}
    found = Control(made, listed, Rule(line=dial["line"], reached_by={"shares": "together"}))
    for company in found.entities():
        if company not in listed and found.status(company) != "not-blocked":
            yield _finding(found.answer(company), found.chain(company), links, dial["line"], data)


def _finding(answer: Answer, chain: list[Step], links: pa.Table, line: float, data: Data) -> Finding:
    sure = answer.status == "blocked"
    low, high = answer.low, answer.high
    company = data.caption(answer.entity)
    owners = dict.fromkeys(step.owner for step in chain if step.owned == answer.entity)
    names = ", ".join(data.caption(o) for o in owners)
    records = links.take(sorted({row for step in chain for row in step.rows})).to_pylist()
    if sure:
        sentence = f"{company} is held to {low:.0f} per cent or more by {names}: owned by listed parties."
    else:
        verb = "hold" if len(owners) > 1 else "holds"
        share = "an unknown share" if (low, high) == (0, 100) else f"between {low:.0f} and {high:.0f} per cent"
        sentence = f"{company} may be owned by listed parties: {names} {verb} {share} of it.{_missing(answer, data)}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=sentence,
        subjects=(answer.entity, *owners),
        probability=0.95 if sure else 0.5,
        evidence=evidence.claims({id for row in records for id in row["claim_ids"] or ()}, "holding"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min((row["start"] for row in records if row["start"]), default=None),
        detail={
            "status": "owned" if sure else "may be owned", "low_per_cent": low, "high_per_cent": high,
            "line_per_cent": line, "holdings": len(chain),
            "holdings_of_unknown_size": sum((step.low, step.high) == (0, 100) for step in chain),
        },
    )  # fmt: skip


def _missing(answer: Answer, data: Data) -> str:
    missing: Mapping[str, Any] | None = answer.missing
    if missing is None or not missing["what"].startswith("its size"):
        return ""
    return (
        f" The size of {data.caption(missing['owner'])}'s holding in {data.caption(missing['owned'])} would decide it."
    )


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
