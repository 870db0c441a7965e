"""Stochastic network interdiction: where sensors leave an evader the smallest chance to pass, before it is known where
he starts and where he wants to go.

Exact: a programme of steps (`snip_steps`) that is told more of the evader's ways until it knows all that matter. First
its relaxation, at whose answer the ways it lacks are searched; then the sensors on which that answer is undecided, the
rest as it says, for a good plan; then all of it in whole numbers (HiGHS), again with the ways open at its answer, until
there is none. Every value it gives is a lower bound, for it knows no more ways than there are.

Measured: the relaxation of the published instances is 0 to 3 % low and often whole, where that of inequalities on
single paths (Towle and Luedtke, Computational Management Science 15, 2018) is a fifth low at q = 0.1 r.

Model: Pan and Morton, "Minimizing a stochastic maximum-reliability path", Networks 52(3), 2008.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from counterflow.assessment.exact import quiet, run
from counterflow.assessment.mincut import Bools, Floats, Ints
from counterflow.errors import UsageError

__all__ = ["Placed", "Snip", "place"]

_CLOSED = 1e-8
"""Relative gap at which a plan counts as proven."""
_SCALE = 1e4
"""The programme's value where nothing stands: its tolerances are absolute, and steps are small."""
_COARSE, _FINE = 1e-3, 1e-9
"""Share of the value that ways may be wrong by in all, when they are gathered from the relaxation and at a plan."""
_STALE = 0.01
"""Share of the gap that eight rounds of ways must close, or the relaxation is left."""


@dataclass(frozen=True, eq=False)
class Snip:
    """:param sensor: tail and head of each arc that can have a sensor, shape (sensors, 2)
    :param passes: chance to pass it without; `detects` with a sensor; `other`, `other_passes` the arcs that cannot
    :param run: origin and destination of each run, shape (runs, 2); `chance` its probability
    """

    names: tuple[str, ...]
    sensor: Ints
    passes: Floats
    detects: Floats
    other: Ints
    other_passes: Floats
    run: Ints
    chance: Floats

    def variant(self, number: int) -> Snip:
        """The published variants: 0 and 1 as in the file, 2 half, 3 a tenth, 4 nothing of the chance without a sensor.

        :raises UsageError: there is no such variant
        """
        share = {0: None, 1: None, 2: 0.5, 3: 0.1, 4: 0.0}
        if number not in share:
            raise UsageError(f"there is no variant {number}; there are 0 to 4")
        factor = share[number]
        detects = self.detects if factor is None else factor * self.passes
        return Snip(self.names, self.sensor, self.passes, detects, self.other, self.other_passes, self.run, self.chance)


class Placed(NamedTuple):
    """:param sensors: shape (sensors,); :param objective: expected chance to pass; :param bound: no plan leaves less
    :param rounds: programmes solved; :param cuts: ways of the evader that the last one knew"""

    sensors: Bools
    objective: float
    bound: float
    unhurt: float
    rounds: int
    cuts: int
    stopped: str = ""


def place(
    case: Snip, budget: float, *, must: Ints | None = None, never: Ints | None = None, seconds: float | None = None
) -> Placed:
    """The sensors within the budget (each costs 1) that leave the smallest expected chance to pass; none is needless.

    :param must: numbers of sensors that stand in any case (they cost too); `never` those that cannot
    :param seconds: time limit; None: until proven. Ctrl-C ends it as a limit does
    :raises UsageError: more sensors must stand than the budget allows
    """
    deadline = np.inf if seconds is None else time.monotonic() + seconds
    return _Search(case, budget, must, never, deadline).run()


class _Evader:
    """The graph as the kernels want it: arcs sorted by the node they enter, runs by destination. Only sensors that are
    to be decided on have a number there."""

    def __init__(self, case: Snip, must: Ints, never: Ints) -> None:
        count = len(case.passes)
        # a sensor that helps the evader is not used against him
        open_, stands = case.detects < case.passes, np.zeros(count, dtype=bool)
        stands[must] = True
        open_[never] = False
        ends = np.concatenate([case.sensor, case.other]).reshape(-1, 2)
        number = np.concatenate([np.arange(count), np.full(len(case.other), -1)])
        passes = np.concatenate([case.passes, case.other_passes])
        detects = np.concatenate([np.minimum(case.detects, case.passes), case.other_passes])
        passes[:count][stands] = detects[:count][stands]
        self.free = np.flatnonzero(open_ & ~stands)
        number[:count][~open_ | stands] = -1
        order = np.argsort(ends[:, 1], kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 1], minlength=len(case.names)))])
        self.graph = (first.astype(np.int64), ends[order, 0].copy(), number[order], passes[order], detects[order])
        runs = np.argsort(case.run[:, 1], kind="stable")
        self.targets, counts = np.unique(case.run[:, 1], return_counts=True)
        self.group = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.origin, self.chance = case.run[runs, 0].copy(), case.chance[runs]
        self.each = np.zeros(len(runs))

    def value(self, stands: Bools) -> float:
        """The expected chance to pass; `each` run's is kept."""
        from counterflow.assessment.snip_kernel import expected

        return expected(*self.graph, stands, self.targets, self.group, self.origin, self.chance, self.each)


