"""Peel chains: each hit is what it says, and a planted one is found whole."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import peels
from counterflow.findings.patterns.peels import CARRIED, PEELED
from findings.patterns.payments import check, log_of


def chain(peels: int, start: int = 0, share: float = 0.1) -> list[tuple[int, int, int, float]]:
    rows = [(0, 1, start, 1000.0)]
    held = 1000.0
    for k in range(peels):
        rows.append((1 + k, 100 + k, start + 10 * k + 5, held * share))
        rows.append((1 + k, 2 + k, start + 10 * k + 6, held * (1 - share)))
        held *= 1 - share
    return rows


NOISE = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 60), st.sampled_from([100.0, 900.0, 81.0])),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(NOISE, st.integers(0, 5), st.integers(0, 30))
def test_each_hit_splits_what_came_and_carries_the_rest_to_a_fresh_account(noise, length, start):
    rows = chain(length, start) + noise

    def find(log, **more):
        return peels.find(log, window=60, gap=12, **more)

    check(rows, find, complete=60)
    log = log_of(rows)
    hits = find(log)
    for h, hit in enumerate(hits):
        role = hits.role[hits.starts[h] : hits.starts[h + 1]]
        carried, peeled = hit[role == CARRIED], hit[role == PEELED]
        assert len(carried) == len(peeled) + 1 >= 4
        assert log.at[hit[-1]] - log.at[hit[0]] <= 60
        own = {int(log.payee[c]): float(log.worth[c]) for c in carried[:-1]}
        for c in carried[1:]:
            [s] = [p for p in peeled if log.payer[p] == log.payer[c]]
            assert log.quiet_payee[c] < 0
            assert log.worth[s] < log.worth[c]
            assert abs((log.worth[s] + log.worth[c]) / own[int(log.payer[c])] - 1) <= 0.05


def test_a_planted_one_is_found_whole():
    rng = random.Random(2)
    noise = [(rng.randrange(200, 240), rng.randrange(200, 240), rng.randrange(300), rng.lognormvariate(5, 2))
             for _ in range(100)]  # fmt: skip
    rows = chain(8) + noise
    log = log_of(rows)
    hits = peels.find(log)
    [hit] = list(hits)
    assert {log.rows["payment_id"][int(i)].as_py() for i in hit} == {f"P{k}" for k in range(17)}


def test_a_share_that_jumps_about_is_no_peel_chain():
    rows = [(0, 1, 0, 1000.0)]
    held = 1000.0
    for k, share in enumerate((0.02, 0.4, 0.03, 0.35)):
        rows += [(1 + k, 100 + k, 10 * k + 5, held * share), (1 + k, 2 + k, 10 * k + 6, held * (1 - share))]
        held *= 1 - share
    assert len(peels.find(log_of(rows))) == 0
