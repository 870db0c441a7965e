"""Sanctioned trade: statistics in which a country reports trade with one under embargo in goods that the embargo names.

A period counts where all of it lies after the ban, and after the time that was left for older contracts. What may be
traded up to a quota is told where the figures of all countries together exceed it in a calendar year. Totals stand
beside their parts in statistics: of each period the finest figures are taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.embargoed import TWIN, countries
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import usd
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_OUT = ("export", "re-export", "domestic export")
_SIDES = {"import": ("export", "imports", "from"), "export": ("import", "exports", "to")}
"""What another country reports → which side of the embargoed one's trade it is, in words."""


def reported(data: Data, country: str) -> ibis.Table:
    """Figures of others' trade with the country under a ban or quota of that side: the figure, the rule and `way`,
    import or export of whoever reports."""
    import ibis

    rows = data.table("trade_figures")
    harmonised = rows.nomenclature.isnull() | (rows.nomenclature == "HS")
    whole = rows.second_partner.isnull() & rows.procedure.isnull() & rows.transport.isnull()
    rows = rows.filter(harmonised & whole & (rows.partner == country) & rows.flow.isin(["import", *_OUT]))
    rows = rows.mutate(way=ibis.ifelse(rows.flow == "import", "import", "export"))
    rows = under(rows, "embargo")
    side = ibis.ifelse(rows.way == "import", "export", "import")
    meant = (rows.rule_country == country) & (rows.rule_side == side) & rows.rule_level.isin(["banned", "quota"])
    return rows.filter(meant & (rows["date"] > rows.rule_contracts)).select(
        "row_id", "date", "reporter", "way", "hs_code", "level", "value", "currency", "net_weight", "credibility",
        "rule_name", "rule_goods", "rule_first", "rule_cite", "rule_unless", "rule_level", "rule_quota_kg",
        "rule_quota_usd",
    ).order_by("date", "row_id", "rule_first", "rule_name")  # fmt: skip


