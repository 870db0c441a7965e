"""Lanes: what the several tracks of one number say. A jump that no ship can sail, or two places at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.tracks.association import associate
from counterflow.findings.tracks.columns import FASTEST, SLACK, Tracks
from counterflow.findings.tracks.geometry import KNOT, Floats, Ints, apart, fitting
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Double", "Jump", "doubles", "jumps"]


_OFTEN = 0.05
"""Share of messages at which a number that is two ships goes from one to the other; garbled ones are fewer."""


@dataclass(frozen=True)
class Jump:
    """Two messages of one number, one after the other, that no ship can have sent both. :param metres: between them"""

    before: Key
    after: Key
    metres: float

    @property
    def knots(self) -> float:
        """Speed of the straight way; clocks tell whole seconds."""
        return self.metres / max(1, self.after[1] - self.before[1]) / KNOT


@dataclass(frozen=True)
class Double:
    """Two tracks of one number that go on at the same time.

    :param start, end: seconds between which both were heard
    :param turns: how often it went from one to the other and back
    :param metres: how far apart they were, at least and at most, from one message to the next of the other
    :param messages: the turns, at most a hundred
    """

    mmsi: int
    start: int
    end: int
    turns: int
    metres: tuple[float, float]
    messages: tuple[Key, ...]


def jumps(traffic: Traffic) -> Iterator[list[Jump]]:
    """The jumps of each number, those of no more than a day apart together; those between two tracks that go on side by
    side (`doubles`) left out."""
    for tracks in traffic.spans():
        for ship in _several(tracks):
            rows, lane = _merged(tracks, ship)
            wide = _side_by_side(tracks, rows, lane)
            found: list[Jump] = []
            for k in np.flatnonzero(np.diff(lane) != 0).tolist():
                jump = _jump(tracks, int(rows[k]), int(rows[k + 1]))
                pair = (min(lane[k], lane[k + 1]), max(lane[k], lane[k + 1]))
                if jump is None or pair in wide or not tracks.span[0] <= jump.after[1] < tracks.span[1]:
                    continue
                if found and jump.before[1] - found[-1].after[1] > DAY:
                    yield found
                    found = []
                found.append(jump)
            if found:
                yield found
        yield from _fast(tracks)


def doubles(traffic: Traffic, turns: int, hours: float, least: float) -> Iterator[Double]:
    """Numbers that are in two places at once, again and again: those that no ship can have sailed between, and those
    that are told apart by how ships move.

    :param turns: how often it must go from one to the other and back; :param hours: for how long
    :param least: metres from one to the other, at most of the turns
    """
    for tracks in traffic.spans():
        for ship in _several(tracks):
            rows, lane = _merged(tracks, ship)
            for one, other in sorted(_side_by_side(tracks, rows, lane)):
                both = (lane == one) | (lane == other)
                yield from _double(tracks, rows[both], lane[both], turns, hours, least)
        moved = associate(tracks.starts, tracks.at, tracks.lat, tracks.lon, tracks.sog, tracks.cog)
        changes = np.diff(moved) != 0
        changes[tracks.starts[1:-1] - 1] = False
        odd = np.bincount(tracks.track[:-1][changes], minlength=len(tracks.owner)) if len(tracks) > 1 else np.zeros(0)
        for t in np.flatnonzero(odd >= 2 * turns).tolist():
            rows = np.arange(tracks.starts[t], tracks.starts[t + 1])
            lane = moved[rows]
            large = np.argsort(-np.bincount(lane), kind="stable")[:2]
            both = np.isin(lane, large)
            yield from _double(tracks, rows[both], lane[both], turns, hours, least)


def _double(
    tracks: Tracks, rows: Ints, lane: np.ndarray[Any, Any], turns: int, hours: float, least: float
) -> Iterator[Double]:
    """Two tracks, where they go on at the same time often and long enough, and far enough apart."""
    at = np.flatnonzero(np.diff(lane) != 0)
    if len(at) // 2 < turns or len(at) < _OFTEN * (at[-1] - at[0]):
        return
    start, end = int(tracks.at[rows[at[0]]]), int(tracks.at[rows[at[-1] + 1]])
    way = [apart(*_place(tracks, int(rows[k])), *_place(tracks, int(rows[k + 1]))) for k in at.tolist()]
    if end - start >= hours * HOUR and np.median(way) >= least and tracks.span[0] <= end < tracks.span[1]:
        few = at[np.unique(np.linspace(0, len(at) - 1, 50).astype(int))]
        keys = dict.fromkeys(_key(tracks, int(rows[i])) for k in few.tolist() for i in (k, k + 1))
        mmsi = int(tracks.mmsi[tracks.track[rows[0]]])
        yield Double(mmsi, start, end, len(at) // 2, (min(way), max(way)), tuple(keys))


def _several(tracks: Tracks) -> list[int]:
    """Ships that have more than one track."""
    found: list[int] = np.flatnonzero(np.bincount(tracks.owner, minlength=len(tracks.ships)) > 1).tolist()
    return found


def _merged(tracks: Tracks, ship: int) -> tuple[Ints, np.ndarray[Any, Any]]:
    """Positions of all tracks of a ship in time order, and the lane of each."""
    first, last = np.searchsorted(tracks.owner, [ship, ship + 1])
    rows = np.arange(tracks.starts[first], tracks.starts[last])
    rows = rows[np.lexsort((tracks.track[rows], tracks.at[rows]))]
    return rows, tracks.lane[tracks.track[rows]]


def _side_by_side(tracks: Tracks, rows: Ints, lane: np.ndarray[Any, Any]) -> set[tuple[int, int]]:
    """Pairs of lanes of five messages or more each that go on at the same time: three turns and three hours."""
    counts = np.bincount(lane)
    found = set()
    large = np.flatnonzero(counts >= 5).tolist()
    for k, one in enumerate(large):
        for other in large[k + 1 :]:
            mine = np.isin(lane, (one, other))
            at = np.flatnonzero(np.diff(lane[mine]) != 0)
            times = tracks.at[rows[mine]]
            if len(at) >= 6 and times[at[-1] + 1] - times[at[0]] >= 3 * HOUR:
                found.add((one, other))
    return found


def _jump(tracks: Tracks, a: int, b: int) -> Jump | None:
    way = apart(*_place(tracks, a), *_place(tracks, b))
    if way <= SLACK + FASTEST * (tracks.at[b] - tracks.at[a]):
        return None  # between two lanes, and yet within reach
    return Jump(_key(tracks, a), _key(tracks, b), way)


def _fast(tracks: Tracks) -> Iterator[list[Jump]]:
    """Ten minutes and more of a track at a speed that no ship sails, each step of which alone could be an error."""
    at = fitting(_runs, len(tracks))(tracks.at, tracks.lat, tracks.lon, tracks.starts)
    for a, b in at.tolist():
        way = apart(*_place(tracks, a), *_place(tracks, b))
        if tracks.span[0] <= tracks.at[b] < tracks.span[1]:
            yield [Jump(_key(tracks, a), _key(tracks, b), way)]


def _runs(at: Ints, lat: Floats, lon: Floats, starts: Ints) -> Ints:
    """[first, last] position of each stretch of ten minutes or more, and an hour or less, that is too fast
    throughout."""
    found = np.empty((1024, 2), dtype=np.int64)
    n = 0
    for t in range(len(starts) - 1):
        first = starts[t]
        for i in range(starts[t] + 1, starts[t + 1]):
            fast = apart(lat[i - 1], lon[i - 1], lat[i], lon[i]) > 30.9 * (at[i] - at[i - 1])
            if not fast or at[i] - at[first] > 3600:
                first = i
            elif at[i] - at[first] >= 600:
                if n > 0 and found[n - 1, 1] > first - 1 and found[n - 1, 0] == first:
                    found[n - 1, 1] = i
                elif n < len(found):
                    found[n, 0], found[n, 1] = first, i
                    n += 1
    return found[:n]


def _place(tracks: Tracks, row: int) -> tuple[float, float]:
    return float(tracks.lat[row]), float(tracks.lon[row])


def _key(tracks: Tracks, row: int) -> Key:
    return int(tracks.mmsi[tracks.track[row]]), int(tracks.at[row]), *_place(tracks, row)
