"""An attempt as the workbench draws it: payments in time order, what each account does, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from counterflow.errors import NotFound
from counterflow.views.attempt import attempt
from counterflow.workspace import Workspace

HEAD = "payment_id,timestamp,from_bank,from_account,from_name,to_bank,to_account,to_name,amount,currency\n"
ROWS = """\
p3,2026-03-02T12:00:00Z,HSBCHKHH,R1,Relay One,UOVBSGSG,SINK,Sunrise,9000,EUR
p1,2026-03-02T08:00:00Z,DEUTDEFF,SRC,Source,HSBCHKHH,R1,Relay One,9100,EUR
p2,2026-03-02T09:00:00Z,DEUTDEFF,SRC,Source,HSBCHKHH,R2,Relay Two,50,XAU
p4,2026-03-03T09:00:00Z,HSBCHKHH,R2,Relay Two,UOVBSGSG,SINK,Sunrise,8000,USD
p5,2026-03-03T10:00:00Z,UOVBSGSG,SINK,Sunrise,UOVBSGSG,SINK,Sunrise,1,USD
p6,2026-03-04T10:00:00Z,UOVBSGSG,SINK,Sunrise,DEUTDEFF,SRC,Source,7000,USD
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("attempt")
    made = Workspace.create(folder / "w")
    (folder / "march.csv").write_text(HEAD + ROWS, encoding="utf-8")
    made.ingest(folder / "march.csv", label="TLP:AMBER")
    yield made
    made.close()


def drawn(workspace: Workspace, *payments: str) -> dict[str, Any]:
    picture = workspace.picture(None, True)
    table = picture.scope.table("payments")
    ids = {r["payment_id"]: r["row_id"] for r in picture.scope.run(table.select("payment_id", "row_id")).to_pylist()}
    found = attempt(
        picture, {"evidence": [{"kind": "payments", "id": ids[p], "role": f"role of {p}"} for p in payments]}
    )
    assert found is not None
    return found


def test_payments_stand_in_time_order_with_their_worth(workspace: Workspace) -> None:
    found = drawn(workspace, "p4", "p1", "p2", "p3")
    assert [p["payment"] for p in found["payments"]] == ["p1", "p2", "p3", "p4"]
    first, second, _, last = found["payments"]
    assert (first["from"], first["to"], first["role"]) == ("DEUTDEFF/SRC", "HSBCHKHH/R1", "role of p1")
    assert first["usd_basis"] == "yearly average rate"
    assert 9000 < first["usd"] < 13_000
    assert (last["usd"], last["usd_basis"]) == (8000, "stated")
    assert (second["usd"], second["usd_basis"]) == (None, None)  # nobody gives a rate for it
    assert first["locator"]
    assert first["handling"] == "TLP:AMBER"


def test_accounts_stand_in_the_order_of_the_flow_with_what_they_do(workspace: Workspace) -> None:
    found = drawn(workspace, "p1", "p2", "p3", "p4")
    assert [(a["number"], a["role"]) for a in found["accounts"]] == [
        ("SRC", "source"), ("R1", "relay"), ("R2", "relay"), ("SINK", "sink"),
    ]  # fmt: skip
    source, relay, other, sink = found["accounts"]
    assert (source["caption"], source["bank"], source["holder"]) == ("Source", "DEUTDEFF", None)
    assert sink["countries"][0] == "sg"
    assert (relay["paid_in"], relay["paid_out"]) == (1, 1)
    assert (other["usd_in"], other["usd_out"]) == (None, 8000)


def test_where_it_comes_back_to_is_an_origin_and_payments_to_oneself_are_no_flow(workspace: Workspace) -> None:
    found = drawn(workspace, "p1", "p3", "p5", "p6")
    assert {a["number"]: a["role"] for a in found["accounts"]} == {"SRC": "origin", "R1": "relay", "SINK": "relay"}
    assert [(a["paid_in"], a["paid_out"]) for a in found["accounts"] if a["number"] == "SINK"] == [(1, 1)]
    assert len(found["payments"]) == 4


def test_what_rests_on_no_payment_is_no_attempt(workspace: Workspace) -> None:
    picture = workspace.picture(None, True)
    assert attempt(picture, {"evidence": [{"kind": "claim", "id": "c", "role": ""}]}) is None


def test_on_the_chart_a_line_between_two_accounts_adds_up_their_payments(workspace: Workspace) -> None:
    picture = workspace.picture(None, True)
    table = picture.scope.table("payments")
    ids = {r["payment_id"]: r["row_id"] for r in picture.scope.run(table.select("payment_id", "row_id")).to_pylist()}
    found = {
        "id": "f-1", "typology": "pass_through", "sentence": "It went through.", "subjects": ["account:SRC"],
        "label_ids": list(picture.scope.labels()),
        "evidence": [{"kind": "payments", "id": ids[p], "role": ""} for p in ("p1", "p3", "p5", "p6")],
    }  # fmt: skip
    picture.__dict__["findings"] = [found]  # as if it had been detected
    try:
        told = workspace.view().attempt_network("f-1")
        with pytest.raises(NotFound):
            workspace.view().attempt_network("f-2")
    finally:
        del picture.__dict__["findings"]
    assert told["center"] == "account:DEUTDEFF/SRC"
    assert {n["id"] for n in told["nodes"]} == {
        "account:DEUTDEFF/SRC", "account:HSBCHKHH/R1", "account:UOVBSGSG/SINK",
    }  # fmt: skip
    assert sorted((e["source"], e["target"], e["amount"], e["currency"]) for e in told["edges"]) == [
        ("account:DEUTDEFF/SRC", "account:HSBCHKHH/R1", 9100, "EUR"),
        ("account:HSBCHKHH/R1", "account:UOVBSGSG/SINK", 9000, "EUR"),
        ("account:UOVBSGSG/SINK", "account:DEUTDEFF/SRC", 7000, "USD"),
    ]
    assert [len(e["rows"]) for e in told["edges"]] == [1, 1, 1]
    assert told["attempt"]["payments"]
