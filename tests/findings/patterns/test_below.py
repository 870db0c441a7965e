"""Series below a line: as a slow search says, in any currency that has one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns.below import find
from counterflow.findings.patterns.log import Log, from_rows
from counterflow.findings.thresholds import thresholds
from counterflow.model import currencies
from findings.patterns.logs import rows

payment = st.tuples(
    st.integers(0, 30), st.integers(0, 1), st.integers(0, 2), st.sampled_from([5.0, 85.0, 95.0, 105.0, 130.0]),
    st.sampled_from(["USD", "JPY"]),
)  # fmt: skip


def naive(log: Log, window: int, times: int, hole: float) -> set[tuple[int, ...]]:
    """Every window of each account and currency that begins with a payment below, in turn."""
    lines = {"USD": 100.0, "JPY": 90.0}
    found = set()
    names = log.currencies.to_pylist()
    for payee in range(len(log.accounts)):
        for c, currency in enumerate(names):
            mine = [
                i for i in range(len(log))
                if log.payee[i] == payee and log.payer[i] != payee and log.currency[i] == c
            ]  # fmt: skip
            line = lines[currency]
            low = [i for i in mine if 0.8 * line <= log.amount[i] < line]
            inside: set[int] = set()
            for k in range(len(low) - times + 1):
                if log.at[low[k + times - 1]] - log.at[low[k]] <= window:
                    inside |= set(range(k, k + times))
            run: list[int] = []
            for k in [*sorted(inside), -9]:
                if run and k != run[-1] + 1:
                    series = [low[r] for r in run]
                    over = [
                        i for i in mine
                        if line <= log.amount[i] < 1.2 * line
                        and log.at[series[0]] <= log.at[i] <= log.at[series[-1]]
                    ]  # fmt: skip
                    if len(series) >= hole * len(over):
                        found.add(tuple(series))
                    run = []
                run.append(k)
    return found


@settings(max_examples=80, deadline=None)
@given(st.lists(payment, max_size=30), st.integers(0, 12), st.integers(2, 4), st.sampled_from([0.5, 4.0]))
def test_as_a_slow_search_says(
    payments: list[tuple[int, int, int, float, str]], window: int, times: int, hole: float
) -> None:
    log = from_rows(rows(payments))
    found = find(log, lines={"USD": 100.0, "JPY": 90.0}, window=window, times=times, below=0.8, hole=hole)
    assert {tuple(hit.tolist()) for hit in found} == naive(log, window, times, hole)


def test_thresholds_are_of_currencies_and_name_their_law() -> None:
    for currency, (amount, law) in thresholds().items():
        assert currency in currencies.codes()
        assert amount > 0
        assert len(law) > 10
