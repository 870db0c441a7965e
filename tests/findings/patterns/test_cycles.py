"""Temporal cycles: against trying everything, and what makes the search incremental."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import cycles, kernels
from counterflow.findings.patterns.log import Log, from_rows

Payment = tuple[int, int, int, int]  # payer, payee, time, amount


def log_of(payments: list[Payment]) -> Log:
    """Rows in time order, so that number n is payment n of the log."""
    n = len(payments)
    columns = list(zip(*payments, strict=True)) or [(), (), (), ()]
    names = pa.array([f"{i:06}" for i in range(n)], pa.string())
    return from_rows(
        pa.table(
            {
                "row_id": names, "payment_id": names, "at": pa.array(columns[2], pa.int64()),
                "payer": pa.array([f"B/{a}" for a in columns[0]], pa.string()),
                "payee": pa.array([f"B/{a}" for a in columns[1]], pa.string()),
                "amount": pa.array(columns[3], pa.float64()), "currency": pa.array(["USD"] * n, pa.string()),
                "usd": pa.array(columns[3], pa.float64()),
            }
        )
    )  # fmt: skip


def by_trying(
    payments: list[Payment], window: int, low: int, high: int, kept: float = 0.0
) -> set[tuple[int, frozenset[int]]]:
    """First payment and members of every cycle; of those along one way together, where amounts do not matter."""
    ways: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for length in range(low, high + 1):
        for members in itertools.permutations(range(len(payments)), length):
            rows = [payments[i] for i in members]
            chained = all(a[1] == b[0] and a[2] < b[2] for a, b in itertools.pairwise(rows))
            closed = rows[-1][1] == rows[0][0] and rows[-1][2] <= rows[0][2] + window
            keeps = kept == 0 or all(kept <= b[3] / a[3] <= 1.02 for a, b in itertools.pairwise(rows))
            if chained and closed and keeps and len({r[0] for r in rows}) == length:
                way = members if kept else (members[0], *(r[0] for r in rows))
                ways[way].update(members)
    return {(way[0], frozenset(members)) for way, members in ways.items()}


def told(found) -> set[tuple[int, frozenset[int]]]:
    return {(int(m[0]), frozenset(m.tolist())) for m in found}


PAYMENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9), st.sampled_from([70, 90, 100])), max_size=7
).map(lambda rows: sorted(rows, key=lambda r: r[2]))


@settings(deadline=None)
@given(PAYMENTS, st.integers(1, 9), st.integers(2, 3), st.sampled_from([0.0, 0.75]))
def test_against_trying_everything(payments: list[Payment], window: int, low: int, kept: float) -> None:
    found = cycles.find(log_of(payments), window=window, low=low, high=4, kept=kept)
    assert found.exhausted == 0
    assert told(found) == by_trying(payments, window, low, 4, kept)
    assert len(found) == len(told(found))
    for members in found:
        assert members.tolist() == sorted(members.tolist())


RING = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 30), st.just(100)), max_size=40).map(
    lambda rows: sorted(rows, key=lambda r: r[2])
)


@settings(deadline=None, max_examples=40)
@given(RING, st.integers(0, 40), st.integers(5, 12))
def test_later_searches_and_later_payments_change_no_complete_hit(
    payments: list[Payment], since: int, window: int
) -> None:
    log = log_of(payments)
    whole = cycles.find(log, window=window, high=6)
    part = cycles.find(log, window=window, high=6, since=since)
    assert [m.tolist() for m in part] == [m.tolist() for m in whole if m[0] >= since]
    if not payments:
        return
    # what came later is not seen by a window that closed before it
    cut = [p for p in payments if p[2] <= 20]
    early = cycles.find(log_of(cut), window=window, high=6)
    complete = [m.tolist() for m in whole if payments[m[0]][2] + window <= 20]
    assert [m.tolist() for m in early if payments[m[0]][2] + window <= 20] == complete


def test_money_paid_back_in_the_second_in_which_it_came_hides_no_way_home() -> None:
    """1 pays 2, and 2 pays 1, in one second: by that 2 is known to lead home, and later by a longer way too."""
    rows = [(0, 1, 0, 9), (1, 2, 6, 9), (2, 1, 6, 9), (2, 3, 8, 9), (1, 0, 9, 9), (3, 0, 10, 9)]
    assert [m.tolist() for m in cycles.find(log_of(rows), window=10)] == [[0, 1, 3, 5]]


def test_a_century_of_payments() -> None:
    """Too many seconds for the narrow rows that follow money otherwise."""
    ring = [(0, 1, 1, 9), (1, 2, 2, 9), (2, 0, 3, 9)]
    later = [(a, b, t + 100 * 365 * 86400, amount) for a, b, t, amount in ring]
    assert [m.tolist() for m in cycles.find(log_of(ring + later), window=9)] == [[0, 1, 2], [3, 4, 5]]


def test_what_a_cap_leaves_out_is_declared() -> None:
    """Two hubs on the only ways round: neither is looked through."""
    ring = [(0, 1, 1, 100), (1, 2, 2, 100), (2, 3, 6, 100), (3, 0, 9, 100)]
    busy = [(1, 10 + n, 3, 5) for n in range(8)] + [(20 + n, 3, 7, 5) for n in range(8)]
    log = log_of(sorted(ring + busy, key=lambda p: p[2]))
    assert [m.tolist() for m in cycles.find(log, window=10)] == [[0, 1, 10, 19]]
    capped = cycles.find(log, window=10, degree=5)
    assert len(capped) == 0
    assert capped.exhausted > 0


def test_amounts_and_currencies() -> None:
    ring = [(0, 1, 1, 100), (1, 2, 2, 90), (2, 0, 3, 70)]
    assert [len(m) for m in cycles.find(log_of(ring), window=9, kept=0.75)] == [3]
    assert len(cycles.find(log_of(ring), window=9, kept=0.8)) == 0
    assert len(cycles.find(log_of(ring), window=9, least=80)) == 0


def test_a_second_payment_along_a_way_belongs_to_it() -> None:
    rows = [(0, 1, 1, 9), (1, 2, 2, 9), (1, 2, 3, 9), (2, 0, 4, 9), (1, 2, 5, 9), (2, 0, 6, 9), (1, 2, 7, 9)]
    [found] = [m.tolist() for m in cycles.find(log_of(rows), window=9)]
    assert found == [0, 1, 2, 3, 4, 5]


@pytest.mark.slow
def test_compiled_and_interpreted_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    n = 3000
    rows = zip(rng.integers(0, 200, n), rng.integers(0, 200, n), np.sort(rng.integers(0, 10_000, n)), strict=True)
    log = log_of([(int(a), int(b), int(t), 100) for a, b, t in rows])
    plain = cycles.find(log, window=2000, high=6, budget=500, degree=9)
    monkeypatch.setattr(kernels, "COMPILE_FROM", 0)
    again = cycles.find(log, window=2000, high=6, budget=500, degree=9)
    assert [m.tolist() for m in again] == [m.tolist() for m in plain]
    assert len(plain) and again.exhausted == plain.exhausted
