import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from counterflow.entities.compiling import compiled
from counterflow.findings.fences import _medcouple, fences, medcouple


def by_pairs(values: np.ndarray) -> float:
    """The definition, pair by pair (Brys, Hubert and Struyf 2004)."""
    ordered = np.sort(values)
    middle = np.quantile(ordered, 0.5)
    above, below = ordered[ordered >= middle], ordered[ordered <= middle]
    ties = int((ordered == middle).sum())
    found = []
    for i, x in enumerate(above):
        for j, y in enumerate(below[::-1]):
            if x == y:  # both the median: by rank among themselves
                found.append(float(np.sign(ties - 1 - i - j)))
            else:
                found.append(((x - middle) - (middle - y)) / (x - y))
    return float(np.median(found))


@settings(max_examples=150, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 40), elements=st.integers(-20, 20).map(float))
    | arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
)
def test_the_medcouple_is_that_of_its_definition(values: np.ndarray) -> None:
    assert medcouple(values) == pytest.approx(by_pairs(values), abs=1e-9)
    assert medcouple(-values) == pytest.approx(-medcouple(values), abs=1e-9)


def test_known_skews() -> None:
    assert medcouple(np.arange(101.0)) == pytest.approx(0, abs=1e-12)
    rng = np.random.default_rng(1)
    assert medcouple(rng.exponential(size=4001)) == pytest.approx(0.33, abs=0.03)  # their table: 0.33


def test_fences_follow_the_tail_and_are_of_each_group_alone() -> None:
    rng = np.random.default_rng(2)
    even, skewed = rng.normal(0, 1, 5000), rng.exponential(1, 5000)
    low, middle, high = fences(np.concatenate([even, skewed]), np.array([0, 5000, 10_000]), 1.5)
    assert middle[0] == pytest.approx(np.median(even))
    assert (low[0], high[0]) == pytest.approx((-2.7, 2.7), abs=0.35)
    plain = np.quantile(skewed, 0.75) + 1.5 * np.subtract(*np.quantile(skewed, [0.75, 0.25]))
    assert high[1] > plain
    assert 0 > low[1] > np.quantile(skewed, 0.25) - 1.5 * np.subtract(*np.quantile(skewed, [0.75, 0.25]))
    assert (skewed > high[1]).mean() < (skewed > plain).mean() / 3
    [alone], _, _ = fences(even[::-1].copy(), np.array([0, 5000]), 1.5)
    assert alone == low[0]


def test_compiled_or_plain_the_same() -> None:
    rng = np.random.default_rng(3)
    for size in (1, 2, 3, 50, 301):
        values = np.sort(rng.lognormal(size=size).round(1))
        assert compiled(_medcouple)(values) == pytest.approx(_medcouple(values), abs=1e-12)
