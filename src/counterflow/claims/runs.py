"""Which of very many ids come again: sorted runs in a temporary file, compared range by range.

Invariant: memory does not grow with the number of ids but for one byte each; what is told again is told by all of its
bits, never by a part of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

__all__ = ["Runs"]

RUN = 1 << 20
"""Ids of one run: 24 MiB."""

_ID = np.dtype([("a", "<u8"), ("b", "<u8"), ("at", "<i8")])

RANGES = 1 << 12
_EDGES = np.array([(k << 64) // RANGES for k in range(RANGES)], dtype=np.uint64)

Ids = np.ndarray[Any, Any]
Cuts = np.ndarray[Any, np.dtype[np.int64]]


class Runs:
    """Ids with the place of each. :param folder: where the temporary file may lie; it has no name there"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._cuts: list[Cuts] = []  # of each run in the file: where each range of ids begins in the file
        self._last: list[Ids] = []
        self._waiting = self._written = 0

    def add(self, words: np.ndarray[Any, np.dtype[np.uint64]], first: int) -> None:
        """:param words: (n, 2); :param first: place of the first, the others follow; below zero: known before"""
        ids = np.empty(len(words), dtype=_ID)
        ids["a"], ids["b"] = words[:, 0], words[:, 1]
        ids["at"] = np.arange(first, first + len(words))
        self._last.append(ids)
        self._waiting += len(ids)
        if self._waiting >= RUN:
            self._spill()

    def again(self, n: int) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], int, int]:
        """Of the places 0 to n: which ids stand at an earlier place too.

        :returns: mask of n; how many different ids among these were known before; how many come again among the new
        """
        again = np.zeros(n, dtype=bool)
        known = repeated = 0
        for ids in self._ranges():
            few = _alike(ids)
            if not len(few):
                continue
            begins = np.r_[True, (few["a"][1:] != few["a"][:-1]) | (few["b"][1:] != few["b"][:-1])]
            later = ~begins & (few["at"] >= 0)
            again[few["at"][later]] = True
            before = np.roll(few["at"], 1)[later]
            known += int((before < 0).sum())
            repeated += int((before >= 0).sum())
        return again, known, repeated

    def close(self) -> None:
        """Give the file back."""
        self._last = []
        if self._file is not None:
            self._file.close()

    def _sorted(self) -> Ids:
        ids = np.concatenate([*self._last, np.empty(0, dtype=_ID)])
        self._last, self._waiting = [], 0
        order = np.argsort(np.ascontiguousarray(ids["a"]))
        words = ids.view(np.uint64).reshape(-1, 3)  # numpy takes rows of words seven times as fast as records
        return np.take(words, order, axis=0).view(_ID).reshape(-1)

    def _spill(self) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115, lives as long as this
        ids = self._sorted()
        self._file.write(ids.data)
        self._cuts.append(self._written + _cut(ids))
        self._written += len(ids)

    def _ranges(self) -> Iterator[Ids]:
        """All ids, those of one range of values after those of another; about `RUN` at once."""
        last = self._sorted()
        if self._file is None:
            yield last
            return
        self._file.flush()
        own = _cut(last)
        step = max(1, RANGES * RUN // (self._written + len(last)))
        for low in range(0, RANGES, step):
            high = min(low + step, RANGES)
            pieces = [last[own[low] : own[high]]]
            for cuts in self._cuts:
                self._file.seek(int(cuts[low]) * _ID.itemsize)
                wanted = self._file.read(int(cuts[high] - cuts[low]) * _ID.itemsize)
                pieces.append(np.frombuffer(wanted, dtype=_ID))
            yield np.concatenate(pieces)


def _cut(ids: Ids) -> Cuts:
    """Where each range begins in sorted ids, and the end."""
    return np.append(np.searchsorted(ids["a"], _EDGES), len(ids)).astype(np.int64)


def _alike(ids: Ids) -> Ids:
    """Those whose first half is shared, by id and place."""
    halves = np.ascontiguousarray(ids["a"])  # side by side, a processor sorts them many at once
    sorted_ = np.sort(halves)
    shared = sorted_[1:][sorted_[1:] == sorted_[:-1]]
    if not len(shared):
        return ids[:0]
    ids = ids[np.isin(halves, shared)]
    return ids[np.lexsort((ids["at"], ids["b"], ids["a"]))]
