"""Seizures: what an authority took, where, how much, and the route it was on. CSV, Parquet or JSON.

Known without a mapping: UNODC's individual drug seizures, and a general table of drugs, counterfeit notes (with serial
or plate), cigarettes (with brand), vehicles (with VIN) or arms under the columns of ``layouts/seizures.yaml``; any
other by a mapping. Quantities arrive in kg, litres or pieces with what was written beside them; rows that are equal in
all are numbered, not merged: small seizures of one day in one place are often alike, and often reported twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import descriptors
from counterflow.sources.repeats import Seen, occurrences
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_FLOAT = pa.float64()


class SeizuresReader(TableReader):
    """Reads seizures; options: ``mapping``."""

    name = "seizures"
    descriptor = descriptors.load("seizures")
    made = {  # noqa: RUF012, never written to
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
        columns["repeat"] = pa.array(occurrences([*columns.values(), cells.details], state.setdefault("seen", Seen())))
        places = [name for name in ("country", "place", "lat") if name in columns]
        nowhere = np.ones(len(columns["repeat"]), dtype=bool)
        for name in places:
            nowhere &= np.asarray(pc.is_null(columns[name]))
        cells.note(nowhere, "no place is given")


READER = SeizuresReader()
