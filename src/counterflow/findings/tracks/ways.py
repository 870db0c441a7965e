"""Ways: where chosen ships were, all of their messages in order of time, gathered in one pass over the traffic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from counterflow.findings.tracks.geometry import Floats, Ints
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Way", "ways"]


@dataclass(frozen=True)
class Way:
    """Messages of one number, in order of time. :param at: seconds since 1970; :param lat, lon: degrees"""

    mmsi: int
    at: Ints
    lat: Floats
    lon: Floats

    def __len__(self) -> int:
        return len(self.at)

    def key(self, k: int) -> Key:
        """A message of it."""
        return self.mmsi, int(self.at[k]), float(self.lat[k]), float(self.lon[k])

    def between(self, start: int, end: int) -> Way:
        """What was sent from one second to before another."""
        first, last = np.searchsorted(self.at, [start, end])
        return Way(self.mmsi, self.at[first:last], self.lat[first:last], self.lon[first:last])


def ways(traffic: Traffic, numbers: Iterable[int]) -> dict[int, Way]:
    """The ways of these ships, those that were never heard left out. :param numbers: their MMSI"""
    wanted = np.array(sorted(set(numbers)), dtype=np.int64)
    parts: dict[int, list[tuple[Ints, Floats, Floats]]] = {}
    for tracks in traffic.spans():
        for t in np.flatnonzero(np.isin(tracks.mmsi, wanted)).tolist():
            rows = slice(int(tracks.starts[t]), int(tracks.starts[t + 1]))
            at = tracks.at[rows]
            new = (at >= tracks.span[0]) & (at < tracks.span[1])  # others were told by the span before
            if new.any():
                found = (at[new], tracks.lat[rows][new], tracks.lon[rows][new])
                parts.setdefault(int(tracks.mmsi[t]), []).append(found)
    found_ways = {}
    for mmsi in sorted(parts):
        at, lat, lon = (np.concatenate(columns) for columns in zip(*parts[mmsi], strict=True))
        order = np.lexsort((lon, lat, at))
        found_ways[mmsi] = Way(mmsi, at[order], lat[order], lon[order])
    return found_ways
