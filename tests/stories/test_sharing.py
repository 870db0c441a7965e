"""One agency releases to another: what may leave, with whose leave, on which terms; how useful it was; a recall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.casework import sharing
from counterflow.claims.ingest import ingest
from counterflow.cli import main
from counterflow.errors import Forbidden, NotFound, ProofNeeded, Purged, UsageError
from counterflow.model.handling import TLP, Label
from counterflow.model.principal import Principal, Session
from counterflow.sources.interchange import ftm
from counterflow.storage import notes, writings
from counterflow.storage.blobs import sha256_of
from counterflow.views.dissemination import releases
from counterflow.workspace import Workspace
from counterflow.workspace import sharing as releasing

OURS = Label(TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"PARTNER"}))
THEIRS = Label(TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"PARTNER"}), orcon=frozenset({"FIU-Z"}))
ROWS: dict[str, tuple[Label, list[dict[str, Any]]]] = {
    "open": (Label(), [{"id": "firm", "schema": "Company", "properties": {"name": ["Harbour Trading"]}}]),
    "ours": (OURS, [
        {"id": "boss", "schema": "Person", "properties": {"name": ["Ann Aston"]}},
        {"id": "own", "schema": "Ownership", "properties": {"owner": ["boss"], "asset": ["open::firm"]}},
    ]),
    "theirs": (THEIRS, [
        {"id": "tip", "schema": "Person", "properties": {"name": ["Canary Tipped"]}},
        {"id": "own", "schema": "Ownership", "properties": {"owner": ["tip"], "asset": ["open::firm"]}},
    ]),
    "red": (Label(TLP.RED), [{"id": "source", "schema": "Person", "properties": {"name": ["Canary Source"]}},
                             {"id": "own", "schema": "Ownership",
                              "properties": {"owner": ["source"], "asset": ["open::firm"]}}]),
}  # fmt: skip


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("sharing")
    workspace = Workspace.create(folder / "w", title="Small")
    for dataset, (label, rows) in ROWS.items():
        path = folder / f"{dataset}.ftm.json"
        path.write_text("\n".join(json.dumps(row) for row in rows))
        ingest(path, ftm.READER, workspace.store, who="test", dataset=dataset, label=label)
    yield workspace
    workspace.close()


def release(workspace: Workspace, out: Path, **more: Any) -> dict[str, Any]:
    return workspace.release("PARTNER", "ftm", out, ["open:firm"], terms="lead only", purpose="a joint case", **more)


def test_only_what_may_leave_leaves_and_the_rest_is_told_with_its_reason(agency: Workspace, tmp_path: Path) -> None:
    plan = agency.release_plan("PARTNER", ["open:firm", "theirs:tip"])
    assert plan["nothing_of"] == ["theirs:tip"]
    reasons = {row["reason"]: row["records"] for row in plan["withheld"]}
    assert reasons["originator control: no leave of FIU-Z is recorded"] == 3  # a name, and two ends of a link
    assert any("TLP:RED is above the ceiling of PARTNER" in reason for reason in reasons)
    whole = {row["reason"]: row["records"] for row in agency.release_plan("PARTNER")["withheld"]}
    assert whole.keys() == reasons.keys()
    told = release(agency, tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text()
    assert "Harbour" in text
    assert "Ann Aston" in text
    assert "Canary" not in text
    assert told["sha256"] == sha256_of(tmp_path / "a.json")
    [row] = agency.view().dissemination()["releases"]
    assert (row["to"], row["terms"], row["purpose"], row["state"]) == (
        "PARTNER",
        "lead only",
        "a joint case",
        "released",
    )
    assert row["handling"].startswith("TLP:AMBER")
    # whoever may not read all that left does not see that it left
    assert agency.view("public").dissemination()["releases"] == []
    entries = [e for e in agency.audit_entries("owner") if e["action"] == "release"]
    assert json.loads(entries[-1]["detail"])["release"] == row["release"]
    with pytest.raises(UsageError, match="Nothing of it"):
        agency.release("PARTNER", "ftm", tmp_path / "b", ["theirs:tip"], terms="t", purpose="p")
    with pytest.raises(NotFound):
        agency.release("PARTNER", "ftm", tmp_path / "b", ["open:absent"], terms="t", purpose="p")
    with pytest.raises(UsageError, match="terms"):
        agency.release("PARTNER", "ftm", tmp_path / "b", terms=" ", purpose="p")
    with pytest.raises(UsageError, match="PARTNER"):
        agency.release_plan("PRATNER")
    assert not (tmp_path / "b").exists()


def test_leave_lets_it_go_on_and_feedback_and_recall_follow_it(agency: Workspace, tmp_path: Path) -> None:
    made = agency.leave("FIU-Z", "PARTNER", ["theirs:tip"], reference="letter 7 of 2026-11-01")
    assert len(made["labels"]) == 1
    with pytest.raises(UsageError, match="control"):
        agency.leave("FIU-Q", "PARTNER", ["theirs:tip"], reference="letter")
    told = release(agency, tmp_path / "a.json")
    assert "Canary Tipped" in (tmp_path / "a.json").read_text()
    assert "Canary Source" not in (tmp_path / "a.json").read_text()
    agency.release_feedback(told["release"], 4, "led to a seizure")
    with pytest.raises(UsageError, match="1"):
        agency.release_feedback(told["release"], 6, "")
    claim = agency.view().dissemination_of(told["release"])["records"][0]
    notices = agency.recall(claim, "the source withdrew it")
    mine = next(n for n in notices if n["release"] == told["release"])
    text = notes.opened(mine["notice"], mine["key"])
    assert text is not None
    assert told["sha256"] in text
    assert "Canary" not in text
    assert notes.opened(mine["notice"].replace("withdrew", "confirmed"), mine["key"]) is None
    assert _row(agency, told["release"])["state"] == "recalled"
    agency.acknowledge_recall(told["release"], "B. Officer")
    row = _row(agency, told["release"])
    assert (row["state"], row["feedback"][0]["score"]) == ("acknowledged", 4)
    with pytest.raises(NotFound):
        agency.recall("nothing", "no reason")


def test_a_session_needs_the_role_fresh_proof_and_a_second_person(agency: Workspace, tmp_path: Path) -> None:
    def session(id: str, *verbs: str, **more: Any) -> Workspace:
        who = Principal(id, id, "FIU-A", verbs=frozenset({"read", *verbs}), ceiling=TLP.AMBER)
        return agency.acting(Session(who, "s", **more))

    with pytest.raises(ProofNeeded):
        release(session("ann", "release"), tmp_path / "a")
    with pytest.raises(Forbidden):
        release(session("bob", stepped_up=True), tmp_path / "a")
    ann = session("ann", "release", "approve", stepped_up=True, case="c-9")
    waits = release(ann, tmp_path / "a")
    assert not (tmp_path / "a").exists()
    # nothing that she may not read herself can be let out by her, or is told to her
    assert not [w for w in waits["withheld"] if "RED" in w["marking"]]
    assert [p["proposal"] for p in ann.view().dissemination()["proposals"]] == [waits["proposal"]]
    with pytest.raises(UsageError, match="second person"):
        ann.approve_release(waits["proposal"], tmp_path / "a")
    told = session("cyd", "approve", stepped_up=True).approve_release(waits["proposal"], tmp_path / "a")
    assert told["sha256"] == sha256_of(tmp_path / "a")
    assert ann.view().dissemination()["proposals"] == []
    assert _row(agency, told["release"])["case"] == "c-9"


def test_the_verbs(agency: Workspace, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["--workspace", str(agency.path), *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "withheld" in run("release", "--to", "PARTNER", "--dry-run", "open:firm")
    out = run("release", "--to", "PARTNER", "--format", "goaml", "--profile", "mt", "--out", str(tmp_path / "a.xml"),
              "--terms", "lead only", "--purpose", "a case", "--set", "rentity_id=7", "open:firm")  # fmt: skip
    id = out.rpartition("release r-")[2].split()[0]
    assert f"r-{id}" in run("dissemination", "list")
    assert "lead only" in run("dissemination", "show", f"r-{id}")
    run("dissemination", "feedback", f"r-{id}", "--score", "5")
    assert "acknowledge by" in run("dissemination", "recall", f"r-{id}", "--reason", "sent in error")
    run("dissemination", "acknowledge", f"r-{id}", "--by", "B. Officer")


def test_over_http(agency: Workspace) -> None:
    with TestClient(create_app(agency), base_url="http://127.0.0.1:8039", headers={"x-counterflow": "1"}) as client:
        terms = client.get("/api/release-terms").json()
        assert "PARTNER" in {one["to"] for one in terms["recipients"]}
        assert next(f for f in terms["formats"] if f["name"] == "pdf")["losses"]
        body = {"to": "PARTNER", "ids": ["open:firm"]}
        assert client.post("/api/releases/plan", json=body).json()["withheld"]
        sent = client.post("/api/releases", json={**body, "format": "ftm", "terms": "lead only", "purpose": "a case"})
        assert sent.status_code == 200, sent.text
        assert b"Harbour" in sent.content
        assert "Canary Source" not in sent.text
        id = sent.headers["x-release"]
        assert client.post(f"/api/dissemination/{id}/feedback", json={"score": 5}).status_code == 200
        assert client.post(f"/api/dissemination/{id}/recall", json={"reason": "sent in error"}).json()[0]["notice"]
        client.post(f"/api/dissemination/{id}/acknowledgement", json={"by": "B. Officer"})
        assert client.get(f"/api/dissemination/{id}").json()["state"] == "acknowledged"
        assert client.get("/api/dissemination", params={"audience": "public"}).json()["releases"] == []
        absent = client.post("/api/dissemination/r-0/recall", json={"reason": "r"})
        assert absent.status_code == 404
        assert client.get("/api/retention/due", params={"on": "2099-01-01"}).json()


def _row(workspace: Workspace, id: str) -> dict[str, Any]:
    return next(row for row in workspace.view().dissemination()["releases"] if row["release"] == id)


def test_the_line_of_a_release_goes_with_the_first_of_its_labels_and_stays_with_the_owner(agency: Workspace) -> None:
    content = {"from": "FIU-A", "to": "PARTNER", "sha256": "0" * 64, "records": []}
    for id, expires in (("r-stands", "2999-01-01"), ("r-gone", "2020-01-01")):
        labels = [Label(TLP.GREEN), Label(TLP.GREEN, expires=expires)]
        writings.write(agency.store.casebook, [(sharing.RELEASE, id, {**content, "release": id})], [labels], "ann")
    told = {who: {one["release"] for one in releases(agency.line(who, True))} for who in ("partner", "owner")}
    assert told["partner"] >= {"r-stands"} and "r-gone" not in told["partner"]
    assert told["owner"] >= {"r-stands", "r-gone"}
    assert "r-gone" in {one["release"] for one in agency.recall("r-gone", "wrong", audience="owner")}
    with pytest.raises(NotFound):
        agency.view("partner").dissemination_of("r-gone")


def nothing_left(workspace: Workspace, out: Path, before: int) -> bool:
    made = len(workspace.view().dissemination()["releases"])
    return made == before and not list(out.parent.iterdir())


def test_what_is_called_back_while_it_is_released_again_is_not_released(
    agency: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release(agency, tmp_path / "first")["release"]
    (tmp_path / "first").unlink()
    before, gathered = len(agency.view().dissemination()["releases"]), releasing._records
    meanwhile: list[Any] = [lambda: agency.recall(first, "wrong")]

    def records(plan: Any) -> Any:
        found = gathered(plan)
        if meanwhile:
            meanwhile.pop()()
        return found

    monkeypatch.setattr(releasing, "_records", records)
    with pytest.raises(UsageError, match="called back while"):
        release(agency, tmp_path / "again")
    assert nothing_left(agency, tmp_path / "again", before)
    assert agency.view().dissemination_of(first)["state"] == "recalled"

    def purged() -> None:
        with agency.store.casebook.changing() as tx:
            agency.store.casebook.purging(tx)

    meanwhile.append(purged)
    with pytest.raises(Purged):
        release(agency, tmp_path / "again")
    assert nothing_left(agency, tmp_path / "again", before)
    assert release(agency, tmp_path / "again")["records"]  # by who knows of it


def test_no_release_comes_between_looking_for_what_is_out_and_calling_it_back(
    agency: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release(agency, tmp_path / "first")
    [record, *_] = agency.view().dissemination_of(first["release"])["records"]
    noticed, others = sharing.notice, list[Future[Any]]()

    with ThreadPoolExecutor(1) as pool:

        def notice(*given: Any) -> str:
            if not others:
                others.append(pool.submit(release, agency, tmp_path / "second"))
                with pytest.raises(TimeoutError):
                    others[0].result(1.0)
            return noticed(*given)

        monkeypatch.setattr(sharing, "notice", notice)
        called = agency.recall(record, "wrong")
        with pytest.raises(UsageError, match="called back while"):
            others[0].result(30)
    assert first["release"] in {one["release"] for one in called}
    assert not (tmp_path / "second").exists()
