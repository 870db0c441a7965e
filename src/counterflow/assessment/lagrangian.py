"""Lagrangian frontier of max-flow interdiction: minimum cuts give the lower bound, knapsacks on those cuts the plans.

The budget is relaxed with one multiplier λ. For a fixed λ each arc costs the cheapest of leaving it alone and paying
for some of the measures that hit it, so the subproblem is one minimum cut. Every cut met is kept: it is a line
``residual + λ · spent`` in λ, shared by all budgets, and the highest point of the lower envelope of those lines less
``λ · budget`` is the bound (Royset and Wood, INFORMS Journal on Computing 19(2), 2007).

A measure that hits several arcs is paid in shares, one an arc. Any shares that add up to one give a valid bound;
better ones are found by moving the shares towards the arcs where the measure is used (subgradient steps).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from counterflow.assessment.mincut import Cut, Floats, Ints, Kernel, Network

__all__ = ["Problem", "Sweep", "choose_on_cut"]

_SUBSETS_UP_TO = 6
"""Arcs hit by more measures than this are bounded loosely instead of by all subsets of their measures."""
_SHARE_ROUNDS = 25


@dataclass(frozen=True, eq=False)
class Problem:
    """Max-flow interdiction in arrays: what is left to decide once must and never are settled.

    :param capacity: finite, shape (arcs,); never more than could matter
    :param cost: of each measure, shape (measures,)
    :param hit_arc: arc of each hit, shape (hits,); `hit_measure` its measure; `removes` the expected share of the
        arc's capacity that the hit removes, in (0, 1]; several hits on one arc multiply
    :param agency: number of the agency of each measure; `limits` budget of each agency, inf where it has none
    :param step: objective values are whole multiples of this; 0: any real number
    """

    network: Network
    capacity: Floats
    cost: Floats
    hit_arc: Ints
    hit_measure: Ints
    removes: Floats
    agency: Ints
    limits: Floats
    step: float = 0.0

    def reduced(self, chosen: Floats) -> Floats:
        """Capacities once the measures with ``chosen > 0`` are taken."""
        taken = chosen[self.hit_measure] > 0
        left = np.ones(len(self.capacity))
        np.multiply.at(left, self.hit_arc[taken], 1.0 - self.removes[taken])
        return self.capacity * left

    def affordable(self, chosen: Floats, budget: float) -> bool:
        """Whether total and agencies' budgets allow these measures."""
        spent = float(self.cost @ chosen)
        by_agency = np.bincount(self.agency, self.cost * chosen, minlength=len(self.limits))
        slack = 1e-9 * max(1.0, budget if np.isfinite(budget) else 1.0)
        return spent <= budget + slack and bool((by_agency <= self.limits + 1e-9 * np.maximum(1.0, by_agency)).all())


@dataclass(frozen=True, eq=False)
class _Line:
    """One cut, seen from the multiplier: ``residual + λ · spent``."""

    spent: float
    residual: float
    cut: Cut


