"""Branch and bound on the Lagrangian bound: what is left open between the best plan and the bound.

Each node is a smaller problem: what no better plan can use has been taken out (`contraction`), some measures are
settled. Its bound is that of the sweep, its plans are knapsacks on the cuts met; the node with the lowest bound is
opened next, at a measure on which the two cuts that bracket the bound disagree. Follows Royset and Wood (INFORMS
Journal on Computing 19(2), 2007), who enumerate near-minimum cuts instead.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, replace

import numpy as np

from counterflow.assessment.contraction import Smaller, contract
from counterflow.assessment.cut_plans import choose_on_cut
from counterflow.assessment.lagrangian import Bound, Problem, Sweep
from counterflow.assessment.mincut import Bools, Ints, Kernel

__all__ = ["Closed", "close"]


@dataclass(frozen=True, eq=False)
class Closed:
    """:param plan: better than what was known, or None; :param bound: proven; :param finished: nothing is left open"""

    plan: Bools | None
    value: float
    bound: float
    finished: bool
    nodes: int


@dataclass(frozen=True, eq=False)
class _Node:
    """:param measures: numbers in the whole problem of this one's measures; :param taken: those taken already"""

    problem: Problem
    measures: Ints
    taken: tuple[int, ...]
    room: float
    bound: float
    multiplier: float
    ask: int


class _Search:
    """The best value so far, and the nodes that could still beat it."""

    def __init__(self, measures: int, value: float, deadline: float) -> None:
        self.count = measures
        self.plan: Bools | None = None
        self.value = value
        self.deadline = deadline
        self.open: list[tuple[float, int, _Node]] = []
        self.nodes = 0

    def offer(self, p: Problem, measures: Ints, taken: tuple[int, ...], found: Bound, room: float) -> None:
        """Knapsacks on the cuts of a bound."""
        for cut in found.cuts:
            chosen, value = choose_on_cut(p, cut, room)
            if value < self.value - 1e-9 * max(1.0, self.value):
                self.value = value
                self.plan = np.zeros(self.count, dtype=bool)
                self.plan[list(taken)] = True
                self.plan[measures[chosen]] = True

    def enter(
        self, p: Problem, measures: Ints, taken: tuple[int, ...], room: float, low: float, start: float | None
    ) -> None:
        """Bound a node, take out what it cannot use, and keep it where it may still hold something better."""
        while True:
            self.nodes += 1
            sweep = Sweep(p, Kernel(p.network))
            found = sweep.bound(room, start=start, target=self.value, deadline=self.deadline, rounds=0)
            low = max(low, found.value)
            self.offer(p, measures, taken, found, room)
            if p.closed(low, self.value) or not len(p.cost):
                return
            if time.monotonic() >= self.deadline:
                break
            # the best value must be beaten by a step at least
            gap = self.value - (p.step or 0.0) - found.value
            smaller = contract(sweep, found.multiplier, gap + 1e-9 * max(1.0, self.value))
            if smaller is None:
                return
            shrunk = len(smaller.problem.capacity) < 0.7 * len(p.capacity)
            p, measures, start = smaller.problem, measures[smaller.measures], found.multiplier
            if not shrunk:
                break
        if not len(p.cost):
            # nothing is left to choose: what remains is the value of this node
            plan_value = Kernel(p.network).cut(p.capacity).value
            if plan_value < self.value - 1e-9 * max(1.0, self.value):
                self.value = plan_value
                self.plan = np.zeros(self.count, dtype=bool)
                self.plan[list(taken)] = True
            return
        ask = _question(Sweep(p, Kernel(p.network)), found.multiplier, room)
        node = _Node(p, measures, taken, room, low, found.multiplier, ask)
        heapq.heappush(self.open, (low, self.nodes, node))

    def split(self, node: _Node) -> None:
        """A node with its measure taken, and with it left alone."""
        p, ask = node.problem, node.ask
        rest = np.flatnonzero(np.arange(len(p.cost)) != ask)
        if p.cost[ask] <= node.room * (1 + 1e-12):
            chosen = np.zeros(len(p.cost), dtype=bool)
            chosen[ask] = True
            taken = (*node.taken, int(node.measures[ask]))
            with_it = _without(replace(p, capacity=p.reduced(chosen)), rest)
            self.enter(
                with_it.problem, node.measures[rest], taken, node.room - float(p.cost[ask]), node.bound, node.multiplier
            )
        left_alone = _without(p, rest)
        self.enter(left_alone.problem, node.measures[rest], node.taken, node.room, node.bound, node.multiplier)


def close(p: Problem, budget: float, value: float, deadline: float, start: float | None = None) -> Closed:
    """The best plan within the budget and its proof.

    :param value: of a plan that is known; :param deadline: on the clock of `time.monotonic`
    """
    search = _Search(len(p.cost), value, deadline)
    search.enter(p, np.arange(len(p.cost)), (), budget, -np.inf, start)
    reached = -np.inf
    while search.open:
        low, _, node = search.open[0]
        reached = max(reached, low)
        if p.closed(low, search.value):
            search.open.clear()
            break
        if time.monotonic() >= deadline:
            break
        heapq.heappop(search.open)
        search.split(node)
    finished = not search.open
    bound = search.value if finished else min(search.value, search.open[0][0])
    return Closed(search.plan, search.value, bound, finished, search.nodes)


def _without(p: Problem, rest: Ints) -> Smaller:
    """The problem with these measures alone."""
    number = np.full(len(p.cost), -1, dtype=np.int64)
    number[rest] = np.arange(len(rest))
    hits = number[p.hit_measure] >= 0
    problem = replace(
        p,
        cost=p.cost[rest],
        hit_arc=p.hit_arc[hits],
        hit_measure=number[p.hit_measure[hits]],
        removes=p.removes[hits],
        agency=p.agency[rest],
    )
    return Smaller(problem, rest)


def _question(sweep: Sweep, multiplier: float, room: float) -> int:
    """The measure to branch on: paid by the dear cut and not by the cheap one or the other way, the most that is at
    stake; else the one that is paid most for."""
    p = sweep.problem
    used = []
    for factor in (1 - 1e-6, 1 + 1e-6):
        capacity, spent = sweep.priced(multiplier * factor)
        cut = sweep.kernel.cut(capacity)
        on_cut = np.zeros(len(capacity), dtype=bool)
        on_cut[cut.arcs] = True
        used.append(np.bincount(p.hit_measure, on_cut[p.hit_arc] & (spent[p.hit_arc] > 0), minlength=len(p.cost)) > 0)
    stake = np.bincount(p.hit_measure, p.capacity[p.hit_arc] * p.removes, minlength=len(p.cost)).astype(np.float64)
    stake[p.cost > room] *= 2.0  # what cannot be afforded is settled at once
    split = used[0] != used[1]
    either = used[0] | used[1]
    weight = stake * np.where(split, 1e6, np.where(either, 1.0, 1e-6))
    return int(np.argmax(weight))
