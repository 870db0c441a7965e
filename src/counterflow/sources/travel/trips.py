"""Journeys: who travelled on what passport, from where to where, when, and what was declared. CSV, Parquet or JSON.

Known without a mapping: bookings (passenger name records), passenger lists (advance passenger information), border
crossings and visas, under the columns of ``layouts/trips.yaml``; any other by a mapping. No real file was at hand, nor
should one be without a law that allows it: the default label is narrow, and says so.

Invariant: a journey without a traveller (name or document), or without any time, is set aside with its line and field.

Sources: ICAO Doc 9303 part 4 (kinds of passport), ICAO Doc 9944 and IATA/WCO/ICAO API guidelines (what such tables
hold); Security Council resolutions 2309 and 2396 (their use).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors
from counterflow.sources.cells import standard, typed
from counterflow.sources.columns import joined
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_PASSPORTS = {
    "ordinary": ("p", "pp", "pn", "regular", "national", "tourist", "ordinary passport", "national passport",
                 "regular passport"),
    "service": ("po", "official", "special", "service passport", "official passport", "service/official"),
    "diplomatic": ("pd", "d", "diplomat", "dip", "diplomatic passport"),
}  # fmt: skip
"""Kind of passport → what lists write for it. ``PS`` is left as written: states used it for service, and ICAO's
edition of 2021 for stateless persons."""
_LONGEST = 26 * 3600 * 1_000_000
"""Microseconds that clocks of two places may differ by: what arrives so much before it leaves is an error."""


class TripsReader(TableReader):
    """Reads journeys; options: ``mapping``."""

    name = "trips"
    descriptor = descriptors.load("trips")
    inputs = ("given_name", "family_name")
    made = {  # noqa: RUF012, never written to
        "given_name, family_name": "trips.name",
        "a place that is a country's name": "trips.from_country, trips.to_country",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """One name, one word for a kind of passport, and what cannot be."""
        rows, columns = cells.rows, cells.columns
        none = pa.nulls(len(rows.batch.rows), pa.string())
        parts = [rows.text(name) for name in ("given_name", "family_name") if cells.has(name)]
        if parts:
            columns["name"] = pc.coalesce(columns.get("name", none), joined(parts, " "))
        for end in ("from", "to"):
            if f"{end}_place" in columns:
                place = columns[f"{end}_place"]  # three letters are an airport: CAN is Guangzhou, not Canada
                known = typed(
                    pc.if_else(pc.equal(pc.utf8_length(place), 3), pa.scalar(None, pa.string()), place), "country"
                )
                columns[f"{end}_country"] = pc.coalesce(columns.get(f"{end}_country", none), known.values)
        if "document_type" in columns:
            columns["document_type"] = standard(columns["document_type"], _PASSPORTS)
        if "document" in columns:
            columns["document"] = pc.replace_substring_regex(pc.utf8_upper(columns["document"]), r"[\s.<-]+", "")
        nobody = pc.and_(pc.is_null(columns.get("name", none)), pc.is_null(columns.get("document", none)))
        rows.refuse(np.asarray(nobody), "name", "neither a name nor a document is given", quoting=False)
        never = pa.nulls(len(none), pa.timestamp("us", tz="UTC"))
        left, came = columns.get("departure", never), columns.get("arrival", never)
        timeless = pc.and_(pc.is_null(left), pc.is_null(came))
        rows.refuse(np.asarray(timeless), "departure", "neither departure nor arrival is given", quoting=False)
        ahead = pc.greater(pc.subtract(left.cast(pa.int64()), came.cast(pa.int64())), _LONGEST)
        cells.note(np.asarray(pc.fill_null(ahead, False)), "it arrives before it leaves")
        for name in ("cash", "goods_value"):
            if name in columns:
                rows.refuse(np.asarray(pc.fill_null(pc.less(columns[name], 0.0), False)), name, "is negative")


READER = TripsReader()
