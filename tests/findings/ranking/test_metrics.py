from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.findings.ranking import metrics

CASES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40)


def _naive(pairs: list[tuple[int, bool]]) -> float:
    total = sum(true for _, true in pairs)
    if not total:
        return 0.0
    found, before = 0.0, 0
    for level in sorted({score for score, _ in pairs}, reverse=True):
        called = [true for score, true in pairs if score >= level]
        found += (sum(called) - before) / total * sum(called) / len(called)
        before = sum(called)
    return found


@given(CASES)
def test_the_area_is_average_precision_with_ties_over_the_line_together(pairs: list[tuple[int, bool]]) -> None:
    scores, true = np.array([float(s) for s, _ in pairs]), np.array([t for _, t in pairs])
    assert metrics.area(scores, true) == pytest.approx(_naive(pairs))


@given(CASES)
def test_no_threshold_has_a_better_f1_than_the_best(pairs: list[tuple[int, bool]]) -> None:
    scores, true = np.array([float(s) for s, _ in pairs]), np.array([t for _, t in pairs])
    best = metrics.at_threshold(scores, true, metrics.best_threshold(scores, true))["f1"]
    assert all(best >= metrics.at_threshold(scores, true, s - 0.1)["f1"] - 1e-12 for s in scores)


def test_an_interval_holds_the_share_and_stays_within_bounds() -> None:
    for hits, n in ((0, 10), (3, 10), (10, 10), (500, 1000)):
        low, high = metrics.wilson(hits, n)
        assert 0 <= low <= hits / n <= high <= 1
    assert metrics.wilson(0, 0) == (0.0, 1.0)


def test_reliability_covers_every_payment_once() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(500)
    rows = metrics.reliability(p, rng.random(500) < p)
    assert sum(row["n"] for row in rows) == 500
    assert all(row["low"] <= row["came_true"] <= row["high"] for row in rows)


def test_what_has_not_changed_has_no_index() -> None:
    same = np.array([0.2, 0.3, 0.5])
    assert metrics.shift(same, same) == 0
    assert metrics.shift(same, np.array([0.5, 0.3, 0.2])) > 0.25
