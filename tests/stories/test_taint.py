"""Follow the money of a theft: two files in, the receivers out, on the command line and over HTTP alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.test_types import declared
from counterflow.api.app import create_app
from counterflow.errors import NotFound, UnknownName, UsageError
from counterflow.workspace import Workspace
from findings.crypto import heist
from stories.conftest import counterflow

THIEF, HOP, DESK, SHOP = (f"0x{letter * 40}" for letter in "abcd")
MIXER = "0x" + "e" * 40
ADDRESSES = f"""currency,address,label,category,confidence,source,first_seen_in_list,removed_from_list
ETH,{THIEF},Harbour hack,service_hack,authority_data,https://example.org/notice,,
ETH,{SHOP},Quay Exchange,exchange,service_data,https://example.org/quay,,
ETH,{MIXER},,mixing_service,,https://example.org/list,2022-08-08,2025-03-21
"""
TRANSFERS = f"""txid,from,to,value,asset,time,chain,status
t1,{THIEF},{HOP},10,ETH,2025-02-21T10:00:00Z,ethereum,ok
t2,{HOP},{DESK},6,ETH,2025-02-22T10:00:00Z,ethereum,ok
t3,{HOP},{SHOP},4,ETH,2025-02-23T10:00:00Z,ethereum,ok
t4,{HOP},{DESK},4,ETH,2025-02-24T10:00:00Z,ethereum,failed
t5,{MIXER},{SHOP},3,ETH,2025-05-01T10:00:00Z,ethereum,ok
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("taint")
    (place / "addresses.csv").write_text(ADDRESSES, encoding="utf-8")
    (place / "transfers.csv").write_text(TRANSFERS, encoding="utf-8")
    counterflow(place / "w", "init")
    counterflow(place / "w", "ingest", str(place / "addresses.csv"), str(place / "transfers.csv"))
    return place / "w"


def test_who_received_what_had_been_stolen(folder: Path) -> None:
    found = json.loads(counterflow(folder, "taint", "--json"))
    asked, mixer = sorted(found["asked"], key=lambda a: a["address"])
    assert mixer["transfers"] == 0  # it paid after it had been taken off the list
    assert (asked["address"], asked["caption"], asked["left"]) == (
        THIEF,
        "Harbour hack",
        [{"asset": "ETH", "amount": 10}],
    )
    told = [(a["address"], a["tainted"], a["end"], a["kind"], a["hops"]) for a in found["arrivals"]]
    assert told == [(DESK, 6.0, True, None, 2), (SHOP, 4.0, True, "exchange", 2), (HOP, 10.0, False, None, 1)]
    assert [step["tx"] for step in found["arrivals"][0]["path"]] == ["t1", "t2"]
    assert found["left_out"] == {"it failed": 1}
    assert found["handling"]


def test_as_of_a_day_and_in_words(folder: Path) -> None:
    text = counterflow(folder, "taint", THIEF.upper().replace("X", "x"), "--as-of", "2025-02-22", "--method", "fifo")
    assert "From Harbour hack, by fifo, of 2 transfers" in text
    assert "Quay Exchange" not in text
    assert "What an address had before the first transfer" in text


def test_the_findings_are_there_too_and_unfold(folder: Path) -> None:
    found = [
        json.loads(line) for line in counterflow(folder, "detect", "--typology", "crypto_taint", "--json").splitlines()
    ]
    assert {f["sentence"].split(" received")[0] for f in found} == {
        "Quay Exchange (an exchange)",
        f"The address {DESK}",
    }
    for finding in found:
        tree = counterflow(folder, "explain", finding["id"])
        assert "on the way from the marked address" in tree
        assert "transfers.csv" in tree or "t1" in tree


def test_a_finding_is_drawn_as_a_flow_between_addresses(folder: Path) -> None:
    workspace = Workspace.open(folder)
    view = workspace.view()
    [found] = [f for f in view.detect(["crypto_taint"])["findings"] if "Quay" in f["sentence"]]
    drawn = view.finding(found["id"])["attempt"]
    assert [(p["payment"], p["from"], p["to"]) for p in drawn["payments"]] == [
        ("t1", f"ethereum/{THIEF}", f"ethereum/{HOP}"), ("t3", f"ethereum/{HOP}", f"ethereum/{SHOP}")
    ]  # fmt: skip
    assert [(a["caption"], a["role"]) for a in drawn["accounts"]] == [
        ("Harbour hack", "source"), (HOP, "relay"), ("Quay Exchange", "sink")
    ]  # fmt: skip
    workspace.close()


def test_a_listing_with_its_dates_reaches_the_trace(folder: Path) -> None:
    from counterflow.findings.run import ScopeData

    workspace = Workspace.open(folder)
    labels = ScopeData(workspace.view().picture.scope).book.labels.values()
    [mixer] = [label for label in labels if label.kind == "mixer"]
    assert (mixer.topics, mixer.listed) == (("sanction",), True)
    assert (mixer.since, mixer.until) == ("2022-08-08", "2025-03-21")
    workspace.close()


