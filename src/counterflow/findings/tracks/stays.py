"""Stays: one ship at rest for hours, put together over all spans of the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Tracks
from counterflow.findings.tracks.geometry import metres
from counterflow.findings.tracks.instants import Instants, at_rest
from counterflow.findings.tracks.meetings import Lain, beside, lain, runs
from counterflow.findings.tracks.ships import Key, mean_lon
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Stay", "stays"]


@dataclass(frozen=True)
class Stay:
    """A ship at rest.

    :param start, end: seconds, of the first and the last slot; :param slots: in which she was at rest, and surely so
    :param lat, lon: mean place; :param reach: metres, how far from it she was at most
    :param others: ships that have lain there as in a roadstead; :param company: ships beside her for some of the time
    :param messages: what she sent about the first slot, the last, and one in each hour between
    """

    mmsi: int
    start: int
    end: int
    slots: int
    lat: float
    lon: float
    reach: float
    others: int
    company: int
    messages: tuple[Key, ...]

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.end - self.start


_Columns = dict[str, np.ndarray[Any, Any]]
_KEY = ("mmsi", "lane")


def stays(traffic: Traffic, dial: Mapping[str, float]) -> Iterator[Stay]:
    """Every stay that lasts, in order of ships and time; also those in roadsteads.

    :param dial: slot (minutes), knots, pause (hours), metres, roads (metres), apart, hours, seen (share)
    """
    slot = int(dial["slot"] * 60)
    parts: list[_Columns] = []
    roads: Lain | None = None
    for tracks in traffic.spans():
        rest = at_rest(tracks, slot, dial["knots"], dial["pause"] * HOUR)
        pairs = beside(rest, tracks, dial["metres"])
        here = lain(rest, pairs, tracks, dial["roads"])
        roads = here if roads is None else roads.joined(here)
        company = np.zeros(len(rest), dtype=np.int64)
        company[pairs.one] = tracks.mmsi[rest.track[pairs.other]]
        company[pairs.other] = tracks.mmsi[rest.track[pairs.one]]
        parts.append(_pieces(tracks, rest, company))
    if roads is None:
        return
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((found["slot"], found["lane"], found["mmsi"]))
    found = {name: column[order] for name, column in found.items()}
    starts = runs((found["mmsi"], found["lane"]), found["slot"], int(dial["apart"] * HOUR) // slot)
    first, last = found["slot"][starts[:-1]], found["slot"][starts[1:] - 1] + 1
    long = (last - first) * slot >= dial["hours"] * HOUR
    long &= np.diff(starts) >= dial["seen"] * (last - first)
    for k in np.flatnonzero(long).tolist():
        rows = slice(int(starts[k]), int(starts[k + 1]))
        yield _stay({name: column[rows] for name, column in found.items()}, slot, roads)


def _pieces(tracks: Tracks, rest: Instants, company: np.ndarray[Any, Any]) -> _Columns:
    sure = ~rest.presumed
    track, row = rest.track[sure], rest.row[sure]
    return {
        "mmsi": tracks.mmsi[track], "lane": tracks.lane[track], "slot": rest.slot[sure], "lat": rest.lat[sure],
        "lon": rest.lon[sure], "company": company[sure],
        **{f"from_{name}": getattr(tracks, name)[row] for name in ("at", "lat", "lon")},
        **{f"to_{name}": getattr(tracks, name)[row + 1] for name in ("at", "lat", "lon")},
    }  # fmt: skip


def _stay(rows: _Columns, slot: int, roads: Lain) -> Stay:
    mmsi = int(rows["mmsi"][0])
    lat, lon = float(rows["lat"].mean()), mean_lon(rows["lon"])
    reach = float(metres(rows["lat"], rows["lon"], lat, lon).max())
    hourly = np.flatnonzero(np.diff(rows["slot"] * slot // HOUR, prepend=-1) != 0)
    told = np.union1d(hourly, [len(rows["slot"]) - 1])
    keys = {
        (mmsi, *ends)
        for end in ("from", "to")
        for ends in zip(*(rows[f"{end}_{name}"][told].tolist() for name in ("at", "lat", "lon")), strict=True)
    }
    company = len(np.unique(rows["company"][rows["company"] > 0]))
    return Stay(
        mmsi, int(rows["slot"][0]) * slot, int(rows["slot"][-1] + 1) * slot, len(rows["slot"]), lat, lon, reach,
        roads.others(lat, lon, (mmsi,)), company, tuple(sorted(keys, key=lambda key: (key[1], key[2:]))),
    )  # fmt: skip
