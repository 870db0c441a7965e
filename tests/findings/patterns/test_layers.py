"""Bipartite groups and stacks against a plain reading of what they are."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.observations import HOUR
from counterflow.findings.patterns import layers
from findings.patterns.payments import check, log_of, told

ROWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 20), st.just(5.0)), min_size=1, max_size=40
)
WINDOW = 8


def core(edges: set[int], pairs: list[tuple[int, int]]) -> set[int]:
    while True:
        pays = Counter(pairs[e][0] for e in edges)
        gets = Counter(pairs[e][1] for e in edges)
        kept = {e for e in edges if pays[pairs[e][0]] >= 2 and gets[pairs[e][1]] >= 2}
        if kept == edges:
            return kept
        edges = kept


def outermost(found: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [h for h in found if not any(g[0] < h[0] and set(h) <= set(g) for g in found)]


def plain(log, stacked: bool) -> list[tuple[int, ...]]:
    at, pairs = log.at.tolist(), list(zip(log.payer.tolist(), log.payee.tolist(), strict=True))
    fresh = [i for i, (a, b) in enumerate(pairs) if a != b and (a, b) not in pairs[:i]]
    found = []
    for i in fresh:
        near = [e for e in fresh if e >= i and at[e] <= at[i] + WINDOW]
        mine = {pairs[e][1] for e in near if pairs[e][0] == pairs[i][0]}
        first = core({e for e in near if pairs[e][1] in mine}, pairs)
        second: set[int] = set()
        while stacked:
            opened = {pairs[e][1]: min(f for f in first if pairs[f][1] == pairs[e][1]) for e in first}
            upper = {a for e in first for a in pairs[e]}
            second = core(
                {
                    f for f in fresh
                    if pairs[f][0] in opened and at[opened[pairs[f][0]]] < at[f] <= at[opened[pairs[f][0]]] + WINDOW
                    and pairs[f][1] not in upper
                },
                pairs,
            )  # fmt: skip
            left = core({e for e in first if pairs[e][1] in {pairs[f][0] for f in second}}, pairs)
            if left == first:
                break
            first = left
        if i in first and (second or not stacked):
            found.append(tuple(sorted(first | second)))
    return outermost(found)


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_bipartite_groups_are_those_of_a_plain_search(rows):
    def find(log, **more):
        return layers.find(log, stacked=False, window=WINDOW, floor=-99, **more)

    assert check(rows, find, complete=WINDOW) == plain(log_of(rows), stacked=False)


def stack(start: int, middle: int = 2) -> list[tuple[int, int, int, float]]:
    upper = [(10 + a, 20 + m, start + a + m, 5.0) for a in range(2) for m in range(middle)]
    return upper + [(20 + m, 30 + z, start + 5 + z + m, 5.0) for z in range(2) for m in range(middle)]


@settings(deadline=None, max_examples=60)
@given(ROWS, st.integers(0, 12), st.integers(2, 3))
def test_stacks_are_those_of_a_plain_search(rows, start, middle):
    rows = [*rows, *stack(start, middle)]

    def find(log, **more):
        return layers.find(log, stacked=True, window=2 * WINDOW, floor=-99, **more)

    found = check(rows, find, complete=2 * WINDOW)
    assert found == plain(log_of(rows), stacked=True)
    assert found


def test_a_group_of_quiet_accounts_surprises_and_one_of_busy_accounts_does_not():
    rng = random.Random(3)
    noise = [(rng.randrange(300, 700), rng.randrange(300, 700), rng.randrange(72 * HOUR), 5.0) for _ in range(1200)]
    planted = [(100 + a, 200 + b, HOUR * (a + 3 * b), 5.0) for a in range(3) for b in range(3)]
    log = log_of(noise + planted)
    ids = log.rows["payment_id"].to_pylist()
    hits = layers.find(log, stacked=False)
    [hit] = told(hits)
    assert {ids[i] for i in hit} == {f"P{1200 + k}" for k in range(9)}


def test_a_payroll_is_passed_over_and_counted():
    rows = [(a, 100 + b, a + b, 5.0) for a in range(2) for b in range(40)]
    hits = layers.find(log_of(rows), stacked=False, most=32)
    assert len(hits) == 0
    assert hits.exhausted > 0
