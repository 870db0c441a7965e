"""Shapes of tracks that no ship sails: frozen at a place while it says that it sails, or round and round a circle.

Source: Bergman, Systematic GPS Manipulation Occurring at Chinese Oil Terminals and Government Installations (SkyTruth,
2019) on circles; Androjna et al., AIS Data Manipulation in the Illicit Global Oil Trade, J. Mar. Sci. Eng. 12 (2024) 6,
on frozen and drawn tracks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Speeds, Tracks
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, MILE, Floats, Ints, fitting
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Shape", "circles", "frozen"]


@dataclass(frozen=True)
class Shape:
    """A stretch of a track. :param metres: radius of a circle, or how far a frozen place moved
    :param knots: mean speed that the ship gave, or sailed; :param turns: round a circle
    :param messages: first, last, and others between, at most forty; :param count: all of it"""

    mmsi: int
    start: int
    end: int
    lat: float
    lon: float
    metres: float
    knots: float
    turns: float
    count: int
    messages: tuple[Key, ...]


def frozen(traffic: Traffic, hours: float, knots: float, still: float) -> Iterator[Shape]:
    """Stretches of `hours` or more in which a ship gives `knots` or more in every message, and her place does not move.

    :param still: metres within which a place counts as not moving
    """
    for tracks in traffic.spans():
        table = (tracks.at, tracks.lat, tracks.lon, tracks.sog, tracks.starts, hours * HOUR, knots, still)
        kernel = fitting(_frozen, len(tracks))
        n = kernel(*table, np.zeros((0, 2), dtype=np.int64))
        found = np.empty((n, 2), dtype=np.int64)
        kernel(*table, found)
        for a, b in found.tolist():
            if tracks.span[0] <= tracks.at[b] < tracks.span[1]:
                rows = slice(a, b + 1)
                moved = _flat(tracks, rows, float(tracks.lat[a]), float(tracks.lon[a]))
                yield _shape(
                    tracks, a, b, float(tracks.lat[a]), float(tracks.lon[a]), float(np.hypot(*moved).max()),
                    float(tracks.sog[rows].mean()), 0.0,
                )  # fmt: skip


def _frozen(
    at: Ints,
    lat: Floats,
    lon: Floats,
    sog: Speeds,
    starts: Ints,
    seconds: float,
    knots: float,
    still: float,
    found: Ints,
) -> int:
    """First and last position of each stretch; fills as much as there is room for, and returns how many there are."""
    n, band = 0, still / METRES_PER_DEGREE
    for t in range(len(starts) - 1):
        first = starts[t]
        for i in range(starts[t], starts[t + 1] + 1):
            inside = i < starts[t + 1] and sog[i] >= knots
            if inside and i > first:
                east = abs((lon[i] - lon[first] + 540.0) % 360.0 - 180.0) * np.cos(np.radians(lat[i]))
                inside = abs(lat[i] - lat[first]) <= band and east <= band
            if inside:
                continue
            if i - first >= 5 and at[i - 1] - at[first] >= seconds:
                if n < len(found):
                    found[n, 0], found[n, 1] = first, i - 1
                n += 1
            first = i
            if i < starts[t + 1] and not sog[i] >= knots:
                first = i + 1
    return n


def circles(traffic: Traffic, turns: float, low: float, high: float, round_: float, knots: float) -> Iterator[Shape]:
    """Stretches in which a ship goes round a point at one distance, faster than one swings at anchor.

    :param turns: at least; :param low, high: metres of the radius
    :param round_: largest standard deviation of the distance from the middle, as a share of it; :param knots: at least
    """
    for tracks in traffic.spans():
        kernel = fitting(_turning, len(tracks))
        table = (tracks.at, tracks.lat, tracks.lon, tracks.starts, _WINDOW, low, high)
        n = kernel(*table, np.zeros((0, 2), dtype=np.int64))
        windows = np.empty((n, 2), dtype=np.int64)
        kernel(*table, windows)
        found: Shape | None = None
        for begin, end in windows.tolist():
            shape = _circle(tracks, begin, end, turns, low, high, round_, knots)
            if shape is None or not tracks.span[0] <= shape.end < tracks.span[1]:
                continue
            if found is not None and shape.mmsi == found.mmsi and shape.start <= found.end:
                found = _joined(found, shape)
                continue
            if found is not None:
                yield found
            found = shape
        if found is not None:
            yield found


_WINDOW = 3 * HOUR
"""Seconds of a window; each begins half of one after the one before."""


def _turning(
    at: Ints, lat: Floats, lon: Floats, starts: Ints, window: int, low: float, high: float, found: Ints
) -> int:
    """First position of each window, and that after its last, in which the way is four times as long as it is wide or
    more. Twice round a circle is six times as long. Fills as much as there is room for, and returns how many there
    are."""
    n, half = 0, window // 2
    for t in range(len(starts) - 1):
        a, end = starts[t], starts[t + 1]
        while end - a >= 20:
            since = at[a] // half * half
            b, next_ = a, a
            way, narrow = 0.0, np.cos(np.radians(lat[a]))
            top, bottom, right, left = 0.0, 0.0, 0.0, 0.0
            north, east = 0.0, 0.0
            while b < end and at[b] < since + window:
                y = (lat[b] - lat[a]) * METRES_PER_DEGREE
                x = ((lon[b] - lon[a] + 540.0) % 360.0 - 180.0) * METRES_PER_DEGREE * narrow
                way += np.hypot(y - north, x - east)
                north, east = y, x
                top, bottom, right, left = max(top, y), min(bottom, y), max(right, x), min(left, x)
                b += 1
                if at[b - 1] < since + half:
                    next_ = b
            wide = max(top - bottom, right - left)
            if b - a >= 20 and 1.6 * low <= wide <= 2.6 * high and way >= 4 * wide:
                if n < len(found):
                    found[n, 0], found[n, 1] = a, b
                n += 1
            a = max(next_, a + 1)
    return n


def _circle(
    tracks: Tracks, begin: int, end: int, turns: float, low: float, high: float, round_: float, knots: float
) -> Shape | None:
    """A window as a circle, where it is one."""
    rows = slice(begin, end)
    north, east = _flat(tracks, rows, float(tracks.lat[begin]), float(tracks.lon[begin]))
    centre = _centre(north, east)
    out = np.hypot(north - centre[0], east - centre[1])
    radius = float(out.mean())
    turned = np.diff(np.unwrap(np.arctan2(east - centre[1], north - centre[0]))).sum() / (2 * np.pi)
    way = float(np.hypot(np.diff(north), np.diff(east)).sum())
    speed = way / max(1, int(tracks.at[end - 1] - tracks.at[begin])) * HOUR / MILE
    if not (low <= radius <= high and out.std() <= round_ * radius and abs(turned) >= turns and speed >= knots):
        return None
    lat = float(tracks.lat[begin]) + centre[0] / METRES_PER_DEGREE
    narrow = METRES_PER_DEGREE * float(np.cos(np.radians(tracks.lat[begin])))
    lon = (float(tracks.lon[begin]) + centre[1] / narrow + 180.0) % 360.0 - 180.0
    return _shape(tracks, begin, end - 1, lat, lon, radius, speed, abs(float(turned)))


def _centre(north: Floats, east: Floats) -> tuple[float, float]:
    """Middle of the circle that fits best (Kåsa, IEEE Trans. Instrum. Meas. 25 (1976) 8-14)."""
    known = np.column_stack([2 * north, 2 * east, np.ones(len(north))])
    solved, *_ = np.linalg.lstsq(known, north**2 + east**2, rcond=None)
    return float(solved[0]), float(solved[1])


def _flat(tracks: Tracks, rows: slice, lat: float, lon: float) -> tuple[Floats, Floats]:
    """Metres north and east of a place, on a flat chart."""
    east = (tracks.lon[rows] - lon + 540.0) % 360.0 - 180.0
    return (tracks.lat[rows] - lat) * METRES_PER_DEGREE, east * METRES_PER_DEGREE * np.cos(np.radians(lat))


def _shape(tracks: Tracks, a: int, b: int, lat: float, lon: float, metres: float, knots: float, turns: float) -> Shape:
    mmsi = int(tracks.mmsi[tracks.track[a]])
    few = np.unique(np.linspace(a, b, 40).astype(np.int64)).tolist()
    keys = tuple((mmsi, int(tracks.at[k]), float(tracks.lat[k]), float(tracks.lon[k])) for k in few)
    return Shape(mmsi, int(tracks.at[a]), int(tracks.at[b]), lat, lon, metres, knots, turns, b - a + 1, keys)


def _joined(one: Shape, other: Shape) -> Shape:
    """Two that overlap; turns in the overlap are counted once, as its share of the time."""
    seconds = other.end - other.start
    new = (other.end - one.end) / seconds if seconds else 0.0
    keys = tuple(sorted({*one.messages, *other.messages}, key=lambda key: (key[1], key[2:])))
    return Shape(
        one.mmsi, one.start, other.end, one.lat, one.lon, max(one.metres, other.metres), one.knots,
        one.turns + new * other.turns, one.count + round(new * other.count), keys,
    )  # fmt: skip
