"""Numbers reach entities; payments add up by pair and month, to the cent, in any order."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.model.handling import PUBLIC
from counterflow.network import flows as months
from counterflow.network import kinds
from counterflow.network.consignments import consignments
from counterflow.network.edges import MANY, edges, shared
from counterflow.network.graph import Graph
from counterflow.network.holders import holders
from counterflow.network.links import links
from counterflow.network.ties import ties
from counterflow.storage.ibis import IbisScope
from counterflow.storage.observations import PAYMENTS, SHIPMENTS
from counterflow.storage.tables import DERIVED, FLOWS
from counterflow.testing import claims_of, scope_of
from network.conftest import whole


def test_an_account_belongs_to_its_owner_and_a_ship_answers_to_its_number(scope: IbisScope) -> None:
    scope.adopt("links", links(scope))
    found = {row["key"]: row for row in holders(scope).to_pylist()}
    assert found["account:AT1234"]["entity"] == "c:bank"
    assert found["account:AT1234"]["account"] == "c:acc"
    assert len(found["account:AT1234"]["claim_ids"]) == 3  # the number, and both ends of the ownership
    assert found["imo:7937317"]["entity"] == "c:ship"


def flows(scope: IbisScope) -> pa.Table:
    return FLOWS.conform(scope.run(months.flows(scope)))


def _payments(amounts: list[float]) -> pa.Table:
    n = len(amounts)
    when = [dt.datetime(2016, 1 + i % 2, 3, tzinfo=dt.UTC) for i in range(n)]
    rows = {
        "row_id": [str(i) for i in range(n)], "timestamp": when, "amount": amounts, "currency": ["USD"] * n,
        "from_account": ["AT 1234"] * n, "from_bank": ["B"] * n, "to_account": ["99"] * n, "to_bank": ["X"] * n,
        "label_id": ["l"] * n,
    }  # fmt: skip
    return PAYMENTS.conform(pa.table(rows))


def _holders(held: dict[str, tuple[str, list[str]]]) -> pa.Table:
    rows = [
        {"key": f"account:{account}", "entity": who, "claim_ids": [account], "label_ids": labels}
        for account, (who, labels) in held.items()
    ]
    return DERIVED["holders"].conform(pa.Table.from_pylist(rows, DERIVED["holders"].schema))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 10**9).map(lambda cents: cents / 100), min_size=1, max_size=40), st.randoms())
def test_sums_are_exact_and_do_not_depend_on_order(amounts: list[float], random: object) -> None:
    rows = _payments(amounts)
    shuffled = rows.take(pa.array(sorted(range(len(rows)), key=lambda _: random.random())))  # type: ignore[attr-defined]
    empty = {"holders": _holders({"AT1234": ("c:bank", [])})}
    found = [flows(scope_of({"payments": p, **empty})) for p in (rows, shuffled)]
    assert found[0].equals(found[1])
    cents = sum(round(a * 100) for a in amounts)
    assert sum(round(row["amount_usd"] * 100) for row in found[0].to_pylist()) == cents
    assert {(row["source"], row["target"]) for row in found[0].to_pylist()} == {("c:bank", "account:X/99")}


def test_labels_are_those_of_the_payments_of_a_pair_be_they_one_or_several() -> None:
    rows = _payments([5.0, 6.0, 7.0, 8.0])  # two in January, two in February
    empty = {"holders": _holders({"AT1234": ("c:bank", ["l"])})}
    marked = rows.set_column(rows.schema.get_field_index("label_id"), "label_id", pa.array(["m", "l", "k", "l"]))
    one, several = (flows(scope_of({"payments": p, **empty})).to_pylist() for p in (rows, marked))
    assert [row["label_ids"] for row in one] == [["l"], ["l"]]
    assert [row["label_ids"] for row in several] == [["k", "l", "m"], ["l"]]
    assert [row | {"label_ids": None} for row in one] == [row | {"label_ids": None} for row in several]


_LABELS = st.sampled_from("abc")
_PAID = st.tuples(*[st.sampled_from(["1", "2", "3", "4"])] * 2, _LABELS)
_HELD = st.dictionaries(
    st.sampled_from(["1", "2", "3"]),
    st.tuples(st.sampled_from(["c:x", "c:y"]), st.lists(_LABELS, min_size=1, max_size=2, unique=True)),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_PAID, min_size=1, max_size=8), _HELD)
def test_a_flow_bears_the_label_of_everything_it_rests_on(
    paid: list[tuple[str, str, str]], held: dict[str, tuple[str, list[str]]]
) -> None:
    """Of its payments, and of what says who holds their accounts: who may not read that may not know of the pair."""
    expected: dict[tuple[str, str], set[str]] = {}
    for payer, payee, label in paid:
        sides = [held.get(account, (f"account:B/{account}", [])) for account in (payer, payee)]
        pair = (sides[0][0], sides[1][0])
        expected.setdefault(pair, set()).update([label, *sides[0][1], *sides[1][1]])
    rows = PAYMENTS.conform(pa.Table.from_pylist([
        {"row_id": str(n), "timestamp": dt.datetime(2016, 1, 3, tzinfo=dt.UTC), "amount": 1.0, "currency": "USD",
         "from_account": payer, "from_bank": "B", "to_account": payee, "to_bank": "B", "label_id": label}
        for n, (payer, payee, label) in enumerate(paid)
    ]))  # fmt: skip
    found = flows(scope_of({"payments": rows, "holders": _holders(held)})).to_pylist()
    assert {(row["source"], row["target"]): row["label_ids"] for row in found} == {
        pair: sorted(labels) for pair, labels in expected.items()
    }


def test_a_payment_that_several_messages_tell_of_is_one() -> None:
    rows = _payments([5.0, 5.0, 7.0, 7.0, 9.0]).to_pylist()
    # an order and its booking; two without anything in common; one that was rejected
    for row, uetr, status in zip(
        rows, ("u1", "u1", "u2", None, "u3"), (None, "booked", None, None, "rejected"), strict=True
    ):
        row |= {"uetr": uetr, "status": status}
    back = {**rows[0], "row_id": "r", "from_account": "99", "to_account": "AT 1234"}  # a return has the same reference
    table = pa.Table.from_pylist([*rows, back], PAYMENTS.schema)
    holders_ = _holders({"AT1234": ("c:bank", ["l"])})
    found = flows(scope_of({"payments": table, "holders": holders_})).to_pylist()
    assert sum(row["payments"] for row in found if row["source"] == "c:bank") == 3
    assert sum(row["amount_usd"] for row in found if row["source"] == "c:bank") == 19.0
    assert sum(row["payments"] for row in found if row["target"] == "c:bank") == 1


def _shipments(*rows: dict[str, object]) -> pa.Table:
    same = {"label_id": PUBLIC.id, "date": "2017-09-01", "currency": "USD", "value": 10.0}
    told = [{"row_id": f"s{n}", **same, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(told, SHIPMENTS.schema)


@pytest.fixture
def traders() -> pa.Table:
    return claims_of(
        [
            ("c:a", "Company", "name", "Acme Trading Co., Ltd."),
            ("c:a", "Company", "alias", "Acme"),
            ("c:b", "Company", "name", "ООО Ромашка"),
            ("c:t1", "Company", "name", "Twin Ltd"),
            ("c:t2", "Company", "name", "TWIN, GmbH"),
            ("c:w", "Company", "weakAlias", "Weak"),
            ("c:ship", "Vessel", "name", "Acme"),
            ("c:ship", "Vessel", "imoNumber", "IMO 7937317"),
            ("c:ship", "Vessel", "mmsi", "273000000"),
            ("c:ship", "Vessel", "flag", "mn", {"valid_from": "2004", "valid_to": "2010-05"}),
            ("c:ship", "Vessel", "flag", "kp", {"valid_from": "2010-05"}),
            ("c:ship", "Vessel", "operator", "c:a", {"valid_from": "2009", "valid_to": "2011"}),
        ]
    )


def _scope(claims: pa.Table, shipments: pa.Table) -> IbisScope:
    things = {row["subject"]: row["schema"] for row in claims.to_pylist()}
    made = whole(claims, sorted(things), shipments=shipments)
    made.adopt("entities", pa.table({"entity": list(things), "schema": list(things.values())}))
    for name, make in (("links", links), ("holders", holders), ("flows", flows), ("consignments", consignments),
                       ("ties", ties)):  # fmt: skip
        made.adopt(name, make(made))
    return made


def test_a_shipment_is_tied_to_whoever_alone_bears_the_printed_name(traders: pa.Table) -> None:
    """Legal form and punctuation apart; a name of two is nobody's, a ship's or a weak alias no party's."""
    rows = _shipments(
        {"shipper_name": "ACME TRADING", "consignee_name": "Ромашка, ООО", "imo": "7937317"},
        {"shipper_name": "Acme", "consignee_name": "«ООО Ромашка»", "mmsi": "273000000", "date": "2017-11"},
        {"shipper_name": "Acme Trading Company Limited", "consignee_name": "Twin", "currency": "EUR"},
        {"shipper_name": "Weak", "consignee_name": "ООО Ромашка"},
        {"shipper_name": None, "consignee_name": "acme trading", "imo": "IMO 7937317", "date": None},
    )
    scope = _scope(traders, rows)
    keys = {row["key"]: row["entity"] for row in holders(scope).to_pylist() if row["key"].startswith("name:")}
    assert keys == {"name:acme trading": "c:a", "name:acme": "c:a", "name:ооо ромашка": "c:b"}
    sums = [tuple(row[c] for c in ("role", "month", "source", "target", "shipments", "amount_usd"))
            for row in consignments(scope).to_pylist()]  # fmt: skip
    assert sums == [
        ("carried", "2017-09", "c:ship", "c:a", 1, 10.0),
        ("carried", "2017-11", "c:ship", "c:a", 1, 10.0),
        ("carried", "2017-11", "c:ship", "c:b", 1, 10.0),
        ("carried", None, "c:ship", "c:a", 1, 10.0),
        ("sent", "2017-11", "c:a", "c:b", 1, 10.0),
    ]


