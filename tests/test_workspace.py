"""The workspace as a whole: what it says of itself, to whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterflow.errors import WorkspaceError
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


def test_a_picture_that_is_asked_for_findings_later_answers_as_of_when_it_was_taken(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")

    def tell(number: int) -> None:
        rows = [
            {"id": f"{number}{side}", "schema": "Company", "properties": {"name": [f"Firm {number}"], "country": [c]}}
            for side, c in (("a", "cn"), ("b", "ru"))
        ]
        links = [
            {"id": f"{number}own{a}", "schema": "Ownership",
             "properties": {"owner": [f"{number}{a}"], "asset": [f"{number}{b}"], "percentage": ["100"]}}
            for a, b in (("a", "b"), ("b", "a"))
        ]  # fmt: skip
        file = tmp_path / f"{number}.ftm.json"
        file.write_text("\n".join(json.dumps(row) for row in rows + links), encoding="utf-8")
        workspace.ingest(file, reader="ftm", dataset=f"firms{number}")

    tell(1)
    early = workspace.view().picture
    tell(2)
    late = workspace.view().picture
    assert len(late.findings) == 2, "each ring of two owners is one"
    assert [f["subjects"] for f in early.findings] == [f["subjects"] for f in late.findings if "firms1" in str(f)]
    again = workspace.run()
    assert not any(made.fresh for made in again), "what is newest was not removed by what came later but is older"


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////no/such/one"])
def test_what_could_not_be_made_leaves_no_folder(tmp_path: Path, url: str) -> None:
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path / "w", casebook=url)
    assert not (tmp_path / "w").exists()
    (tmp_path / "mine").mkdir()
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path / "mine", casebook=url)
    assert (tmp_path / "mine").is_dir()
