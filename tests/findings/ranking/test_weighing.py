from __future__ import annotations

import numpy as np
import pytest

from counterflow.findings.ranking import weighing


def _signs(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(n, 4))


def test_what_tells_is_weighed_and_parts_add_up() -> None:
    rng = np.random.default_rng(1)
    signs = _signs(400, rng)
    true = rng.random(400) < 1 / (1 + np.exp(-2 * signs[:, 0]))
    names = ["cycle" if n % 2 else "fan_in" for n in range(400)]
    weights = weighing.learn(signs, names, true)
    assert weights is not None
    assert weights.weights[0] > 3 * max(abs(w) for w in weights.weights[1:])
    told = weights.probability(signs, names)
    odds = weights.parts(signs, names).sum(axis=1) + weights.offset
    assert told == pytest.approx(1 / (1 + np.exp(-odds)))
    assert float(told.mean()) == pytest.approx(float(true.mean()), abs=0.02)
    assert weighing.from_dict(weighing.to_dict(weights)) == weights


def test_where_all_were_true_the_next_is_likely_and_not_certain() -> None:
    rng = np.random.default_rng(2)
    weights = weighing.learn(_signs(38, rng), ["cycle"] * 38, np.ones(38, dtype=np.bool_))
    assert weights is not None
    told = weights.probability(np.zeros((1, 4)), ["cycle"])
    assert 0.9 < told[0] < 0.995


def test_of_few_nothing_is_learnt_and_a_new_typology_counts_as_none() -> None:
    rng = np.random.default_rng(3)
    assert weighing.learn(_signs(5, rng), ["cycle"] * 5, np.arange(5) > 2) is None
    weights = weighing.learn(_signs(40, rng), ["cycle"] * 40, np.arange(40) > 20)
    assert weights is not None
    assert weights.parts(np.zeros((1, 4)), ["never seen"])[0, -1] == 0


def test_signs_of_findings_are_of_their_payments() -> None:
    scores = np.array([-2.0, 0.0, 3.0])
    told = weighing.describe(scores, np.array([0, 2, 3]), np.array([0, 2, 1]), np.array([0.5, 0.9]))
    assert told[0] == pytest.approx([0.5, 3.0, 0.0, np.log(2)])
    assert told[1, :2] == pytest.approx([0.0, 0.0])
