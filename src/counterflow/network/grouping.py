"""Grouping and coding of columns: what graph and register are built with. Compiled where the columns are long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.model import dates

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "COMPILE_FROM", "EPOCH", "FIRST", "LAST", "Bools", "Floats", "Ints", "Smalls", "coded", "coded_texts", "compiled",
    "days", "grouped", "offsets_of", "order_of",
]  # fmt: skip

COMPILE_FROM = 100_000
"""Rows from which compiling is quicker than interpreting; what is compiled is kept on disk."""
FIRST, LAST = -2_000_000, 2_000_000
"""Days for an open beginning and an open end."""
EPOCH = dt.date(1970, 1, 1).toordinal()

Ints = np.ndarray[Any, np.dtype[np.int64]]
Smalls = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


def coded(*columns: pa.ChunkedArray) -> tuple[Any, ...]:
    """The distinct texts of all columns, sorted, and each column as numbers into them."""
    import pyarrow as pa

    joined = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    names, codes = coded_texts(joined)
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return np.array(names, object), *np.split(codes, ends)


def coded_texts(*columns: pa.ChunkedArray) -> tuple[list[str], Smalls]:
    """Sorted distinct texts, and each row as a number into them; several columns joined by U+001F, null is empty."""
    import pyarrow.compute as pc

    parts = [pc.fill_null(column.cast("string"), "") for column in columns]
    texts = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
    combined = texts.combine_chunks().dictionary_encode()
    names = combined.dictionary
    order = pc.sort_indices(names).to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return names.take(order).to_pylist(), rank[combined.indices.to_numpy()]


def days(column: pa.ChunkedArray, absent: int) -> tuple[Smalls, Smalls]:
    """First and last day that each partial date can mean, since 1970-01-01; parsed once for each distinct text."""
    names, codes = coded_texts(column)
    table = np.full((len(names) + 1, 2), absent, np.int32)
    whole, day = _whole_days(names)
    table[:-1][whole] = day[whole, None]
    for n in np.flatnonzero(~whole).tolist():
        table[n] = _day(dates.earliest, names[n], absent), _day(dates.latest, names[n], absent)
    return table[codes, 0], table[codes, 1]


def _whole_days(names: list[str]) -> tuple[Bools, Smalls]:
    """Which texts are a day that exists, written in full, and that day; all at once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(names, pa.string())
    parsed = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    # the thirtieth of February would be taken for a day of March
    same = pc.and_(pc.equal(parsed.cast(pa.string()), texts), pc.greater(texts, "0001"))
    day: Smalls = parsed.cast(pa.int32()).fill_null(0).to_numpy()
    whole: Bools = same.fill_null(False).to_numpy(zero_copy_only=False)
    return whole, day


def _day(widen: Callable[[str], dt.date], text: str, absent: int) -> int:
    return widen(text).toordinal() - EPOCH if text and dates.clean(text) else absent


def grouped(keys: Smalls, size: int) -> tuple[Ints, Ints]:
    """(offsets, rows): rows of key *i* are ``rows[offsets[i]:offsets[i+1]]``, as they came."""
    rows = np.arange(len(keys))
    order: Ints = compiled(_count)(keys, rows, size) if _long(keys) else np.argsort(keys, kind="stable")
    return offsets_of(keys[order], size), order


def order_of(owner: Smalls, test: Smalls, nodes: int, tests: int) -> Ints:
    """Rows in order of owner, then test, then as they came."""
    if not _long(owner):
        found: Ints = np.lexsort((test, owner)).astype(np.int64)
        return found
    count = compiled(_count)
    ordered: Ints = count(owner, count(test, np.arange(len(test)), tests), nodes)
    return ordered


def offsets_of(keys: Smalls, size: int) -> Ints:
    """Where each key 0 to `size` - 1 begins in sorted keys, and the end of the last: one scan."""
    if not _long(keys):
        found: Ints = np.searchsorted(keys, np.arange(size + 1)).astype(np.int64)
        return found
    scanned: Ints = compiled(_scan)(keys, size)
    return scanned


def _long(keys: Smalls) -> bool:
    return len(keys) >= COMPILE_FROM


def _count(keys: Smalls, rows: Ints, size: int) -> Ints:
    """`rows` in order of ``keys[row]``, 0 to `size` - 1, stable: a counting sort."""
    at = np.zeros(size + 1, np.int64)
    for row in rows:
        at[keys[row] + 1] += 1
    for i in range(size):
        at[i + 1] += at[i]
    out = np.empty(len(rows), np.int64)
    for row in rows:
        key = keys[row]
        out[at[key]] = row
        at[key] += 1
    return out


def _scan(keys: Smalls, size: int) -> Ints:
    out = np.empty(size + 1, np.int64)
    at = 0
    for i in range(len(keys)):
        while at <= keys[i]:
            out[at] = i
            at += 1
    while at <= size:
        out[at] = len(keys)
        at += 1
    return out


@cache
def compiled(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, compiled by numba. :param plain: a function of arrays and numbers that plain Python runs as well"""
    import numba

    made: Callable[..., Any] = numba.njit(cache=True)(plain)
    return made
