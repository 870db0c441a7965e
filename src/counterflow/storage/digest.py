"""Content hashes of many rows at once: BLAKE2b (RFC 7693), the digits that `hashlib.blake2b` gives row by row.

An id that anybody can compute must not be one that anybody can forge: were two different rows to share one, the second
would pass for a repetition of the first and be left out. Hence a cryptographic hash, and not one of the faster kind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["SIZE", "digests", "hexadecimal", "words_of"]

SIZE = 16
"""Bytes of a digest."""

MANY = 150_000
"""Rows of one run from which on loading the compiled kernel (half a second) costs less than it saves."""

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Words = np.ndarray[Any, np.dtype[np.uint64]]


def digests(columns: Sequence[pa.Array], salt: bytes, *, compiled: bool) -> Bytes:
    """BLAKE2b of each row: what its columns hold, one after the other.

    Where one ends and the next begins must be told by what they hold, or two rows could be written alike.

    :param columns: at least one, of strings or bytes; a null counts as empty
    :param salt: 16 bytes, BLAKE2's own parameter
    :param compiled: by the kernel; the result is the same
    :returns: (rows, SIZE)
    """
    n = len(columns[0])
    if compiled:
        from counterflow.storage.blake2 import kernel

        out = np.empty((n, SIZE // 8), dtype=np.uint64)
        kernel(*_laid_out(columns, n), np.frombuffer(salt, dtype=np.uint64), out)
        return out.view(np.uint8)
    blake = hashlib.blake2b
    filled = [pc.fill_null(column.cast(pa.binary()), b"") for column in columns]
    rows = pc.binary_join_element_wise(*filled, b"").to_pylist()
    found = [blake(row, digest_size=SIZE, salt=salt).digest() for row in rows]
    return np.frombuffer(b"".join(found), dtype=np.uint8).reshape(n, SIZE)


def _laid_out(columns: Sequence[pa.Array], n: int) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Bytes]:
    """Bytes of all columns in one array, and in it where each value begins and ends: (rows + 1, columns)."""
    offsets = np.zeros((n + 1, len(columns)), dtype=np.int64)
    parts, base = [], 0
    for k, given in enumerate(columns):
        column = pc.fill_null(given, "" if pa.types.is_string(given.type) else b"") if given.null_count else given
        _, starts, data = column.buffers()
        at = np.frombuffer(starts, dtype=np.int32, count=n + 1, offset=column.offset * 4)
        begin, end = int(at[0]), int(at[-1])
        np.add(at, base - begin, out=offsets[:, k], casting="safe")
        if data is not None:
            parts.append(np.frombuffer(data, dtype=np.uint8, count=end - begin, offset=begin))
        base += end - begin
    return offsets, np.concatenate([*parts, np.zeros(8, dtype=np.uint8)])  # the kernel reads eight at a time


def hexadecimal(digest: Bytes) -> pa.Array:
    """Digests, (rows, size), as text of 2 × size digits."""
    n, size = digest.shape
    pairs = np.frombuffer(b"".join(b"%02x" % i for i in range(256)), dtype=np.uint16)
    offsets = np.arange(n + 1, dtype=np.int32) * (2 * size)
    return pa.Array.from_buffers(pa.string(), n, [None, pa.py_buffer(offsets), pa.py_buffer(pairs[digest])])


def words_of(ids: pa.Array) -> Words:
    """(rows, 2) words of hexadecimal ids of 2 × SIZE digits: the digest again. Ids of another length are left out."""
    ids = ids.filter(pc.equal(pc.binary_length(ids), 2 * SIZE))
    n = len(ids)
    if not n:
        return np.zeros((0, SIZE // 8), dtype=np.uint64)
    _, starts, data = ids.buffers()
    first = int(np.frombuffer(starts, dtype=np.int32, count=1, offset=ids.offset * 4)[0])
    digits = np.frombuffer(data, dtype=np.uint8, count=n * 2 * SIZE, offset=first)
    value = np.zeros(256, dtype=np.uint8)
    for digit in range(16):
        value[ord(f"{digit:x}")] = digit
    half = value[digits].reshape(n * SIZE, 2)
    return ((half[:, 0] << 4) | half[:, 1]).reshape(n, SIZE).view(np.uint64)
