"""Unit value outlier: goods declared at a price that none of their kind have, at that time, from there.

Value by mass, or by the unit of quantity where no mass is given, against all consignments of the commodity, partner and
month; where these are few, of the commodity and partner, then of the commodity. Statistics are measured alike: a
country's figure against what all report of the commodity, flow and period. What is skewed is allowed its longer tail
(`fences`), in logarithms, for prices differ by factors.

Rows that cannot be measured are passed over and counted by reason; so is a price out by a thousand, which is a slip of
the unit far more often than a price.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from counterflow.findings import evidence
from counterflow.findings.fences import fences
from counterflow.findings.traders import Trade, trades
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import worth
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_PEERS = (("hs", "unit", "money", "partner", "period"), ("hs", "unit", "money", "partner"), ("hs", "unit", "money"))
"""Whom a row is held against, the nearest first."""
_SAID = ("of the commodity, partner and period", "of the commodity and partner", "of the commodity")
_KILOGRAM, _DOLLARS = "kg", "dollars"


def shipments(data: Data) -> ibis.Table:
    """row_id, trader, partner, period, hs, unit, amount (in unit), worth, money: null where a row lacks it."""
    import ibis

    rows = worth(data, data.table("shipments"))
    trader = ibis.coalesce(rows.consignee_name, rows.consignee_id, rows.shipper_name, rows.shipper_id)
    partner = ibis.coalesce(rows.origin_country, rows.departure_country, rows.dest_country, "")
    return _measured(rows, rows.net_mass, trader, partner)


def figures(data: Data) -> ibis.Table:
    """The same of statistics: the reporting country as trader, the flow in the partner's place; leaves alone."""
    rows = data.table("trade_figures")
    whole = rows.second_partner.isnull() & rows.procedure.isnull() & rows.transport.isnull()
    fine = (rows.level == 6) & rows["aggregate"].isnull() & (rows.credibility.fill_null(0) < 4)
    rows = worth(data, rows.filter(whole & fine & rows.flow.isin(["import", "export"]) & rows.estimated.isnull()))
    return _measured(rows, rows.net_weight, rows.reporter, rows.flow)


def _measured(rows: ibis.Table, mass: Any, trader: Any, partner: Any) -> ibis.Table:
    import ibis

    weighed = (mass > 0).fill_null(False)
    # of an unknown currency, or one without a known rate, only like is held against like
    other = ibis.coalesce(rows.currency, "units of currency") + " (" + rows.dataset + ")"
    return rows.select(
        "row_id", "date", trader=trader, partner=partner, period=rows.date.substr(0, 7), hs=rows.hs_code.substr(0, 6),
        unit=ibis.ifelse(weighed, _KILOGRAM, rows.unit), amount=ibis.ifelse(weighed, mass, rows.quantity),
        worth=rows.value * rows.rate.fill_null(1.0), money=rows.rate.isnull().ifelse(other, _DOLLARS),
    )  # fmt: skip


