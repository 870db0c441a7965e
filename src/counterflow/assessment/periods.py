"""Interdiction over several periods, against an adversary who rebuilds.

A measure is taken in one period, bites after its delay, and holds until what it cut has been rebuilt. In each period
the adversary sends the largest flow that fits (he reroutes and substitutes); what counts is the sum over all periods.
That sum is one maximum flow: copies of the network, one a period, between one source and one sink. So the whole plan is
one interdiction problem, solved exactly with its bound by the same solver, each period's money a budget of its own.

Limits beside money belong to a period too: an agency's own budget is what it may spend in each; collateral is what the
measures in force at one time do together; a state must be won over, and still be, when a measure that waits for it is
taken. What must be taken is taken in one of the periods, the plan says which.

Beside it: the *rolling* plan, which in each period does what is best for that period alone, and the *static* figure,
which counts every cut as if it lasted for ever: an upper bound on the effect, and to be labelled as one.

Multi-period interdiction with restructuring: Kosmas, Sharkey, Mitchell, Maass and Martin, arXiv 2209.04507.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from counterflow.assessment.interdiction import Action, interdict, residual
from counterflow.assessment.limits import Limit
from counterflow.assessment.mincut import Floats, Network
from counterflow.errors import UnknownName, UsageError

__all__ = ["Course", "Timing", "over_time"]


@dataclass(frozen=True)
class Timing:
    """:param delay: periods between decision and effect; :param holds: periods until it is rebuilt; None: for good"""

    delay: int = 0
    holds: int | None = None

    def bites(self, taken: int, periods: int) -> range:
        """Periods in which a measure taken in one bites."""
        first = taken + self.delay
        return range(first, periods if self.holds is None else min(periods, first + self.holds))


@dataclass(frozen=True)
class Course:
    """A plan over time.

    :param plan: measures taken in each period; `left` the flow left in each
    :param objective: flow left over all periods; `bound` no plan leaves less; `gap` as in `interdiction.Plan`
    :param rolling: what the period-by-period plan leaves in all, ``inf`` where it keeps not all limits
    :param static: what ``plan`` would leave if nothing were rebuilt
    """

    plan: tuple[tuple[str, ...], ...]
    left: tuple[float, ...]
    objective: float
    bound: float
    gap: float
    baseline: float
    rolling: float
    static: float
    certificate: str

    def to_dict(self) -> dict[str, Any]:
        """{periods: [{period, plan, left}], objective, bound, gap, baseline, rolling, static, certificate}"""
        shown = {k: v if math.isfinite(v) else None for k, v in (
            ("objective", self.objective), ("bound", self.bound), ("gap", self.gap), ("baseline", self.baseline),
            ("rolling", self.rolling), ("static", self.static),
        )}  # fmt: skip
        rows = [
            {"period": t + 1, "plan": list(p), "left": x if math.isfinite(x) else None}
            for t, (p, x) in enumerate(zip(self.plan, self.left, strict=True))
        ]
        return {"periods": rows, **shown, "certificate": self.certificate}


def over_time(
    network: Network,
    measures: Sequence[Action],
    budgets: Sequence[float],
    timing: Mapping[str, Timing],
    *,
    growth: Sequence[float] | None = None,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    purses: Mapping[str, float] | None = None,
    collateral: float | None = None,
    time_limit: float | None = None,
) -> Course:
    """The measures to take in each period so that least flows over all.

    :param budgets: of each period; what is left over is lost
    :param timing: by measure; one that is not named bites at once and holds for good
    :param growth: of all capacities in each period, 1: as they are; default all 1
    :param must: measures that are taken in some period; `never` those that are not to be had
    :param purses: what an agency may spend in a period, beside the budget
    :param collateral: what the measures in force in a period may do to others, in every period
    :param time_limit: seconds; then the best plan with its gap
    :raises UsageError: no period, a number that is none, or no plan keeps all limits
    :raises UnknownName: a measure nobody knows
    """
    periods = len(budgets)
    if not periods:
        raise UsageError("there is no period to plan for: name a budget for each")
    growth = growth or [1.0] * periods
    if len(growth) != periods or not all(g >= 0 and math.isfinite(g) for g in growth):
        raise UsageError(f"growth must be {periods} numbers, 0 or more")
    if collateral is not None and not collateral >= 0:
        raise UsageError(f"the collateral limit is {collateral}; it must be 0 or more")
    known = [m.name for m in measures]
    for name in (*timing, *must):
        if name not in known:
            raise UnknownName("measure", name, known)
    for name, times in timing.items():
        if times.delay < 0 or (times.holds is not None and times.holds < 0):
            raise UsageError(f"timing of '{name}': periods must be 0 or more")
    both = sorted(set(must) & set(never))
    if both:
        raise UsageError(f"measure '{both[0]}' both must and must never be taken")
    able = [m for m in measures if m.name not in set(never)]
    board = _Board(network, able, periods, timing, np.asarray(growth, dtype=np.float64), must)
    limits = board.limits(purses or {}, collateral)
    end = None if time_limit is None else time.monotonic() + time_limit
    found = interdict(
        board.union, board.actions, sum(budgets), time_limit=None if time_limit is None else 0.7 * time_limit,
        budgets={str(t): float(b) for t, b in enumerate(budgets)}, further=limits,
    )  # fmt: skip
    plan = board.by_period(found.measures)
    objective = sum(board.left(plan))
    rolling = board.rolling(budgets, purses or {}, collateral, [[n for n in p if n in set(must)] for p in plan], end)
    names = [f"{t}:{n}" for t, taken in enumerate(rolling) for n in taken]
    rolled = sum(board.left(rolling)) if all(limit.holds(names) for limit in limits) else math.inf
    if rolled < objective:
        plan, objective = rolling, rolled
    bound = min(found.bound, objective)
    if found.gap == 0:
        bound = objective
    gap = 0.0 if objective == bound or objective == 0 else 1.0 if math.isinf(objective) else 1 - bound / objective
    lasting = _Board(network, able, periods, {n: Timing(t.delay) for n, t in timing.items()}, board.growth)
    return Course(
        tuple(plan), tuple(board.left(plan)), objective, bound, gap, sum(board.left([()] * periods)), rolled,
        sum(lasting.left(plan)), found.certificate,
    )  # fmt: skip


class _Board:
    """The network once for each period, and each measure once for each period that it can be taken in."""

    def __init__(
        self, network: Network, measures: Sequence[Action], periods: int, timing: Mapping[str, Timing], growth: Floats,
        must: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.network, self.periods, self.growth = network, periods, growth
        self.known = {m.name: m for m in measures}
        self.timing, self.must = timing, tuple(dict.fromkeys(must))
        awaited = {name for m in measures for name in m.needs} | set(must)
        nodes, arcs = len(network.names), len(network.tail)
        ends = []
        for column in (network.tail, network.head):
            moved = np.concatenate([column + t * nodes for t in range(periods)])
            for node in (network.source, network.sink):
                moved[moved % nodes == node] = node
            ends.append(moved)
        names = tuple(f"{t}:{n}" for t in range(periods) for n in network.names)
        capacity = np.concatenate([network.capacity * g if g else np.zeros(arcs) for g in growth])
        self.union = Network(names, ends[0], ends[1], capacity, network.source, network.sink)
        self.actions = []
        for t in range(periods):
            for m in measures:
                hit = self._in_force(m.name, t)
                if (hit and m.arcs) or m.name in awaited:
                    effect = m.effect * len(hit) if isinstance(m.effect, tuple) else m.effect
                    places = tuple(a + at * arcs for at in hit for a in m.arcs)
                    self.actions.append(Action(f"{t}:{m.name}", m.cost, places, effect, m.success, str(t)))

    def _in_force(self, name: str, taken: int) -> range:
        """Periods in which a measure taken in one bites."""
        return self.timing.get(name, Timing()).bites(taken, self.periods)

    def limits(self, purses: Mapping[str, float], collateral: float | None) -> list[Limit]:
        """Everything that binds beside the budget of each period, on the measures of all periods together."""
        made, taken = [], [(a.name, int(a.agency), self.known[a.name.partition(":")[2]]) for a in self.actions]
        for agency, purse in sorted(purses.items()):
            if not purse >= 0:
                raise UsageError(f"the budget of '{agency}' is {purse}; it must be 0 or more")
            for t in range(self.periods):
                made.append(Limit({name: m.cost for name, then, m in taken if then == t and m.agency == agency}, purse))
        for t in range(self.periods if collateral is not None else 0):
            harm = {name: m.collateral for name, then, m in taken if m.collateral and t in self._in_force(m.name, then)}
            made.append(Limit(harm, collateral or 0.0))
        for name, then, m in taken:
            for need in m.needs:
                won = {
                    f"{t}:{need}": -1.0
                    for t in range(then + 1)
                    if need in self.known and then in self._in_force(need, t)
                }
                made.append(Limit({name: 1.0, **won}, 0.0))
        made += [Limit({f"{t}:{name}": -1.0 for t in range(self.periods)}, -1.0) for name in self.must]
        return made

    def by_period(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        plan: list[list[str]] = [[] for _ in range(self.periods)]
        for name in names:
            period, _, measure = name.partition(":")
            plan[int(period)].append(measure)
        return [tuple(p) for p in plan]

    def left(self, plan: Sequence[Sequence[str]]) -> list[float]:
        """The flow that is left in each period."""
        return [self._left(plan, period) for period in range(self.periods)]

    def _left(self, plan: Sequence[Sequence[str]], period: int) -> float:
        biting = [self.known[n] for t, taken in enumerate(plan) for n in taken if period in self._in_force(n, t)]
        return residual(self._at(period), biting)

    def _at(self, period: int) -> Network:
        net, factor = self.network, float(self.growth[period])
        capacity = net.capacity * factor if factor else np.zeros(len(net.capacity))
        return Network(net.names, net.tail, net.head, capacity, net.source, net.sink, net.arcs)

    def rolling(
        self, budgets: Sequence[float], purses: Mapping[str, float], collateral: float | None,
        must: Sequence[Sequence[str]], end: float | None,
    ) -> list[tuple[str, ...]]:  # fmt: skip
        """What is best for each period alone, given what still holds. :param must: what is taken in each in any case"""
        plan: list[tuple[str, ...]] = []
        for period, budget in enumerate(budgets):
            held = [
                replace(self.known[n], name=f"held {t} {n}", cost=0.0, agency="", needs=())
                for t, taken in enumerate(plan) for n in taken if period in self._in_force(n, t)
            ]  # fmt: skip
            won = {a.name.split(" ", 2)[2] for a in held}
            offered = []
            for m in self.known.values():
                bites = period in self._in_force(m.name, period)
                if bites or m.name in must[period]:
                    waits = tuple(n for n in m.needs if n not in won)
                    now = m if bites else replace(m, arcs=(), effect=1.0, collateral=0.0)
                    offered.append(replace(now, needs=waits))
            part = None if end is None else max(0.02, (end - time.monotonic()) / (self.periods - period))
            try:
                found = interdict(
                    self._at(period), [*held, *offered], budget, must=[*(a.name for a in held), *must[period]],
                    budgets=purses, collateral=collateral, time_limit=part,
                )  # fmt: skip
            except UsageError:  # the limits leave this order no way: what must be taken, and no more
                plan.append(tuple(must[period]))
                continue
            plan.append(tuple(n for n in found.measures if n in self.known))
        return plan
