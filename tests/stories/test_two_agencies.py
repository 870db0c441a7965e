"""Two organisations, each signed in: one releases on terms to the other, which sees it, answers and obeys a recall; a
third sees nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from api.house import House

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ROWS = """
{"id": "firm", "schema": "Company", "properties": {"name": ["Harbour Trading"]}}
{"id": "boss", "schema": "Person", "properties": {"name": ["Ann Aston"]}}
{"id": "own", "schema": "Ownership", "properties": {"owner": ["boss"], "asset": ["firm"]}}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("agencies")
    house = House(folder)
    (folder / "firms.ftm.json").write_text(ROWS.strip() + "\n", encoding="utf-8")
    house.workspace.ingest(
        folder / "firms.ftm.json", dataset="firms", label="TLP:AMBER//REL FIU-A, CUSTOMS-B, POLICE-C"
    )
    house.workspace.add_organisation("CUSTOMS-B", "customs")
    house.workspace.add_organisation("POLICE-C", "law_enforcement")
    people = {
        "Ann": ("FIU-A", "disseminator"), "Sue": ("FIU-A", "supervisor"), "Adm": ("FIU-A", "administrator"),
        "Ana": ("FIU-A", "analyst"), "Aud": ("FIU-A", "auditor"),
        "Kim": ("CUSTOMS-B", "analyst"), "Ben": ("CUSTOMS-B", "disseminator"), "Bob": ("CUSTOMS-B", "supervisor"),
        "Low": ("CUSTOMS-B", "analyst"), "Lee": ("POLICE-C", "analyst"),
    }  # fmt: skip
    for name, (home, role) in people.items():
        id = str(house.workspace.add_person(name, home, roles=[role])["id"])
        if name not in ("Adm", "Aud", "Low"):
            house.workspace.clear(id, ceiling="TLP:AMBER")
    yield {name: house.come_in(name) for name in people}
    house.workspace.close()


def answer(browser: TestClient, method: str, path: str, status: int = 200, **more: Any) -> Any:
    got = browser.request(method, f"/api{path}", **more)
    assert got.status_code == status, got.text
    return got


def ledger(browser: TestClient) -> list[dict[str, Any]]:
    return list(answer(browser, "GET", "/dissemination").json()["releases"])


def test_a_release_from_its_plan_to_its_recall(house: dict[str, Any]) -> None:
    ann, adm, kim, ben = (house[name] for name in ("Ann", "Adm", "Kim", "Ben"))
    # nobody has cleared them so far: nothing but what is clear may go, whatever their people read here
    wanted = {"to": "CUSTOMS-B", "ids": ["firms:firm"]}
    assert [(r["to"], r["kind"], r["ceiling"]) for r in answer(ann, "GET", "/release-terms").json()["recipients"]] == [
        ("CUSTOMS-B", "customs", "TLP:CLEAR"), ("POLICE-C", "law_enforcement", "TLP:CLEAR")
    ]  # fmt: skip
    [row] = answer(ann, "POST", "/releases/plan", json=wanted).json()["withheld"]
    assert "above the ceiling of CUSTOMS-B, TLP:CLEAR" in row["reason"]
    known = {o["name"]: o["id"] for o in answer(adm, "GET", "/organisations").json()["organisations"]}
    answer(adm, "PATCH", f"/organisations/{known['CUSTOMS-B']}", json={"ceiling": "TLP:AMBER"})
    answer(adm, "PATCH", f"/organisations/{known['FIU-A']}", 403, json={"ceiling": "TLP:AMBER"})  # not its own
    answer(adm, "PATCH", f"/organisations/{known['CUSTOMS-B']}", 400, json={"compartments": ["HARBOUR"]})
    assert answer(ann, "POST", "/releases/plan", json=wanted).json()["withheld"] == []
    body = {**wanted, "format": "ftm", "terms": "lead only", "purpose": "joint case 12", "until": "2099-06-30",
            "feedback_by": "2099-01-31"}  # fmt: skip
    assert "your own" in answer(ann, "POST", "/releases", 400, json={**body, "to": "FIU-A"}).text
    assert "nobody to release to" in answer(ann, "POST", "/releases", 400, json={**body, "to": "public"}).text
    assert "no day to come" in answer(ann, "POST", "/releases", 400, json={**body, "until": "2020-01-01"}).text
    waits = answer(ann, "POST", "/releases", json=body).json()["proposal"]
    answer(ann, "POST", f"/proposals/{waits}/approval", 403, json={})
    answer(house["Bob"], "POST", f"/proposals/{waits}/approval", 404, json={})  # he reads it all, but is theirs
    assert answer(house["Bob"], "GET", "/dissemination").json()["proposals"] == []
    assert [p["proposal"] for p in answer(house["Sue"], "GET", "/dissemination").json()["proposals"]] == [waits]
    sent = answer(house["Sue"], "POST", f"/proposals/{waits}/approval", json={})
    assert b"Harbour Trading" in sent.content
    id = sent.headers["x-release"]

    [got] = ledger(kim)
    told = {key: got[key] for key in ("release", "direction", "from", "to", "terms", "until", "feedback_by", "state")}
    assert told == {"release": id, "direction": "in", "from": "FIU-A", "to": "CUSTOMS-B", "terms": "lead only",
                    "until": "2099-06-30", "feedback_by": "2099-01-31", "state": "released"}  # fmt: skip
    assert not got["expired"]
    assert [row["direction"] for row in ledger(ann)] == ["out"]
    assert any(id in n["text"] for n in answer(kim, "GET", "/notices").json()["notices"])
    # who may not read all of it, and who it was not for, knows nothing of it
    for other in (house["Low"], house["Lee"]):
        assert ledger(other) == []
        answer(other, "GET", f"/dissemination/{id}", 404)
        answer(other, "POST", f"/dissemination/{id}/feedback", 404, json={"score": 1})
        assert not [n for n in answer(other, "GET", "/notices").json()["notices"] if n["kind"] == "release"]

    answer(kim, "POST", f"/dissemination/{id}/feedback", json={"score": 4, "text": "led to a seizure"})
    assert [row["score"] for row in ledger(ann)[0]["feedback"]] == [4]
    assert "not called back" in answer(kim, "POST", f"/dissemination/{id}/acknowledgement", 400, json={}).text
    answer(kim, "POST", f"/dissemination/{id}/recall", 403, json={"reason": "r"})
    answer(ben, "POST", f"/dissemination/{id}/recall", 404, json={"reason": "r"})  # it is for who made it
    [notice] = answer(ann, "POST", f"/dissemination/{id}/recall", json={"reason": "sent in error"}).json()
    assert notice["to"] == "CUSTOMS-B"
    [got] = ledger(kim)
    assert (got["state"], got["recalls"][0]["reason"]) == ("recalled", "sent in error")
    assert "called back" in answer(kim, "GET", "/notices").json()["notices"][0]["text"]
    answer(kim, "POST", f"/dissemination/{id}/acknowledgement", json={})
    [row] = ledger(ann)
    assert (row["state"], row["acknowledged"][0]["who"]) == ("acknowledged", "Kim")


