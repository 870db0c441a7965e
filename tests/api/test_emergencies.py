"""Break-glass: two persons, a reason, minutes, one case; everybody concerned hears of it, and it ends."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.house import House

if TYPE_CHECKING:
    from starlette.testclient import TestClient

WHY = "A ship sails in two hours and its owner is in the other file."
CASE = {"title": "A ship", "purpose": "aml", "basis": "mandate", "label": {"tlp": "TLP:CLEAR"}}
ASKED = {"reason": WHY, "ceiling": "TLP:AMBER", "compartments": ["HARBOUR"], "minutes": 30}


@pytest.fixture
def house(tmp_path: Path) -> House:
    found = House(tmp_path)
    for name, role in (("Ann", "analyst"), ("Sue", "supervisor"), ("Max", "supervisor"), ("Kim", "administrator"),
                       ("Ada", "auditor"), ("Hal", "analyst"), ("Out", "analyst")):  # fmt: skip
        found.add(name, role)
    found.workspace.clear("Hal", compartments=["HARBOUR"])
    found.workspace.add_organisation("CUSTOMS-B", "customs")
    found.workspace.add_person("Bea", "CUSTOMS-B", roles=["supervisor"])
    found.case = found.come_in("Ann").post("/api/cases", json=CASE).json()["id"]
    member = {"kind": "member", "fields": {"organisation": "FIU-A"}}
    found.come_in("Ann").post(f"/api/cases/{found.case}/rows", json=member)
    return found


def me(browser: TestClient) -> Any:
    return browser.get("/api/session").json()["me"]


def asking(house: House, **change: Any) -> tuple[TestClient, Any]:
    ann = house.come_in("Ann")
    ann.patch("/api/session", json={"case": house.case})
    return ann, ann.post("/api/emergencies", json=ASKED | change)


def decide(browser: TestClient, id: str, agreed: bool = True) -> int:
    return int(browser.post(f"/api/emergencies/{id}/decision", json={"agreed": agreed}).status_code)


def told(house: House, name: str) -> list[str]:
    return [n["text"].split(" ", 2)[2] for n in house.come_in(name).get("/api/notices").json()["notices"]
            if n["kind"] == "emergency"]  # fmt: skip


def test_another_person_agrees_and_it_opens_for_that_case_until_its_time(house: House) -> None:
    ann, answer = asking(house)
    id = answer.json()["id"]
    assert me(ann)["ceiling"] == "TLP:CLEAR"  # nothing is open yet
    assert decide(house.come_in("Sue"), id) == 200
    now = me(ann)
    assert (now["ceiling"], now["compartments"], now["emergency"]) == ("TLP:AMBER", ["HARBOUR"], id)
    ann.patch("/api/session", json={"case": "c-2"})
    assert (me(ann)["ceiling"], me(ann)["emergency"]) == ("TLP:CLEAR", "")  # for that case alone
    other = house.come_in("Ann")
    assert me(other)["ceiling"] == "TLP:CLEAR"  # nor in a session that works on none
    ann.patch("/api/session", json={"case": house.case})
    assert me(ann)["ceiling"] == "TLP:AMBER"
    past = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).isoformat(timespec="microseconds")
    house.workspace.directory.touch("emergencies", id, until=past)
    assert me(ann)["ceiling"] == "TLP:CLEAR"
    assert ann.get("/api/emergencies").json()["emergencies"][0]["state"] == "over"


def test_nobody_agrees_to_their_own_nor_without_the_verb_nor_from_elsewhere(house: House) -> None:
    sue = house.come_in("Sue")
    sue.patch("/api/session", json={"case": house.case})
    own = sue.post("/api/emergencies", json=ASKED).json()["id"]
    assert decide(sue, own) == 403
    _, answer = asking(house)
    id = answer.json()["id"]
    assert decide(house.come_in("Out"), id) == 403
    assert decide(house.come_in("Kim"), id) == 403
    bea = house.browser()
    bea.post("/api/session/code", json={"code": house.workspace.invite("Bea")})
    assert decide(bea, id) == decide(bea, "e-none") == 404  # another organisation's looks like none
    assert decide(house.come_in("Max"), id, agreed=False) == 200
    assert decide(house.come_in("Sue"), id) == 404  # it is decided


def test_whoever_agrees_has_just_shown_who_they_are(house: House) -> None:
    _, answer = asking(house)
    sue = house.come_in("Sue")
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=6)).isoformat(timespec="microseconds")
    house.workspace.directory.touch("sessions", sue.cookies["counterflow-8039"].split(".")[0], proved_at=long_ago)
    assert decide(sue, answer.json()["id"]) == 403


@pytest.mark.parametrize(
    "change", [{"reason": "urgent"}, {"minutes": 0}, {"minutes": 241}, {"ceiling": "TLP:CLEAR", "compartments": []}]
)
def test_what_is_no_emergency_is_refused(house: House, change: dict[str, Any]) -> None:
    assert asking(house, **change)[1].status_code == 400


def test_without_a_case_and_for_who_reads_nothing_there_is_none(house: House) -> None:
    assert house.come_in("Ann").post("/api/emergencies", json=ASKED).status_code == 400
    for name in ("Kim", "Ada"):
        assert house.come_in(name).post("/api/emergencies", json=ASKED).status_code == 403


def test_it_is_for_a_case_that_one_is_in_and_no_word_tells_whether_there_is_another(house: House) -> None:
    theirs = house.workspace.open_case("Theirs", "aml", "mandate", label={"tlp": "TLP:CLEAR"})
    said = []
    for case in (theirs, "c-none"):
        ann = house.come_in("Ann")
        ann.patch("/api/session", json={"case": case})
        said.append(ann.post("/api/emergencies", json=ASKED))
    assert said[0].status_code == said[1].status_code == 400
    assert said[0].json() == said[1].json()
    assert house.workspace.emergencies() == []


def test_everybody_concerned_is_told_each_time_and_it_is_on_the_log(house: House) -> None:
    ann, answer = asking(house)
    id = answer.json()["id"]
    decide(house.come_in("Sue"), id)
    ann.delete(f"/api/emergencies/{id}")
    all_three = ["has ended.", "was agreed to.", "is asked for."]
    assert [told(house, name) for name in ("Max", "Ada", "Hal")] == [all_three] * 3
    assert told(house, "Ann") == ["was agreed to."]
    assert told(house, "Sue") == ["has ended.", "is asked for."]
    assert told(house, "Out") == told(house, "Kim") == []
    actions = [entry["action"] for entry in house.workspace.store.casebook.audit_entries()]
    assert [a for a in actions if a.startswith("break-glass")] == [
        "break-glass ask", "break-glass decide", "break-glass end",
    ]  # fmt: skip
    assert me(ann)["ceiling"] == "TLP:CLEAR"
    assert WHY not in str(house.workspace.directory.rows("notices"))


def test_a_request_that_nobody_answered_in_time_is_answered_no_more(house: House) -> None:
    _, answer = asking(house)
    id = answer.json()["id"]
    old = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)).isoformat(timespec="microseconds")
    house.workspace.directory.touch("emergencies", id, asked_at=old)
    assert decide(house.come_in("Sue"), id) == 404


def test_a_token_is_never_wider_than_its_owner_was(house: House) -> None:
    ann, answer = asking(house)
    decide(house.come_in("Sue"), answer.json()["id"])
    assert ann.post("/api/tokens", json={"ceiling": "TLP:AMBER"}).status_code == 400
    text = ann.post("/api/tokens", json={}).json()["token"]
    program = house.browser()
    program.headers["authorization"] = f"Bearer {text}"
    assert me(program)["ceiling"] == "TLP:CLEAR"
