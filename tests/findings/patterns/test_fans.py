"""Fans against a plain reading of what they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.observations import DAY
from counterflow.findings.patterns import fans
from findings.patterns.payments import check, log_of, told

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 30), st.just(5.0)), min_size=1, max_size=40
)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.sampled_from(["in", "out"]), st.integers(2, 3))
def test_the_windows_are_those_of_a_plain_search(rows, side, least):
    def find(log, **more):
        return fans.find(log, side=side, window=8, least=least, floor=-99, **more)

    if side == "out":
        rows = [(b, a, t, w) for a, b, t, w in rows]
    found = check(rows, find, complete=8)
    log = log_of(rows)
    hub, other = (log.payee, log.payer) if side == "in" else (log.payer, log.payee)
    at = log.at.tolist()
    pairs = list(zip(hub.tolist(), other.tolist(), strict=True))
    begins = [i for i, (a, b) in enumerate(pairs) if a != b and (a, b) not in pairs[:i]]
    expected = []
    for i in begins:
        reach = [j for j in begins if j >= i and pairs[j][0] == pairs[i][0] and at[j] <= at[i] + 8]
        if len(reach) < least or any(set(reach) < set(r) for r in (e[1] for e in expected)):
            continue
        strangers = {pairs[j][1] for j in reach}
        members = [
            j
            for j in range(i, len(at))
            if pairs[j][0] == pairs[i][0] and pairs[j][1] in strangers and at[j] <= at[i] + 8
        ]
        expected.append((tuple(members), reach))
    assert found == [members for members, _ in expected]


def surprise_of(rows):
    """Of the last window."""
    return fans.find(log_of(rows), side="in", floor=-99).surprise[-1]


def test_strangers_surprise_at_a_quiet_account_and_not_at_a_shop():
    burst = [(10 + k, 0, 50 * DAY + k * 3600, 100.0) for k in range(8)]
    quiet = [(1, 0, 0, 1.0)]
    shop = [(100 + k, 0, k * DAY // 2, 1.0) for k in range(100)]
    assert surprise_of(quiet + burst) > 7
    assert surprise_of(shop + burst) < 3
    # people who deal with everybody say less than people who do nothing else
    busy = [(10 + k, 900 + n, 49 * DAY + n * 60, 5.0) for k in range(8) for n in range(3)]
    assert surprise_of(quiet + busy + burst) < surprise_of(quiet + burst) - 8 * 0.3


def test_a_window_too_full_is_told_as_not_looked_through():
    rows = [(k + 1, 0, k, 5.0) for k in range(30)]
    hits = fans.find(log_of(rows), side="in", window=9, most=5)
    assert len(hits) == 0
    assert hits.exhausted > 0


@pytest.mark.parametrize("more", [0, 3, 40])
def test_the_tail_is_that_of_the_negative_binomial(more):
    shape, windows = 1.5, 2.0
    stay = windows / (windows + 1)
    terms = [
        math.exp(math.lgamma(shape + j) - math.lgamma(shape) - math.lgamma(j + 1)) * stay**shape * (1 - stay) ** j
        for j in range(more, more + 400)
    ]
    assert fans.unlikely(more, shape, windows) == pytest.approx(-math.log10(sum(terms)), abs=1e-4)


def test_nothing_in_nothing():
    assert told(fans.find(log_of([]), side="in")) == []


def test_a_shop_that_opens_is_told_once_and_what_is_odd_even_there_is_told_again():
    """Six new customers a day who do nothing else, from day 90 on; on day 150 many within two; and a quiet account."""
    life = [(1_000 + k, 3_000 + k % 7, k * DAY // 4, 50.0) for k in range(800)]
    customers = [(10_000 + k, 0, 90 * DAY + k * 4 * 3600, 20.0 + k % 13) for k in range(6 * 90)]
    sent = [(30_000 + k, 0, 150 * DAY + k * 3600, 900.0) for k in range(48)]
    quiet = [(40_000 + k, 1, 120 * DAY + k * 5 * 3600, 900.0) for k in range(10)]
    log = log_of(life + customers + sent + quiet)
    hits = fans.find(log, side="in", floor=3.0)
    begin = (log.at[hits.members[hits.starts[:-1]]] - log.at[0]) / DAY
    shop = begin[log.payee[hits.members[hits.starts[:-1]]] == 0]
    opening, later = shop[shop < 140], shop[shop >= 140]
    assert opening.min() == pytest.approx(90, abs=0.1)
    assert opening.max() <= 95.1, "windows of the opening itself, no more of them for two months"
    assert 145 <= later.min() <= later.max() < 153
    assert ((begin > 119) & (begin < 121)).any(), "at an account that is no shop"
    everything = fans.find(log, side="in", floor=3.0, again=99.0)
    assert len(everything) > 3 * len(hits), "as it was before"
    first, since = hits.members[hits.starts[:-1]], len(log) // 2
    fresh = fans.find(log, side="in", floor=3.0, since=since)
    assert fresh.members.tolist() == hits.select(first >= since).members.tolist(), "the pace is known from before"
