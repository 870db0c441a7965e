"""Which activities to forbid when the adversary turns to the best of the rest: knapsack interdiction on the case.

He has so much effort (people, ships, permits) and takes the activities that pay most for it, each whole, up to its
ceiling. The numbers are the middles of the ranges of ``portfolio.yaml``, assumptions all. Forbidding an activity costs
what its cheapest measure in the catalogue costs, and is counted as if it succeeded: the answer is what substitution
leaves, not a forecast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.knapsack import Knapsack, forbid
from counterflow.assessment.measures import Measure

__all__ = ["packing"]

_FINE = 100
"""Steps a unit of effort and a million are counted in: the game is played in whole numbers."""


def packing(
    flow: MoneyFlow, measures: Sequence[Measure], config: Mapping[str, Any], budget: float, *,
    never: Sequence[str] = (), time_limit: float | None = 10.0,
) -> dict[str, Any]:  # fmt: skip
    """``substitution`` of ``POST /api/whatif``.

    :param config: the shape of ``portfolio.yaml``; :param budget: points
    """
    cheapest: dict[str, Measure] = {}
    for m in measures:
        if m.kind.laid_on == "activity" and not m.historic and m.id not in never:
            code = _code(m)
            if code not in cheapest or (m.kind.cost, m.id) < (cheapest[code].kind.cost, cheapest[code].id):
                cheapest[code] = m
    captions = {n.id: n.caption for n in flow.nodes if n.layer == "activity"}
    codes = [c for c in sorted(config["activities"]) if any(_last(id) == c for id in captions)]
    if not codes:
        return {"why_empty": "No activity of this flow has its effort and ceiling in the portfolio."}
    title = {_last(id): caption for id, caption in captions.items()}
    about = [config["activities"][c] for c in codes]
    size, ceiling, margin, effort = (np.array([_middle(a[k]) for a in about]) for k in _PARTS)
    most = size * np.maximum(1.0, ceiling)
    # alone, an activity grows no further than his effort goes
    total = _middle(config["effort"]) * float((size * effort).sum())
    grown = np.minimum(most, total / effort)
    barred = np.array([i for i, c in enumerate(codes) if c not in cheapest], dtype=np.int64)
    cost = np.array([math.ceil(cheapest[c].kind.cost) if c in cheapest else 0 for c in codes], dtype=np.int64)
    game = Knapsack(
        weight=np.maximum(1, np.floor(grown * effort * _FINE)).astype(np.int64),
        cost=cost,
        profit=np.rint(grown * margin * _FINE).astype(np.int64),
        capacity=math.floor(total * _FINE),
        budget=math.floor(budget),
    )
    found = forbid(game, never=barred, seconds=time_limit)
    gap = 0.0 if found.profit in (0, found.bound) else 1 - found.bound / found.profit
    return {
        "unit": "million USD a year that the regime keeps",
        "before": found.unhurt / _FINE,
        "left": found.profit / _FINE,
        "bound": found.bound / _FINE,
        "gap": gap,
        "forbidden": [
            {"activity": c, "title": title[c], "measure": cheapest[c].id, "cost": int(cost[i])}
            for i, c in enumerate(codes)
            if found.items[i]
        ],
        "activities": codes,
        "assumption": True,
    }


_PARTS = ("size", "ceiling", "margin", "effort")


def _middle(limits: Sequence[float]) -> float:
    """The middle of a range of a log-normal: the geometric mean of its ends."""
    low, high = (float(v) for v in limits)
    return math.sqrt(low * high)


def _last(id: str) -> str:
    return id.rpartition(":")[2]


def _code(measure: Measure) -> str:
    return _last(measure.targets[0][0])
