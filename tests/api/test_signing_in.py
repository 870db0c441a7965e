"""Coming in and going out: what works once works once, what is wrong says nothing, what is over is over."""

from __future__ import annotations

import datetime as dt
import http.cookies
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.conftest import ORIGIN
from api.house import PASSWORD, House
from counterflow.api import identity
from counterflow.api.access import MARK, Access
from counterflow.api.app import create_app
from counterflow.casework.identity import sessions
from counterflow.workspace import Workspace

COOKIE = "counterflow-8039"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def cookie_of(browser: TestClient) -> str:
    return str(browser.cookies[COOKIE])


def me(browser: TestClient) -> Any:
    return browser.get("/api/session").json()["me"]


def ago(house: House, browser: TestClient, **columns: dt.timedelta) -> None:
    """As if that had been so long ago."""
    at = dt.datetime.now(dt.UTC)
    id = cookie_of(browser).split(".")[0]
    house.workspace.directory.touch("sessions", id, **{k: (at - v).isoformat() for k, v in columns.items()})


def test_the_first_administrator_comes_in_by_a_code_that_works_once(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    assert not workspace.shared
    void, code = workspace.first_code(), workspace.first_code()
    assert workspace.shared  # nobody comes in without from now on
    app = create_app(workspace, access=Access(workspace.directory, users=True))
    browser = TestClient(app, base_url=ORIGIN, headers={MARK: "1"})
    who = {"name": "Kim", "organisation": "FIU-A", "kind": "fiu"}
    assert browser.post("/api/session/code", json={"code": void, **who}).status_code == 401
    assert browser.post("/api/session/code", json={"code": code}).status_code == 400
    assert browser.post("/api/session/code", json={"code": code, **who, "name": "a/b"}).status_code == 400
    assert browser.post("/api/session/code", json={"code": code.lower().replace("-", " "), **who}).status_code == 200
    assert me(browser)["roles"] == ["administrator"]
    assert browser.post("/api/session/code", json={"code": code, **who}).status_code == 401
    assert browser.get("/api/summary").status_code == 403
    with pytest.raises(Exception, match="There is an administrator"):
        workspace.first_code()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House, tmp_path: Path) -> None:
    house.add("Ann", "analyst")
    browser = house.browser()
    answer = browser.post("/api/session/code", json={"code": house.workspace.invite("Ann")})
    (cookie,) = http.cookies.SimpleCookie(answer.headers["set-cookie"]).values()
    assert (cookie.key, cookie["httponly"], cookie["samesite"], cookie["path"]) == (COOKIE, True, "strict", "/")
    assert not cookie["domain"]
    (tmp_path / "tls").mkdir()
    safe = House(tmp_path / "tls", origin="https://fusion.example")
    safe.add("Ann", "analyst")
    far = safe.browser("https://127.0.0.1")
    sent = {"code": safe.workspace.invite("Ann")}
    (cookie,) = http.cookies.SimpleCookie(far.post("/api/session/code", json=sent).headers["set-cookie"]).values()
    assert (cookie.key, cookie["secure"], cookie["path"]) == ("__Host-counterflow", True, "/")
    assert identity._state(safe.access) == "__Host-counterflow-provider"


def test_a_password_is_wrong_or_unknown_and_nobody_can_tell_which(house: House) -> None:
    house.add("Ann", "analyst")
    house.add("Bob", "analyst")
    browser = house.come_in("Ann")
    for weak in ("short", "aaaaaaaaaaaaaaaaaaaaaaa", "this is ann and nobody else", "x" * 300):
        assert browser.put("/api/session/password", json={"password": weak}).status_code == 400
    assert browser.put("/api/session/password", json={"password": PASSWORD}).status_code == 200
    fresh = house.browser()
    answers = [
        fresh.post("/api/session/password", json={"name": name, "password": text})
        for name, text in (("Ann", "wrong " + PASSWORD), ("Bob", PASSWORD), ("Nobody", PASSWORD), ("a\x00", PASSWORD))
    ]
    assert {(a.status_code, a.text) for a in answers} == {(401, answers[0].text)}
    assert fresh.post("/api/session/password", json={"name": " ann ", "password": PASSWORD}).status_code == 200
    assert me(fresh)["name"] == "Ann"
    house.workspace.close_person("Ann")
    assert me(fresh) is None
    assert fresh.post("/api/session/password", json={"name": "Ann", "password": PASSWORD}).text == answers[0].text


