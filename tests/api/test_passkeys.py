"""Passkeys: made and shown by a software authenticator; a challenge is answered once, by its own key, on our page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.house import PASSWORD, House
from casework.identity.authenticator import PRESENT, Authenticator
from counterflow.api.access import MARK

if TYPE_CHECKING:
    from starlette.testclient import TestClient

HERE = "http://localhost:8039"


@pytest.fixture
def house(tmp_path: Path) -> House:
    found = House(tmp_path)
    found.add("Ann", "supervisor")
    found.add("Bob", "analyst")
    return found


def come_in(house: House, name: str) -> TestClient:
    browser = house.browser(HERE)
    assert browser.post("/api/session/code", json={"code": house.workspace.invite(name)}).status_code == 200
    return browser


def register(browser: TestClient, key: Authenticator, **how: Any) -> Any:
    offer = browser.post("/api/passkeys/challenge").json()
    sent = {"state": offer["state"], "credential": key.make(offer["options"], **how), "note": "test"}
    return browser.post("/api/passkeys", json=sent)


def challenge(browser: TestClient, path: str = "/api/session/passkey") -> Any:
    return browser.post(f"{path}/challenge").json()


def test_a_passkey_lets_its_owner_in_and_no_password_does_from_then_on(house: House) -> None:
    browser, key = come_in(house, "Ann"), Authenticator(HERE)
    browser.put("/api/session/password", json={"password": PASSWORD})
    assert register(browser, key).status_code == 200
    assert register(browser, key).status_code == 400  # the same one again
    fresh = house.browser(HERE)
    asked = challenge(fresh)
    assert "allowCredentials" not in asked["options"] or not asked["options"]["allowCredentials"]  # says nobody's keys
    sent = {"state": asked["state"], "credential": key.show(asked["options"])}
    assert fresh.post("/api/session/passkey", json=sent).status_code == 200
    assert fresh.get("/api/session").json()["me"]["name"] == "Ann"
    assert fresh.post("/api/session/passkey", json=sent).status_code == 401  # a replay
    other = house.browser(HERE)
    assert other.post("/api/session/password", json={"name": "Ann", "password": PASSWORD}).status_code == 401


def test_what_does_not_answer_lets_nobody_in(house: House) -> None:
    key = Authenticator(HERE)
    register(come_in(house, "Ann"), key)
    fresh = house.browser(HERE)

    def sent(change: Any = None, flags: int | None = None, **other: Any) -> int:
        asked = challenge(fresh)
        shown = key.show(asked["options"]) if flags is None else key.show(asked["options"], flags)
        if change:
            change(shown)
        body = {"state": asked["state"], "credential": shown, **other}
        return int(fresh.post("/api/session/passkey", json=body).status_code)

    def broken(shown: Any) -> None:
        shown["response"]["signature"] = shown["response"]["signature"][:-4] + "AAAA"

    def another_origin(shown: Any) -> None:
        elsewhere = Authenticator("http://localhost.evil.example:8039")
        elsewhere.id, elsewhere.key, elsewhere.user, elsewhere.count = key.id, key.key, key.user, key.count
        shown["response"] = elsewhere.show(challenge(fresh)["options"])["response"]

    assert sent(broken) == 401
    assert sent(another_origin) == 401
    assert sent(flags=PRESENT) == 401  # there, but not verified to be the one
    assert sent(lambda shown: shown.update(id="AAAA", rawId="AAAA")) == 401
    assert sent(lambda shown: shown.update(response={})) == 401
    assert sent(state="0123.x") == 401
    assert sent(credential={"id": ["x"]}) in (401, 422)
    assert sent() == 200
    key.count = -1  # a copy of the key that counts from the start
    assert sent() == 401


def test_a_passkey_is_no_proof_for_somebody_else(house: House) -> None:
    anns, bobs = Authenticator(HERE), Authenticator(HERE)
    ann, bob = come_in(house, "Ann"), come_in(house, "Bob")
    register(ann, anns)
    register(bob, bobs)
    asked = challenge(ann, "/api/session/proof/passkey")
    wrong = {"state": asked["state"], "credential": bobs.show(asked["options"])}
    assert ann.post("/api/session/proof/passkey", json=wrong).status_code == 401
    free = challenge(house.browser(HERE))  # asked of nobody in particular
    wrong = {"state": free["state"], "credential": anns.show(free["options"])}
    assert ann.post("/api/session/proof/passkey", json=wrong).status_code == 401
    asked = challenge(ann, "/api/session/proof/passkey")
    right = {"state": asked["state"], "credential": anns.show(asked["options"])}
    assert ann.post("/api/session/proof/passkey", json=right).status_code == 200
    offer = ann.post("/api/passkeys/challenge").json()  # nor is one registered for another
    mixed = {"state": offer["state"], "credential": Authenticator(HERE).make(offer["options"])}
    assert bob.post("/api/passkeys", json=mixed).status_code == 401


def test_the_last_way_in_is_not_removed(house: House) -> None:
    browser = come_in(house, "Ann")
    first = register(browser, Authenticator(HERE)).json()["id"]
    assert browser.delete(f"/api/passkeys/{first}").status_code == 400
    second = register(browser, Authenticator(HERE)).json()["id"]
    assert browser.delete(f"/api/passkeys/{first}").status_code == 200
    assert [one["id"] for one in browser.get("/api/passkeys").json()["passkeys"]] == [second]
    assert house.browser(HERE).get("/api/passkeys", headers={MARK: "1"}).status_code == 401
