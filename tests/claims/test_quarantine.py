"""Quarantine: a record that could not be read withdraws nothing; what was set aside can be tried again."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from claims.toy import FIRM, KIM, Toy, in_force, take
from counterflow.claims.ingest import EVERYTHING, Store
from counterflow.cli import main
from counterflow.errors import NotFound
from counterflow.sources.reader import Rejected, Statements
from counterflow.workspace import Workspace

CASE = Path(__file__).parents[2] / "examples" / "office39"
HOME = {"id": "1-address", "schema": "Address", "full": "Pyongyang"}


# -- a complete edition ------------------------------------------------------------------------------------------------


def test_a_misspelt_schema_withdraws_nothing_of_its_subject(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM, FIRM)
    report = take(store, tmp_path, {**KIM, "schema": "Persona"}, FIRM)
    assert (report.retracted, report.unread, len(report.quarantined)) == (0, 2, 1)
    assert ("toy:1", "birthDate", "1950-02") in in_force(store)
    mended = take(store, tmp_path, FIRM)
    assert (mended.retracted, mended.unread) == (2, 0), "once nothing is unread, what is gone is withdrawn"


def test_a_bad_value_keeps_the_earlier_value_of_that_property_only(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, {**KIM, "alias": "Kim the First"})
    report = take(store, tmp_path, {**KIM, "birthDate": "1950-13-40"})
    assert (report.retracted, report.unread) == (1, 1)
    assert in_force(store) == {("toy:1", "name", "Kim"), ("toy:1", "birthDate", "1950-02")}


@pytest.mark.parametrize("raw", ["{broken 1 x", '{"id": "1", "name": ', "the row of Zokwang and KIM Il"])
def test_a_row_that_nobody_can_place_stands_for_whom_it_names(store: Store, tmp_path: Path, raw: str) -> None:
    take(store, tmp_path, {**KIM, "name": "Kim Il"}, FIRM, {"id": "3", "schema": "Person", "name": "Ri"})
    report = take(store, tmp_path, FIRM, raw)
    assert ("toy:1", "name", "Kim Il") in in_force(store)
    assert ("toy:3", "name", "Ri") not in in_force(store)
    assert (report.retracted, report.unread) == (1, 2)


def test_what_stands_in_the_same_place_goes_with_its_party(store: Store, tmp_path: Path) -> None:
    class Listed(Toy):
        def read(self, path: Path, options: dict[str, Any]) -> Any:
            for record in super().read(path, options):
                if isinstance(record, Statements):
                    record.locator = f"party {record.subject.partition('-')[0]}"
                yield record

    reader = Listed()
    take(store, tmp_path, KIM, HOME, {**HOME, "id": "9-address"}, reader=reader)
    report = take(store, tmp_path, {**KIM, "schema": "Persona"}, reader=reader)
    assert {s for s, _, _ in in_force(store)} == {"toy:1", "toy:1-address"}
    assert report.retracted == 1


def test_where_the_rest_of_a_file_could_not_be_read_nothing_is_withdrawn(store: Store, tmp_path: Path) -> None:
    class Cut(Toy):
        def read(self, path: Path, options: dict[str, Any]) -> Any:
            yield from super().read(path, options)
            yield Rejected(2, None, "unreadable from here on")

    take(store, tmp_path, KIM, FIRM)
    report = take(store, tmp_path, FIRM, reader=Cut())
    assert (report.retracted, report.unread) == (0, 2)


@pytest.fixture
def case(tmp_path: Path) -> tuple[Workspace, Path]:
    workspace = Workspace.create(tmp_path / "w")
    workspace.ingest(CASE)
    return workspace, Path(shutil.copytree(CASE, tmp_path / "office39"))


def change(folder: Path, table: str, old: str, new: str) -> None:
    text = (folder / table).read_text(encoding="utf-8")
    assert old in text
    (folder / table).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_misspelt_schema_on_the_real_case_withdraws_nothing(case: tuple[Workspace, Path]) -> None:
    """It used to withdraw Office 39 itself and the hundreds of relations that refer to it."""
    workspace, folder = case
    change(folder, "entities.csv", "\noffice-39,Organization,", "\noffice-39,Organisation,")
    report = workspace.ingest(folder)
    assert len(report.quarantined) > 100
    assert report.retracted == 0
    assert report.unread > 500
    scope = workspace.store.ledger.scope(EVERYTHING)
    claims = scope.table("claims")
    names = scope.run(claims.filter((claims.subject == "office39:office-39") & (claims.property == "name")))
    assert len(names) == 1
    workspace.close()


def test_a_whole_table_left_out_withdraws_nothing(case: tuple[Workspace, Path]) -> None:
    workspace, folder = case
    change(folder, "events.csv", "event_id,", "event_code,")
    report = workspace.ingest(folder)
    assert report.retracted == 0
    assert report.unread > 500
    workspace.close()


# -- listing, writing, trying again ------------------------------------------------------------------------------------

HEADER = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
ROWS = "P1,2017-09-01,A,1,B,2,10,USD\nP2,03.09.2017,A,1,B,2,20,USD\nP3,2017-09-04,A,1,B,2,=cmd|' /C calc'!A0,USD\n"
MAPPING = 'timestamp_format: "%d.%m.%Y"\n'


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "w"
    Workspace.create(path).close()
    (tmp_path / "bank.csv").write_text(HEADER + ROWS, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return path


def call(path: Path, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(path), *words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def waiting(path: Path, *words: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in call(path, "quarantine", *words, "--json").stdout.splitlines()]


def payments(path: Path) -> list[str]:
    workspace = Workspace.open(path)
    scope = workspace.store.ledger.scope(EVERYTHING)
    found: list[str] = scope.run(scope.table("payments").order_by("payment_id")).column("payment_id").to_pylist()
    workspace.close()
    return found


def test_rows_set_aside_are_listed_with_all_that_is_known_of_them(bank: Path, tmp_path: Path) -> None:
    call(bank, "ingest", str(tmp_path / "bank.csv"))
    rows = waiting(bank)
    assert [(r["dataset"], r["file"], r["line"], r["field"]) for r in rows] == [
        ("payments", "bank.csv", 3, "timestamp"), ("payments", "bank.csv", 4, "amount"),
    ]  # fmt: skip
    assert rows[0]["raw"] == "P2,03.09.2017,A,1,B,2,20,USD"
    assert "03.09.2017" in rows[0]["reason"]
    assert rows[0]["handling"] == "TLP:AMBER+STRICT"
    assert waiting(bank, "payments") == rows
    assert waiting(bank, "elsewhere") == []
    assert [json.loads(t) for t in call(bank, "--audience", "public", "quarantine", "--json").stdout.splitlines()] == []


def test_the_file_of_rows_set_aside_runs_nothing_in_a_spreadsheet(bank: Path, tmp_path: Path) -> None:
    (tmp_path / "bank.csv").write_text(HEADER + "=cmd,x,A,1,B,2,20,USD\n", encoding="utf-8")
    call(bank, "ingest", str(tmp_path / "bank.csv"))
    out = tmp_path / "aside.csv"
    call(bank, "quarantine", "export", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == 1
    assert rows[0]["raw"].startswith("'=cmd")
    assert rows[0]["line"] == "2"


def test_a_mended_mapping_brings_in_what_it_explains_and_doubles_nothing(bank: Path, tmp_path: Path) -> None:
    call(bank, "ingest", str(tmp_path / "bank.csv"))
    assert payments(bank) == ["P1"]
    told = json.loads(
        call(bank, "quarantine", "retry", "payments", "--mapping", str(tmp_path / "mapping.yaml"), "--json").stdout
    )
    assert payments(bank) == ["P1", "P2"]
    assert told["observations"] == 1
    # P1 was good before: that the new mapping cannot read it is no matter; P3 still waits
    assert [(r["line"], r["field"]) for r in waiting(bank)] == [(4, "timestamp")]
    call(bank, "quarantine", "retry", "payments", "--mapping", str(tmp_path / "mapping.yaml"))
    assert payments(bank) == ["P1", "P2"]
    assert len(waiting(bank)) == 1


def test_trying_again_what_does_not_wait_says_so(bank: Path) -> None:
    assert "No quarantined row of 'payments'" in call(bank, "quarantine", "retry", "payments", code=5).stderr


def test_a_list_tried_again_is_the_edition_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reader has been mended, say: the whole edition is read anew, and is still one edition."""
    from counterflow import registry
    from counterflow.claims.editions import editions

    class Mended(Toy):
        def read(self, path: Path, options: dict[str, Any]) -> Any:
            for record in super().read(path, options):
                if isinstance(record, Statements):
                    record.schema = record.schema.replace("Persona", "Person")
                yield record

    workspace = Workspace.create(tmp_path / "w")
    take(workspace.store, tmp_path, "# 2024-10-16", {**KIM, "schema": "Persona"}, FIRM)
    monkeypatch.setattr(registry, "get", lambda kind, name: Mended())
    [report] = workspace.retry("toy")
    assert (report.added, report.retracted, report.quarantined) == (2, 0, [])
    assert len(editions(workspace.store.casebook.batches(), "toy")) == 1
    with pytest.raises(NotFound):
        workspace.retry("toy")
    workspace.close()
