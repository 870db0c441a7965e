"""Kernels run as plain Python on little logs, and compiled on large ones: one function for both; what many share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from counterflow.entities.compiling import compiled

__all__ = ["COMPILE_FROM", "chosen", "span"]

Codes = np.ndarray[Any, np.dtype[np.int32]]

COMPILE_FROM = 20_000
"""Payments from which compiling (some seconds, once) is quicker than interpreting."""


def chosen(plain: Callable[..., Any], payments: int) -> Callable[..., Any]:
    """The kernel as it is, or compiled where there are payments enough; then several run at a time."""
    return compiled(plain, nogil=True) if payments >= COMPILE_FROM else plain


def span(order: Codes, low: int, high: int, first: int, last: int) -> tuple[int, int]:
    """Places in a part of an adjacency of the payments from `first` on and before `last`, places in the log."""
    a, z = low, high
    while a < z:
        middle = (a + z) // 2
        if order[middle] < first:
            a = middle + 1
        else:
            z = middle
    end, z = a, high
    while end < z:
        middle = (end + z) // 2
        if order[middle] < last:
            end = middle + 1
        else:
            z = middle
    return a, end
