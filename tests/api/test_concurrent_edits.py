"""Many people change one case at once: one of those who started from the same version wins, the others are told what
changed and with what, and nothing that was acknowledged is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from api.house import House

if TYPE_CHECKING:
    from starlette.testclient import TestClient

AT_ONCE = 5
PEOPLE = [f"P{n}" for n in range(AT_ONCE)]
OPENED = {"title": "A ship", "purpose": "aml", "basis": "mandate"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    found = House(tmp_path_factory.mktemp("edits"))
    for name in (*PEOPLE, "Lead"):
        found.add(name, "supervisor", "disseminator", ceiling="TLP:RED")
    return found


@pytest.fixture(scope="module")
def browsers(house: House) -> list[TestClient]:
    return [house.come_in(name) for name in PEOPLE]


@pytest.fixture(scope="module")
def lead(house: House) -> TestClient:
    return house.come_in("Lead")


@pytest.fixture
def case(lead: TestClient) -> str:
    id = str(lead.post("/api/cases", json=OPENED).json()["id"])
    for role in ("lead", "member"):  # the organisation is a lead, so that each of its people may do all
        fields = {"organisation": "FIU-A", "role": role}
        if lead.post(f"/api/cases/{id}/rows", json={"kind": "member", "fields": fields}).status_code == 200:
            break
    return id


def at_once(browsers: list[TestClient], act: Callable[[TestClient, int], Any]) -> list[Any]:
    """What each got who did it at the same moment."""
    start = Barrier(len(browsers))

    def go(n: int) -> Any:
        start.wait(60)
        return act(browsers[n], n)

    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(go, range(len(browsers))))


FIELDS = {
    "task": ({"title": "t"}, {"title": "t {n}", "detail": "d {n}", "due": "2027-0{n1}"}),
    "note": ({"text": "t"}, {"text": "t {n}", "grade": "B{n1}"}),
    "request": ({"to": "C", "question": "q", "purpose": "p"}, {"question": "q {n}", "terms": "t {n}"}),
}


@pytest.mark.parametrize("kind", FIELDS)
def test_of_changes_of_one_version_one_stands_and_the_others_learn_what_it_was(
    lead: TestClient, browsers: list[TestClient], case: str, kind: str
) -> None:
    fields, changes = FIELDS[kind]
    row = lead.post(f"/api/cases/{case}/rows", json={"kind": kind, "fields": fields}).json()
    where = f"/api/cases/{case}/rows/{row['row']}"
    for field, text in changes.items():
        base = lead.get(f"/api/cases/{case}").json()[f"{kind}s"][0]["version"]

        def change(browser: TestClient, n: int, field: str = field, text: str = text, base: str = base) -> Any:
            return browser.patch(where, json={"base": base, "changes": {field: text.format(n=n, n1=n + 1)}})

        answers = at_once(browsers, change)
        assert Counter(a.status_code for a in answers) == {200: 1, 409: AT_ONCE - 1}, [a.text for a in answers]
        (won,) = (a.json() for a in answers if a.status_code == 200)
        for n, answer in enumerate(answers):
            if answer.status_code == 409:
                told = answer.json()
                assert told["theirs"]["fields"][field] == won[field]
                assert told["theirs"]["version"] == won["version"]
                assert told["yours"][field] == text.format(n=n, n1=n + 1)
        assert lead.get(f"/api/cases/{case}").json()[f"{kind}s"][0][field] == won[field]


def test_what_is_written_at_once_is_all_there(lead: TestClient, browsers: list[TestClient], case: str) -> None:
    def write(browser: TestClient, n: int) -> list[str]:
        made = [("note", {"text": f"note {n} {k}"}) for k in range(3)] + [("task", {"title": f"task {n}"})]
        answers = [browser.post(f"/api/cases/{case}/rows", json={"kind": kind, "fields": f}) for kind, f in made]
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
        return [a.json()["row"] for a in answers]

    rows = [row for written in at_once(browsers, write) for row in written]
    told = lead.get(f"/api/cases/{case}").json()
    assert {r["row"] for kind in ("notes", "tasks") for r in told[kind]} == set(rows)
    assert len(set(rows)) == AT_ONCE * 4


def test_an_act_is_agreed_to_once_by_whoever_is_first(
    lead: TestClient, browsers: list[TestClient], case: str
) -> None:  # fmt: skip
    closing = {"outcome": "no_further_action", "because": "nothing more can be done"}
    proposal = lead.post(f"/api/cases/{case}/close", json=closing).json()
    assert proposal["done"] is False

    def decide(browser: TestClient, n: int) -> Any:
        agree = n % 2 == 0
        return browser.post(f"/api/proposals/{proposal['row']}", json={"agree": agree, "reason": f"because {n}"})

    answers = at_once(browsers, decide)
    codes = Counter(a.status_code for a in answers)
    assert codes[200] == 1, [a.text for a in answers]
    assert codes[404] + codes[409] == AT_ONCE - 1, [a.text for a in answers]
    (done,) = (a.json() for a in answers if a.status_code == 200)
    told = lead.get(f"/api/cases/{case}").json()
    decisions = [d for d in told["decisions"] if d["act"] == "close"]
    assert (told["status"], len(decisions)) == (("closed", 1) if done["state"] == "agreed" else ("open", 0))
    assert [p["state"] for p in told["proposals"]] == [done["state"]]


def test_a_case_that_is_closed_and_changed_at_once_is_one_or_the_other(
    lead: TestClient, browsers: list[TestClient], case: str
) -> None:
    head = lead.get(f"/api/cases/{case}").json()["version"]

    def act(browser: TestClient, n: int) -> Any:
        if n == 0:
            return lead.patch(f"/api/cases/{case}/rows/case", json={"base": head, "changes": {"title": "Another"}})
        return lead.post(f"/api/cases/{case}/rows", json={"kind": "task", "fields": {"title": f"t{n}"}})

    answers = at_once(browsers, act)
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    told = lead.get(f"/api/cases/{case}").json()
    assert (told["title"], len(told["tasks"])) == ("Another", AT_ONCE - 1)


def test_rights_are_set_whole_or_not_at_all(house: House) -> None:
    house.add("Kim", "administrator")
    ann = house.add("Ann", "analyst")
    kim = house.come_in("Kim")
    before = next(p for p in kim.get("/api/people").json()["people"] if p["id"] == ann)
    for wrong in ({"ceiling": "TLP:PINK"}, {"purposes": [""]}, {"compartments": ["a/b/c" * 100]}):
        answer = kim.patch(f"/api/people/{ann}", json={"roles": ["supervisor"], **wrong})
        if answer.status_code == 200:
            continue
        assert answer.status_code in (400, 404, 422), answer.text
        assert next(p for p in kim.get("/api/people").json()["people"] if p["id"] == ann) == before, wrong
