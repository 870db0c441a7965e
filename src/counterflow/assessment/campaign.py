"""What if, over several periods: what to take when, and the flow of each period, while the adversary rebuilds.

The plan is `periods`' on the case's own network. A measure bites in the period in which its delay ends and holds for
the declared *recovery*, the periods until what it cut has been rebuilt; what it left is rerouted in every period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.assessment.figures import assumptions
from counterflow.assessment.flow import MoneyFlow, interval
from counterflow.assessment.measures import Measure
from counterflow.assessment.periods import Timing, over_time
from counterflow.assessment.scenario import network, offers, outcome, some_draws
from counterflow.errors import UnknownName, UsageError

__all__ = ["MOST_PERIODS", "campaign"]

MOST_PERIODS = 24
"""Copies of the network that are planned at once."""


def campaign(
    flow: MoneyFlow,
    measures: Sequence[Measure],
    periods: int,
    budget: float | None = None,
    *,
    recovery: int | Mapping[str, int] | None = None,
    period_days: int = 365,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    budgets: Mapping[str, float] | None = None,
    collateral: float | None = None,
    not_cooperating: Sequence[str] = (),
    time_limit: float | None = 10.0,
) -> dict[str, Any]:
    """``over_time`` of ``POST /api/whatif``.

    :param budget: points of each period; what is left over is lost
    :param recovery: periods until what a measure cut has been rebuilt, for all kinds or by kind; None: never rebuilt
    :param period_days: length of a period
    :param must: measures that are taken in one of the periods; `never` those that are not
    :param budgets: limits by agency, of each period; `collateral` what the measures in force at one time may do to
        others
    :param not_cooperating: states whose measures can only be taken while the one that wins the state over is in force
    :raises UsageError: a number out of range; :raises UnknownName: a measure or kind nobody knows
    """
    if not 1 <= periods <= MOST_PERIODS:
        raise UsageError(f"periods is {periods}; it must be 1 to {MOST_PERIODS}")
    if period_days < 1:
        raise UsageError(f"period_days is {period_days}; it must be 1 or more")
    kinds = sorted({m.kind.name for m in measures})
    given = recovery if isinstance(recovery, Mapping) else dict.fromkeys(kinds, recovery)
    for kind, rebuilt in given.items():
        if kind not in kinds:
            raise UnknownName("kind of measure", kind, kinds)
        if rebuilt is not None and rebuilt < 1:
            raise UsageError(f"recovery of '{kind}' is {rebuilt}; it must be 1 period or more")
    points = float(assumptions()["budget"]) if budget is None else budget
    setting = {"budget": points, "period_days": period_days, "recovery": recovery}
    if not flow.arcs:
        return {**setting, "periods": [], "why_empty": "There is no flow to cut."}
    known = {m.id: m for m in measures}
    actions = offers(flow, measures, must, not_cooperating)
    timing = {
        a.name: Timing(known[a.name].kind.delay_days // period_days, given.get(known[a.name].kind.name))
        for a in actions
    }
    course = over_time(
        network(flow), actions, [points] * periods, timing, must=must, never=never, purses=budgets,
        collateral=collateral, time_limit=time_limit,
    )  # fmt: skip
    shown = course.to_dict()
    rows = []
    for row in shown["periods"]:
        now = row["period"] - 1
        biting = [
            known[id]
            for then, taken in enumerate(course.plan)
            for id in taken
            if now in timing[id].bites(then, periods)
        ]
        rows.append({
            "period": row["period"],
            "plan": [{"id": id, "title": known[id].title, "agency": known[id].agency, "cost": known[id].kind.cost}
                     for id in row["plan"]],
            "in_force": [m.id for m in biting],
            "collateral": round(sum(m.kind.collateral for m in biting), 3),
            "left": row["left"],
            "cashbox": _cashbox(flow, biting),
        })  # fmt: skip
    return {**setting, **shown, "periods": rows}


def _cashbox(flow: MoneyFlow, biting: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """What reaches the cash-box before, after, and after rerouting."""
    found, into = outcome(flow, biting), flow.into(flow.box or "")
    stages = {
        "before": (flow.central, some_draws(flow)),
        "after": (found.after, found.after_draws),
        "after_rerouting": (found.rerouted, found.rerouted_draws),
    }
    return {
        name: interval(float(middle[into].sum()), draws[:, into].sum(axis=1))
        for name, (middle, draws) in stages.items()
    }
