"""Calls: where some ships lay, and whether that was a port, as far as traffic, claims and others' events tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.stays import Stay, stays
from counterflow.findings.tracks.steps import silences
from counterflow.findings.tracks.ways import Way, ways

if TYPE_CHECKING:
    from counterflow.findings.sites import Harbours
    from counterflow.findings.typology import Data

__all__ = ["STAYS", "Calls", "calls"]

STAYS: Mapping[str, float] = {"slot": 15, "pause": 4, "apart": 1, "seen": 0.5, "metres": 500, "roads": 3000}
"""Dials of `stays` that hardly matter to where a ship lay."""

Span = tuple[int, int]


@dataclass
class Calls:
    """Of each MMSI its calls and its stays at sea, its silences, as seconds, and its way."""

    ports: dict[str, list[Span]] = field(default_factory=dict)
    sea: dict[str, list[Stay]] = field(default_factory=dict)
    silences: dict[str, list[Span]] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)

    def heard(self, mmsi: str, start: int, end: int) -> bool:
        """Whether the ship was heard before and after."""
        way = self.ways.get(int(mmsi))
        return way is not None and int(way.at[0]) <= start + HOUR and int(way.at[-1]) >= end - HOUR

    def between(self, mmsi: str, start: int, end: int) -> bool:
        """Whether it called at a port in that time."""
        return any(a <= end and b >= start for a, b in self.ports.get(mmsi, ()))

    def lain(self, mmsi: str, start: int, end: int) -> Stay | None:
        """Its longest stay at sea in that time."""
        found = [s for s in self.sea.get(mmsi, ()) if s.start <= end and s.end >= start]
        return max(found, key=lambda s: (s.seconds, s.start), default=None)

    def silent(self, mmsi: str, start: int, end: int) -> int:
        """Seconds of its longest silence in that time; 0: none of the length that counts."""
        return max((b - a for a, b in self.silences.get(mmsi, ()) if a <= end and b >= start), default=0)

    def place(self, mmsi: str, at: int) -> tuple[float, float] | None:
        """Where it was about then."""
        way = self.ways.get(int(mmsi))
        if way is None:
            return None
        k = min(len(way) - 1, int(np.searchsorted(way.at, at)))
        return float(way.lat[k]), float(way.lon[k])


def calls(data: Data, ships: Iterable[str], ports: Harbours, dial: Mapping[str, float]) -> Calls:
    """Where these ships lay.

    :param ships: their MMSI; :param dial: knots, hours, silent (hours), near (nautical miles), ships
    """
    found, wanted = Calls(), set(ships)
    for stay in stays(data.traffic, {**STAYS, "knots": dial["knots"], "hours": dial["hours"]}):
        if str(stay.mmsi) not in wanted:
            continue
        port = ports.nearest(stay.lat, stay.lon)[0] <= dial["near"] * MILE
        if port or stay.others >= dial["ships"]:
            found.ports.setdefault(str(stay.mmsi), []).append((stay.start, stay.end))
        else:
            found.sea.setdefault(str(stay.mmsi), []).append(stay)
    events = data.table("ship_events")
    visits = events.filter((events.kind == "port_visit") & events.mmsi.isin(sorted(wanted)))
    begin, end = (visits[c].epoch_seconds().cast("int64") for c in ("timestamp", "end"))
    for row in data.run(visits.select("mmsi", begin=begin, until=end)).to_pylist():
        found.ports.setdefault(row["mmsi"], []).append((row["begin"], row["until"] or row["begin"]))
    for tracks in data.traffic.spans():
        for i in silences(tracks, dial["silent"] * HOUR).tolist():
            mmsi = str(tracks.mmsi[tracks.track[i]])
            if mmsi in wanted:
                found.silences.setdefault(mmsi, []).append((int(tracks.at[i]), int(tracks.at[i + 1])))
    found.ways = ways(data.traffic, map(int, wanted))
    return found
