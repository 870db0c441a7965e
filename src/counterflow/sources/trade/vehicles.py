"""Vehicles, one a row: registers, and lists of those stolen, exported or scrapped. CSV, Parquet or JSON.

Known without a mapping: the columns of ``layouts/vehicles.yaml``; any other by a mapping. No real file was at hand. A
column that is the date of a theft or of a registration says by itself what kind of row it is. Rows are bulk (a state
has millions of vehicles), so they are observations; one that matters to a case is an entity by its number as well.

Invariant: a row without a vehicle's number, or with one that cannot be, is set aside with its line and field.

Source: ISO 3779 (the number: seventeen characters, without I, O and Q); older and Japanese chassis numbers are shorter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors
from counterflow.sources.cells import KINDS, standard, typed
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_KINDS = {
    "registered": ("registration", "first registration", "re-registered", "active", "valid", "insured"),
    "stolen": ("theft", "stolen vehicle", "reported stolen", "wanted", "embezzled", "smv"),
    "deregistered": ("de-registered", "cancelled", "deregistration", "withdrawn"),
    "exported": ("export", "exported permanently", "permanent export", "export declaration"),
    "scrapped": ("scrap", "written off", "total loss", "salvage", "destroyed"),
}
"""Kind → what lists write for it. SMV: stolen motor vehicle, Interpol's word."""
_DATED = {"stolen": "stolen", "exported": "exported", "registered": "registered"}
"""Column that only holds a date → the kind of row that it makes."""


class VehiclesReader(TableReader):
    """Reads vehicles; options: ``mapping``."""

    name = "vehicles"
    descriptor = descriptors.load("vehicles")
    inputs = tuple(_DATED)
    made = {", ".join(_DATED): "vehicles.kind, vehicles.date"}  # noqa: RUF012, never written to

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """Numbers in one form, kinds in one word, dates from whichever column has them."""
        rows, columns = cells.rows, cells.columns
        none = pa.nulls(len(rows.batch.rows), pa.string())
        if "vin" in columns:
            written = columns["vin"]
            plain = pc.replace_substring_regex(pc.utf8_upper(written), r"[^0-9A-Z]+", "")
            long = pc.equal(pc.utf8_length(plain), 17)
            for letter, digit in (("I", "1"), ("O", "0"), ("Q", "0")):
                plain = pc.if_else(long, pc.replace_substring(plain, letter, digit), plain)
            same = pc.equal(plain, pc.replace_substring_regex(pc.utf8_upper(written), r"[^0-9A-Z]+", ""))
            misread = np.asarray(pc.fill_null(pc.invert(same), False))
            cells.note(misread, "I, O or Q in the vehicle's number, which has none: read as 1 and 0")
            short = pc.or_(pc.less(pc.utf8_length(plain), 6), pc.invert(pc.match_substring_regex(plain, r"\d")))
            rows.refuse(np.asarray(pc.fill_null(short, False)), "vin", "is no vehicle's number")
            columns["vin"] = plain
        kind, date = columns.get("kind", none), columns.get("date", none)
        for name, word in _DATED.items():
            if cells.has(name):
                found = typed(rows.text(name), "date")
                rows.refuse(found.wrong, name, KINDS["date"][1])
                dated = pc.is_valid(found.values)
                date = pc.coalesce(date, found.values)
                kind = pc.coalesce(kind, pc.if_else(dated, pa.scalar(word, pa.string()), pa.scalar(None, pa.string())))
        rows.require("kind", kind)
        columns |= {"kind": standard(kind, _KINDS), "date": date}


READER = VehiclesReader()
