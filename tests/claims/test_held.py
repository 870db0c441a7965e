"""Editions held back: whole, with their original, until somebody decides; the earlier one stays in force."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.toy import FIRM, KIM, Toy, in_force, take
from counterflow import registry
from counterflow.claims.assertions import failing
from counterflow.errors import InputError, NotFound
from counterflow.model.source import Assertion
from counterflow.workspace import Workspace

RI = {"id": "3", "schema": "Person", "name": "Ri"}
PICKY = Toy(
    assertions=(
        Assertion("parties", 2, "it never had fewer"),
        Assertion("Person.birthDate", 0.5, "half of them have one"),
        Assertion("lost", 0, "few leave", maximum=0.4),
    )
)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    real = registry.get
    monkeypatch.setattr(registry, "get", lambda kind, name: PICKY if name == "toy" else real(kind, name))
    return Workspace.create(tmp_path / "w")


def give(workspace: Workspace, tmp_path: Path, *rows: dict[str, Any] | str) -> Any:
    return take(workspace.store, tmp_path, *rows, reader=PICKY)


def originals(workspace: Workspace) -> int:
    return sum(1 for _ in (workspace.path / "blobs").glob("??/*"))


def test_what_fails_is_kept_and_told_and_counts_for_nothing(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path, KIM, FIRM)
    before = in_force(workspace.store)
    with pytest.raises(InputError, match="held back whole: 1 parties, expected at least 2") as caught:
        give(workspace, tmp_path, KIM)
    assert "50.0% of the earlier edition's parties are gone" in str(caught.value)
    assert in_force(workspace.store) == before
    assert originals(workspace) == 2
    [dataset] = workspace.view().sources()["datasets"]
    [held] = dataset["held"]
    assert [f["rule"] for f in held["failed"]] == ["parties", "lost"]
    assert held["file"] == "toy.jsonl" and held["counts"]["parties"] == 1
    with pytest.raises(InputError):
        give(workspace, tmp_path, KIM)
    assert len(workspace.store.casebook.held()) == 1, "the same again is the same"
    assert workspace.verify() == []


def test_accepting_takes_it_and_is_on_the_log(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path, KIM, FIRM)
    with pytest.raises(InputError):
        give(workspace, tmp_path, KIM)
    report = workspace.accept("toy", "the publisher confirms it")
    assert report.retracted == 1
    assert in_force(workspace.store) == {("toy:1", "name", "Kim"), ("toy:1", "birthDate", "1950-02")}
    assert workspace.store.casebook.held() == []
    log = [e for e in workspace.store.casebook.audit_entries() if e["action"] in ("hold", "accept")]
    assert [e["action"] for e in log] == ["hold", "accept"]
    assert "the publisher confirms it" in log[1]["detail"]
    assert workspace.store.casebook.verify_audit() == []
    with pytest.raises(NotFound):
        workspace.accept("toy")


def test_rejecting_drops_it_with_its_original(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path, KIM, FIRM)
    with pytest.raises(InputError):
        give(workspace, tmp_path, KIM)
    workspace.reject("toy", "cut short")
    assert originals(workspace) == 1
    assert workspace.verify() == []
    assert [e["action"] for e in workspace.store.casebook.audit_entries()][-1] == "reject"
    with pytest.raises(NotFound):
        workspace.reject("toy")


def test_the_original_stays_where_something_else_rests_on_it(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace.store, tmp_path, KIM, dataset="other")
    with pytest.raises(InputError):
        give(workspace, tmp_path, KIM)
    workspace.reject("toy")
    assert originals(workspace) == 1


def test_a_dataset_of_which_nothing_was_taken_yet_is_shown_with_what_waits(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(InputError):
        give(workspace, tmp_path, KIM)
    [dataset] = workspace.view().sources()["datasets"]
    assert (dataset["claims"], dataset["editions"], len(dataset["held"])) == (0, [], 1)
    assert workspace.view("public").sources()["datasets"][0]["handling"] == "TLP:CLEAR"


def test_who_may_not_read_it_does_not_learn_of_it(workspace: Workspace, tmp_path: Path) -> None:
    from counterflow.model.handling import TLP, Label

    with pytest.raises(InputError):
        take(workspace.store, tmp_path, KIM, reader=PICKY, label=Label(tlp=TLP.RED))
    assert workspace.view("public").sources()["datasets"] == []
    with pytest.raises(NotFound):
        workspace.accept("toy", audience="public")
    assert workspace.accept("toy").added == 2


def test_a_share_that_falls_holds_the_edition_back(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path, KIM, RI)
    bare = {k: v for k, v in KIM.items() if k != "birthDate"}
    with pytest.raises(InputError, match=r"0.0% of the parties have a Person.birthDate, expected at least 50%"):
        give(workspace, tmp_path, bare, RI)


@given(st.integers(0, 5), st.integers(0, 5), st.floats(0, 1))
def test_a_share_is_what_counting_says(having: int, lacking: int, limit: float) -> None:
    subjects = [f"x:{n}" for n in range(having + lacking)]
    rows = [{"subject": s, "schema": "Person", "property": "name", "prop_type": "name"} for s in subjects]
    has = {"schema": "Person", "property": "nationality", "prop_type": "country"}
    rows += [{"subject": s, **has} for s in subjects[:having]]
    columns = ("subject", "schema", "property", "prop_type")
    claims = pa.table({name: pa.array([r[name] for r in rows], pa.string()) for name in columns})
    rules = (Assertion("Person.nationality", limit, "x"), Assertion("country", limit, "x"))
    found = failing(rules, {}, claims, set(subjects), set(subjects), set())
    wrong = having + lacking > 0 and having / (having + lacking) < limit
    assert len(found) == (2 if wrong else 0)
    gone = {*subjects, "x:gone"}
    lost = Assertion("lost", 0, "x", maximum=limit)
    assert bool(failing((lost,), {}, claims, set(subjects), set(subjects), gone)) == (1 / len(gone) > limit)
    assert math.isinf(rules[0].maximum)


def test_accepting_does_not_bring_back_what_a_newer_edition_has_replaced(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path, "# 2020-01-01", KIM, FIRM)
    with pytest.raises(InputError):
        give(workspace, tmp_path, "# 2021-01-01", KIM)
    give(workspace, tmp_path, "# 2022-01-01", KIM, FIRM, RI)
    before = in_force(workspace.store)
    assert workspace.accept("toy").archived
    assert in_force(workspace.store) == before


def test_how_it_was_read_is_kept_with_it(tmp_path: Path) -> None:
    """A mapping is kept by what it says: the same file with the same words elsewhere is the same."""
    workspace = Workspace.create(tmp_path / "w")
    bank = tmp_path / "bank.csv"
    bank.write_text("id;when;from;to;sum\n1;01.09.2017;A;B;5\n", encoding="utf-8")
    words = (
        "columns: {payment_id: id, timestamp: when, from_account: from, to_account: to, amount: sum}\n"
        'defaults: {currency: USD}\ntimestamp_format: "%d.%m.%Y"\ndelimiter: ";"\n'
    )
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(words, encoding="utf-8")
    first = workspace.ingest(bank, reader="payments", options={"mapping": str(tmp_path / "one.yaml")})
    again = workspace.ingest(bank, reader="payments", options={"mapping": str(tmp_path / "two.yaml")})
    assert (first.observations, first.unchanged, again.unchanged) == (1, False, True)
    workspace.close()
