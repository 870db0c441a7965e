"""Disqualified director: a company run or owned by someone whom a court or register has barred from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def barred(data: Data) -> ibis.Table:
    """source (person), target (company), schema, claim_ids of the link, why (claim of the bar)."""
    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select(company=entities.entity)
    said = facts(data, "topics")
    bars = said.filter(said.value == "corp.disqual").select(person=said.entity, why=said.claim_id)
    links = holdings(data, "Directorship", "Ownership", "Control")
    rows = links.semi_join(companies, links.target == companies.company)
    rows = rows.join(bars, rows.source == bars.person)
    return rows.select("source", "target", "schema", "claim_ids", "why").order_by("target", "source", "schema", "why")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and barred person."""
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for row in data.run(barred(data)).to_pylist():
        roles, claims = found.setdefault((row["target"], row["source"]), (set(), set()))
        roles.add("directed" if row["schema"] == "Directorship" else "owned")
        claims |= {row["why"], *(row["claim_ids"] or ())}
    for (company, person), (roles, claims) in sorted(found.items()):
        says = f"is {' and '.join(sorted(roles))} by {data.caption(person)}, who is disqualified as a director"
        yield sign(TYPOLOGY, data, [company], says, 5.0, claims, others=[person])


TYPOLOGY = Typology(
    name="disqualified_director",
    title="Disqualified director or owner",
    kind="ownership",
    what="A company's director or owner is disqualified from running one.",
    why="Whoever may not act openly acts through a company that nobody looks at.",
    standard="Global Witness and DataKind, The Companies We Keep (2018): 345 disqualified directors as owners; Company "
    "Directors Disqualification Act 1986",
    needs=("links", "claims", "members", "entities"),
    parameters={},
    benign=("a namesake", "a bar that has ended, or leave of the court to act"),
    refutes="The order with another date of birth, or leave of the court.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
