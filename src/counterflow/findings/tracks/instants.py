"""Where ships lay at rest, at set instants: what meetings and loitering are made of.

Ships are compared at the same instants (the middle of each time slot), each at her place between her messages before
and after: messages of two ships are hardly ever of one second, and a lost one moves nothing. At rest is a ship whose
step around the instant is slow, by her own word at both ends and by the way between them. Where she came or left
unheard, she is presumed to have sailed straight, at the speed she had, and to have lain at the place where she was
heard at rest before or after; that is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.tracks.columns import Codes, Speeds, Tracks
from counterflow.findings.tracks.geometry import KNOT, Floats, Ints, apart, fitting
from counterflow.findings.tracks.traffic import HALO

__all__ = ["Instants", "at_rest"]

Flags = np.ndarray[Any, np.dtype[np.bool_]]
_PRESUMED_KNOTS = 8.0
_HEARD_OFTEN = 30 * 60
"""Seconds; over a longer step a ship may come, lie and leave unheard."""


@dataclass(frozen=True)
class Instants:
    """Ships at rest, ordered by slot and latitude.

    :param slot: int64, number of the time slot since 1970; the instant is its middle
    :param track: int32, into the tracks; :param row: int64, the position of the track before the instant
    :param presumed: bool, she came or left unheard, and may not have lain there yet, or any more
    """

    slot: Ints
    track: Codes
    row: Ints
    lat: Floats
    lon: Floats
    presumed: Flags

    def __len__(self) -> int:
        return len(self.slot)


def at_rest(tracks: Tracks, slot: int, knots: float, pause: float) -> Instants:
    """Every ship at rest in the middle of each slot.

    :param slot: seconds; :param knots: fastest that counts as rest
    :param pause: seconds, the longest silence over which a ship that is at rest before and after is taken to have lain
    """
    pause = min(float(pause), float(HALO))
    begin, end = (bound - HALO if abs(bound) < 1 << 61 else bound for bound in tracks.span)
    table = (tracks.at, tracks.lat, tracks.lon, tracks.sog, tracks.starts, slot, knots, pause, begin, end)
    kernel = fitting(_rest, len(tracks))
    n = kernel(*table, *_columns(0))
    found = _columns(n)
    kernel(*table, *found)
    slots, _, rows, lats, _, _ = found
    order = np.lexsort((rows, lats, slots))
    return Instants(*(column[order] for column in found))


def _columns(n: int) -> list[Any]:
    return [np.empty(n, dtype=kind) for kind in (np.int64, np.int32, np.int64, np.float64, np.float64, np.bool_)]


def _rest(
    at: Ints, lat: Floats, lon: Floats, sog: Speeds, starts: Ints, slot: int, knots: float, pause: float,
    begin: int, end: int, slots: Ints, tracks: Codes, rows: Ints, lats: Floats, lons: Floats, presumed: Flags,
) -> int:  # fmt: skip
    """Fills as much as there is room for, and returns how many there are."""
    n, room, half = 0, len(slots), slot // 2
    for t in range(len(starts) - 1):
        for i in range(starts[t], starts[t + 1] - 1):
            a, b = at[i], at[i + 1]
            first, last = (a + half) // slot, (b + half) // slot  # slots whose middle lies after a, and not after b
            if first == last or b - a > pause:
                continue
            lies_from, lies_to, place = _lies(i, starts[t], starts[t + 1], at, lat, lon, sog, knots)
            for k in range(first, last):
                m = k * slot + half
                if m < max(begin, lies_from) or m >= end or m > lies_to:
                    continue
                if n < room:
                    slots[n], tracks[n], rows[n], presumed[n] = k, t, i, place >= 0
                    if place >= 0:
                        lats[n], lons[n] = lat[place], lon[place]
                    else:
                        part = (m - a) / (b - a)
                        east = (lon[i + 1] - lon[i] + 540.0) % 360.0 - 180.0
                        lats[n] = lat[i] + part * (lat[i + 1] - lat[i])
                        lons[n] = (lon[i] + part * east + 180.0) % 360.0 - 180.0
                n += 1
    return n


def _lies(
    i: int, first: int, last: int, at: Ints, lat: Floats, lon: Floats, sog: Speeds, knots: float
) -> tuple[float, float, int]:
    """From and until which second a ship lies still on the way from message i to the next, and the message at whose
    place she is presumed to; -1: between both. Never, where the first second is after the last. :param first, last:
    her track"""
    a, b = float(at[i]), float(at[i + 1])
    slow, slow_then = not sog[i] > knots, not sog[i + 1] > knots
    d = apart(lat[i], lon[i], lat[i + 1], lon[i + 1])
    if slow and slow_then and d <= knots * KNOT * max(b - a, 300.0):
        return a, b, -1
    if b - a < _HEARD_OFTEN:
        return b, a, -1
    before = slow and i > first and _near(i, i - 1, at, lat, lon, knots)
    after = slow_then and i + 2 < last and _near(i + 1, i + 2, at, lat, lon, knots)
    if before == after:
        return b, a, -1
    going = float(sog[i + 1] if before else sog[i])
    way = d / (KNOT * (going if going > _PRESUMED_KNOTS else _PRESUMED_KNOTS))
    return (a, b - way, i) if before else (a + way, b, i + 1)


def _near(i: int, j: int, at: Ints, lat: Floats, lon: Floats, knots: float) -> bool:
    """Whether the way between two messages is slow."""
    return apart(lat[i], lon[i], lat[j], lon[j]) <= knots * KNOT * max(abs(float(at[j] - at[i])), 300.0)
