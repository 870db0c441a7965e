"""What is set aside is kept whole however much it is, and no more of it in memory than a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from counterflow.claims import aside
from counterflow.claims.aside import Aside
from counterflow.claims.quarantine import Quarantined, Unread
from counterflow.storage import sql
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_all_come_back_in_order_and_can_be_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 3)
    rows = [Quarantined("f", n, None, "reason", "a\n\x00é\u2028") for n in range(8)]
    kept = Aside()
    for row in rows:
        kept.append(row)
    assert (len(kept), kept.first, list(kept), list(kept)) == (8, rows[:3], rows, rows)
    kept.narrow(lambda q: q.line is not None and q.line % 2 == 0)
    assert list(kept) == rows[::2]
    kept.close()
    assert kept.first == rows[:6:2]


def test_a_file_of_bad_rows_is_in_quarantine_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 4)
    monkeypatch.setattr(sql, "AT_ONCE", 3)
    file = tmp_path / "payments.csv"
    bad = "".join(f"p{n},2017-09-01,B,A,C,D,none,EUR\n" for n in range(10))
    good = "q,2017-09-01,B,A,C,D,5,EUR\n"
    file.write_text(f"payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n{bad}{good}")
    workspace = Workspace.create(tmp_path / "w")
    report = workspace.ingest(file)
    assert (report.observations, report.aside, len(report.quarantined)) == (1, 10, 4)
    assert [row["line"] for row in workspace.store.casebook.quarantine()] == list(range(2, 12))
    workspace.close()


def test_where_too_much_was_set_aside_nobody_is_taken_for_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.claims.quarantine.MOST", 2)
    gone = pa.table({"claim_id": ["1"], "subject": ["un:7"], "property": ["name"], "prop_type": ["name"],
                     "value": ["Somebody Else"], "locator": ["row 9"]})  # fmt: skip
    few, many = Unread("f"), Unread("f")
    for n in range(3):
        many.note(Quarantined("f", n, None, "reason", "raw"), "")
    few.note(Quarantined("f", 1, None, "reason", "raw"), "")
    assert (few.standing(gone, {}), many.standing(gone, {})) == (set(), {"1"})
