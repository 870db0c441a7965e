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


def digests(head: Words, texts: Sequence[pa.Array], salt: bytes, *, compiled: bool) -> Bytes:
    """BLAKE2b of each row: its words, little endian, then its texts one after the other.

    The lengths of the texts must be told by the words, or two rows could be written alike.

    :param head: (rows, k) words
    :param texts: columns of strings; a null counts as empty
    :param salt: 16 bytes, BLAKE2's own parameter
    :param compiled: by the kernel; the result is the same
    :returns: (rows, SIZE)
    """
    head = np.ascontiguousarray(head, dtype="<u8")
    n = len(head)
    if compiled:
        from counterflow.storage.blake2 import kernel

        out = np.empty((n, SIZE // 8), dtype=np.uint64)
        kernel(head, *_laid_out(texts, n), np.frombuffer(salt, dtype=np.uint64), out)
        return out.view(np.uint8)
    blake, width = hashlib.blake2b, head.itemsize * head.shape[1]
    tails: list[bytes] = [b""] * n
    if texts:
        filled = [pc.fill_null(text, "").cast(pa.binary()) for text in texts]
        tails = pc.binary_join_element_wise(*filled, b"").to_pylist()
    words = head.tobytes()
    found = [blake(words[i * width : (i + 1) * width] + tail, digest_size=SIZE, salt=salt).digest()
             for i, tail in enumerate(tails)]  # fmt: skip
    return np.frombuffer(b"".join(found), dtype=np.uint8).reshape(n, SIZE)


def _laid_out(texts: Sequence[pa.Array], n: int) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Bytes]:
    """Bytes of all columns in one array, and in it where each text begins and ends: (columns, rows + 1)."""
    offsets = np.zeros((len(texts), n + 1), dtype=np.int64)
    parts, base = [], 0
    for k, column in enumerate(texts):
        _, starts, data = column.buffers()
        if n:
            offsets[k] = np.frombuffer(starts, dtype=np.int32, count=n + 1, offset=column.offset * 4)
        begin, end = int(offsets[k, 0]), int(offsets[k, -1])
        offsets[k] += base - begin
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
