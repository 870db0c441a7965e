"""Rows set aside while a file is read, however many: a file of nothing but bad rows must not fill the memory.

Invariant: none is lost and their order is kept; from `KEPT` on they wait in a temporary file until they are committed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import astuple
from itertools import islice
from typing import IO, Any

from counterflow.claims.quarantine import Quarantined

__all__ = ["Aside"]

KEPT = 100_000
"""Rows held in memory, and named in a report: some 60 MiB."""


class Aside:
    """:ivar first: the first of them, `KEPT` at most"""

    def __init__(self) -> None:
        self.first: list[Quarantined] = []
        self._file: IO[Any] | None = None
        self._more = 0

    def __len__(self) -> int:
        return len(self.first) + self._more

    def __iter__(self) -> Iterator[Quarantined]:
        yield from self.first
        if self._file is not None:
            self._file.seek(0)
            yield from (Quarantined(*json.loads(line)) for line in islice(self._file, self._more))

    def append(self, row: Quarantined) -> None:
        """One more."""
        if len(self.first) < KEPT:
            self.first.append(row)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115, lives as long as this
        self._file.write(json.dumps(astuple(row)) + "\n")
        self._more += 1

    def narrow(self, wanted: Callable[[Quarantined], bool]) -> None:
        """Leave only some of them."""
        rows = Aside()
        for row in self:
            if wanted(row):
                rows.append(row)
        self.close()
        self.first, self._file, self._more = rows.first, rows._file, rows._more

    def close(self) -> None:
        """Give the file back; the first stay."""
        if self._file is not None:
            self._file.close()
            self._file = None
