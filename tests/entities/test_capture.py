from __future__ import annotations

import numpy as np

from counterflow.entities.capture import recall


def test_what_two_independent_ways_say_of_the_whole() -> None:
    """Simulated captures whose truth is known: the interval holds it nineteen times in twenty."""
    draw, held = np.random.default_rng(39), 0
    for _ in range(200):
        one, two = draw.random((2, 4000)) < np.array([[0.7], [0.15]])
        told = recall(int((one | two).sum()), int(one.sum()), int(two.sum()), int((one & two).sum()))
        held += told["low"] <= (one | two).mean() <= told["high"]
        assert abs(told["recall"] - (one | two).mean()) < 0.1
    assert held >= 180


def test_too_few_say_nothing_and_none_missed_is_not_certainty() -> None:
    assert recall(12, 12, 3, 3)["recall"] is None
    assert recall(1000, 300, 300, 250)["recall"] is None, "700 pairs by other ways: these two find the same ones"
    told = recall(100, 100, 30, 30)
    assert told["recall"] == 1.0
    assert 0.89 < told["low"] < 1.0
