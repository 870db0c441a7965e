"""The server killed under concurrent writes, a disk that is full, a clock that jumps: nothing acknowledged is lost."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest

from counterflow import clock
from counterflow.errors import CounterflowError
from counterflow.testing.noninterference import build
from counterflow.workspace import Workspace


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    sys.modules.pop("crashes", None)
    from crashes import run  # type: ignore[import-not-found]

    outcome = run(tmp_path, kills=2, writers=4)
    assert outcome.acknowledged >= 2
    assert outcome.lost == outcome.wrong == []


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    world = build(tmp_path / "world", 1, hidden=None)
    workspace = Workspace.open(world.folder)
    casebook = workspace.store.casebook
    workspace.audit("before", {})
    with casebook.engine.connect() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
    from sqlalchemy import event

    @event.listens_for(casebook.engine, "checkout")
    def _full(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    def fill() -> None:
        for n in range(10_000):
            workspace.audit("filling", {"n": n, "text": "x" * 5_000})

    with pytest.raises(CounterflowError, match="disk is full"):
        fill()
    event.remove(casebook.engine, "checkout", _full)
    casebook.engine.dispose()
    with casebook.engine.connect() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count=1000000")
    workspace.audit("after", {})
    told = [entry["action"] for entry in casebook.audit_entries()]
    assert "before" in told
    assert told[-1] == "after"
    assert casebook.verify_audit() == []
    workspace.close()


def test_the_log_keeps_its_order_and_its_times_when_the_clock_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path / "world", 1, hidden=None)
    workspace = Workspace.open(world.folder)
    monkeypatch.setattr(clock, "_anchor", [*clock._anchor])
    times = [dt.datetime.fromisoformat(f"{day}T00:00:00Z") for day in ("2031-01-01", "2019-05-05", "2031-12-01")]
    before = len(workspace.store.casebook.audit_entries())
    for n, time in enumerate(times):
        monkeypatch.setattr(clock, "_system", lambda time=time: time)
        workspace.audit("step", {"n": n})
    entries = workspace.store.casebook.audit_entries()[before:]
    assert [entry["detail"] for entry in entries] == [f'{{"n":{n}}}' for n in range(3)]
    assert [entry["at"][:7] for entry in entries] == ["2031-01", "2031-01", "2031-12"]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert workspace.store.casebook.verify_audit() == []
    workspace.close()
