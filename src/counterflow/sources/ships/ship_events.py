"""Ship events: encounters, loitering, port visits and gaps as somebody else worked them out. CSV, Parquet or JSON.

Known without a mapping: Global Fishing Watch's encounters, loitering, port visits and AIS-disabling events, tables of
gaps with the positions on both sides, voyages of MarineCadastre (2009 to 2014), and a simulated set with its ground
truth; events of Global Fishing Watch's interface too, as JSON; any other by a mapping. Invariant: an event without a
kind, a time or a ship is set aside; a place that cannot be one is left out, and the row says so.

Of Global Fishing Watch's tables only encounters and shared numbers were at hand; loitering, port visits, AIS disabling,
the interface's JSON and MarineCadastre's voyages follow their public description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors
from counterflow.sources.columns import Mask
from counterflow.sources.mapping import Mapping as Columns
from counterflow.sources.reader import Head, read_head
from counterflow.sources.ships import gfw_events
from counterflow.sources.table import Cells, TableReader
from counterflow.sources.tabular import Batch

__all__ = ["READER"]

_KINDS = {
    "encounter": "encounter", "encounters": "encounter", "rendezvous": "encounter", "sts": "sts_transfer",
    "sts_transfer": "sts_transfer", "loitering": "loitering", "port_visit": "port_visit", "port visit": "port_visit",
    "port": "port_visit", "port_call": "port_visit", "gap": "gap", "gaps": "gap", "ais_off": "gap", "ais off": "gap",
    "disabling": "gap", "go_dark": "gap", "dark": "gap", "reappear": "reappearance", "fishing": "fishing",
    "shared_mmsi": "shared_mmsi", "voyage": "voyage",
}  # fmt: skip
_SHIP = ("mmsi", "imo", "vessel_name", "vessel_id")
_FLOAT = pa.float64()


class ShipEventsReader(TableReader):
    """Reads events of ships; options: ``mapping``."""

    name = "ship_events"
    descriptor = descriptors.load("ship-events")
    made: Mapping[str, str] = {
        **{f"Global Fishing Watch's interface: {', '.join(paths)}": f"ship_events.{ours}"
           for ours, paths in gfw_events.COLUMNS.items()},
        "Global Fishing Watch's interface: regions, boundingBox, authorizations, next port and the rest":
            "ship_events.details",
    }  # fmt: skip

    def header_of(self, head: Head) -> list[str]:
        """Column names; of nested events those that they are brought to."""
        return [*gfw_events.COLUMNS, gfw_events.REST] if gfw_events.is_events(head) else super().header_of(head)

    def header(self, path: Path, mapping: Columns) -> list[str]:
        """Column names of a file."""
        nested = gfw_events.is_events(read_head(path))
        return [*gfw_events.COLUMNS, gfw_events.REST] if nested else super().header(path, mapping)

    def batches(self, path: Path, mapping: Columns, header: list[str]) -> Iterator[Batch]:
        """Its rows, nested ones laid flat."""
        return gfw_events.batches(path) if gfw_events.REST in header else super().batches(path, mapping, header)

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """The kind in our words, a ship, a place and an order in time."""
        rows, columns = cells.rows, cells.columns
        if cells.part.table != "ship_events":
            return
        columns["kind"] = _kind(cells)
        nobody = np.ones(len(rows.batch.rows), dtype=bool)
        for name in _SHIP:
            nobody &= np.asarray(pc.is_null(columns[name])) if name in columns else True
        rows.refuse(nobody, "mmsi", "names no ship: an MMSI has nine digits")
        if "lat" in columns and "lon" in columns:
            origin = _true(pc.and_(pc.equal(columns["lat"], 0.0), pc.equal(columns["lon"], 0.0)))
            cells.note(origin, "latitude and longitude 0: no place")
            for name in ("lat", "lon"):
                columns[name] = pc.if_else(pa.array(origin), pa.scalar(None, _FLOAT), columns[name])
        if "end" in columns:
            cells.note(_true(pc.less(columns["end"], columns["timestamp"])), "it ends before it begins, as written")


def _kind(cells: Cells) -> pa.Array:
    coded = pc.utf8_lower(cells.rows.text("kind")).dictionary_encode()
    words = coded.dictionary.to_pylist()
    odd = pa.array([word not in _KINDS for word in words], pa.bool_()).take(coded.indices)
    cells.note(_true(odd), "the kind of event is as written")
    return pa.array([_KINDS.get(word, word) for word in words], pa.string()).take(coded.indices)


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))


READER = ShipEventsReader()
