"""A batch of payments as columns of numbers, from a table of any of the plain types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.errors import UsageError
from counterflow.findings.features.lists import SHIFT, Array

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NEEDED", "Batch", "Texts", "read"]

NEEDED = ("timestamp", "from_account", "to_account", "amount")
MOST = 2.0**53
"""Amounts from here are not exact in floating point any more."""
_SECONDS = 2**32


class Texts(NamedTuple):
    """A column of strings: where each begins, n + 1, and their bytes."""

    begins: Array
    written: Array


class Batch(NamedTuple):
    """n payments in the order of the table.

    :param at: int64, seconds since 1970, shifted; :param amount: float64; :param kept: bool, which can be described
    :param left_out: why the others cannot → which
    """

    from_bank: Texts
    from_account: Texts
    to_bank: Texts
    to_account: Texts
    banks_known: Array
    at: Array
    amount: Array
    kept: Array
    left_out: dict[str, Array]


def read(table: pa.Table | pa.RecordBatch) -> Batch:
    """:param table: timestamp, from_account, to_account, amount; from_bank and to_bank, where there are any; other
        columns are passed over. Times are timestamps (UTC where they name no zone) or whole seconds since 1970
    :raises UsageError: a column is missing or of a type that is no time, text or number
    """
    names = set(table.schema.names)
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise UsageError(f"the table lacks {', '.join(missing)}. Needed: {', '.join(NEEDED)}; it has: "
                         f"{', '.join(table.schema.names)}.")  # fmt: skip
    n = table.num_rows
    sides: list[Texts] = []
    banks_known, there = np.ones(n, dtype=np.bool_), np.ones(n, dtype=np.bool_)
    for name in ("from_bank", "from_account", "to_bank", "to_account"):
        texts, known = _texts(table, name) if name in names else (_no_texts(n), np.zeros(n, dtype=np.bool_))
        sides.append(texts)
        if name.endswith("bank"):
            banks_known &= known
        else:
            there &= known
    at, dated = _times(_plain(table, "timestamp"))
    amount = _amounts(table)
    tests = {
        "no account on one side": there,
        "no time between 1970 and 2105": dated,
        "no amount above zero": (amount > 0) & (amount < MOST),
    }
    kept = np.logical_and.reduce(list(tests.values()))
    left_out: dict[str, Array] = {}
    if not kept.all():
        fine = np.ones(n, dtype=np.bool_)
        for reason, good in tests.items():
            if (fine & ~good).any():
                left_out[reason] = np.flatnonzero(fine & ~good)
            fine &= good
    return Batch(sides[0], sides[1], sides[2], sides[3], banks_known, at, amount, kept, left_out)


def _plain(table: pa.Table | pa.RecordBatch, name: str) -> pa.Array:
    import pyarrow as pa

    column = table.column(name)
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _column(table: pa.Table | pa.RecordBatch, name: str, wanted: pa.DataType) -> pa.Array:
    import pyarrow as pa

    column = _plain(table, name)
    try:
        return column if column.type == wanted else column.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as e:
        raise UsageError(f"column {name} is {column.type}; needed is {wanted} ({str(e).splitlines()[0]})") from None


def _texts(table: pa.Table | pa.RecordBatch, name: str) -> tuple[Texts, Array]:
    """A column of texts, and which are there: neither null nor empty."""
    import pyarrow as pa

    column = _column(table, name, pa.string())
    n = len(column)
    _, starts, data = column.buffers()
    if not n or starts is None:
        return _no_texts(n), np.zeros(n, dtype=np.bool_)
    begins = np.frombuffer(starts, dtype=np.int32, count=n + 1, offset=4 * column.offset)
    written = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    known = begins[1:] > begins[:-1]
    if column.null_count:
        known &= np.asarray(column.is_valid())
    return Texts(_still(begins), _still(written)), known


def _no_texts(n: int) -> Texts:
    return Texts(_still(np.zeros(n + 1, np.int32)), _still(np.zeros(0, np.uint8)))


def _numbers(column: pa.Array, kind: Any) -> tuple[Array, Array | None]:
    """Its numbers, and which are there; None: all."""
    n = len(column)
    _, data = column.buffers()
    valid = np.asarray(column.is_valid()) if column.null_count else None
    if data is None:
        return np.zeros(n, kind), np.zeros(n, dtype=np.bool_)
    return np.frombuffer(data, dtype=kind, count=n, offset=8 * column.offset), valid


def _amounts(table: pa.Table | pa.RecordBatch) -> Array:
    import pyarrow as pa

    numbers, valid = _numbers(_column(table, "amount", pa.float64()), np.float64)
    return numbers.copy() if valid is None else np.where(valid, numbers, np.nan)


def _still(array: Array) -> Array:
    """Read only, as what lies over Arrow's memory is: a kernel is compiled for one of the two."""
    array.setflags(write=False)
    return array


def _times(column: pa.Array) -> tuple[Array, Array]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        per = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
    elif pa.types.is_integer(column.type):
        per, column = 1, column.cast(pa.int64())
    else:
        raise UsageError(f"column timestamp is {column.type}; needed is a timestamp, or whole seconds since 1970")
    numbers, valid = _numbers(column, np.int64)
    at = numbers // per
    good = (at >= 0) & (at < _SECONDS)
    at -= SHIFT
    return at, good if valid is None else good & valid
