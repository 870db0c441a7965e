"""Ids that a file gives twice: to rows that differ, one of which is wrong, or both are parts of one thing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources.columns import Mask
from counterflow.sources.text_hashes import Hashes, hashes

__all__ = ["Ids"]


@dataclass
class Ids:
    """Ids seen so far in a file: eight bytes for each."""

    _runs: list[Hashes] = field(default_factory=list)

    def again(self, ids: pa.Array, rows: pa.Table) -> Mask:
        """Which rows bear an id that an earlier row bears, and are not equal to it in all as far as one batch shows.

        :param ids: ids of the rows, null where there is none; :param rows: the rows as received
        """
        found = np.zeros(len(ids), dtype=bool)
        there = np.flatnonzero(np.asarray(pc.is_valid(ids))) if ids.null_count else None
        numbers = hashes(ids if there is None else ids.take(pa.array(there)))
        ordered = np.sort(numbers)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, ordered), len(run) - 1)
            known = ordered[run[at] == ordered]
            if len(known):
                hit = np.flatnonzero(np.isin(numbers, known))
                found[hit if there is None else there[hit]] = True
        if len(twice):
            hit = np.flatnonzero(np.isin(numbers, twice))
            found |= _after_the_first(rows, ids, hit if there is None else there[hit])
        self._add(ordered)
        return found

    def _add(self, run: Hashes) -> None:
        """Runs are merged with those not much longer, so that there are few."""
        while len(run) and self._runs and len(self._runs[-1]) < 4 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs += [run] if len(run) else []


def _after_the_first(rows: pa.Table, ids: pa.Array, at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Mask:
    """Which of some rows have an id that one of them has before, and differ from all before."""
    found = np.zeros(len(ids), dtype=bool)
    known: set[str] = set()
    seen: set[tuple[object, ...]] = set()
    columns = [column.take(at).to_pylist() for column in rows.columns]
    for n, id, row in zip(at.tolist(), ids.take(at).to_pylist(), zip(*columns, strict=True), strict=True):
        found[n] = id in known and row not in seen
        known.add(id)
        seen.add(row)
    return found