def test_a_purge_wants_two_persons_and_custody_outlives_it(house: dict[str, Any]) -> None:
    ana, sue, aud = (house[name] for name in ("Ana", "Sue", "Aud"))
    [due] = answer(ana, "GET", "/retention?on=2099-01-01").json()["due"]
    assert (due["dataset"], due["records"]) == ("firms", 5)
    kept = {"dataset": "firms", "reason": "case 12 is open", "predicate": "charged on 2026-10-02"}
    answer(ana, "POST", "/retention/reviews", json=kept)
    assert answer(ana, "GET", "/retention").json()["reviews"][0]["predicate"] == kept["predicate"]
    plan = answer(ana, "POST", "/retention/plan", json={"ids": ["firms:boss"]}).json()
    assert plan["rows"] == {"claims": 3}  # his name, and the relationship that names him
    [original] = plan["originals"]
    assert original["name"] == "firms.ftm.json"
    chain = f"/custody/{original['sha256']}"
    answer(ana, "GET", chain, 403)
    assert answer(aud, "GET", f"{chain}/check").json()["problems"] == []
    gone = {"dataset": "firms", "reason": "no predicate any more"}
    waits = answer(ana, "POST", "/retention/purges", json=gone).json()["proposal"]
    answer(ana, "POST", f"/retention/purges/{waits}/approval", 403, json={})
    answer(house["Bob"], "POST", f"/retention/purges/{waits}/approval", 404, json={})  # it is not his organisation's
    assert [p["proposal"] for p in answer(sue, "GET", "/retention").json()["proposals"]] == [waits]
    assert answer(sue, "POST", f"/retention/purges/{waits}/approval", json={}).json()["rows"] == {
        "claims": 4,
        "sources": 1,
    }
    told = answer(sue, "GET", "/retention?on=2099-01-01").json()
    assert (told["due"], told["proposals"]) == ([], [])
    assert [(row["reason"], row["records"]) for row in sorted(told["purged"], key=lambda row: row["records"])] == [
        ("no predicate any more", 1),
        ("no predicate any more", 4),
    ]
    steps = [step["action"] for step in answer(aud, "GET", chain).json()["steps"]]
    assert steps[0] == "ingest"
    assert answer(sue, "GET", "/entities/firms:firm", 404)
