"""Brand without a market: cigarettes of a brand that is seized again and again where nobody declares it.

That a brand is not among the declared imports of a country tells something only where other brands are: countries
whose declarations are at hand are the measure, the others are none. Where a brand is made, or sent from, it needs no
import. A cargo whose papers say something else than tobacco makes it likelier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.seized import TOBACCO, dated, of_goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Evidence, Finding
from counterflow.model.values import country_name
from counterflow.network.ties import address_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = Mapping[str, Any]

_NONE = ("unknown", "various", "mixed", "other", "none", "no brand", "unbranded", "counterfeit", "different brands")


@dataclass
class Market:
    """What is declared of cigarettes bound for one country. :param brands: seized ones among them
    :param rows: the first consignments, at most `_SHOWN`"""

    consignments: int = 0
    brands: set[str] = field(default_factory=set)
    rows: list[str] = field(default_factory=list)


_SHOWN = 3


def branded(data: Data, times: int) -> ibis.Table:
    """Seizures of tobacco of each brand that was seized on so many days or in so many places: row_id, day, country,
    place, key, brand, quantity, unit, origin, declared."""
    rows = of_goods(dated(data.seizures), TOBACCO)
    rows = rows.filter(rows.brand.notnull() & rows.country.notnull())
    rows = rows.select(
        "row_id", "day", "country", "place", "brand", "quantity", "unit", "declared", origin=rows.origin_country,
        key=address_key(rows.brand),
    )  # fmt: skip
    rows = rows.filter((rows.key.length() > 2) & ~rows.key.isin(_NONE))
    once = rows.select("key", "day", "country", "place").distinct()
    often = once.group_by("key").agg(times=once.count())
    return rows.semi_join(often.filter(often.times >= times), "key").order_by("key", "day", "row_id")


def declared(data: Data) -> ibis.Table:
    """Declared consignments of cigarettes by what they are called and where they go: words, dest, sent, n, first."""
    import ibis

    rows = under(data.table("shipments"), "tobacco")
    rows = rows.filter((rows.rule_goods == "cigars, cigarettes") & rows.dest_country.notnull())
    rows = rows.filter(rows.credibility.isnull() | (rows.credibility < 4))
    rows = rows.select(
        "row_id", words=address_key(ibis.coalesce(rows.description, "")), dest=rows.dest_country,
        sent=ibis.coalesce(rows.origin_country, rows.departure_country, ""),
    )  # fmt: skip
    grouped = rows.group_by(["words", "dest", "sent"]).agg(n=rows.count(), first=rows.row_id.min())
    return grouped.order_by("dest", "words", "sent")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each brand."""
    brands: dict[str, list[Row]] = {}
    for row in data.run(branded(data, int(dial["times"]))).to_pylist():
        brands.setdefault(row["key"], []).append(row)
    if not brands:
        return
    markets, makers = _markets(data.run(declared(data)).to_pylist(), brands)
    for key, rows in sorted(brands.items()):
        countries = list(dict.fromkeys(r["country"] for r in rows))
        home = {r["origin"] for r in rows} | makers.get(key, set())
        measured = [
            c for c in countries if c in markets and markets[c].consignments >= dial["covered"] and c not in home
        ]
        without = [c for c in measured if key not in markets[c].brands]
        if len(countries) >= dial["countries"] and len(without) >= dial["markets"] and len(without) == len(measured):
            yield _finding(rows, countries, {c: markets[c] for c in without})


def _markets(rows: Sequence[Row], brands: Mapping[str, Any]) -> tuple[dict[str, Market], dict[str, set[str]]]:
    """Country → what is declared for it; brand → countries that declare to send it."""
    named = re.compile(rf"(?<!\S)({'|'.join(re.escape(key) for key in sorted(brands, key=len, reverse=True))})(?!\S)")
    markets: dict[str, Market] = {}
    makers: dict[str, set[str]] = {}
    for row in rows:
        market = markets.setdefault(row["dest"], Market())
        market.consignments += row["n"]
        market.rows = [*market.rows, row["first"]][:_SHOWN]
        for key in named.findall(row["words"]):
            market.brands.add(key)
            makers.setdefault(key, set()).add(row["sent"])
    return markets, makers


def _finding(rows: Sequence[Row], countries: Sequence[str], without: Mapping[str, Market]) -> Finding:
    brand = min(r["brand"] for r in rows)
    others = sum(market.consignments for market in without.values())
    hidden = [r for r in rows if r["declared"] and not re.search(TOBACCO, r["declared"].lower())]
    factors = {
        f"none of {others} declared consignments to {len(without)} of the countries names it": 1 + len(without) / 2,
        f"seized {len(rows)} times": round(min(3.0, len(rows) / 3), 3),
    }
    as_else = ""
    if hidden:
        factors[f"{len(hidden)} cargoes declared as something else"] = 2.0
        as_else = f"; {len(hidden)} of the cargoes were declared as something else, such as {hidden[0]['declared']}"
    names = ", ".join(country_name(c) for c in without)
    places = {c: country_name(c) for c in countries}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{brand} was seized {len(rows)} times in {len(countries)} countries from {rows[0]['day']} to "
        f"{rows[-1]['day']}, and none of {others} declared consignments of cigarettes to {names} names the brand"
        f"{as_else}.",
        subjects=(f"brand:{rows[0]['key']}",),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("seizures", (r["row_id"] for r in rows), "seizure of the brand"),
            *(Evidence("shipments", id, "declared there, of another brand") for m in without.values() for id in m.rows),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=rows[0]["day"],
        end=rows[-1]["day"],
        detail={
            "brand": brand, "seizures": len(rows), "countries": list(places), "without_market": list(without),
            "declared_consignments": others, "declared_as_other": [r["declared"] for r in hidden],
            "made_in": sorted({r["origin"] for r in rows if r["origin"]}), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="brand_without_market",
    title="Cigarettes of a brand without a legal market",
    kind="seizure",
    what="A brand of cigarettes is seized repeatedly in several countries, and in none of those whose declarations are "
    "at hand does anybody declare it.",
    why="Brands made only to be smuggled (illicit whites) lead to the factory: it is licensed somewhere, and sells to "
    "nobody there.",
    standard="FATF, Illicit Tobacco Trade (2012); European Commission, Stepping up the fight against cigarette "
    "smuggling, COM(2013) 324 (cheap whites)",
    needs=("seizures", "shipments"),
    parameters={
        "times": Parameter(3, "seizures", "fewest, on different days or at different places"),
        "countries": Parameter(2, "countries", "fewest in which it was seized"),
        "markets": Parameter(2, "countries", "fewest that it has no market in, of those that can be measured"),
        "covered": Parameter(3, "consignments", "of cigarettes that must be declared to a country to measure by it"),
    },
    benign=(
        "a legal brand whose consignments are declared without their brand",
        "a brand made in the country, or sold free of duty to travellers",
        "goods in transit to a market where the brand is legal",
    ),
    refutes="Tax stamps or registrations of the brand there; the maker's sales to a licensed distributor.",
    detect=detect,
)
