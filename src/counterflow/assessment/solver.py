"""Exact max-flow interdiction on arrays: one problem, any number of budgets.

First the Lagrangian frontier (`lagrangian`): a bound and plans from a few minimum cuts. Where they do not meet, all
that
no better plan can use is taken out (`contraction`) and what is left is closed by branch and bound: on the Lagrangian
bound itself (`branching`) where each measure hits one arc, as a mixed-integer programme (`exact`, HiGHS) where measures
share arcs or there are further limits: agencies' budgets, collateral, a measure that waits for another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from counterflow.assessment import branching, exact
from counterflow.assessment.contraction import contract
from counterflow.assessment.cut_plans import choose_on_cut
from counterflow.assessment.lagrangian import Problem, Sweep
from counterflow.assessment.mincut import Bools, Cut, Kernel

__all__ = ["Answer", "Solver"]


@dataclass(frozen=True, eq=False)
class Answer:
    """:param chosen: shape (measures,); :param value: flow that it leaves, of the cut ``cut``; :param bound: proven"""

    chosen: Bools
    value: float
    bound: float
    cut: Cut
    how: str
    stopped: str = ""


@dataclass(frozen=True, eq=False)
class _Known:
    chosen: Bools
    cost: float
    value: float
    cut: Cut


class Solver:
    """Remembers cuts and plans from budget to budget."""

    def __init__(self, problem: Problem, kernel: Kernel | None = None, baseline: Cut | None = None) -> None:
        self.problem = problem
        self.kernel = kernel or Kernel(problem.network)
        self.sweep = Sweep(problem, self.kernel, baseline)
        assert self.sweep.baseline is not None
        none = np.zeros(len(problem.cost), dtype=bool)
        self.known = [_Known(none, 0.0, self.sweep.baseline.value, self.sweep.baseline)]

    def answer(self, room: float, seconds: float | None = None) -> Answer:
        """The plan that leaves the least flow within ``room``.

        :param seconds: time limit, to about a minimum cut; None: until proven. Ctrl-C ends it as a limit does
        """
        deadline = np.inf if seconds is None else time.monotonic() + seconds
        p = self.problem
        self.bound, self.how, self.multiplier = 0.0, "no bound beyond zero was reached", 0.0
        stopped = ""
        try:
            self._solve(room, deadline)
        except KeyboardInterrupt:
            stopped = "stopped by the user"
        best = self._best(room)
        bound = min(self.bound, best.value)
        if p.closed(bound, best.value):
            bound = best.value
        elif not stopped:
            stopped = "stopped by the time limit"
        return Answer(best.chosen, best.value, bound, best.cut, self.how, stopped)

    def needed(self, found: Answer) -> Bools:
        """The measures of an answer without those that hit no arc of the cut that remains: it stands without them."""
        p = self.problem
        on_cut = np.zeros(len(p.capacity), dtype=bool)
        on_cut[found.cut.arcs] = True
        used = np.bincount(p.hit_measure, on_cut[p.hit_arc], minlength=len(p.cost)) > 0
        kept: Bools = found.chosen & used
        while True:  # what a kept measure waits for stays too, and what that waits for
            broken = p.loads @ kept > p.caps + 1e-9 if len(p.caps) else np.zeros(0, dtype=bool)
            more = found.chosen & (p.loads[broken] < 0).any(axis=0) & ~kept if broken.any() else broken[:0]
            if not more.any():
                return kept
            kept = kept | more

    def _solve(self, room: float, deadline: float) -> None:
        p, interrupted = self.problem, False
        if not self.known[0].value:
            self.how = "nothing can flow from the source to the sink, so there is nothing to cut"
            return
        if not len(p.cost):
            self.bound, self.how = self.known[0].value, "no measure is left to choose"
            return
        found = self.sweep.bound(room, deadline=deadline)
        self.bound, self.how = p.rounded(found.value), f"Lagrangian bound at multiplier {found.multiplier:.6g}"
        self._improve([choose_on_cut(p, cut, room) for cut in found.cuts], room, deadline)
        best = self._best(room)
        if p.closed(self.bound, best.value) or time.monotonic() >= deadline:
            return
        gap = best.value - p.step - found.value + 1e-9 * max(1.0, best.value)
        smaller = contract(self.sweep, found.multiplier, gap)
        if smaller is None or not len(smaller.problem.hit_arc):
            self.bound = best.value
            return
        core = smaller.problem
        size = f"{len(core.capacity)} of {len(p.capacity)} arcs"
        if p.plain:
            closed = branching.close(core, room, best.value, deadline, found.multiplier)
            plan, bound = closed.plan, closed.bound
            self.how = f"branch and bound on the Lagrangian bound, {closed.nodes} nodes, on {size}"
        else:
            start = best.chosen[smaller.measures]
            upper = Kernel(core.network).cut(core.reduced(start)).value
            solved = exact.solve(core, room, start, upper, max(0.0, deadline - time.monotonic()))
            plan, interrupted = solved.chosen, solved.interrupted
            bound = max(self.bound, solved.bound)
            self.how = f"branch and bound (HiGHS) from the Lagrangian plan, on {size}"
            if solved.finished:
                bound = min(upper, np.inf)
                if plan is not None:
                    value = Kernel(core.network).cut(core.reduced(plan)).value
                    bound = min(bound, value)
        if plan is not None:
            whole = np.zeros(len(p.cost), dtype=bool)
            whole[smaller.measures[plan]] = True
            self.keep(whole)
        self.bound = max(self.bound, min(p.rounded(bound), self._best(room).value))
        if interrupted:
            raise KeyboardInterrupt

    def _improve(self, candidates: list[tuple[Bools, float]], room: float, deadline: float) -> None:
        """Value the most promising plan; a better one on the cut that it leaves follows, until none does."""
        for _ in range(8):
            if not candidates or time.monotonic() >= deadline:
                return
            chosen, promised = min(candidates, key=lambda c: c[1])
            if promised >= self._best(room).value or not self.problem.affordable(chosen, room):
                return
            known = self.keep(chosen)
            candidates = [choose_on_cut(self.problem, known.cut, room)]

    def keep(self, chosen: Bools) -> _Known:
        """Remember a plan, with what it leaves."""
        cut = self.kernel.cut(self.problem.reduced(chosen))
        known = _Known(chosen, float(self.problem.cost[chosen].sum()), cut.value, cut)
        self.known.append(known)
        return known

    def _best(self, room: float) -> _Known:
        """The best plan known that fits; ties go to the cheaper."""
        fits = [k for k in self.known if self.problem.affordable(k.chosen, room)]
        return min(fits, key=lambda k: (k.value, k.cost))
