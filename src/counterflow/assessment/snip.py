"""Stochastic network interdiction: where sensors leave an evader the smallest chance to pass, before it is known where
he starts and where he wants to go.

Exact, by lazy multi-cut Benders decomposition: the master problem (HiGHS) holds the sensors and one value a run; each
run's best path at the master's sensors gives the cut it violates (`snip_kernel`). One backward search a destination
serves all runs that end there. Cuts are gathered from the relaxation, and from that of the relaxation with one sensor
settled either way; then the master is solved in whole numbers, from the best plan known, and again with the cuts that
its
answer violates, until it violates none. HiGHS' own cuts and restarts do the rest: measured, they lift the bound of the
hard variant from 0.171 to 0.212 (of 0.216) before the first branching, where a tree of our own took thousands of nodes.

Model: Pan and Morton, "Minimizing a stochastic maximum-reliability path", Networks 52(3), 2008.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from counterflow.assessment.exact import quiet, run
from counterflow.assessment.mincut import Bools, Floats, Ints
from counterflow.errors import UsageError

__all__ = ["Placed", "Snip", "place"]

_CLOSED = 1e-8
"""Relative gap at which a plan counts as proven."""
_SWAPS = 300
"""Exchanges of one sensor that are tried at most to improve the plan."""
_TRIED = 120
"""Sensors settled either way to gather cuts, the least certain first."""


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
    """:param sensors: shape (sensors,); :param objective: expected chance to pass; :param bound: no plan leaves less"""

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
    """The sensors within the budget (each costs 1) that leave the smallest expected chance to pass.

    :param must: numbers of sensors that stand in any case (they cost too); `never` those that cannot
    :param seconds: time limit; None: until proven. Ctrl-C ends it as a limit does
    """
    deadline = np.inf if seconds is None else time.monotonic() + seconds
    return _Search(case, budget, must, never, deadline).run()


class _Evader:
    """The graph as the kernels want it: arcs sorted by the node they enter, runs by destination."""

    def __init__(self, case: Snip) -> None:
        ends = np.concatenate([case.sensor, case.other]).reshape(-1, 2)
        number = np.concatenate([np.arange(len(case.sensor)), np.full(len(case.other), -1)])
        passes = np.concatenate([case.passes, case.other_passes])
        # a sensor that helps the evader is not used against him
        detects = np.concatenate([np.minimum(case.detects, case.passes), case.other_passes])
        order = np.argsort(ends[:, 1], kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 1], minlength=len(case.names)))])
        self.graph = (first.astype(np.int64), ends[order, 0].copy(), number[order], passes[order], detects[order])
        self.head = ends[order, 1].copy()
        runs = np.argsort(case.run[:, 1], kind="stable")
        self.targets, counts = np.unique(case.run[:, 1], return_counts=True)
        self.group = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.origin, self.chance = case.run[runs, 0].copy(), case.chance[runs]
        self.each = np.zeros(len(runs))

    def value(self, x: Floats) -> float:
        from counterflow.assessment.snip_kernel import expected

        return expected(*self.graph, x, self.targets, self.group, self.origin, self.chance, self.each)

    def cuts(self, x: Floats, reached: Floats) -> tuple[Ints, Ints, Floats, Floats, Ints]:
        from counterflow.assessment.snip_kernel import cuts

        first, tail, sensor, passes, detects = self.graph
        return cuts(
            first, tail, self.head, sensor, passes, detects, x, self.targets, self.group, self.origin, reached, 1e-7
        )


class _Whole(NamedTuple):
    """:param value: of the master's answer ``x``; :param bound: proven for the master, and so for all"""

    value: float
    x: Floats | None
    reached: Floats
    bound: float
    finished: bool


