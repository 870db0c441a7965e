"""Segments that were written before a table gained a column are read with the others."""

from pathlib import Path

import pyarrow.parquet as pq

from counterflow.claims.ingest import EVERYTHING
from counterflow.storage.tables import OBSERVATIONS
from counterflow.workspace import Workspace

ROWS = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n{},2017-09-01,B,A,C,D,5,EUR\n"


def test_a_segment_from_before_a_column_was_added_is_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for name in ("old", "new"):
        file = tmp_path / f"{name}.csv"
        file.write_text(ROWS.format(name))
        workspace.ingest(file)
        if name == "old":
            [segment] = (tmp_path / "w" / "ledger" / "payments").glob("*.parquet")
            rows = pq.read_table(segment)
            pq.write_table(rows.drop_columns(["value_date", "uetr", "details"]), segment)
    scope = workspace.store.ledger.scope(EVERYTHING)
    found = scope.run(scope.table("payments").order_by("payment_id"))
    assert found.column("payment_id").to_pylist() == ["new", "old"]
    assert found.schema.names == OBSERVATIONS["payments"].schema.names
    assert found.column("uetr").to_pylist() == [None, None]
    workspace.close()


def test_all_segments_from_before_are_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    file = tmp_path / "old.csv"
    file.write_text(ROWS.format("old"))
    workspace.ingest(file)
    [segment] = (tmp_path / "w" / "ledger" / "payments").glob("*.parquet")
    pq.write_table(pq.read_table(segment).drop_columns(["value_date", "uetr"]), segment)
    scope = workspace.store.ledger.scope(EVERYTHING)
    [row] = scope.run(scope.table("payments")).to_pylist()
    assert (row["payment_id"], row["uetr"], row["value_date"]) == ("old", None, None)
    workspace.close()
