"""Phantom shipment: goods invoiced that no paper shows to have moved, or a container in two places at once.

That no declaration is at hand says something only where others of the same parties are: silence about parties whose
goods are never seen is the data's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_ENDS = ("departure_country", "dest_country")


def unseen(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Invoices after and before which nothing was declared between the two parties, nor under the same bill of lading,
    though enough else was declared for one of them: seen, how much."""
    import ibis

    rows = goods.consignments(data, "shipment_id", "invoice", "bill_of_lading", "description", "hs_code", "usd")
    bill = rows.bill_of_lading.upper().re_replace("[^0-9A-Z]", "").nullif("")
    rows = rows.mutate(bill=bill).drop("bill_of_lading", "value", "date")
    asked = rows.filter((rows.what == goods.INVOICED) & (rows.usd >= dial["value"]))
    moved = rows.filter(rows.what == goods.DECLARED)
    pairs = moved.select("seller", "buyer", moved_on="day").distinct()
    near = asked.select("row_id", "seller", "buyer", "day").join(pairs, ["seller", "buyer"])
    later = near.moved_on - near.day
    near = near.filter((later >= -int(dial["before"])) & (later <= int(dial["after"]))).select("row_id")
    billed = asked.semi_join(moved.filter(moved.bill.notnull()), "bill").select("row_id")
    alone = asked.anti_join(ibis.union(near, billed, distinct=True), "row_id")
    sides = [moved.select("row_id", "day", party=moved[side]) for side in ("seller", "buyer")]
    other = ibis.union(*sides, distinct=False).rename(other="row_id", other_day="day")
    own = ibis.union(
        *(alone.select("row_id", "day", party=alone[side]) for side in ("seller", "buyer")), distinct=False
    )
    seen = own.join(other, "party")
    seen = seen.filter((seen.other_day - seen.day).abs() <= 365)
    seen = seen.group_by("row_id").agg(seen=seen.other.nunique())
    alone = alone.join(seen.filter(seen.seen >= int(dial["papers"])), "row_id")
    return alone.order_by("seller", "buyer", "day", "row_id")


