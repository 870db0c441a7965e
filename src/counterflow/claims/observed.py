"""Bulk rows on their way into the ledger: told apart by content, written as they come, however many they are.

Invariant: equal rows of one dataset and one label are one observation, within a file and across files; what comes again
is counted. A row under another label is another observation: what an audience may not read takes nothing from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
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

Words = np.ndarray[Any, np.dtype[np.uint64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


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
        rows = batch.rows
        if self._wanted is not None:
            rows = rows.filter(self._wanted(table.conform(rows).column("locator")))
        if not len(rows):
            return
        rows = table.told(rows)
        if batch.source_id:  # otherwise the data set is its own source
            cited = pa.repeat(pa.scalar(f"{self._about[1]}:{batch.source_id}", pa.string()), len(rows))
            rows = rows.drop_columns([name for name in ("source_id",) if name in rows.column_names])
            rows = rows.append_column("source_id", cited)
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
        self._order = table.schema.names
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
        rows = pa.concat_tables(self._waiting, promote_options="default").combine_chunks()
        self._waiting = []
        n = len(rows)
        columns = {name: _whole(rows.column(name)) for name in rows.column_names}
        content = _message(self._content, columns, n)
        ids = digest.digests(content, self._salt, compiled=self._rows + n >= digest.MANY)
        self._runs.add(ids.view(np.uint64).reshape(n, -1), self._rows)
        self._rows += n
        self._widen(rows)
        columns["row_id"] = digest.hexadecimal(ids)
        for name, text in (("dataset", self._dataset), ("label_id", self._label_id)):
            columns[name] = _one(text, n)
        cited = columns.get("source_id")
        columns["source_id"] = _one(self._dataset, n) if cited is None else cited.fill_null(self._dataset)
        columns["recorded_at"] = pa.repeat(self._recorded_at, n)
        self._writer.write(pa.table({name: columns[name] for name in self._order if name in columns}))

    def _widen(self, rows: pa.Table) -> None:
        """Keep the span of time of all rows: only earlier rows in it can be equal to one of them."""
        if self._when is None:
            return
        if self._when not in rows.column_names:
            self._undated = True
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


def _message(fields: Sequence[pa.Field], columns: Mapping[str, pa.Array], n: int) -> list[pa.Array]:
    """Content of rows, written so that different rows are written differently, and what is null takes no room.

    Which columns have a value, a bit each in words of 64; the values of those that are not text, a word each; the
    length of each text, a byte each, or 255 where it is longer; the texts; and those longer lengths, a word each.

    :param fields: all of the table's; :param columns: those that have values at all
    """
    bits = np.zeros((n, -(-len(fields) // 64)), dtype=np.uint64)
    words: list[Words] = []
    lengths: list[np.ndarray[Any, Any]] = []
    given: tuple[list[Mask | None], list[Mask | None]] = ([None] * bits.shape[1], [])  # of words, of lengths
    texts: list[pa.Array] = []
    long: dict[int, bytes] = {}
    for k, field in enumerate(fields):
        column = columns.get(field.name)
        if column is None:
            continue
        valid = np.asarray(pc.is_valid(column)) if column.null_count else None
        bit = np.uint64(1 << k % 64)
        bits[:, k // 64] |= bit if valid is None else valid * bit
        if not pa.types.is_string(field.type):
            words.append(_word(column))
            given[0].append(valid)
            continue
        measured = np.asarray(pc.binary_length(pc.fill_null(column, "") if column.null_count else column))
        for i in np.flatnonzero(measured >= _LONG).tolist():
            long[i] = long.get(i, b"") + int(measured[i]).to_bytes(8, "little")
        lengths.append(np.minimum(measured, _LONG).astype(np.uint8))
        given[1].append(valid)
        texts.append(column)
    message = [_side_by_side([*bits.T, *words], given[0])]
    if lengths:
        message += [_side_by_side(lengths, given[1]), *texts]
    if long:
        message.append(pa.array([long.get(i, b"") for i in range(n)], pa.binary()))
    return message


def _side_by_side(columns: Sequence[np.ndarray[Any, Any]], given: Sequence[Mask | None]) -> pa.Array:
    """For each row the bytes of its numbers, those left out that it is not given. :param given: None: all rows are"""
    n = len(columns[0])
    table = np.column_stack(columns)
    counts = np.full(n, len(columns), dtype=np.int32)
    if any(mask is not None for mask in given):
        there = np.column_stack([np.ones(n, dtype=bool) if mask is None else mask for mask in given])
        table, counts = table[there], there.sum(axis=1, dtype=np.int32)
    ends = np.cumsum(counts, dtype=np.int32) * np.int32(columns[0].itemsize)
    offsets = np.concatenate([np.zeros(1, dtype=np.int32), ends])
    data = pa.py_buffer(np.ascontiguousarray(table))
    return pa.Array.from_buffers(pa.binary(), n, [None, pa.py_buffer(offsets), data])


def _word(column: pa.Array) -> Words:
    """Values as 64 bits; zero for null. Minus zero is zero."""
    if pa.types.is_floating(column.type):
        return (np.asarray(pc.fill_null(column, 0.0), dtype=np.float64) + 0.0).view(np.uint64)
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0)).astype(np.int64).view(np.uint64)


def _one(word: str, n: int) -> pa.Array:
    """The same word in all rows, kept once."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int32)), pa.array([word]))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _value(bound: pa.Scalar) -> int:
    return int(bound.value)
