"""From a file as it was sent to the ledger: packed, in another encoding, in an archive; the decision is told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.workspace import Workspace

FIXTURES = Path(__file__).parents[1] / "fixtures"
PAYMENTS = (
    "payment_id,timestamp,from_bank,from_account,from_name,to_bank,to_account,to_name,amount,currency\n"
    "p1,2017-01-01T00:00:00Z,X,A,조선대성은행,Y,B,평양무역회사,100,USD\n"
    "p2,2017-01-02T00:00:00Z,X,A,조선대성은행,Y,C,대동신용은행,200,USD\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "w"
    Workspace.create(path).close()
    return path


def ingest(workspace: Path, path: Path, *options: str) -> dict:
    done = CliRunner().invoke(main, ["--workspace", str(workspace), "ingest", str(path), "--json", *options])
    assert done.exit_code == 0, (done.stderr, done.exception)
    return json.loads(done.stdout)


def pack(path: Path, *folders: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for folder in folders:
            for file in sorted(folder.iterdir()):
                zipped.write(file, file.name)
    return path


@pytest.mark.parametrize("name", ["cp949", "utf-16"])
def test_another_encoding_is_read_and_told(name: str, workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_bytes(PAYMENTS.encode(name))
    report = ingest(workspace, path)
    assert report["observations"] == 2 and not report["quarantined"]
    assert name in report["notes"][0]
    found = Workspace.open(workspace).view().picture
    rows = found.scope.run(found.scope.table("payments")).to_pylist()
    assert {row["from_name"] for row in rows} == {"조선대성은행"}


def test_an_archive_is_read_like_its_folder(workspace: Path, tmp_path: Path) -> None:
    path = pack(tmp_path / "ofac.zip", FIXTURES / "ofac_csv")
    report = ingest(workspace, path, "--accept")
    other = tmp_path / "other"
    Workspace.create(other).close()
    plain = ingest(other, FIXTURES / "ofac_csv", "--accept")
    same = ("reader", "source", "parties", "entities", "claims", "observations", "quarantined")
    assert {k: report[k] for k in same} == {k: plain[k] for k in same}
    assert report["file"] == "ofac.zip" and report["notes"]
    [kept] = [f for d in Workspace.open(workspace).view().sources()["datasets"] for f in d["files"]]
    assert kept["name"] == "ofac.zip"  # the original as received, not what was unpacked
    assert ingest(workspace, path, "--accept")["unchanged"]


def test_the_one_file_of_an_archive_that_can_be_read(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    folder.mkdir()
    (folder / "payments.csv").write_text(PAYMENTS)
    (folder / "readme.txt").write_text("What is in here.")
    report = ingest(workspace, pack(tmp_path / "sent.zip", folder))
    assert report["observations"] == 2
    assert "read from it: payments.csv" in report["notes"]


def test_several_files_that_can_be_read_are_named(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(PAYMENTS)
    done = CliRunner().invoke(main, ["--workspace", str(workspace), "ingest", str(pack(tmp_path / "s.zip", folder))])
    assert done.exit_code == 3
    assert "s.zip: 2 files in it can be read, each by itself (a.csv, b.csv" in done.stderr
    assert str(tmp_path) in done.stderr and "counterflow-" not in done.stderr
