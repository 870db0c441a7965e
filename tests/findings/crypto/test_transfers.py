"""Order, holdings and what is left out: blocks without times, one second, circles, failed, zero and unknown amounts."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.crypto.transfers import from_rows
from counterflow.findings.run import ScopeData
from counterflow.testing.tables import scope_of, whole
from findings.world import World

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("row_id", "tx", "position", "spent_tx", "from_address", "to_address", "asset",
                                      "contract", "chain")]
    + [("amount", pa.float64()), ("usd", pa.float64()), ("block", pa.int64()), ("at", pa.int64()),
       ("failed", pa.bool_())]
)  # fmt: skip


def told(*rows, **common):
    """Transfers of rows as dicts; ``A>B`` says sender and receiver."""
    full = []
    for n, row in enumerate(rows):
        sender, _, receiver = row["way"].partition(">")
        full.append({"row_id": f"r{n:03}", "from_address": sender, "to_address": receiver, "chain": "ethereum",
                     "asset": "ETH", "amount": 1.0, "failed": False, **common, **row})  # fmt: skip
    return from_rows(pa.Table.from_pylist(full, SCHEMA))


def ways(transfers):
    return [f"{transfers.row(i)['sender']}>{transfers.row(i)['receiver']}" for i in range(len(transfers))]


def test_time_comes_first_then_block_then_place_in_the_block():
    found = told(
        {"way": "d>e", "at": 5, "block": 2, "position": "0"},
        {"way": "c>d", "at": 5, "block": 1, "position": "10"},
        {"way": "b>c", "at": 5, "block": 1, "position": "9"},
        {"way": "a>b", "at": 4, "block": 9},
    )
    assert ways(found) == ["a>b", "b>c", "c>d", "d>e"]


def test_within_one_second_what_is_received_comes_before_what_is_paid_on():
    found = told({"way": "c>d"}, {"way": "b>c"}, {"way": "x>x"}, {"way": "a>b"}, at=7)
    order = ways(found)
    assert order.index("a>b") < order.index("b>c") < order.index("c>d")


def test_a_log_index_says_more_than_what_would_be_needed():
    """b paid before it was paid: it did not pay on what it got."""
    found = told({"way": "b>c", "position": "3"}, {"way": "a>b", "position": "5"}, at=7, block=1)
    assert ways(found) == ["b>c", "a>b"]
    # an output's number orders one transaction, not the block
    found = told({"way": "b>c", "position": "0"}, {"way": "a>b", "position": "1"}, at=7, block=1, chain="bitcoin")
    assert ways(found) == ["a>b", "b>c"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), max_size=14), st.randoms())
def test_the_order_of_the_file_decides_nothing_and_nobody_pays_before_he_is_paid(rows, random):
    made = [{"way": f"n{s}>n{t}", "at": at} for s, t, at in rows]
    mixed = list(enumerate(made))
    random.shuffle(mixed)
    found = told(*(dict(r) for r in made))
    again = told(*({**row, "row_id": f"r{n:03}"} for n, row in mixed))
    assert ways(found) == ways(again)
    assert found.at.tolist() == sorted(found.at.tolist())
    for second in range(3):
        day = [(s, t) for s, t, at in rows if at == second and s != t]
        if _circle(day):
            continue
        order = [tuple(int(x[1]) for x in way.split(">")) for way, at in zip(ways(found), found.at, strict=True)
                 if at == second]  # fmt: skip
        for i, (s, t) in enumerate(order):
            assert s == t or all(x != t or x == y for x, y in order[:i])


def _circle(edges):
    nodes = {n for e in edges for n in e}
    while True:
        free = {n for n in nodes if all(t != n or s not in nodes for s, t in edges)}
        if not free:
            return bool(nodes)
        nodes -= free


def test_a_time_that_is_missing_is_that_of_the_last_block_with_one():
    found = told(
        {"way": "a>b", "at": 100, "block": 10},
        {"way": "c>d", "block": 12},
        {"way": "e>f", "at": 300, "block": 13},
        {"way": "g>h", "block": 9},
    )
    assert dict(zip(ways(found), found.at.tolist(), strict=True)) == {"a>b": 100, "c>d": 100, "e>f": 300, "g>h": 100}
    assert found.dated.all()


def test_a_chain_without_any_time_is_in_order_of_its_blocks_and_undated():
    found = told({"way": "b>c", "block": 2}, {"way": "a>b", "block": 1})
    assert ways(found) == ["a>b", "b>c"]
    assert not found.dated.any()
    assert found.row(0)["at"] is None


def test_what_cannot_be_used_is_left_out_and_counted():
    found = told(
        {"way": "a>b", "at": 1},
        {"way": "a>b", "at": 1, "failed": True},
        {"way": "a>b"},
        {"way": "a>b", "at": 1, "amount": -1.0},
        {"way": "a>b", "at": 1, "to_address": None},
        {"way": "a>b", "at": 1, "amount": None},
        {"way": "a>b", "at": 1, "amount": 0.0},
    )
    assert len(found) == 3
    assert found.left_out == {
        "it failed": 1, "neither time nor block": 1, "an amount below zero": 1, "no sender or no receiver": 1,
    }  # fmt: skip


def test_a_holding_is_one_address_one_asset_and_one_chain():
    found = told({"way": "a>b"}, {"way": "a>b", "asset": "USDT"}, {"way": "a>b", "chain": "bsc"},
                 {"way": "a>b", "contract": "0x1"}, {"way": "b>a"}, at=1)  # fmt: skip
    assert found.holdings == 8
    assert len(found.names) == 2


def test_where_transactions_are_named_they_hold_and_addresses_are_kept_beside():
    found = told(
        {"way": "a>b", "spent_tx": "t1", "tx": "t2"},
        {"way": "b>c", "spent_tx": "t2", "tx": "t3"},
        at=1,
        chain="bitcoin",
    )
    assert ways(found) == ["a>b", "b>c"]
    assert found.target[0] == found.source[1]
    assert {found.names[int(n)].as_py() for n in found.name} == {"t1", "t2", "t3"}


def test_one_transfer_that_two_data_sets_tell_of_is_one():
    w = World()
    w.transfer("2025-01-01 00:00", "0xa", "0xb", 1, tx="t", dataset="d")
    w.transfer("2025-01-01 00:00", "0xa", "0xb", 1, tx="t", dataset="e")
    w.transfer("2025-01-01 00:00", "0xa", "0xb", 1, tx="t", dataset="e", repeat=2)
    assert len(ScopeData(scope_of(whole(w.tables()))).book.transfers) == 2


def test_nothing_later_than_asked_is_in_it():
    w = World()
    w.transfer("2025-01-01 00:00", "0xa", "0xb", 1)
    w.transfer("2025-01-02 00:00", "0xa", "0xb", 1)
    data = ScopeData(scope_of(whole(w.tables())), "2025-01-01")
    assert data.book.transfers.at.tolist() == [int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp())]


@pytest.mark.parametrize("rows", [[], [{"way": "a>a", "at": 1}]])
def test_little_or_nothing_is_no_error(rows):
    assert len(told(*rows)) == len(rows)
