"""Stochastic network interdiction against every plan there is, and against the published value."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.assessment.formats import read_snip
from counterflow.assessment.snip import Snip, place
from counterflow.errors import UsageError


def chance(case: Snip, taken: set[int]) -> float:
    """The evader's expected chance, by relaxing every arc until nothing improves."""
    arcs = [
        (a, b, min(q, r) if i in taken else r)
        for i, ((a, b), r, q) in enumerate(zip(case.sensor.tolist(), case.passes, case.detects, strict=True))
    ]
    arcs += [(a, b, r) for (a, b), r in zip(case.other.tolist(), case.other_passes, strict=True)]
    total = 0.0
    for (start, end), weight in zip(case.run.tolist(), case.chance, strict=True):
        best = {end: 1.0}
        for _ in case.names:
            for a, b, r in arcs:
                best[a] = max(best.get(a, 0.0), r * best.get(b, 0.0))
        total += weight * best.get(start, 0.0)
    return total


@st.composite
def cases(draw: st.DrawFn) -> Snip:
    """Small graphs with loops, cycles, ends that are not reached, sensors that do nothing, and runs that go nowhere."""
    nodes = draw(st.integers(2, 5))
    pair = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    part = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0])
    sensors = draw(st.lists(st.tuples(pair, part, part), max_size=6))
    others = draw(st.lists(st.tuples(pair, part), max_size=4))
    runs = draw(st.lists(st.tuples(pair, part), min_size=1, max_size=4))

    def ends(rows: list) -> np.ndarray:
        return np.array([r[0] for r in rows], dtype=np.int64).reshape(-1, 2)

    def column(rows: list, k: int) -> np.ndarray:
        return np.array([r[k] for r in rows], dtype=np.float64)

    return Snip(
        tuple(map(str, range(nodes))), ends(sensors), column(sensors, 1), column(sensors, 2), ends(others),
        column(others, 1), ends(runs), column(runs, 1),
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(cases(), st.integers(0, 4), st.booleans(), st.booleans())
def test_equals_every_plan_tried(case: Snip, budget: int, held: bool, barred: bool) -> None:
    sensors = range(len(case.passes))
    must = {0} if held and budget and sensors else set()
    never = {len(sensors) - 1} if barred and len(sensors) > 1 else set()
    plans = itertools.chain.from_iterable(
        itertools.combinations(sensors, r) for r in range(min(budget, len(sensors)) + 1)
    )
    best = min(chance(case, set(plan)) for plan in plans if must <= set(plan) and not never & set(plan))
    found = place(case, budget, must=np.array(list(must), dtype=int), never=np.array(list(never), dtype=int))
    taken = set(np.flatnonzero(found.sensors).tolist())
    assert found.objective == pytest.approx(best, abs=1e-7)
    assert found.bound == pytest.approx(found.objective, abs=1e-7)
    assert chance(case, taken) == pytest.approx(best, abs=1e-7)
    assert len(taken) <= budget and must <= taken and not never & taken
    assert found.unhurt == pytest.approx(chance(case, set()))


def test_no_more_sensors_must_stand_than_there_are() -> None:
    case = Snip(("a", "b"), np.array([[0, 1]]), np.ones(1), np.zeros(1), np.zeros((0, 2), int), np.zeros(0),
                np.array([[0, 1]]), np.ones(1))  # fmt: skip
    with pytest.raises(UsageError, match="1 sensors must stand, more than the budget of 0"):
        place(case, 0, must=np.array([0]))
    assert not place(case, 5, never=np.array([0])).sensors.any()


def test_published_value(shared_data: Path) -> None:
    case = read_snip(shared_data / "interdiction" / "snip", 0).variant(1)
    found = place(case, 30, seconds=120)
    assert found.objective == pytest.approx(0.3131350534728022, abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-6)


def test_the_hard_variant_is_proven(shared_data: Path) -> None:
    """Its plan beats the best that was known (optima.csv), which nobody had proven."""
    case = read_snip(shared_data / "interdiction" / "snip", 1).variant(3)
    found = place(case, 30, seconds=120)
    assert 0.20448820 <= found.bound == found.objective < 0.21030572 and not found.stopped


def test_a_time_limit_leaves_an_honest_bound(shared_data: Path) -> None:
    case = read_snip(shared_data / "interdiction" / "snip", 0).variant(1)
    found = place(case, 30, seconds=0.05)
    assert found.bound <= 0.3131350534728022 + 1e-9 <= found.objective + 2e-9
