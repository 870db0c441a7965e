"""Rows that are equal in all: numbered, so that they stay apart where equal rows would be taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources.text_hashes import Hashes, hashes, mixed

__all__ = ["Seen", "occurrences"]

Counts = np.ndarray[Any, np.dtype[np.int64]]


class Seen:
    """How many rows of each kind there were in a file so far: sixteen bytes for each kind.

    A kind is known by its hash; of two that share one, a row would be numbered too high, and still be a row.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Hashes, Counts]] = []

    def of(self, kinds: Hashes) -> Counts:
        """Number of rows of each of these kinds."""
        counts = np.zeros(len(kinds), dtype=np.int64)
        for known, many in self._runs:
            at = np.minimum(np.searchsorted(known, kinds), len(known) - 1)
            counts += np.where(known[at] == kinds, many[at], 0)
        return counts

    def add(self, kinds: Hashes, counts: Counts) -> None:
        """More rows. :param kinds: sorted, each once. Runs are merged with those not much longer, so there are few."""
        while len(kinds) and self._runs and len(self._runs[-1][0]) < 4 * len(kinds):
            known, many = self._runs.pop()
            both = np.concatenate([known, kinds])
            order = np.argsort(both, kind="stable")
            both, sums = both[order], np.concatenate([many, counts])[order]
            firsts = np.flatnonzero(np.r_[True, both[1:] != both[:-1]])
            kinds, counts = both[firsts], np.add.reduceat(sums, firsts)
        self._runs += [(kinds, counts)] if len(kinds) else []


def occurrences(columns: Sequence[pa.Array], seen: Seen) -> Counts:
    """For each row, 1 where it is the first of its kind, 2 for the second…

    :param seen: kept from batch to batch
    """
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        text = pc.cast(column, pa.string())
        found = mixed(found, hashes(text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text))
    kinds, codes, sizes = np.unique(found, return_inverse=True, return_counts=True)
    before = seen.of(kinds)
    order = np.argsort(codes, kind="stable")
    firsts = np.cumsum(sizes) - sizes
    counts = np.empty(len(codes), dtype=np.int64)
    counts[order] = np.arange(len(codes)) - np.repeat(firsts, sizes) + 1
    seen.add(kinds, sizes.astype(np.int64))
    return counts + before[codes]
