"""Rows that are equal in all: numbered, so that they stay apart where equal rows would be taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["occurrences"]


def occurrences(columns: Sequence[pa.Array], seen: dict[int, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """For each row, 1 where it is the first of its kind, 2 for the second…

    :param seen: kept from batch to batch: hash of a row → how many there were; about 100 bytes for each distinct row
    """
    parts = [pc.fill_null(pc.cast(column, pa.string()), "") for column in columns]
    coded = pc.binary_join_element_wise(*parts, "\x1f").dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    codes = np.asarray(coded.indices, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    firsts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0]) if len(codes) else np.array([], dtype=np.int64)
    sizes = np.diff(np.r_[firsts, len(codes)])
    before = np.zeros(len(coded.dictionary), dtype=np.int64)
    for n, text in enumerate(coded.dictionary.to_pylist()):
        before[n] = seen.get(hash(text), 0)
    counts = np.empty(len(codes), dtype=np.int64)
    counts[order] = np.arange(len(codes)) - np.repeat(firsts, sizes) + 1
    counts += before[codes]
    for text, size in zip(coded.dictionary.to_pylist(), np.bincount(codes, minlength=len(before)), strict=True):
        seen[hash(text)] = seen.get(hash(text), 0) + int(size)
    return counts
