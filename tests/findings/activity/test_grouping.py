"""Groups whose pairs belong together: a hub does not fuse what has nothing to do with each other."""

from __future__ import annotations

import random

from counterflow.findings.activity.grouping import APART, groups


def pairs(*edges: tuple[int, int, float]) -> list[list[int]]:
    return groups(*(list(column) for column in zip(*edges, strict=True)))


def clique(members: range, odds: float) -> list[tuple[int, int, float]]:
    return [(a, b, odds) for a in members for b in members if a < b]


def test_what_belongs_together_is_one() -> None:
    assert pairs(*clique(range(4), 1.0)) == [[0, 1, 2, 3]]


def test_nothing_is_joined_by_odds_below_even() -> None:
    assert groups([0], [1], [-0.1]) == []
    assert groups([], [], []) == []


def test_a_hub_takes_in_few_and_fuses_none() -> None:
    """A forwarder's finding tied to each of twenty that share nothing among themselves."""
    [group] = pairs(*((0, leaf, 2.0) for leaf in range(1, 21)))
    assert len(group) <= 3


def test_two_activities_with_a_finding_between_stay_two() -> None:
    between = [(3, 4, 1.0)]
    assert pairs(*clique(range(4), 2.0), *clique(range(4, 8), 2.0), *between) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_chain_is_not_run_along_to_its_end() -> None:
    found = pairs(*((k, k + 1, 1.5) for k in range(50)))
    assert max(map(len, found)) <= 4


def test_a_pair_that_is_missing_counts_against() -> None:
    assert pairs((0, 1, 3.0), (1, 2, -APART + 0.1)) == [[0, 1, 2]]
    assert pairs((0, 1, 3.0), (1, 2, -APART - 0.1)) == [[0, 1]]


def test_the_order_of_pairs_changes_nothing() -> None:
    rng = random.Random(3)
    edges = [(a, b, rng.uniform(-1, 3)) for a in range(60) for b in range(a + 1, 60) if rng.random() < 0.1]
    told = pairs(*edges)
    for _ in range(3):
        rng.shuffle(edges)
        assert pairs(*edges) == told
