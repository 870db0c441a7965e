"""The case of question (d): agencies, their measures and budgets on the flow, planned in five ways (`coordination`).

Bands are over the flow's posterior: each way's plan is held against every draw. Budgets are an assumption, the same for
every agency unless given; an agency that withholds takes part in nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from counterflow.assessment.coordination import Fact, coordinate, price_of_withholding, value_of_facts
from counterflow.assessment.figures import assumptions
from counterflow.assessment.flow import MoneyFlow, interval
from counterflow.assessment.measures import Measure, as_actions
from counterflow.assessment.pressure import Residual
from counterflow.assessment.scenario import network, some_draws
from counterflow.errors import InputError, UnknownName

__all__ = ["TITLES", "together"]

TITLES: Mapping[str, str] = {
    "naive": "each on its own largest flows",
    "own": "each its own optimum",
    "shared": "plans shared, each answers the others",
    "joint": "one plan, own budgets",
    "pooled": "one plan, one budget",
}
FACTS = 8
"""Parties to the flow of which the worth of knowing them is computed: those through which most passes."""


def together(
    flow: MoneyFlow, measures: Sequence[Measure], budget: float | None, config: Mapping[str, Any], *,
    time_limit: float = 30.0,
) -> dict[str, Any]:  # fmt: skip
    """The answer to question (d), as data.

    :param budget: points of all agencies together, divided evenly; None: the declared default for each
    :param config: ``budgets`` (agency → points) and ``withhold`` (agencies), both optional
    :raises UnknownName: an agency that is not there; InputError: a budget that is no number
    """
    offered = [m for m in measures if not m.historic and m.hits]
    agencies = sorted({m.agency for m in offered})
    if not flow.arcs or not flow.box or not agencies:
        return {"why_empty": "There is no flow to cut, or no measure that an agency could take."}
    withheld = _withheld(config, agencies)
    budgets = _budgets(config, agencies, budget)
    able = [m for m in offered if m.agency not in withheld]
    if not able:
        return {"why_empty": "Every agency withholds: there is nothing to coordinate."}
    actions = as_actions(able, flow)
    net = network(flow)
    carried = np.concatenate([flow.central, net.capacity[len(flow.arcs) :]])
    found = coordinate(net, actions, budgets, flow=carried, time_limit=time_limit / 2)
    residual = Residual(net, actions)
    rows = [network(flow, row).capacity for row in some_draws(flow)]
    before = np.array([residual.left((), row) for row in rows])
    stages = []
    for name, title in TITLES.items():
        stage = found.stage(name)
        cut = before - np.array([residual.left(stage.measures, row) for row in rows])
        band = interval(found.baseline - stage.residual, cut)
        share = (found.baseline - stage.residual) / found.baseline if found.baseline > 0 else 0.0
        stages.append({"name": name, "title": title, "share": round(share, 4), "plan": list(stage.measures), **band})
    prices = price_of_withholding(net, actions, budgets, time_limit=time_limit / 4)
    facts = _facts(flow)
    worth = value_of_facts(net, actions, sum(budgets.values()), facts, budgets=budgets, time_limit=time_limit / 4)
    return {
        "why_empty": "",
        "unit": "million USD a year",
        "budget": round(sum(budgets.values()), 3),
        "budgets": budgets,
        "withheld": withheld,
        "baseline": interval(found.baseline, before),
        "stages": stages,
        "claims": {
            "sum": round(found.claimed, 3),
            "share": round(found.claimed / found.baseline, 4) if found.baseline > 0 else 0.0,
            "by_agency": [{"agency": a, "claim": round(c, 3)} for a, c in found.claims.items()],
        },
        "withholding": [
            {"agency": a, "price": round(p, 3)} for a, p in sorted(prices.items(), key=lambda x: (-x[1], x[0]))
        ],
        "facts": [
            {"id": f.name, "title": f"that money passes {_caption(flow, f.name)}", "worth": round(worth[f.name], 3)}
            for f in sorted(facts, key=lambda f: (-worth[f.name], f.name))
        ],
        "note": (
            "What is cut is counted after rerouting, all plans in force. The sum of the agencies' own claims counts"
            " twice what two of them stop and leaves out rerouting: it is no effect. Budgets, costs and chances of"
            " success are assumptions."
        ),
    }


def _withheld(config: Mapping[str, Any], agencies: Sequence[str]) -> list[str]:
    found = config.get("withhold") or []
    if not isinstance(found, list):
        raise InputError("must be a list of agencies", file="assumptions", field="withhold")
    for name in found:
        if name not in agencies:
            raise UnknownName("agency", str(name), agencies)
    return sorted(set(found))


def _budgets(config: Mapping[str, Any], agencies: Sequence[str], budget: float | None) -> dict[str, float]:
    """Points of each agency."""
    unknown = sorted(set(config) - {"budgets", "withhold"})
    if unknown:
        raise UnknownName("assumption of coordination", unknown[0], ("budgets", "withhold"))
    each = float(assumptions()["agency_budget"]) if budget is None else budget / len(agencies)
    given = config.get("budgets") or {}
    if not isinstance(given, Mapping):
        raise InputError("must be a table of agency: points", file="assumptions", field="budgets")
    for name, points in given.items():
        if name not in agencies:
            raise UnknownName("agency", str(name), agencies)
        if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < float("inf"):
            raise InputError(f"'{points}' is no budget", file="assumptions", field=f"budgets.{name}")
    return {a: float(given.get(a, each)) for a in agencies}


def _facts(flow: MoneyFlow) -> list[Fact]:
    """That money passes a party: who does not know it believes that nothing does."""
    passing = [
        (float(flow.central[flow.tail == i].sum()), n.id)
        for i, n in enumerate(flow.nodes)
        if n.layer in ("operator", "channel") and n.entity is not None
    ]
    most = sorted(passing, key=lambda p: (-p[0], p[1]))[:FACTS]
    return [
        Fact(id, {int(a): 0.0 for a in np.flatnonzero((flow.tail == flow.index[id]) | (flow.head == flow.index[id]))})
        for _, id in most
    ]


def _caption(flow: MoneyFlow, id: str) -> str:
    return flow.nodes[flow.index[id]].caption
