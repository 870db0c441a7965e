"""Tear lines and redaction: more may read less, and what was left out is nowhere in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterflow.casework.redaction import redacted
from counterflow.cli import main
from counterflow.errors import NotFound, UnknownName, UsageError
from counterflow.testing.exporters import unpacked
from counterflow.workspace import Workspace


def test_a_tear_line_is_a_claim_like_any_other_to_who_may_not_read_the_original(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", title="Small")
    path = tmp_path / "tips.ftm.json"
    row = {"id": "1", "schema": "Person", "properties": {"name": ["Ann Aston"], "notes": ["Canary paid her on 3 May"]}}
    path.write_text(json.dumps(row))
    workspace.ingest(path, reader="ftm", dataset="tips", label="TLP:RED")
    scope = workspace.line("owner", True).scope
    rows = scope.run(scope.table("claims")).to_pylist()
    claim = next(row["claim_id"] for row in rows if row["property"] == "notes")
    with pytest.raises(UsageError, match="wider"):
        workspace.tear_line(claim, "x", "TLP:RED", reason="r")
    with pytest.raises(UsageError, match="same words"):
        workspace.tear_line(claim, "Canary paid her on 3 May", "TLP:CLEAR", reason="r")
    with pytest.raises(NotFound):
        workspace.tear_line(claim, "x", "TLP:CLEAR", reason="r", audience="public")
    made = workspace.tear_line(claim, "received money in spring", "TLP:CLEAR", reason="the source")
    assert made["subject"].startswith("statements:")  # nobody outside knows tips:1
    public = workspace.line("public", True).scope
    told = public.run(public.table("claims")).to_pylist()
    assert [row["value"] for row in told] == ["received money in spring"]
    assert "Canary" not in str(told)
    assert claim not in str(told)
    assert workspace.tear_lines(audience="public") == []
    assert workspace.tear_lines()[0]["original"] == claim
    workspace.close()


PAGES = (
    "Report on the firm.\n\nOur source Canary Bird,\nwho works there, saw the crates. The CANARY  bird is reliable.",
    "Nothing here.",
    "All of this is secret.",
)


@pytest.mark.parametrize("suffix", [".txt", ".pdf", ".docx"])
def test_a_redacted_document_does_not_hold_the_words_in_any_byte(tmp_path: Path, suffix: str) -> None:
    workspace = Workspace.create(tmp_path / "w", title="Small")
    path = tmp_path / "report of Canary Bird.txt"
    path.write_text("\f".join(PAGES))
    workspace.ingest(path, label="TLP:GREEN")
    id = workspace.view().documents()["documents"][0]["id"]
    with pytest.raises(UsageError):
        workspace.redact(id, 1, "not there", "SRC")
    with pytest.raises(UnknownName, match="SRC"):
        workspace.redact(id, 1, "source", "SCR")
    workspace.redact(id, 1, "Canary Bird", "SRC", reason="protects the source")
    out = tmp_path / f"out{suffix}"
    done = CliRunner().invoke(main, ["--workspace", str(workspace.path), "redact", id, "--page", "1",
                                     "--text", "who works there", "--code", "b7D", "--out", str(out)])  # fmt: skip
    assert done.exit_code == 0, done.output
    content = unpacked(out.read_bytes())
    for words in (b"canary", b"bird", b"works there"):
        assert words not in content.lower()
    assert b"crates" in content
    assert b"R1 SRC" in content.replace(b"\n", b" ")
    workspace.close()


def test_a_passage_that_is_taken_back_stays_in_and_what_was_written_of_it_is_kept(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", title="Small")
    path = tmp_path / "report.txt"
    path.write_text("\f".join(PAGES))
    workspace.ingest(path, label="TLP:GREEN")
    id = workspace.view().documents()["documents"][0]["id"]
    with pytest.raises(UsageError, match="not taken out"):
        workspace.keep_in(id, 1, "Canary Bird", reason="never was out")
    workspace.redact(id, 1, "Canary Bird", "SRC")
    workspace.redact(id, 1, "who works there", "b6")
    workspace.redact(id, 1, "", "b1")
    with pytest.raises(UsageError, match="why"):
        workspace.keep_in(id, 1, "Canary Bird", reason=" ")
    with pytest.raises(NotFound):
        workspace.keep_in(id, 1, "Canary Bird", reason="r", audience="public")
    workspace.keep_in(id, 1, "canary  bird", reason="he agrees")
    done = CliRunner().invoke(main, ["--workspace", str(workspace.path), "redact", id, "--page", "1", "--back",
                                     "--reason", "known by now"])  # fmt: skip
    assert done.exit_code == 0, done.output
    told = workspace.redaction(id)
    assert [(p["words"], p["code"]) for p in told["passages"]] == [("who works there", "b6")]
    assert "Canary Bird" in told["pages"][0]["text"]
    assert "All of this is secret." in told["pages"][0]["text"]
    out = tmp_path / "out.txt"
    assert workspace.redacted(id, out)["marks"] == 1
    assert "Canary Bird" in out.read_text()
    written = [row["content"] for row in workspace.line(None, True).writings("redaction")]
    assert [(w["words"], w["code"], w["reason"]) for w in written if w["words"] == "Canary Bird"] == [
        ("Canary Bird", "SRC", ""), ("Canary Bird", "", "he agrees")]  # fmt: skip
    workspace.redact(id, 1, "Canary Bird", "SRC")  # and out again
    assert len(workspace.redaction(id)["passages"]) == 2
    workspace.close()


def test_marks_have_one_width_numbers_and_pages_and_the_longest_passage_goes_first() -> None:
    pages = [{"page": n, "text": text, "label_id": "l"} for n, text in enumerate(PAGES, 1)]
    rows = [{"page": 1, "words": "Canary", "code": "SRC"}, {"page": 1, "words": "Canary Bird", "code": "b6"},
            {"page": 3, "words": "", "code": "b1"}]  # fmt: skip
    found = redacted("Of the canary bird", pages, rows)
    assert [m["code"] for m in found["marks"]] == ["b6", "b6", "b1", "b6"]
    assert [p["page"] for p in found["pages"]] == [1, 2, 3]
    assert found["pages"][2]["text"] == "█████ [R3 b1]"
    assert "anary" not in str(found)