class _Search:
    def __init__(self, case: Snip, budget: float, must: Ints | None, never: Ints | None, deadline: float) -> None:
        from counterflow.assessment.snip_steps import Steps

        none = np.zeros(0, dtype=np.int64)
        self.must, never = none if must is None else must, none if never is None else never
        self.deadline, self.count = deadline, len(case.passes)
        self.unhurt = _Evader(case, none, none).value(np.zeros(self.count, dtype=bool))
        self.evader = e = _Evader(case, self.must, never)
        self.limit = float(np.floor(min(budget, self.count))) - len(self.must)
        if self.limit < 0:
            raise UsageError(f"{len(self.must)} sensors must stand, more than the budget of {budget:g}")
        self.best, self.plan = np.inf, np.zeros(self.count, dtype=bool)
        self.low, self.rounds, self.known = 0.0, 0, 0
        everything = np.zeros(self.count, dtype=bool)
        everything[e.free] = True
        self.least = self.offer(everything) if len(e.free) <= self.limit else e.value(everything)
        self.steps = Steps(e.graph, e.targets, e.group, e.origin, e.chance, e.each.copy(), self.count)
        self.offer(np.zeros(self.count, dtype=bool))

    def run(self) -> Placed:
        stopped, self.low = "", self.least
        try:
            if not self._solve():
                stopped = "stopped by the time limit"
        except KeyboardInterrupt:
            stopped = "stopped by the user"
        bound = min(self.low, self.best) if stopped else self.best
        for sensor in np.flatnonzero(self.plan).tolist():
            self.plan[sensor] = False
            if self.evader.value(self.plan) > self.best:
                self.plan[sensor] = True
        self.plan[self.must] = True
        return Placed(self.plan, self.best, bound, self.unhurt, self.rounds, self.known, stopped)

    def offer(self, stands: Bools) -> float:
        """A plan within the budget; kept where it is the best. :returns: its value"""
        value = self.evader.value(stands)
        if value < self.best:
            self.best, self.plan = value, stands.copy()
        return value

    def late(self) -> bool:
        return time.monotonic() >= self.deadline

    def closed(self) -> bool:
        return self.low >= self.best * (1 - _CLOSED) - 1e-12

    def gather(self, x: Floats, share: float) -> int:
        """Ways the programme lacks at x. :returns: how many"""
        found = self.steps.gather(x, share * self.unhurt / max(1, len(self.evader.origin)))
        self.known += found
        return found

    def _solve(self) -> bool:
        """:returns: whether the plan was proven"""
        x = self._relaxed()
        if self.closed():
            return True
        if self.late():
            return False
        # where the relaxation is sure it is believed first: a good plan, and the ways around it, for little
        finished = False
        sure = np.where(np.minimum(x, 1 - x) < 1e-6, np.round(x), np.nan)
        for decided in (sure, np.full(self.count, np.nan)):
            while not self.late():
                self.gather(self.plan.astype(np.float64), _FINE)
                found, finished = self._whole(decided)
                if self.closed():
                    return True
                if found is None or not self.gather(found.astype(np.float64), _FINE):
                    break  # no way is open that was not counted: the programme's value is the plan's
        return finished and not self.late()

    def _relaxed(self) -> Floats:
        """Gather ways until the relaxation knows what matters. :returns: its answer"""
        import highspy

        x, bounds = np.zeros(self.count), [self.low]
        while self.gather(x, _COARSE) and not self.late():
            h = self._model()
            h.run()
            self.rounds += 1
            if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break  # by the time limit: what it holds is no bound
            x = np.clip(np.asarray(h.getSolution().col_value)[: self.count], 0.0, 1.0)
            self.low = max(self.low, min(float(h.getInfo().objective_function_value) / self.scale, self.best))
            likely = np.argsort(-x, kind="stable")[: int(self.limit)]
            self.offer(np.isin(np.arange(self.count), likely[x[likely] > 0]))
            bounds.append(self.low)
            if self.closed() or (len(bounds) > 8 and self.low - bounds[-9] < _STALE * (self.best - self.low)):
                break
        return x

    def _model(self) -> Any:
        """The programme in HiGHS with the ways known."""
        h = quiet()
        for option, value in {"threads": 1, "random_seed": 1, "dual_feasibility_tolerance": 1e-9,
                              "primal_feasibility_tolerance": 1e-9}.items():  # fmt: skip
            h.setOptionValue(option, value)
        if np.isfinite(self.deadline):
            h.setOptionValue("time_limit", max(0.05, self.deadline - time.monotonic()))
        self.scale = _SCALE / max(self.unhurt, 1e-12)
        h.passModel(self.steps.programme(self.limit, self.scale))
        return h

    def _whole(self, decided: Floats) -> tuple[Bools | None, bool]:
        """The programme in whole numbers, from the best plan known. :param decided: shape (sensors,): 0, 1, or nan
        :returns: its plan, or None; and whether it was solved"""
        import highspy

        h = self._model()
        self.rounds += 1
        columns = np.arange(self.count, dtype=np.int32)
        every = bool(np.isnan(decided).all())
        if not every:
            low, high = np.where(np.isnan(decided), 0.0, decided), np.where(np.isnan(decided), 1.0, decided)
            h.changeColsBounds(self.count, columns, low, high)
        h.changeColsIntegrality(self.count, columns, np.full(self.count, highspy.HighsVarType.kInteger))
        for option, value in {"mip_rel_gap": 0.0, "mip_abs_gap": 1e-9 * _SCALE,
                              "mip_feasibility_tolerance": 1e-9}.items():  # fmt: skip
            h.setOptionValue(option, value)
        h.setSolution(self.count, columns, self.plan.astype(np.float64))
        try:
            run(h)
        finally:  # what was found and proven counts, though Ctrl-C ends it
            info, plan = h.getInfo(), None
            finished = h.getModelStatus() == highspy.HighsModelStatus.kOptimal
            if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
                plan = np.asarray(h.getSolution().col_value)[: self.count] > 0.5
                self.offer(plan)
            bound = info.objective_function_value if finished else info.mip_dual_bound
            if every and np.isfinite(bound):
                self.low = max(self.low, min(float(bound) / self.scale, self.best))
        return plan, finished