def test_guessing_ends_in_having_to_wait_for_that_account_alone(house: House) -> None:
    for name in ("Ann", "Bob"):
        house.add(name, "analyst")
        house.come_in(name).put("/api/session/password", json={"password": f"{PASSWORD} 1"})
    fresh = house.browser()
    codes = [
        fresh.post("/api/session/password", json={"name": "Ann", "password": f"{PASSWORD} {n}"}) for n in range(2, 8)
    ]
    assert [c.status_code for c in codes] == [401] * 5 + [429]
    assert int(codes[-1].headers["retry-after"]) > 1
    assert fresh.post("/api/session/password", json={"name": "Ann", "password": f"{PASSWORD} 1"}).status_code == 429
    assert fresh.post("/api/session/password", json={"name": "Bob", "password": f"{PASSWORD} 1"}).status_code == 200
    again = House.browser(house)  # what is counted is in the database, not in a server
    assert again.post("/api/session/password", json={"name": "Ann", "password": "x"}).status_code == 429


def test_a_session_that_a_browser_brings_is_not_taken_up(house: House) -> None:
    house.add("Ann", "analyst")
    browser = house.browser()
    planted = "s-0123456789abcdef.planted"
    browser.cookies.set(COOKIE, planted, domain="127.0.0.1")
    code = house.workspace.invite("Ann")
    answer = browser.post("/api/session/code", json={"code": code})
    given = http.cookies.SimpleCookie(answer.headers["set-cookie"])[COOKIE].value
    assert given.split(".")[0] != planted.split(".")[0]
    assert me(_with(house, planted)) is None
    assert me(_with(house, given))["name"] == "Ann"


def _with(house: House, *values: str) -> TestClient:
    """A browser that sends these cookies, as they are."""
    browser = house.browser()
    browser.headers["cookie"] = "; ".join(f"{COOKIE}={value}" for value in values)
    return browser


def test_a_cookie_tossed_beside_the_true_one_is_not_believed_nor_is_the_true_one(house: House) -> None:
    house.add("Ann", "analyst")
    house.add("Bob", "analyst")
    ann, bob = cookie_of(house.come_in("Ann")), cookie_of(house.come_in("Bob"))
    assert me(_with(house, ann))["name"] == "Ann"
    assert me(_with(house, bob, ann)) is None
    assert me(_with(house, ann, ann)) is None
    id, _, secret = ann.partition(".")
    for forged in ("", ".", id, f"{id}.", f"{id}.{secret[:-1]}", f"{id}.{secret}x", f"{bob.split('.')[0]}.{secret}",
                   f'"{ann}"', ann.upper(), f"{ann}, {ann}", "s-%.%", "owner"):  # fmt: skip
        assert me(_with(house, forged)) is None, forged


def test_a_session_ends_idle_old_replaced_signed_out_or_ended_by_an_administrator(house: House) -> None:
    ann = house.add("Ann", "analyst")
    house.add("Kim", "administrator")
    idle, old, replaced, out, ended = (house.come_in("Ann") for _ in range(5))
    ago(house, idle, seen_at=sessions.IDLE + dt.timedelta(seconds=1))
    ago(house, old, expires_at=dt.timedelta(seconds=1))
    before = cookie_of(replaced)
    replaced.post("/api/session/code", json={"code": house.workspace.invite("Ann")})
    answer = out.delete("/api/session")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    kim = house.come_in("Kim")
    seen = {s["id"] for s in kim.get("/api/sessions").json()["sessions"] if s["principal"] == ann}
    assert kim.delete(f"/api/sessions/{cookie_of(ended).split('.')[0]}").status_code == 200
    assert cookie_of(ended).split(".")[0] in seen
    assert [me(b) for b in (idle, old, _with(house, before), out, ended)] == [None] * 5
    assert me(replaced)["name"] == "Ann"
    assert _with(house, before).get("/api/sessions").status_code == 401


