"""What agencies gain by coordinating: the same network and measures, planned for with less and with more in common.

Five ways to plan, each agency with its own measures and its own budget:

* *naive*: each takes the measures of its own that lie on the largest flows, for as long as its money lasts;
* *own*: each takes its own optimum, as if the others did nothing;
* *shared*: plans are shown to each other, and each in turn answers with its best, until nobody can do better;
* *joint*: one plan, each measure paid by its own agency's budget;
* *pooled*: one plan and one budget.

What remains is always counted with all plans in force and the adversary rerouting. ``pooled ≤ joint ≤ shared ≤ own``
holds in every case: each begins from the plan before it. The sum of what agencies claim for their own plans is *not* an
effect: it counts twice what two of them stop, and leaves out rerouting; it is computed so that it can be shown beside.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.assessment.interdiction import Action, interdict, residual
from counterflow.assessment.mincut import Floats, Kernel, Network
from counterflow.errors import UsageError

__all__ = ["Coordination", "Fact", "Stage", "coordinate", "price_of_withholding", "value_of_facts"]

_ROUNDS = 20
"""Turns that best responses take at most; each lowers the residual, so they end by themselves."""


@dataclass(frozen=True)
class Stage:
    """One way to plan.

    :param residual: flow that is left with all its measures taken, after rerouting
    :param bound: no plan of this kind leaves less; for stages that optimise nothing in common, the residual itself
    """

    name: str
    residual: float
    bound: float
    measures: tuple[str, ...]
    by_agency: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """{name, residual, bound, plan, by_agency}; infinite values as null."""
        return {
            "name": self.name,
            "residual": self.residual if math.isfinite(self.residual) else None,
            "bound": self.bound if math.isfinite(self.bound) else None,
            "plan": list(self.measures),
            "by_agency": {agency: list(plan) for agency, plan in self.by_agency.items()},
        }


@dataclass(frozen=True)
class Coordination:
    """:param claims: what each agency takes credit for: the flow its own optimum would stop alone"""

    baseline: float
    stages: tuple[Stage, ...]
    claims: Mapping[str, float]

    @property
    def claimed(self) -> float:
        """The misleading sum of the agencies' own claims."""
        return sum(self.claims.values())

    def stage(self, name: str) -> Stage:
        """One of naive, own, shared, joint, pooled."""
        return next(s for s in self.stages if s.name == name)

    def to_dict(self) -> dict[str, Any]:
        """{baseline, stages, claims, claimed, gap}; gap: residual of own plans as a multiple of the joint one's."""
        own, joint = self.stage("own").residual, self.stage("joint").residual
        return {
            "baseline": self.baseline if math.isfinite(self.baseline) else None,
            "stages": [s.to_dict() for s in self.stages],
            "claims": {a: c if math.isfinite(c) else None for a, c in self.claims.items()},
            "claimed": self.claimed if math.isfinite(self.claimed) else None,
            "gap": own / joint if joint > 0 and math.isfinite(own) else None,
        }


@dataclass(frozen=True)
class Fact:
    """Something that can be shared or kept back.

    :param believed: capacity of each arc that one believes in who does not have the fact, e.g. 0 where the arc itself
        is not known; arcs not named are as in the network
    """

    name: str
    believed: Mapping[int, float]


