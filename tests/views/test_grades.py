"""The table from grades to probabilities: tried without being kept, changed for the workspace, fitted."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from counterflow import config
from counterflow.api.app import create_app
from counterflow.assessment import hypotheses
from counterflow.errors import InputError
from counterflow.workspace import Workspace
from stories.test_reports import HARBOUR, QUESTION


def test_a_table_is_tried_then_put_in_force(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", case="harbour:office")
    workspace.ingest(HARBOUR)
    workspace.write_hypotheses(hypotheses.of(QUESTION))
    client = TestClient(create_app(workspace, hosts=["testserver"]))
    before = client.get("/api/grades").json()
    assert before["own"] == {}
    assert before["probability"] == before["shipped"]
    settings = (tmp_path / "w" / "counterflow.toml").read_text(encoding="utf-8")

    cells = dict.fromkeys(before["shipped"], 0.5)  # every grade as good as a coin
    tried = client.post("/api/grades/trial", json={"grades": cells}).json()
    assert sum(tried["claims"].values()) > 0
    [question] = tried["questions"]
    now, then = zip(*(h["probability"] for h in question["hypotheses"]), strict=True)
    assert now != then
    assert len(set(then)) == 1, "coins speak for nobody"
    assert client.get("/api/grades").json() == before, "nothing is kept"

    done = client.put("/api/grades", json={"grades": cells})
    assert done.status_code == 200
    assert done.json()["own"] == cells
    id = question["id"]
    found = client.get(f"/api/hypotheses/{id}").json()
    assert {h["probability"] for h in found["hypotheses"]} == set(then)
    assert Workspace.open(tmp_path / "w").settings.grades == cells, "it is kept"
    assert any(e["action"] == "grades" for e in workspace.store.casebook.audit_entries())

    assert client.put("/api/grades?audience=public", json={"grades": {}}).status_code == 400
    assert client.put("/api/grades", json={"grades": {"G1": 0.5}}).status_code == 422
    assert client.put("/api/grades", json={"grades": {"A1": 1.0}}).status_code == 422
    assert client.put("/api/grades", json={"grades": {}}).json() == before
    assert (tmp_path / "w" / "counterflow.toml").read_text(encoding="utf-8") == settings
    workspace.close()


def test_what_stands_around_the_cells_stays(tmp_path: Path) -> None:
    path = tmp_path / "counterflow.toml"
    path.write_text('title = "A"  # ours\n\n[grades]\nA1 = 0.9\n\n[typologies.x]\nenabled = false\n', encoding="utf-8")
    config.write_grades(path, {"B2": 0.7})
    text = path.read_text(encoding="utf-8")
    assert "# ours" in text
    found = config.load(path)
    assert dict(found.grades) == {"B2": 0.7}
    assert found.typologies == {"x": {"enabled": False}}
    with pytest.raises(InputError, match="no grade"):
        config.write_grades(path, {"Z9": 0.5})
    assert path.read_text(encoding="utf-8") == text


def test_known_claims_fit_a_table_and_score_it(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    client = TestClient(create_app(workspace, hosts=["testserver"]))
    rows = [f"f{n},o{n % 7},B2,yes,{'yes' if n % 5 else 'no'}" for n in range(200)]
    found = client.post("/api/grades/fit", json={"text": "\n".join(["fact,origin,grade,says,true", *rows])}).json()
    assert found["probability"]["B2"] == pytest.approx(0.8, abs=0.06)
    assert found["scored"]["facts"] > 50
    refused = client.post("/api/grades/fit", json={"text": "fact,origin\n"})
    assert refused.status_code == 422
    assert "grade" in refused.json()["detail"]
    workspace.close()
