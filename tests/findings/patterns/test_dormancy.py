"""Dormant, then active, against a plain reading of what it is."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.observations import DAY
from counterflow.findings.patterns import dormancy
from findings.patterns.payments import check, log_of

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 60), st.just(5.0)), min_size=1, max_size=25
)


@settings(deadline=None, max_examples=80)
@given(ROWS)
def test_the_awakenings_are_those_of_a_plain_search(rows):
    def find(log, **more):
        return dormancy.find(log, dormant=10, window=6, least=3, floor=-99, **more)

    found = check(rows, find, complete=6)
    log = log_of(rows)
    at, pairs = log.at.tolist(), list(zip(log.payer.tolist(), log.payee.tolist(), strict=True))
    expected = []
    for a in range(len(log.accounts)):
        own = [i for i, (p, q) in enumerate(pairs) if a in (p, q) and p != q]
        for before, i in pairwise(own):
            members = [j for j in own if j >= i and at[j] <= at[i] + 6]
            sides = {pairs[j][0] == a for j in members}
            busiest = max(sum(at[j] - 6 <= at[q] and q <= j for q in own) for j in own if j < i)
            if at[i] - at[before] >= 10 and len(members) >= max(3, busiest + 1) and len(sides) == 2:
                expected.append(tuple(members))
    assert sorted(found) == sorted(expected)


def test_an_account_that_always_has_pauses_surprises_less():
    burst = [
        (1 + k, 0, 400 * DAY + 3600 * k, 10.0) if k % 2 else (0, 1 + k, 400 * DAY + 3600 * k, 10.0) for k in range(6)
    ]
    once = [(50, 0, 0, 10.0)]
    seldom = [(50 + k, 0, (280 - 9 * k) * DAY, 10.0) for k in range(30)]
    [quiet] = dormancy.find(log_of(once + burst)).surprise
    [busy] = dormancy.find(log_of(once + seldom + burst), floor=-99).surprise
    assert quiet > 5 > busy


def test_one_that_was_as_busy_before_is_not_told():
    burst = [(1 + k, 0, 3600 * k, 10.0) if k % 2 else (0, 1 + k, 3600 * k, 10.0) for k in range(6)]
    again = [(a, b, t + 400 * DAY, w) for a, b, t, w in burst]
    assert len(dormancy.find(log_of(burst + again), floor=-99)) == 0
    assert len(dormancy.find(log_of([(9, 0, 0, 10.0), *again]))) == 1
