"""What if: the flow before, after a plan, and after the adversary has rerouted round it.

* *after*: each measure stops its share of the arcs it hits, and nothing else changes. What is stopped on the way is
  lost, so only what still arrives is drawn; the result is again a conserved flow.
* *after rerouting*: what was stopped is sent round by arcs that have room. A route can take more than it does now by a
  declared headroom; income itself does not grow. This is the largest flow that fits, found by adding to *after*, so
  ``after ≤ after rerouting ≤ before``, at the cash-box and in every draw.

The plan is the one that leaves least *after rerouting* (`interdiction`), its measures counted at their expected effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from counterflow.assessment.chain import SEIZED, UNACCOUNTED
from counterflow.assessment.figures import assumptions
from counterflow.assessment.interdiction import Action, Network, Plan, frontier, interdict
from counterflow.assessment.measures import Measure, as_actions
from counterflow.assessment.mincut import Floats, Kernel
from counterflow.assessment.money_flow import MoneyFlow, interval
from counterflow.errors import UnknownName, UsageError

__all__ = ["Outcome", "budget_curve", "in_print", "network", "offers", "outcome", "some_draws", "supplies", "whatif"]

_DRAWS = 128
"""Posterior draws rerouted for the intervals; each takes a maximum flow."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Flows with some measures taken: central, shape (arcs,), and draws, shape (draws, arcs)."""

    after: Floats
    after_draws: Floats
    rerouted: Floats
    rerouted_draws: Floats


def network(flow: MoneyFlow, amounts: Floats | None = None) -> Network:
    """The flow up to the cash-box as capacities: activities limited to what they earn, arcs to their headroom.

    Arcs are those of the flow, in order, then one for each activity (from a source of all).
    """
    amounts = flow.central if amounts is None else amounts
    room = 1.0 + float(assumptions()["headroom"])
    activities = np.array([i for i, n in enumerate(flow.nodes) if n.layer == "activity"], dtype=np.int64)
    supply = supplies(flow, amounts[None, :])[0, activities]
    origin = len(flow.nodes)
    return Network(
        names=(*(n.id for n in flow.nodes), "(all activities)"),
        tail=np.concatenate([flow.tail, np.full(len(activities), origin)]),
        head=np.concatenate([flow.head, activities]),
        capacity=np.concatenate([amounts * room, supply]),
        source=origin,
        sink=flow.index[flow.box or ""],
        arcs=(*(a.id for a in flow.arcs), *(f"(all activities)>{flow.nodes[i].id}" for i in activities)),
    )


def supplies(flow: MoneyFlow, rows: Floats) -> Floats:
    """Of what each activity earns the part that gets to the cash-box, shape (rows, nodes); 0 at other nodes."""
    road = _Road(flow)
    found: Floats = road.earned(rows) * road.arriving(rows, np.ones(len(flow.arcs)), (road.box,))
    return found


def outcome(flow: MoneyFlow, taken: Sequence[Measure]) -> Outcome:
    """The flow with these measures taken, before and after rerouting."""
    kept = np.ones(len(flow.arcs))
    for action in as_actions(taken, flow):
        effects = action.effect if isinstance(action.effect, tuple) else (action.effect,) * len(action.arcs)
        for arc, effect in zip(action.arcs, effects, strict=True):
            kept[arc] *= 1.0 - effect * action.success
    rows = np.vstack([flow.central[None, :], some_draws(flow)])
    if (kept == 1.0).all():
        return Outcome(rows[0], rows[1:], rows[0], rows[1:])
    road = _Road(flow)
    after = road.delivered(rows, kept)
    rerouted = road.rerouted(rows, after, kept)
    return Outcome(after[0], after[1:], rerouted[0], rerouted[1:])


