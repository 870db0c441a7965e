"""Bulk rows on their way into the ledger: told apart by content, written as they come, however many they are.

Invariant: equal rows of one dataset and one label are one observation, within a file and across files; what comes again
is counted. A row under another label is another observation: what an audience may not read takes nothing from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.claims.runs import Runs
from counterflow.errors import UnknownName
from counterflow.sources.reader import Observations
from counterflow.storage import digest
from counterflow.storage.tables import OBSERVATIONS, Table

if TYPE_CHECKING:
    from counterflow.storage.duckdb import ParquetLedger
    from counterflow.storage.ibis import IbisScope
    from counterflow.storage.ports import Segment

__all__ = ["Observed"]

ROWS = 1 << 16
"""Rows that are worked on together at least: a batch of a few would cost as much."""

_STAMPED = ("dataset", "source_id", "label_id", "recorded_at")
_APART = frozenset({"row_id", "locator", *_STAMPED})
"""What is no part of a row's content; dataset and label count as what all rows of a file share."""

_LONG = 255


class Observed:
    """Observations of one file.

    :param wanted: locators → which rows to take; None: all
    :ivar rows: rows taken; `repeated`: left out since the file has them twice; `known`: since the ledger had them
    """

    def __init__(
        self,
        ledger: ParquetLedger,
        dataset: str,
        label_id: str,
        recorded_at: Any,
        *,
        wanted: Callable[[pa.ChunkedArray], pa.Array] | None = None,
    ) -> None:
        self._about = (ledger, dataset, label_id, recorded_at)
        self._wanted = wanted
        self._tables: dict[str, _Stream] = {}
        self.rows = self.repeated = self.known = 0

    @property
    def distinct(self) -> int:
        """Different observations that the file holds."""
        return self.rows - self.repeated

    def take(self, batch: Observations) -> None:
        """Add a batch. :raises UnknownName: no such table"""
        table = OBSERVATIONS.get(batch.table)
        if table is None:
            raise UnknownName("observation table", batch.table, OBSERVATIONS)
        rows = table.conform(batch.rows)
        if batch.source_id:  # otherwise the data set is its own source
            cited = f"{self._about[1]}:{batch.source_id}"
            at = rows.schema.get_field_index("source_id")
            rows = rows.set_column(at, rows.schema.field(at), pa.repeat(pa.scalar(cited, pa.string()), len(rows)))
        if self._wanted is not None:
            rows = rows.filter(self._wanted(rows.column("locator")))
            if not len(rows):
                return
        self.rows += len(rows)
        if batch.table not in self._tables:
            self._tables[batch.table] = _Stream(table, *self._about)
        self._tables[batch.table].take(rows)

    def finish(self, scope: IbisScope) -> list[Segment]:
        """Segments of what is new, for the casebook to commit. :param scope: what the ledger holds"""
        segments = []
        for _, stream in sorted(self._tables.items()):
            found, known, repeated = stream.finish(scope)
            segments += found
            self.known += known
            self.repeated += repeated
        return segments

    def close(self) -> None:
        """Give open files back; what was not finished is lost."""
        for stream in self._tables.values():
            stream.close()


