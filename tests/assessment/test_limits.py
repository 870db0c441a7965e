"""Limits beside money, tried against every plan there is; what they make infeasible is said with the reason."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assessment.test_interdiction import cases, left_over, network

from counterflow.assessment.interdiction import Action, Network, frontier, interdict
from counterflow.errors import UsageError


@settings(max_examples=80, deadline=None)
@given(cases(), st.integers(0, 12).map(float), st.integers(0, 8).map(float), st.data())
def test_equals_every_plan_tried(
    case: tuple[Network, list[Action]], budget: float, collateral: float, data: st.DataObject
) -> None:
    net, measures = case
    names = [m.name for m in measures]
    waits = st.sampled_from([(), (), *((n,) for n in names)])
    harms = st.integers(0, 5).map(float)
    measures = [replace(m, collateral=data.draw(harms), needs=data.draw(waits)) for m in measures]
    best = math.inf
    for chosen in itertools.chain.from_iterable(itertools.combinations(measures, r) for r in range(len(measures) + 1)):
        held = {m.name for m in chosen}
        allowed = (
            sum(m.cost for m in chosen) <= budget + 1e-9 and sum(m.collateral for m in chosen) <= collateral + 1e-9
        )
        if allowed and all(held.issuperset(m.needs) for m in chosen):
            best = min(best, left_over(net, list(chosen)))
    plan = interdict(net, measures, budget, collateral=collateral)
    taken = [m for m in measures if m.name in plan.measures]
    assert plan.objective == pytest.approx(best, abs=1e-6)
    assert plan.bound == pytest.approx(plan.objective, abs=1e-5)
    assert sum(m.collateral for m in taken) <= collateral + 1e-9
    assert all(set(m.needs) <= set(plan.measures) for m in taken)


def test_a_state_is_won_over_first_where_that_pays() -> None:
    """The bank carries most, but only a state that has been won over closes it."""
    net = network([(0, 1, 9.0), (0, 1, 4.0), (0, 1, 1.0)], 2)
    bank = Action("bank", 2, (0,), needs=("state",))
    measures = [bank, Action("front", 2, (1,)), Action("state", 3, (2,), 0.0)]
    assert [p.measures for p in frontier(net, measures, [2, 4, 5, 7])] == [
        ("front",), ("front",), ("bank", "state"), ("bank", "front", "state"),
    ]  # fmt: skip
    assert interdict(net, measures[:2], 9).measures == ("front",)  # nobody can win it over
    assert interdict(net, measures, 2, must=[], never=["state"]).measures == ("front",)
    with pytest.raises(UsageError, match=r"'bank' must be taken, but needs 'state'"):
        interdict(net, measures, 9, must=["bank"])
    assert interdict(net, measures, 5, must=["bank", "state"]).objective == 5


def test_what_must_be_taken_may_not_harm_more_than_the_limit() -> None:
    net = network([(0, 1, 9.0)], 2)
    ban = Action("ban", 1, (0,), collateral=5)
    assert interdict(net, [ban], 1, collateral=4).measures == ()
    assert interdict(net, [ban], 1, collateral=5).measures == ("ban",)
    with pytest.raises(UsageError, match=r"do 5 to others \(ban 5\), more than the collateral limit of 4"):
        interdict(net, [ban], 1, must=["ban"], collateral=4)
    with pytest.raises(UsageError, match="0 or more"):
        interdict(net, [ban], 1, collateral=-1)
