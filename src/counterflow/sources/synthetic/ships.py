"""Invented ship tracks in the Yellow Sea and the East China Sea: eight days of traffic, two meetings, three silences.

Traffic has what detectors stumble over: ships lying close together in a roadstead, loitering pilots, lost messages, and
a receiver that fails for six hours, when every ship in half the sea falls silent at once.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from counterflow.sources.synthetic.cast import SHIPS, Cast

__all__ = ["Sailed", "play"]

FIRST = dt.datetime(2017, 9, 8, tzinfo=dt.UTC)
HOURS = 192
EVERY, TRAFFIC_EVERY = 600, 1800  # seconds between messages kept: of the case's ships, and of the traffic around them
_ROADS = {
    "Dalian": (38.78, 121.95),
    "Qingdao": (35.95, 120.55),
    "Shanghai": (31.05, 122.75),
    "Busan": (34.90, 129.15),
    "Incheon": (37.25, 125.75),
}
_SEA = {
    "north": (38.2, 122.6),
    "north-east": (38.1, 124.0),
    "mid": (36.2, 123.2),
    "off Korea": (34.5, 124.9),
    "south": (33.2, 124.0),
    "east china": (31.6, 124.6),
    "jeju": (32.7, 126.6),
}
_LANES = (
    ("Dalian", "north", "mid", "south", "Shanghai"),
    ("Dalian", "north-east", "Incheon"),
    ("Incheon", "off Korea", "jeju", "Busan"),
    ("Incheon", "off Korea", "east china", "Shanghai"),
    ("Incheon", "north-east", "Dalian"),
    ("Qingdao", "mid", "south", "Shanghai"),
    ("Dalian", "north", "mid", "south", "jeju", "Busan"),
    ("Shanghai", "east china", "jeju", "Busan"),
)
MEETING, SECOND_MEETING, HIDDEN = (32.55, 125.35), (36.85, 122.95), (38.35, 124.35)
_OUTAGE = (60.0, 66.0)  # hours; the northern receiver

Point = tuple[float, float]


@dataclass
class Sailed:
    """:param rows: rows of positions.csv, in time order; the rest: what was planted, by IMO number and MMSI"""

    rows: list[dict[str, Any]] = field(default_factory=list)
    encounters: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    outages: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Leg:
    """From one hour to another along a line; at one place where both ends are the same (it drifts a little)."""

    start: float
    end: float
    here: Point
    there: Point


def play(cast: Cast, rng: random.Random, size: int) -> Sailed:
    """About `size` positions; the planted ships' included."""
    sailed = Sailed()
    for name, legs, dark in _planted():
        ship = cast.ships[name]
        _sail(sailed, rng, (ship.mmsi, ship.imo, ship.name.upper()), legs, EVERY, dark)
    _truth(sailed, cast)
    number = 0
    while len(sailed.rows) < size:
        number += 1
        identity = (f"2001{number:05}", "", f"EX FEEDER {number}")
        _sail(sailed, rng, identity, _voyage(rng, number), TRAFFIC_EVERY)
    sailed.rows.sort(key=lambda r: (r["timestamp"], r["mmsi"]))
    return sailed


def _miles(a: Point, b: Point) -> float:
    """Nautical miles on a flat chart: enough for drawing a track."""
    return 60 * math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2)))


def _route(start: float, points: list[Point], knots: float) -> list[Leg]:
    legs, when = [], start
    for here, there in pairwise(points):
        arrive = when + _miles(here, there) / knots
        legs.append(Leg(when, arrive, here, there))
        when = arrive
    return legs


def _voyage(rng: random.Random, number: int) -> list[Leg]:
    """A feeder: waits in the roads, sails its lane, waits in the roads, and so on."""
    names = list(_LANES[number % len(_LANES)])
    if number % 2:
        names.reverse()
    legs: list[Leg] = []
    when = -30 * rng.random()
    while when < HOURS:
        points = [_SEA.get(n) or _berth(rng, n) for n in names]
        # every ship keeps its own side of the lane
        points = [
            (lat + rng.uniform(-0.12, 0.12), lon + rng.uniform(-0.12, 0.12)) if n in _SEA else (lat, lon)
            for n, (lat, lon) in zip(names, points, strict=True)
        ]
        if legs:
            points[0] = legs[-1].there
        stay = 6 + 14 * rng.random()
        legs.append(Leg(when, when + stay, points[0], points[0]))
        legs += _route(when + stay, points, 10 + 4 * rng.random())
        when = legs[-1].end
        names.reverse()
    return legs


def _berth(rng: random.Random, port: str) -> Point:
    """A place at anchor: ships lie a few hundred metres apart there."""
    lat, lon = _ROADS[port]
    return lat + rng.uniform(-0.012, 0.012), lon + rng.uniform(-0.012, 0.012)


