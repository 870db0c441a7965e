"""Activity and goods: a company that ships what its line of business has no use for.

A shipment names its parties only in print; a party is the company whose name, legal form apart, is the same. Companies
whose sector names none of the lines of `business.yaml` are not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.business import chapters
from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, address_key, facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def consignments(data: Data) -> ibis.Table:
    """entity, row_id, chapter, description of each shipment of a company whose sector is known, whichever its side."""
    import ibis

    entities, rows = data.table("entities"), data.table("shipments")
    companies = entities.filter(entities["schema"].isin(COMPANIES))
    companies = companies.semi_join(facts(data, "sector"), "entity")
    named = companies.select("entity", name=companies.names.unnest())
    named = named.select("entity", key=address_key(named.name)).distinct()
    sides = [
        rows.select("row_id", "hs_code", "description", key=address_key(side))
        for side in (rows.shipper_name, rows.consignee_name)
    ]
    both = ibis.union(*sides, distinct=False)
    both = both.filter(both.hs_code.length() >= 2).mutate(chapter=both.hs_code[0:2])
    columns = ("entity", "row_id", "chapter", "description")
    return both.join(named, "key").select(*columns).distinct().order_by("entity", "chapter", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company with enough shipments outside its business."""
    shipped: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(consignments(data)).to_pylist():
        shipped.setdefault(row["entity"], []).append(row)
    if not shipped:
        return
    sectors: dict[str, list[dict[str, Any]]] = {}
    said = facts(data, "sector").filter(lambda t: t.entity.isin(sorted(shipped)))
    for row in data.run(said.order_by("entity", "value", "claim_id")).to_pylist():
        sectors.setdefault(row["entity"], []).append(row)
    for company, rows in sorted(shipped.items()):
        fits = chapters(" ".join(row["value"] for row in sectors[company]))
        strange = [row for row in rows if fits and row["chapter"] not in fits]
        if len(strange) >= dial["shipments"] and len(strange) >= dial["share"] * len(rows):
            goods = ", ".join(dict.fromkeys(row["description"] or f"HS {row['chapter']}" for row in strange[:3]))
            says = f"is registered for {sectors[company][0]['value']} but ships {goods}"
            claims = {row["claim_id"] for row in sectors[company]}
            records = evidence.of_rows("shipments", (row["row_id"] for row in strange), "goods outside the business")
            yield sign(TYPOLOGY, data, [company], says, 3.0, claims, records=records,
                       detail={"shipments": len(rows), "outside_business": len(strange)})  # fmt: skip


TYPOLOGY = Typology(
    name="activity_mismatch",
    title="Goods that do not fit the business",
    kind="trade",
    what="A company ships goods of chapters that its registered line of business does not deal in.",
    why="A front takes whatever cargo the network needs.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), trade activity: goods "
    "inconsistent with the business; FinCEN advisory FIN-2017-A008",
    needs=("shipments", "claims", "members", "entities"),
    parameters={
        "shipments": Parameter(2, "shipments", "outside the business"),
        "share": Parameter(0.5, "share", "of the company's shipments that are outside it"),
    },
    benign=("a general trader whose registered sector is out of date", "equipment for the company's own use"),
    refutes="Contracts with buyers in the trade, or a changed register entry.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
