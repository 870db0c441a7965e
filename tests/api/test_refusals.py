"""What is refused is on the audit log, bounded, and whoever is refused hears nothing of it; one person's share is one's
own."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.house import PASSWORD, House
from counterflow.api import buckets, refusals
from counterflow.api.access import Access
from counterflow.api.app import create_app
from counterflow.api.buckets import Buckets, Places
from counterflow.errors import TooMany
from counterflow.workspace import Workspace

COOKIE = "counterflow-8039"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def refused(house: House) -> list[dict[str, Any]]:
    found = house.workspace.store.casebook.audit_entries()
    return [{"who": e["who"], **json.loads(e["detail"])} for e in found if e["action"] == "refused"]


def test_each_proof_that_fails_is_on_the_log_and_each_that_succeeds(house: House) -> None:
    ann = house.add("Ann", "analyst")
    browser = house.come_in("Ann")
    browser.put("/api/session/password", json={"password": PASSWORD})
    for name in ("Ann", "Nobody"):
        house.browser().post("/api/session/password", json={"name": name, "password": "wrong " + PASSWORD})
    house.browser().post("/api/session/code", json={"code": "0000-0000"})
    shown = {"state": "x", "credential": {"id": "unknown"}}
    house.browser().post("/api/session/passkey", json=shown)
    browser.post("/api/session/proof/password", json={"password": "wrong"})
    house.browser().get("/api/sessions", headers={"authorization": "Bearer cf_none_such"})
    assert [(e["who"], e["status"], e["path"].removeprefix("/api"), e.get("account")) for e in refused(house)] == [
        ("nobody", 401, "/session/password", ann),
        ("nobody", 401, "/session/password", None),
        ("nobody", 401, "/session/code", None),
        ("nobody", 401, "/session/passkey", None),
        (ann, 401, "/session/proof/password", ann),
        ("nobody", 401, "/sessions", None),
    ]
    told = json.dumps(refused(house))
    assert "wrong" not in told and "Nobody" not in told and "0000" not in told and "none_such" not in told
    fine = [e for e in house.workspace.store.casebook.audit_entries() if e["action"] == "sign in"]
    assert json.loads(fine[-1]["detail"])["how"] == "invitation code"


def test_each_verb_that_is_refused_and_each_way_round_is_on_the_log(house: House) -> None:
    kim = house.add("Kim", "administrator")
    browser = house.come_in("Kim")
    browser.get("/api/summary")
    browser.get("/api/summary?token=x")
    browser.patch("/api/session", json={"case": "c-1"}, headers={"origin": "http://127.0.0.1:6666"})
    browser.get("/api/sessions", headers={"host": "evil.example"})
    browser.post("/api/people", content=b"x" * 1_000_001)
    browser.post("/api/people", json={"name": "x", "organisation": "FIU-A", "role": "all"})
    browser.get("/api/nothing")  # not there: no refusal
    found = [(e["who"], e["status"], e.get("verb") or e.get("error")) for e in refused(house)]
    assert found == [
        (kim, 403, "read"), ("nobody", 400, None), ("nobody", 403, None), ("nobody", 421, None), ("nobody", 413, None),
        (kim, 422, None),
    ]  # fmt: skip
    first = refused(house)[0]
    assert (first["path"], first["via"], first["session"]) == (
        "/api/summary",
        "web",
        browser.cookies[COOKIE].split(".")[0],
    )


def test_a_flood_of_refusals_fills_no_disk_and_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "EACH", (5, 1e-9))
    house = House(tmp_path)
    browser = house.browser()
    answers = [browser.post("/api/session/code", json={"code": f"{n:08}"}) for n in range(12)]
    assert len(refused(house)) == 5
    assert {(a.status_code, a.text) for a in answers} == {(401, answers[0].text)}  # written or not, the answer is one
    house.add("Ann", "analyst")
    house.come_in("Ann").get("/api/people")
    assert refused(house)[-1]["besides"] == 7


def test_a_log_that_cannot_be_written_lets_nobody_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(house.workspace.store.casebook, "audit", full)
    assert house.browser().post("/api/session/code", json={"code": "0000"}).status_code == 401


def test_one_person_asks_so_much_and_others_are_not_held_up(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    house = House(tmp_path)
    toml = folder / "counterflow.toml"
    toml.write_text(f"{toml.read_text()}\n[limits]\nquestion = 300\nchange = 90\n")
    house.workspace = Workspace.open(folder)
    house.access = Access(house.workspace.directory, users=True, limits=house.workspace.settings.limits)
    house.app = create_app(house.workspace, access=house.access)
    for name in ("Ann", "Bob"):
        house.add(name, "analyst")
    ann, bob = house.come_in("Ann"), house.come_in("Bob")
    answers = [ann.get("/api/sessions") for _ in range(12)]
    assert [a.status_code for a in answers] == [200] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert [ann.patch("/api/session", json={"case": "c"}).status_code for _ in range(4)] == [200] * 3 + [429]
    assert bob.get("/api/sessions").status_code == 200


def test_one_person_has_so_many_places_and_a_further_question_waits() -> None:
    async def ask() -> list[str]:
        places, told = Places(at_once=2, patience=0.05), []

        async def one(name: str, seconds: float) -> None:
            try:
                async with places.place("ann"):
                    told.append(f"{name} in")
                    await asyncio.sleep(seconds)
            except TooMany:
                told.append(f"{name} refused")

        await asyncio.gather(one("a", 0.3), one("b", 0.3), one("c", 0))
        async with places.place("ann"):  # both are free again
            told.append("d in")
        assert not places._taken
        return told

    with ThreadPoolExecutor(1) as apart:  # browser tests leave a running loop in their thread
        assert apart.submit(lambda: asyncio.run(ask())).result() == ["a in", "b in", "c refused", "d in"]


def test_a_bucket_fills_steadily_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    found = Buckets(2, 0.5, clock=lambda: at[0])
    assert [found.take("a") for _ in range(3)] == [0, 0, 2]
    at[0] = 2.0
    assert [found.take("a"), found.take("b")] == [0, 0]
    monkeypatch.setattr(buckets, "MOST", 3)
    for n in range(10):
        found.take(str(n))
    assert len(found._kept) <= 3
