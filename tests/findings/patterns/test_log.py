"""The log: order, codes, causal columns, and what is left out of it."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns.log import from_rows

ROW = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 20))


def log_of(rows: list[tuple[int, int, int]]):
    return from_rows(_plain(rows))


@settings(deadline=None)
@given(st.lists(ROW, max_size=40))
def test_the_causal_columns_are_what_a_plain_search_finds(rows):
    log = log_of(rows)
    at, payer, payee = log.at.tolist(), log.payer.tolist(), log.payee.tolist()
    for i in range(len(log)):
        pairs = [at[j] for j in range(len(log)) if at[j] < at[i] and (payer[j], payee[j]) == (payer[i], payee[i])]
        assert log.since_pair[i] == (at[i] - max(pairs) if pairs else -1)
        assert log.debut[i] == (not pairs)
        for quiet, account in ((log.quiet_payer, payer[i]), (log.quiet_payee, payee[i])):
            seen = [at[j] for j in range(len(log)) if at[j] < at[i] and account in (payer[j], payee[j])]
            assert quiet[i] == (at[i] - max(seen) if seen else -1)


@settings(deadline=None)
@given(st.lists(ROW, max_size=40))
def test_the_adjacency_has_each_payment_once_in_time_order(rows):
    log = log_of(rows)
    for side, adjacency in ((log.payer, log.out), (log.payee, log.into)):
        assert sorted(adjacency.order.tolist()) == list(range(len(log)))
        for a in range(len(log.accounts)):
            mine = adjacency.order[adjacency.starts[a] : adjacency.starts[a + 1]].tolist()
            assert mine == sorted(mine)
            assert all(side[i] == a for i in mine)


@settings(deadline=None)
@given(st.lists(ROW, max_size=30), st.randoms())
def test_the_order_of_the_file_decides_nothing(rows, random):
    log = log_of(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    base = {"payment_id": log.rows["payment_id"].to_pylist(), "at": log.at.tolist()}
    mixed = from_rows(_plain(rows).take(pa.array(order, pa.int64())))
    assert {"payment_id": mixed.rows["payment_id"].to_pylist(), "at": mixed.at.tolist()} == base


def _plain(rows):
    n = len(rows)
    return pa.table(
        {
            "row_id": pa.array([f"r{i:04}" for i in range(n)], pa.string()),
            "payment_id": pa.array([f"P{i}" for i in range(n)], pa.string()),
            "at": pa.array([t for _, _, t in rows], pa.int64()),
            "payer": pa.array([f"B/{a}" for a, _, _ in rows], pa.string()),
            "payee": pa.array([f"B/{b}" for _, b, _ in rows], pa.string()),
            "amount": pa.array([10.0] * n, pa.float64()),
            "currency": pa.array(["USD"] * n, pa.string()),
            "usd": pa.array([10.0] * n, pa.float64()),
        }
    )


def test_what_cannot_be_used_is_counted():
    rows = _plain([(0, 1, 5), (1, 2, 6), (2, 3, 7), (3, 3, 8)])
    rows = rows.set_column(rows.schema.get_field_index("amount"), "amount", pa.array([10.0, 0.0, float("nan"), 5.0]))
    rows = rows.set_column(rows.schema.get_field_index("payer"), "payer", pa.array(["B/0", "B/1", "B/2", "B/3"]))
    log = from_rows(rows)
    assert len(log) == 2
    assert log.left_out == {"no amount above zero": 2}
    rows = rows.set_column(rows.schema.get_field_index("payee"), "payee", pa.array([None, "B/1", "B/2", "B/3"]))
    assert from_rows(rows).left_out == {"no account on one side": 1, "no amount above zero": 2}


def test_worth_is_as_stated_or_else_by_the_years_rate():
    rows = _plain([(0, 1, 1_400_000_000), (1, 2, 1_400_000_001), (2, 3, 1_400_000_002)])
    rows = rows.set_column(rows.schema.get_field_index("currency"), "currency", pa.array(["EUR", "EUR", None]))
    rows = rows.set_column(rows.schema.get_field_index("usd"), "usd", pa.array([None, 12.5, None], pa.float64()))
    worth = from_rows(rows).worth.tolist()
    assert 13.2 < worth[0] < 13.4
    assert worth[1] == 12.5
    assert worth[2] != worth[2]  # no currency, no worth