def test_shipments_and_flags_are_edges_with_their_dates(traders: pa.Table) -> None:
    rows = _shipments(
        {"shipper_name": "Acme", "consignee_name": "ООО Ромашка", "imo": "7937317", "date": "2017-09-01"},
        {"shipper_name": "Acme", "consignee_name": "ООО Ромашка", "date": "2018-02"},
    )
    scope = _scope(traders, rows)
    graph = Graph(pa.concat_tables([links(scope), edges(scope)]))
    found = {row["link"]: row for row in graph.links.to_pylist()}
    sent = found["shipments>c:a>c:b"]
    assert [sent[c] for c in ("start", "end", "role", "amount")] == ["2017-09", "2018-02", "2 shipments", 20.0]
    assert {id for id in found if id.startswith("carriage>")} == {"carriage>c:ship>c:a", "carriage>c:ship>c:b"}
    flown = {(row["target"], row["start"], row["end"]) for row in found.values() if row["role"] == "flag"}
    assert flown == {("country:mn", "2004", "2010-05"), ("country:kp", "2010-05", None)}
    near = {day: set(graph.neighbourhood("c:ship", 1, day, 99).nodes) - {"c:ship"} for day in ("2009", "2012", "2017")}
    assert near == {"2009": {"c:a", "country:mn"}, "2012": {"country:kp"}, "2017": {"c:a", "c:b", "country:kp"}}
    assert len(graph.neighbourhood("c:ship", 1, "2004", 99, "2012").nodes) == 4
    names = [kinds.all()[k].name for k in graph.columns.kind.tolist()]
    assert set(names) == {"shipment", "flag", "vessel"}
    assert not graph.columns.way[[n == "flag" for n in names]].any(), "a flag ties no two ships"