def leaps(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Two papers of one container, one after the other, that name no country in common within a few days."""
    import ibis

    rows = goods.consignments(data, "container", "description", "hs_code", *_ENDS)
    rows = goods.containers(
        rows.filter((rows.what == goods.DECLARED) & rows.departure_country.notnull() & rows.dest_country.notnull())
    )
    told = ("row_id", "day", "seller", "buyer", "shipper_name", "consignee_name", "description", "hs_code", *_ENDS,
            "seller_claims", "buyer_claims")  # fmt: skip
    order = ibis.window(group_by="box", order_by=["day", "row_id"])
    each = rows.select("box", *told).mutate(**{f"last_{name}": rows[name].lag().over(order) for name in told})
    apart = [each[end] != each[f"last_{last}"] for end in _ENDS for last in _ENDS]
    each = each.filter(each.last_row_id.notnull() & (each.day - each.last_day <= int(dial["days"])))
    return each.filter(apart).order_by("box", "day", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each pair of parties whose invoices stand alone, and one for each leap of a container."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in data.run(unseen(data, dial)).to_pylist():
        groups.setdefault((row["seller"], row["buyer"]), []).append(row)
    quoting = (
        goods.quoting(data, (n for rows in groups.values() for row in rows for n in _numbers(row))) if groups else {}
    )
    for (seller, buyer), rows in sorted(groups.items()):
        yield _invoiced(data, seller, buyer, rows, quoting, dial)
    told = set()
    for row in data.run(leaps(data, dial)).to_pylist():
        pair = (row["last_row_id"], row["row_id"])
        apart = _apart(row, dial)
        if apart and pair not in told:
            told.add(pair)
            yield _leapt(data, row, apart)


def _numbers(row: Mapping[str, Any]) -> list[str]:
    written = [row["invoice"], row["shipment_id"]]
    return ["".join(c for c in text.upper() if c.isascii() and c.isalnum()) for text in written if text]


def _apart(row: Mapping[str, Any], dial: Mapping[str, float]) -> float:
    """Kilometres that the container must have leapt; 0 where it had the time, or the way is not known.

    The shortest way from either end of the one paper to either end of the other, less what countries are wide.
    """
    ways = [goods.distance(row[f"last_{last}"], row[end]) for last in _ENDS for end in _ENDS]
    if None in ways:
        return 0.0
    least = min(way for way in ways if way is not None) - dial["margin"]
    return least if least > dial["speed"] * (row["day"] - row["last_day"] + 1) else 0.0


def _invoiced(
    data: Data, seller: str, buyer: str, rows: list[dict[str, Any]], quoting: Mapping[str, list[dict[str, Any]]],
    dial: Mapping[str, float],
) -> Finding:  # fmt: skip
    first = rows[0]
    names = [goods.caption(data, seller, first["shipper_name"]), goods.caption(data, buyer, first["consignee_name"])]
    usd = sum(row["usd"] for row in rows)
    seen = min(row["seen"] for row in rows)
    money = {p["row_id"]: p for row in rows for n in _numbers(row) for p in quoting.get(n, ())}
    paid = sorted(money.values(), key=lambda p: (p["day"], p["row_id"]))
    factors = {
        f"nothing moved, though {seen} other consignments of the parties were declared": min(4.0, 1.0 + seen / 3),
        **({f"{len(rows)} invoices stand alone": 1.5} if len(rows) > 1 else {}),
        **({"payments quote them": 2.0} if paid else {}),
    }
    claims = {id for row in rows for k in ("seller", "buyer") for id in row[f"{k}_claims"] or ()}
    claims |= {id for p in paid for id in p["payer_claims"] or ()}
    days = [goods.iso_day(p["day"]) for p in paid] or [goods.iso_day(row["day"]) for row in rows]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{names[0]} invoiced {goods.sold(rows)} worth {usd:,.0f} USD to {names[1]}"
        f"{_quoted(len(paid))}, but no declaration or bill of lading shows goods between "
        f"them from {dial['before']:.0f} days before to {dial['after']:.0f} days after, though {seen} other "
        "consignments of theirs were declared.",
        subjects=tuple(dict.fromkeys([seller, buyer, *(p["payer"] for p in paid)])),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "an invoice for goods that nothing shows"),
            *evidence.of_rows("payments", (p["row_id"] for p in paid), "quotes the number of one of them"),
            *evidence.claims(claims, "who the names and accounts are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min(days),
        end=max(days),
        payments=tuple(p["payment_id"] for p in paid),
        accounts=tuple(dict.fromkeys(p["from_account"] for p in paid if p["from_account"])),
        detail={"invoices": len(rows), "usd": round(usd, 2), "others_declared": seen, "factors": factors},
    )  # fmt: skip


def _quoted(payments: int) -> str:
    return "" if not payments else ", a payment quotes it" if payments == 1 else f", {payments} payments quote it"


def _leapt(data: Data, row: Mapping[str, Any], apart: float) -> Finding:
    days = row["day"] - row["last_day"]
    ways = [" to ".join(country_name(row[f"{side}{end}"]) for end in _ENDS) for side in ("last_", "")]
    who = [
        goods.caption(data, row["buyer"], row["consignee_name"]),
        goods.caption(data, row["last_buyer"], row["last_consignee_name"]),
    ]
    factors = {f"{apart:,.0f} km at least in {days} days": 4.0}
    claims = {id for k in ("seller", "buyer", "last_seller", "last_buyer") for id in row[f"{k}_claims"] or ()}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"Container {row['box']} went from {ways[0]} for {who[1]} by a paper of "
        f"{goods.iso_day(row['last_day'])}, "
        f"and {days} days later from {ways[1]} for {who[0]}: it would have to have leapt {apart:,.0f} km at least.",
        subjects=tuple(dict.fromkeys(row[k] for k in ("seller", "buyer", "last_seller", "last_buyer"))),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["last_row_id"], row["row_id"]), "a paper that names the container"),
            *evidence.claims(claims, "who the names are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(row["last_day"]),
        end=goods.iso_day(row["day"]),
        detail={"container": row["box"], "least_km": round(apart), "days": days, "factors": factors},
    )


TYPOLOGY = Typology(
    name="phantom_shipment",
    title="Goods that never moved",
    kind="trade",
    what="Goods are invoiced that no declaration or bill of lading shows, though other goods of the parties are "
    "declared; or two papers put one container in places too far apart for the days between.",
    why="A payment abroad needs a reason, and an invoice is one whether goods move or not.",
    standard="FATF, Trade-Based Money Laundering (2006), phantom shipments; FATF and Egmont Group, Trade-Based Money "
    "Laundering: Trends and Developments (2020)",
    needs=("shipments",),
    parameters={
        "value": Parameter(10_000, "US dollars", "invoices of less are not looked at"),
        "before": Parameter(60, "days", "that goods may have moved before the invoice"),
        "after": Parameter(180, "days", "that goods may move after it"),
        "papers": Parameter(3, "consignments", "of one of the parties that were declared within a year of it"),
        "days": Parameter(7, "days", "between two papers of one container, at most"),
        "speed": Parameter(1_111, "kilometres a day", "that a container moves at most: 25 knots"),
        "margin": Parameter(3_000, "kilometres", "that countries are wide: ways are between their middles"),
    },
    benign=(
        "services, software or goods delivered within the country, which nobody declares",
        "goods declared by an agent or another company of the group, or at a customs office that the data leave out",
        "a container number mistyped in one of the papers",
    ),
    refutes="The declaration, bill of lading or delivery note of the goods; a scan of the container's plate.",
    detect=detect,
)
