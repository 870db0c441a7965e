"""Knapsack interdiction against every plan there is, and against published answers."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.assessment.formats import read_knapsack
from counterflow.assessment.knapsack import Knapsack, forbid


def packed(game: Knapsack, forbidden: set[int]) -> int:
    """The follower's best, by trying every set: shares no code with what is tested."""
    items = [i for i in range(len(game.weight)) if i not in forbidden]
    sets = itertools.chain.from_iterable(itertools.combinations(items, r) for r in range(len(items) + 1))
    return max(
        int(game.profit[list(s)].sum()) for s in sets if not s or int(game.weight[list(s)].sum()) <= game.capacity
    )


games = st.integers(0, 7).flatmap(
    lambda n: st.builds(
        lambda w, c, p, capacity, budget: Knapsack(
            np.array(w, dtype=np.int64), np.array(c, dtype=np.int64), np.array(p, dtype=np.int64), capacity, budget
        ),
        *(st.lists(st.integers(0, 9), min_size=n, max_size=n) for _ in range(3)),
        st.integers(0, 25),
        st.integers(0, 20),
    )
)


@settings(max_examples=150, deadline=None)
@given(games, st.data())
def test_equals_every_plan_tried(game: Knapsack, data: st.DataObject) -> None:
    items = range(len(game.weight))
    never = data.draw(st.sets(st.sampled_from(list(items)), max_size=1)) if len(items) else set()
    plans = itertools.chain.from_iterable(itertools.combinations(items, r) for r in range(len(items) + 1))
    best = min(
        packed(game, set(plan)) for plan in plans
        if not set(plan) & never and int(game.cost[list(plan)].sum() if plan else 0) <= game.budget
    )  # fmt: skip
    found = forbid(game, never=np.array(sorted(never), dtype=np.int64))
    assert (found.profit, found.bound, found.stopped) == (best, best, "")
    taken = set(np.flatnonzero(found.items).tolist())
    assert packed(game, taken) == best
    assert not taken & never
    assert int(game.cost[found.items].sum()) <= game.budget
    assert found.unhurt == packed(game, set())


def test_a_time_limit_leaves_an_honest_bound() -> None:
    rng = np.random.default_rng(5)
    weight, cost, profit = (rng.integers(1, 101, 55) for _ in range(3))
    game = Knapsack(weight, cost, profit, 700, 705)
    stopped, proven = forbid(game, seconds=0.0), forbid(game)
    assert stopped.bound <= proven.profit <= stopped.profit
    assert proven.bound == proven.profit


@pytest.mark.parametrize("name", ["CCLW_n35_*", "CCLW_n5[05]_*", "DCS_100_*"])
def test_published_answers(shared_data: Path, name: str) -> None:
    folder = shared_data / "interdiction" / "knapsack-interdiction"
    files = sorted(folder.glob(f"{name}.ki"))
    assert len(files) >= 5
    for file in files:
        found = forbid(read_knapsack(file), seconds=60)
        published = int(file.with_suffix(".ans").read_text().split()[0])
        assert (found.profit, found.bound) == (published, published), file.name


def test_no_time_at_all_still_gives_a_plan_and_a_bound_that_holds() -> None:
    rng = np.random.default_rng(4)
    weight = rng.integers(1, 100, 40)
    game = Knapsack(
        weight, weight + rng.integers(0, 9, 40), weight + 20, int(weight.sum()) // 2, int(weight.sum()) // 3
    )
    proven, hasty = forbid(game), forbid(game, seconds=0.0)
    assert not proven.stopped and proven.bound == proven.profit
    assert 0 < hasty.bound <= proven.profit <= hasty.profit < hasty.unhurt
    assert int(game.cost[hasty.items].sum()) <= game.budget
    assert hasty.stopped == "stopped by the time limit" or hasty.bound == hasty.profit
