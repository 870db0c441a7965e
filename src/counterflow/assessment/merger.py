"""What merging two collectors changes: what is left by budget, split and merged, on arcs only and on arcs and nodes.

Merging two nodes is a contraction, and a contraction cannot lower the maximum flow, nor what is left of it under any
set of measures against arcs: every cut of the merged network is a cut of the split one that has both on one side. So a
merger can only help whoever interdicts through measures against the *node*: one listing, one leak or one account now
reaches both. How much that is worth depends on the *exposure*, the chance that such a measure against a collector
succeeds; at low exposure the merger helps the regime, and from the exposure at which the sign flips it harms it.

How income and uses were divided between the two offices nobody publishes: the share is an assumption with a range, and
the bands are over it and over the flow's posterior.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from counterflow.assessment.chain import SEIZED
from counterflow.assessment.figures import assumptions
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.interdiction import Action, interdict
from counterflow.assessment.measures import Measure, as_actions
from counterflow.assessment.mincut import Floats, Network
from counterflow.assessment.pressure import Residual
from counterflow.assessment.scenario import some_draws, supplies

__all__ = ["Division", "contract", "merged_or_split"]

EXPOSURES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
CASES = 6
NODE = "(against the collector)"


@dataclass(frozen=True)
class Division:
    """How a flow is divided between two collectors.

    :param other: the collector beside the cash-box; :param keeps: node ids of the uses that claims tie to it
    """

    other: str
    caption: str
    keeps: tuple[str, ...] = ()


def contract(net: Network, first: int, second: int) -> Network:
    """The network with `second` merged into `first`; arcs keep their numbers, those between the two carry nothing."""
    tail = np.where(net.tail == second, first, net.tail)
    head = np.where(net.head == second, first, net.head)
    capacity = np.where(tail == head, 0.0, net.capacity)
    ends = {second: first}
    return Network(
        net.names, tail, head, capacity, ends.get(net.source, net.source), ends.get(net.sink, net.sink), net.arcs
    )


@dataclass(frozen=True, eq=False)
class _Pair:
    """The split network and, by contraction, the merged one.

    :param twins: number of an arc of the flow → numbers of what became of it in the network
    """

    split: Network
    merged: Network
    twins: Mapping[int, tuple[int, ...]]
    collectors: tuple[tuple[int, ...], tuple[int, ...]]


def _pair(flow: MoneyFlow, division: Division, amounts: Floats, shares: Floats) -> _Pair:
    """Arcs into the cash-box are divided by `shares`, shape (arcs,); what it spends on is fed by one or by both.

    What an office can hand on has its own, smaller headroom: a channel to those it pays is not one bank more.
    """
    room = 1.0 + float(assumptions()["headroom"])
    placing = 1.0 + float(assumptions()["merger"]["placing"])
    box = flow.index[flow.box or ""]
    nodes = len(flow.nodes)
    other, origin, end = nodes, nodes + 1, nodes + 2
    tail: list[int] = []
    head: list[int] = []
    capacity: list[float] = []
    names: list[str] = []
    twins: dict[int, tuple[int, ...]] = {}

    def add(a: int, b: int, most: float, name: str) -> int:
        tail.append(a)
        head.append(b)
        capacity.append(float(most))
        names.append(name)
        return len(tail) - 1

    income = float((amounts * shares)[flow.head == box].sum())
    kept = {flow.index[i] for i in division.keeps if i in flow.index}
    spent_by_other = _spending(flow, amounts, box, kept, income)
    out: tuple[list[int], list[int]] = ([], [])
    for i, arc in enumerate(flow.arcs):
        a, b = int(flow.tail[i]), int(flow.head[i])
        if b == box:
            own = add(a, box, amounts[i] * (1 - shares[i]) * room, arc.id)
            twins[i] = (own, add(a, other, amounts[i] * shares[i] * room, f"{arc.id} ({division.caption})"))
        elif a == box:
            theirs = spent_by_other.get(i, 0.0)
            own = add(box, b, max(0.0, amounts[i] - theirs) * placing, arc.id)
            out[0].append(own)
            twins[i] = (own,)
            if theirs > 0:
                twin = add(other, b, theirs * placing, f"{arc.id} ({division.caption})")
                out[1].append(twin)
                twins[i] = (own, twin)
        else:
            twins[i] = (add(a, b, amounts[i] * room, arc.id),)
    supply = supplies(flow, amounts[None, :])[0]
    for i, node in enumerate(flow.nodes):
        if node.layer == "activity":
            add(origin, i, supply[i], f"(all activities)>{node.id}")
        elif node.layer == "use" and node.id != SEIZED:
            add(i, end, amounts[flow.head == i].sum() * room, f"{node.id}>(all uses)")
    split = Network(
        (*(n.id for n in flow.nodes), division.other, "(all activities)", "(all uses)"),
        np.array(tail, dtype=np.int64), np.array(head, dtype=np.int64), np.array(capacity), origin, end, tuple(names),
    )  # fmt: skip
    return _Pair(split, contract(split, box, other), twins, (tuple(out[0]), tuple(out[1])))


def _spending(flow: MoneyFlow, amounts: Floats, box: int, kept: set[int], income: float) -> dict[int, float]:
    """What the other collector spends on each arc out of the cash-box: first on its own uses, the rest evenly."""
    out = np.flatnonzero(flow.tail == box)
    own = [i for i in out if int(flow.head[i]) in kept]
    total = float(amounts[out].sum())
    first = min(income, float(amounts[own].sum())) if own else 0.0
    found = {int(i): first * float(amounts[i]) / float(amounts[own].sum()) for i in own} if first else {}
    rest = income - first
    others = [i for i in out if i not in own]
    left = float(amounts[others].sum()) if others else 0.0
    if rest > 0 and left > 0 and total > 0:
        found |= {int(i): min(1.0, rest / left) * float(amounts[i]) for i in others}
    return found


def merged_or_split(
    flow: MoneyFlow,
    measures: Sequence[Measure],
    division: Division,
    *,
    budget: float | None = None,
    cases: int = CASES,
    time_limit: float = 16.0,
) -> dict[str, Any]:
    """The answer to question (b), as data: four curves with bands, and the exposure at which the sign flips.

    :param budget: points at which the sign is looked for; None: the declared default
    :param cases: draws of flow and division for which both are solved; the bands are over them
    :param time_limit: seconds for all plans together; a plan stopped by it is the best found, and `note` says so
    """
    rules = assumptions()["merger"]
    budget = float(assumptions()["budget"]) if budget is None else float(budget)
    if not flow.arcs or not flow.box:
        return {"why_empty": "There is no flow to divide.", "curves": [], "sign": [], "flips_at": []}
    actions = as_actions([m for m in measures if not m.historic and m.hits], flow)
    tries = [round(budget * share, 3) for share in (0.0, 0.5, 1.0, 2.0)]
    divided = _cases(flow, division, cases)
    purse = _Purse(time_limit, len(divided) * 2 * (len(tries) * 2 + 2 * (len(EXPOSURES) - 2)))
    solved = [_Solved(case, actions, purse) for case in divided]
    exposure = float(rules["exposure"])
    curves = []
    for how in ("split", "merged"):
        for scope, at in (("arcs", None), ("arcs and nodes", exposure)):
            points = [{"budget": b, **_quantiles([case.left(how, b, at) for case in solved])} for b in tries]
            curves.append({"how": how, "measures": scope, "points": points})
    sign: list[dict[str, Any]] = [
        {
            "budget": b,
            "points": [
                {"exposure": at, **_quantiles([c.left("merged", b, at) - c.left("split", b, at) for c in solved])}
                for at in EXPOSURES
            ],
        }
        for b in tries[1:3]
    ]
    return {
        "why_empty": "",
        "unit": "million USD a year",
        "budget": budget,
        "exposure": exposure,
        "share": list(rules["share"]),
        "node_cost": float(rules["cost"]),
        "cases": len(divided),
        "curves": curves,
        "sign": sign,
        "flips_at": [
            {"budget": s["budget"], "exposure": next((p["exposure"] for p in s["points"] if p["central"] < -0.5), None)}
            for s in sign
        ],
        "theorem": (
            "Exact: merging two nodes cannot lower the flow, nor what is left of it under any measures against arcs."
            " Only measures against the node itself can make a merger good for whoever interdicts."
        ),
        "note": (
            "What is left is what reaches the uses after rerouting. How income was divided between the two offices,"
            " channel by channel, is an assumption with a range; bands are over it and over the flow's posterior."
            + (f" {purse.stopped} plans were stopped by the time limit before they were proven." * bool(purse.stopped))
        ),
    }


class _Purse:
    """The time of all plans: what one does not need is there for the next, so that no slow moment starves one of them.

    :param stopped: plans so far that it ended before they were proven
    """

    def __init__(self, seconds: float, plans: int) -> None:
        self.deadline = time.monotonic() + seconds
        self.plans = plans
        self.stopped = 0

    def plan(self, net: Network, actions: Sequence[Action], budget: float) -> tuple[str, ...]:
        """The best plan's measures, within its share of what is left or an eighth of it, whichever is more."""
        left = max(0.0, self.deadline - time.monotonic())
        found = interdict(net, actions, budget, time_limit=left / max(1, min(8, self.plans)))
        self.plans -= 1
        self.stopped += found.gap > 0
        return found.measures


