"""Conflicts in print: the real case's rival accounts, and what two sources say differently of one party."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from claims.toy import take
from counterflow.cli import main
from counterflow.model.handling import TLP, Label
from counterflow.views.view import View
from counterflow.workspace import Workspace

CASE = Path(__file__).parents[2] / "examples" / "office39"
TABLES = ("relations", "measures", "events", "estimates")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> View:
    workspace = Workspace.create(tmp_path_factory.mktemp("w") / "w", case="office39:office-39")
    workspace.ingest(CASE)
    return workspace.view()


def test_every_group_that_the_case_marks_is_shown_with_all_its_accounts(case: View) -> None:
    marked: Counter[str] = Counter()
    for name in TABLES:
        with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            marked.update(row["conflict_group"] for row in csv.DictReader(stream) if row["conflict_group"])
    found = {c["group"]: len(c["accounts"]) for c in case.conflicts() if c["kind"] == "question"}
    assert found == marked
    assert len(found) == 40


def test_a_page_shows_the_questions_that_its_entity_is_part_of(case: View) -> None:
    page = case.entity("office39:office-38")
    assert {"C02", "C03"} <= {c["group"] for c in page["conflicts"]}
    merger = next(c for c in page["conflicts"] if c["group"] == "C02")
    assert any("abolished" in a["text"].casefold() for a in merger["accounts"])
    assert all(a["grade"] and a["sources"] and a["claim_ids"] and a["handling"] for a in merger["accounts"])
    then = next(c for c in case.entity("office39:office-38", "2009")["conflicts"] if c["group"] == "C02")
    assert len(then["accounts"]) < len(merger["accounts"])


def rows(*facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "k", "schema": "Person", "name": "Kim Yong Chol", "country": "kp", **fact} for fact in facts]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "w")
    for dataset, born in (("un", "1946"), ("eu", "1946-02-01"), ("ofac", "1947")):
        take(workspace.store, tmp_path, *rows({"birthDate": born}), dataset=dataset)
    workspace.judge("un:k", "eu:k", "same", "one man")
    workspace.judge("un:k", "ofac:k", "same", "one man")
    return workspace


def test_what_sources_say_differently_of_one_party(workspace: Workspace) -> None:
    [found] = workspace.view().conflicts("eu:k")
    assert (found["kind"], found["label"], found["one_source"]) == ("value", "Birth date", False)
    told = {a["text"]: [s["id"] for s in a["sources"]] for a in found["accounts"]}
    assert told == {"1946-02-01": ["eu", "un"], "1947": ["ofac"]}
    assert workspace.view().entity("un:k")["conflicts"] == [found]


def test_what_may_not_be_read_takes_no_side(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace.store, tmp_path, *rows({"birthDate": "1950"}), dataset="tips", label=Label(tlp=TLP.RED))
    public = json.dumps(workspace.view("public").conflicts())
    assert "1950" not in public and "1947" in public


def test_one_source_that_does_not_know_is_told_apart(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace.store, tmp_path, *rows({"birthDate": "1946"}, {"birthDate": "1947"}))
    [found] = workspace.view().conflicts()
    assert found["one_source"]


def test_payments_that_share_a_number_and_differ_are_both_kept_and_told(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    header = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
    path = tmp_path / "bank.csv"
    path.write_text(
        f"{header}P1,2017-09-01,A,1,B,2,10,USD\nP1,2017-09-01,A,1,B,2,99,USD\nP2,2017-09-01,A,1,B,2,5,USD\n"
    )
    assert workspace.ingest(path).observations == 3
    [found] = workspace.view().conflicts()
    assert (found["kind"], found["label"]) == ("number", "Payment P1")
    assert sorted(a["text"].split(" paid ")[1] for a in found["accounts"]) == ["2 10 USD (line 2)", "2 99 USD (line 3)"]
    assert workspace.view("public").conflicts() == []
    result = CliRunner().invoke(main, ["--workspace", str(workspace.path), "conflicts", "--json"])
    assert [json.loads(text)["id"] for text in result.stdout.splitlines()] == ["payments:payment P1"]
