"""Interdiction over time against every plan there is, on small networks."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assessment.test_interdiction import cases, left_over, network

from counterflow.assessment.interdiction import Action, Network
from counterflow.assessment.periods import Timing, over_time
from counterflow.errors import UnknownName, UsageError


def by_hand(
    net: Network, measures: list[Action], budgets: list[float], timing: dict[str, Timing], purse: float, harm: float,
    must: list[str],
) -> float | None:  # fmt: skip
    """The least total over every way to take each measure in each period or not; ``purse`` is agency a's. None: no way
    keeps the limits."""
    totals, left = [], {}
    slots = [(t, m) for t in range(len(budgets)) for m in measures]

    def in_force(name: str, taken: int, period: int) -> bool:
        first, holds = taken + timing[name].delay, timing[name].holds
        return first <= period and (holds is None or period < first + holds)

    for chosen in itertools.product([False, True], repeat=len(slots)):
        taken = [slot for slot, use in zip(slots, chosen, strict=True) if use]
        if not {m.name for _, m in taken}.issuperset(must):
            continue
        total = 0.0
        for period, budget in enumerate(budgets):
            new = [m for t, m in taken if t == period]
            biting = [m for t, m in taken if in_force(m.name, t, period)]
            held = {m.name for t, m in taken if t <= period and in_force(m.name, t, period)}
            if (
                sum(m.cost for m in new) > budget + 1e-9
                or sum(m.cost for m in new if m.agency == "a") > purse + 1e-9
                or sum(m.collateral for m in biting) > harm + 1e-9
                or any(not held.issuperset(m.needs) for m in new)
            ):
                break
            key = tuple(m.name for m in biting)
            if key not in left:
                left[key] = left_over(net, biting)
            total += left[key]
        else:
            totals.append(total)
    return min(totals, default=None)


@settings(max_examples=25, deadline=None)
@given(cases(), st.lists(st.integers(0, 6).map(float), min_size=2, max_size=2), st.data())
def test_equals_every_plan_tried(case: tuple[Network, list[Action]], budgets: list[float], data: st.DataObject) -> None:
    net, measures = case[0], case[1][:3]
    times = st.builds(Timing, st.integers(0, 1), st.sampled_from([None, 1, 2]))
    timing = {m.name: data.draw(times) for m in measures}
    purse, harm, must = math.inf, math.inf, []
    if data.draw(st.booleans()):
        waits = st.sampled_from([(), (), *((m.name,) for m in measures)])
        measures = [
            replace(m, agency=data.draw(st.sampled_from("ab")), collateral=float(data.draw(st.integers(0, 3))),
                    needs=data.draw(waits))
            for m in measures
        ]  # fmt: skip
        purse, harm = float(data.draw(st.integers(0, 6))), float(data.draw(st.integers(0, 6)))
        must = data.draw(st.lists(st.sampled_from(measures).map(lambda m: m.name), max_size=1)) if measures else []
    limits = {"purses": {"a": purse}, "collateral": harm, "must": must}
    best = by_hand(net, measures, budgets, timing, purse, harm, must)
    if best is None:
        with pytest.raises(UsageError, match="no plan keeps all limits"):
            over_time(net, measures, budgets, timing, **limits)
        return
    course = over_time(net, measures, budgets, timing, **limits)
    assert course.objective == pytest.approx(best, abs=1e-6)
    assert course.bound == pytest.approx(course.objective, abs=1e-5)
    assert sum(course.left) == pytest.approx(course.objective)
    assert course.objective <= course.rolling + 1e-9
    assert course.static <= course.objective + 1e-9 <= course.baseline + 2e-9


def test_what_is_rebuilt_has_to_be_cut_again_and_looking_ahead_pays() -> None:
    """The bank is worth more now, but is rebuilt at once; closing the front bites later and holds."""
    net = network([(0, 1, 6.0), (0, 1, 5.0)], 2)
    bank, front = Action("bank", 2, (0,)), Action("front", 2, (1,))
    course = over_time(net, [bank, front], [2.0, 0.0, 0.0], {"bank": Timing(0, 1), "front": Timing(1)})
    assert course.plan == (("front",), (), ())
    assert (course.left, course.objective, course.rolling, course.baseline) == ((11.0, 6.0, 6.0), 23.0, 27.0, 33.0)
    shown = course.to_dict()
    assert shown["periods"][0] == {"period": 1, "plan": ["front"], "left": 11.0}


def test_growth_and_what_cannot_be_asked() -> None:
    net = network([(0, 1, 6.0)], 2)
    cut = Action("cut", 1, (0,))
    assert over_time(net, [cut], [0.0, 1.0], {}, growth=[1.0, 2.0]).left == (6.0, 0.0)
    with pytest.raises(UsageError, match="no period"):
        over_time(net, [cut], [], {})
    with pytest.raises(UnknownName):
        over_time(net, [cut], [1.0], {"cutt": Timing()})
    with pytest.raises(UsageError, match="growth"):
        over_time(net, [cut], [1.0], {}, growth=[1.0, 2.0])