def coordinate(
    network: Network,
    measures: Sequence[Action],
    budgets: Mapping[str, float],
    *,
    flow: Floats | None = None,
    must: Collection[str] = (),
    never: Collection[str] = (),
    time_limit: float | None = None,
) -> Coordination:
    """The five ways to plan, side by side.

    :param budgets: of each agency; one that is not named has none
    :param flow: what each arc carries, for the naive ranking; default: a maximum flow
    :param must: measures in force in any case, in every stage; their cost counts
    :param never: measures that are not to be had: an agency or a jurisdiction that does not cooperate
    :param time_limit: seconds for all together
    :raises UsageError: as `interdict`, and for an agency's budget that does not cover its must measures
    """
    clock = _Clock(time_limit)
    agencies = sorted({m.agency for m in measures} | set(budgets))
    limits = {a: float(budgets.get(a, 0.0)) for a in agencies}
    known = {m.name: m for m in measures}
    held = [known[n] for n in sorted(set(must)) if n in known]
    spent = {a: sum(m.cost for m in held if m.agency == a) for a in agencies}
    for agency in agencies:
        if spent[agency] > limits[agency] * (1 + 1e-12):
            raise UsageError(f"what '{agency}' must take costs {spent[agency]:g}; its budget is {limits[agency]:g}")
    free = [m for m in measures if m.name not in set(never) | set(must)]
    table = _Table(network, [*held, *free], held, agencies)
    baseline = residual(network, held)

    naive = {a: _largest(network, [m for m in free if m.agency == a], limits[a] - spent[a], flow) for a in agencies}
    own: dict[str, tuple[str, ...]] = {}
    claims = {}
    for turn, agency in enumerate(agencies):
        plan = table.best(agency, {}, limits[agency], clock.part(len(agencies) - turn + 3))
        own[agency] = plan
        claims[agency] = baseline - table.left({agency: plan}) if math.isfinite(baseline) else math.inf
    shared = table.respond(own, limits, clock)
    known_best = min((shared, naive), key=table.left)  # a search that is cut short falls behind neither
    joint, joint_bound = table.together(limits, known_best, clock.part(2))
    pooled, pooled_bound = table.together({"": sum(limits.values())}, joint, clock.part(1))
    ways = (("naive", naive, None), ("own", own, None), ("shared", shared, None), ("joint", joint, joint_bound),
            ("pooled", pooled, pooled_bound))  # fmt: skip
    return Coordination(baseline, tuple(table.stage(name, plan, low) for name, plan, low in ways), claims)


def price_of_withholding(
    network: Network,
    measures: Sequence[Action],
    budgets: Mapping[str, float],
    *,
    must: Collection[str] = (),
    never: Collection[str] = (),
    time_limit: float | None = None,
) -> dict[str, float]:
    """What one agency's staying out of the joint plan costs all: flow left without it less flow left with it, ≥ 0."""
    agencies = sorted({m.agency for m in measures})
    clock = _Clock(time_limit)
    everybody = {a: float(budgets.get(a, 0.0)) for a in agencies}
    offered = [m for m in measures if m.name not in set(never)]

    def joint(without: str | None, parts: int) -> float:
        able = [m for m in offered if m.agency != without]
        held = [n for n in must if any(m.name == n for m in able)]
        total = sum(everybody.values())
        return interdict(network, able, total, must=held, budgets=everybody, time_limit=clock.part(parts)).objective

    whole = joint(None, len(agencies) + 1)
    prices = {}
    for turn, agency in enumerate(agencies):
        less = joint(agency, len(agencies) - turn)
        prices[agency] = max(0.0, less - whole) if math.isfinite(less) else math.inf if math.isfinite(whole) else 0.0
    return prices


def value_of_facts(
    network: Network,
    measures: Sequence[Action],
    budget: float,
    facts: Sequence[Fact],
    *,
    budgets: Mapping[str, float] | None = None,
    must: Collection[str] = (),
    never: Collection[str] = (),
    time_limit: float | None = None,
) -> dict[str, float]:
    """What each fact is worth: flow left, in the network as it is, by the plan made without it less that made with it.

    The second plan is the best there is, so no fact is worth less than nothing (but for a plan stopped by the limit).
    """
    clock = _Clock(time_limit)
    limits: dict[str, Any] = {"must": must, "never": never, "budgets": budgets}
    best = interdict(network, measures, budget, **limits, time_limit=clock.part(len(facts) + 1))
    values = {}
    for turn, fact in enumerate(facts):
        capacity = network.capacity.copy()
        for arc, believed in fact.believed.items():
            capacity[arc] = believed
        blind = Network(network.names, network.tail, network.head, capacity, network.source, network.sink, network.arcs)
        plan = interdict(blind, measures, budget, **limits, time_limit=clock.part(len(facts) - turn))
        left = residual(network, [m for m in measures if m.name in set(plan.measures)])
        same = left == best.objective
        values[fact.name] = 0.0 if same else max(0.0, left - best.objective)
    return values


