"""Files are screened from the command line, kept and screened again; a line that cannot be asked is answered too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.entities.evidence.verdicts import MATCH, SHOWN
from counterflow.workspace import Workspace
from stories.conftest import LIST, ingest, rows

Answers = Callable[..., list[dict[str, Any]]]

LINES = [
    '{"id": "both", "schema": "Person", "properties": {"name": ["Grigory Severin"], "birthDate": ["1961-03-02"]}}',
    '{"id": "name", "properties": {"name": "Mariam Okonkwo"}}',
    "no JSON",
    '{"id": "kind", "schema": "Persn", "properties": {"name": ["Mariam Okonkwo"]}}',
    '{"id": "empty", "properties": {}}',
    '{"id": "date", "properties": {"name": ["Mariam\\u0000 Okonkwo"], "birthDate": ["yesterday"]}}',
    '["a", "list"]',
    '{"id": "nobody", "schema": "Person", "properties": {"name": ["Ana Lopes"]}}',
]
TABLE = """customer no;Full name;DOB;shoe size
c-1;Severin, Grigory Antonovich;2 March 1961;44
c-2;Ana Lopes;;
c-3;;;
"""


@pytest.fixture
def workspace(listed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(listed, tmp_path / "counterflow.d"))


def run(workspace: Path, *arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["--workspace", str(workspace), *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_lines_of_json_are_answered_in_order_good_and_bad(listed: Path, tmp_path: Path) -> None:
    found = rows(run(listed, "screen", written(tmp_path, "q.jsonl", "\n".join(LINES)), "--json"))
    assert [a["id"] for a in found] == ["both", "name", "line 3", "kind", "empty", "date", "line 7", "nobody"]
    of = {a["id"]: a for a in found}
    assert [id for id, a in of.items() if "error" in a] == ["line 3", "kind", "empty", "line 7"]
    assert "Person" in of["kind"]["error"]  # what was meant
    assert "yesterday" in of["date"]["problems"][0]
    assert of["nobody"] == {"id": "nobody", "results": []}
    (confirmed,), (alone,) = of["both"]["results"], of["name"]["results"]
    assert set(confirmed) >= {"id", "caption", "schema", "score", "probability", "match", "referents", "entries"}
    assert (confirmed["match"], confirmed["explanation"]["standing"]) == (True, "confirmed")
    assert (alone["match"], alone["explanation"]["standing"]) == (True, "same name")
    assert alone["probability"] < 0.7 < 0.95 < confirmed["probability"]
    assert alone["explanation"]["thresholds"] == {"match": MATCH, "possible": SHOWN}
    least = rows(run(listed, "screen", tmp_path / "q.jsonl", "--json", "--threshold", "0.9"))
    assert [a["id"] for a in least if a["results"]] == ["both"]


def test_a_table_is_screened_by_what_its_headings_mean(listed: Path, tmp_path: Path) -> None:
    found = rows(run(listed, "screen", written(tmp_path, "q.csv", TABLE), "--json"))
    assert [len(a["results"]) for a in found] == [1, 0, 0]
    assert found[0]["results"][0]["id"] == "listed:1"
    assert "shoe size" in found[0]["problems"][-1]
    assert "error" in found[2]
    text = run(listed, "screen", tmp_path / "q.csv")
    assert "Grigory Antonovich Severin" in text
    assert "confirmed" in text


def test_what_cannot_be_read_at_all_says_so(listed: Path, tmp_path: Path) -> None:
    run(listed, "screen", tmp_path / "none.csv", code=3)
    run(listed, "screen", written(tmp_path, "q.csv", "a,b\n1,2\n"), code=3)
    run(listed, "screen", "Severin", "--threshold", "7", code=2)
    run(listed, "screen", "Severin", "--keep", "one-name", code=2)
    run(listed, "rescreen", "never-kept", code=5)


def test_kept_customers_are_told_what_changed(workspace: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "q.jsonl", "\n".join(LINES))
    first = rows(run(workspace, "screen", file, "--keep", "retail", "--json"))
    assert [a["id"] for a in first if a["appeared"]] == ["both", "name", "date"]
    assert sum("error" in a for a in first) == 4
    assert [a["id"] for a in rows(run(workspace, "rescreen", "retail", "--json")) if "error" not in a] == []

    made = Workspace.open(workspace)
    renamed = {**LIST[0], "properties": {**LIST[0]["properties"], "alias": ["Grigory Severin"]}}
    fresh = {"id": "3", "schema": "Person", "properties": {"name": ["Ana Lopes"]}}
    ingest(made, tmp_path, [renamed, fresh], accept=True)
    made.run()
    made.close()
    told = {a["id"]: a for a in rows(run(workspace, "rescreen", "retail", "--json"))}
    assert told["nobody"]["appeared"] == ["listed:3"]
    assert told["both"]["changed"] == ["listed:1"]
    assert "name" not in told
    everyone = rows(run(workspace, "rescreen", "retail", "--all", "--json"))
    assert [a["id"] for a in everyone] == [a["id"] for a in first]

    fewer = written(tmp_path, "fewer.jsonl", LINES[0])
    gone = rows(run(workspace, "rescreen", "retail", fewer, "--json"))
    of = {a["id"]: a for a in gone}
    assert {id for id, a in of.items() if a.get("removed")} == {a["id"] for a in first} - {"both"}
    assert of["nobody"]["gone"] == ["listed:3"]
