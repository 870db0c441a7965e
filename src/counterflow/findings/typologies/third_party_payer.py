"""Third-party payer: goods sold to one are paid for by another, of another country, whom nothing ties to the buyer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def payments(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Consignments with each payment to the seller that answers to them and is not the buyer's: the columns of both,
    paid_on (day), paid_row, by_number (it quotes a number of their papers; else it is of a like amount)."""
    import ibis

    sold = goods.consignments(
        data, "usd", "description", "hs_code", "origin_country", "departure_country", "dest_country"
    )
    sold = sold.filter(sold.usd >= dial["value"]).drop("value", "currency", "date", "what")
    money = goods.paid(data, "from_country", "from_bank_country")
    money = money.rename(seller="payee", paid_row="row_id", paid_on="day", paid_usd="usd")
    quotes = goods.quoted(money.select("said", row_id="paid_row"))
    quotes = quotes.join(goods.numbers(data.table("shipments")), "number").select(
        paid_row="row_id", row_id="consignment"
    )
    money = money.drop("said")
    named = sold.join(quotes.distinct(), "row_id").join(money, ["paid_row", "seller"]).mutate(by_number=True)
    # amounts are met in steps of their logarithm, so that a seller of a million consignments is no million squared
    step = 1 / float(np.log1p(dial["alike"]))
    rung = (money.paid_usd.ln() * step).floor().cast("int64")
    rungs = money.filter(money.paid_usd > 0).mutate(rung=ibis.array([rung - 1, rung, rung + 1]).unnest())
    alike = sold.mutate(rung=(sold.usd.ln() * step).floor().cast("int64")).join(rungs, ["seller", "rung"]).drop("rung")
    alike = alike.filter((alike.paid_usd / alike.usd - 1).abs() <= dial["alike"]).mutate(by_number=False)
    told = ibis.union(named, alike.select(named.columns), distinct=False)
    near = (told.paid_on - told.day).abs() <= int(dial["days"])
    return told.filter(near & (told.payer != told.buyer)).order_by("day", "row_id", "paid_on", "paid_row")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each seller, buyer and payer."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in data.run(payments(data, dial)).to_pylist():
        groups.setdefault((row["seller"], row["buyer"], row["payer"]), []).append(row)
    homes = _homes(data, {party for key in groups for party in key})
    kept = {key: rows for key, rows in sorted(groups.items()) if _abroad(key, rows, homes)}
    own = _own(data, {(seller, buyer) for seller, buyer, _ in kept})
    near = goods.tied(data, ((buyer, payer) for _, buyer, payer in kept))
    for key, several in kept.items():
        rows = _once([row for row in several if not _settled(row, own.get(key[:2], ()), dial)])
        named = [row for row in rows if row["by_number"]]
        if key[1:] not in near and (named or len(rows) >= dial["unnamed"]):
            yield _finding(data, key, rows, len(named), homes)


