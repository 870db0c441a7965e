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


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 4))
def test_equals_every_plan_tried(case: Snip, budget: int) -> None:
    sensors = range(len(case.passes))
    plans = itertools.chain.from_iterable(
        itertools.combinations(sensors, r) for r in range(min(budget, len(sensors)) + 1)
    )
    best = min(chance(case, set(plan)) for plan in plans)
    found = place(case, budget)
    taken = set(np.flatnonzero(found.sensors).tolist())
    assert found.objective == pytest.approx(best, abs=1e-7)
    assert found.bound == pytest.approx(found.objective, abs=1e-7)
    assert chance(case, taken) == pytest.approx(best, abs=1e-7)
    assert len(taken) <= budget
    assert found.unhurt == pytest.approx(chance(case, set()))


def test_published_value(shared_data: Path) -> None:
    case = read_snip(shared_data / "interdiction" / "snip", 0).variant(1)
    found = place(case, 30, seconds=120)
    assert found.objective == pytest.approx(0.3131350534728022, abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-6)


def test_a_time_limit_leaves_an_honest_bound(shared_data: Path) -> None:
    case = read_snip(shared_data / "interdiction" / "snip", 0).variant(1)
    found = place(case, 30, seconds=0.3)
    assert found.bound <= 0.3131350534728022 + 1e-9 <= found.objective + 2e-9
