"""Kernels of stochastic network interdiction, compiled: the evader's best answers, and his ways that matter.

A *way* is a path with some of its sensors taken as standing: it is worth the product of what it passes, those of the
set counted with the sensor, whatever stands, unless one of its other sensors stands, which *closes* it. Of the ways
from a node only those matter that no other way beats in both worth and weight, the weight being the sum of x over the
sensors that would close it.
"""

from __future__ import annotations

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["expected", "ways"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@numba.njit(cache=True, nogil=True)
def _push(heap: Ints, key: Floats, size: int, item: int, worth: float) -> None:
    """Put an item on a heap of `size`, the one worth most on top."""
    at = size
    while at and key[(at - 1) // 2] < worth:
        heap[at], key[at] = heap[(at - 1) // 2], key[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at], key[at] = item, worth


@numba.njit(cache=True, nogil=True)
def _pop(heap: Ints, key: Floats, size: int) -> int:
    """Take the top off a heap of `size`."""
    top, last, low, at = heap[0], heap[size - 1], key[size - 1], 0
    while True:
        child = 2 * at + 1
        if child >= size - 1:
            break
        if child + 1 < size - 1 and key[child + 1] > key[child]:
            child += 1
        if key[child] <= low:
            break
        heap[at], key[at] = heap[child], key[child]
        at = child
    heap[at], key[at] = last, low
    return int(top)


@numba.njit(cache=True, nogil=True)
def expected(
    first: Ints, tail: Ints, sensor: Ints, passes: Floats, detects: Floats, stands: Bools,
    targets: Ints, group: Ints, origin: Ints, chance: Floats, each: Floats,
) -> float:  # fmt: skip
    """The evader's expected chance to pass where these sensors stand: one search backwards from each destination.

    :param first: arcs into node ``v`` are ``first[v]:first[v + 1]``; `tail` the node each comes from; `sensor` its
        number of sensor, or -1; `passes`, `detects` the chance to pass without and with it
    :param targets: the destinations; runs ``group[t]:group[t + 1]`` go to the t-th; `origin` of each run, and its
        `chance`
    :param each: each run's chance to pass; filled in
    """
    nodes, total = len(first) - 1, 0.0
    heap, key = np.empty(len(tail) + 1, np.int64), np.empty(len(tail) + 1)
    for t in range(len(targets)):
        value, done = np.zeros(nodes), np.zeros(nodes, np.bool_)
        value[targets[t]] = 1.0
        heap[0], key[0], size = targets[t], 1.0, 1
        while size:
            node = _pop(heap, key, size)
            size -= 1
            if done[node]:
                continue
            done[node] = True
            for arc in range(first[node], first[node + 1]):
                other, s = tail[arc], sensor[arc]
                new = value[node] * (detects[arc] if s >= 0 and stands[s] else passes[arc])
                if new > value[other]:
                    value[other] = new
                    _push(heap, key, size, other, new)
                    size += 1
        for k in range(group[t], group[t + 1]):
            each[k] = value[origin[k]]
            total += chance[k] * each[k]
    return total


@numba.njit(cache=True, nogil=True)
def ways(
    first: Ints, tail: Ints, sensor: Ints, passes: Floats, detects: Floats, x: Floats, target: int,
    wanted: Bools, floor: float,
) -> tuple[Ints, Ints, Floats, Floats, Ints, Ints]:  # fmt: skip
    """The ways to a target that matter at x, backwards, the highest worth first: two criteria, one label a way.

    :param wanted: shape (nodes,): where ways are asked for; :param floor: a way worth no more is none
    :returns: (labels that are answers, then of each label: node, worth, weight, the sensor that can close it there or
        -1, the label it goes on with or -1). Answers of one node come by falling worth, and falling weight
    """
    size, count, found = 0, 1, 0
    node, worth, weight = np.empty(1024, np.int64), np.empty(1024), np.empty(1024)
    closes, then = np.empty(1024, np.int64), np.empty(1024, np.int64)
    heap, key, answers = np.empty(1024, np.int64), np.empty(1024), np.empty(1024, np.int64)
    least = np.full(len(first) - 1, 2.0)
    node[0], worth[0], weight[0], closes[0], then[0] = target, 1.0, 0.0, -1, -1
    heap[0], key[0], size = 0, 1.0, 1
    while size:
        label = _pop(heap, key, size)
        size -= 1
        here = node[label]
        if weight[label] >= least[here] - 1e-9:
            continue
        least[here] = weight[label]
        if wanted[here]:
            if found == len(answers):
                answers = np.append(answers, np.empty(found, np.int64))
            answers[found] = label
            found += 1
        for arc in range(first[here], first[here + 1]):
            other, s = tail[arc], sensor[arc]
            for standing in range(2 if s >= 0 else 1):
                new = worth[label] * (detects[arc] if standing else passes[arc])
                heavy = weight[label] + (x[s] if s >= 0 and not standing else 0.0)
                if new <= floor or heavy >= 1.0 - 1e-9 or heavy >= least[other] - 1e-9:
                    continue
                if count == len(node):
                    node, then = np.append(node, np.empty(count, np.int64)), np.append(then, np.empty(count, np.int64))
                    worth, weight = np.append(worth, np.empty(count)), np.append(weight, np.empty(count))
                    closes = np.append(closes, np.empty(count, np.int64))
                node[count], worth[count], weight[count], then[count] = other, new, heavy, label
                closes[count] = -1 if standing else s
                if size == len(heap):
                    heap, key = np.append(heap, np.empty(size, np.int64)), np.append(key, np.empty(size))
                _push(heap, key, size, count, new)
                size += 1
                count += 1
    return answers[:found], node[:count], worth[:count], weight[:count], closes[:count], then[:count]
