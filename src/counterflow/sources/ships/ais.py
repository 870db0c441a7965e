"""AIS: ship positions as CSV or Parquet, under the column names that the common publishers use.

Known without a mapping: ours (mmsi, timestamp, lat, lon, sog, cog in any order), MarineCadastre (2009 to 2024 and the
layout since 2025; the tables of vessels and voyages beside the positions of 2009 to 2014 are for `ship_register` and
`ship_events`), the Danish Maritime Authority, the Norwegian Coastal Administration, and obvious variants. A file
that also tells what ships are (call sign, type, size, destination) gives a row of `ship_statics` for each change,
beside the positions.

Of the Danish and the Norwegian layout, and MarineCadastre's of 2009 to 2014 and since 2025, no raw file was at hand:
they are read as they are described.

Invariant: a position that cannot be one (latitude 91, longitude 181, 0/0, an MMSI that has not nine digits) is set
aside; a field whose value means "not available" becomes null.

Source: ITU-R M.1371-5, table 47: sentinel values of latitude (91), longitude (181), speed (102.3), course (360),
heading (511). The Danish columns A to D are distances from the antenna to bow, stern, port and starboard, as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors, tabular
from counterflow.sources.mapping import Mapping, from_options, plain
from counterflow.sources.reader import Head, Record
from counterflow.sources.ships.positions import STATIC, Ships, told

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "timestamp": ("base_date_time", "date_time_utc", "date_time", "time", "ts", "dt", "received_at"),
    "mmsi": ("source_mmsi", "ship_mmsi", "user_id", "vessel_mmsi"),
    "imo": ("imo_number", "ship_imo"),
    "vessel_name": ("name", "ship_name", "shipname"),
    "lat": ("latitude", "lat_dd", "y"),
    "lon": ("longitude", "long", "lng", "lon_dd", "x"),
    "sog": ("speed", "speed_over_ground", "speed_knots", "speed_kn", "sog_kn"),
    "cog": ("course", "course_over_ground", "cog_deg"),
    "heading": ("true_heading", "hdg", "heading_deg"),
    "draught": ("draft", "draught_m"),
    "status": ("navigational_status", "nav_status", "navigation_status"),
    "rot": ("rate_of_turn",),
    "message_type": ("msg_type", "message_id", "message_nr", "type_of_message"),
    "transceiver": ("transceiver_class", "type_of_mobile", "ais_class", "station_type"),
    "fixing_device": ("type_of_position_fixing_device", "position_fixing_device", "epfd"),
    "received_over": ("data_source_type", "receiver_type", "collection_type"),
    "call_sign": (),
    "ship_type": ("vessel_type", "type_of_ship"),
    "cargo_type": ("cargo", "type_of_cargo"),
    "length": ("loa", "ship_length", "vessel_length"),
    "width": ("beam", "ship_width", "breadth"),
    "to_bow": ("a", "size_a", "dim_a", "dimension_a"),
    "to_stern": ("b", "size_b", "dim_b", "dimension_b"),
    "to_port": ("c", "size_c", "dim_c", "dimension_c"),
    "to_starboard": ("d", "size_d", "dim_d", "dimension_d"),
    "destination": ("dest", "reported_destination"),
    "eta": ("estimated_time_of_arrival",),
}
_REQUIRED = ("timestamp", "mmsi", "lat", "lon")
_OF_EVENTS = {"kind", "eventtype", "eventid", "othermmsi"}
_NO_PLACE = "values were not kept: neither positions nor ship statics have such a column"
_DANISH = "%d/%m/%Y %H:%M:%S"
_BOTH = ("timestamp", "mmsi", "imo", "vessel_name", "draught", "transceiver")


class AisReader:
    """Reads ship positions; options: ``mapping``."""

    name = "ais"
    descriptor = descriptors.load("ais")
    fields = {
        " / ".join((ours, *others[:3])): ", ".join(
            f"{table}.{ours}"
            for table in ("positions", "ship_statics")
            if ours in _BOTH or (ours in STATIC) == (table == "ship_statics")
        )
        for ours, others in _COLUMNS.items()
    } | {"any other column": "left out: neither table has such a column; its name and count are listed as set aside"}

    def recognises(self, head: Head) -> float:
        """Sure where an MMSI, a time, a latitude and a longitude have a column; less so where a kind of event has one:
        what ships did has a place as well."""
        names = {plain(n) for n in tabular.header_of(head)}
        if "mmsi" not in names:
            return 0.0
        found = sum(any(plain(n) in names for n in (ours, *_COLUMNS[ours])) for ours in _REQUIRED)
        sure = 0.95 if names.isdisjoint(_OF_EVENTS) else 0.85
        return sure if found == len(_REQUIRED) else 0.3 if found >= 3 else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.POSITIONS` and `SHIP_STATICS`, then one note for each kind of value that
        was left empty, one for repeated messages and one for each column that the tables have no place for."""
        mapping = from_options(options, _COLUMNS)
        ships = Ships()
        for rows in tabular.read(path, mapping, _COLUMNS, _REQUIRED):
            taken = {name for theirs in rows.found.values() for name in theirs}
            for name in rows.batch.rows.column_names:
                if name not in taken and (filled := _filled(rows.batch.rows.column(name))):
                    ships.notes[name, _NO_PLACE] += filled
            yield from ships.read(_dated(rows, mapping))
        yield from told(ships.notes)


def _filled(column: pa.ChunkedArray) -> int:
    """How many of its values say something."""
    texts = pa.types.is_binary(column.type) or pa.types.is_string(column.type)
    found = pc.and_(pc.is_valid(column), pc.greater(pc.binary_length(column), 0)) if texts else pc.is_valid(column)
    return int(pc.sum(found).as_py() or 0)


def _dated(rows: tabular.Rows, mapping: Mapping) -> tabular.Rows:
    """Danish files write day first, and are known by the header ``# Timestamp`` or the column ``Type of mobile``."""
    if mapping.timestamp_format is None and len(rows.batch.rows) and _is_danish(rows):
        rows.mapping = Mapping(**{**vars(mapping), "timestamp_format": _DANISH})
    return rows


def _is_danish(rows: tabular.Rows) -> bool:
    if rows.found.get("timestamp") == ("# Timestamp",):
        return True
    if rows.found.get("transceiver") != ("Type of mobile",):
        return False
    first = rows.batch.rows.column(rows.found["timestamp"][0])[0].as_py()
    text = first.decode(errors="replace") if isinstance(first, bytes) else str(first)
    return text[2:3] == "/" == text[5:6]


READER = AisReader()
