"""Chains: each hit is what it says, and a planted one is found whole among others."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.observations import HOUR
from counterflow.findings.patterns import chains
from counterflow.findings.patterns.chains import COINCIDENCE, DRAG, SPREAD
from findings.patterns.payments import check, log_of, told

WORTH = st.sampled_from([100.0, 103.0, 250.0, 1000.0])
ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 30), WORTH), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_each_hit_is_a_chain_and_its_surprise_adds_up(rows):
    def find(log, **more):
        return chains.find(log, window=12, gap=6, floor=0.5, **more)

    check(rows, find, complete=12)
    log = log_of(rows)
    hits = find(log)
    at, worth = log.at, log.worth
    for hit, surprise in zip(hits, hits.surprise, strict=True):
        assert len(hit) >= 3
        assert at[hit[-1]] - at[hit[0]] <= 12
        assert len({*log.payer[hit].tolist(), *log.payee[hit].tolist()}) == len(hit) + 1
        total = 0.0
        for i, j in pairwise(hit):
            assert log.payee[i] == log.payer[j]
            assert 0 < at[j] - at[i] <= 6
            assert log.opened[j] == j
            between = [q for q in range(j + 1) if log.opened[q] == q and log.payer[q] == log.payer[j] and at[q] > at[i]]
            share = COINCIDENCE + 2 * abs(math.log(worth[j] / worth[i])) / SPREAD
            total += -math.log10(share * len(between)) - DRAG
        assert math.isclose(total, surprise, abs_tol=1e-9)


def test_a_launderers_chain_is_found_whole_among_ordinary_payments():
    rng = random.Random(1)
    noise = [
        (rng.randrange(40), rng.randrange(40), rng.randrange(5 * 24 * HOUR), rng.lognormvariate(7, 2))
        for _ in range(150)
    ]
    planted = [(100 + k, 101 + k, 3600 * (4 + 9 * k), 5000 * 0.98**k) for k in range(7)]
    log = log_of(noise + planted)
    ids = log.rows["payment_id"].to_pylist()
    [best, *_] = sorted(zip(chains.find(log).surprise, told(chains.find(log)), strict=True), reverse=True)
    assert [ids[i] for i in best[1]] == [f"P{150 + k}" for k in range(7)]


def test_without_worth_nothing_can_be_followed():
    rows = [(k, k + 1, 3600 * k, 100.0) for k in range(6)]
    log = log_of(rows)
    assert len(chains.find(log)) == 1
    log.worth[:] = float("nan")
    assert len(chains.find(log)) == 0


def test_more_paths_than_the_beam_holds_are_counted():
    rows = [(0, 1, 0, 100.0)]
    rows += [(1, 10 + k, 10 + k, 100.0) for k in range(8)]
    rows += [(10 + k, 50 + k, 100 + k, 100.0) for k in range(8)]
    assert chains.find(log_of(rows)).exhausted == 1
