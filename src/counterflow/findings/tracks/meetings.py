"""Meetings: two ships at rest beside each other, instant after instant. A sweep over latitude, exact on every latitude.

Where ships lie as a matter of course is learnt from the traffic: a place where several others have lain alone, or many
together. Two ships beside each other make no roadstead of a place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterflow.findings.tracks.columns import Codes, Tracks
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, Floats, Ints, apart, cells, fitting
from counterflow.findings.tracks.instants import Flags, Instants

__all__ = ["Contacts", "Lain", "beside", "lain", "runs"]


@dataclass(frozen=True)
class Contacts:
    """Pairs of ships at rest within some distance at an instant.

    :param slot: int64; :param one, other: int64, into the instants, `one` of the lower track
    :param metres: float64, how far apart
    """

    slot: Ints
    one: Ints
    other: Ints
    metres: Floats

    def __len__(self) -> int:
        return len(self.slot)


def beside(instants: Instants, tracks: Tracks, within: float) -> Contacts:
    """Every two ships within so many metres of each other at an instant; two tracks of one number are none."""
    owner = tracks.owner[instants.track]
    table = (instants.slot, instants.lat, instants.lon, owner, within)
    kernel = fitting(_beside, len(instants))
    none = np.zeros(0, dtype=np.int64)
    n = kernel(*table, none, none, np.zeros(0))
    one, other, metres = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
    kernel(*table, one, other, metres)
    swapped = instants.track[one] > instants.track[other]
    one, other = np.where(swapped, other, one), np.where(swapped, one, other)
    order = np.lexsort((instants.slot[one], instants.track[other], instants.track[one]))
    one, other = one[order], other[order]
    return Contacts(instants.slot[one], one, other, metres[order])


def _beside(
    slot: Ints, lat: Floats, lon: Floats, owner: Codes, within: float, one: Ints, other: Ints, metres: Floats
) -> int:
    """Fills as much as there is room for, and returns how many there are. Rows are ordered by slot and latitude."""
    n, room, band = 0, len(one), within / METRES_PER_DEGREE * 1.001
    for i in range(len(slot)):
        # a band of longitude that is wide enough on the parallel nearer to the pole
        edge = min(89.99, abs(lat[i]) + band)
        wide = band / np.cos(np.radians(edge)) * 1.001
        for j in range(i + 1, len(slot)):
            if slot[j] != slot[i] or lat[j] - lat[i] > band:
                break
            if owner[i] == owner[j] or abs((lon[j] - lon[i] + 540.0) % 360.0 - 180.0) > wide:
                continue
            d = apart(lat[i], lon[i], lat[j], lon[j])
            if d <= within:
                if n < room:
                    one[n], other[n], metres[n] = i, j, d
                n += 1
    return n


@dataclass(frozen=True)
class Lain:
    """Where ships have lain as in a roadstead. :param size: metres of a cell; :param cell: int64, rising, with the
    `mmsi` of each ship that has lain in it"""

    size: float
    cell: Ints
    mmsi: Ints

    def others(self, lat: float, lon: float, but: tuple[int, ...]) -> int:
        """How many ships have lain in the cell of a place or around it, beside these."""
        here = np.array([lat]), np.array([lon])
        near = {int(cells(*here, self.size, up, right)[0]) for up in (-1, 0, 1) for right in (-1, 0, 1)}
        found: set[int] = set()
        for cell in near:
            begin, end = np.searchsorted(self.cell, [cell, cell + 1])
            found.update(self.mmsi[begin:end].tolist())
        return len(found - set(but))

    def joined(self, other: Lain) -> Lain:
        """What two spans of time know together."""
        return _lain(self.size, np.append(self.cell, other.cell), np.append(self.mmsi, other.mmsi))


def lain(instants: Instants, contacts: Contacts, tracks: Tracks, size: float) -> Lain:
    """Ships that lay alone, or with three or more beside them, by cell of `size` metres."""
    company = np.bincount(contacts.one, minlength=len(instants)) + np.bincount(contacts.other, minlength=len(instants))
    kept: Flags = ((company == 0) | (company >= 3)) & ~instants.presumed
    cell = cells(instants.lat[kept], instants.lon[kept], size)
    return _lain(size, cell, tracks.mmsi[instants.track[kept]])


def _lain(size: float, cell: Ints, mmsi: Ints) -> Lain:
    order = np.lexsort((mmsi, cell))
    cell, mmsi = cell[order], mmsi[order]
    new = np.flatnonzero((np.diff(cell, prepend=-(1 << 62)) != 0) | (np.diff(mmsi, prepend=-1) != 0))
    return Lain(size, cell[new], mmsi[new])


def runs(keys: tuple[Ints | Codes, ...], slot: Ints, hole: int) -> Ints:
    """int64[runs + 1]: where runs of slots begin: another key, or more than `hole` slots left out. Rows are ordered by
    keys and slot."""
    new = np.diff(slot, prepend=-(1 << 62)) > hole + 1
    for key in keys:
        new |= np.diff(key.astype(np.int64), prepend=-1) != 0
    return np.append(np.flatnonzero(new), len(slot)).astype(np.int64)
