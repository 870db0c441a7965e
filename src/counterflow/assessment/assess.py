"""The whole assessment of a scope: flow, measures, a first plan and the report; and what-if questions on the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.assessment.hypotheses import Question
from counterflow.assessment.measures import Measure, agencies, catalogue
from counterflow.assessment.money_flow import MoneyFlow, estimate
from counterflow.assessment.report import write
from counterflow.assessment.scenario import budget_curve, in_print
from counterflow.assessment.scenario import whatif as solve
from counterflow.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from counterflow.assessment.interdiction import Plan
    from counterflow.storage.ports import Scope

__all__ = ["Model", "assess", "model", "whatif"]

_ASKED = ("budget", "must", "never", "measures", "budgets", "time_limit")

TIME_LIMIT = 10.0
"""Seconds that an interactive question may take for its plan, and again for its frontier; past it the gap is shown."""


@dataclass(frozen=True)
class Model:
    """The flow, and the measures that can be taken against it: what every question of the assessment is asked of.

    :param curves: frontiers found so far, by the limits they were found under: they do not depend on the budget
    """

    flow: MoneyFlow
    measures: list[Measure]
    curves: dict[str, list[Plan]] = field(default_factory=dict)


def model(scope: Scope, *, as_of: str | None = None, about: str = "") -> Model:
    """Estimate the flow and lay out the measures. :param about: id of the entity that the assessment is about"""
    flow = estimate(scope, as_of, about=about)
    return Model(flow, catalogue(scope, flow))


def assess(
    scope: Scope, *, as_of: str | None = None, about: str = "", questions: Sequence[Question] = ()
) -> dict[str, str]:
    """File name → content: the assessment as it is kept with the derived results."""
    found_now = model(scope, as_of=as_of, about=about)
    flow, measures = found_now.flow, found_now.measures
    plan = solve(flow, measures, time_limit=120.0)  # ample: a plan cut short would differ from run to run
    report = write(scope, flow, plan, as_of=as_of, questions=questions)
    found = {
        "flow": flow.to_dict(),
        "measures": {"measures": [m.to_dict() for m in measures], "agencies": agencies(measures)},
        "plan": plan,
        "report": report.to_dict(),
    }
    return {f"{name}.json": json.dumps(data, ensure_ascii=False, indent=1) for name, data in found.items()}


def whatif(found: Model, request: Mapping[str, Any]) -> dict[str, Any]:
    """Solve one request. :param request: budget, must, never, budgets, or measures to evaluate as chosen

    :raises UsageError: a value that is not what the key takes; :raises UnknownName: a key or measure nobody knows
    """
    for key in request:
        if key not in _ASKED:
            raise UnknownName("key of a what-if request", key, _ASKED)
    budget = request.get("budget")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int | float)):
        raise UsageError(f"budget must be a number, not {budget!r}")
    lists = {key: request.get(key) for key in ("must", "never", "measures")}
    for key, value in lists.items():
        if value is not None and not (isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)):
            raise UsageError(f"{key} must be a list of measure ids, not {value!r}")
    time_limit = request.get("time_limit", TIME_LIMIT)
    if time_limit is not None and (isinstance(time_limit, bool) or not isinstance(time_limit, int | float)):
        raise UsageError(f"time_limit must be seconds or null, not {time_limit!r}")
    budgets = request.get("budgets") or {}
    numbers = isinstance(budgets, Mapping) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in budgets.values()
    )
    if not numbers:
        raise UsageError(f"budgets must be points by agency, not {budgets!r}")
    unknown = sorted(set(budgets) - set(agencies(found.measures)))
    if unknown:
        raise UnknownName("agency", str(unknown[0]), agencies(found.measures))
    limits: dict[str, Any] = {
        "must": tuple(lists["must"] or ()),
        "never": tuple(lists["never"] or ()),
        "budgets": {str(k): float(v) for k, v in budgets.items()},
    }
    key = json.dumps(limits, sort_keys=True, default=str)
    answer = solve(
        found.flow, found.measures, budget, selected=lists["measures"], **limits, time_limit=time_limit, curve=[]
    )  # first: it checks the ids
    if key not in found.curves:
        found.curves[key] = budget_curve(found.flow, found.measures, **limits, time_limit=time_limit)
    return {**answer, "frontier": in_print(found.curves[key])}
