"""Mass address: a company registered where uncommonly many others are.

Counted per address, and held against the other addresses of the same country: what is usual there is no sign. An
address that is the company's own agent's is passed over, for `mass_agent` speaks of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import sharers

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def crowded(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """entity, via, sharers, claim_ids of companies at a crowded address that is not their agent's."""
    all_ties = data.table("ties")
    at = sharers(all_ties.filter(all_ties.what == "address"), data)
    many = at.filter((at.sharers >= int(dial["sharers"])) & (at.standing >= dial["standing"]))
    agents = all_ties.filter(all_ties.what == "agent").select(client=all_ties.entity, agent=all_ties.via)
    homes = all_ties.filter(all_ties.what == "address").select(agent_home=all_ties.entity, home=all_ties.via)
    served = agents.join(homes, agents.agent == homes.agent_home).select("client", "home").distinct()
    rows = many.anti_join(served, (many.entity == served.client) & (many.via == served.home))
    return rows.select("entity", "via", "sharers", "claim_ids").order_by("entity", "via")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and crowded address."""
    for row in data.run(crowded(data, dial)).to_pylist():
        says = f"shares its address with {row['sharers'] - 1} other companies ({row['via']})"
        detail = {"companies_at_address": row["sharers"]}
        yield sign(TYPOLOGY, data, [row["entity"]], says, 2.0, row["claim_ids"], detail=detail)


TYPOLOGY = Typology(
    name="mass_address",
    title="Address of many companies",
    kind="ownership",
    what="A company's address is that of more companies than almost any other address in its country.",
    why="Formation agents keep companies by the hundred behind one door; a company with a business has its own.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E; Global Witness and DataKind, "
    "The Companies We Keep (2018): 208,000 companies at a company factory's address",
    needs=("claims", "members", "entities"),
    parameters={
        "sharers": Parameter(10, "companies", "at one address, fewer tell nothing"),
        "standing": Parameter(0.99, "share", "of the country's addresses that fewer companies share"),
    },
    benign=("a business centre, law firm or accountant", "a group whose members share its headquarters"),
    refutes="A lease, staff or telephone of the company's own.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
