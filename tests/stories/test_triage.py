"""A finding is decided about; the decision stays until the finding grows, and is read by those who may read it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.errors import NotFound, UsageError
from counterflow.workspace import Workspace
from stories.conftest import counterflow, rows

HEAD = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"


def just_below(first: int, n: int, day: int) -> str:
    """n payments into one account, each a little below what must be reported."""
    return "".join(
        f"p{i},2026-03-{day:02}T{8 + i % 12:02}:{i:02}:00Z,B1,PAYER{i},B2,SINK,{9_000 + i},USD\n"
        for i in range(first, first + n)
    )


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the payments in it and every stage made. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("paid")
    made = Workspace.create(folder / "w")
    (folder / "march.csv").write_text(HEAD + just_below(0, 12, 2), encoding="utf-8")
    made.ingest(folder / "march.csv", label="TLP:AMBER")
    made.run()
    made.close()
    return made.path


@pytest.fixture
def workspace(paid: Path, tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.open(Path(shutil.copytree(paid, tmp_path / "w")))
    yield made
    made.close()


def found_in(workspace: Workspace, audience: str | None = None, **wanted: Any) -> list[dict[str, Any]]:
    found = workspace.view(audience).findings(wanted)
    return list(found["findings"])


def test_a_decision_counts_until_the_finding_grows(workspace: Workspace, tmp_path: Path) -> None:
    (found,) = found_in(workspace)
    assert (found["standing"], found["decision"]) == ("undecided", None)
    told = workspace.triage(found["id"], "dismiss", "payroll", "the firm's own staff")
    assert told["standing"] == "dismiss"
    (found,) = found_in(workspace, state=("dismiss",))
    assert found["decision"]["note"] == "the firm's own staff"
    assert found["decision"]["in_force"]
    assert found_in(workspace, state=("undecided", "again")) == []

    (tmp_path / "more.csv").write_text(HEAD + just_below(12, 2, 3), encoding="utf-8")
    workspace.ingest(tmp_path / "more.csv", label="TLP:AMBER")
    (grown,) = found_in(workspace)
    assert grown["id"] != found["id"]
    assert grown["standing"] == "again"
    assert grown["decision"]["reason"] == "payroll"
    assert grown["decision"]["lapsed"] == ["the finding has changed since: 2 records new"]

    workspace.triage(grown["id"], "escalate", "refer-to-fiu")
    card = workspace.view().finding(grown["id"])
    assert [(h["state"], h["finding"]) for h in card["history"]] == [("escalate", grown["id"])]
    assert card["standing"] == "escalate"
    assert workspace.view().triage()["states"]["escalate"] == 1


def test_what_is_taken_back_stays_in_the_casebook(workspace: Workspace) -> None:
    (found,) = found_in(workspace)
    workspace.triage(found["id"], "watch", "may-grow", until="2999")
    workspace.triage(found["id"], "dismiss", "merchant-settlement")
    workspace.triage(found["id"], "withdrawn", note="wrong one")
    told = workspace.view().triage(found["id"])
    assert told["standing"] == "undecided"
    assert [h["state"] for h in told["history"]] == ["withdrawn", "dismiss", "watch"]
    with pytest.raises(NotFound):
        workspace.triage(found["id"], "withdrawn")
    assert [e["action"] for e in workspace.store.casebook.audit_entries()].count("triage") == 3


def test_it_lapses_on_its_day_and_says_so(workspace: Workspace) -> None:
    (found,) = found_in(workspace)
    workspace.triage(found["id"], "watch", "too-new", until="2020")
    (found,) = found_in(workspace, state=("again",))
    assert found["decision"]["lapsed"] == ["it counted until 2020"]


def test_who_may_not_read_the_payments_learns_nothing_of_the_decision(workspace: Workspace) -> None:
    (found,) = found_in(workspace)
    workspace.triage(found["id"], "escalate", "refer-to-fiu", label="TLP:RED")
    assert found_in(workspace, "public") == []
    assert workspace.view("public").triage()["decisions"] == []
    with pytest.raises(NotFound):
        workspace.triage(found["id"], "dismiss", "payroll", audience="public")


def test_over_http_and_on_the_command_line(workspace: Workspace) -> None:
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1")
    (found,) = found_in(workspace)
    wanted = {"typology": found["typology"], "state": ["undecided", "again"]}
    listed = client.get("/api/findings", params=wanted).json()
    id = listed["findings"][0]["id"]
    assert id == found["id"]
    assert listed["facets"]["state"] == {"undecided": 1}
    refused = client.post("/api/triage", json={"finding": id, "state": "dismiss", "reason": "refer-to-fiu"})
    assert (refused.status_code, "payroll" in refused.json()["detail"]) == (400, True)
    done = client.post("/api/triage", json={"finding": id, "state": "dismiss", "reason": "duplicate", "note": "of f-1"})
    assert done.json()["standing"] == "dismiss"
    assert client.get("/api/triage").json()["reasons"] == {"duplicate": 1}
    assert client.delete("/api/triage", params={"finding": id}).json()["standing"] == "undecided"
    assert client.get("/api/triage", params={"finding": id}).json()["history"][0]["state"] == "withdrawn"

    path = workspace.path
    told = json.loads(counterflow(path, "triage", id, "--as", "watch", "--reason", "may-grow", "--json"))
    assert told["decision"]["state"] == "watch"
    everything = rows(counterflow(path, "detect", "--json"))
    open_ = rows(counterflow(path, "detect", "--undecided", "--json"))
    assert {f["id"] for f in everything} - {f["id"] for f in open_} == {id}
    assert "may-grow" in counterflow(path, "triage")
    assert counterflow(path, "triage", id).startswith("watch\n")
    assert "payroll" in counterflow(path, "triage", "--reasons")
    counterflow(path, "triage", id, "--undo")
    assert "--as dismiss" in counterflow(path, "triage", "--as", "watch", code=2)


def test_the_queue_counts_each_facet_among_what_the_others_let_through(workspace: Workspace) -> None:
    view = workspace.view()
    every = view.findings()
    assert every["total"] == every["all"] == sum(every["facets"]["typology"].values())
    some = view.findings({"likelihood": ("almost no chance",)})
    assert some["total"] == 0
    assert some["facets"]["likelihood"] == every["facets"]["likelihood"]
    assert some["facets"]["typology"] == {}
    last = every["findings"][-1]["id"]
    portion = view.findings(limit=1, around=last)
    assert [f["id"] for f in portion["findings"]] == [last]
    assert portion["at"] == portion["offset"] == every["total"] - 1
    for sort in ("newest", "oldest", "amount", "payments"):
        assert view.findings(sort=sort)["total"] == every["total"]
    for wrong in ({"state": ("done",)}, {"typology": ("none",)}, {"likelihood": ("maybe",)}):
        with pytest.raises(UsageError):
            view.findings(wrong)
    with pytest.raises(UsageError):
        view.findings(sort="best")