def twins(data: Data, country: str, codes: set[str]) -> ibis.Table:
    """reporter, way, hs_code, date of trade in these codes with the country that this one is taken for."""
    import ibis

    rows = data.table("trade_figures")
    rows = rows.filter((rows.partner == TWIN.get(country, "")) & rows.hs_code.isin(sorted(codes)))
    way = ibis.ifelse(rows.flow == "import", "import", "export")
    return rows.select("reporter", "hs_code", "date", way=way).distinct()


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each reporting country, direction and ban, and for each year in which a quota was exceeded."""
    for country in countries():
        oldest: dict[str, dict[str, Any]] = {}  # of several bans over one figure, the oldest
        for row in data.run(reported(data, country)).to_pylist():
            oldest.setdefault(row["row_id"], row | {"usd": usd(row)})
        groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        years: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in _finest(oldest.values()):
            if row["rule_level"] == "quota":
                years.setdefault((row["rule_name"], row["date"][:4]), []).append(row)
            else:
                groups.setdefault((row["reporter"] or "", row["way"], row["rule_name"]), []).append(row)
        codes = {row["hs_code"] for rows in groups.values() for row in rows}
        known = data.run(twins(data, country, codes)).to_pylist() if codes else []
        twin = {(row["reporter"], row["way"], row["hs_code"], row["date"]) for row in known}
        for (reporter, _, _), rows in sorted(groups.items()):
            worth = sum(row["usd"] or 0 for row in rows)
            if reporter and (worth >= dial["least"] or all(row["usd"] is None for row in rows)):
                yield _finding(country, rows, worth, twin)
        for _, rows in sorted(years.items()):
            yield from _over_quota(country, [row for row in rows if row["reporter"]])


def _finest(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that are no sums of others: of each reporter, period and list those with the most digits; no year that its
    months tell too."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        whose = row["reporter"], row["way"], row["rule_name"], row["rule_goods"]
        found.setdefault((*whose, row["date"]), []).append(row)
    told = {(*key[:-1], key[-1][:4]) for key in found if len(key[-1]) > 4}
    return [
        row
        for key, several in found.items()
        if key not in told
        for row in several
        if row["level"] == max(other["level"] or 0 for other in several)
    ]


def _finding(country: str, rows: list[dict[str, Any]], worth: float, twin: set[tuple[Any, ...]]) -> Finding:
    rows = sorted(rows, key=lambda row: (row["date"], row["row_id"]))
    first, last = rows[0], rows[-1]
    side, verb, whither = _SIDES[first["way"]]
    periods = sorted({row["date"] for row in rows})
    factors = {f"{len(periods)} periods": 2.0} if len(periods) > 2 else {}
    doubted = [row for row in rows if (row["credibility"] or 0) >= 4]
    if len(doubted) * 2 > len(rows):
        factors["the publisher's figure is doubted: goods of another country may be booked under this one"] = 0.15
    elif len(periods) == 1 and any((r["reporter"], r["way"], r["hs_code"], r["date"]) in twin for r in rows):
        factors[
            f"one period alone, and the same goods are traded with {country_name(TWIN[country])}: a figure may be "
            "booked under the wrong Korea"
        ] = 0.3
    if first["rule_unless"]:
        factors[f"not meant: {first['rule_unless']}"] = 0.8
    goods = " and ".join(dict.fromkeys(row["rule_goods"] for row in rows))
    codes = ", ".join(sorted({row["hs_code"] for row in rows})[:3])
    kg = sum(row["net_weight"] or 0 for row in rows)
    sizes = [f"{worth:,.0f} dollars"] * bool(worth) + [f"{kg / 1000:,.0f} tonnes"] * (kg >= 1000)
    size = f", {' and '.join(sizes)}," if sizes else ""
    when = f"in {periods[0]}" if len(periods) == 1 else f"from {periods[0]} to {periods[-1]}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{country_name(first['reporter'])} reports {verb} of {goods} (HS {codes}){size} {whither} "
            f"{country_name(country)} {when}: banned since {first['rule_first']} ({first['rule_cite']})."
        ),
        subjects=(f"country:{first['reporter']}", f"country:{country}"),
        probability=weigh(0.5, factors),
        evidence=evidence.of_rows("trade_figures", (row["row_id"] for row in rows), "reported after the ban"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=last["date"],
        detail={
            "list": first["rule_name"], "side": side, "reporter": first["reporter"], "country": country,
            "figures": len(rows), "periods": len(periods), "usd": round(worth), "kg": round(kg),
            "doubted": len(doubted), "cite": first["rule_cite"], "factors": factors,
        },
    )  # fmt: skip


def _over_quota(country: str, rows: list[dict[str, Any]]) -> Iterator[Finding]:
    """A finding where the figures of a year, of all countries, exceed what the step allows."""
    kg, worth = (math.fsum(row[of] or 0 for row in rows) for of in ("net_weight", "usd"))
    bounds = [
        (total, row["rule_quota_" + unit], by, name)
        for row in rows[:1]
        for total, unit, by, name in ((kg, "kg", 1000, "tonnes"), (worth, "usd", 1, "dollars"))
        if row["rule_quota_" + unit] and total > row["rule_quota_" + unit]
    ]
    if not bounds:
        return
    total, quota, by, unit = bounds[0]
    first, year = rows[0], rows[0]["date"][:4]
    factors = {f"{total / quota:.1f} times the quota": 2.0 if total > 1.5 * quota else 1.2}
    of = "net_weight" if unit == "tonnes" else "usd"
    if math.fsum(row[of] or 0 for row in rows if (row["credibility"] or 0) >= 4) > total / 2:
        factors["most of it is doubted: goods of another country may be booked under this one"] = 0.15
    by_size: dict[str, float] = {}
    for row in rows:
        by_size[row["reporter"]] = by_size.get(row["reporter"], 0.0) + (row["usd"] or 0)
    reporters = sorted(by_size, key=lambda reporter: (-by_size[reporter], reporter))
    whither = _SIDES[first["way"]][2]
    named = ", ".join(country_name(reporter) for reporter in reporters[:3]) + " and others" * (len(reporters) > 3)
    who = f"{named} together report" if len(reporters) > 1 else f"{named} reports"
    yield Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{who} {total / by:,.0f} {unit} of "
            f"{first['rule_goods']} {whither} {country_name(country)} in {year}: the quota is {quota / by:,.0f} "
            f"({first['rule_cite']})."
        ),
        subjects=(*(f"country:{reporter}" for reporter in reporters), f"country:{country}"),
        probability=weigh(0.5, factors),
        evidence=evidence.of_rows("trade_figures", sorted(row["row_id"] for row in rows), "counted towards the quota"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min(row["date"] for row in rows),
        end=max(row["date"] for row in rows),
        detail={
            "list": first["rule_name"], "country": country, "year": year, "kg": round(kg), "usd": round(worth),
            f"quota_{unit}": round(quota / by), "figures": len(rows), "cite": first["rule_cite"], "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="sanctioned_trade",
    title="Reported trade under an embargo",
    kind="trade",
    what="Statistics show trade with a country under embargo in goods that the embargo names, after it held, or more "
    "of them in a year than its quota.",
    why="States report what their customs let through; the panels of experts begin with these figures.",
    standard="UN Security Council resolutions 2270 and 2321 (2016), 2371, 2375 and 2397 (2017); UN Panel of Experts "
    "S/2019/171 and S/2020/151, on trade statistics",
    needs=("trade_figures",),
    parameters={"least": Parameter(10_000, "US dollars", "value of all figures of one list from which on it is told")},
    benign=(
        "goods of South Korea booked under the North: the two are mixed up in many offices' figures",
        "relief goods and diplomatic supplies that the sanctions committee exempted",
        "goods seized, returned or only in transit that were counted as trade",
        "a figure that the office has since corrected",
    ),
    refutes="The reporting office's answer, or a corrected figure; the customs entries behind the figure.",
    detect=detect,
)