def some_draws(flow: MoneyFlow) -> Floats:
    """An even selection of the posterior draws, the same for every scenario."""
    picked: Floats = flow.draws[:: max(1, len(flow.draws) // _DRAWS)]
    return picked


class _Road:
    """A flow's arcs in two parts, up to the cash-box and from there on. Rows are (cases, arcs)."""

    def __init__(self, flow: MoneyFlow) -> None:
        self.flow = flow
        self.box = flow.index[flow.box or ""]
        self.seized = [flow.index[SEIZED]] if SEIZED in flow.index else []
        spends = {i for i, n in enumerate(flow.nodes) if n.layer in ("cashbox", "use")}
        self.before = [a for a in range(len(flow.arcs)) if int(flow.tail[a]) not in spends]
        self.spenders = [i for i, n in enumerate(flow.nodes) if n.layer == "cashbox"]

    def delivered(self, rows: Floats, kept: Floats) -> Floats:
        """What still arrives when each arc lets only ``kept`` through and nobody changes the way."""
        tail, head = self.flow.tail, self.flow.head
        share = self._shares(rows)
        arrives = self.arriving(rows, kept, (self.box, *self.seized))
        held = self.earned(rows)
        result = np.zeros_like(rows)
        for arc in self.before:
            sent = held[:, tail[arc]] * share[:, arc] * kept[arc]
            held[:, head[arc]] += sent
            result[:, arc] = sent * arrives[:, head[arc]]
        return self._spent(rows, result, kept)

    def _shares(self, rows: Floats) -> Floats:
        shares: Floats = rows / np.maximum(self._through(rows)[:, self.flow.tail], 1e-300)
        return shares

    def arriving(self, rows: Floats, kept: Floats, ends: Sequence[int]) -> Floats:
        """Of money at each node, the part that gets to one of these ends: shape (rows, nodes)."""
        tail, head, share = self.flow.tail, self.flow.head, self._shares(rows)
        arrives = np.zeros((len(rows), len(self.flow.nodes)))
        arrives[:, list(ends)] = 1.0
        for arc in reversed(self.before):
            arrives[:, tail[arc]] += share[:, arc] * kept[arc] * arrives[:, head[arc]]
        return arrives

    def rerouted(self, rows: Floats, after: Floats, kept: Floats) -> Floats:
        """The largest flow that fits, found by adding to what still arrives: forward where there is room, and back."""
        flow, count = self.flow, len(self.before)
        arcs = np.array(self.before, dtype=np.int64)
        activities = np.array([i for i, n in enumerate(flow.nodes) if n.layer == "activity"], dtype=np.int64)
        origin = len(flow.nodes)
        tail, head = flow.tail[arcs], flow.head[arcs]
        kernel = Kernel(
            Network(
                names=(*(n.id for n in flow.nodes), "(all activities)"),
                tail=np.concatenate([tail, head, np.full(len(activities), origin)]),
                head=np.concatenate([head, tail, activities]),
                capacity=np.zeros(2 * count + len(activities)),
                source=origin,
                sink=self.box,
            )
        )
        room = (1.0 + float(assumptions()["headroom"])) * kept[arcs]
        result = after.copy()
        # nobody gets more to the cash-box than before: of money that a measure frees, the part that was seized stays so
        lost = self.earned(rows) * (self.arriving(rows, np.ones(len(kept)), (self.box,))
                                    - self.arriving(rows, kept, (self.box,)))  # fmt: skip
        moves = np.isin(head, self.seized, invert=True)
        for row, now, new, idle in zip(rows, after, result, lost[:, activities], strict=True):
            spare = np.concatenate([(row[arcs] * room - now[arcs]) * moves, now[arcs] * moves, idle])
            _, more = kernel.flow(np.maximum(spare, 0.0))
            new[arcs] = np.maximum(0.0, now[arcs] + more[:count] - more[count : 2 * count])
        return self._spent(rows, result, kept)

    def _through(self, rows: Floats) -> Floats:
        """What leaves each node."""
        through = np.zeros((len(rows), len(self.flow.nodes)))
        for arc, node in enumerate(self.flow.tail.tolist()):
            through[:, node] += rows[:, arc]
        return through

    def earned(self, rows: Floats) -> Floats:
        """What each activity sends out; nothing at other nodes."""
        earns = np.array([n.layer == "activity" for n in self.flow.nodes])
        earned: Floats = self._through(rows) * earns
        return earned

    def _spent(self, rows: Floats, result: Floats, kept: Floats) -> Floats:
        """Spend what has arrived in the old proportions. What a cap stops is not spent on its use, but kept."""
        tail, head = self.flow.tail, self.flow.head
        held = np.zeros((len(rows), len(self.flow.nodes)))
        for arc in self.before:
            if head[arc] == self.box:
                held[:, self.box] += result[:, arc]
        through = self._through(rows)
        for node in self.spenders:
            out = np.flatnonzero(tail == node)
            wanted = held[:, [node]] * rows[:, out] / np.maximum(through[:, [node]], 1e-300)
            paid = wanted * kept[out]
            rest = [i for i, arc in enumerate(out) if self.flow.arcs[arc].target == UNACCOUNTED]
            if rest:
                paid[:, rest[0]] += (wanted - paid).sum(axis=1)
            result[:, out] = paid
            for column, arc in enumerate(out.tolist()):
                held[:, head[arc]] += paid[:, column]
        return result


def whatif(
    flow: MoneyFlow,
    measures: Sequence[Measure],
    budget: float | None = None,
    *,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    selected: Sequence[str] | None = None,
    budgets: Mapping[str, float] | None = None,
    collateral: float | None = None,
    not_cooperating: Sequence[str] = (),
    time_limit: float | None = 10.0,
    curve: list[Plan] | None = None,
) -> dict[str, Any]:
    """The shape of ``POST /api/whatif``.

    :param budget: points; None: the declared default
    :param selected: evaluate exactly these measures instead of looking for the best; budget and must are not applied
    :param collateral: points that the plan may do to others; `not_cooperating` states (codes) whose measures can only
        be had with the measure that wins the state over
    :param time_limit: seconds for plan and frontier together; None: until both are proven
    :param curve: the frontier under the same limits, where it is known already (it does not depend on the budget)
    :raises UnknownName: an id that is not in the catalogue; :raises UsageError: see `interdict`
    """
    known = {m.id: m for m in measures}
    for id in (*must, *never, *(selected or ())):
        if id not in known:
            raise UnknownName("measure", id, known)
    points = float(assumptions()["budget"]) if budget is None else float(budget)
    if points < 0 or not np.isfinite(points):
        raise UsageError(f"the budget is {points}; it must be a number, 0 or more")
    if not flow.arcs:
        return _shown(flow, points, _no_plan(points), [], [])
    net, actions = network(flow), offers(flow, measures, must, not_cooperating)
    barred = [id for id in never if any(a.name == id for a in actions)]
    limits: dict[str, Any] = {"must": must, "never": barred, "budgets": budgets, "collateral": collateral}
    half = None if time_limit is None else time_limit / 2
    if selected is None:
        plan = interdict(net, actions, points, **limits, time_limit=half)
    else:
        plan = _evaluated(flow, [known[id] for id in dict.fromkeys(selected)], points)
    if curve is None:
        curve = frontier(net, actions, **limits, time_limit=half)
    return _shown(flow, points, plan, [known[id] for id in plan.measures], curve)


def budget_curve(
    flow: MoneyFlow,
    measures: Sequence[Measure],
    *,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    budgets: Mapping[str, float] | None = None,
    collateral: float | None = None,
    not_cooperating: Sequence[str] = (),
    time_limit: float | None = 10.0,
) -> list[Plan]:
    """The frontier alone: what each budget leaves, under limits as in `whatif`; empty where there is no flow."""
    if not flow.arcs:
        return []
    actions = offers(flow, measures, must, not_cooperating)
    barred = [id for id in never if any(a.name == id for a in actions)]
    return frontier(
        network(flow), actions, must=must, never=barred, budgets=budgets, collateral=collateral, time_limit=time_limit
    )


def offers(
    flow: MoneyFlow, measures: Sequence[Measure], must: Sequence[str] = (), not_cooperating: Sequence[str] = ()
) -> list[Action]:
    """What can be taken. What states have already done is not offered anew; a plan holds it where it must.

    A measure in a state that does not cooperate needs the one that wins the state over; where the catalogue has none,
    it is not to be had.
    """
    offered = [m for m in measures if not m.historic or m.id in must]
    won = {m.jurisdiction: m.id for m in offered if m.kind.laid_on == "country"}
    needs = {
        m.id: tuple(
            won.get(state, f"jurisdiction:{state}")
            for state in m.jurisdiction.split(", ")
            if state in not_cooperating and m.id != won.get(state) and not m.historic
        )
        for m in offered
    }
    return [replace(a, needs=needs[a.name]) for a in as_actions(offered, flow)]


def _evaluated(flow: MoneyFlow, taken: list[Measure], budget: float) -> Plan:
    """Measures as they were chosen by hand, in the shape of a plan."""
    found = outcome(flow, taken)
    left = float(found.rerouted[flow.into(flow.box or "")].sum())
    return Plan(
        objective=left, bound=left, gap=0.0, measures=tuple(m.id for m in taken),
        cost=float(sum(m.kind.cost for m in taken)), baseline=flow.cashbox["central"], cut=(),
        certificate="evaluated as chosen, not optimised", budget=budget, seconds=0.0,
    )  # fmt: skip


def _no_plan(budget: float) -> Plan:
    return Plan(0.0, 0.0, 0.0, (), 0.0, 0.0, (), "optimal: there is no flow to cut", budget, 0.0)


def _shown(flow: MoneyFlow, budget: float, plan: Plan, taken: list[Measure], curve: list[Plan]) -> dict[str, Any]:
    draws = some_draws(flow)
    found = outcome(flow, taken) if flow.arcs else Outcome(flow.central, draws, flow.central, draws)
    stages = {
        "before": (flow.central, flow.draws),  # every draw: the interval that the flow itself shows
        "after": (found.after, found.after_draws),
        "after_rerouting": (found.rerouted, found.rerouted_draws),
    }
    into = flow.into(flow.box) if flow.box else np.empty(0, np.int64)
    return {
        "budget": budget,
        "cost": plan.cost,
        "collateral": round(sum(m.kind.collateral for m in taken), 3),
        "plan": [
            {
                "id": m.id,
                "title": m.title,
                "agency": m.agency,
                "cost": m.kind.cost,
                "delay_days": m.kind.delay_days,
                "collateral": m.kind.collateral,
            }
            for m in taken
        ],
        "objective": round(plan.objective, 3),
        "bound": round(plan.bound, 3),
        "gap": round(plan.gap, 6),
        "certificate": plan.certificate,
        **{name: flow.shown(middle, some) for name, (middle, some) in stages.items()},
        "cashbox": {
            name: interval(float(middle[into].sum()), some[:, into].sum(axis=1) if len(some) else np.zeros(0))
            for name, (middle, some) in stages.items()
        },
        "frontier": in_print(curve),
    }


def in_print(curve: Sequence[Plan]) -> list[dict[str, Any]]:
    """A frontier as an answer: what each budget leaves, the bound under it, and the plan."""
    return [
        {
            "budget": round(p.budget, 3),
            "residual": round(p.objective, 3),
            "bound": round(p.bound, 3),
            "plan": list(p.measures),
        }
        for p in curve
    ]
