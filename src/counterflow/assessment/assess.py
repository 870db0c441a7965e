"""The whole assessment of a scope: flow, measures, a first plan and the report; and what-if questions on the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from counterflow.assessment.hypotheses import Question
from counterflow.assessment.measures import Measure, agencies, catalogue
from counterflow.assessment.money_flow import MoneyFlow, estimate
from counterflow.assessment.report import write
from counterflow.assessment.scenario import budget_curve, in_print
from counterflow.assessment.scenario import whatif as solve
from counterflow.errors import UnknownName, UsageError
from counterflow.model.values import table

if TYPE_CHECKING:
    from counterflow.assessment.interdiction import Plan
    from counterflow.storage.ports import Scope

__all__ = ["Model", "assess", "model", "whatif"]

_ASKED = (
    "budget", "must", "never", "measures", "budgets", "collateral", "collateral_each", "not_cooperating", "periods",
    "recovery", "period_days", "substitution", "time_limit",
)  # fmt: skip

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
    """Solve one request, with its frontier; ``over_time`` and ``substitution`` where they are asked for.

    :param request: any of `_ASKED`; `measures` are evaluated as chosen, instead of solving
    :raises UsageError: a value that is not what the key takes; :raises UnknownName: a key or measure nobody knows
    """
    for key in request:
        if key not in _ASKED:
            raise UnknownName("key of a what-if request", key, _ASKED)
    asked = {key: _taken(key, value) for key, value in request.items() if value is not None}
    time_limit = request.get("time_limit", TIME_LIMIT)
    budget, selected = asked.get("budget"), asked.get("measures")
    limits: dict[str, Any] = {
        "must": tuple(asked.get("must", ())),
        "never": (*asked.get("never", ()), *_too_harmful(found, asked)),
        "budgets": {str(k): float(v) for k, v in asked.get("budgets", {}).items()},
        "collateral": asked.get("collateral"),
        "not_cooperating": tuple(asked.get("not_cooperating", ())),
    }
    unknown = sorted(set(limits["budgets"]) - set(agencies(found.measures)))
    if unknown:
        raise UnknownName("agency", unknown[0], agencies(found.measures))
    for code in limits["not_cooperating"]:
        if code not in table("countries"):
            raise UnknownName("country code", code, table("countries"))
    over_time = _over_time(asked, limits)
    key = json.dumps(limits, sort_keys=True, default=str)
    answer = solve(
        found.flow, found.measures, budget, selected=selected, **limits, time_limit=time_limit, curve=[]
    )  # first: it checks the ids
    if key not in found.curves:
        found.curves[key] = budget_curve(found.flow, found.measures, **limits, time_limit=time_limit)
    answer["frontier"] = in_print(found.curves[key])
    if over_time:
        from counterflow.assessment.campaign import campaign

        answer["over_time"] = campaign(found.flow, found.measures, **over_time, budget=budget, time_limit=time_limit)
    if asked.get("substitution"):
        from counterflow.assessment.packing import packing

        portfolio = yaml.safe_load(resources.files("counterflow.assessment").joinpath("portfolio.yaml").read_bytes())
        answer["substitution"] = packing(
            found.flow, found.measures, portfolio, answer["budget"], never=limits["never"], time_limit=time_limit
        )
        # a ban is one measure an activity, and the game knows nothing else of it
        answer["substitution"]["not_applied"] = [
            key for key in ("must", "budgets", "collateral", "not_cooperating") if limits[key] not in (None, (), {})
        ]
    return answer


def _too_harmful(found: Model, asked: Mapping[str, Any]) -> list[str]:
    """Measures beyond ``collateral_each``. :raises UsageError: one of them is a must"""
    limit = asked.get("collateral_each")
    if limit is None:
        return []
    out = [m for m in found.measures if m.kind.collateral > limit]
    for m in out:
        if m.id in asked.get("must", ()):
            raise UsageError(
                f"measure '{m.id}' must be taken, but does {m.kind.collateral:g} to others; "
                f"the limit for each (collateral_each) is {limit:g}"
            )
    return [m.id for m in out]


def _over_time(asked: Mapping[str, Any], limits: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan over several periods is asked with; empty: none is. :raises UsageError: what does not go together"""
    given = {k: asked[k] for k in ("periods", "recovery", "period_days") if k in asked}
    if not given:
        return {}
    if "periods" not in given:
        raise UsageError(f"{next(iter(given))} needs periods: how many are planned")
    if asked.get("measures"):
        raise UsageError("measures cannot be asked together with periods: a plan over time is solved, not evaluated")
    return {**given, **limits}


def _taken(key: str, value: Any) -> Any:
    """A value as its key takes it. :raises UsageError: it is none"""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if key in ("budget", "collateral", "collateral_each", "time_limit"):
        fits, wanted = number and value == value, "seconds or null" if key == "time_limit" else "a number"
    elif key in ("must", "never", "measures", "not_cooperating"):
        fits = isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        wanted = "a list of country codes" if key == "not_cooperating" else "a list of measure ids"
    elif key == "budgets":
        table_ = isinstance(value, Mapping) and all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in value.values()
        )
        fits, wanted = table_, "points by agency"
    elif key == "recovery":
        by_kind = isinstance(value, Mapping) and all(
            isinstance(v, int) and not isinstance(v, bool) for v in value.values()
        )
        fits, wanted = whole or by_kind, "a whole number of periods, or one by kind of measure"
    elif key == "substitution":
        fits, wanted = isinstance(value, bool), "true or false"
    else:
        fits, wanted = whole, "a whole number"
    if not fits:
        raise UsageError(f"{key} must be {wanted}, not {value!r}")
    return value