class _Stream:
    """Rows of one table."""

    def __init__(self, table: Table, ledger: ParquetLedger, dataset: str, label_id: str, recorded_at: Any) -> None:
        self._table, self._ledger, self._dataset, self._label_id = table, ledger, dataset, label_id
        self._recorded_at = pa.scalar(recorded_at, table.schema.field("recorded_at").type)
        self._content = [f for f in table.schema if f.name not in _APART]
        self._when = next((f.name for f in self._content if pa.types.is_timestamp(f.type)), None)
        salt = f"{table.name}\x1f{dataset}\x1f{label_id}"
        self._salt = hashlib.blake2b(salt.encode(), digest_size=digest.SIZE).digest()
        self._writer = ledger.writer(table.name, label_id)
        self._runs = Runs(ledger.folder)
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._span: tuple[Any, Any] | None = None
        self._undated = False

    def take(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        if sum(map(len, self._waiting)) >= ROWS:
            self._write()

    def finish(self, scope: IbisScope) -> tuple[list[Segment], int, int]:
        """Segments, and how many rows the ledger had, and how many came twice."""
        self._write()
        segments = self._writer.close()
        before = 0
        for ids in self._earlier(scope):
            before += len(ids)
            self._runs.add(ids, -before)
        again, known, repeated = self._runs.again(self._rows)
        if known or repeated:
            segments = self._ledger.thinned(segments, ~again)
        return segments, known, repeated

    def close(self) -> None:
        self._runs.close()
        self._writer.abandon()

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting).combine_chunks()
        self._waiting = []
        n = len(rows)
        head, texts = _message([(f, _whole(rows.column(f.name))) for f in self._content], n)
        ids = digest.digests(head, texts, self._salt, compiled=self._rows + n >= digest.MANY)
        self._runs.add(ids.view(np.uint64).reshape(n, -1), self._rows)
        self._rows += n
        self._widen(rows)
        stamps = {"dataset": self._dataset, "label_id": self._label_id}
        columns = {name: rows.column(name) for name in rows.column_names}
        columns["row_id"] = digest.hexadecimal(ids)
        for name, text in stamps.items():  # one word for all rows
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int32)), pa.array([text]))
        cited = rows.column("source_id").fill_null(self._dataset)
        columns["source_id"] = _whole(cited).dictionary_encode()
        columns["recorded_at"] = pa.repeat(self._recorded_at, n)
        self._writer.write(pa.table(columns))

    def _widen(self, rows: pa.Table) -> None:
        """Keep the span of time of all rows: only earlier rows in it can be equal to one of them."""
        if self._when is None:
            return
        column = rows.column(self._when)
        self._undated = self._undated or column.null_count > 0
        found = pc.min_max(column)
        low, high = found["min"], found["max"]
        if low.is_valid:
            known = self._span or (low, high)
            self._span = (min(known[0], low, key=_value), max(known[1], high, key=_value))

    def _earlier(self, scope: IbisScope) -> Iterator[np.ndarray[Any, np.dtype[np.uint64]]]:
        """Ids of earlier rows that may be equal to one of these."""
        rows = scope.table(self._table.name)
        rows = rows.filter(rows.dataset == self._dataset, rows.label_id == self._label_id)
        if self._when is not None:
            when = rows[self._when]
            inside = [when.isnull()] if self._undated else []
            if self._span is not None:
                low, high = (bound.as_py() for bound in self._span)
                inside.append(when.between(low, high))
            if not inside:
                return
            rows = rows.filter(inside[0] | inside[-1])
        for batch in scope.batches(rows.select("row_id")):
            yield digest.words_of(batch.column(0))


def _message(
    columns: Sequence[tuple[pa.Field, pa.Array]], n: int
) -> tuple[np.ndarray[Any, np.dtype[np.uint64]], list[pa.Array]]:
    """Content of rows, written so that different rows are written differently.

    Words: the value of each column that is not text; which columns have a value, a bit each; the length of each text, a
    byte each, or 255 where it is longer, and then all such lengths follow the texts.
    """
    words: list[np.ndarray[Any, Any]] = []
    texts: list[pa.Array] = []
    valid = np.zeros((n, -(-len(columns) // 64) * 64), dtype=bool)
    count = sum(pa.types.is_string(f.type) for f, _ in columns)
    lengths = np.zeros((n, -(-count // 8) * 8), dtype=np.uint8)
    long: dict[int, bytes] = {}
    nth = 0
    for k, (field, column) in enumerate(columns):
        if column.null_count < n:
            valid[:, k] = np.asarray(pc.is_valid(column)) if column.null_count else True
        if not pa.types.is_string(field.type):
            words.append(_word(column))
            continue
        if column.null_count < n:
            measured = np.asarray(pc.fill_null(pc.binary_length(column), 0))
            lengths[:, nth] = np.minimum(measured, _LONG)
            for i in np.flatnonzero(measured >= _LONG).tolist():
                long[i] = long.get(i, b"") + int(measured[i]).to_bytes(8, "little")
            texts.append(pc.fill_null(column, "") if column.null_count else column)
        nth += 1
    if long:
        texts.append(pa.array([long.get(i, b"") for i in range(n)], pa.binary()))
    bits = np.packbits(valid, axis=1, bitorder="little").view(np.uint64)
    return np.column_stack([*words, bits, lengths.view(np.uint64)]), texts


def _word(column: pa.Array) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Values as 64 bits; zero for null. Minus zero is zero."""
    if column.null_count == len(column):
        return np.zeros(len(column), dtype=np.uint64)
    if pa.types.is_floating(column.type):
        return (np.asarray(pc.fill_null(column, 0.0), dtype=np.float64) + 0.0).view(np.uint64)
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0)).astype(np.int64).view(np.uint64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _value(bound: pa.Scalar) -> int:
    return int(bound.value)
