"""Vehicle trail: a numbered car that is sent on, or registered nowhere, or dear, or lost with its ship off Korea.

Each of these is everyday trade; two of them must meet on one number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.serials import carried, vin_key
from counterflow.findings.traders import Trade, trades
from counterflow.findings.typology import Data, Parameter, Typology, nothing, weigh
from counterflow.model.dates import latest
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_SIGNS = {"sent on": 2.0, "never registered": 2.5, "dearer": 2.0, "silent": 4.0}
"""Sign → likelihood ratio."""
_KOREA = (32.5, 43.5, 121.0, 133.0)
"""South, north, west, east of the seas around Korea, degrees."""


def legs(data: Data) -> ibis.Table:
    """vin, row_id, date, start, to (countries), price (of one vehicle), currency, heading, imo, mmsi of each
    consignment of a numbered vehicle on a day."""
    import ibis

    goods = data.table("shipments")
    goods = goods.filter(goods.date.length() == 10)
    goods = goods.filter(goods.hs_code.isnull() | goods.hs_code.startswith("87"))
    goods = goods.select(
        "row_id", "date", "currency", "imo", "mmsi", to="dest_country", price=_price(goods),
        start=ibis.coalesce(goods.departure_country, goods.origin_country), heading=goods.hs_code[0:4],
    )  # fmt: skip
    return carried(data).join(goods, "row_id")


def _price(goods: ibis.Table) -> Any:
    """Value of one vehicle."""
    import ibis

    pieces = goods.unit.isnull() | (goods.unit == "pcs")
    return goods.value / ibis.ifelse(pieces & (goods.quantity >= 1), goods.quantity, 1.0)


def signs(data: Data, dark: Sequence[Finding], dial: Mapping[str, float]) -> ibis.Table:
    """vin of each vehicle on which enough signs meet, and whether each of `_SIGNS` is there.

    :param dark: silences of ships off Korea
    """
    import ibis

    rows = legs(data)
    parts = {"sent on": _sent_on(rows, dial), "never registered": _unregistered(data, rows, dial),
             "dearer": _dear(data, rows, dial)}  # fmt: skip
    if dark:
        parts["silent"] = _silent(rows, dark, dial)
    found = rows.select("vin").distinct()
    for sign, part in parts.items():
        there = part.select(signed="vin").distinct()
        found = found.left_join(there, found.vin == there.signed)
        found = found.mutate(**{sign: found.signed.notnull()}).drop("signed")
    kinds = sum((found[sign].cast("int64") for sign in parts), ibis.literal(0))
    return found.filter(kinds >= int(dial["signs"])).order_by("vin")


def _day(text: Any) -> Any:
    """A whole ISO date as days since 1970."""
    return text.cast("date").epoch_days()


def _sent_on(rows: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Consignments that leave the country to which the one before went, for a third."""
    import ibis

    order = ibis.window(group_by="vin", order_by=["date", "row_id"])
    pairs = rows.mutate(
        came_from=rows.start.lag().over(order), via=rows.to.lag().over(order), day=rows.date.lag().over(order)
    )
    pairs = pairs.filter((pairs.via == pairs.start) & (pairs.to != pairs.via) & (pairs.to != pairs.came_from))
    return pairs.filter(_day(pairs.date) - _day(pairs.day) <= int(dial["chain"]))


