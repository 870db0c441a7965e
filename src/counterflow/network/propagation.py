"""Status handed on along holdings, as the law has it and not by multiplication: kernels over arrays.

A party is owned as soon as holders that are listed, or owned themselves, reach the line in one of its tests. The least
such set grows from the listed parties outwards, whatever the depth, and circles do not lift themselves: a worklist that
touches each holding of an owned party once. On lower bounds it gives what is owned in every completion of what is not
known; on upper bounds, where all holders together cannot hold more than the whole, what is owned in some completion.

Plain functions that numba compiles where the register is large enough for compiling to pay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterflow.network.grouping import COMPILE_FROM, Bools, Ints, Smalls, compiled

__all__ = ["FAR", "Run", "Tests", "spread", "spread_each"]

FAR = np.int64(1) << 62
"""A line that nothing reaches, and the room of a test without a whole."""


@dataclass(frozen=True)
class Tests:
    """Holdings in order of their holder, and the tests they count in. Sizes are those of `network.sizes`.

    :param offsets: holdings of node *i* are ``offsets[i]`` to ``offsets[i+1]``
    :param test: of each holding; :param low: at least so much; :param high: at most
    :param company: of each test: the node it is about; :param room: of each test: what the whole leaves beside the
        lower bounds of all its holders; `FAR` where there is no whole
    """

    offsets: Ints
    test: Smalls
    low: Ints
    high: Ints
    company: Smalls
    room: Ints

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.offsets) - 1


@dataclass(frozen=True)
class Run:
    """:param rank: of each node: its turn in being reached, listed ones first; -1: not reached
    :param reached: of each test: what its reached holders have at least (lower run) or at most (upper run)
    :param root: of each node, where each listed party was tried by itself: the first one that reaches it; else None"""

    rank: Smalls
    reached: Ints
    root: Smalls | None = None

    @property
    def inside(self) -> Bools:
        """Which nodes are reached."""
        found: Bools = self.rank >= 0
        return found


def spread(tests: Tests, seeds: Smalls, lines: Ints, *, upper: bool) -> Run:
    """From all seeds together. :param lines: of each test; :param upper: on upper bounds, within the room there is"""
    rank = np.full(tests.nodes, -1, np.int32)
    low, high = np.zeros(len(lines), np.int64), np.zeros(len(lines) if upper else 0, np.int64)
    queue = np.empty(tests.nodes, np.int32)
    run = compiled(_spread) if len(tests.test) >= COMPILE_FROM else _spread
    run(seeds, tests.offsets, tests.test, tests.low, tests.high, tests.company, lines, tests.room, upper, rank, low,
        high, queue, 0)  # fmt: skip
    return Run(rank, np.minimum(high, tests.room + low) if upper else low)


def spread_each(tests: Tests, seeds: Smalls, lines: Ints, *, upper: bool) -> Run:
    """From each seed by itself: whom one of them reaches alone. `reached` is the most that one of them reaches."""
    rank, root = np.full(tests.nodes, -1, np.int32), np.full(tests.nodes, -1, np.int32)
    best = np.zeros(len(lines), np.int64)
    run = compiled(_each) if len(tests.test) >= COMPILE_FROM else _each
    run(seeds, tests.offsets, tests.test, tests.low, tests.high, tests.company, lines, tests.room, upper, rank, root,
        best)  # fmt: skip
    return Run(rank, best, root)


def _spread(
    seeds: Smalls, offsets: Ints, test: Smalls, low: Ints, high: Ints, company: Smalls, lines: Ints, room: Ints,
    upper: bool, rank: Smalls, got_low: Ints, got_high: Ints, queue: Smalls, first: int,
) -> int:  # fmt: skip
    """Fills `rank` (from `first` on), `got_low` and `got_high`; returns how many nodes stand in `queue`."""
    tail = 0
    for seed in seeds:
        if rank[seed] < 0:
            rank[seed] = first + tail
            queue[tail] = seed
            tail += 1
    head = 0
    while head < tail:
        holder = queue[head]
        head += 1
        for k in range(offsets[holder], offsets[holder + 1]):
            t = test[k]
            got_low[t] += low[k]
            most = got_low[t]
            if upper:
                got_high[t] += high[k]
                most = min(got_high[t], room[t] + got_low[t])
            if most >= lines[t]:
                owned = company[t]
                if rank[owned] < 0:
                    rank[owned] = first + tail
                    queue[tail] = owned
                    tail += 1
    return tail


def _each(
    seeds: Smalls, offsets: Ints, test: Smalls, low: Ints, high: Ints, company: Smalls, lines: Ints, room: Ints,
    upper: bool, rank: Smalls, root: Smalls, best: Ints,
) -> None:  # fmt: skip
    """As `_spread` from one seed after the other; what a seed touched is wiped before the next."""
    nodes, count = len(offsets) - 1, len(lines)
    mine, queue = np.full(nodes, -1, np.int32), np.empty(nodes, np.int32)
    got_low, got_high = np.zeros(count, np.int64), np.zeros(count, np.int64)
    turn = 0
    for seed in seeds:
        mine[seed] = 0
        queue[0] = seed
        head, tail = 0, 1
        while head < tail:
            holder = queue[head]
            head += 1
            for k in range(offsets[holder], offsets[holder + 1]):
                t = test[k]
                got_low[t] += low[k]
                most = got_low[t]
                if upper:
                    got_high[t] += high[k]
                    most = min(got_high[t], room[t] + got_low[t])
                if most > best[t]:
                    best[t] = most
                if most >= lines[t]:
                    owned = company[t]
                    if mine[owned] < 0:
                        mine[owned] = tail
                        queue[tail] = owned
                        tail += 1
        for i in range(tail):
            node = queue[i]
            mine[node] = -1
            if rank[node] < 0:
                rank[node] = turn
                root[node] = seed
                turn += 1
            for k in range(offsets[node], offsets[node + 1]):
                got_low[test[k]] = 0
                got_high[test[k]] = 0
