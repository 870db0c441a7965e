"""A process that is killed leaves a workspace that opens, is as committed, and goes on where it was."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stories.conftest import counterflow, rows

COMPANIES = 6000


def killed(workspace: Path, *arguments: str, after: float) -> bool:
    """Run a verb and kill it after so many seconds. True: it was still at work."""
    command = [sys.executable, "-m", "counterflow", "--workspace", str(workspace), *arguments]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    running = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    return running


@pytest.mark.slow
def test_a_killed_ingest_leaves_all_or_nothing(tmp_path: Path) -> None:
    workspace, path = tmp_path / "w", tmp_path / "firms.ftm.json"
    lines = [
        {"id": f"c{i}", "schema": "Company", "properties": {"name": [f"Firm {i}"], "country": ["kp"]}}
        for i in range(COMPANIES)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    counterflow(workspace, "init")
    interrupted = 0
    for after in (0.3, 0.6, 0.9, 1.2, 1.5):
        interrupted += killed(workspace, "ingest", str(path), after=after)
        assert json.loads(counterflow(workspace, "verify", "--json"))["ok"]
        claims = sum(d["claims"] for d in rows(counterflow(workspace, "sources", "--json")))
        assert claims in (0, 2 * COMPANIES), "half of a file has been taken in"
    assert interrupted, "no process was killed at work: this proved nothing"
    report = rows(counterflow(workspace, "ingest", str(path), "--json"))[0]
    assert report["claims"] == 2 * COMPANIES
    assert not list((workspace / "ledger").rglob(".writing-*"))


@pytest.mark.slow
def test_a_killed_run_is_simply_run_again(copied: Path) -> None:
    whole = {p.name: p.read_bytes() for p in (copied / "derived").rglob("*.parquet")}
    shutil.rmtree(copied / "derived")
    for after in (0.5, 1.5, 2.5):
        killed(copied, "run", after=after)
    counterflow(copied, "run")
    again = {p.name: p.read_bytes() for p in (copied / "derived").rglob("*.parquet")}
    assert again.keys() <= whole.keys() and again
    assert not list((copied / "derived").rglob(".*"))
    assert json.loads(counterflow(copied, "verify", "--json"))["ok"]