def _unregistered(data: Data, rows: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """The last consignment, where it went to a country whose register is at hand and does not know the number from then
    on."""
    import ibis

    order = ibis.window(group_by="vin", order_by=[ibis.desc("date"), ibis.desc("row_id")])
    last = rows.mutate(nth=ibis.row_number().over(order)).filter(lambda t: t.nth == 0)
    known = data.table("vehicles")
    known = known.filter((known.kind == "registered") & known.country.notnull())
    whole = known.date.length() == 10
    registers = known.group_by(to=known.country).agg(entries=known.count(), until=known.date.max(where=whole))
    registers = registers.filter((registers.entries >= int(dial["register"])) & registers.until.notnull())
    asked = last.join(registers, "to")
    asked = asked.filter(_day(asked.until) - _day(asked.date) >= int(dial["wait"]))
    entered = known.select(vin=vin_key(known.vin), to="country", entered="date")
    there = asked.join(entered, ["vin", "to"]).filter(lambda t: t.entered.isnull() | (t.entered >= t.date))
    return asked.anti_join(there, "row_id")


def _dear(data: Data, rows: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Consignments dearer than the share `dear` of all of the same heading in the same currency."""
    goods = data.table("shipments")
    goods = goods.filter(goods.hs_code.startswith("87") & (goods.value > 0))
    goods = goods.select("currency", heading=goods.hs_code[0:4], price=_price(goods))
    usual = goods.group_by("heading", "currency").agg(peers=goods.count(), most=goods.price.quantile(dial["dear"]))
    usual = usual.filter(usual.peers >= int(dial["peers"]))
    dear = rows.join(usual, ["heading", "currency"])
    return dear.filter(dear.price > dear.most)


def _silent(rows: ibis.Table, dark: Sequence[Finding], dial: Mapping[str, float]) -> ibis.Table:
    """Consignments on a ship that falls silent off Korea within `voyage` days."""
    import ibis
    import pyarrow as pa

    silences = sorted({(ship, str(f.start)[:10]) for f in dark for ship in f.vessels})
    ships = ibis.memtable(pa.table({"ship": [s for s, _ in silences], "fell": [day for _, day in silences]}))
    met = rows.join(ships, (rows.imo == ships.ship) | (rows.mmsi == ships.ship))
    return met.filter((_day(met.fell) - _day(met.date)).between(0, int(dial["voyage"])))


def gather(data: Data, parts: Sequence[Finding], dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each vehicle on which enough signs meet."""
    dark = [f for f in parts if f.typology in ("ais_gap", "dark_meeting") and _off_korea(f)]
    found = {row.pop("vin"): {sign for sign, there in row.items() if there}
             for row in data.run(signs(data, dark, dial)).to_pylist()}  # fmt: skip
    if not found:
        return
    by_vin: dict[str, list[dict[str, Any]]] = {}
    rows = evidence.among(legs(data), "vin", sorted(found))
    for row in data.run(rows.order_by("vin", "date", "row_id")).to_pylist():
        by_vin.setdefault(row["vin"], []).append(row)
    known = trades(data, {row["row_id"] for rows in by_vin.values() for row in rows})
    together: dict[tuple[str, ...], list[str]] = {}
    for vin in found:
        together.setdefault(tuple(row["row_id"] for row in by_vin[vin]), []).append(vin)
    for vin, told in found.items():
        way = by_vin[vin]
        if any(vin != other and vin in other for other in together[tuple(row["row_id"] for row in way)]):
            continue  # a part of a number that was written with blanks
        yield _finding(vin, told, way, [known[row["row_id"]] for row in way], _on(way, dark, dial), dial)


def _off_korea(f: Finding) -> bool:
    south, north, west, east = _KOREA
    return f.lat is not None and f.lon is not None and south <= f.lat <= north and west <= f.lon <= east


def _on(way: Sequence[Mapping[str, Any]], dark: Sequence[Finding], dial: Mapping[str, float]) -> list[Finding]:
    """Silences of the ships of these consignments in their time."""
    return [
        f
        for f in dark
        if any(
            {row["imo"], row["mmsi"]} & set(f.vessels)
            and 0 <= (latest(str(f.start)[:10]) - dt.date.fromisoformat(row["date"])).days <= dial["voyage"]
            for row in way
        )
    ]


def _finding(
    vin: str, told: set[str], way: Sequence[Mapping[str, Any]], by: Sequence[Trade],
    dark: Sequence[Finding], dial: Mapping[str, float],
) -> Finding:  # fmt: skip
    places = [way[0]["start"], *(row["to"] for row in way)]
    stops = [place.upper() for n, place in enumerate(places) if place and (n == 0 or place != places[n - 1])]
    dearest = max((row for row in way if row["price"]), key=lambda row: row["price"], default=way[0])
    says = {
        "sent on": f"was sent on from {stops[-2]}" if len(stops) > 1 else "was sent on",
        "never registered": f"was never registered in {stops[-1]}",
        "dearer": f"is dearer, at {dearest['price'] or 0:,.0f} {dearest['currency']}, than {dial['dear']:.0%} of its "
        "kind",
        "silent": "sailed on a ship that fell silent off Korea",
    }  # fmt: skip
    factors = {says[sign]: weight for sign, weight in _SIGNS.items() if sign in told}
    record: dict[tuple[str, str], Evidence] = {}
    for item in (
        *evidence.of_rows("shipments", (row["row_id"] for row in way), "a consignment of the vehicle"),
        *(item for f in dark for item in f.evidence),
        *evidence.claims({id for trade in by for id in trade.claim_ids}, "whose name it is"),
    ):
        record.setdefault((item.kind, item.id), item)
    reasons = list(factors)
    joined = f"{', '.join(reasons[:-1])} and {reasons[-1]}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"The vehicle {vin}, shipped from {' to '.join(stops)}, {joined}.",
        subjects=(f"vin:{vin}", *dict.fromkeys(party for trade in by for party in trade.parties)),
        probability=weigh(0.15, factors),
        evidence=tuple(record.values()),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=way[0]["date"],
        end=way[-1]["date"],
        vessels=tuple(dict.fromkeys(ship for f in dark for ship in f.vessels)),
        detail={"vin": vin, "consignments": len(way), "countries": stops, "factors": factors},
    )


TYPOLOGY = Typology(
    name="vehicle_trail",
    title="Trail of a vehicle that ends nowhere",
    kind="trade",
    what="A numbered vehicle is sent on from one country to another, is not in the register of where it went last, "
    "costs more than nearly all others, or sails on a ship that falls silent off Korea: two of these at least.",
    why="Luxury cars reach embargoed buyers by re-export: each paper is true of its leg; only the number joins them.",
    standard="UN Panel of Experts S/2019/171 and S/2020/151 on armoured and luxury cars by way of several ports; UN "
    "Security Council resolutions 1718 (2006), paragraph 8 (a) (iii), and 2094 (2013), annex IV (luxury goods)",
    needs=("shipments",),
    parameters={
        "signs": Parameter(2, "signs", "that must meet on one number"),
        "chain": Parameter(365, "days", "between two consignments of one trail, at most"),
        "register": Parameter(50, "entries", "from which on a country's register is taken to be at hand"),
        "wait": Parameter(180, "days", "after the last consignment that the register must reach"),
        "dear": Parameter(0.99, "share", "of vehicles of its heading and currency that must be cheaper"),
        "peers": Parameter(100, "consignments", "of the heading and currency, without which no price is unusual"),
        "voyage": Parameter(30, "days", "after the consignment in which the ship may fall silent"),
    },
    benign=(
        "a dealer who re-exports, as free ports do every day",
        "a collector's car that is stored, or registered under another number",
        "a register that lags, or leaves out diplomatic and military plates",
    ),
    refutes="A registration, insurance or service record of the number after the last consignment.",
    detect=nothing,
    gather=gather,
    gathers=("ship",),
)  # fmt: skip