class _Master:
    """The master problem in HiGHS, and the cuts it has got."""

    def __init__(self, sensors: int, evader: _Evader, low: Floats, limit: float) -> None:
        import highspy

        self.sensors, self.evader = sensors, evader
        h = quiet()
        h.setOptionValue("threads", 1)
        runs, none = len(evader.origin), np.zeros(0)
        self.inf = highspy.kHighsInf
        h.addCols(sensors, np.zeros(sensors), np.zeros(sensors), np.ones(sensors), 0, none, none, none)
        h.addCols(runs, evader.chance, low, np.full(runs, self.inf), 0, none, none, none)
        h.addRow(-self.inf, limit, sensors, np.arange(sensors, dtype=np.int32), np.ones(sensors))
        self.h, self.added = h, 0

    def bounds(self, fixed: Floats) -> None:
        """:param fixed: shape (sensors,): 0, 1, or nan where open"""
        low, high = np.where(np.isnan(fixed), 0.0, fixed), np.where(np.isnan(fixed), 1.0, fixed)
        self.h.changeColsBounds(self.sensors, np.arange(self.sensors, dtype=np.int32), low, high)

    def relaxed(self) -> tuple[float, Floats, Floats] | None:
        """(value, sensors, runs); None where no sensors are allowed by the bounds."""
        import highspy

        self._kind(highspy.HighsVarType.kContinuous)
        self.h.setOptionValue("presolve", "off")
        self.h.run()
        if self.h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.asarray(self.h.getSolution().col_value)
        value = float(self.h.getInfo().objective_function_value)
        return value, np.clip(found[: self.sensors], 0.0, 1.0), found[self.sensors :]

    def whole(self, fixed: Floats, plan: Floats, value: float, deadline: float) -> _Whole:
        """The master in whole numbers. :param plan: known to be worth ``value``; where to start from"""
        import highspy

        h = self.h
        self.bounds(fixed)
        self._kind(highspy.HighsVarType.kInteger)
        h.setOptionValue("presolve", "choose")
        h.setOptionValue("mip_rel_gap", 0.0)
        h.setOptionValue("mip_abs_gap", 1e-9 * value)
        h.setOptionValue("time_limit", float(h.getRunTime() + max(0.05, deadline - time.monotonic()))
                         if np.isfinite(deadline) else self.inf)  # fmt: skip
        self.evader.value(plan)
        start = highspy.HighsSolution()
        start.col_value = [*plan.tolist(), *self.evader.each.tolist()]
        h.setSolution(start)
        run(h)
        info = h.getInfo()
        finished = h.getModelStatus() == highspy.HighsModelStatus.kOptimal
        reached = float(info.objective_function_value)
        bound = reached if finished else float(info.mip_dual_bound)
        x = None
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            found = np.asarray(h.getSolution().col_value)
            x = np.round(found[: self.sensors])
            return _Whole(reached, x, found[self.sensors :], bound if np.isfinite(bound) else 0.0, finished)
        return _Whole(reached, None, np.zeros(0), bound if np.isfinite(bound) else 0.0, finished)

    def _kind(self, kind: object) -> None:
        columns = np.arange(self.sensors, dtype=np.int32)
        self.h.changeColsIntegrality(self.sensors, columns, np.full(self.sensors, kind))

    def reduced_costs(self) -> Floats:
        return np.asarray(self.h.getSolution().col_dual)[: self.sensors]

    def cut(self, x: Floats, reached: Floats) -> int:
        """Add what is violated. :returns: how many"""
        start, column, factor, side, runs = self.evader.cuts(x, reached)
        if not len(runs):
            return 0
        sizes = np.diff(np.concatenate([start, [len(column)]]))
        begins = np.concatenate([[0], np.cumsum(sizes + 1)])
        index, value = np.empty(begins[-1], dtype=np.int32), np.empty(begins[-1])
        own = begins[1:] - 1
        rest = np.ones(len(index), dtype=bool)
        rest[own] = False
        index[own], value[own] = self.sensors + runs, 1.0
        index[rest], value[rest] = column, -factor
        high = np.full(len(runs), self.inf)
        self.h.addRows(len(runs), side, high, len(index), begins[:-1].astype(np.int32), index, value)
        self.added += len(runs)
        return len(runs)


