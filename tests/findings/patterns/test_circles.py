"""Circles against a plain reading of what they are."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import circles
from findings.patterns.payments import check, log_of

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 20), st.just(5.0)), min_size=1, max_size=40
)
WINDOW = 9
MOST, LARGEST = 8, 5


def plain(log) -> list[tuple[int, ...]]:
    at, pairs = log.at.tolist(), list(zip(log.payer.tolist(), log.payee.tolist(), strict=True))
    found = []
    for i, (a, b) in enumerate(pairs):
        near = [e for e in range(i, len(at)) if at[e] <= at[i] + WINDOW]
        ways = {pairs[e] for e in near if pairs[e][0] != pairs[e][1]}
        busy = {x for x in range(99) for side in (0, 1) if sum(pairs[e][side] == x for e in near) > MOST}
        if a == b or (b, a) not in {pairs[e] for e in near if e > i} or {a, b} & busy:
            continue
        deals = {x: {y for w in ways for y in w if x in w} - {x} for x in (a, b)}
        if not (deals[a] & deals[b]):
            continue
        circle = (deals[a] | deals[b]) - busy
        while True:
            kept = {
                x for x in circle
                if sum((x, y) in ways for y in circle) >= 2 and sum((y, x) in ways for y in circle) >= 2
            }  # fmt: skip
            if kept == circle:
                break
            circle = kept
        if {a, b} <= circle and len(circle) <= LARGEST:
            found.append(tuple(e for e in near if set(pairs[e]) <= circle))
    return [h for h in found if not any(g[0] < h[0] and set(h) <= set(g) for g in found)]


@settings(deadline=None, max_examples=80)
@given(ROWS)
def test_circles_are_those_of_a_plain_search(rows):
    def find(log, **more):
        return circles.find(log, window=WINDOW, most=MOST, largest=LARGEST, floor=-99, **more)

    assert check(rows, find, complete=WINDOW) == plain(log_of(rows))


def circle(accounts: int, start: int = 0) -> list[tuple[int, int, int, float]]:
    return [(a, b, start + n, 5.0) for n, (a, b) in enumerate(permutations(range(accounts), 2))]


def strangers(n: int) -> list[tuple[int, int, int, float]]:
    return [(100 + 2 * k, 101 + 2 * k, k % 40, 5.0) for k in range(n)]


def test_the_larger_the_circle_the_less_likely():
    surprise = [circles.find(log_of(circle(n) + strangers(3000)), window=50, floor=-99).surprise[0] for n in (3, 4, 5)]
    assert surprise[0] < surprise[1] < surprise[2]
    assert surprise[1] > 3 > surprise[0]


def test_where_everybody_deals_with_everybody_no_circle_is_told():
    assert len(circles.find(log_of(circle(14)), window=300, largest=99)) == 0


def test_a_circle_of_many_is_a_market():
    log = log_of([*circle(7), *strangers(3000)])
    assert len(circles.find(log, window=99, largest=7)) > 0
    assert 0 not in circles.find(log, window=99, largest=6).members


def test_what_a_member_pays_itself_belongs_to_the_circle():
    log = log_of([*circle(4), (2, 2, 5, 5.0), *strangers(3000)])
    hits = circles.find(log, window=50)
    assert (hits.sizes[0], hits.role[: hits.sizes[0]].sum()) == (13, 1)
