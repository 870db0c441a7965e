"""Mass agent: a company run or represented by someone who does so for uncommonly many others.

Directors, nominees and agents are counted apart, each against their peers in the same country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import holdings, sharers

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_ROLES = {
    "Directorship": ("is directed by", "director"), "Representation": ("is represented by", "agent"),
    "Control": ("stands in the name of", "nominee or controller"),
}  # fmt: skip


def nominees(data: Data, schema: str, dial: Mapping[str, float]) -> ibis.Table:
    """entity, via, sharers, claim_ids of companies served by someone with very many."""
    links = holdings(data, schema)
    rows = sharers(links.select(entity=links.target, via=links.source, claim_ids=links.claim_ids), data)
    many = rows.filter((rows.sharers >= int(dial["companies"])) & (rows.standing >= dial["standing"]))
    return many.select("entity", "via", "sharers", "claim_ids").order_by("entity", "via")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and nominee."""
    for schema, (verb, word) in _ROLES.items():
        for row in data.run(nominees(data, schema, dial)).to_pylist():
            says = f"{verb} {data.caption(row['via'])}, {word} of {row['sharers'] - 1} other companies"
            yield sign(TYPOLOGY, data, [row["entity"]], says, 2.0, row["claim_ids"], others=[row["via"]],
                       detail={"companies_served": row["sharers"]})  # fmt: skip


TYPOLOGY = Typology(
    name="mass_agent",
    title="Agent or director of many companies",
    kind="ownership",
    what="A company's director, nominee or agent serves more companies than almost any other in its country.",
    why="Nominees lend their name to companies whose owner stays unseen.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018): nominees and professional "
    "intermediaries; Global Witness and DataKind (2018): 9,000 companies controlled by owners of more than 100",
    needs=("links", "entities"),
    parameters={
        "companies": Parameter(20, "companies", "served by one person or firm, fewer tell nothing"),
        "standing": Parameter(0.99, "share", "of the country's directors, nominees or agents that serve fewer"),
    },
    benign=("a licensed corporate service provider with its own records of owners", "directors of a large group"),
    refutes="Minutes and mandates that show a director who decides.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
