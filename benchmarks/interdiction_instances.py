"""Networks for the interdiction benchmarks, with seeds: grids and layered enterprises, as ``.mfi`` files or arrays.

A *grid* has rows of nodes twice as long as there are rows, arcs forward along the row and both ways between rows,
capacities 10 to 99; every arc may be taken, at a cost of 1 to 10. An *enterprise* has six layers (activities,
operatives, fronts, banks, couriers, collectors), arcs to the next layers with capacities as layers narrow, and 15 %
of its arcs beyond
reach. Source and sink are tied in by arcs of a million that nobody can take. Generated: they show cost and proof, not
any real network.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Mfi(NamedTuple):
    """Nodes 0 (source) and 1 (sink) first; columns of shape (arcs,)."""

    nodes: int
    tail: Ints
    head: Ints
    capacity: Ints
    takeable: Ints
    cost: Ints

    def write(self, path: Path, budget: int) -> None:
        """As a ``.mfi`` file."""
        table = np.column_stack([self.tail + 1, self.head + 1, self.capacity, self.takeable, self.cost])
        with path.open("w") as out:
            out.write(f"c generated\np mfi {self.nodes} {len(self.tail)} {budget}\nn 1 s\nn 2 t\n")
            np.savetxt(out, table, fmt="a %d %d %d %d %d")


def grid(arcs: int, seed: int) -> Mfi:
    """A grid of about that many arcs."""
    rng = np.random.default_rng(seed)
    rows = max(2, round((arcs / 6) ** 0.5))
    columns = 2 * rows
    node = 2 + np.arange(rows * columns).reshape(rows, columns)
    along = (node[:, :-1].ravel(), node[:, 1:].ravel())
    down = (node[:-1].ravel(), node[1:].ravel())
    tail = np.concatenate([along[0], down[0], down[1], np.zeros(rows, np.int64), node[:, -1]])
    head = np.concatenate([along[1], down[1], down[0], node[:, 0], np.ones(rows, np.int64)])
    return _finished(rng, 2 + rows * columns, tail, head, rng.integers(10, 100, len(tail)), 2 * rows, 0.0)


def enterprise(arcs: int, seed: int) -> Mfi:
    """A layered network of about that many arcs."""
    rng = np.random.default_rng(seed)
    sizes = np.maximum(2, (np.array([0.06, 0.14, 0.34, 0.22, 0.16, 0.08]) * arcs * 0.26).astype(int))
    starts = 2 + np.concatenate([[0], np.cumsum(sizes)])
    parts = [(np.zeros(sizes[0], np.int64), np.arange(starts[0], starts[1]))]
    rest = arcs - sizes[0] - sizes[-1]
    share = np.minimum(sizes[:-1], sizes[1:]) / np.minimum(sizes[:-1], sizes[1:]).sum()
    capacity = []
    for layer, part in enumerate(share):
        count = int(rest * part)
        tail = rng.integers(starts[layer], starts[layer + 1], count)
        skips = (rng.random(count) < 0.1) & (layer + 2 < len(sizes))
        low = np.where(skips, starts[min(layer + 2, len(sizes) - 1)], starts[layer + 1])
        high = np.where(skips, starts[min(layer + 3, len(sizes))], starts[layer + 2])
        parts.append((tail, (low + (high - low) * rng.random(count)).astype(np.int64)))
        capacity.append(rng.integers(2, 40 + 12 * layer, count))
    parts.append((np.arange(starts[-2], starts[-1]), np.ones(sizes[-1], np.int64)))
    tail, head = (np.concatenate([p[i] for p in parts]) for i in (0, 1))
    middle = np.concatenate([np.zeros(sizes[0], np.int64), *capacity, np.zeros(sizes[-1], np.int64)])
    return _finished(rng, int(starts[-1]), tail, head, middle, int(sizes[0] + sizes[-1]), 0.15)


def _finished(
    rng: np.random.Generator, nodes: int, tail: Ints, head: Ints, capacity: Ints, _ties: int, beyond: float
) -> Mfi:
    ties = (tail == 0) | (head == 1)
    takeable = (~ties & (rng.random(len(tail)) >= beyond)).astype(np.int64)
    cost = np.where(takeable == 1, rng.integers(1, 11, len(tail)), 0)
    return Mfi(nodes, tail, head, np.where(ties, 1_000_000, capacity), takeable, cost)


def budget_for(mfi: Mfi, share: float = 0.3) -> int:
    """That share of the cheapest set of arcs that cuts off all that can be cut off (the rest counted as very dear)."""
    from counterflow.assessment.mincut import Kernel, Network

    price = np.where(mfi.takeable == 1, mfi.cost, 1000.0 * mfi.capacity)
    network = Network(tuple(map(str, range(mfi.nodes))), mfi.tail, mfi.head, price, 0, 1)
    cut = Kernel(network).cut(network.capacity)
    return int(share * mfi.cost[cut.arcs].sum())


def main() -> None:
    """usage: interdiction_instances.py grid|enterprise ARCS SEED FILE"""
    kind, arcs, seed, file = sys.argv[1:]
    mfi = {"grid": grid, "enterprise": enterprise}[kind](int(arcs), int(seed))
    mfi.write(Path(file), budget_for(mfi))


if __name__ == "__main__":
    main()
