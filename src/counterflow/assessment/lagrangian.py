"""Lagrangian frontier of max-flow interdiction: minimum cuts give the lower bound, knapsacks on those cuts the plans.

The budget is relaxed with one multiplier λ. For a fixed λ each arc costs the cheapest of leaving it alone and paying
for some of the measures that hit it, so the subproblem is one minimum cut. Every cut met is kept: it is a line
``residual + λ · spent`` in λ, shared by all budgets, and the highest point of the lower envelope of those lines less
``λ · budget`` is the bound (Royset and Wood, INFORMS Journal on Computing 19(2), 2007).

A measure that hits several arcs is paid in shares, one an arc. Any shares that add up to one give a valid bound;
better ones are found by moving the shares towards the arcs where the measure is used (subgradient steps).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from counterflow.assessment.mincut import Bools, Cut, Floats, Ints, Kernel, Network

__all__ = ["Bound", "Problem", "Sweep"]


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
    :param loads: further limits, shape (limits, measures): ``loads @ chosen <= caps``; a negative load is that of
        a measure which another waits for
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
    loads: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    caps: Floats = field(default_factory=lambda: np.zeros(0))

    def reduced(self, chosen: Bools) -> Floats:
        """Capacities once the measures ``chosen`` are taken."""
        taken = chosen[self.hit_measure]
        left = np.ones(len(self.capacity))
        np.multiply.at(left, self.hit_arc[taken], 1.0 - self.removes[taken])
        return self.capacity * left

    def affordable(self, chosen: Bools, budget: float) -> bool:
        """Whether the total, agencies' budgets and further limits allow these measures."""
        spent = float(self.cost[chosen].sum())
        by_agency = np.bincount(self.agency[chosen], self.cost[chosen], minlength=len(self.limits))
        if len(self.caps) and not (self.loads @ chosen <= self.caps + 1e-9 * np.maximum(1.0, np.abs(self.caps))).all():
            return False
        slack = 1e-9 * max(1.0, budget if np.isfinite(budget) else 1.0)
        return spent <= budget + slack and bool((by_agency <= self.limits + 1e-9 * np.maximum(1.0, by_agency)).all())

    @property
    def plain(self) -> bool:
        """Whether each measure hits one arc, each arc is hit once, and the budget is the only limit."""
        measures = np.bincount(self.hit_measure, minlength=1).max(initial=0)
        arcs = np.bincount(self.hit_arc, minlength=1).max(initial=0)
        return bool(measures <= 1 and arcs <= 1 and np.isinf(self.limits).all() and not len(self.caps))

    def rounded(self, bound: float) -> float:
        """A bound lifted to the next value that an objective can have."""
        return float(np.ceil(bound / self.step - 1e-6) * self.step) if self.step else bound

    def closed(self, bound: float, value: float) -> bool:
        """Whether nothing better than ``value`` is left above ``bound``."""
        return self.rounded(bound) >= value - 1e-7 * max(1.0, value)


@dataclass(frozen=True, eq=False)
class _Line:
    """One cut, seen from the multiplier: ``residual + λ · spent``."""

    spent: float
    residual: float
    cut: Cut


class Bound(NamedTuple):
    """:param value: no plan within the budget leaves less; :param cuts: those near it, most telling first"""

    value: float
    multiplier: float
    cuts: list[Cut]


