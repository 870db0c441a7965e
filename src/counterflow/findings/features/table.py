"""Columns of a whole table of payments: as a matrix, or as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from counterflow.findings.features import batch
from counterflow.findings.features.lists import Array
from counterflow.findings.features.state import Matrix, State
from counterflow.findings.features.turning import COMPILE_FROM, as_table
from counterflow.findings.features.windows import Windows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COMPILE_FROM", "described", "features", "matrix"]

PIECE = 1_000_000
"""Payments described at once: the more, the less often an account's state is fetched; the fewer, the less memory."""


def features(
    payments: pa.Table, windows: Windows | None = None, *, progress: Callable[[str, float], None] | None = None
) -> pa.Table:
    """What was known of each payment's accounts, pair and surroundings before its own second, as columns.

    In: a table with ``timestamp``, ``from_account``, ``to_account``, ``amount``, and ``from_bank``, ``to_bank``,
    ``payment_id`` where there are any (`batch.read` says of which types); further columns are passed over. Order of
    rows is free. Out: one row for each, in the same order: ``payment_id``, if given, then a float32 column for each of
    `columns(windows)`; null where a column has no value, and in all columns of a payment that cannot be described. How
    many those are, and why, stands in the schema's metadata under ``left_out``, as JSON. Nothing in a row depends on
    later payments, nor on those of its own second; there is neither a time of day nor a payment format among the
    columns, so that a model learns behaviour, not a calendar.

    For a model: ``columns(windows)`` has names and meanings, ``matrix`` the same values without a copy into columns.

    :param windows: default: statistics of one and of seven days, cycles and scatter-gathers of five
    :param progress: told what is done, and the share
    :raises UsageError: a column is missing or of the wrong type
    """
    import json

    import pyarrow as pa

    pieces: list[pa.Table] = []
    state = State(windows, plain=payments.num_rows < COMPILE_FROM)
    order = _time_order(payments)
    for found in described(state, payments if order is None else payments.take(pa.array(order)), progress):
        pieces.append(as_table(found, state.names))
    if not pieces:
        pieces.append(as_table(np.empty((0, len(state.names)), np.float32), state.names))
    table = pa.concat_tables(pieces)
    if order is not None:
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        table = table.take(pa.array(back))
    if "payment_id" in payments.schema.names:
        table = table.add_column(0, "payment_id", payments["payment_id"])
    left_out = json.dumps(state.left_out, sort_keys=True).encode()
    return table.replace_schema_metadata({**metadata(state.windows), b"left_out": left_out})


def matrix(payments: pa.Table, windows: Windows | None = None) -> tuple[Matrix, tuple[str, ...]]:
    """As `features`, as one float32 matrix, NaN for null, and the names of its columns."""
    import pyarrow as pa

    state = State(windows, plain=payments.num_rows < COMPILE_FROM)
    out = np.empty((payments.num_rows, len(state.names)), np.float32)
    order = _time_order(payments)
    for begin in range(0, len(out), PIECE):
        if order is None:
            state.extend(payments.slice(begin, PIECE), out[begin:])
        else:
            rows = order[begin : begin + PIECE]
            out[rows] = state.extend(payments.take(pa.array(rows)))
    return out, state.names


def described(
    state: State, payments: pa.Table, progress: Callable[[str, float], None] | None = None
) -> Iterator[Matrix]:
    """Rows of a table in time order, a piece at a time, each good until the next is asked for."""
    cells = np.empty((min(PIECE, payments.num_rows), len(state.names)), np.float32)
    for begin in range(0, payments.num_rows, PIECE):
        if progress is not None:
            progress("payments described", begin / payments.num_rows)
        yield state.extend(payments.slice(begin, PIECE), cells)


def metadata(windows: Windows) -> dict[bytes, bytes]:
    """What a schema says of its columns: the windows, as JSON."""
    import json
    from dataclasses import asdict

    return {b"windows": json.dumps(asdict(windows)).encode()}


def _time_order(payments: pa.Table) -> Array | None:
    """Rows by time, None where they are so already; those without a time come first."""
    given = batch.read(payments.select([n for n in payments.schema.names if n in batch.NEEDED]))
    at = np.where(given.kept, given.at, np.int64(-(2**62)))
    return None if (at[1:] >= at[:-1]).all() else np.argsort(at, kind="stable")
