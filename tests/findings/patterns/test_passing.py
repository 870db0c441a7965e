"""What one account passes on: as a slow search says, compiled or not."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import kernels, passing
from counterflow.findings.patterns.log import Log, from_rows
from findings.patterns.logs import rows

if TYPE_CHECKING:
    import pytest

payment = st.tuples(
    st.integers(0, 40), st.integers(0, 3), st.integers(0, 3), st.sampled_from([50.0, 95.0, 100.0]),
    st.sampled_from(["USD", "JPY"]),
)  # fmt: skip
payments = st.lists(payment, max_size=30)


def naive(log: Log, window: int, least: float) -> dict[tuple[int, int], list[tuple[int, int]]]:
    pairs = defaultdict(list)
    taken: set[int] = set()
    n = len(log)
    for i in range(n):
        a = log.payee[i]
        if log.payer[i] == a or log.amount[i] < least:
            continue
        for o in range(n):
            if o in taken or log.payer[o] != a or log.payee[o] == a or log.currency[o] != log.currency[i]:
                continue
            if (
                not 0 < log.at[o] - log.at[i] <= window
                or not 0.9 * log.amount[i] <= log.amount[o] <= 1.005 * log.amount[i]
            ):
                continue
            if log.amount[o] < least or any(
                log.payee[b] == a and log.payer[b] == log.payee[o] and log.amount[b] >= least
                and log.at[o] - window <= log.at[b] <= log.at[o]
                for b in range(n)
            ):  # fmt: skip
                continue
            taken.add(o)
            pairs[int(a), int(log.currency[i])].append((i, o))
            break
    return pairs


@settings(max_examples=80, deadline=None)
@given(payments, st.integers(1, 15), st.sampled_from([0.0, 60.0]))
def test_as_a_slow_search_says(told: list[tuple[int, int, int, float, str]], window: int, least: float) -> None:
    log = from_rows(rows(told))
    hits = passing.find(log, window=window, kept=0.9, least=least, times=2, share=0.6)
    expected = set()
    for pairs in naive(log, window, least).values():
        total, _ = passing.inflow(log, pairs[0][0], least)
        if len(pairs) >= 2 and sum(log.amount[i] for i, _ in pairs) >= 0.6 * total:
            expected.add(tuple(sorted(m for pair in pairs for m in pair)))
    assert {tuple(hit.tolist()) for hit in hits} == expected
    assert hits.exhausted == 0


def test_compiled_as_plain_and_a_budget_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    told = [(int(t), int(rng.integers(6)), int(rng.integers(6)), float(rng.integers(90, 110)), "USD")
            for t in np.sort(rng.integers(0, 300, 400))]  # fmt: skip
    log = from_rows(rows(told))
    plain = passing.find(log, window=30, kept=0.9, least=0.0, times=1, share=0.0, budget=5)
    monkeypatch.setattr(kernels, "COMPILE_FROM", 0)
    quick = passing.find(log, window=30, kept=0.9, least=0.0, times=1, share=0.0, budget=5)
    assert plain.exhausted == quick.exhausted > 0
    assert plain.members.tolist() == quick.members.tolist()
    assert plain.role is not None
    assert quick.role is not None
    assert plain.role.tolist() == quick.role.tolist()
