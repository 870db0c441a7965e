"""A case of two agencies: opened, worked in, decided by two, referred, closed; each sees its own slice."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.test_types import declared
from counterflow import registry
from counterflow.api.app import create_app
from counterflow.api.events import Pulse, stream
from counterflow.casework.identity.people import principal
from counterflow.errors import Conflict, Forbidden, NotFound, UsageError
from counterflow.model.principal import Session
from counterflow.workspace import Workspace

HOME = {"tlp": "TLP:AMBER", "releasable_to": ["CUSTOMS-B"]}
RED = {"tlp": "TLP:RED", "readers": ["Ann"]}
PEOPLE = {
    "Ann": ("FIU-A", "analyst"), "Sue": ("FIU-A", "supervisor", "disseminator"), "Max": ("FIU-A", "supervisor"),
    "Kim": ("CUSTOMS-B", "analyst"), "Lee": ("ELSEWHERE", "analyst"), "Adm": ("FIU-A", "administrator"),
}  # fmt: skip
UNITS = {"Ann": "Trade desk"}
ENTITIES = """
{"id": "acme", "schema": "Company", "properties": {"name": ["Acme Trading"], "country": ["kp"]}}
{"id": "bolt", "schema": "Company", "properties": {"name": ["Bolt Shipping"], "country": ["cn"]}}
{"id": "own", "schema": "Ownership", "properties": {"owner": ["acme"], "asset": ["bolt"], "startDate": ["2014"]}}
"""


class Desk:
    """People at one workspace."""

    def __init__(self, folder: Path, casebook: str = "") -> None:
        self.workspace = Workspace.create(folder / "w", casebook=casebook)
        none = {name: {"enabled": False} for name in registry.names("typologies")}
        self.workspace.settings = replace(self.workspace.settings, typologies=none)  # no test here is about a finding
        (folder / "firms.jsonl").write_text(ENTITIES.strip() + "\n", encoding="utf-8")
        self.workspace.ingest(folder / "firms.jsonl", dataset="firms", label="TLP:GREEN")
        for organisation, kind in (("FIU-A", "fiu"), ("CUSTOMS-B", "customs"), ("ELSEWHERE", "other")):
            self.workspace.add_organisation(organisation, kind)
        self.at = {}
        for name, (organisation, *roles) in PEOPLE.items():
            id = self.workspace.add_person(name, organisation, unit=UNITS.get(name, ""), roles=roles)["id"]
            self.workspace.clear(id, ceiling="TLP:RED")
            who = principal(self.workspace.directory, id)
            assert who is not None
            self.at[name] = self.workspace.acting(Session(who, f"s-{name}", stepped_up=True))

    def __getitem__(self, name: str) -> Workspace:
        return self.at[name]

    def case(self) -> str:
        """One that FIU-A leads and CUSTOMS-B is in."""
        id = self["Ann"].open_case("Fronts", "aml", "mandate", label=HOME)
        for organisation, agency in (("FIU-A", "fiu"), ("CUSTOMS-B", "customs")):
            self["Ann"].add_row(id, "member", {"organisation": organisation, "agency": agency})
        return id

    def versions(self, name: str, case: str, row: str) -> dict[str, Any]:
        return self[name].view().case_row(case, row)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    yield made
    made.workspace.close()


def test_each_member_sees_a_slice_and_nobody_else_anything(desk: Desk) -> None:
    id = desk.case()
    desk["Ann"].add_row(id, "note", {"text": "a source close to them"}, label=RED)
    task = desk["Kim"].add_row(id, "task", {"title": "Look at the manifest", "assignee": "CUSTOMS-B"})
    desk["Ann"].add_row(id, "member", {"organisation": "POLICE-C", "agency": "law_enforcement"}, label=RED)
    seen = {name: desk[name].view().case(id) for name in ("Ann", "Kim", "Sue")}
    assert [n["text"] for n in seen["Ann"]["notes"]] == ["a source close to them"]
    assert seen["Kim"]["notes"] == seen["Sue"]["notes"] == []
    assert [m["name"] for m in seen["Kim"]["members"]] == ["FIU-A/Ann", "FIU-A", "CUSTOMS-B"]
    assert "POLICE-C" in {m["name"] for m in seen["Ann"]["members"]}
    assert seen["Kim"]["role"] == "member"
    assert seen["Ann"]["role"] == "lead"
    with pytest.raises(NotFound) as hidden:
        desk["Lee"].view().case(id)
    with pytest.raises(NotFound) as absent:
        desk["Lee"].view().case("c-0")
    assert str(hidden.value).replace(id, "c-0") == str(absent.value)
    assert desk["Lee"].view().cases()["total"] == 0
    assert desk["Lee"].view().news()["total"] == 0
    with pytest.raises(Forbidden):
        desk["Adm"].view().case(id)
    with pytest.raises(Forbidden):
        desk["Adm"].open_case("x", "aml", "mandate")
    with pytest.raises(NotFound):  # a member whom the writer may not know of
        desk["Kim"].change_row(id, task, {"assignee": "POLICE-C"})
    with pytest.raises(UsageError, match="could not read under"):
        desk["Kim"].add_row(id, "note", {"text": "x"}, label=RED)
    with pytest.raises(UsageError, match="who leads"):
        desk["Kim"].add_row(id, "member", {"organisation": "ELSEWHERE"})


def test_a_change_that_comes_too_late_shows_both_and_keeps_what_is_there(desk: Desk) -> None:
    id = desk.case()
    task = desk["Ann"].add_row(id, "task", {"title": "Call the registry"})
    base = desk.versions("Ann", id, task)["version"]
    desk["Kim"].change_row(id, task, {"state": "doing"}, base=base)
    with pytest.raises(Conflict) as late:
        desk["Ann"].change_row(id, task, {"state": "dropped"}, base=base)
    assert late.value.yours["state"] == "dropped"
    assert late.value.theirs["fields"]["state"] == "doing"
    assert late.value.theirs["by"] == "CUSTOMS-B"
    assert "changed by CUSTOMS-B" in str(late.value)
    assert desk.versions("Ann", id, task)["state"] == "doing"
    desk["Ann"].change_row(id, task, {"state": "dropped"}, base=late.value.theirs["version"])
    assert [v["changed"] for v in desk["Kim"].view().case_history(id, task)["versions"]] == [
        {"state": ["doing", "dropped"]}, {"state": ["open", "doing"]}, {},
    ]  # fmt: skip


def test_of_many_changes_at_once_one_is_kept_and_the_others_are_told(desk: Desk) -> None:
    id = desk.case()
    task = desk["Ann"].add_row(id, "task", {"title": "Call"})
    base, told = desk.versions("Ann", id, task)["version"], []

    def change(name: str, n: int) -> None:
        try:
            told.append(desk[name].change_row(id, task, {"detail": f"{n}"}, base=base))
        except Conflict as e:
            told.append(e.theirs["fields"]["detail"])

    racing = [threading.Thread(target=change, args=(("Ann", "Kim")[n % 2], n)) for n in range(8)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    kept = desk.versions("Ann", id, task)
    assert told.count(task) == 1
    assert told.count(kept["detail"]) == 7
    assert kept["beside"] == []


ACTS = st.lists(
    st.tuples(st.sampled_from(["Ann", "Kim"]), st.sampled_from(["task", "change", "stale", "note"]), st.booleans()),
    min_size=3, max_size=9,
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_what_kim_is_answered_is_the_same_whether_ann_wrote_in_secret_or_not(
    desk: Desk, acts: list[tuple[str, str, bool]]
) -> None:
    worlds = [_played(desk, acts, secret) for secret in (True, False)]
    assert worlds[0] == worlds[1]


def _played(desk: Desk, acts: list[tuple[str, str, bool]], secret: bool) -> list[str]:
    """What Kim was told and sees at the end, ids and times by the order of their first appearance."""
    id, told, seen = desk.case(), [], []
    task = desk["Ann"].add_row(id, "task", {"title": "0"})
    first = desk.versions("Kim", id, task)["version"]
    for n, (name, act, narrow) in enumerate(acts):
        hidden = narrow and name == "Ann"
        if hidden and not secret:
            continue
        label, at = (RED if hidden else None), desk[name]
        try:
            if act in ("task", "note"):
                fields = {"title": f"{n}"} if act == "task" else {"text": f"{n}"}
                seen.append(at.add_row(id, act, fields, label=label))
            else:
                base = first if act == "stale" else None
                if name == "Ann" and not hidden and base is None:  # she works on what Kim sees as well
                    base = desk.versions("Kim", id, task)["version"]
                at.change_row(id, task, {"title": f"{n}"}, base=base, label=label)
            told += [] if hidden else ["done"]
        except Conflict as e:
            told += [] if hidden else [json.dumps([e.yours, e.theirs["fields"]])]
    text = json.dumps([told, desk["Kim"].view().case(id), desk["Kim"].view().case_history(id)])
    view = desk["Kim"].view()
    ids = [v[key] for v in reversed(view.case_history(id)["versions"]) for key in ("version", "row", "at")]
    for n, one in enumerate(dict.fromkeys([id, *ids])):
        text = text.replace(one, f"#{n}")
    return json.loads(text)


def test_what_waits_is_found_by_whom_it_waits_for_and_until_when(desk: Desk) -> None:
    id, other = desk.case(), desk["Ann"].open_case("Elsewhere", "aml", "mandate", label=HOME)
    desk["Ann"].add_row(other, "member", {"organisation": "CUSTOMS-B", "agency": "customs"})
    desk["Ann"].add_row(id, "member", {"organisation": "FIU-A", "unit": "Trade desk"})
    desk["Ann"].add_row(id, "task", {"title": "ours, late", "assignee": "FIU-A/Trade desk", "due": "2020-02"})
    desk["Ann"].add_row(id, "task", {"title": "for them", "assignee": "CUSTOMS-B", "due": "2999"})
    desk["Ann"].add_row(other, "request", {"question": "Whose ship?", "purpose": "aml", "to": "CUSTOMS-B"})
    desk["Ann"].add_row(id, "task", {"title": "in secret", "due": "2020"}, label=RED)

    def waits(name: str) -> list[tuple[str, bool]]:
        return [(w["what"], w["overdue"]) for w in desk[name].view().case_work()["work"] if w["case"] in (id, other)]

    assert waits("Kim") == [("for them", False), ("Whose ship?", False)]
    assert waits("Ann") == [("ours, late", True)]
    assert waits("Max") == []  # of the organisation, but not of its trade desk

    def found(name: str, **wanted: str) -> list[str]:
        return [c["id"] for c in desk[name].view().cases(**wanted)["cases"] if c["id"] in (id, other)]

    assert found("Kim", assignee="me", due="3000") == [id]
    assert found("Kim", q="whose  SHIP") == [other]
    assert found("Kim", q="in secret") == []
    assert found("Ann", q="in secret") == [id]
    assert found("Kim", due="2021") == [id]  # for the late one of the trade desk
    line = {c["id"]: c for c in desk["Kim"].view().cases()["cases"]}[id]
    assert (line["waiting"], line["mine"], line["overdue"], line["due"]) == (2, 1, 1, "2020-02")
    with pytest.raises(UsageError, match="not a date"):
        desk["Kim"].view().cases(due="soon")


def test_cases_that_belong_together_are_found_linked_and_merged(desk: Desk) -> None:
    id, other, hidden = desk.case(), desk.case(), desk["Ann"].open_case("Hers", "aml", "mandate", label=RED)
    for case in (id, other, hidden):
        desk["Ann"].add_row(case, "thing", {"thing": "entity", "id": "firms:acme"})
    (claim,) = [c for c in desk["Ann"].view().claims("firms:acme")["claims"] if c["property"] == "name"]
    desk["Ann"].add_row(id, "thing", {"thing": "claim", "id": claim["id"]})
    together = [r["id"] for r in desk["Kim"].view().related_cases(id)["related"]]
    assert other in together
    assert hidden not in together
    link = desk["Ann"].add_row(id, "thing", {"thing": "case", "id": other})
    assert [t["caption"] for t in desk["Kim"].view().case(id)["things"] if t["row"] == link] == ["Fronts"]
    with pytest.raises(NotFound):
        desk["Kim"].add_row(id, "thing", {"thing": "case", "id": hidden})
    for outcome, into in (("merged", ""), ("referred", other), ("merged", id)):
        with pytest.raises(UsageError):
            desk.workspace.close_case(id, outcome, "one affair", into=into)
    told = desk["Ann"].close_case(id, "merged", "one affair", into=other)
    desk["Max"].consent(told["row"], True)
    taken = {(t["thing"], t["id"]) for t in desk["Kim"].view().case(other)["things"]}
    assert taken == {("entity", "firms:acme"), ("claim", claim["id"]), ("case", id)}
    assert desk["Kim"].view().case(id)["outcome"] == "merged"


def test_two_must_agree_and_not_the_same_one(desk: Desk) -> None:
    id = desk.case()
    told = desk["Ann"].close_case(id, "unfounded", "nothing in it")
    assert told["done"] is False
    assert desk["Kim"].view().case(id)["status"] == "open"
    for name, error in (("Ann", Forbidden), ("Kim", Forbidden)):
        with pytest.raises(error):
            desk[name].consent(told["row"], True)
    assert desk["Sue"].view().proposals()["proposals"][0]["given"]["outcome"] == "unfounded"
    assert desk["Sue"].consent(told["row"], True)["state"] == "agreed"
    case = desk["Kim"].view().case(id)
    assert (case["status"], case["outcome"]) == ("closed", "unfounded")
    assert (case["decisions"][0]["proposed_by"], case["decisions"][0]["approved_by"]) == ("Ann (FIU-A)", "FIU-A")
    ours = desk["Ann"].view().case(id)["decisions"][0]
    assert (ours["by"], ours["proposed_by"], ours["approved_by"]) == ("Sue", "Ann", "Sue")
    with pytest.raises(NotFound):  # it waits no longer
        desk["Sue"].consent(told["row"], True)
    with pytest.raises(UsageError, match="closed"):
        desk["Ann"].add_row(id, "task", {"title": "x"})
    desk["Ann"].reopen_case(id, "a new report")
    assert desk["Kim"].view().case(id)["status"] == "open"
    own = desk["Sue"].refer(id, {"to": "POLICE-C", "what": "two boxes", "why": "value", "predicate": "art. 5"})
    with pytest.raises(UsageError, match="Somebody else"):
        desk["Sue"].consent(own["row"], True)
    desk["Sue"].withdraw_proposal(own["row"])
    assert desk["Sue"].view().proposals()["total"] == 0


def test_a_further_agency_is_let_in_by_two_and_sees_what_was_let_out(desk: Desk) -> None:
    id = desk["Sue"].open_case("Alone", "aml", "mandate", label={"tlp": "TLP:AMBER"})
    desk["Sue"].add_row(id, "member", {"organisation": "FIU-A", "role": "lead"})
    kept = desk["Sue"].add_row(id, "note", {"text": "for us"})
    told = desk["Ann"].add_row(id, "note", {"text": "for them too"})
    secret = desk["Ann"].add_row(id, "note", {"text": "mine"}, label=RED)
    with pytest.raises(Forbidden):
        desk["Ann"].release_row(id, told, ["CUSTOMS-B"], "they asked")
    for row in ("case", told):
        desk["Max"].consent(desk["Sue"].release_row(id, row, ["CUSTOMS-B"], "they asked")["row"], True)
    desk["Sue"].add_row(id, "member", {"organisation": "CUSTOMS-B", "agency": "customs"})
    case = desk["Kim"].view().case(id)
    assert [n["text"] for n in case["notes"]] == ["for them too"]
    assert {kept, secret}.isdisjoint(json.dumps(desk["Kim"].view().case_history(id)))
    with pytest.raises(NotFound):
        desk["Sue"].release_row(id, secret, ["CUSTOMS-B"], "?")


def test_a_note_on_somebody_is_a_claim_under_the_same_label(desk: Desk) -> None:
    id = desk.case()
    row = desk["Ann"].add_row(
        id, "note", {"text": "runs it from a flat", "about": "firms:acme", "grade": "B2"}, label=RED
    )
    note = desk.versions("Ann", id, row)

    def notes(name: str) -> list[tuple[str, str, str]]:
        scope = desk[name].line(None, True).scope
        claims = scope.table("claims")
        rows = scope.run(claims.filter((claims.subject == "firms:acme") & (claims.property == "notes"))).to_pylist()
        return [(r["claim_id"], r["value"], f"{r['reliability']}{r['credibility']}") for r in rows]

    assert notes("Ann") == [(note["claim"], "runs it from a flat", "B2")]
    assert notes("Kim") == []
    desk["Ann"].change_row(id, row, {"text": "ran it from a flat"}, base=note["version"])
    with pytest.raises(Conflict):
        desk["Ann"].change_row(id, row, {"text": "late"}, base=note["version"])
    assert [value for _, value, _ in notes("Ann")] == ["ran it from a flat"]
    with pytest.raises(NotFound):
        desk["Ann"].add_row(id, "note", {"text": "x", "cites": ["nowhere:1"]})


def test_a_chart_opens_as_it_was_and_less_of_it_for_who_may_read_less(desk: Desk, tmp_path: Path) -> None:
    id = desk.case()
    set_up = {"hide": ["kind:place"], "start": "2013", "pins": ["firms:acme", "firms:elsewhere"]}
    first = desk["Ann"].snapshot(
        id,
        "firms:acme",
        "Before",
        layout={"firms:acme": [1.5, 2]},
        expand=["firms:bolt"],
        path="firms:bolt",
        shown=set_up,
    )
    (tmp_path / "more.jsonl").write_text(
        '{"id": "carl", "schema": "Person", "properties": {"name": ["Carl"]}}\n'
        '{"id": "dir", "schema": "Directorship", "properties": {"director": ["carl"],'
        ' "organization": ["firms::acme"]}}\n'
    )
    desk.workspace.ingest(tmp_path / "more.jsonl", dataset="more", label="TLP:RED", reader="ftm")
    own = desk.workspace.open_case("Mine", "aml", "mandate", label={"tlp": "TLP:GREEN"})
    desk.workspace.add_row(own, "member", {"organisation": "CUSTOMS-B"})
    second = desk.workspace.snapshot(own, "firms:acme", "After", shown=set_up)
    chart = desk["Kim"].view().snapshot(id, first)
    assert {n["id"]: n["x"] for n in chart["nodes"]} == {"firms:acme": 1.5, "firms:bolt": None}
    assert [e["source"] for e in chart["edges"]] == ["firms:acme"]
    assert chart["intact"]
    link = chart["edges"][0]["id"]
    assert chart["shown"] == {"hide": ["kind:place"], "start": "2013", "pins": ["firms:acme"], "expand": ["firms:bolt"],
                              "path": ["firms:acme", "firms:bolt", link]}  # fmt: skip
    assert [n["id"] for n in desk["Ann"].view().snapshot(id, first)["nodes"]] == ["firms:acme", "firms:bolt"]
    whole = desk.workspace.view().snapshot(own, second)
    assert {n["caption"] for n in whole["nodes"]} >= {"Carl", "Acme Trading"}
    less = desk["Kim"].view().snapshot(own, second)
    assert (bool(whole["shown"]), less["shown"]) == (True, {})  # what was hidden may tell of what there was to hide
    assert "Carl" not in json.dumps(less)
    assert less["sha256"] != whole["sha256"]
    again = desk.workspace.snapshot(own, "firms:acme", "Then", known_on=chart["known_on"])
    changes = desk.workspace.view().snapshots_compared(own, again, second)
    assert [n["caption"] for n in changes["nodes"]["came"]] == ["Carl"]
    assert changes["nodes"]["went"] == changes["edges"]["changed"] == []


def test_the_chart_of_an_attempt_is_kept_and_who_holds_an_account_only_for_who_may_know(
    desk: Desk, tmp_path: Path
) -> None:
    head = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
    paid = "p1,2026-03-02T08:00:00Z,A,SRC111,B,RELAY1,9000,USD\np2,2026-03-03T08:00:00Z,B,RELAY1,C,SINK11,8900,USD\n"
    (tmp_path / "march.csv").write_text(head + paid, encoding="utf-8")
    desk.workspace.ingest(tmp_path / "march.csv", label="TLP:GREEN")
    (tmp_path / "held.jsonl").write_text(
        '{"id": "acc", "schema": "BankAccount", "properties": {"accountNumber": ["RELAY1"]}}\n'
        '{"id": "o", "schema": "Ownership", "properties": {"owner": ["firms::bolt"], "asset": ["acc"]}}\n'
    )
    desk.workspace.ingest(tmp_path / "held.jsonl", dataset="held", label="TLP:RED", reader="ftm")
    own = desk.workspace.open_case("Its money", "aml", "mandate", label={"tlp": "TLP:GREEN"})
    desk.workspace.add_row(own, "member", {"organisation": "CUSTOMS-B"})
    picture = desk.workspace.picture(None, True)
    rows = picture.scope.run(picture.scope.table("payments").select("row_id", "label_id")).to_pylist()
    picture.__dict__["findings"] = [{  # as if it had been detected
        "id": "f-1", "typology": "pass_through", "sentence": "It went through.", "subjects": ["firms:bolt"],
        "label_ids": sorted({r["label_id"] for r in rows}),
        "evidence": [{"kind": "payments", "id": r["row_id"], "role": ""} for r in rows],
    }]  # fmt: skip
    try:
        drawn = desk.workspace.view().attempt_network("f-1")
        places = {"account:A/SRC111": [3.0, 4.0], "firms:bolt": [1.0, 2.0]}
        row = desk.workspace.snapshot(own, "", "Through", finding="f-1", layout=places, shown={"pins": ["firms:bolt"]})
        for center, more in (("firms:acme", {"finding": "f-1"}), ("", {}), ("", {"finding": "f-1", "path": "nearest"})):
            with pytest.raises(UsageError, match="name one"):
                desk.workspace.snapshot(own, center, "Both", **more)
    finally:
        del picture.__dict__["findings"]
    whole = desk.workspace.view().snapshot(own, row)  # long after its finding is gone
    assert {n["id"] for n in whole["nodes"]} == {n["id"] for n in drawn["nodes"]} >= {"firms:bolt", "account:C/SINK11"}
    for key in ("source", "target", "amount", "start"):
        assert sorted(str(e[key]) for e in whole["edges"]) == sorted(str(e[key]) for e in drawn["edges"])
    assert (whole["finding"], whole["shown"]) == ("f-1", {"pins": ["firms:bolt"], "center": "firms:bolt"})
    assert (drawn["center"], whole["center"]) == ("firms:bolt", "account:A/SRC111")  # whom all who see it know
    assert {n["id"]: [n["x"], n["y"]] for n in whole["nodes"] if n["x"] is not None} == places
    less = desk["Kim"].view().snapshot(own, row)
    assert [n["id"] for n in less["nodes"]] == ["account:A/SRC111", "account:C/SINK11"]
    assert (less["edges"], less["shown"]) == ([], {})
    assert "bolt" not in json.dumps(less).casefold()
    assert less["intact"]


def test_news_are_pointers_and_every_act_is_on_the_log_with_its_session(desk: Desk) -> None:
    desk["Kim"].seen()
    id = desk.case()
    desk["Ann"].add_row(id, "note", {"text": "hidden"}, label=RED)
    desk["Ann"].add_row(id, "task", {"title": "Ring the harbour"})
    news = desk["Kim"].view().news()
    assert [n["kind"] for n in news["news"]] == ["task", "member", "member", "decision", "member", "case"]
    assert set(news["news"][0]) == {"id", "kind", "case", "row", "at", "seen"}
    told, place = desk["Kim"].view().events(0)
    assert [e["id"] for _, e in told[-2:]] == [n["id"] for n in reversed(news["news"][:2])]
    assert desk["Kim"].view().events(place) == ([], place)
    desk["Kim"].seen()
    assert desk["Kim"].view().news() == {"total": 0, "unseen": 0, "news": []}
    *_, entry = (e for e in desk.workspace.audit_entries("owner") if e["action"] == "case task")
    assert (entry["who"], json.loads(entry["detail"])["session"]) == (desk["Ann"].who, "s-Ann")
    assert desk.workspace.verify() == []


def test_a_listener_hears_what_it_may_hear_and_misses_nothing_while_away(desk: Desk) -> None:
    id = desk.case()
    view = desk["Kim"].view()

    async def heard(since: str, act: Callable[[], object]) -> list[dict[str, Any]]:
        pulse = Pulse(view.event_place, view.stirred, glance=0.01)
        told: list[dict[str, Any]] = []
        listening = stream(view, since, pulse, lasts=0.4, beat=0.1)
        async for text in listening:
            lines = dict(line.partition(": ")[::2] for line in text.strip().split("\n"))
            if "event" in lines:
                told.append({**json.loads(lines["data"]), **lines})
            elif "retry" not in lines:
                told.append({"event": "beat"})
            if lines.get("event") == "ready":
                await asyncio.to_thread(act)
        return told

    def both() -> None:
        desk["Ann"].add_row(id, "note", {"text": "hidden"}, label=RED)
        desk["Ann"].add_row(id, "task", {"title": "seen"})

    first = asyncio.run(heard("", both))
    assert [e["event"] for e in first][:2] == ["ready", "news"]
    assert [e.get("kind") for e in first if e["event"] == "news"] == ["task"]
    assert first[-1] == {"event": "beat"}
    assert set(first[1]) == {"event", "id", "data", "kind", "case", "row", "at", "mine"}
    both()
    missed = asyncio.run(heard(first[1]["id"], lambda: None))
    assert [e.get("kind") for e in missed if e["event"] == "news"] == ["task"]
    nothing = asyncio.run(
        heard(
            next(e["id"] for e in missed if e["event"] == "ready"),
            lambda: desk["Ann"].add_row(id, "note", {"text": "x"}, label=RED),
        )
    )
    assert {e["event"] for e in nothing} == {"ready", "beat"}
    # who is cut off before anything is said has the place where it began
    begun = asyncio.run(heard("", lambda: None))[0]
    both()
    assert [e.get("kind") for e in asyncio.run(heard(begun["id"], lambda: None)) if e["event"] == "news"] == ["task"]
    assert len(asyncio.run(heard("made up", lambda: None))) > len(missed)  # everything, rather than nothing


def test_the_workbench_is_sent_what_it_expects_and_told_of_both_versions(desk: Desk) -> None:
    types = declared()
    client = TestClient(create_app(desk.workspace), base_url="http://127.0.0.1")
    given = {"title": "Fronts", "purpose": "aml", "basis": "mandate", "label": HOME}
    id = client.post("/api/cases", json=given).json()["id"]
    for kind, fields in (
        ("member", {"organisation": "CUSTOMS-B"}), ("task", {"title": "Call", "assignee": "CUSTOMS-B"}),
        ("note", {"text": "alike"}), ("decision", {"what": "go on"}),
        ("request", {"question": "who?", "purpose": "aml", "to": "FIU-B"}),
    ):  # fmt: skip
        answer = client.post(f"/api/cases/{id}/rows", json={"kind": kind, "fields": fields})
        assert answer.status_code == 200, answer.text
    told = {"to": "POLICE-C", "what": "w", "why": "y", "predicate": "p"}
    assert client.post(f"/api/cases/{id}/referrals", json=told).json()["done"] is True
    for address, name in (
        ("/api/cases", "CaseList"), (f"/api/cases/{id}", "CaseFile"), (f"/api/cases/{id}/history", "CaseHistory"),
        ("/api/news?everything=1", "NewsAnswer"), ("/api/proposals", "ProposalsAnswer"),
        ("/api/case-terms", "CaseTermsAnswer"),
    ):  # fmt: skip
        answer = client.get(address)
        assert sorted(set(types.wrong(answer.json(), ("ref", name), name))) == [], answer.text
    task = client.get(f"/api/cases/{id}").json()["tasks"][0]
    place = f"/api/cases/{id}/rows/{task['row']}"
    client.patch(place, json={"base": task["version"], "changes": {"state": "done"}})
    late = client.patch(place, json={"base": task["version"], "changes": {"state": "dropped"}})
    assert late.status_code == 409
    assert (late.json()["yours"]["state"], late.json()["theirs"]["fields"]["state"]) == ("dropped", "done")
    assert client.patch(place, json={"changes": {}}).status_code == 422
    assert client.get("/api/cases/c-0").status_code == 404
