"""Rows of numbers to columns of Arrow: turned over block by block, with a bit for every value that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import compiled

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COMPILE_FROM", "as_table"]

Array = np.ndarray[Any, np.dtype[Any]]

COMPILE_FROM = 200
"""Payments from which loading compiled kernels (compiling them, the first time) is quicker than plain Python."""
BLOCK = 512
"""Rows turned at once: a block of them stays in the processor's own memory. A multiple of eight."""


def as_table(found: Array, names: tuple[str, ...]) -> pa.Table:
    """A float32 matrix as columns, null for NaN."""
    import pyarrow as pa

    n, width = found.shape
    values, bits = np.empty((width, n), np.float32), np.zeros((width, (n + 7) // 8), np.uint8)
    empty = np.zeros(width, np.int64)
    (turn if n < COMPILE_FROM else compiled(turn))(np.ascontiguousarray(found), values, bits, empty)
    columns = [
        pa.Array.from_buffers(
            pa.float32(), n, [pa.py_buffer(bits[c]) if empty[c] else None, pa.py_buffer(values[c])], int(empty[c])
        )
        for c in range(width)
    ]
    return pa.table(columns, names=list(names))


def turn(found: Array, values: Array, bits: Array, empty: Array) -> None:
    """Fill `values` by column, `bits` with one for each value that is no NaN, and `empty` with how many are."""
    n, width = found.shape
    for begin in range(0, n, BLOCK):
        end = min(begin + BLOCK, n)
        for c in range(width):
            for first in range(begin, end, 8):
                byte = 0
                for i in range(first, min(first + 8, end)):
                    value = found[i, c]
                    values[c, i] = value
                    if value == value:
                        byte |= 1 << (i - first)
                    else:
                        empty[c] += 1
                bits[c, first >> 3] = byte