def reasons(rows: ibis.Table) -> dict[str, Any]:
    """Why a row cannot be measured → whether that is so, each row under the first that holds."""
    found = {
        "no commodity code of six digits": rows.hs.isnull() | (rows.hs.length() < 6),
        "no value, or a value of zero": rows.worth.isnull() | (rows.worth <= 0),
        "no quantity": rows.amount.isnull(),
        "a quantity of zero": rows.amount <= 0,
        "no unit of quantity": rows.unit.isnull(),
        "no trader": rows.trader.isnull(),
    }
    told: dict[str, Any] = {}
    sofar: Any = False
    for reason, holds in found.items():
        told[reason] = holds.fill_null(False) & ~sofar
        sofar = sofar | holds.fill_null(False)
    return told


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each trader, commodity and direction."""
    for table, measured in (("shipments", shipments), ("trade_figures", figures)):
        if not len(data.run(data.table(table).limit(1))):
            continue
        rows = measured(data)
        told = reasons(rows)
        [passed] = data.run(rows.agg(**{f"r{n}": holds.sum() for n, holds in enumerate(told.values())})).to_pylist()
        left_out = {reason: passed[f"r{n}"] for n, reason in enumerate(told) if passed[f"r{n}"]}
        usable = rows
        for holds in told.values():
            usable = usable.filter(~holds)
        usable = usable.mutate(price=(usable.worth / usable.amount).ln())
        found = list(_outliers(data, usable, dial))
        meant = [row for row in found if not _slip(row)]
        if len(meant) < len(found):
            left_out["a price out by a thousand"] = len(found) - len(meant)
        groups: dict[tuple[str, str, str, bool], list[dict[str, Any]]] = {}
        for row in meant:
            key = row["trader"], row["hs"], row["money"], row["price"] > row["middle"]
            groups.setdefault(key, []).append(row)
        groups = {key: several for key, several in groups.items() if _matters(several, dial)}
        counts = _counts(data, usable, sorted({key[:2] for key in groups}))
        known = trades(data, [several[0]["row_id"] for several in groups.values()]) if table == "shipments" else {}
        for key in sorted(groups):
            trade = known.get(groups[key][0]["row_id"], Trade())
            yield _finding(table, groups[key], counts[key[:2]], trade, left_out)


def _slip(row: Mapping[str, Any]) -> bool:
    """Whether a thousand times the price, or a thousandth of it, would be an ordinary one."""
    return any(row["low"] <= row["price"] + shift <= row["high"] for shift in (math.log(1000), -math.log(1000)))


def _outliers(data: Data, rows: ibis.Table, dial: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Rows outside the fences of their nearest peers that are enough."""
    for depth, keys in enumerate(_PEERS):
        groups = rows.group_by(*keys).agg(prices=rows.price.collect(), peers=rows.count())
        found = data.run(groups.filter(groups.peers >= int(dial["peers"])).order_by(*keys))
        if len(found):
            measure = _fenced(found, keys, dial)
            held = rows.join(measure, [rows[name] == measure[f"_{name}"] for name in keys])
            outside = held.filter((held.price < held.low) | (held.price > held.high))
            outside = outside.filter((outside.price - outside.middle).abs() >= math.log(dial["times"]))
            outside = outside.drop("period", *[f"_{name}" for name in keys])
            for row in data.run(outside.order_by("row_id")).to_pylist():
                yield row | {"depth": depth}
            rows = rows.anti_join(measure, [rows[name] == measure[f"_{name}"] for name in keys])


def _fenced(groups: pa.Table, keys: tuple[str, ...], dial: Mapping[str, float]) -> ibis.Table:
    """Keys, low, middle and high of each group, as a table to join with."""
    import ibis

    prices = groups.column("prices").combine_chunks()
    low, middle, high = fences(
        np.asarray(prices.flatten()), np.asarray(prices.offsets, dtype=np.int64), dial["whiskers"]
    )
    columns = {f"_{name}": groups.column(name) for name in keys}
    bounds = {"low": low, "middle": middle, "high": high, "peers": groups.column("peers")}
    return ibis.memtable(pa.table(columns | bounds))


