"""Joins: a ship that is never heard again, and another that is first heard where the first was last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.tracks.geometry import apart, cells
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Join", "joins"]


@dataclass(frozen=True)
class End:
    """The first message of a number, or the last. :param sog: knots, NaN: not said; :param count: its messages"""

    key: Key
    sog: float
    count: int


@dataclass(frozen=True)
class Join:
    """:param last: of the one that went; :param first: of the one that came; :param metres: between them
    :param rivals: others that came there in that time, or went"""

    last: End
    first: End
    metres: float
    rivals: int

    @property
    def seconds(self) -> int:
        """From the last message of one to the first of the other."""
        return self.first.key[1] - self.last.key[1]


def joins(traffic: Traffic, near: float, days: float, margin: float, sent: int) -> Iterator[Join]:
    """Every two numbers that join end to start, in order.

    :param near: metres; :param days: longest time between; :param margin: days from the beginning and the end of all
        data in which a number that comes or goes says nothing; :param sent: fewest messages of each
    """
    firsts, lasts = _ends(traffic)
    if not firsts:
        return
    begin, end = min(e.key[1] for e in firsts.values()), max(e.key[1] for e in lasts.values())
    gone = [e for e in lasts.values() if e.key[1] <= end - margin * DAY and e.count >= sent and _slow(e)]
    come = [e for e in firsts.values() if e.key[1] >= begin + margin * DAY and e.count >= sent and _slow(e)]
    by_cell: dict[int, list[End]] = {}
    for other in come:
        lat, lon = np.array([other.key[2]]), np.array([other.key[3]])
        for cell in {int(cells(lat, lon, near, up, right)[0]) for up in (-1, 0, 1) for right in (-1, 0, 1)}:
            by_cell.setdefault(cell, []).append(other)
    found: list[tuple[End, End, float]] = []
    for one in sorted(gone, key=lambda e: e.key):
        here = int(cells(np.array([one.key[2]]), np.array([one.key[3]]), near)[0])
        for other in sorted(by_cell.get(here, ()), key=lambda e: e.key):
            between = other.key[1] - one.key[1]
            way = apart(*one.key[2:], *other.key[2:])
            if one.key[0] != other.key[0] and 0 < between <= days * DAY and way <= near:
                found.append((one, other, way))
    for one, other, way in found:
        rivals = sum((a is one) != (b is other) for a, b, _ in found)
        yield Join(one, other, way, rivals)


def _slow(end: End) -> bool:
    return not end.sog > 2.0


def _ends(traffic: Traffic) -> tuple[dict[int, End], dict[int, End]]:
    """First and last message of each number, of its longest track."""
    firsts: dict[int, End] = {}
    lasts: dict[int, End] = {}
    counts: dict[int, int] = {}
    for tracks in traffic.spans():
        sizes = np.diff(tracks.starts)
        for ship in range(len(tracks.ships)):
            lo, hi = np.searchsorted(tracks.owner, [ship, ship + 1])
            t = int(lo + np.argmax(sizes[lo:hi]))
            mmsi = int(tracks.ships[ship])
            counts[mmsi] = counts.get(mmsi, 0) + int(sizes[t])
            for k, store in ((int(tracks.starts[t]), firsts), (int(tracks.starts[t + 1]) - 1, lasts)):
                key = mmsi, int(tracks.at[k]), float(tracks.lat[k]), float(tracks.lon[k])
                if store is lasts or mmsi not in firsts:
                    store[mmsi] = End(key, float(tracks.sog[k]), 0)
    for store in (firsts, lasts):
        for mmsi, end in store.items():
            store[mmsi] = End(end.key, end.sog, counts[mmsi])
    return firsts, lasts
