"""AIS: ship positions as CSV or Parquet, under the column names that the common publishers use.

Known without a mapping: ours (mmsi, timestamp, lat, lon, sog, cog in any order), MarineCadastre, the Danish Maritime
Authority, and obvious variants. Invariant: a position that cannot be one (latitude 91, longitude 181, 0/0, an MMSI that
has not nine digits) is set aside; a field whose value means "not available" becomes null.

Source: ITU-R M.1371-5, table 47: sentinel values of latitude (91), longitude (181), speed (102.3), course (360),
heading (511).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors, tabular
from counterflow.sources.columns import Mask
from counterflow.sources.mapping import Mapping, from_options, plain
from counterflow.sources.reader import Head, Observations, Record, Rejected

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "timestamp": ("base_date_time", "date_time_utc", "date_time", "time", "ts", "dt", "received_at"),
    "mmsi": ("source_mmsi", "ship_mmsi", "user_id", "vessel_mmsi"),
    "imo": ("imo_number", "ship_imo"),
    "vessel_name": ("name", "ship_name", "shipname"),
    "lat": ("latitude", "lat_dd", "y"),
    "lon": ("longitude", "long", "lng", "lon_dd", "x"),
    "sog": ("speed", "speed_over_ground", "speed_knots", "speed_kn"),
    "cog": ("course", "course_over_ground", "cog_deg"),
    "heading": ("true_heading", "hdg", "heading_deg"),
    "draught": ("draft", "draught_m"),
    "status": ("navigational_status", "nav_status", "navigation_status"),
}
_REQUIRED = ("timestamp", "mmsi", "lat", "lon")
_DANISH = "%d/%m/%Y %H:%M:%S"


class AisReader:
    """Reads ship positions; options: ``mapping``."""

    name = "ais"
    descriptor = descriptors.load("ais")

    def recognises(self, head: Head) -> float:
        """Sure where an MMSI, a time, a latitude and a longitude have a column."""
        names = {plain(n) for n in tabular.header_of(head)}
        if "mmsi" not in names:
            return 0.0
        found = sum(any(plain(n) in names for n in (ours, *_COLUMNS[ours])) for ours in _REQUIRED)
        return 0.95 if found == len(_REQUIRED) else 0.3 if found >= 3 else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.POSITIONS`, then one note for each kind of value that was left empty and
        one for repeated messages."""
        mapping = from_options(options, _COLUMNS)
        notes: Counter[tuple[str, str]] = Counter()
        for rows in tabular.read(path, mapping, _COLUMNS, _REQUIRED):
            table = _positions(_dated(rows, mapping), notes)
            yield from rows.rejected()
            if len(table):
                yield Observations("positions", table)
        for (field, reason), count in sorted(notes.items()):
            yield Rejected(None, field, f"{count} {reason}")


def _dated(rows: tabular.Rows, mapping: Mapping) -> tabular.Rows:
    """Danish files write day first and say so in their header: ``# Timestamp``."""
    if mapping.timestamp_format is None and rows.found.get("timestamp") == ("# Timestamp",):
        rows.mapping = Mapping(**{**vars(mapping), "timestamp_format": _DANISH})
    return rows


def _positions(rows: tabular.Rows, notes: Counter[tuple[str, str]]) -> pa.Table:
    times = rows.time("timestamp")
    rows.require("timestamp", times)
    mmsi = rows.text("mmsi")
    rows.require("mmsi", mmsi)
    nine = _true(pc.match_substring_regex(mmsi, r"^\d{9}$")) & ~_true(pc.equal(mmsi, "000000000"))
    rows.refuse(~nine, "mmsi", "is not an MMSI of nine digits")
    lat, lon = rows.number("lat"), rows.number("lon")
    for name, values, limit, absent in (("lat", lat, 90.0, "91"), ("lon", lon, 180.0, "181")):
        rows.require(name, values)
        beyond = _true(pc.greater(pc.abs(values), limit))
        rows.refuse(beyond, name, f"is beyond ±{limit:g} degrees ({absent} means not available)")
    origin = _true(pc.and_(pc.equal(lat, 0.0), pc.equal(lon, 0.0)))
    rows.refuse(origin, "lat", "and longitude 0: a receiver without a fix, not a place")

    def bounded(name: str, low: float, below: float, sentinels: tuple[float, ...]) -> pa.Array:
        values = rows.number(name)
        good = _true(pc.and_(pc.greater_equal(values, low), pc.less(values, below)))
        absent = _true(pc.is_in(pc.round(values, 1), pa.array(sentinels)))
        odd = rows.kept & ~good & ~absent & ~np.asarray(pc.is_null(values))
        if odd.any():
            notes[name, f"values outside {low:g} to {below:g} were left empty"] += int(odd.sum())
        return pc.if_else(pa.array(good), values, pa.scalar(None, pa.float64()))

    columns = {
        "timestamp": times, "mmsi": mmsi, "imo": _imo(rows, notes), "vessel_name": rows.text("vessel_name"),
        "lat": lat, "lon": lon, "sog": bounded("sog", 0, 102.25, (102.3, 1023.0)),
        "cog": bounded("cog", 0, 360, (360.0, 3600.0)), "heading": bounded("heading", 0, 360, (511.0,)),
        "draught": bounded("draught", 0.05, 30, (0.0,)), "status": rows.text("status"),
    }  # fmt: skip
    return _once(rows.table(columns), notes)


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))


def _imo(rows: tabular.Rows, notes: Counter[tuple[str, str]]) -> pa.Array:
    text = pc.replace_substring_regex(rows.text("imo"), r"^(?i:imo)\s*", "")
    seven = _true(pc.match_substring_regex(text, r"^\d{7}$")) & ~_true(pc.equal(text, "0000000"))
    unknown = _true(pc.match_substring_regex(text, r"^(?i:0*|unknown|none|n/?a)$"))
    odd = rows.kept & ~seven & ~unknown & ~np.asarray(pc.is_null(text))
    if odd.any():
        notes["imo", "values that have not seven digits were left empty"] += int(odd.sum())
    return pc.if_else(pa.array(seven), text, pa.scalar(None, pa.string()))


def _once(table: pa.Table, notes: Counter[tuple[str, str]]) -> pa.Table:
    """Messages heard by several receivers: the same ship, time and place once, the first. (Ingest merges rows that are
    equal in full across batches.)"""
    keys = ["mmsi", "timestamp", "lat", "lon"]
    at = pa.array(np.arange(len(table)))
    first = table.select(keys).append_column("at", at).group_by(keys).aggregate([("at", "min")]).column("at_min")
    if len(first) == len(table):
        return table
    repeated = "rows repeat a position of the same ship, time and place and were left out"
    notes["timestamp", repeated] += len(table) - len(first)
    return table.take(pa.array(np.sort(np.asarray(first))))


READER = AisReader()
