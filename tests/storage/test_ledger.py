"""Segments that were written before a table gained a column are read with the others."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterflow.claims.ingest import EVERYTHING
from counterflow.storage import duckdb as storage
from counterflow.storage.tables import OBSERVATIONS
from counterflow.workspace import Workspace

ROWS = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n{},2017-09-01,B,A,C,D,5,EUR\n"


def without(segment: Path, column: str) -> None:
    pq.write_table(pq.read_table(segment).drop_columns([column]), segment)


def test_a_segment_from_before_a_column_was_added_is_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for name in ("old", "new"):
        file = tmp_path / f"{name}.csv"
        file.write_text(ROWS.format(name))
        workspace.ingest(file)
        if name == "old":
            [segment] = (tmp_path / "w" / "ledger" / "payments").glob("*.parquet")
            without(segment, "from_bank")
    scope = workspace.store.ledger.scope(EVERYTHING)
    found = scope.run(scope.table("payments").order_by("payment_id"))
    assert found.column("payment_id").to_pylist() == ["new", "old"]
    assert found.schema.names == OBSERVATIONS["payments"].schema.names
    assert found.column("uetr").to_pylist() == [None, None]
    assert found.column("from_bank").to_pylist() == ["B", None]
    workspace.close()


def test_all_segments_from_before_are_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    file = tmp_path / "old.csv"
    file.write_text(ROWS.format("old"))
    workspace.ingest(file)
    [segment] = (tmp_path / "w" / "ledger" / "payments").glob("*.parquet")
    without(segment, "from_bank")
    scope = workspace.store.ledger.scope(EVERYTHING)
    [row] = scope.run(scope.table("payments")).to_pylist()
    assert (row["payment_id"], row["uetr"], row["from_bank"]) == ("old", None, None)
    workspace.close()


def test_what_is_null_throughout_is_not_written(tmp_path: Path) -> None:
    """And a column that appears later in a file is, in a segment of its own."""
    workspace = Workspace.create(tmp_path / "w")
    ledger = workspace.store.ledger
    row = {"row_id": pa.array(["1"]), "payment_id": pa.array(["a"]), "currency": pa.array(["EUR"])}
    writer = ledger.writer("payments", "label")
    for names in (("row_id", "payment_id"), ("row_id",), ("row_id", "currency"), ("row_id", "currency")):
        writer.write(pa.table({name: row[name] for name in names}))
    segments = writer.close()
    assert [s.rows for s in segments] == [2, 2]
    found = [pq.read_table(tmp_path / "w" / "ledger" / s.path).to_pylist() for s in segments]
    assert found == [
        [{"row_id": "1", "payment_id": "a"}, {"row_id": "1", "payment_id": None}],
        [{"row_id": "1", "currency": "EUR"}] * 2,
    ]
    workspace.close()


def test_the_engine_opens_the_audiences_files_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledger, results and spill stay at hand; another label's segment, any other file and every setting do not."""
    workspace = Workspace.create(tmp_path / "it's")
    for name, label in (("open", "TLP:CLEAR"), ("shut", "TLP:RED//READERS kim")):
        file = tmp_path / f"{name}.csv"
        file.write_text(ROWS.format(name))
        workspace.ingest(file, label=label)
    ledger = workspace.store.ledger
    derived = tmp_path / "derived"
    derived.mkdir()
    public = workspace.audience("public")
    own = {segment.path for segment in ledger.readable_segments(public)}
    other = min({row["path"] for row in workspace.store.casebook.segments() if row["table"] == "payments"} - own)
    scope = ledger.scope(public, derived=derived)
    assert scope.run(scope.table("payments")).column("payment_id").to_pylist() == ["open"]
    with monkeypatch.context() as patch:  # labels too many to be named
        patch.setattr("counterflow.storage.duckdb.FEW", 0)
        many = ledger.scope(public)
    assert many.run(many.table("payments")).column("payment_id").to_pylist() == ["open"]
    pq.write_table(pa.table({"x": [1]}), derived / "made.parquet")
    scope.scan("made", derived / "made.parquet")
    assert len(scope.run(scope.table("made"))) == 1
    con = scope.connection.con
    con.execute("CREATE TEMP TABLE big AS SELECT range AS n FROM range(1000)")
    root = str(ledger.folder).replace("'", "''")
    for statement in (
        f"SELECT * FROM read_parquet('{root}/{other}')",
        f"SELECT * FROM '{root}/{other}'",
        f"SELECT * FROM read_parquet('{root}/*/*.parquet')",
        f"SELECT * FROM read_parquet('{root}/payments/../{other}')",
        f"SELECT * FROM glob('{root}/**')",
        f"SELECT * FROM parquet_metadata('{root}/{other}')",
        f"ATTACH '{root}/../casebook.sqlite' (TYPE sqlite)",
        f"COPY (SELECT 1) TO '{root}/stolen.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "RESET lock_configuration",
        "PRAGMA disable_profiling",
        "EXPORT DATABASE '/tmp/stolen'",
        "CREATE SECRET s (TYPE s3)",
    ):
        with pytest.raises(duckdb.Error):
            con.execute(statement).fetchall()
    told = {name for (name,) in con.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert not {name for name in told if "rules" in name}, "the rules of labels are not left behind"
    workspace.close()


def test_what_does_not_fit_in_memory_spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the engine may open nothing else."""
    made = storage.connect

    def small() -> Any:
        connection = made()
        connection.raw_sql("SET memory_limit = '40MB'")
        connection.raw_sql("SET threads = 1")
        return connection

    monkeypatch.setattr(storage, "connect", small)
    workspace = Workspace.create(tmp_path / "w")
    con = workspace.store.ledger.scope(EVERYTHING).connection.con
    query = "SELECT count(*) FROM (SELECT DISTINCT range, hash(range) || 'some text to fill' FROM range(1000000))"
    assert con.execute(query).fetchall() == [(1_000_000,)]
    workspace.close()
