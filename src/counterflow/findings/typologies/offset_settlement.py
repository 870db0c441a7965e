"""Offset settlement: goods go one way and are not paid for, while others of the same two owners pay a like amount.

Buyer and seller are found by the names that shipments print, their companies over ownership, the payments by who holds
the accounts. Few of all payments are between companies of two parties who trade: what is compared is small.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.attempts import Attempt, Told, findings, placed
from counterflow.findings.observations import DAY, payments
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.dates import earliest
from counterflow.model.finding import Evidence, Finding
from counterflow.model.rates import dollars
from counterflow.network.ties import name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


@dataclass(frozen=True)
class Goods:
    """A shipment. :param day: days since 1970; :param usd: declared value in dollars; :param claim_ids: of the names"""

    row_id: str
    seller: str
    buyer: str
    day: int
    usd: float
    claim_ids: tuple[str, ...]


def goods(data: Data) -> ibis.Table:
    """Shipments with a day and a value whose sender and receiver are known: row_id, date, value, currency, seller,
    buyer, sold and bought (claims of the names)."""
    rows, held = data.table("shipments"), data.table("holders")
    rows = rows.filter(rows.value.notnull() & (rows.value > 0) & (rows.date.length() == 10))
    rows = rows.select(
        "row_id", "date", "value", "currency",
        sender="name:" + name_key(rows.shipper_name), receiver="name:" + name_key(rows.consignee_name),
    )  # fmt: skip
    seller, buyer = held.view(), held.view()
    known = rows.join(seller, rows.sender == seller.key).select(rows, seller=seller.entity, sold=seller.claim_ids)
    known = known.join(buyer, known.receiver == buyer.key).select(known, buyer=buyer.entity, bought=buyer.claim_ids)
    return known.filter(known.seller != known.buyer).drop("sender", "receiver").order_by("date", "row_id")


def between(data: Data, entities: list[str]) -> ibis.Table:
    """row_id, payer, payee of payments between two of these entities."""
    paid, held = payments(data), data.table("holders")
    held = evidence.among(held, "entity", entities).select("key", "entity")
    payer, payee = held.view(), held.view()
    keys = {s: "account:" + paid[f"{s}_account"].upper().re_replace("[^0-9A-Z]", "") for s in ("from", "to")}
    paid = paid.select("row_id", from_key=keys["from"], to_key=keys["to"])
    rows = paid.join(payer, paid.from_key == payer.key).select(paid, payer=payer.entity)
    rows = rows.join(payee, rows.to_key == payee.key).select(rows.row_id, rows.payer, payee=payee.entity)
    return rows.filter(rows.payer != rows.payee).order_by("row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each buyer, seller, and pair of companies that settle for them."""
    shipped = [g for g in _goods(data) if g.usd >= dial["value"]]
    if not shipped:
        return
    circles = _circles(data, {p for g in shipped for p in (g.seller, g.buyer)}, int(dial["depth"]))
    everyone = sorted({e for circle in circles.values() for e in circle})
    rows = data.run(between(data, everyone)).to_pylist()
    places = placed(data.log, [r["row_id"] for r in rows])
    paid: dict[tuple[str, str], list[int]] = defaultdict(list)
    for r in rows:
        if r["row_id"] in places:
            paid[r["payer"], r["payee"]].append(places[r["row_id"]])
    found = _settled(data, shipped, circles, paid, dial)
    if not found:
        return
    keys = sorted(found)
    starts = np.cumsum([0, *(len(found[k]) for k in keys)])
    members = [np.array(sorted(m for _, m in found[k]), np.int64) for k in keys]
    turn = {int(m[0]): k for m, k in zip(members, keys, strict=True)}

    def told(a: Attempt) -> Told:
        key = turn[int(a.members[0])]
        return _told(data, a, key, [g for g, _ in found[key]], circles)

    yield from findings(
        data, TYPOLOGY, Hits(starts, np.concatenate(members)), told, prior=0.2, roles=("payment of a like amount",)
    )


def _goods(data: Data) -> Iterator[Goods]:
    rows = data.run(goods(data)).to_pylist()
    for row in rows:
        day = (earliest(row["date"]) - dt.date(1970, 1, 1)).days
        year = earliest(row["date"]).year
        rate = float(dollars([row["currency"] or ""], year, year)[0, 0])
        if not np.isnan(rate):
            claims = tuple(sorted({*(row["sold"] or ()), *(row["bought"] or ())}))
            yield Goods(row["row_id"], row["seller"], row["buyer"], day, row["value"] * rate, claims)


