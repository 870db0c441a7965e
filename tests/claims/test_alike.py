"""Copies are told by what their texts share, measured on generated articles whose origins are known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.claims.alike import rare
from counterflow.claims.origins import repeats, roots
from counterflow.testing.articles import corpus


def ends(c: Any) -> dict[str, str]:
    return roots({}, repeats(c.sources, [], c.texts))


def test_copies_of_an_origin_are_recognised_and_independent_reports_are_not_joined() -> None:
    copies = known = joined = reports = 0
    for seed in range(300, 304):
        c = corpus(seed)
        found = ends(c)
        for id, origin in c.origin.items():
            if c.way[id]:
                copies += 1
                known += found.get(id) == origin
            else:
                reports += 1
                joined += id in found
    print(f"{known} of {copies} copies, {joined} of {reports} independent reports joined")
    assert known / copies >= 0.95
    assert joined / reports <= 0.01


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_shuffled_texts_say_nothing(seed: int) -> None:
    """Negative control: with every text under another's date and name, hardly anything leads to its own report."""
    c = corpus(seed, matters=4)
    ids = sorted(c.texts)
    moved = dict(zip(ids, [c.texts[i] for i in (*ids[3:], *ids[:3])], strict=True))
    for text in moved.values():
        assert text
    found = roots({}, repeats(c.sources, [], moved))
    assert set(found) <= set(ids)
    assert all(found[i] != i for i in found)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("earned 635.24 million and 1,234,567 dollars", {"635.24", "1234567"}),
        ("in 2005, under resolution 1718 and 2375", set()),
        ("about 500 to 700 million, 12 ships, 40 %", set()),
        ("room 395 of the hotel; order 13382", set()),
    ],
)
def test_rare_numbers_are_no_years_and_no_resolutions(text: str, numbers: set[str]) -> None:
    assert rare(text) == numbers