class _Search:
    def __init__(self, case: Snip, budget: float, must: Ints | None, never: Ints | None, deadline: float) -> None:
        self.case, self.deadline = case, deadline
        self.sensors = len(case.passes)
        self.evader = _Evader(case)
        self.limit = float(np.floor(min(budget, self.sensors)))
        self.fixed = np.full(self.sensors, np.nan)
        self.fixed[case.detects >= case.passes] = 0.0
        if never is not None:
            self.fixed[never] = 0.0
        if must is not None:
            self.fixed[must] = 1.0
        self.best, self.plan = np.inf, np.zeros(self.sensors)
        self.low, self.rounds = 0.0, 0

    def run(self) -> Placed:
        unhurt = self.evader.value(np.zeros(self.sensors))
        self.evader.value(np.ones(self.sensors))
        self.master = _Master(self.sensors, self.evader, self.evader.each.copy(), self.limit)
        self.offer(np.where(self.fixed == 1.0, 1.0, 0.0))
        stopped = ""
        try:
            if not self._solve():
                stopped = "stopped by the time limit"
        except KeyboardInterrupt:
            stopped = "stopped by the user"
        bound = min(self.low, self.best) if stopped else self.best
        return Placed(self.plan > 0.5, self.best, bound, unhurt, self.rounds, self.master.added, stopped)

    def offer(self, x: Floats) -> float:
        """A plan within the budget; kept where it is the best. :returns: its value"""
        value = self.evader.value(x)
        if value < self.best:
            self.best, self.plan = value, x.copy()
        return value

    def late(self) -> bool:
        return time.monotonic() >= self.deadline

    def closed(self) -> bool:
        return self.low >= self.best * (1 - _CLOSED) - 1e-12

    def _solve(self) -> bool:
        """:returns: whether the plan was proven"""
        found = self._relaxed(self.fixed, 200)
        if found is None or self.closed():
            return True
        self._round(found[1])
        if self.closed():
            return True
        if self.late():
            return False
        self._swap(found[1])
        self._tighten(found[0], found[1])
        self._gather(found[1])
        while not self.late():
            self.rounds += 1
            solved = self.master.whole(self.fixed, self.plan, self.best, self.deadline)
            self.low = max(self.low, min(solved.bound, self.best))
            if self.closed():
                return True
            if solved.x is None:
                return False
            value = self.offer(solved.x)
            self.master.cut(solved.x, solved.reached)
            if solved.finished and solved.value >= value * (1 - _CLOSED) - 1e-12:
                self.low = self.best
                return True
        return self.closed()

    def _relaxed(self, fixed: Floats, rounds: int) -> tuple[float, Floats] | None:
        """The relaxation with as many rounds of cuts: (bound, sensors); None where nothing fits."""
        self.master.bounds(fixed)
        low, x = 0.0, np.zeros(self.sensors)
        for _ in range(rounds):
            found = self.master.relaxed()
            if found is None:
                return None
            low, x, reached = found
            if fixed is self.fixed:
                self.low = max(self.low, min(low, self.best))
            if self.late() or not self.master.cut(x, reached):
                break
        if bool((np.minimum(x, 1 - x) < 1e-6).all()):
            self.offer(np.round(x))
        return low, x

    def _round(self, x: Floats) -> None:
        """The likeliest sensors as a plan."""
        plan = np.where(self.fixed == 1.0, 1.0, 0.0)
        allowed = np.where(np.isnan(self.fixed), x, -1.0)
        likely = np.argsort(-allowed, kind="stable")[: int(self.limit - plan.sum())]
        plan[likely[allowed[likely] >= 0]] = 1.0
        self.offer(plan)

    def _swap(self, x: Floats) -> None:
        """Improve the plan by exchanging one sensor, most promising first."""
        likely = [int(i) for i in np.argsort(-x, kind="stable")[: int(2 * self.limit) + 10] if np.isnan(self.fixed[i])]
        better, tries = True, 0
        while better and tries < _SWAPS and not self.late():
            better = False
            plan = self.plan.copy()
            losses = []
            for out in np.flatnonzero((plan > 0.5) & np.isnan(self.fixed)).tolist():
                plan[out] = 0.0
                losses.append((self.evader.value(plan), out))
                plan[out] = 1.0
            for _, out in sorted(losses)[:6]:
                for new in likely:
                    if plan[new] < 0.5 and tries < _SWAPS and not self.late():
                        tries += 1
                        trial = plan.copy()
                        trial[out], trial[new] = 0.0, 1.0
                        before = self.best
                        self.offer(trial)
                        better = better or self.best < before - 1e-12
                if better:
                    break

    def _tighten(self, low: float, x: Floats) -> None:
        """Settle sensors whose other choice cannot lead to anything better, by their reduced costs."""
        cost, room = self.master.reduced_costs(), self.best - low
        open_ = np.isnan(self.fixed)
        self.fixed[open_ & (x < 1e-9) & (cost > room + 1e-9)] = 0.0
        self.fixed[open_ & (x > 1 - 1e-9) & (-cost > room + 1e-9)] = 1.0

    def _gather(self, x: Floats) -> None:
        """Cuts from either side of each sensor that the relaxation is unsure of."""
        unsure = np.where(np.isnan(self.fixed), np.minimum(x, 1 - x), 0.0)
        for sensor in np.argsort(-unsure, kind="stable")[:_TRIED].tolist():
            if unsure[sensor] < 1e-6 or self.late():
                break
            for side in (0.0, 1.0):
                child = self.fixed.copy()
                child[sensor] = side
                found = self._relaxed(child, 3)
                if found is None or found[0] >= self.best:
                    self.fixed[sensor] = 1.0 - side
                    break
