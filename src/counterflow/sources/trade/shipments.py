"""Shipments: consignments as declared to customs, invoiced, or written in a bill of lading, one in each row. CSV,
Parquet or JSON.

Known without a mapping: our own columns and the names that declarations, bills of lading and invoices commonly use;
the Korean customs declarations with their fraud labels (which become rows of `labels`, read by no detector); SIPRI's
arms transfers. Of bills of lading and invoices no real file was at hand.

Invariant: a consignment without a date, or with neither sender nor receiver, is set aside with its line
and field; so is one whose value, quantity or commodity code cannot be one. Quantities arrive in kg, litres or pieces,
with what was written beside them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors
from counterflow.sources.columns import Mask
from counterflow.sources.table import Cells, TableReader
from counterflow.sources.trade.nomenclature import edition, mended

__all__ = ["READER"]

_PARTIES = ("shipper_name", "consignee_name", "shipper_id", "consignee_id")


class ShipmentsReader(TableReader):
    """Reads consignments; options: ``mapping``."""

    name = "shipments"
    descriptor = descriptors.load("shipments")
    made = {  # noqa: RUF012, never written to
        "quantity and unit as written": "shipments.quantity_given",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """A name for each consignment, a party, and what is odd about its figures."""
        rows, columns = cells.rows, cells.columns
        if cells.part.table != "shipments":
            return
        numbered = pc.cast(pa.array(rows.batch.lines), pa.string())  # a file without ids: the line is its name
        # its own number, else that of the paper that it goes under, else the line
        named = [columns[name] for name in ("shipment_id", "bill_of_lading", "invoice") if name in columns]
        columns["shipment_id"] = pc.coalesce(*named, numbered)
        nobody = np.ones(len(numbered), dtype=bool)
        for name in _PARTIES:
            nobody &= np.asarray(pc.is_null(columns[name])) if name in columns else True
        rows.refuse(nobody, "shipper_name", "neither sender nor receiver is named", quoting=False)
        for name in ("net_mass", "gross_mass", "value"):
            if name in columns:
                cells.note(_true(pc.equal(columns[name], 0.0)), f"the {name.replace('_', ' ')} given is zero")
        if "value" in columns:
            bare = pc.is_null(columns["currency"]) if "currency" in columns else pa.array(np.ones(len(nobody), bool))
            cells.note(_true(pc.and_(pc.is_valid(columns["value"]), bare)), "no currency is given")
        if "hs_code" in columns:
            columns["hs_code"], lost, odd = mended(columns["hs_code"])
            cells.note(lost, "the commodity code had lost its leading zero")
            cells.note(odd, "the commodity code has an odd number of digits")
        if "hs_edition" in columns:
            coded = columns["hs_edition"].dictionary_encode()
            read = [edition(word)[1] or word for word in coded.dictionary.to_pylist()]
            columns["hs_edition"] = pa.array(read, pa.string()).take(coded.indices)


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))


READER = ShipmentsReader()
