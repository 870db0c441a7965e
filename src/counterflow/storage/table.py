"""What a table is: named columns with a type, a unit and a meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

__all__ = ["PROVENANCE", "Column", "Table", "described"]

PROVENANCE = """
dataset text      dataset the row came in with
source_id text    source that the row rests on
locator text      where in the file: row 17, line 240
label_id text     handling label
recorded_at time  when the ledger learnt it
"""
"""Columns that every observation ends with."""

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "int": pa.int64(),
    "small": pa.int8(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "day": pa.int32(),
    "time": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Column:
    """:param type: key of the type table above; ``day`` is days since 1970-01-01; :param doc: meaning and unit"""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Table:
    """:param name: its folder in the workspace; :param key: column that identifies a row"""

    name: str
    doc: str
    key: str
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema; every column may be null except the key."""
        return pa.schema([pa.field(c.name, _TYPES[c.type], nullable=c.name != self.key) for c in self.columns])

    def conform(self, rows: pa.Table) -> pa.Table:
        """`rows` with exactly this table's columns, in order, cast; columns it lacks become null.

        :raises ValueError: a column of `rows` that this table does not know
        """
        told = self.told(rows)
        there = set(told.column_names)
        return pa.table(
            [told.column(f.name) if f.name in there else pa.nulls(len(rows), f.type) for f in self.schema],
            schema=self.schema,
        )

    def told(self, rows: pa.Table) -> pa.Table:
        """`rows` as by `conform`, without the columns that are null throughout; the key stays.

        :raises ValueError: a column of `rows` that this table does not know
        """
        unknown = set(rows.column_names) - set(self.schema.names)
        if unknown:
            raise ValueError(f"table {self.name} has no column {', '.join(sorted(unknown))}")
        n = len(rows)
        columns = {name: rows.column(name) for name in rows.column_names if rows.column(name).null_count < n}
        columns.setdefault(self.key, pa.nulls(n, pa.string()))
        fields = [f for f in self.schema if f.name in columns]
        return pa.table([columns[f.name].cast(f.type) for f in fields], schema=pa.schema(fields))


def described(name: str, doc: str, key: str, columns: str) -> Table:
    """Columns as lines ``name type meaning``."""
    rows = [line.split(None, 2) for line in columns.splitlines() if line.strip()]
    return Table(name, doc, key, tuple(Column(n, t, d) for n, t, d in rows))