def _counts(data: Data, rows: ibis.Table, wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Trader and commodity → rows that were measured."""
    import ibis

    if not wanted:
        return {}
    asked = ibis.memtable(pa.table({"_trader": [t for t, _ in wanted], "_hs": [code for _, code in wanted]}))
    rows = rows.semi_join(asked, [rows.trader == asked._trader, rows.hs == asked._hs])
    told = data.run(rows.group_by("trader", "hs").agg(rows=rows.count())).to_pylist()
    return {(row["trader"], row["hs"]): row["rows"] for row in told}


def _matters(rows: list[dict[str, Any]], dial: Mapping[str, float]) -> bool:
    """Whether enough is at stake; what is not told in dollars matters where it is not alone."""
    return len(rows) > 1 if rows[0]["money"] != _DOLLARS else _at_stake(rows) >= dial["least"]


def _at_stake(rows: list[dict[str, Any]]) -> float:
    """What the rows would be worth more or less at the median price."""
    return abs(math.fsum(row["worth"] - row["amount"] * math.exp(row["middle"]) for row in rows))


def _finding(
    table: str, rows: list[dict[str, Any]], measured: int, trade: Trade, left_out: Mapping[str, int]
) -> Finding:
    rows = sorted(rows, key=lambda row: (row["date"], row["row_id"]))
    first, last = rows[0], rows[-1]
    above = first["price"] > first["middle"]
    beyond = float(np.median([abs(row["price"] - row["middle"]) for row in rows]))
    factors = {f"{math.exp(beyond):,.0f} times the usual price" if above else
               f"{math.exp(-beyond):.0%} of the usual price": 2.0 if beyond > math.log(5) else 1.5}  # fmt: skip
    if len(rows) > 2:
        factors[f"{len(rows)} times"] = 2.0
    if len(rows) >= 0.8 * measured and measured > 2:
        factors["nearly all that the trader declares of it: a quality or make of its own is likelier"] = 0.6
    if first["depth"]:
        factors[f"few peers: held against others {_SAID[first['depth']]}"] = 0.7
    stake, money = _at_stake(rows), first["money"]
    place = country_name(first["partner"]) if table == "shipments" and first["partner"] else ""
    who = first["trader"] if table == "shipments" else country_name(first["trader"])
    verb = "declared" if table == "shipments" else f"reports {first['partner']}s of"
    price = _price(math.exp(float(np.median([row["price"] for row in rows]))))
    low, middle, high = (_price(math.exp(first[name])) for name in ("low", "middle", "high"))
    source = f" from {place}" if place else ""
    often = f"in {len(rows)} of {measured} rows" if measured > 1 else "in one row"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{who} {verb} HS {first['hs']}{source} at {price} {money} a {first['unit']} {often}, where "
            f"{first['peers']} rows {_SAID[first['depth']]} lie between {low} and {high}, half of them below {middle}: "
            f"{stake:,.0f} {money} {'more' if above else 'less'} than at that price."
        ),
        subjects=trade.parties or ((f"country:{first['trader']}",) if table != "shipments" else (f"name:{who}",)),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows(table, (row["row_id"] for row in rows), "priced apart"),
            *evidence.claims(trade.claim_ids, "who the parties are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=last["date"],
        detail={
            "hs_code": first["hs"], "unit": first["unit"], "direction": "above" if above else "below",
            "rows": len(rows), "rows_of_the_trader": measured, "peers": first["peers"], "money": money,
            "at_stake": round(stake), "median_price": round(math.exp(first["middle"]), 4),
            "passed_over": dict(left_out), "factors": factors,
        },
    )  # fmt: skip


def _price(price: float) -> str:
    return f"{price:,.0f}" if price >= 100 else f"{price:.3g}"


TYPOLOGY = Typology(
    name="unit_value_outlier",
    title="Price far from all others of its kind",
    kind="trade",
    what="Goods are declared at a value by weight or piece far outside that of the same commodity, partner and month.",
    why="A price set too high moves money out with the goods, one too low brings it in; goods that are not what the "
    "papers say are priced like what they are.",
    standard="FATF, Trade-Based Money Laundering (2006); FATF and Egmont Group, Trade-Based Money Laundering: Trends "
    "and Developments (2020): over- and under-invoicing; Hubert and Vandervieren, An adjusted boxplot for skewed "
    "distributions (2008)",
    needs=(),
    parameters={
        "peers": Parameter(20, "rows", "fewest of a kind that are a measure"),
        "whiskers": Parameter(3, "interquartile ranges", "from the quartiles to the fences, where there is no skew"),
        "times": Parameter(2, "times", "how far from the median a price must be, in any case"),
        "least": Parameter(10_000, "US dollars", "what a trader's rows must differ by from the median price"),
    },
    benign=(
        "another quality or make under the same code",
        "samples, spare parts or used goods",
        "a slip of the unit or of the decimal point",
        "prices between companies of one group",
    ),
    refutes="The invoice and the contract, with price lists of the day; an inspection of the goods.",
    detect=detect,
)
