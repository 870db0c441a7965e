from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.ranking import calibration


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sampled_from([120, 1500]))
def test_a_higher_score_is_never_less_probable(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=n), 1)
    true = rng.random(n) < 1 / (1 + np.exp(-scores))
    true[:2] = True, False
    curve = calibration.fit(scores, true)
    assert curve.method == ("isotonic" if true.sum() >= calibration.ENOUGH else "Platt")
    told = curve(np.linspace(-6, 6, 301))
    assert (np.diff(told) >= 0).all()
    assert 0 < told.min() <= told.max() < 1


@pytest.mark.parametrize("n", [300, 40_000])
def test_what_is_said_comes_true(n: int) -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(-2, 2, n)
    true = rng.random(n) < 1 / (1 + np.exp(-scores))
    curve = calibration.fit(scores, true)
    at = np.array([-2.0, 0.0, 1.0])
    assert curve(at) == pytest.approx(1 / (1 + np.exp(-at)), abs=0.12 if n == 300 else 0.05)
    assert float(curve(scores).mean()) == pytest.approx(float(true.mean()), abs=0.02)


def test_two_kinds_that_lie_far_apart_are_told_apart() -> None:
    """Newton's whole step leads beyond the best point there: it used to end with one probability for all."""
    rng = np.random.default_rng(1)
    true = np.arange(246) < 24
    scores = np.where(true, 1.05 + 0.05 * rng.random(246), -3.3 + 0.1 * rng.random(246))
    told = calibration.fit(scores, true)
    assert told.method == "Platt"
    assert told(np.array([-3.3]))[0] < 0.05 < 0.9 < told(np.array([1.1]))[0]
