"""Outside: messages heard as often as near a receiver, from where no receiver has ever heard another ship."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Tracks
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, Floats, Ints, cells, metres
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Outside", "outside"]


@dataclass(frozen=True)
class Outside:
    """A stretch of a track. :param metres: to the nearest place where others were heard
    :param every: seconds between messages, median; :param messages: at most forty, first and last among them"""

    mmsi: int
    start: int
    end: int
    lat: float
    lon: float
    metres: float
    every: float
    count: int
    messages: tuple[Key, ...]


def outside(
    traffic: Traffic, away: float, size: float, every: float, hours: float, ships: int, known: float
) -> Iterator[Outside]:
    """Stretches of `hours` or more, heard every so many seconds in the median, `away` metres or more from any cell in
    which two or more ships were heard.

    Nothing where there are not so many `ships` to learn the receivers' reach from, or where less than the share
    `known` of the cells that ships were heard in, counted for each ship, are such: then ships are few and far apart
    anyway.

    :param size: metres of a cell
    """
    parts = [_cells(tracks, size) for tracks in traffic.spans()]
    if not parts:
        return
    cell, mmsi, lat, lon = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if len(np.unique(mmsi)) < ships:
        return
    order = np.lexsort((mmsi, cell))
    cell, mmsi, lat, lon = (column[order] for column in (cell, mmsi, lat, lon))
    new = np.diff(cell, prepend=-(1 << 62)) != 0
    begins = np.flatnonzero(new)
    several = np.add.reduceat(new | (np.diff(mmsi, prepend=-1) != 0), begins) > 1 if len(begins) else begins
    shared = lat[begins][several], lon[begins][several]
    told = np.diff(np.append(begins, len(cell)))
    if not len(shared[0]) or told[several].sum() < known * told.sum():
        return
    lonely = set(cell[begins][~several].tolist())
    far = _far(lonely, cell[begins], lat[begins], lon[begins], shared, away + size)
    for tracks in traffic.spans():
        yield from _stretches(tracks, size, far, every, hours)


def _cells(tracks: Tracks, size: float) -> tuple[Ints, Ints, Floats, Floats]:
    """Each cell that a ship was heard in, once, and a place of hers in it."""
    cell, mmsi = cells(tracks.lat, tracks.lon, size), tracks.mmsi[tracks.track]
    new = np.flatnonzero((np.diff(cell, prepend=-(1 << 62)) != 0) | (np.diff(mmsi, prepend=-1) != 0))
    order = new[np.lexsort((tracks.at[new], mmsi[new], cell[new]))]
    once = (np.diff(cell[order], prepend=-(1 << 62)) != 0) | (np.diff(mmsi[order], prepend=-1) != 0)
    kept = order[once]
    return cell[kept], mmsi[kept], tracks.lat[kept], tracks.lon[kept]


def _far(
    lonely: set[int], cell: Ints, lat: Floats, lon: Floats, shared: tuple[Floats, Floats], away: float
) -> dict[int, float]:
    """Of lonely cells those that lie so far from every shared one, with how far."""
    found: dict[int, float] = {}
    order = np.argsort(shared[0], kind="stable")
    lats, lons = shared[0][order], shared[1][order]
    for k in np.flatnonzero(np.isin(cell, list(lonely))).tolist():
        band = 3 * away / METRES_PER_DEGREE
        begin, end = np.searchsorted(lats, [lat[k] - band, lat[k] + band])
        way = metres(lats[begin:end], lons[begin:end], float(lat[k]), float(lon[k]))
        nearest = float(way.min()) if end > begin else 3 * away
        if nearest >= away:
            found[int(cell[k])] = nearest
    return found


def _stretches(tracks: Tracks, size: float, far: dict[int, float], every: float, hours: float) -> Iterator[Outside]:
    cell = cells(tracks.lat, tracks.lon, size)
    inside = np.isin(cell, list(far))
    edge = np.flatnonzero(np.diff(inside, prepend=False) | (np.diff(tracks.track, prepend=-1) != 0))
    for begin, end in zip(edge.tolist(), [*edge[1:].tolist(), len(tracks)], strict=True):
        if not inside[begin] or end - begin < 5:
            continue
        at = tracks.at[begin:end]
        steps = float(np.median(np.diff(at)))
        if at[-1] - at[0] < hours * HOUR or steps > every or not tracks.span[0] <= at[-1] < tracks.span[1]:
            continue
        mmsi = int(tracks.mmsi[tracks.track[begin]])
        few = np.unique(np.linspace(begin, end - 1, 40).astype(np.int64)).tolist()
        keys = tuple((mmsi, int(tracks.at[k]), float(tracks.lat[k]), float(tracks.lon[k])) for k in few)
        middle = (begin + end) // 2
        yield Outside(
            mmsi, int(at[0]), int(at[-1]), float(tracks.lat[middle]), float(tracks.lon[middle]),
            min(far[int(c)] for c in np.unique(cell[begin:end]).tolist()), steps, end - begin, keys,
        )  # fmt: skip
