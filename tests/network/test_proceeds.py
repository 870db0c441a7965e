"""Integrated ownership: by hand on small circles, against a dense inverse, and within its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.network.holdings import holdings_of
from counterflow.network.proceeds import proceeds
from network.test_control import Row, owns, registers, table


def part(rows: list[Row], entity: str, listed: str = "XY") -> tuple[float, float] | None:
    made = holdings_of(table(rows), None)
    found = proceeds(made, np.array([made.index[e] for e in listed if e in made.index], np.int32))
    node = made.index[entity]
    return None if found.undefined[node] else (round(found.low[node], 9), round(found.high[node], 9))


def test_it_multiplies_along_chains_and_adds_over_them() -> None:
    rows = [owns("X", "A", 50), owns("A", "B", 50), owns("Y", "B", 10)]
    assert part(rows, "B") == (0.35, 0.35)


def test_circles_earn_for_each_other() -> None:
    rows = [owns("X", "A", 40), owns("B", "A", 60), owns("A", "B", 50)]  # a = 0.4 + 0.6 b, b = 0.5 a
    assert part(rows, "A") == (pytest.approx(4 / 7), pytest.approx(4 / 7))
    assert part(rows, "B") == (pytest.approx(2 / 7), pytest.approx(2 / 7))


def test_a_circle_that_is_all_but_closed_is_solved_and_a_closed_one_is_said_to_be() -> None:
    tight = [owns("B", "A", 99.99), owns("X", "A", 0.01), owns("A", "B", 100)]
    assert part(tight, "A") == (pytest.approx(1), pytest.approx(1))
    closed = [owns("B", "A", 100), owns("A", "B", 100), owns("A", "C", 10), owns("X", "C", 20), owns("X", "D", 20)]
    assert [part(closed, e) for e in "ABC"] == [None, None, None]
    assert part(closed, "D") == (0.2, 0.2)


def test_more_than_the_whole_has_no_figure() -> None:
    assert part([owns("X", "A", 80), owns("P", "A", 70), owns("A", "B", 10)], "B") is None


def test_an_unknown_share_is_bounded_by_what_others_hold() -> None:
    rows = [owns("X", "A", None), owns("P", "A", 70), owns("A", "B", 25, 50)]
    assert part(rows, "A") == (0, 0.3)
    assert part(rows, "B") == (0, 0.15)


@settings(max_examples=80, deadline=None)
@given(registers)
def test_exact_registers_agree_with_the_inverse(register: dict[tuple[str, str], tuple[int, int]]) -> None:
    parties = "ABCD"
    gain, direct = np.zeros((4, 4)), np.zeros(4)
    for (o, t), (share, _) in register.items():
        if o in parties:
            gain[parties.index(t), parties.index(o)] = share / 100
        else:
            direct[parties.index(t)] += share / 100
    made = holdings_of(table([owns(o, t, share) for (o, t), (share, _) in register.items()]), None)
    if (gain.sum(axis=1) + direct > 1).any() or abs(np.linalg.det(np.eye(4) - gain)) < 1e-9:
        return
    expected = np.linalg.solve(np.eye(4) - gain, direct)
    found = proceeds(made, np.array([made.index[e] for e in "XY" if e in made.index], np.int32))
    for node, entity in enumerate(made.nodes.tolist()):
        if entity in parties:
            assert not found.undefined[node]
            assert found.low[node] == pytest.approx(expected[parties.index(entity)], abs=1e-9)
            assert found.high[node] == pytest.approx(found.low[node], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(registers, st.randoms())
def test_every_completion_lies_within_the_bounds(
    register: dict[tuple[str, str], tuple[int, int]], random: object
) -> None:
    rows = [owns(o, t, low, high) for (o, t), (low, high) in register.items()]
    made = holdings_of(table(rows), None)
    seeds = np.array([made.index[e] for e in "XY" if e in made.index], np.int32)
    bounds = proceeds(made, seeds)
    exact = [owns(o, t, random.randint(low, high)) for (o, t), (low, high) in register.items()]  # type: ignore[attr-defined]
    one = holdings_of(table(exact), None)
    if any(p.kind == "more than the whole" for p in one.problems):
        return
    found = proceeds(one, seeds)
    for node in range(len(made.nodes)):
        if not bounds.undefined[node] and not found.undefined[node]:
            assert bounds.low[node] - 1e-9 <= found.low[node] <= bounds.high[node] + 1e-9
