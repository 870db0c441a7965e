"""A number for each text, of whole columns at once: to find what comes again, where a mistake would cost nothing.

Two different texts share one with a chance of 2⁻⁶⁴. It is no cryptographic hash, so nothing may be lost by two that do:
what rows are (`claims.observed`) is told by one that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Hashes", "hashes", "mixed"]

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ by the golden ratio
_HALF = np.uint64(32)


def hashes(texts: pa.Array) -> Hashes:
    """:param texts: a column of strings; a null is as an empty one"""
    texts = texts.fill_null("") if texts.null_count else texts
    n = len(texts)
    _, starts, data = texts.buffers()
    if not n:
        return np.zeros(0, dtype=np.uint64)
    at = np.frombuffer(starts, dtype=np.int32, count=n + 1, offset=texts.offset * 4).astype(np.int64)
    padded = np.zeros(int(at[-1] - at[0]) + 8, dtype=np.uint8)
    if data is not None and len(padded) > 8:
        padded[:-8] = np.frombuffer(data, dtype=np.uint8, count=len(padded) - 8, offset=int(at[0]))
    # a word of eight bytes begins at every byte
    words = np.lib.stride_tricks.as_strided(padded.view(), (len(padded) - 7, 8), (1, 1))
    at -= at[0]
    lengths = np.diff(at)
    found = mixed(np.zeros(n, dtype=np.uint64), lengths.astype(np.uint64))
    rows, starts_, left = np.arange(n), at[:-1], lengths
    while True:
        more = left > 0
        if not more.all():
            rows, starts_, left = rows[more], starts_[more], left[more]
        if not len(rows):
            return found
        word = words[starts_].view("<u8")[:, 0]
        short = np.maximum(8 - left, 0).astype(np.uint64) * np.uint64(8)
        word &= np.uint64(0xFFFFFFFFFFFFFFFF) >> short  # not the beginning of the next text
        found[rows] = mixed(found[rows], word)
        starts_, left = starts_ + 8, left - 8


def mixed(found: Hashes, word: Hashes) -> Hashes:
    """What was found so far and one word more."""
    out = (found ^ word) * _ODD
    out ^= out >> _HALF
    out *= _ODD
    out ^= out >> _HALF
    return out
