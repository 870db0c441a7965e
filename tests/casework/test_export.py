"""A file leaves whole or not at all, and never unheard; and the verb that sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from click.testing import CliRunner, Result

from counterflow import registry
from counterflow.casework.export import Exporter, Loss, Tally, export
from counterflow.casework.exporters import clusters
from counterflow.casework.selection import Selection
from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.storage.blobs import sha256_of
from counterflow.storage.tables import DERIVED
from counterflow.testing import ExporterContract, claims_of, scope_of
from counterflow.workspace import Workspace


def broken(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    out.write(b"half a file")
    raise RuntimeError("the format is at its end")


def test_the_report_says_what_left(tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []
    out = tmp_path / "clusters.csv"
    report = export(clusters.EXPORTER, ExporterContract().world(), out, log=heard.append)
    assert heard == [report]
    assert (report["format"], report["file"], report["records"]) == ("clusters", str(out), 4)
    assert (report["handling"], report["sha256"]) == ("TLP:CLEAR", sha256_of(out))
    assert {"field", "reason", "left_out"} == set(report["losses"][0])


def test_a_broken_export_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "chart"
    out.write_text("old")
    exporter = Exporter("broken", "Broken", "text/plain", ".txt", (Loss("all", "broken"),), broken)
    with pytest.raises(RuntimeError):
        export(exporter, ExporterContract().world(), out)
    assert [p.name for p in tmp_path.iterdir()] == ["chart"]
    assert out.read_text() == "old"


def test_nothing_leaves_where_the_log_cannot_hear_of_it(tmp_path: Path) -> None:
    def deaf(report: dict[str, Any]) -> None:
        raise RuntimeError("the audit log is full")

    with pytest.raises(RuntimeError, match="full"):
        export(clusters.EXPORTER, ExporterContract().world(), tmp_path / "x", log=deaf)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["", "none/x.csv"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, out: str) -> None:
    with pytest.raises(UsageError, match=r"folder|No such file"):
        export(clusters.EXPORTER, ExporterContract().world(), tmp_path / out)


def test_rows_are_checked_again_whatever_the_scope_says() -> None:
    """A scope that names a label its audience may not read, and a row whose handling is unknown."""
    secret = Label(tlp=TLP.RED)
    told = [("c:a", "Person", "name", "A"), ("c:b", "Person", "country", "kp")]
    claims = claims_of([*told, ("c:b", "Person", "name", "B", {"label_id": secret.id})])
    members = DERIVED["members"].conform(
        DERIVED["members"]
        .schema.empty_table()
        .from_pylist([{"subject": s, "entity": s} for s in ("c:a", "c:b", "c:c")])
    )
    scope = scope_of(
        {"claims": claims, "members": members},
        audience=Audience("public"),
        labels={PUBLIC.id: PUBLIC, secret.id: secret},
    )
    rows = [{"entity": "c:a", "label_ids": [PUBLIC.id]}, {"entity": "c:b", "label_ids": [PUBLIC.id, secret.id]}]
    entities = DERIVED["entities"].schema.empty_table().from_pylist([*rows, {"entity": "c:c", "label_ids": []}])
    scope.adopt("entities", entities)
    scope.adopt("links", DERIVED["links"].schema.empty_table())
    selection = Selection(scope)
    assert set(selection.entities) == {"c:a"}
    assert [id for id, _ in selection.told()] == ["c:a"]
    assert [m["subject"] for m in selection.members] == ["c:a"]
    with pytest.raises(KeyError):
        selection.handling([secret.id])
    with pytest.raises(NotFound):
        Selection(scope, ["c:b"])


# -- the verb ----------------------------------------------------------------------------------------------------------


LISTS: dict[str, tuple[str, list[tuple[str, str, dict[str, list[str]]]]]] = {
    "open": ("TLP:CLEAR", [("firm", "Company", {"name": ["Harbour Trading"], "country": ["cn"]})]),
    "shut": (
        "TLP:AMBER",
        [
            ("firm", "Company", {"name": ["Canary Shipping"], "country": ["cn"]}),
            ("own", "Ownership", {"owner": ["open::firm"], "asset": ["firm"]}),
        ],
    ),
}
"""One list that is public, and one for a narrow circle that speaks of the same firm."""


def ingested(folder: Path, *datasets: str) -> Workspace:
    workspace = Workspace.create(folder / "w", title="Small")
    for dataset in datasets:
        label, rows = LISTS[dataset]
        path = folder / f"{dataset}.ftm.json"
        path.write_text("\n".join(json.dumps(dict(zip(("id", "schema", "properties"), r, strict=True))) for r in rows))
        workspace.ingest(path, reader="ftm", dataset=dataset, label=label)
    return workspace


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = ingested(tmp_path_factory.mktemp("small"), "open", "shut")
    yield workspace
    workspace.close()


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--workspace", str(workspace.path), *arguments])


@pytest.mark.parametrize("name", ["clusters", "ftm", "ftm_statements", "graphml"])
def test_an_audience_is_given_what_it_may_read(small: Workspace, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    assert run(small, "--audience", "public", "export", "--format", name, "--out", str(out)).exit_code == 0
    public = out.read_bytes()
    assert b"firm" in public
    assert b"Canary" not in public
    assert b"shut" not in public
    done = run(small, "export", "--format", name, "--out", str(out), "--json")
    report = json.loads(done.stdout)
    assert b"shut" in out.read_bytes()
    assert report["handling"] == "TLP:AMBER"
    assert report["sha256"] == sha256_of(out)


def test_no_export_changes_where_what_may_not_be_read_was_never_there(small: Workspace, tmp_path: Path) -> None:
    without = ingested(tmp_path, "open")
    for name in registry.names("exporters"):
        files = []
        for workspace in (small, without):
            workspace.view("public").export(name, tmp_path / name)
            files.append(
                re.sub(
                    rb"\d{4}-\d\d-\d\dT[\d:]{8}(\.\d+)?|\"timestamp\": \"\d+\"",
                    b"",
                    ExporterContract().bytes_of((tmp_path / name).read_bytes()),
                )
            )
        assert files[0] == files[1]
        assert b"open" in files[0]
    without.close()


def test_the_release_is_on_the_audit_log(small: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "x"
    report = small.view("public").export("clusters", out, ["open:firm"])
    [entry] = [row for row in small.store.casebook.audit_entries() if report["file"] in json.dumps(row, default=str)]
    text = json.dumps(entry, default=str)
    assert all(word in text for word in ("release", "public", report["sha256"], "open:firm"))
    assert small.verify() == []


def test_errors_of_the_verb(small: Workspace, tmp_path: Path) -> None:
    out = str(tmp_path / "x")
    unknown = run(small, "export", "--format", "ftmm", "--out", out)
    assert unknown.exit_code == 2
    assert "Did you mean 'ftm'" in unknown.output
    for id in ("shut:firm", "shut:none"):
        hidden = run(small, "--audience", "public", "export", "--format", "ftm", "--out", out, id)
        assert (hidden.exit_code, f"'{id}'" in hidden.output) == (5, True)
    assert not Path(out).exists()


def test_what_was_left_out_is_told(small: Workspace, tmp_path: Path) -> None:
    done = run(small, "export", "--format", "clusters", "--out", str(tmp_path / "x"))
    assert "2 records  [TLP:AMBER]  sha256 " in done.stdout
