"""New consignee: a company formed months ago that at once takes goods of more value than its peers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.dates import earliest
from counterflow.model.finding import Finding
from counterflow.network.ties import facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY", "formed"]


def formed(data: Data) -> ibis.Table:
    """entity, formed (partial ISO date, the earliest told), formed_claims: when companies were incorporated."""
    told = facts(data, "incorporationDate").filter(lambda t: t.value.length() >= 4)
    return told.group_by("entity").agg(formed=told.value.min(), formed_claims=told.claim_id.collect(distinct=True))


def starts(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """buyer, first (day), usd and shipments of the span after it, of every buyer of whom values are known; rank: the
    share of buyers that took less; peers: how many there are."""
    import ibis

    rows = goods.consignments(data, "usd")
    rows = rows.filter(rows.what == goods.DECLARED)
    begun = rows.group_by("buyer").agg(first=rows.day.min())
    rows = rows.join(begun, "buyer")
    rows = rows.filter((rows.day - rows["first"] <= int(dial["span"])) & rows.usd.notnull())
    # whole cents: adding floats in parallel gives another last digit each time
    taken = rows.group_by("buyer").agg(
        first=rows["first"].min(), usd=(rows.usd * 100).round().cast("int64").sum() / 100, shipments=rows.count()
    )
    every, whole = ibis.window(order_by="usd"), ibis.window()
    return taken.mutate(rank=ibis.percent_rank().over(every), peers=taken.buyer.count().over(whole))


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company."""
    taken = starts(data, dial)
    large = taken.filter(
        (taken.usd >= dial["value"]) & ((taken["rank"] >= dial["rank"]) | (taken.peers < dial["peers"]))
    )
    register = formed(data)
    found = large.join(register, large.buyer == register.entity).order_by("buyer")
    young = {}
    for row in data.run(found).to_pylist():
        begun = (earliest(row["formed"]) - earliest("1970-01-01")).days
        if 0 <= row["first"] - begun <= dial["months"] * 30.44:
            young[row["buyer"]] = row | {"age": row["first"] - begun}
    if not young:
        return
    rows = goods.consignments(data, "description", "hs_code")
    rows = evidence.among(rows.filter(rows.what == goods.DECLARED), "buyer", sorted(young))
    columns = ("row_id", "buyer", "day", "description", "hs_code", "buyer_claims")
    of: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(rows.select(*columns).order_by("buyer", "day", "row_id")).to_pylist():
        if row["day"] - young[row["buyer"]]["first"] <= dial["span"]:
            of.setdefault(row["buyer"], []).append(row)
    for buyer, row in young.items():
        yield _finding(data, buyer, row, of[buyer], dial)


def _finding(
    data: Data, buyer: str, told: Mapping[str, Any], rows: list[dict[str, Any]], dial: Mapping[str, float]
) -> Finding:
    months = told["age"] / 30.44
    ranked = told["peers"] >= dial["peers"]
    factors = {
        f"formed {months:.0f} months before its first consignment": 3.0 if months <= 3 else 2.0 if months <= 6 else 1.5,
        **(
            {f"it took more in its first year than {told['rank']:.0%} of {told['peers']:,} consignees": 2.0}
            if ranked
            else {}
        ),
        **({"it is named by a sanctions list": 3.0} if data.listed(buyer) else {}),
    }
    claims = {id for row in rows for id in row["buyer_claims"] or ()}
    among = f", more than {told['rank']:.0%} of {told['peers']:,} consignees in theirs" if ranked else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(buyer)} was formed on {told['formed']}, {months:.0f} months before its first "
        f"consignment, and took goods of {told['usd']:,.0f} USD ({goods.sold(rows)}) in {dial['span']:.0f} "
        f"days{among}.",
        subjects=(buyer,),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.claims(told["formed_claims"], "when it was formed"),
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "what it took"),
            *evidence.claims(claims - set(told["formed_claims"]), "who the consignee is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(rows[0]["day"]),
        end=goods.iso_day(rows[-1]["day"]),
        detail={"formed": told["formed"], "age_days": told["age"], "usd": told["usd"], "shipments": told["shipments"],
                "rank": round(told["rank"], 4), "peers": told["peers"], "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="new_consignee",
    title="Just-formed company that takes large consignments",
    kind="trade",
    what="A company that was formed shortly before its first consignment takes more goods by value than its peers did.",
    why="A front is formed for a purchase and given up after it.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), structure of the business: "
    "newly formed entities that trade in high value",
    needs=("shipments", "claims", "members"),
    parameters={
        "months": Parameter(12, "months", "from its forming to its first consignment, at most"),
        "span": Parameter(365, "days", "after the first consignment, whose goods are added up"),
        "value": Parameter(250_000, "US dollars", "what it took in that span, at least"),
        "rank": Parameter(0.9, "share", "of all consignees, that took less in theirs"),
        "peers": Parameter(20, "consignees", "with fewer nobody is ranked, and the value alone counts"),
    },
    benign=(
        "a new subsidiary of an old group, or a firm under a new legal form",
        "a company formed for one project: a plant, a ship, an exhibition",
    ),
    refutes="The firm that it carries on, audited accounts, or premises and staff that fit the trade.",
    detect=detect,
)
