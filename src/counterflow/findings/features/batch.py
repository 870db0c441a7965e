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
    :param left_out: why the others cannot → how many
    """

    from_bank: Texts
    from_account: Texts
    to_bank: Texts
    to_account: Texts
    banks_known: Array
    at: Array
    amount: Array
    kept: Array
    left_out: dict[str, int]


def read(table: pa.Table | pa.RecordBatch) -> Batch:
    """:param table: timestamp, from_account, to_account, amount; from_bank and to_bank, where there are any; other
        columns are passed over. Times are timestamps (UTC where they name no zone) or whole seconds since 1970
    :raises UsageError: a column is missing or of a type that is no time, text or number
    """
    import pyarrow as pa

    missing = [name for name in NEEDED if name not in table.schema.names]
    if missing:
        raise UsageError(f"the table lacks {', '.join(missing)}. Needed: {', '.join(NEEDED)}; it has: "
                         f"{', '.join(table.schema.names)}.")  # fmt: skip
    n = table.num_rows
    sides: list[Texts] = []
    known = np.ones(n, dtype=np.bool_)
    there = np.ones(n, dtype=np.bool_)
    for name in ("from_bank", "from_account", "to_bank", "to_account"):
        if name in table.schema.names:
            column = _column(table, name, pa.string())
            begins, written, valid = _texts(column)
        else:
            begins, written, valid = _still(np.zeros(n + 1, np.int32)), _still(np.zeros(0, np.uint8)), None
            known[:] = False
        sides.append(Texts(begins, written))
        if valid is not None and name.endswith("bank"):
            known &= valid
        elif valid is not None:
            there &= valid
    at, dated = _times(_plain(table, "timestamp"))
    amounts = _column(table, "amount", pa.float64())
    amount = np.array(amounts.fill_null(np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)
    tests = {
        "no account on one side": there,
        "no time between 1970 and 2105": dated,
        "no amount above zero": (amount > 0) & (amount < MOST),
    }
    kept = np.ones(n, dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, good in tests.items():
        if (lost := int((kept & ~good).sum())) > 0:
            left_out[reason] = lost
        kept &= good
    return Batch(sides[0], sides[1], sides[2], sides[3], known, at, amount, kept, left_out)


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


def _texts(column: pa.Array) -> tuple[Array, Array, Array | None]:
    valid = np.asarray(column.is_valid()) if column.null_count else None
    n = len(column)
    _, starts, data = column.buffers()
    if not n or starts is None:
        return _still(np.zeros(n + 1, np.int32)), _still(np.zeros(0, np.uint8)), valid
    begins = np.frombuffer(starts, dtype=np.int32, count=n + 1, offset=4 * column.offset)
    written = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    return _still(begins), _still(written), valid


def _still(array: Array) -> Array:
    """Read only, as what lies over Arrow's memory is: a kernel is compiled for one of the two."""
    array.setflags(write=False)
    return array


def _times(column: pa.Array) -> tuple[Array, Array]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        per = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
        numbers = column.cast(pa.int64())
    elif pa.types.is_integer(column.type):
        per, numbers = 1, column.cast(pa.int64())
    else:
        raise UsageError(f"column timestamp is {column.type}; needed is a timestamp, or whole seconds since 1970")
    valid = np.asarray(column.is_valid())
    at: np.ndarray[Any, np.dtype[np.int64]] = np.array(numbers.fill_null(0).to_numpy(), dtype=np.int64)
    if per > 1:
        at //= per
    valid &= (at >= 0) & (at < _SECONDS)
    at -= SHIFT
    return at, valid
