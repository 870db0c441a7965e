"""The audit log from the command line: read, signed, proved to somebody else, altered, purged."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterflow.cli import main


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    table = tmp_path / "payments.csv"
    table.write_text(
        "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
        "P1,2017-05-01T10:00:00Z,B1,A1,B2,A2,100,USD\n"
    )
    for arguments in (["init"], ["ingest", str(table)], ["doctor"]):
        assert run(folder, *arguments).exit_code == 0
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--workspace", str(folder), *arguments])


def test_the_log_is_read_signed_and_proved(workspace: Path, tmp_path: Path) -> None:
    printed = [json.loads(line) for line in run(workspace, "audit", "log", "--json").stdout.splitlines()]
    assert [e["action"] for e in printed][:1] == ["ingest"]
    assert printed[-1]["action"] == "audit log"  # reading it is an entry too
    key = run(workspace, "audit", "head", "--key").stdout.strip()
    proof = tmp_path / "proof.json"
    proof.write_text(run(workspace, "audit", "prove", "0").stdout)
    shown = run(tmp_path / "elsewhere", "audit", "check", str(proof), "--key", key)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("Entry 0 of ")
    proof.write_text(proof.read_text().replace("ingest", "export"))
    assert run(tmp_path / "elsewhere", "audit", "check", str(proof), "--key", key).exit_code == 2


def test_a_changed_log_does_not_pass(workspace: Path, tmp_path: Path) -> None:
    file, head = tmp_path / "log.jsonl", tmp_path / "head"
    head.write_text(run(workspace, "audit", "export", str(file)).stdout)
    key = run(workspace, "audit", "head", "--key").stdout.strip()
    away = ("audit", "verify", str(file), "--head", str(head), "--key", key)
    assert "as they were signed" in run(tmp_path / "elsewhere", *away).stdout
    assert b"payments.csv" not in file.read_bytes()  # sealed
    assert run(workspace, "audit", "verify", "--head", str(head), "--key", key).exit_code == 0
    with sqlite3.connect(workspace / "casebook.sqlite") as db:
        db.execute("UPDATE audit_log SET leaf = replace(leaf, 'ingest', 'export') WHERE n = 0")
    for arguments in (["audit", "verify"], ["verify"]):
        failed = run(workspace, *arguments)
        assert failed.exit_code == 6
        assert "audit entry 0 is not as it was appended" in failed.output
    file.write_bytes(file.read_bytes().replace(b"ingest", b"export", 1))
    failed = run(tmp_path / "elsewhere", *away)
    assert failed.exit_code == 3
    assert "log.jsonl: The " in failed.output


def test_the_key_is_replaced_and_whoever_kept_the_old_one_is_told_the_new_one(workspace: Path, tmp_path: Path) -> None:
    away, head, note = tmp_path / "elsewhere", tmp_path / "head", tmp_path / "note"
    head.write_text(run(workspace, "audit", "head").stdout)
    old = run(workspace, "audit", "head", "--key").stdout.strip()
    assert run(workspace, "--audience", "partner", "audit", "rotate", "--reason", "x").exit_code == 2
    note.write_text(run(workspace, "audit", "rotate", "--reason", "a year is over").stdout)
    new = run(workspace, "audit", "head", "--key").stdout.strip()
    assert run(away, "audit", "successor", str(note), "--key", old).stdout.strip() == new
    assert run(away, "audit", "successor", str(note), "--key", new).exit_code == 2
    for key in (old, new):
        found = run(workspace, "audit", "verify", "--head", str(head), "--key", key)
        assert found.exit_code == 0, found.output


@pytest.mark.parametrize("held", [b"\x00\xffgarbage", b"some text\n"])
@pytest.mark.parametrize("verb", [("successor",), ("verify", "--head")])
def test_a_file_that_is_no_note_is_named(workspace: Path, tmp_path: Path, verb: tuple[str, ...], held: bytes) -> None:
    broken = tmp_path / "note"
    broken.write_bytes(held)
    shown = run(
        workspace, "audit", *verb, str(broken), "--key", run(workspace, "audit", "head", "--key").stdout.strip()
    )
    assert shown.exit_code > 1 and isinstance(shown.exception, SystemExit)
    assert "is no " in shown.stderr


def test_only_an_owner_reads_it_and_the_attempt_is_on_it(workspace: Path) -> None:
    refused = run(workspace, "--audience", "partner", "audit", "log")
    assert refused.exit_code == 2
    assert "'partner' is not" in refused.output
    last = json.loads(run(workspace, "audit", "log", "--json").stdout.splitlines()[-2])
    assert (last["action"], last["detail"]["audience"]) == ("audit log", "partner")


def test_shredding_says_what_it_did(workspace: Path) -> None:
    found = run(workspace, "audit", "shred", "--before", "2020-01", "--reason", "five years are over")
    assert found.exit_code == 0
    assert "nothing so old" in found.stderr
    entry = json.loads(run(workspace, "audit", "log", "--json").stdout.splitlines()[-2])
    assert entry["detail"]["reason"] == "five years are over"
    refused = run(workspace, "audit", "shred", "--before", "soon", "--reason", "x")
    assert refused.exit_code == 2
