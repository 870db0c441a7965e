"""Columns of the payments in a file, written to a file.

A Parquet file with our own column names and types is read as columns, in pieces where it is in time order; any other
file by the reader that recognises it, with the user's mapping. What cannot be described is set aside with line, field
and reason, never dropped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from counterflow.errors import InputError, UsageError
from counterflow.findings.features import batch
from counterflow.findings.features.columns import names
from counterflow.findings.features.state import State
from counterflow.findings.features.table import PIECE, metadata
from counterflow.findings.features.turning import COMPILE_FROM, as_table
from counterflow.findings.features.windows import Windows
from counterflow.sources import recognise
from counterflow.sources.reader import Observations, Rejected

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Report", "write"]

_NAMES = ("payment_id", "timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount")


@dataclass
class Report:
    """What was written. :param aside: payments set aside: in `rejected`, where there are any, one a line"""

    file: str
    out: str
    payments: int
    columns: int
    aside: int
    rejected: str | None
    accounts: int
    seconds: float
    left_out: dict[str, int] = field(default_factory=dict)


def write(
    path: Path,
    out: Path,
    windows: Windows,
    *,
    options: dict[str, Any] | None = None,
    progress: Callable[[str, float], None],
) -> Report:
    """Describe every payment of a file, in time order, in a Parquet file: payment_id, then the columns.

    :param options: of the reader: ``{"mapping": FILE}``
    :raises UsageError: the file to be written is there already, or the file has no payments for a reader
    :raises InputError: the file cannot be read at all
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if out.exists():
        raise UsageError(f"{out} exists already. Name a new file, or remove it first.")
    begun = time.monotonic()
    aside = _Aside(out.with_name(out.name + ".rejected.jsonl"))
    named = names(windows)
    schema = pa.schema([("payment_id", pa.string()), *((name, pa.float32()) for name in named)], metadata(windows))
    unfinished = out.with_name(out.name + ".unfinished")
    state, cells = None, np.empty((PIECE, len(named)), np.float32)
    try:
        with pq.ParquetWriter(unfinished, schema, compression="lz4", use_dictionary=["payment_id"]) as writer:
            for piece, first in _pieces(path, options or {}, aside, progress):
                state = state or State(windows, plain=len(piece) < COMPILE_FROM)
                given = batch.read(piece)
                for reason, lost in given.left_out.items():
                    for row in lost.tolist():
                        aside.add(Rejected(None if first is None else first + row + 1, None, reason,
                                           json.dumps(piece.slice(row, 1).to_pylist()[0], default=str)))  # fmt: skip
                table = as_table(state.extend_batch(given, cells), named)
                table = table.add_column(0, schema.field(0), piece["payment_id"].cast(pa.string()))
                table = table.replace_schema_metadata(schema.metadata)
                writer.write_table(table if given.kept.all() else table.filter(pa.array(given.kept)))
        unfinished.rename(out)
    finally:
        unfinished.unlink(missing_ok=True)
        aside.close()
    state = state or State(windows, plain=True)
    return Report(
        str(path), str(out), state.payments, len(named), aside.count, str(aside.path) if aside.count else None,
        state.accounts, round(time.monotonic() - begun, 3), dict(state.left_out),
    )  # fmt: skip


class _Aside:
    """Rows set aside, one JSON object a line; the file is only made where there are any."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file: TextIO | None = None

    def add(self, row: Rejected) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8")
        told = {"line": row.line, "field": row.field, "reason": row.reason, "raw": row.raw}
        self._file.write(json.dumps(told, ensure_ascii=False) + "\n")
        self.count += 1

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _pieces(
    path: Path, options: dict[str, Any], aside: _Aside, progress: Callable[[str, float], None]
) -> Iterator[tuple[pa.Table, int | None]]:
    """Payments in time order, a piece at a time, and the row of the file that each begins with, where it is known."""
    import pyarrow as pa

    plain = None if options else _plain(path)
    if plain is not None and _ordered(plain):
        n, first = plain.metadata.num_rows, 0
        for rows in plain.iter_batches(PIECE, columns=list(_NAMES)):
            progress("payments described", first / n)
            yield pa.Table.from_batches([rows]), first
            first += len(rows)
        return
    whole = plain.read(columns=list(_NAMES)) if plain is not None else _read(path, options, aside, progress)
    at = batch.read(whole)
    order = np.argsort(np.where(at.kept, at.at, np.int64(-(2**62))), kind="stable")
    for begin in range(0, len(order), PIECE):
        progress("payments described", begin / len(order))
        yield whole.take(pa.array(order[begin : begin + PIECE])), None


def _plain(path: Path) -> Any:
    """A Parquet file with our own columns, in types that need no reading."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix != ".parquet" or not path.is_file():
        return None
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        return None  # the readers say what is wrong with it
    schema = file.schema_arrow
    if not set(_NAMES) <= set(schema.names):
        return None
    sound = pa.types.is_timestamp(schema.field("timestamp").type) and pa.types.is_floating(schema.field("amount").type)
    return file if sound else None


def _ordered(file: Any) -> bool:
    last = None
    for rows in file.iter_batches(PIECE, columns=["timestamp"]):
        column = rows.column(0)
        if column.null_count:
            return False
        at = column.cast("timestamp[us]", safe=False).to_numpy(zero_copy_only=False)
        if (at[1:] < at[:-1]).any() or (last is not None and len(at) and at[0] < last):
            return False
        last = at[-1] if len(at) else last
    return True


def _read(path: Path, options: dict[str, Any], aside: _Aside, progress: Callable[[str, float], None]) -> pa.Table:
    """All payments of a file, by its reader."""
    import pyarrow as pa

    reader, place = recognise.chosen(path)
    found: list[pa.Table] = []
    for record in reader.read(place, options):
        if isinstance(record, Rejected):
            aside.add(record)
        elif isinstance(record, Observations) and record.table == "payments":
            given = record.rows
            columns = {n: given[n] if n in given.schema.names else pa.nulls(len(given), pa.string()) for n in _NAMES}
            found.append(pa.table(columns))
            progress(f"{sum(map(len, found)):,} payments read", 0.0)
    if not found:
        raise InputError(f"no payments in it for the reader {reader.name}", file=str(path))
    return pa.concat_tables(found, promote_options="permissive").combine_chunks()
