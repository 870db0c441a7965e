"""What-if over several periods, with limits beside money, and with activities packed anew."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from assessment.case import scope, small_case
from counterflow.assessment.assess import Model, whatif
from counterflow.assessment.measures import catalogue
from counterflow.assessment.money_flow import estimate
from counterflow.errors import UnknownName, UsageError


@pytest.fixture(scope="module")
def model() -> Model:
    book = small_case()
    book.thing("abroad", "Company", "Bank C", topics="fin.bank", country="cn", _source_id="s1")
    book.link("Payment", "front", "abroad", activity="wash", _source_id="s2")
    book.link("Payment", "abroad", "box", activity="wash", _source_id="s2")
    book.thing("narcotics", "Activity", "Narcotics by sea", keywords="income", _source_id="s1")
    book.thing("cyber", "Activity", "Theft of coins", keywords="income", _source_id="s1")
    for activity in ("narcotics", "cyber"):
        book.link("ProjectParticipant", "box", activity, activity=activity, role="runs it", _source_id="s1")
        book.link("ProjectParticipant", "envoys", activity, activity=activity, role="carry it", _source_id="s1")
        book.estimate(f"e-{activity}", activity, "revenue", 40, 60, _source_id="s1")
    made = scope(book.records)
    flow = estimate(made)
    return Model(flow, catalogue(made, flow))


def test_collateral_binds_and_is_told(model: Model) -> None:
    free = whatif(model, {"budget": 30})
    tight = whatif(model, {"budget": 30, "collateral": 2})
    assert free["collateral"] > 2 >= tight["collateral"]
    assert tight["objective"] > free["objective"]
    assert tight["gap"] == 0
    mild = whatif(model, {"budget": 30, "collateral_each": 1})
    assert mild["plan"] and all(m["collateral"] <= 1 for m in mild["plan"])
    most = max(model.measures, key=lambda m: (m.kind.collateral, not m.historic))
    for key in ("collateral", "collateral_each"):
        with pytest.raises(UsageError, match=r"to others.*limit") as refused:
            whatif(model, {"budget": 90, "must": [most.id], key: 1})
        assert most.id in str(refused.value)


def test_a_state_that_does_not_cooperate_has_to_be_won_over(model: Model) -> None:
    there = {m.id for m in model.measures if m.jurisdiction == "cn" and m.kind.name != "jurisdiction"}
    assert "correspondent_cutoff:case:abroad" in there
    assert "jurisdiction:cn" in {m.id for m in model.measures}
    for budget in (10, 25, 90):
        plan = {m["id"] for m in whatif(model, {"budget": budget, "not_cooperating": ["cn"]})["plan"]}
        assert not plan & there or "jurisdiction:cn" in plan
    barred = whatif(model, {"budget": 90, "not_cooperating": ["cn"], "never": ["jurisdiction:cn"]})
    assert not {m["id"] for m in barred["plan"]} & there
    with pytest.raises(UsageError, match="needs 'jurisdiction:cn'"):
        whatif(model, {"budget": 90, "must": ["correspondent_cutoff:case:abroad"], "not_cooperating": ["cn"]})
    with pytest.raises(UnknownName, match="Cn"):
        whatif(model, {"not_cooperating": ["Cn"]})


def test_several_periods_against_one_who_rebuilds(model: Model) -> None:
    asked = {"budget": 8, "periods": 3, "period_days": 180}
    lasting = whatif(model, asked)["over_time"]
    rebuilt = whatif(model, asked | {"recovery": 1})["over_time"]
    for found in (lasting, rebuilt):
        assert [p["period"] for p in found["periods"]] == [1, 2, 3]
        assert found["gap"] <= 1e-6
        assert found["static"] <= found["objective"] + 1e-6 <= found["rolling"] + 2e-6 <= found["baseline"] + 3e-6
        for row in found["periods"]:
            cash = row["cashbox"]
            assert sum(m["cost"] for m in row["plan"]) <= 8
            assert cash["after_rerouting"]["central"] == pytest.approx(row["left"], abs=0.01)
            for stages in itertools.pairwise(cash[s]["central"] for s in ("after", "after_rerouting", "before")):
                assert stages[0] <= stages[1] + 1e-6
    assert lasting["objective"] < rebuilt["objective"] < rebuilt["baseline"]
    by_kind = whatif(model, asked | {"recovery": {"designation": 1}})["over_time"]
    assert lasting["objective"] <= by_kind["objective"] + 1e-6 <= rebuilt["objective"] + 2e-6


def test_limits_bind_in_every_period(model: Model) -> None:
    known = {m.id: m for m in model.measures}
    abroad, state = "correspondent_cutoff:case:abroad", "jurisdiction:cn"
    asked = {"budget": 20, "periods": 3, "period_days": 400, "recovery": 2}
    free = whatif(model, asked)["over_time"]
    first = known[abroad].agency
    tight = whatif(model, asked | {
        "must": [abroad, state], "collateral": 7, "budgets": {first: 8}, "not_cooperating": ["cn"],
    })["over_time"]  # fmt: skip
    plan = [[m["id"] for m in row["plan"]] for row in tight["periods"]]
    taken = [(t, id) for t, ids in enumerate(plan) for id in ids]
    assert {abroad, state} <= {id for _, id in taken}
    assert all(any(u <= t < u + 2 for u, won in taken if won == state) for t, id in taken if id == abroad)
    for row, ids in zip(tight["periods"], plan, strict=True):
        assert sum(known[id].kind.cost for id in ids if known[id].agency == first) <= 8
        assert row["collateral"] == pytest.approx(sum(known[id].kind.collateral for id in row["in_force"]))
        assert row["collateral"] <= 7
    assert tight["gap"] <= 1e-6 and tight["objective"] >= free["objective"] - 1e-6


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"periods": 0}, "1 to 24"),
        ({"periods": 2.5}, "whole number"),
        ({"recovery": 2}, "needs periods"),
        ({"periods": 2, "recovery": 0}, "1 period or more"),
        ({"periods": 2, "recovery": {"charm": 1}}, "charm"),
        ({"periods": 2, "measures": ["designation:case:envoys"]}, "together with periods"),
        ({"periods": 2, "must": ["designation:case:envoys"], "budget": 0}, "cost"),
        ({"collateral": "some"}, "a number"),
        ({"not_cooperating": "cn"}, "country codes"),
        ({"substitution": "yes"}, "true or false"),
    ],
)
def test_what_cannot_be_asked(model: Model, asked: dict[str, Any], says: str) -> None:
    with pytest.raises((UsageError, UnknownName), match=says):
        whatif(model, {"budget": 5, **asked})


def test_activities_are_packed_anew_once_some_are_forbidden(model: Model) -> None:
    found = [whatif(model, {"budget": b, "substitution": True})["substitution"] for b in (0, 4, 9)]
    limited = whatif(model, {"budget": 4, "substitution": True, "collateral": 3, "budgets": {"FinCEN": 1}})
    assert limited["substitution"] == found[1] | {"not_applied": ["budgets", "collateral"]}
    assert found[1]["not_applied"] == []
    assert found[0]["activities"] == ["cyber", "narcotics"]
    assert found[0]["forbidden"] == [] and found[0]["left"] == found[0]["before"] > 0
    assert [f["activity"] for f in found[1]["forbidden"]] == ["cyber"]
    for less, more in itertools.pairwise(found):
        assert more["left"] <= less["left"]
        assert more["gap"] == 0
        assert sum(a["cost"] for a in more["forbidden"]) <= 9
    assert found[2]["left"] == 0  # both forbidden: nothing is left to turn to


def test_the_answer_is_of_the_type_that_the_workbench_expects(model: Model) -> None:
    from tests.api.test_types import declared

    asked = {"budget": 12, "periods": 2, "recovery": 1, "substitution": True, "collateral": 5}
    parser = declared()
    assert sorted(set(parser.wrong(whatif(model, asked), ("ref", "WhatIf"), "WhatIf"))) == []
