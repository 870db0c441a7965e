"""Kernels of stochastic network interdiction, compiled: the evader's best answers, and the cuts they give.

For sensors ``x`` between 0 and 1 a path is worth at least any of its *supermodular* inequalities: with the sensors of a
set S on it counted as there, ``h(S) − Σ_{a∉S} (h(S) − h(S+a))·x_a + Σ_{a∈S} (h(P−a) − h(P))·(1 − x_a)``, h the chance
to pass and P all its sensors. At whole x the best path and its own S give the exact value.

Source: Towle and Luedtke, "New solution approaches for the maximum-reliability stochastic network interdiction
problem", Computational Management Science 15, 2018.
"""

from __future__ import annotations

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["cuts", "expected"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@numba.njit(cache=True)
def _search(  # noqa: C901, a kernel is one nest of loops
    target: int, first: Ints, tail: Ints, sensor: Ints, passes: Floats, detects: Floats, x: Floats,
    value: Floats, chance: Floats, step: Ints, heap_node: Ints, heap_key: Floats,
) -> None:  # fmt: skip
    """Best way from every node to a target, backwards, highest value first.

    :param first: arcs into node ``v`` are ``first[v]:first[v + 1]``; `tail` the node each comes from; `sensor` its
        number of sensor, or -1; `passes`, `detects` the chance to pass without and with it
    :param value: lower bound on what a path is worth at x; `chance` its product; `step` arc that a node takes, -1: none
    """
    value[:] = 0.0
    chance[:] = 0.0
    step[:] = -1
    done = np.zeros(len(value), np.bool_)
    value[target] = 1.0
    chance[target] = 1.0
    heap_node[0], heap_key[0] = target, 1.0
    size = 1
    while size:
        node, key = heap_node[0], heap_key[0]
        size -= 1
        last, low = heap_node[size], heap_key[size]
        at = 0
        while True:
            child = 2 * at + 1
            if child >= size:
                break
            if child + 1 < size and heap_key[child + 1] > heap_key[child]:
                child += 1
            if heap_key[child] <= low:
                break
            heap_node[at], heap_key[at] = heap_node[child], heap_key[child]
            at = child
        heap_node[at], heap_key[at] = last, low
        if done[node] or key < value[node]:
            continue
        done[node] = True
        for arc in range(first[node], first[node + 1]):
            other = tail[arc]
            if done[other]:
                continue
            r = passes[arc]
            new, product = r * value[node], r * chance[node]
            s = sensor[arc]
            if s >= 0:
                q = detects[arc]
                new -= x[s] * (r - q) * chance[node]
                if q * value[node] > new or x[s] > 0.999:
                    new, product = q * value[node], q * chance[node]
            if new > value[other]:
                value[other] = new
                chance[other] = product
                step[other] = arc
                at = size
                size += 1
                while at and heap_key[(at - 1) // 2] < new:
                    heap_node[at], heap_key[at] = heap_node[(at - 1) // 2], heap_key[(at - 1) // 2]
                    at = (at - 1) // 2
                heap_node[at], heap_key[at] = other, new


@numba.njit(cache=True)
def expected(
    first: Ints, tail: Ints, sensor: Ints, passes: Floats, detects: Floats, x: Floats,
    targets: Ints, group: Ints, origin: Ints, chance: Floats, each: Floats,
) -> float:  # fmt: skip
    """The evader's expected chance to pass, for sensors x of 0 and 1.

    :param targets: the destinations; runs ``group[t]:group[t + 1]`` go to the t-th; `origin` of each run, and its
        `chance`
    :param each: each run's chance to pass; filled in
    """
    nodes = len(first) - 1
    value, product = np.empty(nodes), np.empty(nodes)
    step, heap_node, heap_key = np.empty(nodes, np.int64), np.empty(len(tail) + 1, np.int64), np.empty(len(tail) + 1)
    total = 0.0
    for t in range(len(targets)):
        _search(targets[t], first, tail, sensor, passes, detects, x, value, product, step, heap_node, heap_key)
        for k in range(group[t], group[t + 1]):
            each[k] = product[origin[k]]
            total += chance[k] * each[k]
    return total


@numba.njit(cache=True)
def cuts(  # noqa: C901, a kernel is one nest of loops
    first: Ints, tail: Ints, head: Ints, sensor: Ints, passes: Floats, detects: Floats, x: Floats,
    targets: Ints, group: Ints, origin: Ints, reached: Floats, least: float,
) -> tuple[Ints, Ints, Floats, Floats, Ints]:  # fmt: skip
    """For each run whose value is below what its best path is worth at x, the inequality of that path.

    :param reached: each run's value in the master problem; `least` by how much an inequality must be violated
    :returns: (start of each row, columns, coefficients of x, right side, run): run ≥ right side + Σ coefficient · x
    """
    nodes = len(first) - 1
    value, product = np.empty(nodes), np.empty(nodes)
    step, heap_node, heap_key = np.empty(nodes, np.int64), np.empty(len(tail) + 1, np.int64), np.empty(len(tail) + 1)
    starts, columns, factors = [0], [0], [0.0]
    sides, runs = [0.0], [0]
    starts.pop(), columns.pop(), factors.pop(), sides.pop(), runs.pop()
    on, ratio = np.empty(nodes, np.int64), np.empty(nodes)
    for t in range(len(targets)):
        _search(targets[t], first, tail, sensor, passes, detects, x, value, product, step, heap_node, heap_key)
        for k in range(group[t], group[t + 1]):
            node, whole, all_there, count = origin[k], 1.0, 1.0, 0
            if step[node] < 0 and node != targets[t]:
                continue
            while node != targets[t]:
                arc = step[node]
                whole *= passes[arc]
                all_there *= detects[arc]
                if sensor[arc] >= 0 and passes[arc] > 0 and detects[arc] < passes[arc]:
                    on[count], ratio[count] = sensor[arc], detects[arc] / passes[arc]
                    count += 1
                node = head[arc]
            # most likely sensors first: S is one of the beginnings of that order
            for i in range(1, count):
                s, f, j = on[i], ratio[i], i
                while j and x[on[j - 1]] < x[s]:
                    on[j], ratio[j] = on[j - 1], ratio[j - 1]
                    j -= 1
                on[j], ratio[j] = s, f
            best, size, base = -1.0, 0, whole
            for taken in range(count + 1):
                if taken:
                    base *= ratio[taken - 1]
                worth = base
                for i in range(count):
                    if i < taken:
                        if ratio[i] > 0:
                            worth += all_there * (1.0 / ratio[i] - 1.0) * (1.0 - x[on[i]])
                    else:
                        worth -= base * (1.0 - ratio[i]) * x[on[i]]
                if worth > best:
                    best, size = worth, taken
            if best <= reached[k] + least:
                continue
            base = whole
            for i in range(size):
                base *= ratio[i]
            starts.append(len(columns))
            runs.append(k)
            side = base
            for i in range(count):
                columns.append(on[i])
                if i < size:
                    lift = all_there * (1.0 / ratio[i] - 1.0) if ratio[i] > 0 else 0.0
                    side += lift
                    factors.append(-lift)
                else:
                    factors.append(-base * (1.0 - ratio[i]))
            sides.append(side)
    return np.array(starts), np.array(columns), np.array(factors), np.array(sides), np.array(runs)
