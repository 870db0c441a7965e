"""What the tests of table readers share: a file's rows by table, and what was set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from counterflow.sources.reader import Observations, Reader, Rejected
from counterflow.storage.tables import OBSERVATIONS


class Observed:
    """All that a reader observes in a file. Indexed by table it gives the rows, in order."""

    def __init__(self, reader: Reader, path: Path, **options: Any) -> None:
        records = list(reader.read(path, options))
        self.rejected = [r for r in records if isinstance(r, Rejected)]
        self.batches = [r for r in records if isinstance(r, Observations)]

    def table(self, name: str) -> pa.Table:
        """Its rows as the ledger would hold them."""
        return pa.concat_tables(
            [OBSERVATIONS[name].schema.empty_table()]
            + [OBSERVATIONS[name].conform(b.rows) for b in self.batches if b.table == name]
        )

    def __getitem__(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.table(name).to_pylist()
        return rows
