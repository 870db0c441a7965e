"""From arrival to export by hash, and a bag that proves it to somebody who has nothing of ours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterflow.casework import bag
from counterflow.cli import main
from counterflow.errors import InputError, NotFound, UsageError
from counterflow.storage.blobs import sha256_of
from counterflow.workspace import Workspace


def test_the_chain_leads_from_arrival_to_what_left_and_back(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", title="Small")
    path = tmp_path / "people.ftm.json"
    path.write_text(json.dumps({"id": "1", "schema": "Person", "properties": {"name": ["Ann Aston"]}}))
    workspace.ingest(path, reader="ftm", dataset="people", label="TLP:GREEN")
    digest = sha256_of(path)
    out = tmp_path / "out.json"
    told = workspace.release("PARTNER", "ftm", out, terms="lead", purpose="joint case")
    chain = workspace.custody(path)
    assert [s["action"] for s in chain["steps"]][:2] == ["ingest", "release"]
    assert (chain["sha256"], chain["names"]) == (digest, ["people.ftm.json"])
    assert chain["steps"][1]["to"] == "PARTNER"
    assert workspace.custody(told["sha256"])["originals"] == [digest]
    with pytest.raises(NotFound):
        workspace.custody("0" * 64)
    with pytest.raises(UsageError, match="owner"):
        workspace.custody(digest, audience="public")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["--workspace", str(workspace.path), *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "ingest" in run("custody", "show", digest)
    made = json.loads(run("custody", "bag", str(out), "--out", str(tmp_path / "bag"), "--json"))
    workspace.close()
    assert (tmp_path / "bag" / "data" / "people.ftm.json").read_bytes() == path.read_bytes()
    found = bag.check(tmp_path / "bag", made["key"])
    assert (found["files"], found["proofs"]) == (1, made["proofs"])
    assert "as they were packed" in run("custody", "check", str(tmp_path / "bag"), "--key", made["key"])
    other = Workspace.create(tmp_path / "other").audit_head()[1]
    with pytest.raises(InputError, match="signed"):
        bag.check(tmp_path / "bag", other)
    for damage in DAMAGES:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tmp_path / "bag", copy)
        damage(copy)
        with pytest.raises(InputError):
            bag.check(copy, made["key"])


def _rehashed(copy: Path) -> None:
    """A step told otherwise, with manifests to match: only the proof gives it away."""
    chain = copy / "custody" / "chain.json"
    chain.write_text(chain.read_text().replace('"action": "release"', '"action": "recall"'))
    told = copy / "tagmanifest-sha256.txt"
    lines = [
        f"{sha256_of(copy / name)}  {name}" for name in (x.partition("  ")[2] for x in told.read_text().splitlines())
    ]
    told.write_text("\n".join(lines) + "\n")


DAMAGES: tuple[Callable[[Path], object], ...] = (
    lambda b: (b / "data" / "people.ftm.json").write_text("{}"),
    lambda b: (b / "data" / "more").write_text(""),
    lambda b: (b / "data" / "people.ftm.json").unlink(),
    lambda b: (b / "bagit.txt").unlink(),
    lambda b: (b / "manifest-sha256.txt").write_text(f"{'0' * 64}  ../../etc/passwd\n"),
    _rehashed,
)
