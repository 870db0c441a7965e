"""Luxury goods: consignments of what the Security Council or a state calls luxury, for a country under embargo or for
somebody tied to it.

Cars reach the country by way of others: a receiver elsewhere counts whom an ownership, post or representation ties to a
party of the country. What a piece is worth tells a luxury from an everyday thing of the same code: against the list's
own amount where it has one, else against all consignments of such goods at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.embargoed import SIGNS, countries, parties, proof, signs, tied
from counterflow.findings.traders import Trade, trades
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import usd
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WEIGHT = {"by_dest": 4.0, "by_discharge_port": 4.0, "by_consignee": 3.0, "by_link": 1.0, "by_ship": 1.5}
_ENOUGH = 20
"""Consignments of a code from which on their unit values are a measure."""


def luxuries(data: Data, country: str) -> ibis.Table:
    """Consignments for the country, or somebody tied to it, that a list of luxury goods names: what the papers say, the
    rule, the signs."""
    rows = under(tied(data, country, "import", links=True), "luxury")
    rows = rows.filter((rows.rule_country == country) & (rows["date"] > rows.rule_contracts))
    rule = [f"rule_{name}" for name in ("name", "goods", "cite", "worth")]
    said = ["row_id", "date", "shipper_name", "consignee_name", "hs_code", "quantity", "unit", "value", "currency",
            "imo", "dest_country", "discharge_port", "credibility"]  # fmt: skip
    return rows.select(*said, *rule, *SIGNS["import"]).order_by("date", "row_id", "rule_name")


def prices(data: Data, codes: set[str]) -> ibis.Table:
    """hs_code, unit, currency, low, high, consignments: middle half of the unit values of these codes."""
    rows = data.table("shipments")
    rows = rows.filter(rows.hs_code.isin(sorted(codes)) & (rows.quantity > 0) & (rows.value > 0))
    price = rows.value / rows.quantity
    return rows.group_by("hs_code", "unit", "currency").agg(
        low=price.quantile(0.5), high=price.quantile(0.75), consignments=rows.count()
    )


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each sender and receiver."""
    for country in countries():
        groups: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
        rows = data.run(luxuries(data, country)).to_pylist()
        for row in rows:
            each = _each(row)
            if row["rule_worth"] is None or each is None or each >= row["rule_worth"]:
                pair = row["shipper_name"] or "", row["consignee_name"] or ""
                groups.setdefault(pair, {}).setdefault(row["row_id"], []).append(row | {"usd": usd(row), "each": each})
        if not groups:
            continue
        known = trades(data, [id for group in groups.values() for id in group])
        usual = {(p["hs_code"], p["unit"], p["currency"]): p
                 for p in data.run(prices(data, {row["hs_code"] for row in rows})).to_pylist()
                 if p["consignments"] >= _ENOUGH}  # fmt: skip
        for pair in sorted(groups):
            group = groups[pair]
            first = [lines[0] for lines in group.values()]
            if any(row["usd"] is None for row in first) or sum(row["usd"] for row in first) >= dial["least"]:
                yield _finding(data, country, group, known[first[0]["row_id"]], usual)


def _each(row: Mapping[str, Any]) -> float | None:
    """What one piece is worth, in dollars; None: not known."""
    worth = usd(row)
    return worth / row["quantity"] if worth is not None and row["unit"] in ("pcs", "pair") and row["quantity"] else None


def _apart(rows: list[dict[str, Any]], usual: Mapping[Any, Mapping[str, Any]], side: str) -> int:
    """How many of the consignments are dearer (``high``) or cheaper (``low``) than others of their code and unit."""
    found = 0
    for row in rows:
        price = usual.get((row["hs_code"], row["unit"], row["currency"]))
        if price and row["quantity"] and row["value"] is not None:
            each = row["value"] / row["quantity"]
            found += each > price["high"] if side == "high" else each < price["low"]
    return found