class _Solved:
    """One case, its best plans found as they are asked for, by rising budget.

    A plan against arcs is allowed under both, and one for less money under more, so each is given those too: the
    theorem holds in print, and curves fall, even where a plan was stopped before it was proven.
    """

    def __init__(self, case: _Pair, actions: Sequence[Action], purse: _Purse) -> None:
        self.case = case
        self.purse = purse
        self.actions = [_carried(a, case) for a in actions]
        self.nets = {"split": case.split, "merged": case.merged}
        self.residual = {how: Residual(net, self.actions) for how, net in self.nets.items()}
        self.plans: dict[float, list[tuple[str, ...]]] = {}
        self.against: dict[tuple[str, float], list[tuple[str, ...]]] = {}
        self.known: dict[tuple[str, float, float | None], float] = {}

    def left(self, how: str, budget: float, exposure: float | None) -> float:
        """What the best plan leaves. :param exposure: of collectors to measures against them; None: no such measure"""
        key = (how, budget, exposure)
        if key not in self.known:
            self.known[key] = self._left(how, budget, exposure)
        return self.known[key]

    def _left(self, how: str, budget: float, exposure: float | None) -> float:
        if budget not in self.plans:
            self.plans[budget] = [self.purse.plan(net, self.actions, budget) for net in self.nets.values()]
        best = min(self.residual[how].left(plan) for b, plans in self.plans.items() if b <= budget for plan in plans)
        if not exposure:
            return best
        offered = [*self.actions, *_against(self.case, how, exposure)]
        self.against.setdefault((how, budget), []).append(self.purse.plan(self.nets[how], offered, budget))
        known = [plan for (h, b), plans in self.against.items() if h == how and b <= budget for plan in plans]
        residual = Residual(self.nets[how], offered)
        return min(best, *(residual.left(plan) for plan in known))


