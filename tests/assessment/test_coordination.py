"""What coordination adds: the order of the five ways to plan holds on every network, and the merger's theorem."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assessment.test_interdiction import brute_force, cases, network

from counterflow.assessment.coordination import Fact, coordinate, price_of_withholding, value_of_facts
from counterflow.assessment.interdiction import Action, Network, frontier, interdict, residual
from counterflow.errors import UsageError


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 7), st.integers(0, 7))
def test_more_in_common_never_leaves_more(case: tuple[Network, list[Action]], fiu: int, customs: int) -> None:
    net, measures = case
    budgets = {"fiu": float(fiu), "customs": float(customs)}
    found = coordinate(net, measures, budgets)
    left = [found.stage(name).residual for name in ("own", "shared", "joint", "pooled")]
    for less, more in itertools.pairwise(left):
        assert more <= less + 1e-9 * max(1.0, abs(more)) or math.isinf(less)
    assert left[2] == pytest.approx(brute_force(net, measures, fiu + customs, set(), set(), budgets), abs=1e-6)
    assert left[3] == pytest.approx(brute_force(net, measures, fiu + customs, set(), set(), {}), abs=1e-6)
    assert found.stage("naive").residual <= found.baseline
    by_name = {m.name: m for m in measures}
    for name in ("naive", "own", "shared", "joint"):
        for agency, plan in found.stage(name).by_agency.items():
            assert sum(by_name[n].cost for n in plan) <= budgets[agency] + 1e-9
            assert all(by_name[n].agency == agency for n in plan)


def test_claims_add_up_to_more_than_there_is() -> None:
    net = network([(0, 1, 10.0), (1, 2, 10.0)], 3)
    both = [Action("bank", 1, (0,), agency="fiu"), Action("ship", 1, (1,), agency="customs")]
    found = coordinate(net, both, {"fiu": 1.0, "customs": 1.0})
    assert found.claims == {"fiu": 10.0, "customs": 10.0}
    assert (found.claimed, found.baseline) == (20.0, 10.0)
    assert found.to_dict()["claimed"] == 20.0


def test_plans_shown_to_each_other_are_worth_something() -> None:
    """Alone neither can stop the flow, so each spends on what looks best to it; together they close one cut."""
    net = network([(0, 1, 6.0), (0, 1, 5.0), (0, 1, 3.0), (1, 2, 13.0)], 3)
    measures = [
        Action("a", 1, (0,), agency="fiu"),
        Action("b", 1, (0,), agency="customs"),
        Action("c", 1, (1,), agency="customs"),
    ]
    found = coordinate(net, measures, {"fiu": 1.0, "customs": 1.0})
    assert [found.stage(n).residual for n in ("naive", "own", "shared", "joint")] == [8.0, 8.0, 3.0, 3.0]


def test_must_and_an_agency_that_stays_out() -> None:
    net = network([(0, 1, 6.0), (0, 1, 5.0)], 2)
    measures = [Action("a", 2, (0,), agency="fiu"), Action("b", 1, (1,), agency="customs")]
    budgets = {"fiu": 2.0, "customs": 1.0}
    assert price_of_withholding(net, measures, budgets) == {"customs": 5.0, "fiu": 6.0}
    found = coordinate(net, measures, budgets, must=["b"], never=["a"])
    assert {s.residual for s in found.stages} == {6.0}
    with pytest.raises(UsageError, match="'fiu' must take costs 2; its budget is 1"):
        coordinate(net, measures, {"fiu": 1.0}, must=["a"])


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 8), st.data())
def test_no_fact_is_worth_less_than_nothing(
    case: tuple[Network, list[Action]], budget: int, data: st.DataObject
) -> None:
    net, measures = case
    arc = data.draw(st.integers(0, len(net.tail) - 1))
    value = value_of_facts(net, measures, budget, [Fact("arc", {arc: 0.0}), Fact("nothing", {})])
    assert value["arc"] >= 0
    assert value["nothing"] == 0


def test_a_fact_that_moves_the_plan() -> None:
    net = network([(0, 1, 9.0), (0, 1, 4.0)], 2)
    measures = [Action("a", 1, (0,)), Action("b", 1, (1,))]
    assert value_of_facts(net, measures, 1, [Fact("the first bank", {0: 1.0})]) == {"the first bank": 5.0}


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_a_merger_never_lowers_what_is_left(case: tuple[Network, list[Action]], data: st.DataObject) -> None:
    """Under measures against arcs, at any budget; source and sink are not merged with each other."""
    net, measures = case
    pair = data.draw(st.sets(st.integers(0, len(net.names) - 1), min_size=2, max_size=3))
    if {net.source, net.sink} <= pair:
        return
    one = net.merged(pair, "merged")
    budgets = [0.0, 3.0, 7.0, math.inf]
    for split, whole in zip(frontier(net, measures, budgets), frontier(one, measures, budgets), strict=True):
        assert whole.objective >= split.objective - 1e-6 * max(
            1.0, split.objective if math.isfinite(split.objective) else 1.0
        )


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_a_measure_never_adds_flow(case: tuple[Network, list[Action]], data: st.DataObject) -> None:
    net, measures = case
    taken = data.draw(st.lists(st.sampled_from(measures), unique=True)) if measures else []
    before = math.inf
    for count in range(len(taken) + 1):
        after = residual(net, taken[:count])
        assert after <= before + 1e-9
        before = after
    assert interdict(net, measures, 5).objective <= residual(net, []) + 1e-9
