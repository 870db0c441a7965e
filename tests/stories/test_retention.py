"""Five years are over: reviewed and kept, or purged from every place where it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from counterflow.casework.retention import later
from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import TLP, Label
from counterflow.storage.catalogue import batches
from counterflow.storage.writings import write
from counterflow.workspace import Workspace

NAME, OTHER = "Severin Unforgotten", "Okonkwo Remaining"
ROWS = [
    {"id": "1", "schema": "Person", "properties": {"name": [NAME], "birthDate": ["1961-03-02"]}},
    {"id": "2", "schema": "Person", "properties": {"name": [OTHER]}},
    {"id": "3", "schema": "Family", "properties": {"person": ["1"], "relative": ["2"], "relationship": ["brother"]}},
    {"id": "4", "schema": "Nonsense", "properties": {"name": [NAME]}},
]


def workspace_of(folder: Path) -> Workspace:
    workspace = Workspace.create(folder / "w", title="Small")
    path = folder / "people.ftm.json"
    path.write_text("\n".join(json.dumps(row) for row in ROWS))
    workspace.ingest(path, reader="ftm", dataset="people", label="TLP:GREEN")
    return workspace


def anywhere(folder: Path, text: str) -> list[str]:
    """Files of a workspace that hold a text, Parquet unpacked."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += str(pq.read_table(path).to_pydict()).encode()
        if text.encode() in content:
            found.append(str(path.relative_to(folder)))
    return found


def test_who_purges_is_told_of_nothing_that_they_could_not_read(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    secret = Label(TLP.RED, readers=frozenset({"kim"}))
    casebook = workspace.store.casebook
    said = {"left": "people:1", "right": "people:2", "verdict": "different", "by": "kim", "at": "2026-01-01"}
    casebook.judge({**said, "reason": f"{NAME} is somebody else"}, secret, "kim")
    write(casebook, [("note", "n", {"about": "people:1"})], [[secret]], "kim")
    with casebook.changing() as tx:  # as where the file also had rows that only kim may read
        [batch] = casebook.batches()
        tx.execute(sa.update(batches).values(labels=json.dumps([*batch["labels"], secret.id])))
    told = workspace.purge(["people:1"], reason="r", audience="partner")
    assert (told["rows"]["claims"], told["originals"], told["judgements"], told["writings"]) == (5, 0, 0, 0)
    assert not casebook.judgements() and not casebook.writings("note") and anywhere(workspace.path, NAME) == []
    [entry] = [e for e in workspace.audit_entries("owner") if e["action"] == "purge"]
    detail = json.loads(entry["detail"])
    assert (detail["originals"], detail["judgements"], detail["writings"]) == (1, 1, 1)
    workspace.close()


def test_what_is_purged_is_nowhere_any_more_and_the_rest_stands(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    workspace.run()
    workspace.judge("people:1", "people:2", "different", f"{NAME} is somebody else")
    out = tmp_path / "a.json"
    workspace.view().export("ftm", out)
    assert anywhere(workspace.path, NAME)
    with pytest.raises(NotFound):
        workspace.purge(["people:9"], reason="r")
    with pytest.raises(UsageError):
        workspace.purge(reason="r")
    told = workspace.purge(["people:1"], reason="no predicate any more")
    assert told["rows"]["claims"] == 5  # two of his, three of the tie
    assert (told["originals"], told["judgements"]) == (1, 1)
    assert anywhere(workspace.path, NAME) == []
    assert workspace.verify() == []
    workspace.run()
    workspace.view().export("ftm", out)
    assert NAME not in out.read_text()
    assert OTHER in out.read_text()
    assert anywhere(workspace.path, NAME) == []
    graves = workspace.purged()
    assert len(graves) == 5
    assert {g["reason"] for g in graves} == {"no predicate any more"}
    assert [e["action"] for e in workspace.audit_entries("owner")].count("purge") == 1
    # the same file again brings nothing back, as it was read already
    workspace.ingest(tmp_path / "people.ftm.json", reader="ftm", dataset="people", label="TLP:GREEN")
    assert anywhere(workspace.path, NAME) == []
    workspace.close()


def test_a_dataset_is_due_after_five_years_unless_reviewed(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["--workspace", str(workspace.path), *arguments])
        assert done.exit_code == code, done.output
        return done.stdout

    assert workspace.retention_due() == []
    [row] = workspace.retention_due("2036-01-01")
    assert (row["dataset"], row["records"], row["handling"]) == ("people", 7, "TLP:GREEN")
    assert row["due"] == later(row["recorded"], 5)
    assert "people" in run("retention", "due", "--on", "2036-01-01")
    run("retention", "review", "people", "--keep", "--reason", "case open", "--predicate", "charged in 2026")
    assert len(workspace.retention_due("2036-01-01")) == 1
    assert workspace.retention_due("2031-11-01") == []
    run("retention", "purge", "--dataset", "people", "--reason", "closed", "--yes")
    assert "closed" in run("retention", "purged")
    assert anywhere(workspace.path, OTHER) == []
    assert workspace.verify() == []
    assert workspace.retention_due("2099-01-01") == []
    workspace.close()


def test_five_years_after_a_leap_day() -> None:
    assert later("2024-02-29", 5) == "2029-03-01"
    assert later("2024-02-29", 4) == "2028-02-29"
    assert later("2026-11-30T10", 5) == "2031-11-30"
