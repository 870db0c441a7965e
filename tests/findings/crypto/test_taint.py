"""Taint against plain bookkeeping: what it conserves, in what order, and what bounds it."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.crypto import taint
from counterflow.findings.crypto.taint import SEEDED, STOPPED, carry, opening

HOLDINGS = 6
ROW = st.tuples(st.integers(0, HOLDINGS - 1), st.integers(0, HOLDINGS - 1), st.integers(0, 9), st.integers(0, 3))
BOOKS = st.lists(ROW, min_size=1, max_size=40)


def followed(method, rows, *, hops=99, window=10**9, floor=0.0, services=(HOLDINGS - 1,), seeds=(0,)):
    source, target, amount, _ = (np.array(c) for c in zip(*rows, strict=True))
    at = np.cumsum([r[3] for r in rows])
    mark = np.where(np.isin(source, seeds), SEEDED, np.where(np.isin(source, services), STOPPED, 0)).astype(np.int8)
    amount = amount.astype(float)
    return carry(
        method, source.astype(np.int32), target.astype(np.int32), amount, amount, at.astype(np.int64), mark, HOLDINGS,
        hops=hops, window=window, floor=floor,
    )  # fmt: skip


def plain(method, rows):
    """Share of each transfer by bookkeeping in the plainest way: amounts, or queues of units of money."""
    least, now = [0] * HOLDINGS, [0] * HOLDINGS
    for s, t, a, _ in rows:
        if s != t:
            now[s] -= a
            least[s] = min(least[s], now[s])
            now[t] += a
    units = [deque([0.0] * -x) for x in least]
    clean, dirty = [float(-x) for x in least], [0.0] * HOLDINGS
    out = []
    for s, t, a, _ in rows:
        share = 0.0
        if s != t and a:
            if method == "fifo":
                moved = [units[s].popleft() for _ in range(a)]
                moved = [1.0] * a if s == 0 else [0.0] * a if s == HOLDINGS - 1 else moved
                units[t].extend(moved)
                share = sum(moved) / a
            else:
                share = 1.0 if s == 0 else 0.0 if s == HOLDINGS - 1 else dirty[s] / (clean[s] + dirty[s])
                if s == 0:  # what a marked address pays is tainted, whatever it has
                    gone = min(dirty[s], a)
                    dirty[s], clean[s] = dirty[s] - gone, clean[s] - (a - gone)
                elif s == HOLDINGS - 1:
                    gone = min(clean[s], a)
                    dirty[s], clean[s] = dirty[s] - (a - gone), clean[s] - gone
                else:
                    dirty[s], clean[s] = dirty[s] - share * a, clean[s] - (1 - share) * a
                dirty[t], clean[t] = dirty[t] + share * a, clean[t] + (1 - share) * a
        elif s == 0 and s != t:
            share = 0.0
        out.append(share)
    return out


@pytest.mark.parametrize("method", ["haircut", "fifo"])
@settings(deadline=None)
@given(rows=BOOKS)
def test_it_is_what_plain_bookkeeping_says(method, rows):
    found = followed(method, rows)
    np.testing.assert_allclose(found.share, plain(method, rows), atol=1e-6)


@settings(deadline=None)
@given(BOOKS)
def test_poison_is_what_can_be_reached_in_time(rows):
    reached, told = set(), []
    for s, t, a, _ in rows:
        dirty = s != t and a > 0 and s != HOLDINGS - 1 and (s == 0 or s in reached)
        told.append(float(dirty))
        if dirty:
            reached.add(t)
    assert followed("poison", rows).share.tolist() == told


@settings(deadline=None)
@given(BOOKS)
def test_each_method_stays_within_poison(rows):
    most = followed("poison", rows)
    for method in ("haircut", "fifo", "structure"):
        found = followed(method, rows)
        assert not (found.share > 0)[most.share == 0].any()
        assert (found.hop[found.share > 0] >= most.hop[found.share > 0]).all()


@pytest.mark.parametrize("method", ["haircut", "fifo", "poison", "structure"])
@settings(deadline=None)
@given(rows=BOOKS, hops=st.integers(1, 4), window=st.integers(0, 12))
def test_the_way_back_leads_in_time_to_a_marked_address_within_the_caps(method, rows, hops, window):
    found = followed(method, rows, hops=hops, window=window)
    for i in np.flatnonzero(found.share > 0):
        way = [int(i)]
        while found.previous[way[-1]] >= 0:
            way.append(int(found.previous[way[-1]]))
        assert way == sorted(way, reverse=True)
        assert rows[way[-1]][0] == 0
        assert all(rows[a][0] == rows[b][1] for a, b in pairwise(way))
        assert found.hop[i] <= hops


def test_money_that_rested_longer_than_the_window_is_followed_no_further():
    rows = [(0, 1, 5, 1), (1, 2, 2, 10), (1, 3, 3, 1)]
    for method in ("haircut", "fifo", "poison", "structure"):
        found = followed(method, rows, window=10)
        assert found.share.tolist() == [1.0, 1.0, 0.0]
        assert found.exhausted == 1


@pytest.mark.parametrize("method", ["haircut", "fifo", "poison", "structure"])
@settings(deadline=None)
@given(rows=BOOKS, later=BOOKS)
def test_what_comes_later_changes_nothing_that_was_before(method, rows, later):
    """But for the opening balance: later payments can prove that a holding had more all along."""
    before = followed(method, rows)
    more = [r for r in later if r[0] in (0, HOLDINGS - 1)]  # these overdraw nothing that is kept
    after = followed(method, rows + more)
    np.testing.assert_array_equal(before.share, after.share[: len(rows)])


@settings(deadline=None)
@given(BOOKS)
def test_the_opening_balance_is_the_least_that_is_never_overdrawn(rows):
    source, target, amount, _ = (np.array(c) for c in zip(*rows, strict=True))
    start = opening(source.astype(np.int32), target.astype(np.int32), amount * 1.0, amount * 1.0, HOLDINGS)
    balance, low = start.copy(), start.copy()
    for s, t, a, _ in rows:
        if s != t:
            balance[s] -= a
            low[s] = min(low[s], balance[s])
            balance[t] += a
    assert (low >= -1e-9).all()
    assert all(x == 0 or low[h] == pytest.approx(0) for h, x in enumerate(start))


def test_parcels_beyond_the_cap_are_mixed_and_that_is_said(monkeypatch):
    monkeypatch.setattr(taint, "PARCELS", 4)
    rows = [row for n in range(12) for row in ((0, 2, 1, 1), (1, 2, 1, 1))] + [(2, 3, 24, 1)]
    found = followed("fifo", rows)
    assert found.exhausted == 1
    assert found.share[-1] == pytest.approx(0.5)


def test_a_dusting_reaches_nobody():
    rows = [(0, 1, 1, 1), (2, 1, 100_000, 1), (1, 3, 50_000, 1), (3, 4, 50_000, 1)]
    assert (followed("haircut", rows, floor=1e-4).share[2:] == 0).all()
    assert (followed("poison", rows).share[[2, 3]] == 1).all()


def test_an_unknown_amount_is_followed_by_poison_and_moves_no_measured_taint():
    table = [np.array(c, dtype=np.int32) for c in ((0, 1), (1, 2))]
    amount, at, mark = np.array([5.0, np.nan]), np.array([1, 2]), np.array([SEEDED, 0], dtype=np.int8)
    for method, share in (("haircut", 0.0), ("fifo", 0.0), ("poison", 1.0)):
        assert carry(method, *table, amount, amount, at, mark, 3, hops=9, window=99).share[1] == share
