"""Shipments: consignments as declared to customs, invoiced, or written in a bill of lading, one in each row.

Invariant: a consignment without a date, or with neither sender nor receiver, is set aside with its line and field; so
is one whose value, quantity or commodity code cannot be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model.dates import clean
from counterflow.sources import descriptors, tabular
from counterflow.sources.mapping import from_options, plain
from counterflow.sources.reader import Head, Observations, Record

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "shipment_id": ("declaration_id", "bill_of_lading", "bl_number", "consignment_id", "invoice_no"),
    "date": ("declaration_date", "shipment_date", "arrival_date", "invoice_date"),
    "shipper_name": ("shipper", "consignor", "exporter", "exporter_name"),
    "consignee_name": ("consignee", "importer", "importer_name"),
    "vessel_name": ("vessel", "ship_name"),
    "imo": ("imo_number",),
    "origin_country": ("origin", "country_of_origin", "export_country"),
    "dest_country": ("destination_country", "destination", "import_country"),
    "load_port": ("port_of_loading", "pol"),
    "discharge_port": ("port_of_discharge", "pod"),
    "hs_code": ("hs", "hs6", "hs_6", "commodity_code", "tariff_code"),
    "description": ("goods", "goods_description"),
    "quantity": ("net_weight", "weight", "qty"),
    "unit": ("quantity_unit",),
    "value": ("declared_value", "invoice_value", "customs_value"),
    "currency": (),
}
_REQUIRED = ("date",)


class ShipmentsReader:
    """Reads consignments; options: ``mapping``."""

    name = "shipments"
    descriptor = descriptors.load("shipments")

    def recognises(self, head: Head) -> float:
        """Sure where sender, receiver, date and commodity have a column."""
        names = {plain(n) for n in tabular.header_of(head)}
        wanted = ("date", "shipper_name", "consignee_name", "hs_code")
        found = sum(any(plain(n) in names for n in (ours, *_COLUMNS[ours])) for ours in wanted)
        return 0.9 if found == len(wanted) else 0.4 if found == len(wanted) - 1 else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.SHIPMENTS`."""
        mapping = from_options(options, _COLUMNS)
        for rows in tabular.read(path, mapping, _COLUMNS, _REQUIRED):
            table = _shipments(rows)
            yield from rows.rejected()
            if len(table):
                yield Observations("shipments", table)


def _shipments(rows: tabular.Rows) -> pa.Table:
    columns = {name: rows.text(name) for name in _COLUMNS if name not in ("quantity", "value")}
    columns["date"] = _dates(rows, columns["date"])
    nobody = np.asarray(pc.and_(pc.is_null(columns["shipper_name"]), pc.is_null(columns["consignee_name"])))
    rows.refuse(nobody, "shipper_name", "neither sender nor receiver is named", quoting=False)
    for name in ("quantity", "value"):
        columns[name] = rows.number(name)
        rows.refuse(np.asarray(pc.fill_null(pc.less(columns[name], 0.0), False)), name, "is negative")
    for name in ("origin_country", "dest_country"):
        columns[name] = pc.utf8_lower(columns[name])
        _match(rows, name, columns[name], r"^[a-z]{2}$", "is not an ISO 3166 code of two letters")
    columns["hs_code"] = pc.replace_substring_regex(columns["hs_code"], r"[.\s]", "")
    _match(rows, "hs_code", columns["hs_code"], r"^\d{2,12}$", "is not a Harmonized System code of 2 to 12 digits")
    columns["imo"] = pc.replace_substring_regex(columns["imo"], r"^(?i:imo)\s*", "")
    _match(rows, "imo", columns["imo"], r"^\d{7}$", "is not an IMO number of seven digits")
    columns["currency"] = pc.utf8_upper(columns["currency"])
    _match(rows, "currency", columns["currency"], r"^[A-Z]{3}$", "is not a currency code of three letters")
    numbered = pc.cast(pa.array(rows.batch.lines), pa.string())
    columns["shipment_id"] = pc.coalesce(columns["shipment_id"], numbered)
    return rows.table(columns)


def _match(rows: tabular.Rows, name: str, values: pa.Array, pattern: str, reason: str) -> None:
    rows.refuse(~np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern), True)), name, reason)


def _dates(rows: tabular.Rows, texts: pa.Array) -> pa.Array:
    """Partial ISO dates as they are; anything else by the mapping's format."""
    if rows.mapping.timestamp_format is None:
        coded = texts.dictionary_encode()
        read = pa.array([clean(t) for t in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
        wrong = np.asarray(pc.and_(pc.is_null(read), pc.is_valid(texts)))
        rows.refuse(wrong, "date", "is not a date that exists (expected: 2017-09-01, 2017-09 or 2017)")
    else:
        read = pc.strftime(rows.time("date"), format="%Y-%m-%d")
    rows.require("date", read)
    return read


READER = ShipmentsReader()