def _finding(
    data: Data, country: str, group: Mapping[str, list[dict[str, Any]]], trade: Trade, usual: Mapping[Any, Any]
) -> Finding:
    rows = [lines[0] for lines in group.values()]
    first, last = rows[0], rows[-1]
    cites = dict.fromkeys(line["rule_cite"] for lines in group.values() for line in lines)
    lists = sorted(cites, key=lambda cite: not cite.startswith("UN "))
    found = tuple(dict.fromkeys(sign for row in rows for sign in signs(row, "import")))
    name = country_name(country)
    factors = {f"{SIGNS['import'][sign]}: {name}": _WEIGHT[sign] for sign in found}
    council = [cite for cite in lists if cite.startswith("UN ")]
    factors["named by the Security Council" if council else "named by a state, not by the Security Council"] = (
        2.0 if council else 0.7
    )
    if _apart(rows, usual, "high") * 2 > len(rows):
        factors["dearer than three in four consignments of such goods"] = 2.0
    elif _apart(rows, usual, "low") * 2 > len(rows):
        factors["cheaper than half of the consignments of such goods"] = 0.4
    if any(data.listed(party) for party in trade.parties):
        factors["a party is named by a sanctions list"] = 2.0
    if any((row["credibility"] or 0) >= 4 for row in rows):
        factors["the source is doubted"] = 0.3
    worth = sum(row["usd"] or 0 for row in rows)
    goods = " and ".join(dict.fromkeys(row["rule_goods"] for row in rows))
    many = f"{len(rows)} consignments of" if len(rows) > 1 else "a consignment of"
    size = f", {worth:,.0f} dollars," if worth else ""
    sender, receiver = first["shipper_name"] or "a sender not named", first["consignee_name"] or "a receiver not named"
    when = f"on {first['date']}" if first["date"] == last["date"] else f"from {first['date']} to {last['date']}"
    bound = set(found) != {"by_link"}
    receiver += f" in {name}" if bound else f", tied to a party of {name},"
    of_there = [trade.consignee] if trade.consignee else []
    ports = [row["discharge_port"] for row in rows if row["by_discharge_port"]]
    claims = {*trade.claim_ids, *proof(data, country, of_there, ports)}
    each = [row["each"] for row in rows if row["each"] is not None]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{receiver} was sent {many} {goods}{size} {when} by {sender}: luxury goods ({lists[0]}).",
        subjects=parties(trade, first, country, "import"),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("shipments", group, "luxury goods"),
            *evidence.claims(claims, "who the parties are, and what ties them to the country"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=last["date"],
        vessels=tuple(sorted({row["imo"] for row in rows if row["imo"]})),
        detail={
            "country": country, "consignments": len(rows), "usd": round(worth), "lists": lists,
            "usd_a_piece_most": round(max(each)) if each else None,
            "signs": [SIGNS["import"][sign] for sign in found], "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="luxury_goods",
    title="Luxury goods for a country under embargo",
    kind="trade",
    what="Goods that the Security Council or a state calls luxury are sent to a country under embargo, or to somebody "
    "tied to it.",
    why="Cars, watches and drink pay for loyalty: who buys them buys for the leadership.",
    standard="UN Security Council resolutions 1718 (2006), paragraph 8, 2094 (2013), annex IV, 2270 (2016), annex V, "
    "2321 (2016), annex IV; UN Panel of Experts S/2019/171 and S/2020/151 on luxury vehicles",
    needs=("shipments",),
    parameters={
        "least": Parameter(1000, "US dollars", "value of all consignments of one pair from which on it is told")
    },
    benign=(
        "goods for an embassy or an international organisation there",
        "everyday goods of the same code: the lists mean those of high quality",
        "a receiver who deals in such goods where he lives, and is tied to the country only by birth or kin",
    ),
    refutes="Proof of delivery to a buyer elsewhere; registration of the vehicles there.",
    detect=detect,
)
