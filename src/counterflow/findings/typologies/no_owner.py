"""No owner: a company without a recorded owner, in a data set that records owners of nearly all its peers.

Where a register keeps no owners at all, their absence says nothing: it is held against the other companies of the same
data set and country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import country_of, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def ownerless(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """entity, peers (companies of its data set and country), share of them with an owner, claim_ids of its name."""
    import ibis

    entities, members, claims = data.table("entities"), data.table("members"), data.table("claims")
    companies = entities.filter((entities["schema"] == "Company") & ~entities.listed.fill_null(False))
    companies = companies.select("entity", country=country_of(companies))
    held = holdings(data, "Ownership", "Control")
    held = held.select(owned=held.target).distinct()
    named = claims.filter(claims.property == "name").select("subject", "dataset", "claim_id")
    rows = companies.join(members.select("subject", "entity"), "entity").join(named, "subject")
    rows = rows.group_by(["entity", "country", "dataset"]).agg(claim_ids=rows.claim_id.collect(distinct=True))
    rows = rows.left_join(held, rows.entity == held.owned)
    rows = rows.mutate(has=rows.owned.notnull().cast("int64"))
    peers = ibis.window(group_by=["dataset", "country"])
    rows = rows.mutate(
        peers=rows.entity.count().over(peers), owned_share=rows.has.sum().over(peers) / rows.entity.count().over(peers)
    )
    rows = rows.filter((rows.has == 0) & (rows.peers >= int(dial["peers"])) & (rows.owned_share >= dial["share"]))
    return rows.select("entity", "dataset", "peers", "owned_share", "claim_ids").order_by("entity", "dataset")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and data set."""
    for row in data.run(ownerless(data, dial)).to_pylist():
        peers = f"{row['owned_share']:.0%} of its {row['peers']} peers in {row['dataset']}"
        detail = {"peers": row["peers"], "share_of_peers_with_owner": round(row["owned_share"], 4)}
        says = f"has no recorded owner, which {peers} have"
        yield sign(TYPOLOGY, data, [row["entity"]], says, 2.0, row["claim_ids"], detail=detail)


TYPOLOGY = Typology(
    name="no_owner",
    title="No recorded owner",
    kind="ownership",
    what="A company has no recorded owner where nearly all of its peers have one.",
    why="Declaring nobody is the simplest way to hide somebody.",
    standard="Global Witness and DataKind, The Companies We Keep (2018): 335,000 companies declare no owner; FATF "
    "Recommendation 24",
    needs=("entities", "members", "claims", "links"),
    parameters={
        "peers": Parameter(20, "companies", "of the same data set and country, fewer are no measure"),
        "share": Parameter(0.8, "share", "of these that have an owner"),
    },
    benign=("nobody holds as much as must be declared", "a listed company, exempt from declaring", "a new company"),
    refutes="The shareholders' register.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