@dataclass(eq=False)
class Sweep:
    """Cuts met so far, for one problem and any number of budgets.

    :param baseline: the minimum cut without any measure, where it is known
    """

    problem: Problem
    kernel: Kernel
    baseline: Cut | None = None
    lines: list[_Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        p = self.problem
        self._weights = _first_shares(p)
        self._table = _hits_by_arc(p)
        self.shared_costs = bool(np.bincount(p.hit_measure, minlength=1).max(initial=0) > 1)
        if self.baseline is None:
            self.baseline = self.kernel.cut(p.capacity)
        self._restart()

    def _restart(self) -> None:
        """Forget the lines: the shares have changed, so the old ones no longer hold."""
        assert self.baseline is not None
        self.lines = [_Line(0.0, self.baseline.value, self.baseline)]

    def _visit(self, multiplier: float) -> _Line:
        capacity, spent = self.priced(multiplier)
        cut = self.kernel.cut(capacity)
        pay = float(spent[cut.arcs].sum())
        line = _Line(pay, float(capacity[cut.arcs].sum()) - multiplier * pay, cut)
        self.lines.append(line)
        return line

    def priced(self, multiplier: float) -> tuple[Floats, Floats]:
        """Each arc at its cheapest, residual + λ·spent, and what is spent on it."""
        p = self.problem
        capacity, spent = p.capacity.copy(), np.zeros(len(p.capacity))
        share = p.cost[p.hit_measure] * self._weights
        for arcs, hits in self._table:
            if hits.shape[1] == 1:
                hit = hits[:, 0]
                gain = p.capacity[arcs] * p.removes[hit]
                pays = gain > multiplier * share[hit]
                spent[arcs] = np.where(pays, share[hit], 0.0)
                capacity[arcs] = np.where(pays, p.capacity[arcs] * (1.0 - p.removes[hit]) + multiplier * share[hit],
                                          p.capacity[arcs])  # fmt: skip
                continue
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

    def bound(
        self,
        budget: float,
        *,
        start: float | None = None,
        target: float = np.inf,
        deadline: float = np.inf,
        rounds: int = _SHARE_ROUNDS,
    ) -> Bound:
        """The Lagrangian bound for a budget.

        :param start: a multiplier near the best one, where known
        :param target: a bound of this much is enough
        :param deadline: on the clock of `time.monotonic`; after it the best bound so far is returned
        :param rounds: tries to improve the shares of measures that hit several arcs
        """
        best = self._climb(budget, start, target, deadline)
        if not self.shared_costs or best.multiplier == 0.0:
            return best
        for turn in range(rounds):
            if time.monotonic() >= deadline or self.problem.closed(best.value, target):
                break
            kept = self._weights
            self._weights = self._moved_shares(best.multiplier, best.cuts[0], 0.5 / (1 + turn) ** 0.5)
            self._restart()
            tried = self._climb(budget, best.multiplier, target, deadline)
            if tried.value > best.value:
                best = Bound(tried.value, tried.multiplier, tried.cuts + best.cuts[:6])
            else:
                self._weights = kept
                self._restart()
        return best

    def _climb(self, budget: float, start: float | None, target: float, deadline: float) -> Bound:
        """Kelley's method in one dimension: cross the two lines that bracket the top until no cut lies below."""
        p = self.problem
        best, at = -np.inf, 0.0
        if start is not None and start > 0:
            line = self._visit(start)
            best, at = line.residual + start * (line.spent - budget), start
        dear = [line for line in self.lines if line.spent > budget]
        if not dear:
            line = self._visit(0.0)
            if line.spent <= budget:
                return Bound(line.residual, 0.0, [line.cut])
            dear = [line]
            if line.residual > best:
                best, at = line.residual, 0.0
        cheap = [line for line in self.lines if line.spent <= budget]
        while True:
            left, right, multiplier, height = _top(dear, cheap, budget)
            if p.closed(best, target) or time.monotonic() >= deadline:
                break
            if best > -np.inf and p.step and p.rounded(best) >= p.rounded(height):
                break  # what is left to gain changes no whole number
            line = self._visit(multiplier)
            low = line.residual + multiplier * (line.spent - budget)
            if low > best:
                best, at = low, multiplier
            if low >= height - 1e-9 * max(1.0, abs(height)):
                break
            (dear if line.spent > budget else cheap).append(line)
        near = sorted(self.lines, key=lambda o: (o.residual + at * o.spent, o.spent))[:6]
        cuts = {id(line.cut): line.cut for line in (right, left, *near)}
        return Bound(best, at, list(cuts.values()))

    def _moved_shares(self, multiplier: float, cut: Cut, step: float) -> Floats:
        """Shares moved towards the arcs of the cut where their measure pays."""
        p = self.problem
        _, spent = self.priced(multiplier)
        on_cut = np.zeros(len(p.capacity), dtype=bool)
        on_cut[cut.arcs] = True
        used = on_cut[p.hit_arc] & (spent[p.hit_arc] > 0)
        moved = self._weights + step * used
        totals = np.bincount(p.hit_measure, moved, minlength=len(p.cost))
        shares: Floats = moved / totals[p.hit_measure]
        return shares


def _top(dear: list[_Line], cheap: list[_Line], budget: float) -> tuple[_Line, _Line, float, float]:
    """Where the lower envelope of the known lines is highest: the two that cross there, the multiplier, the height."""
    left, right = dear[-1], cheap[0]
    while True:  # the envelope's top by the same method, on the lines alone
        multiplier = max(0.0, (right.residual - left.residual) / (left.spent - right.spent))
        height = right.residual + multiplier * (right.spent - budget)
        under = min((*dear, *cheap), key=lambda o: (o.residual + multiplier * o.spent, o.spent))
        if under.residual + multiplier * (under.spent - budget) >= height - 1e-12 * max(1.0, abs(height)):
            return left, right, multiplier, height
        if under.spent > budget:
            left = under
        else:
            right = under


def _first_shares(p: Problem) -> Floats:
    """Shares of a measure's cost in proportion to the capacity that each hit removes."""
    weight = np.maximum(p.capacity[p.hit_arc] * p.removes, 1e-12)
    totals = np.bincount(p.hit_measure, weight, minlength=len(p.cost))
    shares: Floats = weight / totals[p.hit_measure]
    return shares


def _hits_by_arc(p: Problem) -> list[tuple[Ints, Ints]]:
    """For each number of hits an arc may have: (arcs, their hits as rows)."""
    order = np.lexsort((p.hit_measure, p.hit_arc))
    arcs, first, counts = np.unique(p.hit_arc[order], return_index=True, return_counts=True)
    return [
        (arcs[counts == k], order[first[counts == k][:, None] + np.arange(k)[None, :]])
        for k in sorted(set(counts.tolist()))
    ]
