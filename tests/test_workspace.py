"""The workspace as a whole: what it says of itself, to whom."""

from __future__ import annotations

from pathlib import Path

from counterflow.workspace import Workspace

PAYMENTS = """payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency
p1,2017-01-01T00:00:00Z,X,A,Y,B,100,USD
"""


def test_doctor_counts_only_what_the_audience_may_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    before = {name: workspace.doctor(name) for name in ("public", "partner")}
    file = tmp_path / "wires.csv"
    file.write_text(PAYMENTS, encoding="utf-8")
    workspace.ingest(file, reader="payments", label="TLP:RED")
    assert {name: workspace.doctor(name) for name in ("public", "partner")} == before
    owner = workspace.doctor("owner")
    assert (owner["batches"], owner["segments"] > 0, len(owner["audiences"])) == (1, True, 3)
    assert before["public"]["audiences"] == ["public"]
    workspace.ingest(file, reader="payments", dataset="exercise", label="TLP:CLEAR", caveats=["exercise"])
    assert workspace.doctor("public", exercise=False) == before["public"]
    assert workspace.doctor("public")["batches"] == 1
