"""Trying again what was set aside, after a mapping or a reader has been mended.

The original is read once more. Of a complete list all of it counts, as with any edition; of a log (payments, positions)
only the rows that had been set aside, since the others are in the ledger as they were read then and would stand there
twice if a new mapping reads them differently. What is still not understood stays in quarantine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from counterflow.claims.quarantine import line_of

if TYPE_CHECKING:
    from counterflow.claims.builder import Builder

__all__ = ["Retry", "in_force", "retries"]


@dataclass(frozen=True)
class Retry:
    """:param batch: whose rows are tried again; :param lines: those lines only, None: the whole file;
    :param onward: and every line from this one on, where the rest of the file had not been read"""

    batch: int
    lines: frozenset[int] | None = None
    onward: int | None = None

    def narrow(self, builder: Builder) -> None:
        """Leave in a builder only claims that stand on these lines."""
        if self.lines is not None:
            builder.keep(self.wanted)
            builder.quarantine.narrow(lambda q: q.line is None or self._has(q.line))

    def wanted(self, locators: pa.ChunkedArray) -> pa.Array:
        """Which of these places stand on the lines."""
        return pa.array(
            np.array(
                [self.lines is None or self._has(line_of(text or "")) for text in locators.to_pylist()], dtype=bool
            )
        )

    def _has(self, line: int | None) -> bool:
        assert self.lines is not None
        return line is not None and (line in self.lines or (self.onward is not None and line >= self.onward))


def retries(batches: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], dataset: str) -> list[Retry]:
    """What there is to try again of a dataset, oldest first. :param rows: quarantine in force, see `in_force`"""
    complete = {b["batch_id"]: b["descriptor"]["complete"] for b in batches}
    found = []
    for batch in sorted({row["batch_id"] for row in rows if row["dataset"] == dataset}):
        mine = [row for row in rows if row["batch_id"] == batch]
        if complete[batch]:
            found.append(Retry(batch))
            continue
        lines = frozenset(row["line"] for row in mine if row["line"] is not None)
        unread = [row["line"] for row in mine if row["line"] is not None and not row["raw"] and row["field"] is None]
        found.append(Retry(batch, lines, min(unread, default=None)))
    return found


def in_force(batches: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Quarantined rows that still wait: not those tried again since, nor those of an edition that is not in force.

    :param batches: those that the asker may read, oldest first
    """
    over: set[int] = set()
    standing: dict[str, int] = {}
    for batch in batches:
        number, described = batch["batch_id"], batch["descriptor"]
        if described.get("retries") is not None:
            over.add(described["retries"])
        if described["complete"]:
            if described.get("archived"):
                over.add(number)
                continue
            if batch["dataset"] in standing:
                over.add(standing[batch["dataset"]])
            standing[batch["dataset"]] = number
    return [row for row in rows if row["batch_id"] not in over]
