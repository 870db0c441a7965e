"""Rival hypotheses from the command line and over HTTP: weigh, leave out, rate; who rated stays on record."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from fastapi.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.cli import main
from counterflow.workspace import Workspace
from stories.conftest import rows


def run(workspace: Path, *arguments: str, code: int = 0) -> str:
    """In this process: a start of Python for each verb would cost more than the verbs."""
    done = CliRunner().invoke(main, ["--workspace", str(workspace), "hypotheses", *arguments])
    assert done.exit_code == code, done.output
    return done.output if code else done.stdout


def test_from_the_command_line(copied: Path, tmp_path: Path) -> None:
    listed = {q["id"]: q for q in rows(run(copied, "list", "--json"))}
    assert {"office-38", "illicit-income"} <= listed.keys()
    assert "No preference" in run(copied, "show", "office-38")
    file = tmp_path / "again.yaml"
    file.write_text(run(copied, "write", "office-38").replace("office-38", "again", 1), encoding="utf-8")
    run(copied, "load", str(file))
    run(copied, "rate", "again", "kyodo-2012", "merged", "CC", "--reason", "read once more")
    shown = rows(run(copied, "show", "again", "--json"))[0]
    rating = next(i for i in shown["evidence"] if i["id"] == "kyodo-2012")["ratings"]["merged"]
    assert rating["rating"] == "CC" and rating["reason"] == "read once more" and rating["by"]
    file.write_text("id: x\ntitle: T\nhypotheses: {a: one}\n", encoding="utf-8")
    assert "at least two" in run(copied, "load", str(file), code=3)


def test_over_http(copied: Path) -> None:
    workspace = Workspace.open(copied)
    client = TestClient(create_app(workspace, hosts=["testserver"]), base_url="http://testserver")
    whole = client.get("/api/hypotheses/illicit-income").json()
    assert whole["handling"] == "TLP:CLEAR" and all(i["claim_ids"] for i in whole["evidence"])
    item, origin = whole["evidence"][0]["id"], whole["origins"][0]["id"]
    less = client.get("/api/hypotheses/illicit-income", params={"without": [item, origin]}).json()
    assert less["without"] == sorted([item, origin])
    moved = client.get("/api/hypotheses/illicit-income", params={"without": "theft-2024"}).json()
    expected = next(i for i in whole["evidence"] if i["id"] == "theft-2024")["sensitivity"]
    assert moved["hypotheses"][0]["id"] == expected["leader"], "the foretold effect is what leaving it out does"
    assert client.get("/api/hypotheses/illicit-income", params={"without": "nobody"}).status_code == 400
    given = {"item": "coal-stops", "hypothesis": "crypto", "rating": "I", "reason": "second thoughts"}
    done = client.post("/api/hypotheses/illicit-income/ratings", json=given)
    assert done.status_code == 200
    entry = workspace.store.casebook.audit_entries()
    assert any(json.loads(e["detail"]).get("key") == "illicit-income/coal-stops/crypto" for e in entry)
    assert workspace.store.casebook.verify_audit() == []
    workspace.close()
