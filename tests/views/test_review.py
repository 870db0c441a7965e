"""The review queue, on three small lists of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.workspace import Workspace

BORN = {"birthDate": ["1961-04-03"]}
LISTS: dict[str, list[dict[str, Any]]] = {
    "lista": [
        {"id": "1", "schema": "Person", "properties": {"name": ["Ri Man Gon"], "topics": ["sanction"], **BORN}},
        {"id": "2", "schema": "Company", "properties": {"name": ["Tanchon Harbour Trading"], "country": ["kp"]}},
        {"id": "3", "schema": "Person", "properties": {"name": ["Zoltan Kekvirag"]}},
        {
            "id": "own",
            "schema": "Ownership",
            "properties": {"owner": ["lista::1"], "asset": ["2"], "percentage": ["60"]},
        },
    ],
    "listb": [
        {"id": "1", "schema": "Person", "properties": {"name": ["Ri Man Gon"], **BORN}},
        {"id": "2", "schema": "Company", "properties": {"name": ["Tanchon Harbour Trading"], "country": ["cn"]}},
        {"id": "3", "schema": "Person", "properties": {"name": ["Zoltan Kekvirag"]}},
    ],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    workspace = Workspace.create(folder / "counterflow.d")
    for name, rows in LISTS.items():
        path = folder / f"{name}.ftm.json"
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        workspace.ingest(path, reader="ftm", dataset=name)
    workspace.close()
    return folder / "counterflow.d"


@pytest.fixture
def workspace(made: Path) -> Iterator[Workspace]:
    found = Workspace.open(made)
    yield found
    found.close()


def told(workspace: Workspace, **how: Any) -> list[dict[str, Any]]:
    pairs: list[dict[str, Any]] = workspace.view().review(**how)["pairs"]
    return pairs


def test_what_hangs_on_it_comes_before_what_is_merely_unsure(workspace: Workspace) -> None:
    pairs = told(workspace)
    assert [p["value"] for p in pairs] == sorted((p["value"] for p in pairs), reverse=True)
    for pair in pairs:
        risk = 1 - pair["probability"] if pair["outcome"] == "joined" else pair["probability"]
        assert pair["risk"] == pytest.approx(risk, abs=1e-6)
        assert pair["value"] == pytest.approx(pair["risk"] * (1 + sum(pair["consequence"].values())), abs=1e-5)
        assert pair["sentence"] and pair["features"]
    held = next(p for p in pairs if p["left"]["subject"] == "lista:2")
    plain = next(p for p in pairs if p["left"]["subject"] == "lista:3")
    assert held["consequence"]["control"] > 0 and "control" not in plain["consequence"]
    assert "listed" not in plain["consequence"]


def test_portions_and_filters(workspace: Workspace) -> None:
    everything = told(workspace)
    assert told(workspace, limit=1, offset=1) == everything[1:2]
    assert told(workspace, entity="listb:3") == [p for p in everything if p["right"]["subject"] == "listb:3"]
    assert {p["outcome"] for p in told(workspace, outcome="open")} <= {"open"}
    with pytest.raises(UsageError, match="outcome"):
        told(workspace, outcome="closed")
    with pytest.raises(NotFound):
        told(workspace, entity="listb:9")


def test_a_judged_pair_leaves_the_queue_and_comes_back_when_withdrawn(workspace: Workspace) -> None:
    before = told(workspace)
    pair = next(p for p in before if p["outcome"] == "open")
    ids = (pair["left"]["subject"], pair["right"]["subject"])
    workspace.judge(*ids, "same", "seen both files")
    assert ids not in {(p["left"]["subject"], p["right"]["subject"]) for p in told(workspace)}
    assert workspace.view().judgements()["judgements"][0]["verdict"] == "same"
    assert workspace.view().entity(ids[0])["id"] == workspace.view().entity(ids[1])["id"]
    workspace.judge(*ids, "withdrawn", "asked again")
    assert told(workspace) == before


def test_from_the_command_line(workspace: Workspace) -> None:
    run = CliRunner().invoke(main, ["--workspace", str(workspace.path), "review", "--json"])
    assert run.exit_code == 0, run.output
    assert [json.loads(line) for line in run.stdout.splitlines()] == told(workspace)
    run = CliRunner().invoke(main, ["--workspace", str(workspace.path), "review"])
    assert "probability" in run.stdout and "lista:2" in run.stdout
    run = CliRunner().invoke(main, ["--workspace", str(workspace.path), "review", "--ask"])
    assert run.exit_code == 2 and "terminal" in run.output
    run = CliRunner().invoke(main, ["--workspace", str(workspace.path), "judgements"])
    assert run.exit_code == 0 and run.stdout == ""