def _own(data: Data, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """(seller, buyer) → day and dollars of what the buyer paid the seller himself."""
    if not pairs:
        return {}
    money = goods.paid(data)
    money = evidence.among(money, "payee", sorted({seller for seller, _ in pairs}))
    money = evidence.among(money, "payer", sorted({buyer for _, buyer in pairs})).filter(lambda t: t.usd.notnull())
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in data.run(money.select("payee", "payer", "day", "usd")).to_pylist():
        found.setdefault((row["payee"], row["payer"]), []).append((row["day"], row["usd"]))
    return found


def _settled(row: Mapping[str, Any], own: Sequence[tuple[int, float]], dial: Mapping[str, float]) -> bool:
    """Whether the buyer paid for these goods: then they need nobody else to."""
    return any(abs(day - row["day"]) <= dial["days"] and abs(usd / row["usd"] - 1) <= 0.5 for day, usd in own)


def _once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A payment answers to one consignment and a consignment to one payment: numbers first, then the nearest day."""
    kept, taken, answered = [], set(), set()
    for row in sorted(
        rows, key=lambda r: (not r["by_number"], abs(r["paid_on"] - r["day"]), r["row_id"], r["paid_row"])
    ):
        if row["paid_row"] not in taken and row["row_id"] not in answered:
            kept.append(row)
            taken.add(row["paid_row"])
            answered.add(row["row_id"])
    return sorted(kept, key=lambda r: (r["paid_on"], r["paid_row"]))


def _homes(data: Data, parties: set[str]) -> dict[str, str]:
    """Entity → its first country."""
    rows = evidence.among(data.table("entities"), "entity", sorted(parties)).select("entity", "countries")
    return {r["entity"]: r["countries"][0].lower() for r in data.run(rows).to_pylist() if r["countries"]}


def _country(row: Mapping[str, Any], homes: Mapping[str, str]) -> str | None:
    return row["from_country"] or row["from_bank_country"] or homes.get(row["payer"])


def _abroad(key: tuple[str, str, str], rows: list[dict[str, Any]], homes: Mapping[str, str]) -> bool:
    """Whether the payer's country is known, and is none of buyer, seller and goods."""
    seller, buyer, _ = key
    home = {homes.get(seller), homes.get(buyer)}
    home |= {row[name] for row in rows for name in ("origin_country", "departure_country", "dest_country")}
    return all(_country(row, homes) not in (None, *home) for row in rows)


def _finding(
    data: Data, key: tuple[str, str, str], rows: list[dict[str, Any]], named: int, homes: Mapping[str, str]
) -> Finding:  # fmt: skip
    seller, buyer, payer = key
    first = rows[0]
    names = [goods.caption(data, seller, first["shipper_name"]), goods.caption(data, buyer, first["consignee_name"]),
             goods.caption(data, payer, first["payer_name"])]  # fmt: skip
    country = str(_country(first, homes)).upper()
    usd = sum(row["usd"] for row in rows)
    factors = {
        **({f"{named} of the payments quote the number of a paper of the goods": 4.0} if named else {}),
        f"{len(rows)} consignments are so paid": 1 + 0.5 * min(len(rows), 6),
        **({"the payer is named by a sanctions list": 3.0} if data.listed(payer) else {}),
    }
    claims = {id for row in rows for k in ("seller", "buyer", "payer", "payee") for id in row[f"{k}_claims"] or ()}
    accounts = dict.fromkeys(n for row in rows for n in (row["from_account"], row["to_account"]) if n)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{names[0]} shipped {goods.sold(rows)} worth {usd:,.0f} USD to {names[1]}, and {names[2]} of "
        f"{country}, whom nothing ties to {names[1]}, paid {evidence.money(rows)} for it.",
        subjects=(seller, buyer, payer),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("payments", (row["paid_row"] for row in rows), "paid by somebody else"),
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "the goods that it answers to"),
            *evidence.claims(claims, "who the names and accounts are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(first["paid_on"]),
        end=goods.iso_day(rows[-1]["paid_on"]),
        payments=tuple(row["payment_id"] for row in rows),
        accounts=tuple(accounts),
        detail={"consignments": len(rows), "goods_usd": round(usd, 2), "quoted": named, "payer_country": country,
                "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="third_party_payer",
    title="Goods paid for by a third party",
    kind="trade",
    what="Goods shipped to one party are paid for by another, of a country that is neither's, with no tie to the "
    "buyer.",
    why="Who may not pay has a front pay: the buyer's bank sees no payment and the payer's bank sees no goods.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), account and transaction "
    "activity: payments by third parties; Wolfsberg Group, ICC and BAFT, Trade Finance Principles (2019)",
    needs=("shipments", "payments"),
    parameters={
        "value": Parameter(10_000, "US dollars", "goods of less value are not looked at"),
        "days": Parameter(120, "days", "how far a payment may be from the goods, before or after"),
        "alike": Parameter(0.01, "share", "how far a payment that quotes no number may be from the value"),
        "unnamed": Parameter(2, "consignments", "so paid by one payer, where no payment quotes a number"),
    },
    benign=(
        "a factor, insurer or export credit agency that pays in the buyer's place",
        "a treasury company of the buyer's group that no register at hand shows",
        "the goods were sold on while they were under way",
    ),
    refutes="A tie between buyer and payer, or an agreement by which the payer took over the debt.",
    detect=detect,
)
