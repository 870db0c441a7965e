"""Kernels say compiled what they say as plain Python, however they reach into their arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from counterflow.entities.compiling import compiled


def _every_way(table: Any, column: Any, order: Any) -> Any:
    """Indices one by one, in pairs, of small and unsigned kinds; slices; an array of them, which stays its owner's."""
    made = column[order]  # a copy
    for i in range(len(order)):
        made[order[i]] += table[i, order[i]] + column[np.uint64(i)]
        table[i, 0] = made[i]
    made[1:3] = column[order][1:3]
    column[order] = made[order]
    shape = (len(order), 3)
    return made[0] + shape[1]


def test_every_way_into_an_array() -> None:
    kernel = compiled(_every_way)
    results = []
    for each in (_every_way, kernel, kernel):
        table, column = np.arange(30.0).reshape(6, 5), np.arange(5.0) ** 2
        order = np.array([3, 0, 4, 1, 2], dtype=np.int32)
        holders = sys.getrefcount(order)
        results.append((each(table, column, order), table.tolist(), column.tolist(), order.tolist()))
    assert results[0] == results[1] == results[2]
    assert sys.getrefcount(order) == holders  # the first call compiles, which holds on to it
