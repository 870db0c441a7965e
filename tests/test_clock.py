"""A clock that is put back or forward: what has run out stays so, and what begins afterwards lasts as long as ever."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.conftest import ORIGIN
from api.house import House
from counterflow import clock
from counterflow.casework.identity import limits
from counterflow.casework.identity.sessions import ABSOLUTE, IDLE
from counterflow.errors import TooMany
from counterflow.model.handling import Audience, Label, readable
from counterflow.workspace import Workspace

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
CASE = {"title": "A ship", "purpose": "aml", "basis": "mandate", "label": {"tlp": "TLP:CLEAR"}}
Jump = Callable[[dt.timedelta], None]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Put the clock of the machine so far from what it is."""
    monkeypatch.setattr(clock, "_anchor", [*clock._anchor])

    def put(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "_system", lambda: dt.datetime.now(dt.UTC) + by)

    return put


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has read no clock yet."""
    monkeypatch.setattr(clock, "_anchor", [(dt.datetime.min.replace(tzinfo=dt.UTC), 0.0)])


def there(browser: TestClient) -> bool:
    return browser.get("/api/session").json()["me"] is not None


def test_the_time_goes_on_and_never_back(jump: Jump) -> None:
    first = clock.now()
    jump(-DAY)
    second = clock.now()
    assert first <= second < first + MINUTE
    assert abs(clock.behind() - DAY) < MINUTE
    jump(DAY)
    ahead = clock.now()
    assert DAY - MINUTE < ahead - first < DAY + MINUTE
    jump(dt.timedelta(0))
    assert ahead <= clock.now() < ahead + MINUTE
    clock.reached(ahead + DAY)
    assert clock.now() >= ahead + DAY


def test_a_session_that_ran_out_stays_so_and_a_new_one_lasts_as_long_as_ever(house: House, jump: Jump) -> None:
    house.add("Ann", "analyst")
    idle, absolute = house.come_in("Ann"), house.come_in("Ann")
    jump(IDLE + MINUTE)
    assert not there(idle)
    jump(dt.timedelta(0))
    assert not there(idle)
    assert not there(absolute)
    fresh = house.come_in("Ann")
    assert there(fresh)
    jump(-30 * DAY)
    assert there(fresh)
    later = house.come_in("Ann")
    jump(IDLE + ABSOLUTE)
    assert not there(fresh)
    assert not there(later)


def test_a_token_and_an_invitation_that_ran_out_stay_so(house: House, jump: Jump) -> None:
    house.add("Ann", "analyst")
    token = house.come_in("Ann").post("/api/tokens", json={"days": 1}).json()["token"]
    code = house.workspace.invite("Ann")
    program = TestClient(house.app, base_url=ORIGIN, headers={"authorization": f"Bearer {token}"})
    assert program.get("/api/audiences").status_code == 200
    for by in (3 * DAY, dt.timedelta(0), -3 * DAY):
        jump(by)
        assert program.get("/api/audiences").status_code == 401
        assert house.browser().post("/api/session/code", json={"code": code}).status_code == 401


def test_break_glass_is_not_opened_again_nor_agreed_to_once_it_lapsed(house: House, jump: Jump) -> None:
    for name, role in (("Ann", "analyst"), ("Sue", "supervisor")):
        house.add(name, role)
    case = house.come_in("Ann").post("/api/cases", json=CASE).json()["id"]
    asked = {"reason": "A shipment leaves within the hour", "ceiling": "TLP:AMBER", "minutes": 10}

    def ask() -> str:
        ann = house.come_in("Ann")
        ann.patch("/api/session", json={"case": case})
        return str(ann.post("/api/emergencies", json=asked).json()["id"])

    first, second = ask(), ask()
    sue = house.come_in("Sue")
    assert sue.post(f"/api/emergencies/{first}/decision", json={"agreed": True}).json()["state"] == "open"
    jump(dt.timedelta(hours=3))
    clock.now()
    jump(dt.timedelta(0))
    ann, sue = house.come_in("Ann"), house.come_in("Sue")
    ann.patch("/api/session", json={"case": case})
    assert ann.get("/api/session").json()["me"]["emergency"] == ""
    states = {e["id"]: e["state"] for e in ann.get("/api/emergencies").json()["emergencies"]}
    assert states == {first: "over", second: "lapsed"}
    assert sue.post(f"/api/emergencies/{second}/decision", json={"agreed": True}).status_code == 404


def test_what_may_be_tried_fills_no_sooner(house: House, jump: Jump) -> None:
    for _ in range(5):
        limits.limited(house.workspace.directory, "account", "ann")
    for by in (-DAY, dt.timedelta(0)):
        jump(by)
        with pytest.raises(TooMany):
            limits.limited(house.workspace.directory, "account", "ann")


def test_a_label_that_expired_opens_no_more(jump: Jump) -> None:
    anybody = Audience("anybody")
    label = Label(expires=(dt.datetime.now(dt.UTC) + DAY).date().isoformat())
    assert readable(label, anybody)
    for by in (3 * DAY, dt.timedelta(0), -3 * DAY):
        jump(by)
        assert not readable(label, anybody)


def test_a_server_that_starts_with_a_clock_put_back_goes_on_from_the_log(
    house: House, jump: Jump, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add("Ann", "analyst")
    browser = house.come_in("Ann")
    jump(DAY)
    assert not there(browser)
    house.workspace.audit("the next day", {})
    started_anew(monkeypatch)
    jump(-DAY)
    assert clock.now() < dt.datetime.now(dt.UTC)
    again = Workspace.open(house.workspace.path)
    assert clock.now() >= dt.datetime.now(dt.UTC) + DAY - MINUTE
    assert not there(browser)
    again.audit("after", {})
    times = [entry["at"] for entry in again.store.casebook.audit_entries()]
    assert times == sorted(times)
    again.close()


def test_a_request_that_is_late_stays_so_and_one_that_is_not_was_never(
    house: House, jump: Jump, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add("Ann", "analyst")
    ann = house.come_in("Ann")
    case = ann.post("/api/cases", json=CASE).json()["id"]
    due = (clock.now() + 10 * DAY).date().isoformat()
    asked = {"kind": "request", "fields": {"question": "Whose?", "purpose": "aml", "to": "FIU-B", "deadline": due}}
    assert ann.post(f"/api/cases/{case}/rows", json=asked).status_code == 200

    def late() -> bool:
        [row] = house.come_in("Ann").get(f"/api/cases/{case}").json()["requests"]
        return bool(row["overdue"])

    for by, is_late in ((-30 * DAY, False), (9 * DAY, False), (0 * DAY, False), (12 * DAY, True), (-30 * DAY, True)):
        jump(by)
        assert late() is is_late, by
    started_anew(monkeypatch)
    jump(0 * DAY)
    Workspace.open(house.workspace.path)
    assert late()


def test_records_are_to_be_reviewed_no_sooner_and_no_later(
    tmp_path: Path, jump: Jump, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.create(tmp_path / "w")

    def ingest(dataset: str) -> None:
        path = tmp_path / f"{dataset}.ftm.json"
        path.write_text(json.dumps({"id": "1", "schema": "Person", "properties": {"name": [dataset]}}))
        workspace.ingest(path, reader="ftm", dataset=dataset, label="TLP:GREEN")

    def due(on: dt.datetime | None = None) -> set[str]:
        return {row["dataset"] for row in workspace.retention_due(on and on.date().isoformat())}

    began, years = clock.now(), 5 * 365 * DAY
    ingest("first")
    jump(-10 * 365 * DAY)  # what comes in now is no older than what came before
    ingest("second")
    assert due() == set() == due(began + years - 2 * DAY)
    assert due(began + years + 3 * DAY) == {"first", "second"}
    jump(years - 3 * DAY)
    assert due() == set()
    jump(years + 3 * DAY)
    assert due() == {"first", "second"}
    kept = workspace.retention_keep("first", "case open", "charged")
    jump(dt.timedelta(0))  # nothing is put off by that, neither what is due nor what was kept
    ingest("third")
    assert due() == {"second"}
    assert dt.date.fromisoformat(kept["until"]) - (began + 2 * years).date() < 8 * DAY
    started_anew(monkeypatch)
    workspace.close()
    workspace = Workspace.open(workspace.path)
    assert due() == {"second"} == due(began + 2 * years)
    assert due(began + 2 * years + 9 * DAY) == {"first", "second", "third"}
    assert workspace.purged() == []
    workspace.close()
