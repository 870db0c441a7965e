"""Competing hypotheses: an origin speaks once, repetition moves nothing, shuffled evidence prefers nothing."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.assessment.ach import CHANCE, FITS, Item, analyse, diagnosticity, logs_of

ratings = st.sampled_from(sorted(FITS))


@st.composite
def cases(draw: st.DrawFn, most: int = 8) -> tuple[list[Item], int]:
    k = draw(st.integers(2, 5))
    n = draw(st.integers(1, most))
    origins = [f"o{i}" for i in range(draw(st.integers(1, n)))]
    return [
        Item(
            f"i{i}",
            tuple(draw(ratings) for _ in range(k)),
            {draw(st.sampled_from(origins)): draw(st.floats(0.05, 0.95))},
        )
        for i in range(n)
    ], k


def test_one_item_is_bayes_with_soft_evidence() -> None:
    found = analyse([Item("a", ("CC", "II"), {"o": 0.8})], 2)
    fits, misfits = 0.8 * 0.95 + 0.2 * 0.05, 0.8 * 0.05 + 0.2 * 0.95
    assert found.probability == pytest.approx((fits / (fits + misfits), misfits / (fits + misfits)))
    assert found.against == pytest.approx((0.0, math.log2(0.5 / misfits)))
    assert found.leader == 0


def test_independent_origins_multiply_and_dependent_ones_are_discounted() -> None:
    items = [Item(f"i{n}", ("C", "I"), {f"o{n}": 0.9}) for n in range(3)]
    odds = math.exp(logs_of(("C",), 0.9)[0] - logs_of(("I",), 0.9)[0])
    apart = analyse(items, 2)
    assert apart.probability[0] / apart.probability[1] == pytest.approx(odds**3)
    leaning = analyse(items, 2, families={"o0": "f", "o1": "f", "o2": "f"}, dependence=0.5)
    assert leaning.probability[0] / leaning.probability[1] == pytest.approx(odds**1.75)
    one = analyse(items, 2, families={"o0": "f", "o1": "f", "o2": "f"}, dependence=1.0)
    assert one.probability == pytest.approx(analyse(items[:1], 2).probability)


@settings(max_examples=60, deadline=None)
@given(case=cases(), copies=st.integers(1, 20), data=st.data())
def test_a_story_that_goes_round_moves_nothing(case: tuple[list[Item], int], copies: int, data: st.DataObject) -> None:
    items, k = case
    told = data.draw(st.sampled_from(items))
    worse = {o: data.draw(st.floats(0.0, p)) for o, p in told.origins.items()}
    planted = [Item(f"planted-{n}", told.ratings, worse) for n in range(copies)]
    before, after = analyse(items, k), analyse([*items, *planted], k)
    assert after.probability == pytest.approx(before.probability)
    assert after.against == pytest.approx(before.against)
    assert after.bands() == before.bands() and after.preferred == before.preferred


@settings(max_examples=40, deadline=None)
@given(case=cases(), told=st.lists(ratings, min_size=5, max_size=5), copies=st.integers(2, 20))
def test_a_new_story_counts_once_however_often_it_is_printed(
    case: tuple[list[Item], int], told: list[str], copies: int
) -> None:
    items, k = case
    planted = [Item(f"p{n}", tuple(told[:k]), {"new": 0.6}) for n in range(copies)]
    assert analyse([*items, *planted], k).probability == pytest.approx(analyse([*items, planted[0]], k).probability)


@pytest.mark.parametrize("seed", range(5))
def test_evidence_shuffled_among_hypotheses_prefers_nothing(seed: int) -> None:
    """Strong evidence of eight origins for the first of four: preferred. The same, shuffled in each row: seldom."""
    rows = [("CC", "I", "N", "II"), ("CC", "II", "I", "N"), ("C", "II", "I", "II"), ("CC", "N", "II", "I")] * 2
    items = [Item(f"i{n}", row, {f"o{n}": 0.9}) for n, row in enumerate(rows)]
    true = analyse(items, 4)
    assert true.preferred == 0 and true.chance <= 0.01
    chance = random.Random(seed)
    shuffled = [
        analyse([Item(i.id, tuple(chance.sample(i.ratings, 4)), i.origins) for i in items], 4) for _ in range(60)
    ]
    mean = [sum(a.probability[h] for a in shuffled) / 60 for h in range(4)]
    assert all(abs(p - 0.25) < 0.17 for p in mean)
    assert sum(a.preferred is not None for a in shuffled) <= 60 * CHANCE + 5


def test_neutral_or_doubtful_evidence_says_nothing() -> None:
    items = [Item("same", ("C", "C"), {"o": 0.9}), Item("doubted", ("CC", "II"), {"p": 0.2})]
    found = analyse(items, 2)
    assert found.probability == (0.5, 0.5) and found.preferred is None and "no evidence" in found.why_none
    assert diagnosticity(logs_of(("C", "C"), 0.9)) == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_order_of_items_does_not_matter_and_leaving_out_is_not_having(case: tuple[list[Item], int]) -> None:
    items, k = case
    assert analyse(items[::-1], k).probability == pytest.approx(analyse(items, k).probability)
    left = analyse(items, k, without={items[0].id})
    assert left.probability == pytest.approx(analyse(items[1:], k).probability)


def test_an_account_fits_no_better_than_its_worst_statement() -> None:
    merged = Item("merged", ("CC", "CC", "II"), {"o": 0.9})
    parted = Item("parted", ("II", "CC", "N"), {"o": 0.9})
    found = analyse([merged, parted], 3)
    assert found.order[0] == 1
    assert found.witnesses[0].items == ("merged", "parted")
