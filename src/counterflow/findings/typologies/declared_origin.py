"""Declared origin: papers say that goods were loaded in a country whose ports the ship did not come near.

The ship is known by IMO number or MMSI, the ports by facilities that claims tell of. Where she was silent for long
enough to have called unheard, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.sites import Site, sites
from counterflow.findings.tracks.geometry import MILE, metres
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.tracks.ways import Way, ways
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def declared(data: Data) -> ibis.Table:
    """Shipments that name a ship, a day and where they were loaded."""
    table = data.table("shipments")
    numbered = table.imo.notnull() | table.mmsi.notnull()
    loaded = table.departure_country.notnull() | table.load_port.notnull() | table.origin_country.notnull()
    columns = ("row_id", "date", "imo", "mmsi", "vessel_name", "load_port", "departure_country", "origin_country",
               "description")  # fmt: skip
    return table.filter(numbered & loaded & table.date.notnull()).select(*columns).order_by("date", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each shipment whose ship was elsewhere."""
    shipments = [r for r in data.run(declared(data)).to_pylist() if _DAY.fullmatch(r["date"])]
    ports = list(sites(data)) if shipments else []
    if not ports:
        return
    numbers = _numbers(data, shipments)
    every = ways(data.traffic, {mmsi for several in numbers.values() for mmsi in several})
    odd: list[tuple[dict[str, Any], list[Site], Way, int, float]] = []
    for row in shipments:
        where = _ports(row, ports)
        end = _seconds(row["date"]) + DAY
        start = end - int(dial["days"] * DAY)
        parts = [every[mmsi].between(start, end) for mmsi in sorted(numbers[row["row_id"]]) if mmsi in every]
        way = max(parts, key=len, default=None)
        if not where or way is None or not _followed(way, start, end, dial):
            continue
        nearest = [metres(way.lat, way.lon, port.lat, port.lon) for port in where]
        least = np.min(nearest, axis=0)
        if least.min() > dial["away"] * MILE:
            odd.append((row, where, way, int(np.argmin(least)), float(least.min())))
    known = told(data, data.traffic, [way.key(k) for _, _, way, near, _ in odd for k in (0, near, len(way.at) - 1)])
    for row, where, way, near, least in odd:
        yield _finding(row, where, way, near, least, known)


def _ports(row: Mapping[str, Any], ports: Sequence[Site]) -> list[Site]:
    """Ports where the goods can have been loaded: that of the name, else all of the country."""
    named = [p for p in ports if row["load_port"] and p.caption.casefold() in row["load_port"].casefold()]
    country = row["departure_country"] or (row["origin_country"] if not row["load_port"] else None)
    return named or [p for p in ports if country and p.country == country]


def _numbers(data: Data, shipments: Sequence[Mapping[str, Any]]) -> dict[str, set[int]]:
    """The MMSI of each shipment's ship: its own, and those that were sent with its IMO number."""
    sent: dict[str, set[int]] = {}
    for vessel in data.vessels:
        sent[vessel.imo] = {int(s.mmsi) for s in vessel.sightings if s.mmsi.isdigit()}
        sent[vessel.imo] |= {int(f.value) for f in vessel.told("mmsi") if f.value.isdigit()}
    return {
        row["row_id"]: sent.get(row["imo"] or "", set())
        | ({int(row["mmsi"])} if (row["mmsi"] or "").isdigit() else set())
        for row in shipments
    }


def _followed(way: Way, start: int, end: int, dial: Mapping[str, float]) -> bool:
    """Whether she was heard all along."""
    steps = np.diff(np.concatenate([[start], way.at, [end]]))
    return bool(len(way.at) >= 5 and steps.max() <= dial["silent"] * HOUR)


def _seconds(date: str) -> int:
    import datetime as dt

    return (dt.date.fromisoformat(date).toordinal() - 719_163) * DAY


def _finding(row: Mapping[str, Any], where: list[Site], way: Way, near: int, least: float, known: Told) -> Finding:
    ship = known.ships[way.mmsi]
    says = row["load_port"] or (row["departure_country"] or row["origin_country"]).upper()
    days = round((way.at[-1] - way.at[0]) / DAY)
    factors = {f"never within {least / MILE:.0f} nautical miles of {says} in {days} days": 2.0}
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 3.0
    keys = dict.fromkeys(way.key(k) for k in (0, near, len(way.at) - 1))
    claims = {id for port in where for id in port.claim_ids}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{ship.caption} is said to have loaded {row['description'] or 'goods'} at {says}, and came no nearer than "
            f"{least / MILE:.0f} nautical miles to it in the {days} days before, at {place(*way.key(near)[2:])}."
        ),
        subjects=(ship.holder.entity,),
        probability=weigh(0.4, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"],), "declared"),
            *evidence.of_rows("positions", dict.fromkeys(known.ids(keys)), "first, nearest and last message"),
            *evidence.claims(claims, "where the port is"),
            *evidence.claims(set(ship.holder.claim_ids) - claims, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(way.at[0]),
        end=evidence.iso(way.at[-1]),
        lat=round(float(way.lat[near]), 5),
        lon=round(float(way.lon[near]), 5),
        vessels=(ship.vessel,),
        detail={
            "declared": says, "nearest_miles": round(least / MILE, 1), "days_followed": days, "messages": len(way.at),
            "mmsi": ship.mmsi, "uncertainty_metres": round(least), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="declared_origin",
    title="Voyage that does not fit the declared origin",
    kind="trade",
    what="Papers say that goods were loaded where the ship that carried them had not been.",
    why="Coal and fuel under embargo sail with papers of another country; the track tells where the ship was.",
    standard="UN Panel of Experts S/2017/150 and S/2018/171 on falsified certificates of origin for coal; "
    "FATF-Egmont, Trade-"
    "Based Money Laundering: Risk Indicators (2021): shipment documents that do not fit",
    needs=("positions", "shipments", "claims"),
    parameters={
        "away": Parameter(60, "nautical miles", "how far she must have stayed from every port it can have been"),
        "days": Parameter(30, "days", "time before the date of the papers in which goods are loaded"),
        "silent": Parameter(24, "hours", "longest silence that cannot hide a call"),
    },
    benign=(
        "goods loaded earlier, or from another ship",
        "a date of the papers that is not that of loading",
        "a port of the country that is not among the places known",
    ),
    refutes="The bill of lading with the mate's receipt; the port's record of the loading.",
    detect=detect,
)
