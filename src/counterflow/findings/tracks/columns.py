"""Positions as columns of numbers, those of a track together and in time order: what every kernel of this package
works on.

A track is what one ship can have sailed. Where the messages of one MMSI cannot all be of one ship (60 knots and one
kilometre for errors of place and clock), they are parted into several tracks: a garbled message is a track of its own,
and so is a second ship that uses the number. What cannot be used is left out and counted, never dropped silently.

Source: ITU-R M.1371-5, table 47 (values that mean "not available"); ITU-R M.585-9 (an MMSI that begins with 2 to 7 is
a ship's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.tracks.geometry import KNOT, METRES_PER_DEGREE, apart, fitting

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FASTEST", "SLACK", "Tracks", "from_rows"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Speeds = np.ndarray[Any, np.dtype[np.float32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

FASTEST = 60 * KNOT
"""Metres a second that no ship sails: the fastest ferries reach 50 knots."""
SLACK = 1000.0
"""Metres by which places of one ship may differ beyond that: clocks are off by a minute, and places by some hundred
m."""
_EARLIEST = 820_454_400
"""1 January 1996: there was no AIS before."""
_ALWAYS = (-(1 << 62), 1 << 62)


@dataclass(frozen=True)
class Tracks:
    """n positions, ordered by ship, track and time.

    :param at: int64[n], seconds since 1970, never falling within a track
    :param lat: float64[n], degrees north; `lon`: degrees east
    :param sog: float32[n], knots, NaN: not said; `cog`: degrees, likewise
    :param starts: int64[tracks + 1]; positions of track t are ``starts[t]:starts[t + 1]``
    :param owner: int32[tracks], number of its ship in `ships`; the tracks of a ship are neighbours
    :param lane: int32[tracks], 0 for a ship's first track, 1 for its second…
    :param ships: int64, MMSI of each ship, rising
    :param span: seconds from, and before, which pieces belong to these tracks and not to another part of the traffic
    :param left_out: reason, in words → positions, or values of them, left out for it
    """

    at: Ints
    lat: Floats
    lon: Floats
    sog: Speeds
    cog: Speeds
    starts: Ints
    owner: Codes
    lane: Codes
    ships: Ints
    span: tuple[int, int] = _ALWAYS
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def track(self) -> Codes:
        """int32[n]: the track of each position."""
        return np.repeat(np.arange(len(self.owner), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def mmsi(self) -> Ints:
        """int64[tracks]: the number each track was sent under."""
        return self.ships[self.owner]

    def within(self, begin: int, end: int) -> Tracks:
        """The same positions, of which only the pieces of a span count."""
        return replace(self, span=(begin, end))


def from_rows(rows: pa.Table) -> Tracks:
    """Tracks of the columns mmsi, at, lat, lon, sog, cog, in any order.

    Left out: numbers that are no ship's, times before there was AIS, places that are none, and rows that repeat a place
    of the same ship and second. Speeds and courses that mean "not available" become NaN.
    """
    left_out: dict[str, int] = {}
    mmsi, at = (_column(rows, name, np.int64, -1) for name in ("mmsi", "at"))
    lat, lon = (_column(rows, name, np.float64, np.nan) for name in ("lat", "lon"))
    kept = np.ones(len(rows), dtype=np.bool_)
    tests = {
        "no MMSI of a ship": (mmsi >= 200_000_000) & (mmsi < 800_000_000),
        "no time since there has been AIS": at >= _EARLIEST,
        "no place on the globe": (np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0),
        "a receiver without a fix: latitude and longitude 0": (lat != 0.0) | (lon != 0.0),
    }
    for reason, good in tests.items():
        if n := int((kept & ~good).sum()):
            left_out[reason] = n
        kept &= good
    sog = _blanked(rows, "sog", 102.25, "speeds that are none", kept, left_out)
    cog = _blanked(rows, "cog", 360.0, "courses that are none", kept, left_out)
    columns = [mmsi, at, lat, lon, sog, cog]
    if not kept.all():
        columns = [column[kept] for column in columns]
    return _arranged(columns, left_out)


def _column(rows: pa.Table, name: str, kind: Any, absent: float) -> np.ndarray[Any, Any]:
    import pyarrow.compute as pc

    column = rows[name]
    if column.null_count:
        column = pc.fill_null(column, absent)
    return np.ascontiguousarray(column.to_numpy(), dtype=kind)


def _blanked(rows: pa.Table, name: str, below: float, reason: str, kept: Flags, left_out: dict[str, int]) -> Speeds:
    values: Speeds = _column(rows, name, np.float32, np.nan)
    odd = kept & ~((values >= 0) & (values < below)) & ~np.isnan(values)
    if n := int(odd.sum()):
        left_out[reason] = n
        values = np.where(odd, np.float32(np.nan), values)
    return values


def _arranged(columns: list[np.ndarray[Any, Any]], left_out: dict[str, int]) -> Tracks:
    import pyarrow as pa

    mmsi, *values = columns
    n = len(mmsi)
    coded = pa.array(mmsi).dictionary_encode()
    found = np.asarray(coded.dictionary, dtype=np.int64)
    rank = np.empty(len(found), dtype=np.int32)
    rank[np.argsort(found)] = np.arange(len(found), dtype=np.int32)
    ship = rank[np.asarray(coded.indices)] if n else np.zeros(0, dtype=np.int32)
    ends = np.zeros(len(found) + 1, dtype=np.int64)
    ends[1:] = np.cumsum(np.bincount(ship, minlength=len(found)))
    values = [*fitting(_by_ship, n)(ship, ends, *values)]
    kept = fitting(_in_order, n)(ends, *values)
    if kept < n:
        left_out["a place told again of the same ship and second"] = n - kept
        values = [column[:kept] for column in values]
    lane, several = fitting(_part, n)(ends, *values[:3])
    starts, owner, lanes = ends, np.arange(len(found), dtype=np.int32), np.zeros(len(found), dtype=np.int32)
    if several:
        ship = np.repeat(owner, np.diff(ends))
        order = np.lexsort((lane, ship))  # stable: in time order within
        ship, lane, *values = (column[order] for column in (ship, lane, *values))
        new = np.flatnonzero((np.diff(ship, prepend=-1) != 0) | (np.diff(lane, prepend=-1) != 0))
        starts, owner, lanes = np.append(new, kept).astype(np.int64), ship[new], lane[new]
    at, lat, lon, sog, cog = values
    return Tracks(at, lat, lon, sog, cog, starts, owner, lanes, np.sort(found), left_out=left_out)


def _by_ship(
    ship: Codes, ends: Ints, at: Ints, lat: Floats, lon: Floats, sog: Speeds, cog: Speeds
) -> tuple[Ints, Floats, Floats, Speeds, Speeds]:
    """The columns ship by ship, in the order they had."""
    n = len(ship)
    place = ends[:-1].copy()
    at_, lat_, lon_ = np.empty(n, np.int64), np.empty(n, np.float64), np.empty(n, np.float64)
    sog_, cog_ = np.empty(n, np.float32), np.empty(n, np.float32)
    for i in range(n):
        k = place[ship[i]]
        place[ship[i]] = k + 1
        at_[k], lat_[k], lon_[k], sog_[k], cog_[k] = at[i], lat[i], lon[i], sog[i], cog[i]
    return at_, lat_, lon_, sog_, cog_


def _in_order(ends: Ints, at: Ints, lat: Floats, lon: Floats, sog: Speeds, cog: Speeds) -> int:
    """Bring the rows of each ship into the order of time, then of place, in the columns themselves; close up those that
    repeat another, and return how many are left. `ends` are then those of what is left."""
    kept, begin = 0, 0
    for s in range(len(ends) - 1):
        end = ends[s + 1]
        for k in range(begin + 1, end):
            if at[k] < at[k - 1]:
                order = begin + np.argsort(at[begin:end], kind="mergesort")
                at[begin:end], lat[begin:end], lon[begin:end] = at[order], lat[order], lon[order]
                sog[begin:end], cog[begin:end] = sog[order], cog[order]
                break
        for k in range(begin + 1, end):  # by place where the second is the same: few, so by insertion
            j = k
            while j > begin and at[j - 1] == at[j] and _after(j - 1, j, lat, lon, sog, cog):
                lat[j - 1], lat[j] = lat[j], lat[j - 1]
                lon[j - 1], lon[j] = lon[j], lon[j - 1]
                sog[j - 1], sog[j] = sog[j], sog[j - 1]
                cog[j - 1], cog[j] = cog[j], cog[j - 1]
                j -= 1
        first = kept
        for k in range(begin, end):
            same = kept > first and at[kept - 1] == at[k] and lat[kept - 1] == lat[k] and lon[kept - 1] == lon[k]
            if not same:
                if kept < k:
                    at[kept], lat[kept], lon[kept], sog[kept], cog[kept] = at[k], lat[k], lon[k], sog[k], cog[k]
                kept += 1
        ends[s + 1] = kept
        begin = end
    return kept


def _after(a: int, b: int, lat: Floats, lon: Floats, sog: Speeds, cog: Speeds) -> bool:
    """Whether a comes after b, of two messages of one second."""
    if lat[a] != lat[b]:
        return bool(lat[a] > lat[b])
    if lon[a] != lon[b]:
        return bool(lon[a] > lon[b])
    if sog[a] != sog[b] and not (np.isnan(sog[a]) and np.isnan(sog[b])):
        return bool(np.isnan(sog[a]) or sog[a] > sog[b])
    return bool(not np.isnan(cog[b]) and (np.isnan(cog[a]) or cog[a] > cog[b]))


def _part(ends: Ints, at: Ints, lat: Floats, lon: Floats) -> tuple[Codes, bool]:
    """The lane of each position, and whether any ship has more than one.

    Of the last eight lanes a message goes to that from whose last place it could be reached, and which is nearest; a
    lane that has not been heard for a while counts as farther off by two metres a second, and one of few messages by
    twenty kilometres over their number. Where no ship could have reached it from any, it begins a new one.
    """
    lane = np.zeros(len(at), dtype=np.int32)
    last = np.zeros(8, dtype=np.int64)
    name = np.zeros(8, dtype=np.int32)
    told = np.zeros(8, dtype=np.int64)
    several = False
    for s in range(len(ends) - 1):
        open_, made = 0, 0
        for i in range(ends[s], ends[s + 1]):
            if open_ == 1:  # nearly always: within reach even if a degree of longitude were as long as on the equator
                b = last[0]
                reach = 0.99 * (SLACK + FASTEST * (at[i] - at[b])) / METRES_PER_DEGREE
                if (lat[i] - lat[b]) ** 2 + (lon[i] - lon[b]) ** 2 <= reach**2:
                    last[0] = i
                    told[0] += 1
                    continue
            best, least = -1, 0.0
            for k in range(open_):
                b = last[k]
                d = apart(lat[b], lon[b], lat[i], lon[i])
                dt = float(at[i] - at[b])
                if d <= SLACK + FASTEST * dt:
                    cost = d + 2.0 * dt + 20_000.0 / told[k]
                    if best < 0 or cost < least:
                        best, least = k, cost
            if best < 0:
                several = several or open_ > 0
                if open_ < 8:
                    best = open_
                    open_ += 1
                else:
                    best = 0
                    for k in range(1, 8):
                        if at[last[k]] < at[last[best]]:
                            best = k
                name[best], told[best] = made, 0
                made += 1
            last[best] = i
            told[best] += 1
            lane[i] = name[best]
    return lane, several
