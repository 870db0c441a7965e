"""Solving an interdiction instance from a file, whatever its format: one answer a budget, all in the same shape."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.assessment import formats
from counterflow.assessment.interdiction import arrays, plan_of
from counterflow.assessment.knapsack import Knapsack, forbid
from counterflow.assessment.mincut import Kernel
from counterflow.assessment.snip import Snip, place
from counterflow.assessment.solver import Solver
from counterflow.errors import UsageError

__all__ = ["FORMATS", "budgets_from", "solve"]

FORMATS = ("mfi", "snip", "knapsack")


def solve(
    path: Path,
    budgets: Sequence[float] = (),
    *,
    format: str | None = None,
    snipno: int = 1,
    time_limit: float | None = None,
) -> Iterator[dict[str, Any]]:
    """One answer a budget, as they are found; the last one has ``status`` interrupted where Ctrl-C was pressed.

    An answer: {format, budget, objective, bound, gap, status, plan, cost, baseline, certificate, seconds}. The plan
    names arcs of a network from 0 in the order of the file (sensors of SNIP likewise), items of a knapsack from 1.

    :param budgets: default: that of the file; SNIP names none
    :param format: one of `FORMATS`; default: what the file looks like
    :param snipno: variant of a SNIP instance, 0 to 4
    :param time_limit: seconds for all budgets together
    :raises InputError: the file is not as its format says; :raises UsageError: a budget is missing or unusable
    """
    kind = format or formats.detect(path)
    for budget in budgets:
        if math.isnan(budget) or budget < 0:
            raise UsageError(f"the budget is {budget}; it must be 0 or more")
    kinds: dict[str, type[_mfi | _snip | _knapsack]] = {"mfi": _mfi, "snip": _snip, "knapsack": _knapsack}
    answer = kinds[kind](path, snipno)
    wanted = sorted(budgets) if budgets else answer.own_budget()
    deadline = None if time_limit is None else time.monotonic() + time_limit
    for turn, budget in enumerate(wanted):
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) / (len(wanted) - turn)
        found = {"format": kind, **answer.at(budget, left)}
        yield found
        if found["status"] == "interrupted":
            return


def budgets_from(text: str) -> list[float]:
    """Budgets as they are written: ``1,2,5``, or ``LOW:HIGH:HOW_MANY`` evenly spaced.

    :raises UsageError: it is neither
    """
    try:
        if ":" in text:
            low, high, count = text.split(":")
            many = int(count)
            if many < 1 or many > 10_000:
                raise UsageError(f"'{text}': {many} budgets; 1 to 10,000 can be asked for")
            return [float(b) for b in np.linspace(float(low), float(high), many)]
        return [float(word) for word in text.split(",")]
    except ValueError:
        raise UsageError(f"'{text}' is not a list of budgets such as 1,2,5 or 0:100:21") from None


class _mfi:  # noqa: N801, named after the format
    def __init__(self, path: Path, _: int) -> None:
        found = formats.read_mfi(path)
        self.budget, network = found.budget, found.network
        self.network = network
        self.endless = float(network.capacity[np.isfinite(network.capacity)].sum()) + 1.0
        capacity = np.where(np.isfinite(network.capacity), network.capacity, self.endless)
        kernel = Kernel(network)
        unhurt = kernel.cut(capacity)
        self.baseline = unhurt.value
        self.arc = np.flatnonzero(found.takeable & (capacity > 0))
        count = len(self.arc)
        problem = arrays(
            network, capacity, unhurt.value, cost=found.cost[self.arc], hit_arc=self.arc,
            hit_measure=np.arange(count), removes=np.ones(count), agency=np.zeros(count, np.int64),
            limits=np.array([np.inf]),
        )  # fmt: skip
        self.solver = Solver(problem, kernel, unhurt)

    def own_budget(self) -> list[float]:
        return [self.budget]

    def at(self, budget: float, seconds: float | None) -> dict[str, Any]:
        started = time.monotonic()
        found = self.solver.answer(budget, seconds)
        taken = np.flatnonzero(self.solver.needed(found))
        plan = plan_of(
            found, measures=tuple(map(str, self.arc[taken].tolist())),
            cost=float(self.solver.problem.cost[taken].sum()), baseline=self.baseline, endless=self.endless,
            cut=(), budget=budget, started=started,
        )  # fmt: skip
        shown = plan.to_dict()
        del shown["cut"]
        shown["arcs"] = [
            [self.network.names[self.network.tail[a]], self.network.names[self.network.head[a]]]
            for a in self.arc[taken].tolist()
        ]
        return {"status": _status(plan.gap, found.stopped), **shown}


class _knapsack:  # noqa: N801
    def __init__(self, path: Path, _: int) -> None:
        self.game = formats.read_knapsack(path)

    def own_budget(self) -> list[float]:
        return [float(self.game.budget)]

    def at(self, budget: float, seconds: float | None) -> dict[str, Any]:
        started, g = time.monotonic(), self.game
        room = int(min(math.floor(budget) if math.isfinite(budget) else math.inf, int(g.cost.sum())))
        found = forbid(Knapsack(g.weight, g.cost, g.profit, g.capacity, room), seconds=seconds)
        return _answer(
            budget, found.profit, found.bound, np.flatnonzero(found.items) + 1, float(g.cost[found.items].sum()),
            found.unhurt, f"branch and bound on a game, {found.nodes} nodes", found.stopped, started,
        )  # fmt: skip


class _snip:  # noqa: N801
    def __init__(self, path: Path, snipno: int) -> None:
        self.case: Snip = formats.read_snip(path).variant(snipno)

    def own_budget(self) -> list[float]:
        raise UsageError("a SNIP instance names no budget; say --budget SENSORS")

    def at(self, budget: float, seconds: float | None) -> dict[str, Any]:
        started = time.monotonic()
        found = place(self.case, budget, seconds=seconds)
        sensors = np.flatnonzero(found.sensors)
        how = f"programme of steps, solved {found.rounds} times, {found.cuts} ways known"
        shown = _answer(
            budget, found.objective, found.bound, sensors, float(len(sensors)), found.unhurt,
            how if found.unhurt else "no run can reach its destination", found.stopped, started,
        )  # fmt: skip
        shown["arcs"] = [[self.case.names[n] for n in self.case.sensor[s].tolist()] for s in sensors.tolist()]
        return shown


def _answer(
    budget: float, objective: float, bound: float, plan: Any, cost: float, baseline: float, how: str, stopped: str,
    started: float,
) -> dict[str, Any]:  # fmt: skip
    gap = 0.0 if objective <= bound or objective == 0 else 1 - bound / objective
    return {
        "status": _status(gap, stopped),
        "objective": objective,
        "bound": bound,
        "gap": gap,
        "plan": [str(p) for p in plan.tolist()],
        "cost": cost,
        "budget": budget if math.isfinite(budget) else None,
        "baseline": baseline,
        "certificate": ("optimal: " if gap == 0 else "not proven best: ") + how + (f"; {stopped}" if stopped else ""),
        "seconds": round(time.monotonic() - started, 4),
    }


def _status(gap: float, stopped: str) -> str:
    if "user" in stopped:
        return "interrupted"
    return "optimal" if gap == 0 else "time_limit"
