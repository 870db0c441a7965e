"""Traffic: the positions that an audience may read, as tracks, a span of time at a time.

What fits in memory is one span, read once. What does not is read span by span; each takes over from the one before it
the last hours of every ship and the last message of every track, so that a step from one message to the next, however
long, belongs to exactly one span: that of its later message. The rows behind what was found are looked up afterwards,
for only those few are needed with their ids.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Ints, Tracks, from_rows

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["HALO", "Message", "Traffic", "considered"]

HALO = 4 * HOUR
"""Seconds by which pieces at an instant lag behind a span's end: both messages around the instant must be known."""
_EVER = (-(1 << 62), 1 << 62)
MOST = 8_000_000
"""Positions in a span: about 1.2 GB with all that is worked out from them."""

Message = dict[str, Any]
"""A row of positions: row_id, mmsi, imo, vessel_name, at, lat, lon, sog, cog, status."""


def considered(data: Data, begin: int | None = None, end: int | None = None) -> ibis.Table:
    """Positions as numbers: mmsi, at, lat, lon, sog, cog. Null where a row has no number of nine digits.

    :param begin, end: seconds since 1970 from, and before, which rows are wanted
    """
    table = data.table("positions")
    if begin is not None:
        table = table.filter(table.timestamp >= dt.datetime.fromtimestamp(begin, dt.UTC))
    if end is not None:
        table = table.filter(table.timestamp < dt.datetime.fromtimestamp(end, dt.UTC))
    return table.select(
        mmsi=table.mmsi.try_cast("int64"), at=table.timestamp.epoch_seconds().cast("int64"),
        lat=table.lat, lon=table.lon, sog=table.sog, cog=table.cog,
    )  # fmt: skip


class Traffic:
    """:param most: positions in a span, at most, where an hour does not have more than that
    :ivar left_out: reason, in words → positions left out so far for it; whole once all spans were read"""

    def __init__(self, data: Data, most: int = MOST) -> None:
        self._data, self._most = data, most
        self.left_out: Counter[str] = Counter()

    def spans(self) -> Iterator[Tracks]:
        """The tracks, a span of time at a time, in order of time."""
        if len(self._ends) <= 1:
            yield self._whole
            return
        self.left_out.clear()
        carried: pa.Table | None = None
        begin: int | None = None
        for end in self._ends:
            tracks = self._taken(self._data.run(considered(self._data, begin, end)), carried)
            yield tracks.within(_EVER[0] if begin is None else begin, _EVER[1] if end is None else end)
            if end is not None:
                carried = _last(tracks, end - 3 * HALO)
            begin = end

    def rows(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[Message]]:
        """Rows of the positions table by MMSI and second. :param keys: those that are wanted"""
        import ibis
        import pyarrow as pa

        table = self._data.table("positions")
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        asked = pa.table({"m": [str(m) for m, _ in wanted], "t": pa.array([t for _, t in wanted], pa.int64())})
        rows = table.mutate(at=table.timestamp.epoch_seconds().cast("int64"))
        memory = ibis.memtable(asked)
        joined = rows.semi_join(memory, [rows.mmsi == memory.m, rows["at"] == memory.t])
        columns = ("row_id", "mmsi", "imo", "vessel_name", "at", "lat", "lon", "sog", "cog", "status")
        found: dict[tuple[int, int], list[Message]] = {}
        for row in self._data.run(joined.select(*columns).order_by("row_id")).to_pylist():
            found.setdefault((int(row["mmsi"]), row["at"]), []).append(row)
        return found

    @cached_property
    def _whole(self) -> Tracks:
        return self._taken(self._data.run(considered(self._data)), None)

    @cached_property
    def _ends(self) -> list[int | None]:
        """Seconds at which spans end; None: the last has no end."""
        rows = considered(self._data)
        if self._data.run(rows.aggregate(n=rows.count())).to_pydict()["n"][0] <= self._most:
            return [None]
        rows = rows.filter(rows["at"].notnull()).select(hour=rows["at"] // HOUR)
        hours = rows.group_by("hour").agg(n=rows.count())
        ends: list[int | None] = []
        n = 0
        for hour, count in sorted(zip(*self._data.run(hours).to_pydict().values(), strict=True)):
            if n and n + count > self._most:
                ends.append(hour * HOUR)
                n = 0
            n += count
        return [*ends, None]

    def _taken(self, rows: pa.Table, carried: pa.Table | None) -> Tracks:
        import pyarrow as pa

        tracks = from_rows(rows if carried is None else pa.concat_tables([carried, rows], promote_options="permissive"))
        self.left_out.update(tracks.left_out)
        return tracks


def _last(tracks: Tracks, since: int) -> pa.Table:
    """The last message of each track, and all since a second."""
    import pyarrow as pa

    kept = tracks.at >= since
    kept[tracks.starts[1:] - 1] = True
    at: Ints = np.flatnonzero(kept)
    columns = {name: getattr(tracks, name)[at] for name in ("at", "lat", "lon", "sog", "cog")}
    return pa.table({"mmsi": tracks.mmsi[tracks.track[at]], **columns})