def _carried(action: Action, pair: _Pair) -> Action:
    """An action on arcs of the flow, on what became of them."""
    effects = action.effect if isinstance(action.effect, tuple) else (action.effect,) * len(action.arcs)
    hits = [(twin, e) for arc, e in zip(action.arcs, effects, strict=True) for twin in pair.twins[arc]]
    return replace(action, arcs=tuple(a for a, _ in hits), effect=tuple(e for _, e in hits))


def _against(pair: _Pair, how: str, exposure: float) -> list[Action]:
    """Measures against the collectors themselves: one a node, so one where they are merged and two where not."""
    cost = float(assumptions()["merger"]["cost"])
    groups = pair.collectors if how == "split" else (tuple(i for arcs in pair.collectors for i in arcs),)
    return [
        Action(f"{NODE} {i + 1}", cost, arcs, 1.0, exposure, "Sanctions authority")
        for i, arcs in enumerate(groups)
        if arcs
    ]


def _cases(flow: MoneyFlow, division: Division, count: int) -> list[_Pair]:
    """Draws of the flow, each divided anew: a share for the whole, and how unevenly it falls on the channels."""
    rules = assumptions()["merger"]
    rng = np.random.default_rng(39)
    rows = some_draws(flow)
    found = []
    for row in rows[:: max(1, len(rows) // count)][:count]:
        share = float(rng.triangular(*rules["share"]))
        odds = np.log(share / (1 - share)) + rng.normal(0.0, float(rules["unevenness"]), len(flow.arcs))
        found.append(_pair(flow, division, row, 1.0 / (1.0 + np.exp(-odds))))
    return found


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    low, middle, high = np.quantile(np.array(values), [0.05, 0.5, 0.95])
    return {"low": round(float(low), 3), "central": round(float(middle), 3), "high": round(float(high), 3)}
