"""AIS gap: a ship falls silent for many hours where others are heard all along.

The set-based steps (time to the next message, where and when ships are heard) are Ibis and run unchanged on Spark. A
receiver that fails, or a ship that sails out of range, is no dark ship: the sea where it should have been must have
been listened to while it was silent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR, positions, silences
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Cell = tuple[int, int, int]


def heard(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Where and when ships were heard: hour (since 1970), y, x (cells of `cell` degrees), ships, and one of them."""
    ships = positions(data)
    grid = ships.mutate(
        hour=ships["at"] // HOUR,
        y=(ships.lat / dial["cell"]).floor().cast("int64"),
        x=(ships.lon / dial["cell"]).floor().cast("int64"),
    )
    return grid.group_by(["hour", "y", "x"]).agg(ships=grid.mmsi.nunique(), one=grid.mmsi.min())


def gaps(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Silences long enough, of ships that were heard before and after."""
    return silences(positions(data), dial["hours"]).order_by("mmsi", "at")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each silence that the reception does not explain."""
    rows = data.run(gaps(data, dial)).to_pylist()
    rows = [r for r in rows if not _lay_still(r)]
    if not rows:
        return
    listened: dict[Cell, tuple[int, str]] = {
        (r["hour"], r["y"], r["x"]): (r["ships"], r["one"]) for r in data.run(heard(data, dial)).to_pylist()
    }
    ever: dict[tuple[int, int], set[str]] = {}
    for (_, y, x), (ships, one) in listened.items():
        ever.setdefault((y, x), set()).update([one] if ships == 1 else [one, "another"])
    found = []
    for row in rows:
        if _within_range(row, ever, dial):
            share = _reception(row, listened, dial)
            if share >= dial["heard"]:
                found.append((row, share))
    keys = {f"{k}:{r[k]}" for r, _ in found for k in ("imo", "mmsi") if r[k]}
    held = evidence.holders(data, keys)
    for row, share in found:
        yield _finding(row, share, held)


def _lay_still(row: Mapping[str, Any]) -> bool:
    """Whether the ship was moored or at anchor before and after, at one place: sets are switched off in port."""
    slow = (row["sog"] or 0.0) < 0.5 and (row["next_sog"] or 0.0) < 0.5
    return slow and _miles(row["lat"], row["lon"], row["next_lat"], row["next_lon"]) < 1.0


def _miles(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Nautical miles between two positions (haversine)."""
    a = math.sin(math.radians(other_lat - lat) / 2) ** 2
    b = math.sin(math.radians(other_lon - lon) / 2) ** 2
    chord = a + math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * b
    return 2 * 3440.065 * math.asin(min(1.0, math.sqrt(chord)))


def _ends(row: Mapping[str, Any], hours: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the ship was so long after it was last heard, and so long before it was heard again, had it kept going."""
    return (
        _sailed(row["lat"], row["lon"], row["sog"], row["cog"], hours),
        _sailed(row["next_lat"], row["next_lon"], row["next_sog"], row["next_cog"], -hours),
    )


def _within_range(row: Mapping[str, Any], ever: Mapping[tuple[int, int], set[str]], dial: Mapping[str, float]) -> bool:
    """Whether others have ever been heard where it must have gone and come from: else it left the receivers' range."""
    half = (row["next_at"] - row["at"]) / HOUR / 2
    places = {place for hours in (1.0, dial["ahead"] / 2, dial["ahead"]) for place in _ends(row, min(hours, half))}
    return all(
        any(ever.get(cell, set()) - {row["mmsi"]} for cell in _around(place, dial["cell"], 1)) for place in places
    )


def _reception(row: Mapping[str, Any], listened: Mapping[Cell, tuple[int, str]], dial: Mapping[str, float]) -> float:
    """Share of the hours of a silence in which another ship was heard near either end of it, the lesser of the two."""
    hours = range(row["at"] // HOUR + 1, row["next_at"] // HOUR)
    if not hours:
        return 0.0

    def another(hour: int, cells: list[tuple[int, int]]) -> bool:
        around = (listened.get((hour, *cell)) for cell in cells)
        return any(ships > 1 or one != row["mmsi"] for ships, one in (found for found in around if found))

    near = [_around(place, dial["cell"], 2) for place in _ends(row, 0.0)]
    return min(sum(another(hour, cells) for hour in hours) / len(hours) for cells in near)


def _around(place: tuple[float, float], cell: float, steps: int) -> list[tuple[int, int]]:
    y, x = math.floor(place[0] / cell), math.floor(place[1] / cell)
    reach = range(-steps, steps + 1)
    return [(y + dy, x + dx) for dy in reach for dx in reach]


def _sailed(lat: float, lon: float, knots: float | None, course: float | None, hours: float) -> tuple[float, float]:
    if not knots or course is None:
        return lat, lon
    degrees = knots * hours / 60
    north = lat + degrees * math.cos(math.radians(course))
    return north, lon + degrees * math.sin(math.radians(course)) / max(0.02, math.cos(math.radians(lat)))


def _finding(row: dict[str, Any], share: float, held: Mapping[str, evidence.Holder]) -> Finding:
    known = [held[k] for k in (f"imo:{row['imo']}", f"mmsi:{row['mmsi']}") if k in held]
    ship = next((h for h in known if h.known), known[-1])
    caption = ship.caption if ship.known or not row["vessel_name"] else f"{row['vessel_name']} ({row['mmsi']})"
    lasted = row["next_at"] - row["at"]
    miles = _miles(row["lat"], row["lon"], row["next_lat"], row["next_lon"])
    factors = {
        f"others were heard there in {share:.0%} of the hours": 1 + 2 * share,
        f"silent for {evidence.span(lasted)}": 1.5 if lasted < 24 * HOUR else 2.0,
    }
    if ship.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    if (row["sog"] or 0.0) >= 2:
        factors["it was under way when last heard"] = 1.5
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{caption} fell silent for {evidence.span(lasted)} and was next heard {miles:.0f} nautical miles away, "
            f"while others were heard there in {share:.0%} of the hours."
        ),
        subjects=(ship.entity,),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("positions", (row["row_id"],), "last heard"),
            *evidence.of_rows("positions", (row["next_row_id"],), "next heard"),
            *evidence.claims(ship.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(row["at"]),
        end=evidence.iso(row["next_at"]),
        lat=round(row["lat"], 5),
        lon=round(row["lon"], 5),
        vessels=(row["imo"] or row["mmsi"],),
        detail={
            "hours": round(lasted / HOUR, 2), "miles_between": round(miles, 1), "reception": round(share, 4),
            "next_lat": round(row["next_lat"], 5), "next_lon": round(row["next_lon"], 5), "mmsi": row["mmsi"],
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="ais_gap",
    title="Ship silent where others are heard",
    kind="ship",
    what="A ship sends nothing for many hours although the sea where it must have been was listened to.",
    why="Ships switch off or muffle their sets before they load, meet or call where they must not.",
    standard="US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020): disabling or "
    "manipulating AIS; SOLAS chapter V regulation 19",
    needs=("positions",),
    parameters={
        "hours": Parameter(12, "hours", "shortest silence"),
        "heard": Parameter(0.5, "share", "least part of the hours in which others must have been heard there"),
        "cell": Parameter(0.25, "degrees", "cells of reception; others must be heard within two of them"),
        "ahead": Parameter(4, "hours", "how long it is taken to have sailed on, and come, as it was going"),
    },
    benign=(
        "the set failed or was jammed",
        "messages lost in crowded waters: a satellite hears few of many",
        "switched off for fear of pirates, as the master may",
    ),
    refutes="Messages of the ship from another receiver for that time; a port's record of its call.",
    detect=detect,
)