def _near(place: Point, metres: float) -> Point:
    return place[0] + metres / 111_195, place[1]


def _planted() -> list[tuple[str, list[Leg], tuple[tuple[float, float], ...]]]:
    """The case's ships: (id, legs, hours in which each is silent)."""
    waits = [*_route(6, [(31.2, 123.6), MEETING], 9)]
    waits += [Leg(waits[-1].end, 104, MEETING, MEETING), *_route(104, [MEETING, (30.9, 123.9)], 9)]
    comes = _route(20, [(37.3, 123.9), (34.6, 124.6), _near(MEETING, 220)], 8)
    comes = [*comes[:-1], Leg(comes[-1].start, 92, *(comes[-1].here, comes[-1].there))]
    comes += [
        Leg(92, 101, _near(MEETING, 220), _near(MEETING, 220)),
        *_route(101, [_near(MEETING, 220), (35.4, 124.5)], 9),
    ]
    coal = _route(10, [(37.5, 122.9), (38.0, 123.6), HIDDEN], 10)
    coal += [Leg(coal[-1].end, 88, HIDDEN, HIDDEN), *_route(88, [HIDDEN, (38.0, 123.5), (37.3, 122.8)], 10)]
    lies = _route(70, [(36.2, 123.9), SECOND_MEETING], 8)
    lies += [Leg(lies[-1].end, 142, SECOND_MEETING, SECOND_MEETING), *_route(142, [SECOND_MEETING, (35.3, 123.4)], 9)]
    beside = _near(SECOND_MEETING, -160)
    joins = _route(110, [(35.2, 122.9), beside], 10)
    joins += [Leg(joins[-1].end, 136, beside, beside), *_route(136, [beside, (37.7, 122.9)], 10)]
    return [
        (SHIPS[0], waits, ()),
        (SHIPS[1], comes, ((64.0, 93.0),)),
        (SHIPS[2], coal, ((21.0, 90.0),)),
        (SHIPS[3], lies, ()),
        (SHIPS[4], joins, ()),
    ]


def _truth(sailed: Sailed, cast: Cast) -> None:
    def when(hour: float) -> str:
        return (FIRST + dt.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")

    ship = [cast.ships[id] for id in SHIPS]
    for a, b, place, start, end in ((0, 1, MEETING, 93.0, 101.0), (3, 4, SECOND_MEETING, 120.0, 136.0)):
        sailed.encounters.append(
            {
                "typology": "encounter",
                "imo": [ship[a].imo, ship[b].imo],
                "mmsi": [ship[a].mmsi, ship[b].mmsi],
                "lat": place[0],
                "lon": place[1],
                "start": when(start),
                "end": when(end),
            }
        )
    for n, start, end in ((1, 64.0, 93.0), (2, 21.0, 90.0)):
        sailed.gaps.append(
            {"typology": "ais_gap", "imo": ship[n].imo, "mmsi": ship[n].mmsi, "start": when(start), "end": when(end)}
        )
    sailed.outages.append({"north_of": 35.6, "start": when(_OUTAGE[0]), "end": when(_OUTAGE[1])})


def _sail(
    sailed: Sailed,
    rng: random.Random,
    identity: tuple[str, str, str],
    legs: list[Leg],
    every: int,
    dark: tuple[tuple[float, float], ...] = (),
) -> None:
    mmsi, imo, name = identity
    second = int(rng.random() * every)
    while second < HOURS * 3600:
        hour = second / 3600
        second += every + int(rng.uniform(-150, 150))
        leg = next((leg for leg in legs if leg.start <= hour < leg.end), None)
        if leg is None or any(a <= hour < b for a, b in dark) or rng.random() < 0.05:
            continue
        share = (hour - leg.start) / (leg.end - leg.start)
        lat = leg.here[0] + share * (leg.there[0] - leg.here[0]) + rng.gauss(0, 0.0001)
        lon = leg.here[1] + share * (leg.there[1] - leg.here[1]) + rng.gauss(0, 0.0001)
        if lat > 35.6 and _OUTAGE[0] <= hour < _OUTAGE[1]:
            continue  # nobody listens there
        moving = leg.here != leg.there
        knots = _miles(leg.here, leg.there) / (leg.end - leg.start) if moving else 0.2 * rng.random()
        course = math.degrees(
            math.atan2((leg.there[1] - leg.here[1]) * math.cos(math.radians(lat)), leg.there[0] - leg.here[0])
        )
        sailed.rows.append(
            {
                "mmsi": mmsi,
                "timestamp": (FIRST + dt.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lat": f"{lat:.5f}",
                "lon": f"{lon:.5f}",
                "sog": f"{knots:.1f}",
                "cog": f"{course % 360:.1f}" if moving else "",
                "heading": "",
                "vessel_name": name,
                "imo": imo,
                "status": "0" if moving else "1",
            }
        )
