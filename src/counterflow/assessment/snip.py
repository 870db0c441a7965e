"""Stochastic network interdiction: where sensors leave an evader the smallest chance to pass, before it is known where
he starts and where he wants to go.

Exact, by branch and cut with lazy multi-cut Benders cuts: the master problem (HiGHS) holds the sensors and one value a
run; each run's best path at the master's sensors gives the cut it violates (`snip_kernel`). One backward search a
destination serves all runs that end there.

Model: Pan and Morton, "Minimizing a stochastic maximum-reliability path", Networks 52(3), 2008.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from counterflow.assessment.exact import quiet
from counterflow.assessment.mincut import Bools, Floats, Ints
from counterflow.errors import UsageError

__all__ = ["Placed", "Snip", "place"]

_CLOSED = 1e-9
"""Relative gap at which a plan counts as proven."""
_ROWS = 1500
"""Cuts held at most before those that are not tight are dropped."""
_SWAPS = 300
"""Exchanges of one sensor that are tried at most to improve the plan before branching."""
_TRUSTED = 3
"""Branchings on a sensor after which its average gain is believed and not tried out first."""


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
    nodes: int
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


class _Master:
    """The linear relaxation in HiGHS, and the cuts it has got."""

    def __init__(self, sensors: int, evader: _Evader, low: Floats, limit: float, weight: Floats) -> None:
        import highspy

        self.sensors, self.evader = sensors, evader
        h = quiet()
        h.setOptionValue("threads", 1)
        h.setOptionValue("solver", "simplex")
        h.setOptionValue("presolve", "off")
        runs = len(evader.origin)
        inf = highspy.kHighsInf
        none = np.zeros(0)
        h.addCols(sensors, np.zeros(sensors), np.zeros(sensors), np.ones(sensors), 0, none, none, none)
        h.addCols(runs, evader.chance, low, np.full(runs, inf), 0, none, none, none)
        h.addRow(-inf, limit, sensors, np.arange(sensors, dtype=np.int32), weight)
        self.h, self.inf, self.added = h, inf, 0

    def bounds(self, fixed: Floats) -> None:
        """:param fixed: shape (sensors,): 0, 1, or nan where open"""
        low, high = np.where(np.isnan(fixed), 0.0, fixed), np.where(np.isnan(fixed), 1.0, fixed)
        self.h.changeColsBounds(self.sensors, np.arange(self.sensors, dtype=np.int32), low, high)

    def solve(self) -> tuple[float, Floats, Floats] | None:
        """(value, sensors, runs); None where no sensors are allowed by the bounds."""
        import highspy

        self.h.run()
        if self.h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.asarray(self.h.getSolution().col_value)
        value = float(self.h.getInfo().objective_function_value)
        return value, np.clip(found[: self.sensors], 0.0, 1.0), found[self.sensors :]

    def reduced_costs(self) -> Floats:
        return np.asarray(self.h.getSolution().col_dual)[: self.sensors]

    def cut(self, x: Floats, reached: Floats) -> int:
        """Add what is violated. :returns: how many"""
        start, column, factor, side, run = self.evader.cuts(x, reached)
        if not len(run):
            return 0
        sizes = np.diff(np.concatenate([start, [len(column)]]))
        new_start = np.concatenate([[0], np.cumsum(sizes + 1)])
        index = np.empty(new_start[-1], dtype=np.int32)
        value = np.empty(new_start[-1])
        own = new_start[1:] - 1
        index[own], value[own] = self.sensors + run, 1.0
        rest = np.ones(len(index), dtype=bool)
        rest[own] = False
        index[rest], value[rest] = column, -factor
        self.h.addRows(
            len(run), side, np.full(len(run), self.inf), len(index), new_start[:-1].astype(np.int32), index, value
        )
        self.added += len(run)
        return len(run)

    def purge(self) -> None:
        """Drop cuts that are not tight."""
        import highspy

        basis = self.h.getBasis()
        loose = [i for i, s in enumerate(basis.row_status) if i and s == highspy.HighsBasisStatus.kBasic]
        if loose:
            self.h.deleteRows(len(loose), np.array(loose, dtype=np.int32))


class _Node(NamedTuple):
    bound: float
    number: int
    fixed: Floats


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
        self.low, self.nodes = 0.0, 0
        self.gain, self.seen = np.zeros((2, self.sensors)), np.zeros((2, self.sensors))

    def run(self) -> Placed:
        unhurt = self.evader.value(np.zeros(self.sensors))
        self.evader.value(np.ones(self.sensors))
        self.master = _Master(self.sensors, self.evader, self.evader.each.copy(), self.limit, np.ones(self.sensors))
        self.offer(np.where(self.fixed == 1.0, 1.0, 0.0))
        stopped = ""
        try:
            if not self._solve():
                stopped = "stopped by the time limit"
        except KeyboardInterrupt:
            stopped = "stopped by the user"
        bound = min(self.low, self.best) if stopped else self.best
        return Placed(self.plan > 0.5, self.best, bound, unhurt, self.nodes, self.master.added, stopped)

    def offer(self, x: Floats) -> None:
        value = self.evader.value(x)
        if value < self.best:
            self.best, self.plan = value, x.copy()

    def closed(self, low: float) -> bool:
        return low >= self.best * (1 - _CLOSED) - 1e-12

    def _solve(self) -> bool:
        self.master.bounds(self.fixed)
        root = self._node(self.fixed, rounds=200)
        if root is None or self.closed(root[0]):
            return root is None or self.closed(root[0])
        self.low = root[0]
        self._swap()
        self.master.purge()
        root = self._node(self.fixed, rounds=200)
        if root is None or time.monotonic() >= self.deadline:
            return root is None
        self.low = max(self.low, root[0])
        self._tighten(root[0], root[1], self.fixed)
        stack: list[_Node] = [_Node(root[0], 0, self.fixed)]
        count = 0
        while stack:
            if time.monotonic() >= self.deadline:
                self.low = max(self.low, min(n.bound for n in stack))
                return False
            node = heapq.heappop(stack)
            fixed: Floats | None = node.fixed
            low = node.bound
            self.low = max(self.low, min(node.bound, self.best))
            if self.closed(low):
                return True
            while fixed is not None:  # dive until it is closed, leaving the other children behind
                self.master.bounds(fixed)
                found = self._node(fixed, rounds=6)
                if found is None or self.closed(found[0]):
                    break
                low, x = max(low, found[0]), found[1]
                self._tighten(found[0], x, fixed)
                ask = self._question(low, x, fixed)
                if ask < 0:
                    break
                if not np.isnan(fixed[ask]):
                    continue
                sides = []
                for side in (1.0, 0.0):
                    child = fixed.copy()
                    child[ask] = side
                    sides.append(child)
                near = 0 if x[ask] >= 0.5 else 1
                count += 1
                heapq.heappush(stack, _Node(low, count, sides[1 - near]))
                fixed = sides[near]
                if time.monotonic() >= self.deadline:
                    count += 1
                    heapq.heappush(stack, _Node(low, count, fixed))
                    break
        return True

    def _question(self, low: float, x: Floats, fixed: Floats) -> int:
        """The sensor to branch on, whose two children rise most; -1 where all are whole. Where trying one out closes a
        child, the sensor is fixed at the other.

        Reliability branching (Achterberg, Koch and Martin, Operations Research Letters 33(1), 2005): gains seen so far,
        tried out by solving both children while there are few of them.
        """
        part = np.where(np.isnan(fixed), np.minimum(x, 1 - x), 0.0)
        candidates = np.flatnonzero(part > 1e-6)
        if not len(candidates):
            return -1
        count = np.maximum(self.seen, 1)
        usual = self.gain.sum(axis=1) / np.maximum(self.seen.sum(axis=1), 1)
        mean = np.where(self.seen > 0, self.gain / count, usual[:, None])[:, candidates]
        rise = np.stack([mean[0] * x[candidates], mean[1] * (1 - x[candidates])])
        score = np.maximum(rise[0], 1e-9) * np.maximum(rise[1], 1e-9)
        best, best_score, idle = -1, -1.0, 0
        for place in np.lexsort((candidates, -part[candidates], -score)).tolist():
            sensor, worth = int(candidates[place]), float(score[place])
            if (self.seen[:, sensor] < _TRUSTED).any() and idle < 6:
                worth = 1.0
                for side in (0, 1):
                    child = fixed.copy()
                    child[sensor] = float(side)
                    self.master.bounds(child)
                    found = self._node(child, rounds=3)
                    if found is None or self.closed(found[0]):
                        fixed[sensor] = 1.0 - side
                        return sensor
                    self._learn(sensor, side, x, max(0.0, found[0] - low))
                    worth *= max(found[0] - low, 1e-9)
                idle = 0 if worth > best_score else idle + 1
            if worth > best_score:
                best, best_score = sensor, worth
        return best

    def _learn(self, sensor: int, side: int, x: Floats, rise: float) -> None:
        self.gain[side, sensor] += rise / max(1e-6, abs(x[sensor] - side))
        self.seen[side, sensor] += 1

    def _node(self, fixed: Floats, rounds: int) -> tuple[float, Floats] | None:
        """Solve the relaxation, adding cuts until few are violated; (bound, sensors), or None where nothing fits."""
        self.nodes += 1
        before = -np.inf
        turn = 0
        while True:
            found = self.master.solve()
            if found is None:
                return None
            low, x, reached = found
            if self.closed(low):
                return low, x
            whole = bool((np.minimum(x, 1 - x) < 1e-6).all())
            if whole:
                x = np.round(x)
                self.offer(x)
            turn += 1
            if not whole and (turn > rounds or (turn > 2 and low - before < 1e-5 * max(low, 1e-12))):
                return low, x
            if time.monotonic() >= self.deadline:
                return low, x
            before = low
            if self.master.h.getNumRow() > _ROWS:
                self.master.purge()
            if not self.master.cut(x, reached):
                if not whole and turn <= 3:
                    self._round(x)
                return low, x

    def _round(self, x: Floats) -> None:
        """The likeliest sensors as a plan."""
        plan = np.where(self.fixed == 1.0, 1.0, 0.0)
        allowed = np.where(np.isnan(self.fixed), x, -1.0)
        room = int(self.limit - plan.sum())
        likely = np.argsort(-allowed, kind="stable")[:room]
        plan[likely[allowed[likely] >= 0]] = 1.0
        self.offer(plan)

    def _swap(self) -> None:
        """Improve the plan by exchanging one sensor, most promising first."""
        found = self.master.solve()
        if found is None:
            return
        self._round(found[1])
        likely = [
            int(i) for i in np.argsort(-found[1], kind="stable")[: int(2 * self.limit) + 10] if np.isnan(self.fixed[i])
        ]
        better, tries = True, 0
        while better and time.monotonic() < self.deadline:
            better = False
            plan = self.plan.copy()
            losses = []
            for out in np.flatnonzero((plan > 0.5) & np.isnan(self.fixed)).tolist():
                plan[out] = 0.0
                losses.append((self.evader.value(plan), out))
                plan[out] = 1.0
            for _, out in sorted(losses)[:6]:
                for new in likely:
                    if plan[new] < 0.5 and tries < _SWAPS:
                        tries += 1
                        trial = plan.copy()
                        trial[out], trial[new] = 0.0, 1.0
                        before = self.best
                        self.offer(trial)
                        better = better or self.best < before - 1e-12
                if better:
                    break

    def _tighten(self, low: float, x: Floats, fixed: Floats) -> None:
        """Fix sensors whose other choice cannot lead to anything better, by reduced cost of the last relaxation."""
        cost, room = self.master.reduced_costs(), self.best - low
        open_ = np.isnan(fixed)
        fixed[open_ & (x < 1e-9) & (cost > room + 1e-9)] = 0.0
        fixed[open_ & (x > 1 - 1e-9) & (-cost > room + 1e-9)] = 1.0
