"""Labels: files that hold only answers, for measuring: accounts of AMLSim's alerts, nodes of its official samples,
classes of the Elliptic data set. CSV, Parquet or JSON.

They arrive in the table `labels`, which no typology reads. Another publisher's answers are read under the columns kind,
record, label, pattern, attempt, detail and step, or by a mapping.
"""

from __future__ import annotations

from typing import Any

from counterflow.sources import descriptors
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_LABELS = ("laundering", "suspicious", "illicit", "licit", "fraud", "clean", "unknown")


class LabelsReader(TableReader):
    """Reads answers; options: ``mapping``."""

    name = "labels"
    descriptor = descriptors.load("labels")

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """A label that is none of the words we know would be counted as none of them: it is set aside."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        strange = ~np.asarray(pc.fill_null(pc.is_in(cells.columns["label"], pa.array(_LABELS)), True))
        cells.rows.refuse(
            strange, "label", f"is none of: {', '.join(_LABELS)}; translate it with `values:` in a mapping"
        )


READER = LabelsReader()
