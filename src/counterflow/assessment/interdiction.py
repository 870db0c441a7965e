"""Max-flow interdiction: which measures, within a budget, leave the least flow after the adversary has rerouted.

The adversary answers every plan with the largest flow that still fits; the plan that makes that smallest is sought,
*exactly* (`solver`). Each answer carries its bound; stopped by a time limit or Ctrl-C, it is the best plan found with
its honest gap.

Uncertain success is planned for in expectation: a measure that succeeds with probability s and then removes a share e
of an arc is counted as removing s·e of it, and measures on one arc multiply. On tested networks this loses least of
the plans that need no sampling (planning on likely arcs alone loses most).

Strongly NP-hard (Wood 1993), so a time limit is a real possibility and `Plan.gap` a figure to print.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.assessment.lagrangian import Problem
from counterflow.assessment.limits import Limit, as_rows, check, start, to_be_had
from counterflow.assessment.mincut import Floats, Ints, Kernel, Network
from counterflow.assessment.solver import Answer, Solver
from counterflow.errors import UnknownName, UsageError

__all__ = ["Action", "Network", "Plan", "frontier", "interdict", "residual"]


@dataclass(frozen=True)
class Action:
    """Something that can be done against some arcs.

    :param name: its id, unique in one call
    :param cost: in the unit of the budget, ≥ 0
    :param arcs: numbers of the arcs it hits
    :param effect: share of an arc's capacity that it removes when it succeeds, 0 to 1; one for all, or one an arc
    :param success: probability that it succeeds
    :param agency: who pays, for budgets by agency
    :param collateral: what it does to others, in points, ≥ 0
    :param needs: names of measures without which it cannot be taken
    """

    name: str
    cost: float
    arcs: tuple[int, ...]
    effect: float | tuple[float, ...] = 1.0
    success: float = 1.0
    agency: str = ""
    collateral: float = 0.0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The answer, with its proof.

    :param objective: flow that is left, in the network's unit; ``inf`` where no allowed plan can make it finite
    :param bound: no plan within the budget leaves less than this
    :param gap: (objective − bound) / objective; 0: proven best
    :param measures: names of the measures chosen, sorted; the must ones included
    :param cost: what they cost together
    :param baseline: flow without any measure
    :param cut: ids of the arcs of the minimum cut that remains: their capacities add up to `objective`
    :param certificate: how the bound was reached, in words
    :param seconds: wall time
    """

    objective: float
    bound: float
    gap: float
    measures: tuple[str, ...]
    cost: float
    baseline: float
    cut: tuple[str, ...]
    certificate: str
    budget: float
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """{objective, bound, gap, plan, cost, budget, baseline, cut, certificate, seconds}; infinite values as null."""
        return {
            "objective": _finite(self.objective),
            "bound": _finite(self.bound),
            "gap": self.gap,
            "plan": list(self.measures),
            "cost": self.cost,
            "budget": _finite(self.budget),
            "baseline": _finite(self.baseline),
            "cut": list(self.cut),
            "certificate": self.certificate,
            "seconds": self.seconds,
        }


def interdict(
    network: Network,
    measures: Sequence[Action],
    budget: float,
    *,
    must: Collection[str] = (),
    never: Collection[str] = (),
    budgets: Mapping[str, float] | None = None,
    collateral: float | None = None,
    further: Sequence[Limit] = (),
    expected: bool = True,
    time_limit: float | None = None,
) -> Plan:
    """The measures within the budget that leave the least flow, proven.

    :param budget: total; ``inf`` for no limit
    :param must: names that have to be taken (their cost counts); `never` names that may not
    :param budgets: limit by agency, beside the total
    :param collateral: what all measures together may do to others, the must ones included; None: no limit
    :param further: other limits on what is taken together
    :param expected: count success probabilities; False: as if every measure succeeded
    :param time_limit: seconds; None: until proven
    :raises UsageError: negative or unusable numbers, a measure both must and never, must measures beyond the budget, or
        no plan keeps the `further` limits
    :raises UnknownName: must or never names a measure that is not there
    """
    case = _Case(network, measures, must, never, budgets or {}, expected, collateral, further)
    return case.answer(budget, time_limit)


def frontier(
    network: Network,
    measures: Sequence[Action],
    budgets_to_try: Sequence[float] | None = None,
    *,
    must: Collection[str] = (),
    never: Collection[str] = (),
    budgets: Mapping[str, float] | None = None,
    collateral: float | None = None,
    expected: bool = True,
    points: int = 12,
    time_limit: float | None = None,
) -> list[Plan]:
    """Plans over rising budgets; each starts from the one before, so more budget is never worse.

    :param budgets_to_try: which; default: `points` of them from what must costs to where more buys nothing
    :param time_limit: seconds for all together
    """
    started = time.monotonic()
    case = _Case(network, measures, must, never, budgets or {}, expected, collateral)
    tries = sorted(budgets_to_try) if budgets_to_try is not None else case.span(points)
    plans: list[Plan] = []
    for number, budget in enumerate(tries):
        left = None
        if time_limit is not None:
            left = max(0.05, (time_limit - (time.monotonic() - started)) / (len(tries) - number))
        plans.append(case.answer(budget, left))
        if "stopped by the user" in plans[-1].certificate:
            break
    return plans


