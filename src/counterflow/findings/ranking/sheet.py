"""Columns of many payments, slab by slab: in memory while they are few, else in a file without a name.

The columns of five million payments are 3 GB. Whoever trains or scores needs some rows of them, or all of them one
slab after another, never the whole at once. The file lies where temporary files do (``TMPDIR``) and is gone with the
process, however that ends.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from threading import Lock
from typing import IO, Any

import numpy as np

__all__ = ["SLAB", "Sheet", "slabs"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

SLAB = 1 << 18
"""Rows handled at once."""
HELD = 1 << 28
"""Bytes up to which a sheet is kept in memory."""


class Sheet:
    """float32[n, width]; what was not written is not to be read.

    :param held: bytes up to which it is kept in memory
    """

    def __init__(self, n: int, width: int, *, held: int = HELD) -> None:
        self.n, self.width = n, width
        self._cells = np.empty((n, width), np.float32) if 4 * n * width <= held else None
        self._file: IO[bytes] | None = None
        self._lock = Lock()
        if self._cells is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115, it is as long-lived as the sheet
            weakref.finalize(self, self._file.close)

    def write(self, begin: int, cells: Matrix) -> None:
        """Rows from `begin` on."""
        if self._cells is not None:
            self._cells[begin : begin + len(cells)] = cells
            return
        data = np.ascontiguousarray(cells).data.cast("B")
        with self._lock:
            file = self._at(begin)
            while len(data):
                data = data[file.write(data) :]

    def read(self, begin: int, end: int) -> Matrix:
        """Rows from `begin` to before `end`: not to be written to."""
        if self._cells is not None:
            return self._cells[begin:end]
        cells = np.empty((end - begin, self.width), np.float32)
        data = cells.data.cast("B")
        with self._lock:
            file = self._at(begin)
            while len(data):
                data = data[file.readinto(data) :]  # type: ignore[attr-defined]
        return cells

    def take(self, rows: Rows) -> Matrix:
        """These rows, in this order."""
        if self._cells is not None:
            return self._cells[rows]
        cells = np.empty((len(rows), self.width), np.float32)
        slab = rows // SLAB
        for k in np.unique(slab).tolist():
            mine = np.flatnonzero(slab == k)
            low, high = int(rows[mine].min()), int(rows[mine].max()) + 1
            cells[mine] = self.read(low, high)[rows[mine] - low]
        return cells

    def _at(self, row: int) -> IO[bytes]:
        assert self._file is not None
        self._file.seek(4 * row * self.width)
        return self._file


def slabs(begin: int, end: int) -> Iterator[slice]:
    """Stretches of rows, each small enough to be handled at once."""
    for start in range(begin, end, SLAB):
        yield slice(start, min(start + SLAB, end))
