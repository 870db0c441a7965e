"""Ship traffic for benchmarks: generated voyages between roadsteads, with meetings, silences and near misses planted.

What is measured on it is generated: recall is what the rules can reach on tracks of this kind, with messages lost and
hours of silence; false alarms are measured on real traffic instead (`ships.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Sea", "sea"]

START = 1_700_006_400  # 15 November 2023
MILE = 1852.0
DEGREE = 111_195.0

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Sea:
    """:param table: mmsi, at, lat, lon, sog, cog, ordered by time; :param meetings: (mmsi, mmsi, start, end, kind)
    :param silences: (mmsi, start, end)"""

    table: pa.Table
    meetings: list[tuple[int, int, float, float]] = field(default_factory=list)
    silences: list[tuple[int, float, float]] = field(default_factory=list)


@dataclass
class _Track:
    times: list[float]
    places: list[tuple[float, float]]
    mute: list[tuple[float, float]] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.times.append(self.times[-1] + seconds)
        self.places.append(self.places[-1])

    def go(self, place: tuple[float, float], knots: float) -> None:
        self.times.append(self.times[-1] + max(60.0, _metres(self.places[-1], place) / (knots * MILE / 3600)))
        self.places.append(place)


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], (a[1] - b[1]) * np.cos(np.radians((a[0] + b[0]) / 2))) * DEGREE)


def sea(
    ships: int, days: float, *, every: float = 180.0, pairs: int = 0, near: int = 0, loss: float = 0.1,
    gap: float = 3.0, silences: int = 0, seed: int = 0, lat: tuple[float, float] = (20.0, 60.0),
) -> Sea:  # fmt: skip
    """Traffic of `ships` over `days`, and beside it planted ships.

    :param every: seconds between messages, in the mean; each ship has her own
    :param pairs: ship-to-ship transfers of 2.2 to 12 hours, 30 to 350 m apart
    :param near: near misses: a third 650 to 1,500 m apart, a third in company under way, a third that lie for an hour
    :param gap: hours for which each planted ship falls silent, some time from two hours before the meeting to its end
    :param silences: ships that are silent for 13 to 40 hours in the midst of traffic
    """
    rng = np.random.default_rng(seed)
    roads = [(rng.uniform(*lat), rng.uniform(-60.0, 60.0)) for _ in range(max(4, ships // 40))]
    end = days * 86_400
    found = Sea(pa.table({}))
    parts: list[tuple[int, _Track, float]] = []
    for number in range(ships):
        parts.append((200_000_000 + number, _voyage(rng, roads, end), every * rng.lognormal(0, 0.4)))
    for number in range(pairs + near):
        wrong = number >= pairs
        place = rng.uniform(*lat), rng.uniform(-60.0, 60.0)
        begin = rng.uniform(0.25, 0.6) * end
        lasts = rng.uniform(2.2, 12.0) * 3600
        kind = number % 3
        away = rng.uniform(650, 1500) if wrong and kind == 0 else rng.uniform(30, 350)
        if wrong and kind == 2:
            lasts = 3600.0
        two = (300_000_000 + 2 * number, 300_000_001 + 2 * number)
        for side, mmsi in enumerate(two):
            track = _planted(rng, place, begin, lasts, away * side, company=wrong and kind == 1)
            if gap:
                at = begin + rng.uniform(-2 * 3600, lasts)
                track.mute.append((at, at + gap * 3600))
            parts.append((mmsi, track, every * rng.lognormal(0, 0.3)))
        if not wrong:
            found.meetings.append((*two, START + begin, START + begin + lasts))
    for number in range(silences):
        mmsi, at = 400_000_000 + number, rng.uniform(0.2, 0.5) * end
        track, lasts = _voyage(rng, roads, end), rng.uniform(13, 40) * 3600
        track.mute.append((at, at + lasts))
        parts.append((mmsi, track, every))
        found.silences.append((mmsi, START + at, START + at + lasts))
    columns = [np.concatenate(c) for c in zip(*(_messages(rng, *part, end, loss) for part in parts), strict=True)]
    order = np.argsort(columns[1], kind="stable")
    names = ("mmsi", "at", "lat", "lon", "sog", "cog")
    found.table = pa.table({name: column[order] for name, column in zip(names, columns, strict=True)})
    return found


def _voyage(rng: np.random.Generator, roads: list[tuple[float, float]], end: float) -> _Track:
    def berth() -> tuple[float, float]:
        road = roads[int(rng.integers(len(roads)))]
        return road[0] + rng.uniform(-0.03, 0.03), road[1] + rng.uniform(-0.03, 0.03)

    track = _Track([-rng.uniform(0, 86_400)], [berth()])
    while track.times[-1] < end:
        track.wait(rng.uniform(6, 30) * 3600)
        track.go(berth(), rng.uniform(8, 18))
    return track


def _planted(
    rng: np.random.Generator, place: tuple[float, float], begin: float, lasts: float, away: float, *, company: bool,
) -> _Track:  # fmt: skip
    """A ship that comes from some way off, lies (or goes slowly on in company), and leaves."""
    here = place[0] + away / DEGREE, place[1]
    knots = rng.uniform(8, 14)
    hours = rng.uniform(8, 20)
    bearing, leaving = rng.uniform(0, 2 * np.pi, 2)

    def off(direction: float) -> tuple[float, float]:
        reach = knots * hours / 60
        return here[0] + reach * np.cos(direction), here[1] + reach * np.sin(direction) / np.cos(np.radians(here[0]))

    track = _Track([begin - hours * 3600], [off(bearing)])
    track.times.append(begin)
    track.places.append(here)
    if company:
        track.go((here[0] + 9 * lasts / 3600 / 60, here[1]), 9)
    else:
        drift = rng.uniform(0, 0.4) * lasts / 3600 * 0.5
        track.times.append(begin + lasts)
        track.places.append((here[0] + 0.05 * drift / 60, here[1] + 0.05 * drift / 60))
    track.go(off(leaving), knots)
    return track


def _messages(
    rng: np.random.Generator, mmsi: int, track: _Track, every: float, end: float, loss: float
) -> tuple[np.ndarray[Any, Any], ...]:
    first, last = max(0.0, track.times[0]), min(end, track.times[-1])
    n = max(2, int((last - first) / every))
    at = np.sort(rng.uniform(first, last, n))
    kept = rng.random(n) >= loss
    for begin, until in track.mute:
        kept &= (at < begin) | (at > until)
    at = at[kept]
    times, places = np.array(track.times), np.array(track.places)
    k = np.clip(np.searchsorted(times, at) - 1, 0, len(times) - 2)
    step = np.diff(times)[k]
    north, east = (
        np.diff(places[:, 0])[k] * DEGREE,
        np.diff(places[:, 1])[k] * DEGREE * np.cos(np.radians(places[k, 0])),
    )
    sog = np.hypot(north, east) / step / (MILE / 3600)
    noise = rng.normal(0, 12.0 / DEGREE, (2, len(at)))
    return (
        np.full(len(at), mmsi), (START + at).astype(np.int64), np.interp(at, times, places[:, 0]) + noise[0],
        np.interp(at, times, places[:, 1]) + noise[1],
        np.round(np.clip(sog + rng.normal(0, 0.15, len(at)), 0, None), 1),
        np.round(np.degrees(np.arctan2(east, north)) % 360, 1),
    )  # fmt: skip