def residual(network: Network, taken: Sequence[Action], *, expected: bool = True) -> float:
    """The flow that is left with these measures taken, after rerouting; ``inf`` where unlimited capacity remains."""
    endless = float(network.capacity[np.isfinite(network.capacity)].sum()) + 1.0
    capacity = np.where(np.isfinite(network.capacity), network.capacity, endless)
    for action in taken:
        for arc, removed in removals(network, action, expected).items():
            capacity[arc] *= 1.0 - removed
    value = Kernel(network).cut(capacity).value
    return value if value < endless * (1 - 1e-12) else math.inf


def removals(network: Network, action: Action, expected: bool = True) -> dict[int, float]:
    """Arc → share of its capacity that the action is counted as removing; a part of unlimited is no removal."""
    effects = action.effect if isinstance(action.effect, tuple) else (action.effect,) * len(action.arcs)
    chance = action.success if expected else 1.0
    counted = {arc: effect * chance for arc, effect in zip(action.arcs, effects, strict=True)}
    return {arc: r for arc, r in counted.items() if r == 1.0 or (r > 0 and network.capacity[arc] < math.inf)}


class _Case:
    """One network and catalogue, checked and turned into arrays; remembers cuts and plans from budget to budget."""

    def __init__(
        self,
        network: Network,
        measures: Sequence[Action],
        must: Collection[str],
        never: Collection[str],
        budgets: Mapping[str, float],
        expected: bool,
        collateral: float | None,
        further: Sequence[Limit] = (),
    ) -> None:
        _check(network, measures, must, never, budgets)
        check(measures, must, collateral)
        self.network = network
        settled = {*must, *never}
        self.must = [m for m in measures if m.name in set(must)]
        free = to_be_had([m for m in measures if m.name not in settled], {m.name for m in self.must})
        finite = network.capacity[np.isfinite(network.capacity)]
        self.endless = float(finite.sum()) + 1.0  # a flow of this much can only run through infinite capacities
        capacity = np.where(np.isfinite(network.capacity), network.capacity, self.endless)
        self.kernel = Kernel(network)
        unhurt = self.kernel.cut(capacity)
        self.baseline = unhurt.value
        for action in self.must:
            for arc, removed in removals(network, action, expected).items():
                capacity[arc] *= 1.0 - removed
        self.capacity = capacity
        awaited = {name for m in free for name in m.needs} | {n for w in further for n, v in w.load.items() if v < 0}
        self.free = [m for m in free if m.name in awaited or removals(network, m, expected)]
        self.further = as_rows(self.free, self.must, collateral, further)
        agencies = sorted({m.agency for m in measures} | set(budgets))
        self.limits = {a: budgets.get(a, math.inf) for a in agencies}
        for action in self.must:
            self.limits[action.agency] -= action.cost
        first = self.kernel.cut(self.capacity) if self.must else unhurt
        self.problem = self._problem(expected, agencies, first.value)
        self.solver = Solver(self.problem, self.kernel, first)

    def _problem(self, expected: bool, agencies: Sequence[str], most: float) -> Problem:
        hits = [
            (arc, number, removed)
            for number, action in enumerate(self.free)
            for arc, removed in removals(self.network, action, expected).items()
        ]
        return arrays(
            self.network,
            self.capacity,
            most,
            cost=np.array([m.cost for m in self.free], dtype=np.float64),
            hit_arc=np.array([h[0] for h in hits], dtype=np.int64),
            hit_measure=np.array([h[1] for h in hits], dtype=np.int64),
            removes=np.array([h[2] for h in hits], dtype=np.float64),
            agency=np.array([agencies.index(m.agency) for m in self.free], dtype=np.int64),
            limits=np.array([self.limits[a] for a in agencies], dtype=np.float64),
            further=self.further,
        )

    def span(self, points: int) -> list[float]:
        """Budgets from what must costs to where the cheapest known plan reaches the least flow possible."""
        start = sum(m.cost for m in self.must)
        stop = self.answer(math.inf, 5.0).cost
        if stop <= start:
            return [start]
        return [start + (stop - start) * i / (points - 1) for i in range(points)]

    def answer(self, budget: float, time_limit: float | None) -> Plan:
        """The plan for one budget."""
        started = time.monotonic()
        if math.isnan(budget) or budget < 0:
            raise UsageError(f"the budget is {budget}; it must be 0 or more")
        spent = sum(m.cost for m in self.must)
        if spent > budget * (1 + 1e-12):
            raise UsageError(f"the measures that must be taken cost {spent:g}, more than the budget of {budget:g}")
        p = self.problem
        if (
            len(p.caps)
            and p.caps.min() < 0
            and not any(p.affordable(k.chosen, budget - spent) for k in self.solver.known)
        ):
            begin = start(p.cost, p.loads, p.caps, p.agency, p.limits, budget - spent)
            if begin is None:
                raise UsageError("no plan keeps all limits: what must be taken does not fit the budgets and the others")
            self.solver.keep(begin)
        found = self.solver.answer(budget - spent, time_limit)
        needed = self.solver.needed(found)
        taken = [m for m, use in zip(self.free, needed, strict=True) if use]
        every = sorted([*self.must, *taken], key=lambda m: m.name)
        return plan_of(
            found,
            measures=tuple(m.name for m in every),
            cost=float(sum(m.cost for m in every)),
            baseline=self.baseline,
            endless=self.endless,
            cut=tuple(self.network.arc_name(a) for a in found.cut.arcs.tolist()),
            budget=budget,
            started=started,
        )