@dataclass(eq=False)
class Sweep:
    """Cuts met so far, for one problem and any number of budgets."""

    problem: Problem
    kernel: Kernel
    lines: list[_Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        p = self.problem
        self._weights = _first_shares(p)
        self._order = np.lexsort((p.hit_measure, p.hit_arc))
        self._table = _hits_by_arc(p, self._order)
        many = np.bincount(p.hit_measure, minlength=len(p.cost)) > 1
        self.shared_costs = bool(many.any())
        baseline = self.kernel.cut(p.capacity)
        self.baseline = baseline
        self._restart()

    def _restart(self) -> None:
        """Forget the lines: the shares have changed, so the old ones no longer hold."""
        self.lines = [_Line(0.0, self.baseline.value, self.baseline)]
        self._visit(0.0)

    def _visit(self, multiplier: float) -> _Line:
        capacity, spent = self._priced(multiplier)
        cut = self.kernel.cut(capacity)
        pay = float(spent[cut.arcs].sum())
        line = _Line(pay, float(capacity[cut.arcs].sum()) - multiplier * pay, cut)
        self.lines.append(line)
        return line

    def _priced(self, multiplier: float) -> tuple[Floats, Floats]:
        """Each arc at its cheapest, residual + λ·spent, and what is spent on it."""
        p = self.problem
        capacity, spent = p.capacity.copy(), np.zeros(len(p.capacity))
        share = p.cost[p.hit_measure] * self._weights
        for arcs, hits in self._table:
            left = p.capacity[arcs][:, None] * np.ones((1, 1))
            paid = np.zeros_like(left)
            if hits.shape[1] > _SUBSETS_UP_TO:
                all_left = p.capacity[arcs] * np.prod(1.0 - p.removes[hits], axis=1)
                left = np.column_stack([left[:, 0], all_left])
                paid = np.column_stack([paid[:, 0], share[hits].min(axis=1)])
            else:
                for k in range(hits.shape[1]):
                    column = hits[:, k]
                    left = np.hstack([left, left * (1.0 - p.removes[column])[:, None]])
                    paid = np.hstack([paid, paid + share[column][:, None]])
            best = np.argmin(left + multiplier * paid, axis=1)
            rows = np.arange(len(arcs))
            spent[arcs] = paid[rows, best]
            capacity[arcs] = left[rows, best] + multiplier * spent[arcs]
        return capacity, spent

    def bound(self, budget: float, rounds: int | None = None) -> tuple[float, float, list[Cut]]:
        """(lower bound on the residual flow within the budget, its multiplier, cuts near it, most telling first)."""
        best = self._climb(budget)
        if not self.shared_costs:
            return best
        for turn in range(_SHARE_ROUNDS if rounds is None else rounds):
            kept = self._weights
            self._weights = self._moved_shares(best[1], best[2][0], 0.5 / (1 + turn) ** 0.5)
            self._restart()
            tried = self._climb(budget)
            if tried[0] > best[0]:
                best = (tried[0], tried[1], tried[2] + best[2])
            else:
                self._weights = kept
                self._restart()
        return best

    def _climb(self, budget: float) -> tuple[float, float, list[Cut]]:
        """Kelley's method in one dimension: cross the two lines that bracket the top until no cut lies below."""
        left = min(self.lines[1:], key=lambda line: (line.residual, line.spent))
        right = self.lines[0]
        if left.spent <= budget:
            return left.residual, 0.0, [left.cut]
        while True:
            multiplier = (right.residual - left.residual) / (left.spent - right.spent)
            height = right.residual + multiplier * right.spent
            line = min(self.lines, key=lambda o: (o.residual + multiplier * o.spent, o.spent))
            tolerance = 1e-9 * max(1.0, height)
            if line.residual + multiplier * line.spent >= height - tolerance:
                line = self._visit(multiplier)
            if line.residual + multiplier * line.spent >= height - tolerance:
                low = min(height, line.residual + multiplier * line.spent) - multiplier * budget
                return low, multiplier, [right.cut, left.cut, line.cut]
            if line.spent > budget:
                left = line
            else:
                right = line

    def _moved_shares(self, multiplier: float, cut: Cut, step: float) -> Floats:
        """Shares moved towards the arcs of the cut where their measure pays."""
        p = self.problem
        _, spent = self._priced(multiplier)
        on_cut = np.zeros(len(p.capacity), dtype=bool)
        on_cut[cut.arcs] = True
        used = on_cut[p.hit_arc] & (spent[p.hit_arc] > 0)
        moved = self._weights + step * used
        totals = np.bincount(p.hit_measure, moved, minlength=len(p.cost))
        shares: Floats = moved / totals[p.hit_measure]
        return shares


def _first_shares(p: Problem) -> Floats:
    """Shares of a measure's cost in proportion to the capacity that each hit removes."""
    weight = np.maximum(p.capacity[p.hit_arc] * p.removes, 1e-12)
    totals = np.bincount(p.hit_measure, weight, minlength=len(p.cost))
    shares: Floats = weight / totals[p.hit_measure]
    return shares


def _hits_by_arc(p: Problem, order: Ints) -> list[tuple[Ints, Ints]]:
    """For each number of hits an arc may have: (arcs, their hits as rows)."""
    arcs, first, counts = np.unique(p.hit_arc[order], return_index=True, return_counts=True)
    return [
        (arcs[counts == k], order[first[counts == k][:, None] + np.arange(k)[None, :]])
        for k in sorted(set(counts.tolist()))
    ]


def choose_on_cut(p: Problem, cut: Cut, budget: float) -> Floats:
    """The measures within budget that take most from the arcs of one cut; 0/1, shape (measures,).

    Exact (dynamic programme over whole costs) where every arc of the cut is hit once at most, costs are whole and no
    agency has a budget of its own; else by largest saving per cost.
    """
    on_cut = np.zeros(len(p.capacity), dtype=bool)
    on_cut[cut.arcs] = True
    hits = np.flatnonzero(on_cut[p.hit_arc])
    gain = np.bincount(p.hit_measure[hits], p.capacity[p.hit_arc[hits]] * p.removes[hits], minlength=len(p.cost))
    useful: Ints = np.flatnonzero(gain > 0).astype(np.int64)
    total = float(p.cost[useful].sum())
    limit = min(budget, total)
    whole = bool((p.cost[useful] == np.floor(p.cost[useful])).all())
    once = len(np.unique(p.hit_arc[hits])) == len(hits)
    free = bool(np.isinf(p.limits).all())
    if whole and once and free and limit * len(useful) <= 5e7:
        return _knapsack(p, gain.astype(np.float64), useful, int(limit))
    return _greedy(p, hits, budget)


def _knapsack(p: Problem, gain: Floats, useful: Ints, limit: int) -> Floats:
    value = np.zeros(limit + 1)
    taken = np.zeros((len(useful), limit + 1), dtype=bool)
    for row, m in enumerate(useful):
        price = int(p.cost[m])
        if price > limit:
            continue
        better = value[: limit + 1 - price] + gain[m]
        taken[row, price:] = better > value[price:]
        value[price:] = np.maximum(value[price:], better)
    chosen = np.zeros(len(p.cost))
    room = limit
    for row in range(len(useful) - 1, -1, -1):
        if taken[row, room]:
            chosen[useful[row]] = 1.0
            room -= int(p.cost[useful[row]])
    return chosen


def _greedy(p: Problem, hits: Ints, budget: float) -> Floats:
    """Largest saving per cost, counted afresh after each choice: hits on one arc multiply."""
    left, chosen = p.capacity.copy(), np.zeros(len(p.cost))
    measure, arc, removes = p.hit_measure[hits], p.hit_arc[hits], p.removes[hits]
    open_ = np.ones(len(p.cost), dtype=bool)
    while True:
        gain = np.bincount(measure, left[arc] * removes, minlength=len(p.cost)) * open_
        ratio = np.where(gain > 0, gain / np.maximum(p.cost, 1e-12), 0.0)
        m = int(np.argmax(ratio)) if len(ratio) else 0
        if not len(ratio) or ratio[m] <= 0:
            return chosen
        open_[m] = False
        trial = chosen.copy()
        trial[m] = 1.0
        if p.affordable(trial, budget):
            chosen = trial
            mine = measure == m
            np.multiply.at(left, arc[mine], 1.0 - removes[mine])
