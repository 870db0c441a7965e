"""Sanctioned goods: consignments that a ban on a country's exports or imports names by code, on a day when it held.

What left or reaches the country is told by the papers (origin, departure, destination, ports) and by who the sender,
the receiver or the ship is. Goods under contracts that the ban left time for are not told while that time lasted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.embargoed import SIGNS, TWIN, countries, parties, proof, signs, tied
from counterflow.findings.traders import Trade, trades
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import usd
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WEIGHT = {
    "by_origin": 4.0, "by_departure": 4.0, "by_dest": 4.0, "by_load_port": 4.0, "by_discharge_port": 4.0,
    "by_shipper": 2.0, "by_consignee": 2.0, "by_link": 1.0, "by_ship": 1.5,
}  # fmt: skip


def banned(data: Data, country: str, side: str) -> ibis.Table:
    """Consignments under a ban of `side`, when no time was left for older contracts: row_id, what the papers say, the
    rule and the signs."""
    rows = under(tied(data, country, side), "embargo")
    meant = (rows.rule_country == country) & (rows.rule_side == side) & (rows.rule_level == "banned")
    rows = rows.filter(meant & (rows["date"] > rows.rule_contracts))
    rule = [f"rule_{name}" for name in ("name", "goods", "first", "cite", "unless")]
    said = ["row_id", "date", "shipper_name", "consignee_name", "hs_code", "net_mass", "value",
            "currency", "imo", "departure_country", "load_port", "discharge_port", "credibility"]  # fmt: skip
    return rows.select(*said, *rule, *SIGNS[side]).order_by("date", "row_id", "rule_first", "rule_name")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each sender, receiver and ban."""
    for country in countries():
        for side in SIGNS:
            groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            oldest: dict[str, dict[str, Any]] = {}  # of several bans over one consignment, the oldest
            for row in data.run(banned(data, country, side)).to_pylist():
                oldest.setdefault(row["row_id"], row | {"usd": usd(row)})
            for row in oldest.values():
                pair = row["shipper_name"] or "", row["consignee_name"] or "", row["rule_name"]
                groups.setdefault(pair, []).append(row)
            known = trades(data, oldest)
            for key in sorted(groups):
                rows = groups[key]
                if any(row["usd"] is None for row in rows) or sum(row["usd"] for row in rows) >= dial["least"]:
                    yield _finding(data, country, side, rows, known[rows[0]["row_id"]])


def _finding(data: Data, country: str, side: str, rows: list[dict[str, Any]], trade: Trade) -> Finding:
    first = rows[0]
    name, twin = country_name(country), TWIN.get(country, "")
    found = tuple(dict.fromkeys(sign for row in rows for sign in signs(row, side)))
    factors = {f"{SIGNS[side][sign]}: {name}": _WEIGHT[sign] for sign in found}
    if any(data.listed(party) for party in trade.parties):
        factors["a party is named by a sanctions list"] = 2.0
    if twin and twin in {row["departure_country"] for row in rows} and "by_departure" not in found:
        factors[f"sent from {country_name(twin)}, whose goods are at times booked under {name}"] = 0.15
    if any((row["credibility"] or 0) >= 4 for row in rows):
        factors["the source is doubted"] = 0.3
    if first["rule_unless"]:
        factors[f"not meant: {first['rule_unless']}"] = 0.8
    worth, mass = (sum(row[of] or 0 for row in rows) for of in ("usd", "net_mass"))
    goods = " and ".join(dict.fromkeys(row["rule_goods"] for row in rows))
    codes = ", ".join(sorted({row["hs_code"] for row in rows})[:3])
    ids = [row["row_id"] for row in rows]
    many = f"{len(ids)} consignments of" if len(ids) > 1 else "a consignment of"
    amounts = [f"{worth:,.0f} dollars"] if worth else []
    amounts += [f"{mass / 1000:,.1f} tonnes"] if mass else []
    size = f", {' and '.join(amounts)}," if amounts else ""
    sender, receiver = first["shipper_name"] or "a sender not named", first["consignee_name"] or "a receiver not named"
    whither = f"from {name}" if side == "export" else f"for {name}"
    when = f"on {first['date']}" if first["date"] == rows[-1]["date"] else f"from {first['date']} to {rows[-1]['date']}"
    port = "load_port" if side == "export" else "discharge_port"
    of_there = [party for party, sign in ((trade.shipper, "by_shipper"), (trade.consignee, "by_consignee"))
                if party and sign in found]  # fmt: skip
    claims = {*trade.claim_ids, *proof(data, country, of_there, [r[port] for r in rows if r.get(f"by_{port}")])}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{sender} sent {receiver} {many} {goods} (HS {codes}){size} {whither} {when}: banned since "
            f"{first['rule_first']} ({first['rule_cite']})."
        ),
        subjects=parties(trade, first, country, side),
        probability=weigh(0.35, factors),
        evidence=(
            *evidence.of_rows("shipments", ids, "goods under the ban"),
            *evidence.claims(claims, "who the parties are, and where the port is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=rows[-1]["date"],
        vessels=tuple(sorted({row["imo"] for row in rows if row["imo"]})),
        detail={
            "list": first["rule_name"], "side": side, "country": country, "consignments": len(ids),
            "usd": round(worth), "kg": round(mass), "banned_since": first["rule_first"], "cite": first["rule_cite"],
            "signs": [SIGNS[side][sign] for sign in found], "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="sanctioned_goods",
    title="Goods under an embargo",
    kind="trade",
    what="A consignment from or for a country under embargo holds goods that the embargo names, on a day when it held.",
    why="Coal, ores, fish and cloth earn the currency, and machines, vehicles and metal feed the programmes that the "
    "bans are meant to end.",
    standard="UN Security Council resolutions 2270 and 2321 (2016), 2371, 2375 and 2397 (2017); UN Panel of Experts "
    "S/2018/171 and S/2019/171",
    needs=("shipments",),
    parameters={
        "least": Parameter(1000, "US dollars", "value of all consignments of one pair from which on it is told")
    },
    benign=(
        "goods of another country that crossed this one, such as coal through Rajin",
        "goods exempted by the sanctions committee, for relief above all",
        "South Korean goods booked under the North",
        "a code chosen wrongly for goods that are not meant",
    ),
    refutes="The committee's exemption; a certificate of origin that the issuing chamber confirms; the customs entry "
    "of the other side.",
    detect=detect,
)