def _circles(data: Data, parties: set[str], depth: int) -> dict[str, dict[str, tuple[str, ...]]]:
    """party → what it owns over at most `depth` steps, itself too, each with the claims of the way there."""
    links = data.table("links")
    owned = links.filter((links["schema"] == "Ownership") & (links.stance == "asserts"))
    below: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for row in data.run(owned.select("source", "target", "claim_ids").order_by("source", "target")).to_pylist():
        below[row["source"]].append((row["target"], tuple(row["claim_ids"] or ())))
    circles = {}
    for party in sorted(parties):
        circle: dict[str, tuple[str, ...]] = {party: ()}
        edge = [party]
        for _ in range(depth):
            further = []
            for source in edge:
                for target, claims in below[source]:
                    if target not in circle:
                        circle[target] = (*circle[source], *claims)
                        further.append(target)
            edge = further
        circles[party] = circle
    return circles


def _settled(
    data: Data, shipped: list[Goods], circles: Mapping[str, Mapping[str, Any]],
    paid: Mapping[tuple[str, str], list[int]], dial: Mapping[str, float],
) -> dict[tuple[str, str, str, str], list[tuple[Goods, int]]]:  # fmt: skip
    """(seller, buyer, who pays, who is paid) → goods with the payment that answers to each, a payment to one only."""
    log, window = data.log, dial["days"] * DAY
    found: dict[tuple[str, str, str, str], list[tuple[Goods, int]]] = defaultdict(list)
    taken: set[int] = set()

    def near(g: Goods, members: list[int]) -> list[int]:
        # a shipment's day is not told to the hour
        return [m for m in members if -window <= log.at[m] - g.day * DAY < window + DAY]

    for g in shipped:
        if any(log.worth[m] >= 0.5 * g.usd for m in near(g, paid.get((g.buyer, g.seller), []))):
            continue
        options = [
            (abs(float(log.worth[m]) / g.usd - 1), m, payer, payee)
            for payer in circles[g.buyer]
            for payee in circles[g.seller]
            if (payer, payee) != (g.buyer, g.seller)
            for m in near(g, paid.get((payer, payee), []))
            if m not in taken and abs(float(log.worth[m]) / g.usd - 1) <= dial["alike"]
        ]
        if options:
            _, member, payer, payee = min(options)
            taken.add(member)
            found[g.seller, g.buyer, payer, payee].append((g, member))
    return found


def _told(
    data: Data, a: Attempt, key: tuple[str, str, str, str], shipped: list[Goods],
    circles: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Told:  # fmt: skip
    seller, buyer, payer, payee = key
    names = [data.caption(e) for e in key]
    value = sum(g.usd for g in shipped)
    off = abs(float(a.usd.sum()) / value - 1)
    claims = {*circles[buyer][payer], *circles[seller][payee], *(id for g in shipped for id in g.claim_ids)}
    return Told(
        f"{names[0]} shipped goods of {value:,.0f} USD to {names[1]}, which did not pay for them, while {names[2]} "
        f"paid {a.money()} to {names[3]}: {names[2]} is {_whose(payer, buyer, names[1])} and {names[3]} is "
        f"{_whose(payee, seller, names[0])}.",
        factors={
            f"{len(shipped)} shipments are answered by payments within {off:.0%}": 1 + 1.5 * len(shipped),
            **({"payer and payee are both beside the trade": 1.5} if payer != buyer and payee != seller else {}),
        },
        lead=(int(a.payer[0]), int(a.payee[0])),
        detail={"shipments": len(shipped), "goods_usd": round(value, 2), "off": round(off, 4)},
        records=(
            *evidence.of_rows("shipments", (g.row_id for g in shipped), "goods that were not paid for"),
            *(Evidence("claim", id, "whose company it is, and who the shipment names") for id in sorted(claims)),
        ),
        subjects=key,
    )


def _whose(company: str, party: str, name: str) -> str:
    return "the party itself" if company == party else f"owned by {name}"


TYPOLOGY = Typology(
    name="offset_settlement",
    title="Offset (ledger) settlement",
    kind="trade",
    what="Goods that the buyer does not pay for, while a company of the buyer pays a like amount to a company of the "
    "seller.",
    why="Debts from trade are set off in a ledger, so that no payment shows who bought from whom: how coal and fuel "
    "under sanctions are paid for.",
    standard="FinCEN advisory FIN-2017-A008 on North Korea, ledger payments; FATF, Trade-Based Money Laundering: Risk "
    "Indicators (2021), third-party payments; UN Panel of Experts under resolution 1874",
    needs=("payments", "shipments", "holders", "links"),
    parameters={
        "alike": Parameter(0.1, "share", "how far a payment may be from the value of the goods"),
        "days": Parameter(90, "days", "how far a payment may be from the day of the shipment, before or after"),
        "depth": Parameter(2, "steps", "of ownership between a party and the company that pays or is paid for it"),
        "value": Parameter(10_000, "US dollars", "goods of less value are not looked at"),
    },
    benign=(
        "a group that pays for all its companies through one of them",
        "netting under a written agreement, or goods on consignment",
        "payment through a letter of credit, which the bank makes",
    ),
    refutes="The buyer's payment at another bank; a netting agreement or a letter of credit that names the shipment.",
    detect=detect,
)