def test_a_cookie_in_another_browser_ends_the_session_and_at_another_address_proves_nothing(house: House) -> None:
    house.add("Sue", "supervisor")
    browser, other = house.come_in("Sue"), house.come_in("Sue")
    assert me(browser)["fresh"]
    moved = TestClient(house.app, base_url=ORIGIN, client=("10.0.0.9", 5), headers={MARK: "1"})
    moved.headers["cookie"] = f"{COOKIE}={cookie_of(browser)}"
    assert me(moved)["name"] == "Sue"  # a person may move
    assert not me(moved)["fresh"]  # what asks for a proof asks for one from there
    assert moved.post("/api/tokens", json={"verbs": ["export"]}).status_code == 403
    assert me(browser)["fresh"]  # where it was given it holds
    stolen = _with(house, cookie_of(other))
    stolen.headers["user-agent"] = "another browser"
    assert me(stolen) is None
    assert me(other) is None  # it is over for both
    entries = house.workspace.store.casebook.audit_entries()
    told = {a: [json.loads(e["detail"]) for e in entries if e["action"] == a] for a in ("sign out", "address change")}
    assert told["sign out"][-1]["why"] == "another browser"
    assert [one["address"] for one in told["address change"]] == ["10.0.0.9"]  # once, however often it asks
    new = TestClient(house.app, base_url=ORIGIN, client=("10.0.0.10", 5), headers={MARK: "1"})
    new.post("/api/session/code", json={"code": house.workspace.invite("Sue")})
    assert "from 10.0.0.10, where you had not been" in new.get("/api/notices").json()["notices"][0]["text"]


def test_one_person_has_so_many_sessions_and_sees_and_ends_them(house: House) -> None:
    house.add("Ann", "analyst")
    house.add("Bob", "analyst")
    bob = house.come_in("Bob")
    browsers = [house.come_in("Ann") for _ in range(sessions.MOST + 1)]
    assert [me(b) is None for b in browsers] == [True] + [False] * sessions.MOST
    second, third, last = browsers[1], browsers[2], browsers[-1]
    assert len(last.get("/api/sessions").json()["sessions"]) == sessions.MOST
    stale = last.get("/api/session").json()["me"]["session"]
    house.workspace.directory.touch("sessions", stale, proved_at="2001-01-01T00:00:00+00:00")
    one = cookie_of(second).split(".")[0]
    assert last.delete(f"/api/sessions/{one}").status_code == 403  # not without a fresh proof
    assert last.delete("/api/sessions").status_code == 403
    assert third.delete(f"/api/sessions/{one}").status_code == 200
    assert third.delete(f"/api/sessions/{cookie_of(bob).split('.')[0]}").status_code == 404
    assert third.delete("/api/sessions").json()["ended"] == sessions.MOST - 2
    assert [me(b) is None for b in browsers] == [True, True, False] + [True] * (sessions.MOST - 2)
    assert me(bob)["name"] == "Bob"


def test_how_one_comes_in_and_what_administrators_do_want_a_fresh_proof(house: House) -> None:
    ann = house.add("Ann", "analyst")
    house.add("Kim", "administrator")
    for name, asked in (
        ("Ann", [("PUT", "/session/password", {"password": PASSWORD}), ("POST", "/passkeys/challenge", None),
                 ("POST", "/passkeys", {"state": "x", "credential": {}}), ("DELETE", "/passkeys/x", None),
                 ("DELETE", "/sessions", None)]),
        ("Kim", [("POST", "/people", {"name": "Bo", "organisation": "FIU-A"}),
                 ("POST", "/organisations", {"name": "B"}),
                 ("PATCH", f"/people/{ann}", {"roles": []}), ("PATCH", f"/people/{ann}", {"ceiling": "GREEN"}),
                 ("POST", f"/people/{ann}/invitation", None), ("DELETE", f"/people/{ann}", None)]),
    ):  # fmt: skip
        browser = house.come_in(name)
        ago(house, browser, proved_at=sessions.FRESH_FOR + dt.timedelta(seconds=1))
        for method, path, body in asked:
            answer = browser.request(method, f"/api{path}", json=body)
            assert (answer.status_code, answer.json()["error"]) == (403, "ProofNeeded"), (method, path)


