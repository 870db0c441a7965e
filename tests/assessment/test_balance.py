"""The flow posterior: conserved in every draw, repeatable, and as wide as it says on generated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.assessment.balance import Balance, Sight, central, sample
from counterflow.testing.flows import generated


def test_intervals_cover_generated_truth_as_often_as_they_say() -> None:
    inside, total_inside, error = [], [], []
    for seed in range(8):
        balance, truth = generated(seed)
        draws = sample(balance, seed)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        inside.append((low <= truth) & (truth <= high))
        into = balance.head == 19
        sums = draws[:, into].sum(axis=1)
        total = truth[into].sum()
        total_inside.append(np.quantile(sums, 0.05) <= total <= np.quantile(sums, 0.95))
        error.append(abs(np.median(sums) / total - 1))
    coverage = float(np.concatenate(inside).mean())
    print(f"{coverage:.3f} of arcs, {np.mean(total_inside):.2f} of totals inside; mean error {np.mean(error):.3f}")
    assert 0.85 <= coverage <= 0.95
    assert np.mean(total_inside) >= 0.8
    assert np.mean(error) < 0.3


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_every_draw_conserves_the_flow(seed: int) -> None:
    balance, _ = generated(seed)
    few = Balance(balance.nodes, balance.tail, balance.head, balance.sources, balance.mean, balance.spread,
                  balance.lean, 1.0, ())  # fmt: skip
    draws = np.vstack([sample(few, seed), central(few, sample(few, seed))[None, :]])
    for node in range(6, 20):
        into = draws[:, balance.head == node].sum(axis=1)
        out = draws[:, balance.tail == node].sum(axis=1)
        assert out == pytest.approx(into, rel=1e-9)


def test_same_seed_same_draws() -> None:
    balance, _ = generated(1)
    assert np.array_equal(sample(balance, 5), sample(balance, 5))


def one(sights: list[Sight], spread: float = 2.0) -> np.ndarray:
    balance = Balance(2, np.array([0]), np.array([1]), np.array([0]), np.array([np.log(50.0)]), np.array([spread]),
                      np.zeros(1), 1.0, tuple(sights))  # fmt: skip
    return sample(balance)[:, 0]


def test_two_figures_that_contradict_widen_the_interval_as_integration_says() -> None:
    """Oracle: the posterior of one amount under two figures, added up on a grid."""
    draws = np.log(one([Sight((0,), 3.0, 0.5), Sight((0,), 5.0, 0.4)]))
    x, leaning = np.meshgrid(np.linspace(-5, 12, 3001), np.linspace(-0.6, 0.6, 81), indexing="ij")
    height = -0.5 * ((x - np.log(50.0)) / 2) ** 2 - 0.5 * (leaning / 0.1) ** 2
    for mean, spread in ((3.0, 0.5), (5.0, 0.4)):
        height -= 2.5 * np.log1p(((x + leaning - mean) / (0.85 * spread)) ** 2 / 4)
    weight = np.exp(height - height.max()).sum(axis=1)
    heap = np.cumsum(weight) / weight.sum()
    exact = [x[np.searchsorted(heap, q), 0] for q in (0.05, 0.5, 0.95)]
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx(exact, abs=0.12)


def test_a_limit_bounds_and_does_not_pull() -> None:
    alone = one([])
    limited = one([Sight((0,), float(np.log(500.0)), 0.2, 1)])
    assert np.quantile(limited, 0.99) < 900
    assert np.median(limited) < np.median(alone)
    at_least = one([Sight((0,), float(np.log(500.0)), 0.2, -1)])
    assert np.quantile(at_least, 0.01) > 250


def test_two_origins_agree_on_less_than_one() -> None:
    single = one([Sight((0,), 3.0, 0.5)])
    double = one([Sight((0,), 3.0, 0.5), Sight((0,), 3.2, 0.5)])
    assert np.std(np.log(double)) < np.std(np.log(single))
    assert np.median(single) == pytest.approx(np.exp((3.0 / 0.25 + np.log(50) / 4) / (1 / 0.25 + 1 / 4)), rel=0.06)


def test_a_figure_on_a_sum_holds_the_parts_together() -> None:
    together = (Sight((0, 1), float(np.log(100.0)), 0.05),)
    balance = Balance(3, np.array([0, 1]), np.array([2, 2]), np.array([0, 1]), np.log([50.0, 50.0]),
                      np.array([2.0, 2.0]), np.zeros(2), 1.0, together, np.inf, 0.0)  # fmt: skip
    draws = sample(balance)
    assert np.quantile(draws.sum(axis=1), [0.05, 0.95]) == pytest.approx([92, 108], rel=0.03)
    assert np.corrcoef(draws.T)[0, 1] < -0.5