def test_a_graph_of_transactions_without_amounts_is_traced_by_structure(tmp_path: Path) -> None:
    """As the Elliptic set is: transactions and the steps they were in."""
    edges = "src_tx,dst_tx,time_step\n1001,1002,1\n1003,1002,1\n1002,1004,1\n"
    (tmp_path / "edges.csv").write_text(edges, encoding="utf-8")
    counterflow(tmp_path / "w", "init")
    counterflow(tmp_path / "w", "ingest", str(tmp_path / "edges.csv"))
    found = json.loads(counterflow(tmp_path / "w", "taint", "1001", "--json"))
    assert found["method"] == "structure"
    assert {a["address"]: (a["share"], a["hops"], a["last"]) for a in found["arrivals"]} == {
        "1002": (0.5, 1, None), "1004": (0.5, 2, None)
    }  # fmt: skip


def test_over_http(folder: Path) -> None:
    workspace = Workspace.open(folder)
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1")
    found = client.get("/api/taint", params={"address": THIEF, "method": "poison"}).json()
    assert found["arrivals"][0]["tainted"] == found["arrivals"][0]["most"]
    assert client.get("/api/taint", params={"address": "0x1"}).status_code == 404
    assert client.get("/api/taint", params={"method": "magic"}).status_code in (400, 404, 422)
    workspace.close()


def test_what_cannot_be_asked_is_said(folder: Path) -> None:
    workspace = Workspace.open(folder)
    view = workspace.view()
    with pytest.raises(NotFound):
        view.taint(["0x0"])
    with pytest.raises(UnknownName):
        view.taint([], "magic")
    with pytest.raises(UsageError, match="hops must be 1 to 100"):
        view.taint([], hops=0)
    workspace.close()


def test_a_theft_is_drawn_with_its_bridges_peel_chains_and_meeting_point(tmp_path: Path) -> None:
    named = {heist.THIEF: THIEF, heist.BRIDGE: HOP, heist.POOL: DESK, heist.VAULT: "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
             heist.HOT: "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}  # fmt: skip
    kinds = (("ETH", THIEF, "service_hack"), ("ETH", HOP, "defi_bridge"), ("ETH", DESK, "defi_dex"),
             ("BTC", named[heist.VAULT], "defi_bridge"), ("BTC", named[heist.HOT], "exchange"))  # fmt: skip
    lines = [f"{asset},{address},{kind},{kind},authority_data,https://example.org" for asset, address, kind in kinds]
    (tmp_path / "addresses.csv").write_text(
        "\n".join(["currency,address,label,category,confidence,source", *lines, ""]), encoding="utf-8"
    )
    moved = [
        f"{row.get('tx') or n},{named.get(row['from_address'], row['from_address'])},"
        f"{named.get(row['to_address'], row['to_address'])},{row['amount']},{row['asset']},"
        f"{row['timestamp'].isoformat()},{row['chain']},{row.get('amount_usd')}"
        for n, row in enumerate(heist.theft().rows["transfers"])
    ]
    (tmp_path / "moved.csv").write_text(
        "\n".join(["txid,from,to,value,asset,time,chain,value_usd", *moved, ""]), encoding="utf-8"
    )
    counterflow(tmp_path / "w", "init")
    counterflow(tmp_path / "w", "ingest", str(tmp_path / "addresses.csv"), str(tmp_path / "moved.csv"))
    workspace = Workspace.open(tmp_path / "w")
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1")
    found = client.get("/api/taint/ways", params={"address": THIEF}).json()
    assert [(m["address"], m["branches"]) for m in found["meetings"]] == [(heist.TRADER, 3)]
    assert {(c["bridge"]["address"], c["minutes"], c["followed"]) for c in found["crossings"]} == {(HOP, 17.0, True)}
    assert [(k["steps"], k["share"]) for k in found["peel_chains"]] == [(6, 1.0)] * 3
    drawn = found["flow"]
    roles = [p["role"].partition(",")[0] for p in drawn["payments"]]
    assert roles[:3] == ["leaves the marked address"] * 3
    assert {"swap", "into a bridge", "out of a bridge", "goes on in a peel chain", "peeled off"} < set(roles)
    assert drawn["payments"][-1]["to"] == f"bitcoin/{named[heist.HOT]}"
    assert drawn["accounts"][0]["caption"] == "service_hack"
    believed = declared()  # what the workbench takes these answers for
    assert list(believed.wrong(found, ("ref", "TaintWays"), "ways")) == []
    received = client.get("/api/taint", params={"address": THIEF}).json()
    assert list(believed.wrong(received, ("ref", "TaintAnswer"), "taint")) == []
    one = client.get("/api/taint/ways", params={"address": THIEF, "to": "0xhop0"}).json()
    assert {p["to"] for p in one["flow"]["payments"]} == {"ethereum/0xhop0", f"ethereum/{DESK}"}
    assert client.get("/api/taint/ways", params={"address": THIEF, "to": "0xown1"}).status_code == 404
    workspace.close()
    text = counterflow(tmp_path / "w", "taint", THIEF, "--ways")
    assert "3 branches meet at the address bc1trader" in text
    assert "peel chain of 6 steps" in text