class _Clock:
    """Seconds shared out over what is still to do."""

    def __init__(self, seconds: float | None) -> None:
        self.end = None if seconds is None else time.monotonic() + seconds

    def part(self, parts: int) -> float | None:
        """The time for the next of so many parts."""
        return None if self.end is None else max(0.02, (self.end - time.monotonic()) / max(1, parts))


_Plans = dict[str, tuple[str, ...]]


class _Table:
    """Where agencies lay their plans; all that is held in force is in each of them."""

    def __init__(self, network: Network, measures: list[Action], held: list[Action], agencies: list[str]) -> None:
        self.network, self.measures, self.held, self.agencies = network, measures, held, agencies
        self.known = {m.name: m for m in measures}
        self.fixed = {m.name for m in held}

    def left(self, plans: Mapping[str, tuple[str, ...]]) -> float:
        """Flow that is left with all these plans in force."""
        names = {n for plan in plans.values() for n in plan} | self.fixed
        return residual(self.network, [m for m in self.measures if m.name in names])

    def best(
        self, agency: str, others: Mapping[str, tuple[str, ...]], limit: float, seconds: float | None
    ) -> tuple[str, ...]:
        """An agency's best plan while the others' stand."""
        standing = {n for a, plan in others.items() if a != agency for n in plan} | self.fixed
        able = [m for m in self.measures if m.agency == agency or m.name in standing]
        foreign = sum(self.known[n].cost for n in standing if self.known[n].agency != agency)
        plan = interdict(
            self.network, able, limit + foreign, must=standing, budgets={agency: limit}, time_limit=seconds
        )
        return tuple(n for n in plan.measures if self.known[n].agency == agency and n not in self.fixed)

    def respond(self, plans: _Plans, limits: Mapping[str, float], clock: _Clock) -> _Plans:
        """Best responses in turn, from these plans on, until nobody can do better."""
        plans, now = dict(plans), self.left(plans)
        for turn in range(_ROUNDS):
            before = now
            for agency in self.agencies:
                answer = self.best(agency, plans, limits[agency], clock.part(3 * len(self.agencies)))
                tried = {**plans, agency: answer}
                left = self.left(tried)
                if left < now:
                    plans, now = tried, left
            if not now < before - 1e-9 * max(1.0, abs(now)) or (math.isinf(now) and turn):
                break
        return plans

    def together(self, limits: Mapping[str, float], known: _Plans, seconds: float | None) -> tuple[_Plans, float]:
        """One plan for all, and its bound. :param known: plans that it must not fall behind"""
        total = sum(limits.values())
        by_agency = limits if "" not in limits or len(limits) > 1 else None
        plan = interdict(self.network, self.measures, total, must=self.fixed, budgets=by_agency, time_limit=seconds)
        found: _Plans = dict.fromkeys(self.agencies, ())
        for name in plan.measures:
            if name not in self.fixed:
                found[self.known[name].agency] = (*found[self.known[name].agency], name)
        if self.left(known) < self.left(found):
            found = known
        return found, plan.bound

    def stage(self, name: str, plans: _Plans, bound: float | None) -> Stage:
        left = self.left(plans)
        plans = {a: (*(m.name for m in self.held if m.agency == a), *plans.get(a, ())) for a in self.agencies}
        every = tuple(sorted(n for plan in plans.values() for n in plan))
        return Stage(name, left, left if bound is None else min(bound, left), every, plans)


def _largest(network: Network, able: list[Action], budget: float, flow: Floats | None) -> tuple[str, ...]:
    """Measures on the largest flows, in that order, for as long as the money lasts."""
    if flow is None:
        finite = network.capacity[np.isfinite(network.capacity)]
        flow = Kernel(network).flow(np.minimum(network.capacity, float(finite.sum()) + 1.0))[1]
    touched = {m.name: float(np.sum(flow[list(m.arcs)])) for m in able}
    taken, room = [], budget
    for m in sorted(able, key=lambda m: (-touched[m.name], m.name)):
        if m.cost <= room and touched[m.name] > 0:
            taken.append(m.name)
            room -= m.cost
    return tuple(taken)