def test_signing_out_clears_what_the_browser_kept(house: House) -> None:
    house.add("Ann", "analyst")
    answer = house.come_in("Ann").delete("/api/session")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_a_clock_that_goes_back_prolongs_nothing(house: House) -> None:
    house.add("Ann", "analyst")
    browser = house.come_in("Ann")
    ago(house, browser, created_at=-dt.timedelta(hours=1), seen_at=-dt.timedelta(hours=1))
    assert me(browser) is None


def test_what_changes_something_must_come_from_our_own_page(house: House) -> None:
    house.add("Ann", "analyst", purposes=["aml"])
    browser = house.come_in("Ann")
    asked = {"purpose": "aml"}
    for headers in (
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:6666"},
        {"origin": "https://127.0.0.1:8039"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ):  # fmt: skip
        assert browser.patch("/api/session", json=asked, headers=headers).status_code == 403, headers
        code = {"code": house.workspace.invite("Ann")}
        assert house.browser().post("/api/session/code", json=code, headers=headers).status_code == 403, headers
    del browser.headers[MARK]
    assert browser.patch("/api/session", json=asked).status_code == 403
    mine = {MARK: "1", "origin": ORIGIN, "sec-fetch-site": "same-origin"}
    assert browser.patch("/api/session", json=asked, headers=mine).status_code == 200
    assert me(browser)["purpose"] == "aml"


def test_a_purpose_that_one_has_not_is_not_declared_and_one_that_is_taken_back_is_gone(house: House) -> None:
    ann = house.add("Ann", "analyst", purposes=["aml"])
    browser = house.come_in("Ann")
    assert browser.patch("/api/session", json={"purpose": "tax"}).status_code == 400
    browser.patch("/api/session", json={"purpose": "aml", "case": "c-9"})
    assert (me(browser)["purpose"], me(browser)["case"]) == ("aml", "c-9")
    house.workspace.clear(ann, purposes=[])
    assert me(browser)["purpose"] == ""


def test_export_asks_for_a_fresh_proof_and_the_proof_renews_the_cookie(house: House) -> None:
    house.add("Sue", "supervisor")
    browser = house.come_in("Sue")
    browser.put("/api/session/password", json={"password": PASSWORD})
    ago(house, browser, proved_at=sessions.FRESH_FOR + dt.timedelta(seconds=1))
    answer = browser.get("/api/report.md")
    assert (answer.status_code, answer.json()["error"]) == (403, "ProofNeeded")
    assert browser.put("/api/session/password", json={"password": PASSWORD}).json()["error"] == "ProofNeeded"
    assert browser.post("/api/tokens", json={"verbs": ["export"]}).json()["error"] == "ProofNeeded"
    before = cookie_of(browser)
    assert browser.post("/api/session/proof/password", json={"password": "wrong"}).status_code == 401
    assert browser.post("/api/session/proof/password", json={"password": PASSWORD}).status_code == 200
    assert cookie_of(browser) != before
    assert me(_with(house, before)) is None
    assert me(browser)["fresh"]
    assert browser.post("/api/tokens", json={"verbs": ["export"]}).status_code == 200


def test_a_token_does_nothing_about_its_owners_account(house: House) -> None:
    house.add("Sue", "supervisor")
    text = house.come_in("Sue").post("/api/tokens", json={"verbs": ["read"]}).json()["token"]
    program = TestClient(house.app, base_url=ORIGIN, headers={"authorization": f"Bearer {text}"})
    assert me(program)["via"] == "token"
    assert program.post("/api/tokens", json={}).status_code == 403
    assert program.patch("/api/session", json={"case": "c-1"}).status_code == 403
    assert program.put("/api/session/password", json={"password": PASSWORD}).status_code == 403


def test_an_administrator_makes_nobodys_token_and_sees_no_other_organisation(house: House) -> None:
    ann = house.add("Ann", "analyst")
    house.add("Kim", "administrator")
    house.workspace.add_organisation("CUSTOMS-B", "customs")
    bob = house.workspace.add_person("Bob", "CUSTOMS-B", roles=["analyst"])["id"]
    kim = house.come_in("Kim")
    assert [p["name"] for p in kim.get("/api/people").json()["people"]] == ["Ann", "Kim"]
    assert kim.post("/api/tokens", json={"person": ann}).status_code == 404
    missing = kim.patch("/api/people/nobody", json={"roles": []}).text.replace("nobody", "?")
    assert kim.patch(f"/api/people/{bob}", json={"roles": []}).text.replace(bob, "?") == missing
    assert kim.patch(f"/api/people/{ann}", json={"roles": ["supervisor"], "ceiling": "AMBER"}).status_code == 200
    assert kim.post(f"/api/people/{ann}/invitation").status_code == 200
    assert kim.delete(f"/api/people/{ann}").status_code == 200


def test_an_invitation_is_heard_of_by_the_one_it_is_for_and_by_supervisors(house: House) -> None:
    for name, role in (("Ann", "analyst"), ("Sue", "supervisor"), ("Kim", "administrator")):
        house.add(name, role)
    ann = house.come_in("Ann")
    kim = house.come_in("Kim")
    (id,) = [p["id"] for p in kim.get("/api/people").json()["people"] if p["name"] == "Ann"]
    kim.post(f"/api/people/{id}/invitation")
    for browser in (ann, house.come_in("Sue")):
        assert browser.get("/api/notices").json()["notices"][0]["text"].startswith("An invitation was made for ")


def test_a_server_for_one_stops_answering_once_there_are_accounts(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for access in (Access(workspace.directory, free=True), Access(workspace.directory, token="s3cret")):
        app = create_app(workspace, access=access)
        program = TestClient(app, base_url=ORIGIN, headers={"authorization": "Bearer s3cret"})
        if not workspace.shared:
            assert program.get("/api/audiences").status_code == 200
            workspace.add_organisation("FIU-A")
            workspace.add_person("Ann", "FIU-A")
        assert program.get("/api/audiences").status_code == 503


def test_the_owner_comes_in_by_an_address_that_works_once(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    app = create_app(workspace, access=Access(workspace.directory, token="s3cret"))
    browser = TestClient(app, base_url=ORIGIN, headers={MARK: "1"})
    code = workspace.local_code()
    assert browser.get("/api/audiences").status_code == 401
    assert browser.get("/", headers={"accept": "text/html"}).status_code == 401
    assert browser.get("/enter?code=0000").status_code == 401
    assert browser.get(f"/enter?code={code}").status_code == 200
    assert browser.get("/api/audiences").json()["current"] == "owner"
    assert me(browser)["owner"]
    assert TestClient(app, base_url=ORIGIN).get(f"/enter?code={code}").status_code == 401
    program = TestClient(app, base_url=ORIGIN, headers={"authorization": "Bearer s3cret"})
    assert program.get("/api/audiences").status_code == 200
    other = create_app(workspace, access=Access(workspace.directory, users=True))
    theirs = TestClient(other, base_url=ORIGIN, headers={MARK: "1", "cookie": f"{COOKIE}={browser.cookies[COOKIE]}"})
    assert theirs.get("/api/audiences").status_code == 401  # where people have accounts the owner's cookie is nobody's


def test_one_factor_reads_nothing_where_two_can_be_had(tmp_path: Path) -> None:
    house = House(tmp_path, origin="https://fusion.example")
    sue = house.add("Sue", "supervisor")
    browser = house.browser("https://127.0.0.1")
    assert browser.post("/api/session/code", json={"code": house.workspace.invite("Sue")}).status_code == 200
    assert browser.put("/api/session/password", json={"password": PASSWORD}).status_code == 200
    again = house.browser("https://127.0.0.1")
    assert again.post("/api/session/password", json={"name": "Sue", "password": PASSWORD}).status_code == 200
    for one in (browser, again):
        assert (me(one)["one_factor"], me(one)["verbs"]) == (True, [])
        assert one.get("/api/summary").status_code == 403
        assert (
            one.post("/api/tokens", json={"verbs": ["read"]}).status_code == 403
        )  # nor by a token of one's own making
    assert again.post("/api/passkeys/challenge").status_code == 200  # what it is for
    passkey = {"id": "c-1", "principal": sue, "kind": "passkey", "handle": "h", "secret": "k", "count": 0, "note": "",
               "created_at": "2026-01-01"}  # fmt: skip
    house.workspace.directory.put("credentials", passkey)
    assert "read" in me(again)["verbs"]
    house.workspace.directory.touch("credentials", "c-1", revoked_at="2026-01-02")
    assert me(again)["verbs"] == []
