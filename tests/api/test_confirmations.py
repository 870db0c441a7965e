"""Who is behind an account that an administrator opened a way into: it reads nothing until another person said so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from api.house import PASSWORD, House
from counterflow.cli import main

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.fixture
def house(tmp_path: Path) -> House:
    found = House(tmp_path)
    for name, role in (("Kim", "administrator"), ("Sue", "supervisor")):
        found.add(name, role)
    return found


def invited(house: House, kim: TestClient, name: str) -> TestClient:
    """A browser that came in by an invitation which an administrator made."""
    (id,) = [p["id"] for p in kim.get("/api/people").json()["people"] if p["name"] == name]
    code = kim.post(f"/api/people/{id}/invitation").json()["code"]
    browser = house.browser()
    assert browser.post("/api/session/code", json={"code": code}).status_code == 200
    return browser


def waits(browser: TestClient) -> list[dict[str, str]]:
    found: list[dict[str, str]] = browser.get("/api/confirmations").json()["confirmations"]
    return found


def decided(browser: TestClient, id: str, agreed: bool = True) -> int:
    return int(browser.post(f"/api/confirmations/{id}/decision", json={"agreed": agreed}).status_code)


def test_an_administrator_who_comes_in_as_somebody_else_reads_nothing(house: House) -> None:
    kim = house.come_in("Kim")
    body = {"name": "Ghost", "organisation": "FIU-A", "roles": ["analyst"]}
    assert kim.post("/api/people", json=body).status_code == 200
    ghost = invited(house, kim, "Ghost")
    me = ghost.get("/api/session").json()["me"]
    assert (me["waiting"], me["verbs"], me["roles"]) == (True, [], ["analyst"])
    assert ghost.get("/api/summary").status_code == 403
    assert ghost.post("/api/tokens", json={}).status_code == 400
    assert (
        ghost.put("/api/session/password", json={"password": PASSWORD}).status_code == 200
    )  # what it is to come in by
    (one,) = waits(house.come_in("Sue"))
    assert (one["name"], one["asked_by_name"]) == ("Ghost", "Kim")
    for browser in (kim, ghost):  # neither who opened the way nor who came by it
        assert waits(browser) == []
        assert decided(browser, one["id"]) == 404
    sue = house.come_in("Sue")
    assert decided(sue, "h-none") == 404
    assert decided(sue, one["id"]) == 200
    assert decided(sue, one["id"]) == 404  # once
    assert ghost.get("/api/session").json()["me"]["verbs"] == ["case", "judge", "read"]
    assert ghost.get("/api/sessions").status_code == 200
    assert "was confirmed" in ghost.get("/api/notices").json()["notices"][0]["text"]


def test_a_colleagues_account_that_is_taken_over_goes_back_to_its_owner(house: House) -> None:
    house.add("Ann", "analyst")
    ann = house.come_in("Ann")
    ann.put("/api/session/password", json={"password": PASSWORD})
    kim = house.come_in("Kim")
    thief = invited(house, kim, "Ann")
    assert ann.get("/api/session").json()["me"]["waiting"]  # she sees at once that something is wrong
    assert thief.put("/api/session/password", json={"password": "something else entirely 1"}).status_code == 200
    assert thief.get("/api/notices").json()["notices"] == []
    assert thief.delete("/api/sessions").status_code == 400
    assert [thief.delete(f"/api/sessions/{ann.get('/api/session').json()['me']['session']}").status_code] == [400]
    sue = house.come_in("Sue")
    (one,) = waits(sue)
    assert any("waits" in n["text"] for n in sue.get("/api/notices").json()["notices"])
    assert decided(sue, one["id"], agreed=False) == 200
    assert thief.get("/api/session").json()["me"] is None
    again = house.browser()
    sent = {"name": "Ann", "password": "something else entirely 1"}
    assert again.post("/api/session/password", json=sent).status_code == 401
    sent["password"] = PASSWORD
    assert again.post("/api/session/password", json=sent).status_code == 200  # her own holds again
    assert again.get("/api/session").json()["me"]["verbs"]
    told = [e["action"] for e in house.workspace.store.casebook.audit_entries()]
    assert "account wait" in told and "account confirm" in told


def test_nobody_of_another_organisation_has_a_say_and_a_stale_session_has_none(house: House) -> None:
    house.workspace.add_organisation("CUSTOMS-B", "customs")
    house.workspace.add_person("Bea", "CUSTOMS-B", roles=["supervisor"])
    house.add("Ann", "analyst")
    invited(house, house.come_in("Kim"), "Ann")
    sue, bea = house.come_in("Sue"), house.come_in("Bea")
    (one,) = waits(sue)
    assert waits(bea) == []
    assert decided(bea, one["id"]) == 404
    house.workspace.directory.touch(
        "sessions", sue.cookies["counterflow-8039"].split(".")[0], proved_at="2020-01-01T00:00:00+00:00"
    )
    assert decided(sue, one["id"]) == 403


def test_a_small_house_begins_by_the_folders_owner(house: House) -> None:
    house.add("Ann", "analyst")
    assert house.come_in("Ann").get("/api/session").json()["me"]["verbs"]  # the owner's own invitations wait for nobody
    ann = invited(house, house.come_in("Kim"), "Ann")

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(main, ["--workspace", str(house.workspace.path), "identity", *arguments])
        assert found.exit_code == 0, found.output
        return found.output

    one = json.loads(run("waiting", "--json"))  # a line of each
    assert "Ann: confirmed" in run("confirm", one["id"])
    assert "read" in ann.get("/api/session").json()["me"]["verbs"]
    assert run("waiting", "--json") == ""
