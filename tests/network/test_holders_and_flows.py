"""Numbers reach entities; payments add up by pair and month, to the cent, in any order."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.network.flows import flows
from counterflow.network.holders import holders
from counterflow.network.links import links
from counterflow.storage.ibis import IbisScope
from counterflow.storage.observations import PAYMENTS
from counterflow.testing import scope_of


def test_an_account_belongs_to_its_owner_and_a_ship_answers_to_its_number(scope: IbisScope) -> None:
    scope.adopt("links", links(scope))
    found = {row["key"]: row for row in holders(scope).to_pylist()}
    assert found["account:AT1234"]["entity"] == "c:bank"
    assert found["account:AT1234"]["account"] == "c:acc"
    assert len(found["account:AT1234"]["claim_ids"]) == 3  # the number, and both ends of the ownership
    assert found["imo:7937317"]["entity"] == "c:ship"


def _payments(amounts: list[float]) -> pa.Table:
    n = len(amounts)
    when = [dt.datetime(2016, 1 + i % 2, 3, tzinfo=dt.UTC) for i in range(n)]
    rows = {
        "row_id": [str(i) for i in range(n)], "timestamp": when, "amount": amounts, "currency": ["USD"] * n,
        "from_account": ["AT 1234"] * n, "from_bank": ["B"] * n, "to_account": ["99"] * n, "to_bank": ["X"] * n,
        "label_id": ["l"] * n,
    }  # fmt: skip
    return PAYMENTS.conform(pa.table(rows))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 10**9).map(lambda cents: cents / 100), min_size=1, max_size=40), st.randoms())
def test_sums_are_exact_and_do_not_depend_on_order(amounts: list[float], random: object) -> None:
    rows = _payments(amounts)
    shuffled = rows.take(pa.array(sorted(range(len(rows)), key=lambda _: random.random())))  # type: ignore[attr-defined]
    empty = {"holders": pa.table({"key": ["account:AT1234"], "entity": ["c:bank"]})}
    found = [flows(scope_of({"payments": p, **empty})) for p in (rows, shuffled)]
    assert found[0].equals(found[1])
    cents = sum(round(a * 100) for a in amounts)
    assert sum(round(row["amount_usd"] * 100) for row in found[0].to_pylist()) == cents
    assert {(row["source"], row["target"]) for row in found[0].to_pylist()} == {("c:bank", "account:X/99")}


def test_a_payment_that_several_messages_tell_of_is_one() -> None:
    rows = _payments([5.0, 5.0, 7.0, 7.0, 9.0]).to_pylist()
    # an order and its booking; two without anything in common; one that was rejected
    for row, uetr, status in zip(
        rows, ("u1", "u1", "u2", None, "u3"), (None, "booked", None, None, "rejected"), strict=True
    ):
        row |= {"uetr": uetr, "status": status}
    back = {**rows[0], "row_id": "r", "from_account": "99", "to_account": "AT 1234"}  # a return has the same reference
    table = pa.Table.from_pylist([*rows, back], PAYMENTS.schema)
    holders_ = pa.table({"key": ["account:AT1234"], "entity": ["c:bank"]})
    found = flows(scope_of({"payments": table, "holders": holders_})).to_pylist()
    assert sum(row["payments"] for row in found if row["source"] == "c:bank") == 3
    assert sum(row["amount_usd"] for row in found if row["source"] == "c:bank") == 19.0
    assert sum(row["payments"] for row in found if row["target"] == "c:bank") == 1
