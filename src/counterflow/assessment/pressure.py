"""Which measures hit the cash-box most: frontier with bands, how often each is in the best plan, and its share.

The plan is made on expected capacities, with its bound. How sure it is, is asked of the posterior: the best plan is
sought anew in many draws, and *inclusion* says in how many of them a measure stands. A measure's *contribution* is its
Shapley value within the plan: what it adds on average over all orders in which the plan could have been taken
(Shapley 1953), so that contributions add up to the effect of the whole, which effects measured alone do not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from counterflow.assessment.figures import assumptions
from counterflow.assessment.flow import MoneyFlow, interval
from counterflow.assessment.interdiction import Action, Plan, frontier, interdict
from counterflow.assessment.measures import Measure, as_actions
from counterflow.assessment.mincut import Floats, Kernel, Network
from counterflow.assessment.scenario import network, some_draws

__all__ = ["Residual", "hardest", "shapley"]

EXACT = 9
"""Measures up to which every order is taken into account; beyond, `ORDERS` random ones."""
ORDERS = 128


class Residual:
    """What is left of a flow under sets of actions, many times over: the graph is built once."""

    def __init__(self, net: Network, actions: Sequence[Action]) -> None:
        self.kernel = Kernel(net)
        self.capacity = net.capacity
        self.number = {a.name: i for i, a in enumerate(actions)}
        self.kept = np.ones((len(actions), len(net.capacity)))
        for i, action in enumerate(actions):
            effects = action.effect if isinstance(action.effect, tuple) else (action.effect,) * len(action.arcs)
            for arc, effect in zip(action.arcs, effects, strict=True):
                self.kept[i, arc] *= 1.0 - effect * action.success

    def left(self, names: Sequence[str], capacity: Floats | None = None) -> float:
        """Flow that is left, in expectation. :param capacity: in place of the network's own"""
        base = self.capacity if capacity is None else capacity
        rows = [self.number[n] for n in names]
        return float(self.kernel.cut(base * self.kept[rows].prod(axis=0) if rows else base).value)


def hardest(
    flow: MoneyFlow, measures: Sequence[Measure], budget: float | None = None, *, draws: int = 32,
    time_limit: float = 20.0,
) -> dict[str, Any]:  # fmt: skip
    """The answer to question (c), as data.

    :param budget: points; None: the declared default
    :param draws: posterior draws in which the best plan is sought
    :param time_limit: seconds for the plans of all draws together
    """
    points = float(assumptions()["budget"]) if budget is None else float(budget)
    offered = [m for m in measures if not m.historic and m.hits]
    if not flow.arcs or not flow.box:
        return _nothing(points, "There is no flow to cut.")
    if not offered:
        return _nothing(points, "No measure of the catalogue can be laid on this flow.")
    actions = as_actions(offered, flow)
    net = network(flow)
    plan = interdict(net, actions, points, time_limit=time_limit / 2)
    curve = frontier(net, actions, time_limit=time_limit / 2)
    residual = Residual(net, actions)
    picked = some_draws(flow)
    chosen = _drawn(flow, actions, points, picked[:: max(1, len(picked) // draws)], time_limit)
    by_id = {m.id: m for m in offered}
    worth = shapley(lambda names: plan.baseline - residual.left(names), plan.measures)
    capacities = [network(flow, row).capacity for row in picked]
    rows = [
        {
            "id": id,
            "title": m.title,
            "kind": m.kind.name,
            "agency": m.agency,
            "cost": m.kind.cost,
            "jurisdiction": m.jurisdiction,
            "alone": round(plan.baseline - residual.left([id]), 3),
            "contribution": round(worth[id], 3) if id in worth else None,
            "inclusion": round(sum(id in names for names in chosen) / max(1, len(chosen)), 3),
            "in_plan": id in plan.measures,
        }
        for id, m in by_id.items()
    ]
    rows.sort(key=lambda r: (-(r["inclusion"]), -(r["contribution"] or 0.0), -r["alone"], r["id"]))  # type: ignore[operator]
    return {
        "budget": points,
        "unit": "million USD a year",
        "why_empty": "",
        "baseline": flow.cashbox,
        "plan": plan.to_dict(),
        "left": _band(residual, plan, capacities),
        "draws": len(chosen),
        "measures": rows,
        "frontier": [
            {
                "budget": round(p.budget, 3),
                "bound": round(p.bound, 3),
                "plan": list(p.measures),
                **_band(residual, p, capacities),
            }
            for p in curve
        ],
        "note": (
            "Residual is what still reaches the cash-box after rerouting, in expectation over the measures' success."
            " It is an upper bound on lasting effect: the adversary also rebuilds. Costs, delays, success and effects"
            " are assumptions of the catalogue."
        ),
    }


def _nothing(budget: float, why: str) -> dict[str, Any]:
    return {
        "budget": budget, "unit": "million USD a year", "why_empty": why, "baseline": None, "plan": None, "left": None,
        "draws": 0, "measures": [], "frontier": [], "note": "",
    }  # fmt: skip


def _drawn(
    flow: MoneyFlow, actions: Sequence[Action], budget: float, rows: Floats, time_limit: float
) -> list[tuple[str, ...]]:
    """The best plan in each draw."""
    each = max(0.2, time_limit / max(1, len(rows)))
    return [interdict(network(flow, row), actions, budget, time_limit=each).measures for row in rows]


def _band(residual: Residual, plan: Plan, capacities: Sequence[Floats]) -> dict[str, float]:
    left = np.array([residual.left(plan.measures, c) for c in capacities])
    return interval(plan.objective, left)


def shapley(value: Callable[[Sequence[str]], float], members: Sequence[str], seed: int = 39) -> Mapping[str, float]:
    """What each member adds, averaged over the orders in which they may come; adds up to ``value(members)``.

    Every subset is valued where there are no more than `EXACT`; else random orders with their reverses.
    """
    names = list(members)
    n = len(names)
    if not n:
        return {}
    known: dict[frozenset[str], float] = {}

    def worth(some: frozenset[str]) -> float:
        if some not in known:
            known[some] = value(sorted(some))
        return known[some]

    found = dict.fromkeys(names, 0.0)
    if n <= EXACT:
        for one in names:
            rest = [x for x in names if x != one]
            for size in range(n):
                weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                for some in itertools.combinations(rest, size):
                    found[one] += weight * (worth(frozenset((*some, one))) - worth(frozenset(some)))
        return found
    rng = np.random.default_rng(seed)
    orders = [list(rng.permutation(n)) for _ in range(ORDERS // 2)]
    orders += [order[::-1] for order in orders]
    for order in orders:
        seen: frozenset[str] = frozenset()
        for i in order:
            more = seen | {names[i]}
            found[names[i]] += (worth(more) - worth(seen)) / len(orders)
            seen = more
    return found
