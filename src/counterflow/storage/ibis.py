"""A scope on any Ibis backend: DuckDB for the default ledger, Spark or PostgreSQL when it is outgrown.

Stages say what they want as Ibis expressions; this is the only place that hands one to an engine.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UnknownName
from counterflow.storage.sorted_file import SortedFile
from counterflow.storage.tables import DERIVED, LEDGER

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.config import Named
    from counterflow.model.handling import Audience, Label
    from counterflow.storage.epoch import Epoch

__all__ = ["IbisScope", "in_force"]


class IbisScope:
    """The reading side for one audience over tables already filtered to what it may read.

    :param connection: an Ibis backend; one thread uses it at a time
    """

    def __init__(self, connection: Any, audience: Audience, labels: Mapping[str, Label]) -> None:
        self.connection = connection
        self.audience = audience
        self.grades: Mapping[str, float] = {}
        self.measures: Named | None = None
        self.epoch: Epoch | None = None
        self._labels = dict(labels)
        self._tables: dict[str, ibis.Table] = {}
        self._files: dict[str, SortedFile] = {}
        self._lock = threading.RLock()

    def labels(self) -> Mapping[str, Label]:
        """label_id → Label, of labels the audience may read."""
        return self._labels

    def _lasting(self) -> contextlib.AbstractContextManager[None]:
        """While the engine looks into files, which a purge takes away."""
        return contextlib.nullcontext() if self.epoch is None else self.epoch.lasting()

    def table(self, name: str) -> ibis.Table:
        """An expression over a ledger or derived table.

        :raises UnknownName: no such table, or a derived one not built yet
        """
        if name not in self._tables:
            raise UnknownName("table", name, self._tables)
        return self._tables[name]

    def run(self, expr: ibis.Table) -> pa.Table:
        """Execute an expression; one at a time. :raises Purged: what it rests on has gone since it was begun"""
        with self._lock, self._lasting():
            found: pa.Table = self.connection.to_pyarrow(expr)
        return found

    def batches(self, expr: ibis.Table) -> Iterator[pa.RecordBatch]:
        """The rows of an expression, some at a time; nothing else may be asked until they are all taken."""
        with self._lock, self._lasting():
            yield from self.connection.to_pyarrow_batches(expr)

    def find(self, name: str, column: str, values: Iterable[str]) -> pa.Table:
        """Rows of a table that have one of these values in a column."""
        file = self._files.get(name)
        if file is not None and file.column == column:
            return file.find(values)
        rows = self.table(name)
        return self.run(rows.filter(rows[column].isin(sorted(set(values)))))

    def scan(self, name: str, path: Path, column: str = "") -> None:
        """Make the rows of a Parquet file available under a table's name; they stay where they are.

        :param column: that a file of `storage.sorted_file` is sorted by; empty: it is none
        """
        self._tables[name] = self.connection.read_parquet(str(path), table_name=f"cf_scan_{name}")
        self._files.pop(name, None)
        if column:
            self._files[name] = SortedFile(path, column)

    def define(self, name: str, expr: ibis.Table) -> None:
        """Make an expression available under a table's name."""
        self._files.pop(name, None)
        self._tables[name] = expr

    def adopt(self, name: str, rows: pa.Table) -> None:
        """Make rows available under a table's name, cast to that table's schema."""
        table = (LEDGER | DERIVED).get(name)
        if table is not None:
            rows = table.conform(rows)
        import ibis

        self._tables[name] = ibis.memtable(rows)


def in_force(claims: ibis.Table, retractions: ibis.Table) -> ibis.Table:
    """Claims not retracted since they were last recorded."""
    last = retractions.group_by("claim_id").agg(retracted_at=retractions.recorded_at.max())
    joined = claims.left_join(last, "claim_id")
    kept = joined.filter(joined.retracted_at.isnull() | (joined.retracted_at < joined.recorded_at))
    return kept.select(*claims.columns)
