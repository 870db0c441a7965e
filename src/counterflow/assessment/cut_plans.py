"""Plans from one cut: the measures within the budget that take most from its arcs, a knapsack.

Where every arc of the cut is hit once and the budget is the only limit, items are taken by saving per cost and a
dynamic programme settles those about the break, where the two orders differ (Balas and Zemel, Operations Research
28(5), 1980); with few items or a small budget it settles all. Else it is greedy, counted afresh after each choice.
"""

from __future__ import annotations

import numpy as np

from counterflow.assessment.lagrangian import Problem
from counterflow.assessment.mincut import Bools, Cut, Floats, Ints

__all__ = ["choose_on_cut", "fill"]

_TABLE = 2e7
"""Most cells of the dynamic programme."""
_CORE = 200
"""Items about the break that it settles where the whole table would be larger."""


def choose_on_cut(p: Problem, cut: Cut, budget: float) -> tuple[Bools, float]:
    """The plan, shape (measures,), and what it leaves on this cut: an upper bound on the flow that it leaves."""
    on_cut = np.zeros(len(p.capacity), dtype=bool)
    on_cut[cut.arcs] = True
    hits = np.flatnonzero(on_cut[p.hit_arc])
    gain: Floats = np.bincount(
        p.hit_measure[hits], p.capacity[p.hit_arc[hits]] * p.removes[hits], minlength=len(p.cost)
    ).astype(np.float64)
    once = len(np.unique(p.hit_arc[hits])) == len(hits)
    if once and not len(p.caps) and bool(np.isinf(p.limits).all()):
        chosen = np.zeros(len(p.cost), dtype=bool)
        useful = np.flatnonzero(gain > 0)
        chosen[useful[fill(gain[useful], p.cost[useful], budget)]] = True
    else:
        chosen = _greedy(p, hits, budget)
    return chosen, float(p.reduced(chosen)[cut.arcs].sum())


def fill(gain: Floats, cost: Floats, budget: float) -> Bools:
    """A knapsack: the items that gain most within the budget; exact where costs are whole and the table is small."""
    order = np.lexsort((cost, -gain / np.maximum(cost, 1e-12)))
    taken, room = np.zeros(len(cost), dtype=bool), budget
    fits = np.cumsum(cost[order]) <= budget * (1 + 1e-12)
    taken[order[fits]] = True
    if fits.all():
        return taken
    room -= float(cost[taken].sum())
    whole = bool((cost == np.floor(cost)).all())
    if whole:
        size, broken = len(cost), int(np.argmin(fits))
        half = size if min(budget, float(cost.sum())) * size <= _TABLE else _CORE // 2
        core = order[max(0, broken - half) : broken + half]
        room += float(cost[core][taken[core]].sum())
        room = min(room, float(cost[core].sum()))
        taken[core] = False
        if room * len(core) <= _TABLE:
            taken[core[_table(gain[core], cost[core].astype(np.int64), int(room))]] = True
            return taken
    for item in order.tolist():
        if not taken[item] and cost[item] <= room:
            taken[item] = True
            room -= float(cost[item])
    return taken


def _table(gain: Floats, cost: Ints, room: int) -> Ints:
    """Items of the best filling, exactly."""
    value = np.zeros(room + 1)
    took = np.zeros((len(cost), room + 1), dtype=bool)
    for row, price in enumerate(cost.tolist()):
        if price <= room:
            better = value[: room + 1 - price] + gain[row]
            took[row, price:] = better > value[price:]
            value[price:] = np.maximum(value[price:], better)
    chosen = []
    for row in range(len(cost) - 1, -1, -1):
        if took[row, room]:
            chosen.append(row)
            room -= int(cost[row])
    return np.array(chosen, dtype=np.int64)


def _greedy(p: Problem, hits: Ints, budget: float) -> Bools:
    """Largest saving per cost, counted afresh after each choice: hits on one arc multiply."""
    left, chosen = p.capacity.copy(), np.zeros(len(p.cost), dtype=bool)
    measure, arc, removes = p.hit_measure[hits], p.hit_arc[hits], p.removes[hits]
    open_ = np.ones(len(p.cost), dtype=bool)
    while True:
        gain = np.bincount(measure, left[arc] * removes, minlength=len(p.cost)) * open_
        ratio = np.where(gain > 0, gain / np.maximum(p.cost, 1e-12), 0.0)
        m = int(np.argmax(ratio)) if len(ratio) else 0
        if not len(ratio) or ratio[m] <= 0:
            return chosen
        open_[m] = False
        chosen[m] = True
        if p.affordable(chosen, budget):
            mine = measure == m
            np.multiply.at(left, arc[mine], 1.0 - removes[mine])
        else:
            chosen[m] = False
