"""A report is kept, edited, restored, compared with the records of another day, and goes out in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.assessment import hypotheses
from counterflow.cli import main
from counterflow.errors import NotFound
from counterflow.workspace import Workspace

HARBOUR = Path(__file__).parents[1] / "fixtures" / "case" / "harbour"
QUESTION = {
    "id": "sells", "title": "Does Nine Trading sell arms?",
    "hypotheses": {"yes": "Nine Trading sells arms", "no": "Nine Trading sells no arms"},
    "evidence": [
        {"id": "seen", "text": "It sold some", "cites": ["harbour:r-2"], "ratings": {"yes": "CC", "no": "II"}},
        {"id": "denied", "text": "Denied", "cites": ["harbour:r-3"], "ratings": {"yes": "I", "no": "C"}},
    ],
}  # fmt: skip


def run(workspace: Path, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["--workspace", str(workspace), *arguments])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A workspace of a small invented case, with a question."""
    path = tmp_path / "w"
    workspace = Workspace.create(path, case="harbour:office")
    workspace.ingest(HARBOUR)
    workspace.write_hypotheses(hypotheses.of(QUESTION))
    workspace.close()
    return path


def test_kept_edited_and_run_again(copied: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(copied)
    client = TestClient(create_app(workspace, hosts=["testserver"]), base_url="http://testserver")
    whole = client.get("/api/report").json()
    sentence = next(s for x in whole["sections"] for p in x["paragraphs"] for s in p["sentences"] if s["claim_ids"])
    words = sentence["text"].rstrip(".") + ", by public accounts."
    first = client.post("/api/report/versions", json={"name": "weekly"}).json()
    assert first == {"name": "weekly", "number": 1, "problems": []}
    edits = {"sentences": {sentence["id"]: words}}
    asked = client.post("/api/report/lint", json={"saved": "weekly", "edits": edits})
    assert asked.json() == {"problems": []}
    bad = {"sentences": {sentence["id"]: "It is likely that 77 heads took over."}}
    assert len(client.post("/api/report/lint", json={"edits": bad}).json()["problems"]) >= 1
    assert client.post("/api/report/versions", json={"name": "weekly", "of": 1, "edits": bad}).status_code == 400
    second = client.post("/api/report/versions", json={"name": "weekly", "of": 1, "edits": edits, "note": "softer"})
    assert second.json()["number"] == 2
    told = client.get("/api/report/versions").json()["versions"]
    assert [(v["number"], v["edited"], v["note"]) for v in told] == [(1, 0, ""), (2, 1, "softer")]
    assert all(v["by"] and v["at"] for v in told)
    assert words in client.get("/api/report.md?saved=weekly").text
    assert words not in client.get("/api/report.md?saved=weekly@1").text
    assert any("Nine Trading sells arms" in str(x) for x in whole["sections"] if x["heading"] == "Rival hypotheses")
    for format, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype"), ("json", b"{")):
        made = client.get(f"/api/report.{format}?saved=weekly@2")
        assert made.content.startswith(begins) and "sandbox" in made.headers["content-security-policy"]
    own = client.get("/api/report/changes?saved=weekly@2&against=generated").json()
    assert [(c["before"], c["after"]) for c in own["changes"]] == [(sentence["text"], words)]
    assert client.get("/api/report/changes?saved=weekly@2").json()["changes"] == [], "the records are the same"
    restored = client.post("/api/report/versions", json={"name": "weekly", "of": 1}).json()["number"]
    assert restored == 3 and words not in client.get("/api/report.md?saved=weekly").text

    tip = tmp_path / "tip.ftm.json"
    rows = [
        {"id": "p", "schema": "Person", "properties": {"name": ["Pak Test Head"]}},
        {"id": "d", "schema": "Directorship",
         "properties": {"director": ["p"], "organization": ["harbour::office"], "role": ["head for a day"]}},
    ]  # fmt: skip
    tip.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    workspace.ingest(tip, reader="ftm", dataset="tip", label="TLP:AMBER")
    workspace.rate("sells", "denied", "yes", "II", "read again")
    workspace.close()

    changed = json.loads(run(copied, "report", "--changes", "weekly@2", "--json").stdout)
    added = [c for c in changed["changes"] if c["kind"] == "added" and "Pak Test Head" in c["after"]]
    assert added and added[0]["claims_new"] and "more claim" in added[0]["why"]
    assert not any(words == c["before"] for c in changed["changes"]), "what was reworded by hand is no change of fact"
    assert "Pak Test Head" in run(copied, "report", "--changes", "weekly@2").stdout

    # for whom it was written, and nobody else: the public has no version, and keeping one shows it to the public alone
    again = Workspace.open(copied)
    with pytest.raises(NotFound):
        again.view("public").report(saved="weekly")
    assert again.view("public").report_versions() == {"versions": []}
    again.keep_report("secret", audience="owner")
    again.close()
    assert "weekly@2" in run(copied, "report", "--kept").stdout
    assert "secret" not in run(copied, "--audience", "public", "report", "--kept").stdout
    file = tmp_path / "edited.md"
    text = run(copied, "report", "--saved", "weekly@2").stdout
    file.write_text(text, encoding="utf-8")
    run(copied, "report", "--saved", "weekly@2", "--lint", str(file))
    file.write_text(text.replace("## Endnotes", "The sky is blue.\n\n## Endnotes"), encoding="utf-8")
    refused = run(copied, "report", "--saved", "weekly@2", "--lint", str(file), code=1)
    assert "asserts without a claim: The sky is blue." in refused.output
    out = tmp_path / "report.docx"
    run(copied, "report", "--audience", "public", "--format", "docx", "--out", str(out))
    assert out.read_bytes().startswith(b"PK")
    assert "No version" in run(copied, "report", "--saved", "nothing", code=5).output
    assert "UTF-8" in run(copied, "report", "--lint", str(out), code=3).output