def test_what_is_shared_is_a_node_and_what_very_many_share_is_none() -> None:
    crowd = [(f"c:m{n:03}", "Company", "address", "1 Tower Street, Suite 900") for n in range(MANY + 1)]
    claims = claims_of(
        [
            ("c:a", "Company", "address", "12, Dock Road; Port"),
            ("c:b", "Company", "addressEntity", "c:ad"),
            ("c:ad", "Address", "full", "12 Dock Road Port"),
            ("c:a", "Company", "phone", "+8612345"),
            ("c:b", "Person", "phone", "+8612345"),
            ("c:b", "Person", "email", "alone@example.org"),
            *crowd,
        ]
    )
    scope = _scope(claims, _shipments())
    captions = {"c:ad": "12 Dock Road Port"}
    things = {row["subject"]: row["schema"] for row in claims.to_pylist()}
    scope.adopt("entities", pa.table({"entity": list(things), "schema": list(things.values()),
                                      "caption": [captions.get(id, id) for id in things]}))  # fmt: skip
    scope.adopt("ties", ties(scope))
    found = {(row["source"], row["role"], row["target"]) for row in shared(scope).to_pylist()}
    assert found == {
        (party, role, node)
        for party in ("c:a", "c:b")
        for role, node in (("address", "address:12 dock road port"), ("phone", "phone:+8612345"))
    }
