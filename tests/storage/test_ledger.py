"""Segments that were written before a table gained a column are read with the others."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from counterflow.claims.ingest import EVERYTHING
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
