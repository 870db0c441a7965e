"""The flow posterior: conserved in every draw, repeatable, and as wide as it says on generated truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_ndtr

from counterflow.assessment import balance_kernel as kernel
from counterflow.assessment.balance import Balance, Sight, _model, central, mixing, sample
from counterflow.testing.flows import generated


def test_intervals_cover_generated_truth_as_often_as_they_say() -> None:
    inside, total_inside, error = [], [], []
    for seed in range(8):
        balance, truth = generated(seed)
        draws = sample(balance, seed)
        assert mixing(draws).r_hat < 1.06
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


def test_chains_that_stand_apart_show() -> None:
    rng = np.random.default_rng(1)
    apart = np.exp(rng.normal(np.repeat(np.arange(8), 128)[:, None], 1.0, (1024, 3)))
    assert mixing(apart).r_hat > 1.5
    assert mixing(apart).effective < 100
    assert mixing(np.exp(rng.normal(0, 1, (1024, 3)))).r_hat < 1.02


@pytest.mark.parametrize("tails", [4.0, np.inf])
def test_the_gradient_is_the_slope(tails: float) -> None:
    balance, _ = generated(3, noise="half the variance of five origins")
    first, second, *rest = balance.sights
    sights = (replace(first, side=1), replace(second, side=-1), *rest)
    model, origins = _model(replace(balance, sights=sights, tails=tails), np.arange(len(balance.tail)))
    assert origins == 5
    size = len(balance.sources) + len(balance.tail) + kernel.SHARED + origins
    at = np.random.default_rng(1).normal(size=size)

    def height(z: np.ndarray) -> tuple[float, np.ndarray]:
        nodes, arcs, slope = balance.nodes, len(balance.tail), np.zeros(size)
        work = (np.zeros(nodes), np.zeros(arcs), np.zeros(nodes), np.zeros(arcs))
        return kernel.height(model, z, *work, slope), slope

    step = 1e-5 * np.eye(size)
    by_difference = [(height(at + d)[0] - height(at - d)[0]) / 2e-5 for d in step]
    assert height(at)[1] == pytest.approx(by_difference, abs=1e-5)


@pytest.mark.parametrize("x", [-40.0, -6.1, -5.9, 0.0, 3.0])
def test_the_normal_far_out(x: float) -> None:
    assert kernel.log_ndtr(x) == pytest.approx(float(log_ndtr(x)), rel=1e-6)


def test_draws_are_those_of_the_plain_way() -> None:
    """Oracle: the same model in NumPy, points of the prior weighted by the likelihood."""
    sights = (Sight((0, 1), 4.2, 0.5), Sight((0,), 3.6, 0.4, origin="a"), Sight((2, 3), 4.4, 0.6, origin="a"))
    tail, head, lean = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3]), np.array([0.0, 0.3, 0.0, 0.0])
    balance = Balance(5, tail, head, np.array([0]), np.array([4.0]), np.array([1.0]), lean, 1.0, sights)
    z = np.random.default_rng(7).standard_normal((400_000, 9))
    amount = np.exp(4.0 + z[:, 0])
    weight = np.exp(balance.lean[:2] + np.exp(balance.unevenness * z[:, [7]]) * z[:, 1:3])
    flow = amount[:, None] * weight / weight.sum(axis=1, keepdims=True)
    odds = balance.school / (1 - balance.school) * np.exp(balance.unsure * z[:, 8])
    common, exact = odds / (1 + odds), np.exp(balance.exactness * z[:, 6])
    found = np.zeros(len(z))
    for sight, what, kin in zip(sights, (flow.sum(axis=1), flow[:, 0], flow.sum(axis=1)), (0, 0.3, 0.3), strict=True):
        own = np.random.default_rng(8).standard_normal(len(z))
        error = sight.spread * exact
        off = sight.mean - np.log(what) - error * (np.sqrt(common) * z[:, 5] + np.sqrt((1 - common) * kin) * own)
        scale = 0.85 * error * np.sqrt((1 - common) * (1 - kin))
        found += -np.log(scale) - 2.5 * np.log1p((off / scale) ** 2 / 4)
    heavy = np.exp(found - found.max())
    draws = np.log(sample(balance))
    for arc in range(2):
        middle = np.average(np.log(flow[:, arc]), weights=heavy)
        spread = np.sqrt(np.average((np.log(flow[:, arc]) - middle) ** 2, weights=heavy))
        assert draws[:, arc].mean() == pytest.approx(middle, abs=0.05)
        assert draws[:, arc].std() == pytest.approx(spread, rel=0.08)


def test_figures_of_one_origin_settle_less_than_those_of_two() -> None:
    def spread(*origins: str) -> float:
        sights = tuple(Sight((i,), 3.0, 0.5, origin=o) for i, o in enumerate(origins))
        each, prior = np.arange(3), (np.full(3, 4.0), np.full(3, 2.0))
        balance = Balance(4, each, np.full(3, 3), each, *prior, np.zeros(3), 1.0, sights)
        return float(np.log(sample(balance).sum(axis=1)).std())

    assert spread("a", "a", "a") > 1.1 * spread("a", "b", "c")


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


PLAIN = {"school": 0.0, "exactness": 0.0}
"""Errors as they are stated, none in common."""


def one(sights: list[Sight], spread: float = 2.0) -> np.ndarray:
    balance = Balance(2, np.array([0]), np.array([1]), np.array([0]), np.array([np.log(50.0)]), np.array([spread]),
                      np.zeros(1), 1.0, tuple(sights), **PLAIN)  # fmt: skip
    return sample(balance)[:, 0]


@pytest.mark.parametrize("seed", range(3))
def test_figures_dealt_out_by_chance_prefer_no_activity(seed: int) -> None:
    """Of activities alike in all else, a figure makes the same of whichever it falls to; and nothing of the others."""
    told, dealt, each = np.log([20.0, 40.0, 80.0]), np.random.default_rng(seed).permutation(3), np.arange(4)

    def middles(figures: list[float]) -> np.ndarray:
        sights = tuple(Sight((i,), float(f), 0.3) for i, f in enumerate(figures))
        balance = Balance(5, each, np.full(4, 4), each, np.full(4, 3.7), np.full(4, 1.0), np.zeros(4), 1.0, sights)
        return np.median(np.log(sample(balance, seed)), axis=0)

    straight, shuffled = middles(list(told)), middles(list(told[dealt]))
    assert shuffled[:3] == pytest.approx(straight[dealt], abs=0.1)
    assert shuffled[3] == pytest.approx(3.7, abs=0.2)


def test_two_figures_that_contradict_widen_the_interval_as_integration_says() -> None:
    """Oracle: the posterior of one amount under two figures, added up on a grid."""
    draws = np.log(one([Sight((0,), 3.0, 0.5), Sight((0,), 5.0, 0.4)]))
    x = np.linspace(-5, 12, 3001)
    height = -0.5 * ((x - np.log(50.0)) / 2) ** 2
    for mean, spread in ((3.0, 0.5), (5.0, 0.4)):
        height -= 2.5 * np.log1p(((x - mean) / (0.85 * spread)) ** 2 / 4)
    weight = np.exp(height - height.max())
    heap = np.cumsum(weight) / weight.sum()
    exact = [x[np.searchsorted(heap, q)] for q in (0.05, 0.5, 0.95)]
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
                      np.array([2.0, 2.0]), np.zeros(2), 1.0, together, np.inf, **PLAIN)  # fmt: skip
    draws = sample(balance)
    assert np.quantile(draws.sum(axis=1), [0.05, 0.95]) == pytest.approx([92, 108], rel=0.03)
    assert np.corrcoef(draws.T)[0, 1] < -0.5
