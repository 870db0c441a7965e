"""A disk that is really full: a small file system in memory where this may be mounted, else a limit on what may be
written. It is said in words, nothing is half there, and all goes on when there is room again."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.house import House
from counterflow.api.app import create_app
from counterflow.errors import NoRoom
from counterflow.workspace import Workspace

SIZE = 16_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(where)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here; test_crashes.py fills a database instead")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)


def filled(disk: Path, left: int = 0) -> Path:
    """A file that takes all the room but so many bytes."""
    filler = disk / "filler"
    filler.write_bytes(b"x" * max(0, shutil.disk_usage(disk).free - left))
    return filler


def test_cases_ingest_and_the_log_on_a_full_disk_and_after(disk: Path, tmp_path: Path) -> None:
    house = House(disk)
    house.add("Ann", "supervisor", ceiling="TLP:RED")
    ann = house.come_in("Ann")
    opened = {"title": "A ship", "purpose": "aml", "basis": "mandate"}
    case = ann.post("/api/cases", json=opened).json()["id"]
    note = {"kind": "note", "fields": {"text": "n" * 5_000}}
    before = ann.get(f"/api/cases/{case}").json()
    file = tmp_path / "people.jsonl"
    rows = ({"id": f"x{n}", "schema": "Person", "properties": {"name": [f"N{n} {'z' * 200}"]}} for n in range(1_000))
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    filler = filled(disk)
    answers = [ann.post(f"/api/cases/{case}/rows", json=note) for _ in range(3)]
    answers += [ann.get(f"/api/cases/{case}"), ann.get("/api/report.md"), ann.post("/api/cases", json=opened)]
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]) == (507, "NoRoom"), answer.text
        assert str(disk) not in answer.text
    with pytest.raises(NoRoom):
        house.workspace.ingest(file, reader="ftm")
    filler.unlink()
    filler = filled(disk, 60_000)  # room to begin with, not to end
    with pytest.raises(NoRoom):
        house.workspace.ingest(file, reader="ftm")
    filler.unlink()

    after = ann.get(f"/api/cases/{case}").json()
    assert after == before
    assert ann.post(f"/api/cases/{case}/rows", json=note).status_code == 200
    assert house.workspace.ingest(file, reader="ftm").added == 1_000
    assert house.workspace.store.casebook.verify_audit() == []
    assert house.workspace.view("owner").summary()["counts"]["claims"] == 1_000
    house.workspace.close()


def test_a_release_on_a_full_disk_was_never_made(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create(tmp_path / "w")
    file = tmp_path / "people.ftm.json"
    file.write_text(json.dumps({"id": "x", "schema": "Person", "properties": {"name": ["Ann Aston"]}}))
    workspace.ingest(file, reader="ftm", dataset="people", label="TLP:GREEN")
    filler = filled(disk)
    terms = {"terms": "lead only", "purpose": "a joint case"}
    with pytest.raises(NoRoom):
        workspace.release("PARTNER", "ftm", disk / "out", **terms)
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    asked = {"to": "PARTNER", "format": "ftm", **terms}
    with TestClient(create_app(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.post("/api/releases", json=asked)
        assert (answer.status_code, answer.json()["error"]) == (507, "NoRoom"), answer.text
        assert workspace.view().dissemination()["releases"] == []
        assert [path.name for path in disk.iterdir()] == ["filler"]
        filler.unlink()
        assert client.post("/api/releases", json=asked).status_code == 200
    assert len(workspace.view().dissemination()["releases"]) == 1
    assert not list(disk.iterdir())
    workspace.close()
