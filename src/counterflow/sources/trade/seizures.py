"""Seizures: what an authority took, where, how much, and the route it was on. CSV, Parquet or JSON.

Known without a mapping: UNODC's individual drug seizures, and a general table of drugs, counterfeit notes (with serial
or plate), cigarettes (with brand), vehicles (with VIN) or arms under the columns of ``layouts/seizures.yaml``; any
other by a mapping. Quantities arrive in kg, litres or pieces with what was written beside them; rows that are equal in
all are numbered, not merged: small seizures of one day in one place are often alike, and often reported twice. Serials
of notes stay as written; what of them is no serial or plate number is said (`counterflow.model.serials`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model import serials
from counterflow.sources import descriptors
from counterflow.sources.columns import joined
from counterflow.sources.repeats import Seen, occurrences
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_FLOAT = pa.float64()
_NOTES = r"(?i)\b(currency|bank ?notes?|notes|bills)\b"
"""Words of category or goods that tell bank notes."""


class SeizuresReader(TableReader):
    """Reads seizures; options: ``mapping``."""

    name = "seizures"
    descriptor = descriptors.load("seizures")
    inputs = ("shipper", "consignee", "owner")
    made = {  # noqa: RUF012, never written to
        "shipper, consignee, owner": "seizures.companies",
        "quantity, where it is a mass": "seizures.mass",
        "quantity and unit as written": "seizures.quantity_given",
        "number of the row among equal ones": "seizures.repeat",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """The mass, and the number among equal rows."""
        columns = cells.columns
        if "quantity" in columns:
            in_kg = pc.fill_null(pc.equal(columns["unit"], "kg"), False)
            columns["mass"] = pc.if_else(in_kg, columns["quantity"], pa.scalar(None, _FLOAT))
        named = [cells.rows.text(name) for name in self.inputs if cells.has(name)]
        if named:
            blank = [pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text) for text in named]
            columns["companies"] = joined([*([columns["companies"]] if "companies" in columns else []), *blank], "; ")
        _unread(cells)
        columns["repeat"] = pa.array(occurrences([*columns.values(), cells.details], state.setdefault("seen", Seen())))
        places = [name for name in ("country", "place", "lat") if name in columns]
        nowhere = np.ones(len(columns["repeat"]), dtype=bool)
        for name in places:
            nowhere &= np.asarray(pc.is_null(columns[name]))
        cells.note(nowhere, "no place is given")


def _unread(cells: Cells) -> None:
    """Say what of the numbers of seized notes is no serial or plate number."""
    columns = cells.columns
    if "serials" not in columns:
        return
    words = joined([columns[name] for name in ("category", "goods") if name in columns], " ")
    coded = pc.if_else(
        pc.match_substring_regex(words, _NOTES), columns["serials"], pa.scalar(None, pa.string())
    ).dictionary_encode()
    odd = [", ".join(f"'{piece}'" for piece in serials.read(text).odd) for text in coded.dictionary.to_pylist()]
    said = pa.array(
        [f"serials: {pieces} is no serial or plate number" if pieces else None for pieces in odd], pa.string()
    )
    said = said.take(coded.indices)
    cells.note(np.asarray(pc.is_valid(said)), said)


READER = SeizuresReader()