def arrays(network: Network, capacity: Floats, most: float, *, cost: Floats, hit_arc: Ints, hit_measure: Ints,
           removes: Floats, agency: Ints, limits: Floats,
           further: tuple[Floats, Floats] | None = None) -> Problem:  # fmt: skip
    """The problem in arrays. Capacity beyond what could ever flow (``most``) is cut off: it changes no minimum and
    keeps the numbers small."""
    partly = np.ones(len(capacity))
    some = removes < 1.0
    np.multiply.at(partly, hit_arc[some], 1.0 - removes[some])
    capacity = np.minimum(capacity, most / np.maximum(partly, 1e-12))
    whole = bool((capacity == np.floor(capacity)).all()) and bool((removes == 1.0).all())
    return Problem(
        network=network,
        capacity=capacity,
        cost=cost,
        hit_arc=hit_arc,
        hit_measure=hit_measure,
        removes=removes,
        agency=agency,
        limits=limits,
        step=1.0 if whole and len(capacity) else 0.0,
        loads=further[0] if further else np.zeros((0, len(cost))),
        caps=further[1] if further else np.zeros(0),
    )


def plan_of(found: Answer, *, measures: tuple[str, ...], cost: float, baseline: float, endless: float,
            cut: tuple[str, ...], budget: float, started: float) -> Plan:  # fmt: skip
    """A solver's answer as a plan. :param endless: a flow of this much runs through unlimited capacities"""
    limit = endless * (1 - 1e-12)
    objective = found.value if found.value < limit else math.inf
    bound = found.bound if found.bound < limit else math.inf
    gap = 0.0 if objective == bound or objective == 0 else 1.0 if math.isinf(objective) else 1 - bound / objective
    how = found.how
    if gap and found.stopped:
        how += f"; {found.stopped}"
    if math.isinf(objective):
        how += "; a path of unlimited capacity remains"
    return Plan(
        objective=objective,
        bound=bound,
        gap=gap,
        measures=measures,
        cost=cost,
        baseline=baseline if baseline < limit else math.inf,
        cut=cut,
        certificate=("optimal: " if gap == 0 else "not proven best: ") + how,
        budget=budget,
        seconds=round(time.monotonic() - started, 4),
    )


def _check(
    network: Network,
    measures: Sequence[Action],
    must: Collection[str],
    never: Collection[str],
    budgets: Mapping[str, float],
) -> None:
    """:raises UsageError, UnknownName: as `interdict` says"""
    names = [m.name for m in measures]
    if len(set(names)) < len(names):
        double = next(n for n in names if names.count(n) > 1)
        raise UsageError(f"measure '{double}' is in the catalogue twice")
    for name in sorted([*must, *never]):
        if name not in names:
            raise UnknownName("measure", name, names)
    both = sorted(set(must) & set(never))
    if both:
        raise UsageError(f"measure '{both[0]}' both must and must never be taken")
    for m in measures:
        _check_action(network, m)
    for agency, limit in sorted(budgets.items()):
        if not limit >= 0:
            raise UsageError(f"the budget of '{agency}' is {limit}; it must be 0 or more")
        needed = sum(m.cost for m in measures if m.name in set(must) and m.agency == agency)
        if needed > limit:
            raise UsageError(f"what '{agency}' must take costs {needed:g}, more than its budget of {limit:g}")


def _check_action(network: Network, m: Action) -> None:
    for what, value in (("cost", m.cost), ("collateral", m.collateral)):
        if not (value >= 0 and math.isfinite(value)):
            raise UsageError(f"measure '{m.name}': {what} is {value}; it must be 0 or more")
    effects = m.effect if isinstance(m.effect, tuple) else (m.effect,)
    if isinstance(m.effect, tuple) and len(m.effect) != len(m.arcs):
        raise UsageError(f"measure '{m.name}' has {len(m.effect)} effects for {len(m.arcs)} arcs")
    if not all(0 <= e <= 1 for e in (*effects, m.success)):
        raise UsageError(f"measure '{m.name}': effect and success must be between 0 and 1")
    if m.arcs and not (min(m.arcs) >= 0 and max(m.arcs) < len(network.tail)):
        raise UsageError(f"measure '{m.name}' hits an arc that is not in the network")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
