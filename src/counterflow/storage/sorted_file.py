"""A Parquet file sorted by one column, written so that a few rows are soon found, and searched without an engine.

The least and greatest values of each row group are read once; a lookup reads the row groups that may hold the value,
one or two of them, whatever the size of the file. The file stays open: whoever reads it goes on reading it when a newer
one has taken its place.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["SortedFile", "write_sorted"]

GROUP = 1 << 14
"""Rows of a row group."""

_UNLIKE = ("value", "original", "locator")
"""Columns of few equal values: no dictionary."""


def write_sorted(batches: Iterable[pa.RecordBatch], schema: pa.Schema, key: str, path: Path) -> None:
    """Write rows that come sorted.

    :param key: a column in no order that rows are looked for by too; each row group has a Bloom filter of it
    """
    schema = pa.schema([field.with_nullable(True) for field in schema])
    coded = [name for name in schema.names if name not in (key, *_UNLIKE)]
    blooms = {key: {"ndv": GROUP, "fpp": 0.01}}
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=coded,
                          store_schema=False, bloom_filter_options=blooms) as file:  # fmt: skip
        for batch in batches:
            waiting.append(batch.cast(schema))
            if sum(map(len, waiting)) >= 8 * GROUP:
                rows = pa.Table.from_batches(waiting, schema)
                whole = len(rows) // GROUP * GROUP
                file.write_table(rows.slice(0, whole), row_group_size=GROUP)
                waiting = rows.slice(whole).to_batches()
        if waiting:
            file.write_table(pa.Table.from_batches(waiting, schema), row_group_size=GROUP)


class SortedFile:
    """:param path: made by `write_sorted`; :param column: text, without nulls, that it is sorted by first"""

    def __init__(self, path: Path, column: str) -> None:
        self.column = column
        self._file = pq.ParquetFile(path, memory_map=True)
        self._lock = threading.Lock()
        self._least: list[str] = []
        self._greatest: list[str] = []
        at = self._file.schema_arrow.get_field_index(column)
        for group in range(self._file.num_row_groups):
            told = self._file.metadata.row_group(group).column(at).statistics
            self._least.append(told.min)
            self._greatest.append(told.max)

    def find(self, values: Iterable[str]) -> pa.Table:
        """Rows that have one of these values in the column, in the file's order."""
        wanted = sorted(set(values))
        groups: set[int] = set()
        for value in wanted:
            groups.update(range(bisect_left(self._greatest, value), bisect_right(self._least, value)))
        with self._lock:  # a file is read by one thread at a time
            rows = self._file.read_row_groups(sorted(groups), use_threads=False)
        return rows.filter(pc.is_in(rows.column(self.column), value_set=pa.array(wanted, pa.string())))
