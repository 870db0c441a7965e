import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings import cycles

Payment = tuple[int, int, int, int]  # payer, payee, time, amount


def arrays(payments: list[Payment]) -> list[np.ndarray]:
    columns = list(zip(*payments, strict=True)) or [(), (), (), ()]
    whole = [np.array(c, dtype=np.int64) for c in columns]
    return [*whole[:3], whole[3].astype(np.float64), np.zeros(len(payments), dtype=np.int64)]


def starts_of_cycles(payments: list[Payment], window: int, low: int, high: int) -> set[int]:
    """By trying everything: payments from which a time-ordered cycle closes within the window."""
    found = set()
    for length in range(low, high + 1):
        for members in itertools.permutations(range(len(payments)), length):
            rows = [payments[i] for i in members]
            chained = all(a[1] == b[0] and a[2] < b[2] for a, b in itertools.pairwise(rows))
            accounts = [r[0] for r in rows]
            closed = rows[-1][1] == rows[0][0] and rows[-1][2] <= rows[0][2] + window
            if chained and closed and len(set(accounts)) == length:
                found.add(members[0])
    return found


PAYMENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9), st.just(100)).filter(lambda p: p[0] != p[1]),
    max_size=7,
)


@settings(deadline=None)
@given(PAYMENTS, st.integers(1, 9), st.integers(2, 3))
def test_against_trying_everything(payments: list[Payment], window: int, low: int) -> None:
    found = cycles.find(*arrays(payments), window=window, low=low, high=4, kept=0.0, budget=10_000)
    assert found.exhausted == 0
    assert {members[0] for members in found.members} == starts_of_cycles(payments, window, low, 4)
    for members in found.members:
        rows = [payments[i] for i in members]
        assert all(a[1] == b[0] and a[2] < b[2] for a, b in itertools.pairwise(rows))
        assert rows[-1][1] == rows[0][0]


def test_amounts_and_currencies() -> None:
    ring = [(0, 1, 1, 100), (1, 2, 2, 90), (2, 0, 3, 70)]

    def lengths(kept: float, currency: list[int]) -> list[int]:
        columns = arrays(ring)[:4]
        found = cycles.find(*columns, np.array(currency, dtype=np.int64), window=9, low=3, high=3, kept=kept, budget=99)
        return [len(m) for m in found.members]

    assert lengths(0.0, [0, 1, 2]) == [3]
    assert lengths(0.75, [0, 0, 0]) == [3]
    assert lengths(0.8, [0, 0, 0]) == []
    assert lengths(0.75, [0, 0, 1]) == []


@pytest.mark.slow
def test_compiled_and_interpreted_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    n = 3000
    payer, payee = rng.integers(0, 200, n), rng.integers(0, 200, n)
    payments = [
        (int(a), int(b), int(t), int(x))
        for a, b, t, x in zip(payer, payee, rng.integers(0, 10_000, n), rng.integers(50, 100, n), strict=True)
        if a != b
    ]
    dials = {"window": 2000, "low": 3, "high": 6, "kept": 0.5, "budget": 500}
    plain = cycles.find(*arrays(payments), **dials)
    monkeypatch.setattr(cycles, "COMPILE_FROM", 0)
    assert cycles.find(*arrays(payments), **dials) == plain
    assert plain.members
