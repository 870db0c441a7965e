"""Reception: where and when ships were heard of those that must have been there, learnt from the traffic itself.

A ship is expected in an hour wherever she lies, at half past, between her messages before and after, if these are not
too far apart; and heard if one of them is of that hour. Of the ships expected somewhere in an hour the share that was
heard tells how well that sea was listened to: none in an outage of the receiver, a fifth where satellites pass now
and then, nearly all within reach of a coast. Where nobody was expected, nothing is known, and silence proves nothing.

Range ends at a rim: many cells behind a ship in which somebody was ever heard, and none ahead of her.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.tracks.columns import Codes, Tracks
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, Floats, Ints, cells, fitting

__all__ = ["BRIDGE", "Reception", "learn"]

BRIDGE = DAY
"""Seconds between two messages up to which a ship counts as expected in between."""


@dataclass(frozen=True)
class Reception:
    """Cells and hours in which ships were expected.

    :param size: metres, of a cell; :param cell: int64, rising, with `hour`: since 1970
    :param heard: int32, ships heard of those `expected`, counting each track once
    :param fine: int64, rising: cells of a sixth of `size` in which anybody was ever heard
    """

    size: float
    cell: Ints
    hour: Ints
    heard: Codes
    expected: Codes
    fine: Ints

    def near(self, lat: float, lon: float, steps: int) -> list[int]:
        """The cells up to `steps` from that of a place, rising."""
        here = np.array([lat]), np.array([lon])
        reach = range(-steps, steps + 1)
        return sorted({int(cells(*here, self.size, up, right)[0]) for up in reach for right in reach})

    def around(self, near: list[int], first: int, last: int) -> tuple[Ints, Ints]:
        """Ships heard and expected in each hour from `first` to before `last`, in these cells."""
        heard, expected = np.zeros((2, last - first), dtype=np.int64)
        for begin, end in self._rows(near):
            begin_, end_ = begin + np.searchsorted(self.hour[begin:end], [first, last])
            here = slice(int(begin_), int(end_))
            heard[self.hour[here] - first] += self.heard[here]
            expected[self.hour[here] - first] += self.expected[here]
        return heard, expected

    def ever(self, lat: float, lon: float, steps: int) -> int:
        """Ship-hours ever heard in the cells up to `steps` away."""
        return sum(int(self.heard[begin:end].sum()) for begin, end in self._rows(self.near(lat, lon, steps)))

    def rim(self, lat: float, lon: float, course: float) -> bool:
        """Whether a ship that sails on leaves what is heard: nobody was ever heard ahead of her, within ninety degrees
        and six to fifteen miles, where in as large a sector behind her there mostly was somebody."""
        ahead, behind = (self._sector(lat, lon, course + turn) for turn in (0.0, 180.0))
        return not ahead.any() and float(behind.mean()) >= 0.5

    def _sector(self, lat: float, lon: float, course: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
        bearing, far = (a.ravel() for a in np.meshgrid(np.radians(course + _FAN), self.size / _FINER * _AWAY))
        north = np.clip(lat + far * np.cos(bearing) / METRES_PER_DEGREE, -89.9, 89.9)
        east = far * np.sin(bearing) / METRES_PER_DEGREE / np.cos(np.radians(min(89.0, abs(lat))))
        there = cells(north, (lon + east + 180.0) % 360.0 - 180.0, self.size / _FINER)
        found: np.ndarray[Any, np.dtype[np.bool_]] = np.isin(there, self.fine)
        return found

    def _rows(self, near: list[int]) -> list[tuple[int, int]]:
        bounds = np.searchsorted(self.cell, [near, [cell + 1 for cell in near]])
        return [(begin, end) for begin, end in bounds.T.tolist() if begin < end]


_FINER = 6
_FAN = np.array([-45.0, -20.0, 0.0, 20.0, 45.0])
_AWAY = np.array([2.4, 3.6, 4.8, 6.0])
"""Fine cells ahead: nearer ones lie on the rim itself."""


def learn(traffic: Iterable[Tracks], size: float, bridge: float = BRIDGE) -> Reception:
    """The reception of all traffic. :param size: metres of a cell; :param bridge: as `BRIDGE`"""
    parts, fine = [], [np.zeros(0, dtype=np.int64)]
    for tracks in traffic:
        parts.append(_cell_hours(tracks, size, bridge))
        fine.append(np.unique(cells(tracks.lat, tracks.lon, size / _FINER)))
    ever = np.unique(np.concatenate(fine))
    if not parts:
        none, few = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        return Reception(size, none, none, few, few, ever)
    cell, hour, heard, expected = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Reception(size, *_summed(cell, hour, heard, expected), ever)


def _cell_hours(tracks: Tracks, size: float, bridge: float) -> tuple[Ints, Ints, Codes, Codes]:
    table = (tracks.at, tracks.lat, tracks.lon, tracks.starts, bridge, *tracks.span)
    kernel = fitting(_ship_hours, len(tracks))
    none = np.zeros(0)
    n = kernel(*table, np.zeros(0, dtype=np.int64), none, none, np.zeros(0, dtype=np.int32))
    hour, lat, lon, heard = np.empty(n, np.int64), np.empty(n), np.empty(n), np.empty(n, np.int32)
    kernel(*table, hour, lat, lon, heard)
    return _summed(cells(lat, lon, size), hour, heard, np.ones(n, dtype=np.int32))


def _summed(cell: Ints, hour: Ints, heard: Codes, expected: Codes) -> tuple[Ints, Ints, Codes, Codes]:
    order = np.lexsort((hour, cell))
    cell, hour = cell[order], hour[order]
    new = np.flatnonzero((np.diff(cell, prepend=-(1 << 62)) != 0) | (np.diff(hour, prepend=-1) != 0))
    if not len(new):
        return cell, hour, heard, expected
    return cell[new], hour[new], np.add.reduceat(heard[order], new), np.add.reduceat(expected[order], new)


def _ship_hours(
    at: Ints, lat: Floats, lon: Floats, starts: Ints, bridge: float, begin: int, end: int,
    hours: Ints, lats: Floats, lons: Floats, heard: Codes,
) -> int:  # fmt: skip
    """Hours in which tracks are expected, and where; fills as much as there is room for, and returns how many."""
    n, room = 0, len(hours)
    for t in range(len(starts) - 1):
        for i in range(starts[t], starts[t + 1] - 1):
            a, b = at[i], at[i + 1]
            if b < begin or b >= end or b - a > bridge:
                continue
            first = (a + 1800) // 3600  # whose half past lies after a, and not after b
            last = (b + 1800) // 3600
            for hour in range(first, last):
                if n < room:
                    part = (hour * 3600 + 1800 - a) / (b - a)
                    lats[n] = lat[i] + part * (lat[i + 1] - lat[i])
                    east = (lon[i + 1] - lon[i] + 540.0) % 360.0 - 180.0
                    lons[n] = (lon[i] + part * east + 180.0) % 360.0 - 180.0
                    hours[n] = hour
                    heard[n] = 1 if a // 3600 == hour or b // 3600 == hour else 0
                n += 1
    return n
