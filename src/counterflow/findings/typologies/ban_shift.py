"""Ban shift: when a ban stops a country's goods, a neighbour's of the same kind rise to the same buyer.

A difference in differences: how much more the neighbour sells after the ban than before, less how much more the other
suppliers of that buyer do, against the scatter of both. All in logarithms and medians, so that one odd month or one odd
supplier decides nothing. Periods between the ban and the end of older contracts belong to neither side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.embargoed import countries
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import worth
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_NEAR = {"kp": ("cn", "ru")}
"""Countries under embargo → those across an open land border."""
_FLOOR = 0.15
"""Smallest standard deviation of a change that is believed, natural log."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Shift:
    """One supplier who took the place.

    :param before, after: what it sold in a period, kg or dollars
    :param fell_from, fell_to: what the country under the ban did
    :param gained: beyond what the other suppliers' course would have given it
    :param scales: its rise beyond the others', in robust standard deviations; :param controls: the others
    :param early: it had begun before the ban
    """

    supplier: str
    before: float
    after: float
    fell_from: float
    fell_to: float
    gained: float
    scales: float
    controls: int
    early: bool


def bought(data: Data, country: str) -> ibis.Table:
    """buyer, supplier, date, goods, rule, level, usd, kg, cite, first, contracts: imports of what a ban on the country
    names, by buyers who bought it there."""
    rows = data.table("trade_figures")
    harmonised = rows.nomenclature.isnull() | (rows.nomenclature == "HS")
    whole = rows.second_partner.isnull() & rows.procedure.isnull() & rows.transport.isnull()
    named = rows.reporter.notnull() & rows.partner.notnull() & rows.date.length().isin([4, 7])
    rows = rows.filter(harmonised & whole & named & (rows.flow == "import") & (rows.credibility.fill_null(0) < 4))
    rows = under(rows, "embargo", ever=True)
    meant = (rows.rule_country == country) & (rows.rule_side == "export") & (rows.rule_level == "banned")
    rows = worth(data, rows.filter(meant))
    key = ("reporter", "rule_name", "rule_goods")
    there = rows.filter(rows.partner == country).select(*key).distinct()
    rows = rows.semi_join(there, key)
    return rows.group_by(
        "partner", "date", "level", "rule_first", "rule_contracts", "rule_cite", *key
    ).agg(usd=(rows.value * rows.rate).sum(), kg=rows.net_weight.sum(), row_ids=rows.row_id.collect()).order_by(
        *key, "partner", "date", "level"
    )  # fmt: skip


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each buyer, commodity and supplier who took the place."""
    for country in countries():
        markets: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for row in data.run(bought(data, country)).to_pylist():
            markets.setdefault((row["reporter"], row["rule_name"], row["rule_goods"]), []).append(row)
        for (buyer, _, _), rows in sorted(markets.items()):
            for size in (7, 4):  # months, years
                yield from _market(country, buyer, [row for row in rows if len(row["date"]) == size], dial)


def _market(country: str, buyer: str, rows: list[dict[str, Any]], dial: Mapping[str, float]) -> Iterator[Finding]:
    """Findings in one market, in months or in years."""
    if not rows or buyer == country:
        return
    deepest: dict[str, int] = {}
    for row in rows:
        deepest[row["date"]] = max(deepest.get(row["date"], 0), row["level"] or 0)
    rows = [row for row in rows if (row["level"] or 0) == deepest[row["date"]]]  # the others are their sums
    first, monthly = rows[0], len(rows[0]["date"]) == 7
    n = len(first["date"])
    start, end = first["rule_first"][:n], max(first["rule_first"], first["rule_contracts"])[:n]
    window = int(dial["window"]) if monthly else max(2, round(dial["window"] / 4))
    dates = sorted(deepest)
    before, after = [d for d in dates if d < start][-window:], [d for d in dates if d > end][:window]
    least = dial["periods"] if monthly else max(2, round(dial["periods"] / 3))
    if min(len(before), len(after)) < least:
        return
    weighed = all(row["kg"] for row in rows if row["partner"] == country)
    of = "kg" if weighed else "usd"
    suppliers = sorted({row["partner"] for row in rows})
    at = {date: k for k, date in enumerate(before + after)}
    sold = np.zeros((len(suppliers), len(at)))
    for row in rows:
        if row["date"] in at:
            sold[suppliers.index(row["partner"]), at[row["date"]]] += row[of] or 0
    dollars = sum(row["usd"] or 0 for row in rows if row["partner"] == country and row["date"] in before)
    if dollars / len(before) < dial["least"]:
        return
    for shift in shifts(sold, suppliers, country, len(before), dial):
        used = [row for row in rows if row["partner"] in (country, shift.supplier) and row["date"] in at]
        yield _finding(country, buyer, shift, used, before, after, weighed)


def shifts(sold: Floats, suppliers: list[str], country: str, cut: int, dial: Mapping[str, float]) -> Iterator[Shift]:
    """Suppliers who took the banned country's place with one buyer.

    :param sold: of each supplier in each period; :param cut: periods before the ban
    """
    mean_before, mean_after = sold[:, :cut].mean(axis=1), sold[:, cut:].mean(axis=1)
    banned = suppliers.index(country)
    lost = mean_before[banned] - mean_after[banned]
    if lost < dial["drop"] * mean_before[banned] or lost <= 0:
        return
    small = mean_before.sum() / 100  # who sold less than a hundredth rises manifold by selling anything
    change = np.log((mean_after + small) / (mean_before + small))
    logs = np.log(sold + small)
    # the scatter of a difference of two means, from that of single periods before the ban
    noise = _scale(logs[:, :cut]) * np.sqrt(1 / cut + 1 / (sold.shape[1] - cut))
    for k, supplier in enumerate(suppliers):
        others = [j for j in range(len(suppliers)) if j not in (k, banned) and mean_before[j] > small]
        centre = float(np.median(change[others])) if others else 0.0
        among = float(_scale(change[others][None])[0]) if len(others) > 2 else 0.0
        scale = max(_FLOOR, float(np.hypot(noise[k], among)))
        gained = mean_after[k] - mean_before[k] * np.exp(centre)
        if k == banned or gained < dial["share"] * lost or change[k] - centre < dial["scales"] * scale:
            continue
        half = cut // 2
        trend = float(np.median(logs[k, half:cut]) - np.median(logs[k, :half]))
        beyond = float(change[k] - centre)
        yield Shift(
            supplier, float(mean_before[k]), float(mean_after[k]), float(mean_before[banned]),
            float(mean_after[banned]), float(gained), beyond / scale, len(others), trend > beyond / 2,
        )  # fmt: skip


def _scale(rows: Floats) -> Floats:
    """Robust standard deviation of each row: 1.4826 times the median of distances from the median."""
    found: Floats = 1.4826 * np.median(np.abs(rows - np.median(rows, axis=1, keepdims=True)), axis=1)
    return found


def _finding(
    country: str,
    buyer: str,
    shift: Shift,
    rows: list[dict[str, Any]],
    before: list[str],
    after: list[str],
    weighed: bool,
) -> Finding:
    first = rows[0]
    lost = shift.fell_from - shift.fell_to
    factors = {
        f"{shift.scales:.0f} standard deviations beyond its history and the others": 2.0 if shift.scales > 5 else 1.5
    }
    near = shift.supplier in _NEAR.get(country, ())
    factors["a neighbour of the country under the ban" if near else "no neighbour of it"] = 2.0 if near else 0.6
    if shift.controls < 3:
        factors["few other suppliers to compare with"] = 0.6
    if shift.early:
        factors["the rise had begun before the ban"] = 0.4
    if shift.gained >= 0.6 * lost:
        factors["most of what was lost came back"] = 1.5
    unit, by = ("tonnes", 1000) if weighed else ("dollars", 1)
    goods, period = first["rule_goods"], "month" if len(first["date"]) == 7 else "year"
    fell = f"{shift.fell_from / by:,.0f} to {shift.fell_to / by:,.0f} {unit} a {period}"
    rose = f"{shift.before / by:,.0f} to {shift.after / by:,.0f}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"After the ban of {first['rule_first']} on {goods} from {country_name(country)}, imports of "
            f"{country_name(buyer)} from there fell from {fell}, and those from {country_name(shift.supplier)} rose "
            f"from {rose}: {min(1, shift.gained / lost):.0%} of what was lost, beyond what {shift.controls} other "
            "suppliers did."
        ),
        subjects=(f"country:{shift.supplier}", f"country:{buyer}", f"country:{country}"),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("trade_figures", _ids(rows, country), "under the ban"),
            *evidence.of_rows("trade_figures", _ids(rows, shift.supplier), "in its place"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=before[0],
        end=after[-1],
        detail={
            "list": first["rule_name"], "goods": goods, "cite": first["rule_cite"], "buyer": buyer,
            "supplier": shift.supplier, "country": country, f"lost_{unit}_a_{period}": round(lost / by),
            f"gained_{unit}_a_{period}": round(shift.gained / by), "standard_deviations": round(shift.scales, 1),
            "other_suppliers": shift.controls, "periods_before": len(before), "periods_after": len(after),
            "factors": factors,
        },
    )  # fmt: skip


def _ids(rows: list[dict[str, Any]], supplier: str) -> list[str]:
    return sorted(id for row in rows if row["partner"] == supplier for id in row["row_ids"])


TYPOLOGY = Typology(
    name="ban_shift",
    title="Trade that moves to a neighbour after a ban",
    kind="trade",
    what="After a ban a buyer's imports from the country under it drop, and those of the same goods from a neighbour "
    "rise beyond the neighbour's own history and the buyer's other suppliers.",
    why="Banned coal, fish and cloth go on under a neighbour's name: relabelled, transhipped or finished there.",
    standard="UN Panel of Experts S/2018/171 and S/2019/171: coal by way of Russian ports, goods of North Korean "
    "workshops sold as a neighbour's; difference in differences with robust scales (Rousseeuw and Croux 1993)",
    needs=("trade_figures",),
    parameters={
        "window": Parameter(12, "months", "on each side of the ban; of yearly figures a quarter as many years"),
        "periods": Parameter(6, "months", "needed on each side; of yearly figures a third as many years, at least two"),
        "drop": Parameter(0.7, "share", "of the trade under the ban that must have ended"),
        "share": Parameter(0.2, "share", "of what was lost that the neighbour must have gained"),
        "scales": Parameter(3, "standard deviations", "that its rise must exceed the others', in robust ones"),
        "least": Parameter(100_000, "US dollars", "of the goods in a period before the ban"),
    },
    benign=(
        "a buyer who loses one supplier turns to the next",
        "a new mine, port or quota of the neighbour at the same time",
        "prices that moved, where only worth is told",
    ),
    refutes="The neighbour's own production and mirror figures, which cover the rise; certificates of origin "
    "confirmed at the mine or mill.",
    detect=detect,
)
