"""Encounters: meetings of two ships that last, put together over all spans of the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Tracks
from counterflow.findings.tracks.geometry import Floats
from counterflow.findings.tracks.instants import Flags, Instants, at_rest
from counterflow.findings.tracks.meetings import Contacts, Lain, beside, lain, runs
from counterflow.findings.tracks.ships import Key, mean_lon
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Meeting", "meetings"]


@dataclass(frozen=True)
class Meeting:
    """Two ships beside each other.

    :param ships: their MMSI; :param start, end: seconds, of the first and the last slot
    :param together: slots in which both lay there; :param sure: of these, those in which neither is only presumed to
    :param lat, lon: mean place of the first ship
    :param others: ships that have lain there as in a roadstead
    :param messages: the messages between which both lay there, in time order
    """

    ships: tuple[int, int]
    start: int
    end: int
    together: int
    sure: int
    metres: Floats
    lat: float
    lon: float
    others: int
    messages: tuple[Key, ...]

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.end - self.start


_Columns = dict[str, np.ndarray[Any, Any]]


def meetings(traffic: Traffic, dial: Mapping[str, float]) -> Iterator[Meeting]:
    """Every meeting that lasts, in order of ships and time; also those in roadsteads.

    :param dial: slot (minutes), knots, pause (hours), metres, roads (metres), apart, hours, sure (hours), seen (share)
    """
    slot = int(dial["slot"] * 60)
    parts: list[_Columns] = []
    roads: Lain | None = None
    for tracks in traffic.spans():
        rest = at_rest(tracks, slot, dial["knots"], dial["pause"] * HOUR)
        pairs = beside(rest, tracks, dial["metres"])
        here = lain(rest, pairs, tracks, dial["roads"])
        roads = here if roads is None else roads.joined(here)
        parts.append(_pieces(tracks, rest, pairs))
    if roads is None:
        return
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if len(parts) > 1:
        order = np.lexsort((found["slot"], *(found[name] for name in reversed(_PAIR))))
        found = {name: column[order] for name, column in found.items()}
    starts = runs(tuple(found[name] for name in _PAIR), found["slot"], int(dial["apart"] * HOUR) // slot)
    sure = np.append(0, np.cumsum(~found["presumed"]))
    first, last = found["slot"][starts[:-1]], found["slot"][starts[1:] - 1] + 1
    together = np.diff(starts)
    # a meeting is up to a slot longer than what is between its first and its last instant
    long = (last - first + 1) * slot >= dial["hours"] * HOUR
    long &= (together >= dial["seen"] * (last - first)) & (np.diff(sure[starts]) * slot >= dial["sure"] * HOUR)
    for k in np.flatnonzero(long).tolist():
        rows = slice(int(starts[k]), int(starts[k + 1]))
        yield _meeting({name: column[rows] for name, column in found.items()}, slot, roads)


_PAIR = ("one", "one_lane", "other", "other_lane")
_ENDS = ("at", "lat", "lon")


def _pieces(tracks: Tracks, rest: Instants, pairs: Contacts) -> _Columns:
    """What is needed of each contact once the tracks are gone."""
    found: _Columns = {
        "slot": pairs.slot,
        "metres": pairs.metres,
        "lat": rest.lat[pairs.one],
        "lon": rest.lon[pairs.one],
    }
    presumed: Flags = rest.presumed[pairs.one] | rest.presumed[pairs.other]
    found["presumed"] = presumed
    for side, at in (("one", pairs.one), ("other", pairs.other)):
        track, row = rest.track[at], rest.row[at]
        found[side], found[f"{side}_lane"] = tracks.mmsi[track], tracks.lane[track]
        for end, step in (("from", 0), ("to", 1)):
            for name in _ENDS:
                found[f"{side}_{end}_{name}"] = getattr(tracks, name)[row + step]
    return found


def _meeting(rows: _Columns, slot: int, roads: Lain) -> Meeting:
    ships = int(rows["one"][0]), int(rows["other"][0])
    lat, lon = float(rows["lat"].mean()), mean_lon(rows["lon"])
    keys = {
        (ship, *ends)
        for side, ship in zip(("one", "other"), ships, strict=True)
        for end in ("from", "to")
        for ends in zip(*(rows[f"{side}_{end}_{name}"].tolist() for name in _ENDS), strict=True)
    }
    messages = tuple(sorted(keys, key=lambda key: (key[1], key[0], key[2:])))
    return Meeting(
        ships, int(rows["slot"][0]) * slot, int(rows["slot"][-1] + 1) * slot, len(rows["slot"]),
        int((~rows["presumed"]).sum()), rows["metres"], lat, lon, roads.others(lat, lon, ships), messages,
    )  # fmt: skip
