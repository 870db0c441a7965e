"""A hit is called a false positive; it stays away until the list or the customer changes, and then says why."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.workspace import Workspace
from stories.conftest import LIST, ingest

CUSTOMER = {"id": "c-17", "schema": "Person", "properties": {"name": ["Grigory Antonovich Severin"], "country": ["ru"]}}
REASON = "ours was born in 1990, seen on the passport"


@pytest.fixture
def workspace(listed: Path, tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.open(Path(shutil.copytree(listed, tmp_path / "counterflow.d")))
    yield made
    made.close()


def hits(workspace: Workspace, asked: dict[str, Any], audience: str = "owner", **how: Any) -> list[dict[str, Any]]:
    answer = next(workspace.view(audience).screen([asked], threshold=0.2, **how))
    return list(answer["results"])


def test_a_hit_stays_decided_until_either_side_changes(workspace: Workspace, tmp_path: Path) -> None:
    assert hits(workspace, CUSTOMER)[0]["disposition"] is None
    workspace.dispose(CUSTOMER, "listed:1", "false-positive", REASON)
    told = hits(workspace, CUSTOMER)[0]["disposition"]
    assert (told["verdict"], told["reason"], told["in_force"], told["party"]) == (
        "false-positive",
        REASON,
        True,
        "c-17",
    )
    assert hits(workspace, CUSTOMER, dispositions="open") == []
    # whoever else has the name is not spoken for
    assert hits(workspace, {**CUSTOMER, "id": "c-18"}, dispositions="open")[0]["disposition"] is None

    moved = {**CUSTOMER, "properties": {**CUSTOMER["properties"], "birthDate": ["1961-03-02"]}}  # type: ignore[dict-item]
    back = hits(workspace, moved, dispositions="open")[0]["disposition"]
    assert back["lapsed"] == ["of the party screened is new: birthDate: 1961-03-02"]

    renamed = {**LIST[0], "properties": {**LIST[0]["properties"], "alias": ["Grisha Severin"]}}  # type: ignore[dict-item]
    ingest(workspace, tmp_path, [renamed, LIST[1]])
    back = hits(workspace, CUSTOMER, dispositions="open")[0]["disposition"]
    assert (back["in_force"], back["lapsed"]) == (False, ["of the listed party is new: alias: Grisha Severin"])

    workspace.dispose(CUSTOMER, "listed:1", "false-positive", "the alias is not ours either")
    assert hits(workspace, CUSTOMER, dispositions="open") == []


def test_what_is_decided_makes_room_for_the_next(workspace: Workspace, tmp_path: Path) -> None:
    namesake = {"id": "3", "schema": "Person", "properties": {"name": ["Grigory Antonovich Severin"]}}
    ingest(workspace, tmp_path, [*LIST, namesake])
    first, second = (hit["id"] for hit in hits(workspace, CUSTOMER, limit=2))
    workspace.dispose(CUSTOMER, first, "false-positive", REASON)
    assert [hit["id"] for hit in hits(workspace, CUSTOMER, limit=1, dispositions="open")] == [second]
    found = workspace.view("owner").match("default", {"q": CUSTOMER}, limit=1, dispositions="open", threshold=0.3)
    assert [r["id"] for r in found["responses"]["q"]["results"]] == [second]
    left = workspace.view("owner").match("default", {"q": CUSTOMER}, limit=1, exclude_entity_ids=[first], threshold=0.3)
    assert [r["id"] for r in left["responses"]["q"]["results"]] == [second]


def test_an_id_that_is_somebody_elses_now_is_not_spoken_for(workspace: Workspace) -> None:
    workspace.dispose(CUSTOMER, "listed:1", "false-positive", REASON)
    other = {"id": "c-17", "schema": "Person", "properties": {"name": ["Gregory Severin"], "birthDate": ["1961-03-02"]}}
    assert hits(workspace, other)[0]["disposition"] is None


def test_a_party_without_an_id_is_known_by_what_is_known_of_it(workspace: Workspace) -> None:
    asked = {key: value for key, value in CUSTOMER.items() if key != "id"}
    workspace.dispose(asked, "listed:1", "true-match", "same passport")
    written = {"schema": "Person", "properties": {"name": "Grigory  Antonovich Severin", "country": "Russia"}}
    assert hits(workspace, written)[0]["disposition"]["verdict"] == "true-match"


def test_it_lapses_on_its_day(workspace: Workspace) -> None:
    workspace.dispose(CUSTOMER, "listed:1", "false-positive", REASON, until="2020")
    told = hits(workspace, CUSTOMER, dispositions="open")[0]["disposition"]
    assert told["lapsed"] == ["it counted until 2020"]


def test_what_may_not_be_read_of_the_entity_is_not_told_by_a_decision(workspace: Workspace, tmp_path: Path) -> None:
    workspace.dispose(CUSTOMER, "listed:1", "false-positive", REASON)
    assert hits(workspace, CUSTOMER, "public")[0]["disposition"]["verdict"] == "false-positive"
    row = {"id": "9", "schema": "Person", "properties": {**LIST[0]["properties"], "alias": ["The Harbourmaster"]}}  # type: ignore[dict-item]
    (tmp_path / "tip.ftm.json").write_text(json.dumps(row), encoding="utf-8")
    workspace.ingest(tmp_path / "tip.ftm.json", reader="ftm", dataset="tips", label="TLP:AMBER")
    workspace.judge("listed:1", "tips:9", "same", "an informant says so")
    assert not hits(workspace, CUSTOMER)[0]["disposition"]["in_force"]
    assert hits(workspace, CUSTOMER, "public")[0]["disposition"]["in_force"]  # nothing that it may read has changed
    workspace.dispose(CUSTOMER, "listed:1", "true-match", "the informant is right")
    assert hits(workspace, CUSTOMER)[0]["disposition"]["verdict"] == "true-match"
    assert hits(workspace, CUSTOMER, "public")[0]["disposition"]["verdict"] == "false-positive"
    assert "informant" not in json.dumps(workspace.view("public").dispositions())
    workspace.dispose(CUSTOMER, "listed:2", "undecided", "who knows", label="TLP:RED")
    assert len(workspace.view("public").dispositions()["dispositions"]) == 1


def test_what_cannot_be_decided_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        workspace.dispose(CUSTOMER, "listed:7", "false-positive", REASON)
    with pytest.raises(NotFound):
        workspace.dispose({"party": "c-17"}, "listed:1", "withdrawn", REASON)
    with pytest.raises(UsageError, match="reason"):
        workspace.dispose(CUSTOMER, "listed:1", "false-positive", "")
    with pytest.raises(UsageError, match="properties"):
        workspace.dispose({"id": "c-17"}, "listed:1", "false-positive", REASON)
    assert workspace.view().dispositions() == {"dispositions": []}


def test_over_http(workspace: Workspace) -> None:
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1:8039")
    batch = {"queries": [CUSTOMER, {"id": "bad"}], "threshold": 0.2}
    first, bad = client.post("/api/screen", json=batch).json()["answers"]
    assert first["results"][0]["id"] == "listed:1"
    assert (bad["id"], bad["results"], "properties" in bad["error"]) == ("bad", [], True)
    decision = {"query": CUSTOMER, "entity": "listed:1", "verdict": "false-positive", "reason": REASON, "until": "2199"}
    assert client.post("/api/dispositions", json=decision).json()["party"] == "c-17"
    assert client.post("/api/screen", json={**batch, "dispositions": "open"}).json()["answers"][0]["results"] == []
    queries = {"queries": {"q": CUSTOMER}}
    shown = client.post("/match/default?threshold=0.3", json=queries).json()["responses"]["q"]["results"]
    assert shown[0]["disposition"]["verdict"] == "false-positive"
    left = client.post("/match/default?threshold=0.3&dispositions=open", json=queries).json()["responses"]["q"]
    assert (left["results"], left["total"]["value"]) == ([], 0)
    listed = client.get("/api/dispositions?entity=listed:1").json()["dispositions"]
    assert [(d["party"], d["until"], d["in_force"]) for d in listed] == [("c-17", "2199", True)]
    gone = client.delete("/api/dispositions?party=c-17&entity=listed:1&reason=wrong")
    assert gone.json()["verdict"] == "withdrawn"
    assert client.get("/api/dispositions").json() == {"dispositions": []}
    assert client.post("/api/dispositions", json={**decision, "verdict": "perhaps"}).status_code == 422
    assert client.post("/api/dispositions", json={**decision, "until": "soon"}).status_code == 400
    assert client.post("/api/dispositions", json={**decision, "entity": "listed:7"}).status_code == 404


def test_from_the_command_line(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("id,schema,name,country\nc-17,Person,Grigory Antonovich Severin,ru\n", encoding="utf-8")

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["--workspace", str(workspace.path), *arguments])
        assert done.exit_code == code, done.output
        return done.output

    assert "Nothing was decided yet" in run("disposition", "list")
    set_ = ("disposition", "set", str(file), "listed:1", "false-positive", "--reason", REASON)
    assert "--id" in run(*set_, code=2)
    assert "c-99" in run(*set_, "--id", "c-99", code=5)
    run(*set_, "--id", "c-17", "--until", "2199-12")
    assert "false-positive until 2199-12, said" in run("screen", str(file), "--threshold", "0.2")
    assert "c-17: 0 hits" in run("screen", str(file), "--threshold", "0.2", "--open")
    listed = json.loads(run("disposition", "list", "--party", "c-17", "--json"))
    assert (listed["entity"], listed["caption"]) == ("listed:1", "Grigory Antonovich Severin")
    run("disposition", "withdraw", "c-17", "listed:1", "--reason", "it is him")
    assert "said" not in run("screen", str(file), "--threshold", "0.2")
    assert workspace.verify() == []
