"""Ingest: whole or not at all, twice is once, an edition retracts, what is bad is set aside with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.conftest import store_in
from claims.toy import FIRM, KIM, Toy, in_force, take
from counterflow.claims.ingest import EVERYTHING, Store
from counterflow.errors import InputError, WorkspaceError
from counterflow.model.handling import TLP, Audience, Label
from counterflow.model.source import Assertion
from counterflow.sources.reader import Record


def test_the_same_file_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = take(store, tmp_path, KIM, FIRM)
    again = take(store, tmp_path, KIM, FIRM)
    assert (first.parties, first.claims, first.added, first.unchanged) == (2, 3, 3, False)
    assert (again.parties, again.claims, again.added, again.unchanged) == (2, 3, 0, True)
    assert len(store.casebook.batches()) == 1


def test_a_new_edition_adds_what_is_new_and_retracts_what_is_gone(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM, FIRM)
    report = take(store, tmp_path, {**KIM, "birthDate": "1951"})
    assert (report.added, report.retracted) == (1, 2)
    assert in_force(store) == {("toy:1", "name", "Kim"), ("toy:1", "birthDate", "1951")}


def test_what_was_retracted_can_be_said_again(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM, FIRM)
    take(store, tmp_path, KIM)
    report = take(store, tmp_path, KIM, FIRM)
    assert (report.unchanged, report.added) == (False, 1)
    assert ("toy:2", "name", "Zokwang") in in_force(store)


def test_what_was_known_on_a_day_stays_known(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM, FIRM)
    known_on = store.casebook.batches()[0]["recorded_at"]
    take(store, tmp_path, KIM)
    scope = store.ledger.scope(EVERYTHING, known_on=known_on)
    assert scope.run(scope.table("claims")).num_rows == 3


def test_bad_values_are_set_aside_with_line_and_field_and_the_rest_goes_on(store: Store, tmp_path: Path) -> None:
    report = take(
        store, tmp_path,
        KIM, "{broken", {**FIRM, "incorporationDate": "2016-02-30"}, {"id": "3", "schema": "Persona", "name": "x"},
        {"id": "4", "schema": "Person", "nmae": "x", "name": "Y"},
        {"id": "5", "schema": "Directorship", "director": "1", "organization": "99"},
    )  # fmt: skip
    aside = {(q.line, q.field) for q in report.quarantined}
    assert aside == {(2, None), (3, "incorporationDate"), (4, "schema"), (5, "nmae"), (6, "organization")}
    assert any("Did you mean 'Person'?" in q.reason for q in report.quarantined)
    assert ("toy:4", "name", "Y") in in_force(store)
    assert ("toy:5", "director", "toy:1") in in_force(store)
    assert len(store.casebook.quarantine()) == 5


def test_a_reference_to_another_dataset_is_followed(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM)
    report = take(
        store, tmp_path, FIRM, {"id": "d", "schema": "Directorship", "director": "toy::1", "organization": "2"},
        dataset="other",
    )  # fmt: skip
    assert not report.quarantined
    assert ("other:d", "director", "toy:1") in in_force(store)


def test_a_failed_assertion_holds_the_edition_back_whole(store: Store, tmp_path: Path) -> None:
    picky = Toy(assertions=(Assertion("parties", 2, "the list never had fewer"),))
    take(store, tmp_path, KIM, FIRM, reader=picky)
    before = in_force(store)
    with pytest.raises(InputError, match="held back whole"):
        take(store, tmp_path, KIM, reader=picky)
    assert in_force(store) == before
    assert take(store, tmp_path, KIM, reader=picky, accept=True).retracted == 1


def test_segments_hold_one_label_each(store: Store, tmp_path: Path) -> None:
    take(
        store, tmp_path,
        {"source": "s1"}, {"source": "s2", "label": {"tlp": "TLP:GREEN"}},
        {**KIM, "by": "s1"}, {**FIRM, "by": "s2"},
    )  # fmt: skip
    claims = [s for s in store.casebook.segments() if s["table"] == "claims"]
    assert len({s["label_id"] for s in claims}) == len(claims) == 2


def test_equal_rows_are_one_observation_and_new_ones_are_added(store: Store, tmp_path: Path) -> None:
    log = Toy(complete=False)
    assert take(store, tmp_path, {"pay": ["a", "b", "a"]}, reader=log).observations == 2
    take(store, tmp_path, {"pay": ["b", "c"]}, reader=log)
    scope = store.ledger.scope(EVERYTHING)
    found = scope.run(scope.table("payments").order_by("payment_id"))
    assert found.column("payment_id").to_pylist() == ["a", "b", "c"]


def test_a_reader_that_dies_leaves_nothing_half_written(store: Store, tmp_path: Path) -> None:
    class Dies(Toy):
        def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
            yield from super().read(path, options)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(store, tmp_path, KIM, reader=Dies())
    assert in_force(store) == set() and store.casebook.batches() == []
    assert take(store, tmp_path, KIM).added == 2


def test_one_writer_at_a_time(store: Store, tmp_path: Path) -> None:
    with store.casebook.writing(), pytest.raises(WorkspaceError, match="Another process is writing"):
        take(store, tmp_path, KIM)


def test_every_ingest_is_on_the_audit_log_and_tampering_shows(store: Store, tmp_path: Path) -> None:
    import sqlite3

    take(store, tmp_path, KIM)
    take(store, tmp_path, KIM, FIRM)
    assert [e["action"] for e in store.casebook.audit_entries()] == ["ingest", "ingest"]
    assert store.casebook.verify_audit() == []
    with sqlite3.connect(tmp_path / "casebook.sqlite") as db:
        db.execute(
            "UPDATE audit_log SET leaf = CAST(replace(CAST(leaf AS TEXT), 'ingest', 'show') AS BLOB) WHERE n = 1"
        )
    assert "audit entry 1 is not as it was appended" in store.casebook.verify_audit()


def test_an_altered_segment_is_found(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM)
    assert store.ledger.verify() == []
    segment = next((tmp_path / "ledger").glob("claims/*.parquet"))
    segment.write_bytes(segment.read_bytes() + b"x")
    assert store.ledger.verify() == [f"segment claims/{segment.name} has been altered"]


def test_stray_segments_of_a_killed_process_are_swept(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM)
    stray = tmp_path / "ledger" / "claims" / "stray.parquet"
    stray.write_bytes(b"half")
    take(store, tmp_path, KIM, FIRM)
    assert not stray.exists()


def test_what_the_bringer_may_not_read_changes_nothing_of_what_comes_of_it(tmp_path: Path) -> None:
    """Neither an edition of the same name, nor whom its records name, nor the very file under another label."""
    bringer = Audience("b", organisation="B", ceiling=TLP.AMBER)
    own, others = Label(TLP.AMBER, "B"), Label(TLP.AMBER, "A")
    refers = {"id": "d", "schema": "Directorship", "director": "hidden::1", "organization": "2"}
    answers = []
    for hidden in (False, True):
        made = store_in(tmp_path / str(hidden))
        if hidden:
            take(made, tmp_path, "# 2030-01-01", KIM, FIRM, label=others)
            take(made, tmp_path, KIM, label=others, dataset="hidden")
        told = []
        for rows in ((KIM, FIRM, refers), (KIM, FIRM, refers), (KIM,)):
            report = take(made, tmp_path, "# 2026-01-01", *rows, label=own, audience=bringer)
            told.append({**vars(report), "seconds": None})
        scope = made.ledger.scope(bringer)
        rows = scope.run(scope.table("claims").drop("recorded_at").order_by("claim_id")).to_pylist()
        answers.append((told, rows))
        if hidden:
            assert len(in_force(made)) == 5, "what A said is still there"
        # a label that who brings it could not read themselves: not kept twice, and nobody's to take back
        for _ in range(2):
            take(made, tmp_path, {"pay": ["1"]}, FIRM, label=Label(TLP.RED), audience=bringer, dataset="up")
        whole = made.ledger.scope(EVERYTHING)
        assert [len(whole.run(whole.table(t).filter(lambda t: t.dataset == "up"))) for t in ("claims", "payments")] == [
            1,
            1,
        ]
        made.casebook.close()
    assert answers[0] == answers[1]
    assert [t["retracted"] for t in answers[0][0]] == [0, 0, 2] and answers[0][0][0]["quarantined"]
