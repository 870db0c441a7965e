"""A case of two agencies, from a finding to its end: what one does shows in the other's browser, as far as it may."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import expect

from counterflow import registry
from counterflow.api.access import MARK, Access
from counterflow.api.app import create_app
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRMS = ("acme", "Acme Trading"), ("bolt", "Bolt Shipping"), ("cask", "Cask Holding")
RING = [
    *({"id": id, "schema": "Company", "properties": {"name": [name], "country": ["kp"]}} for id, name in FIRMS),
    *({"id": f"own-{a}", "schema": "Ownership", "properties": {"owner": [a], "asset": [b], "startDate": ["2014"]}}
      for a, b in (("acme", "bolt"), ("bolt", "cask"), ("cask", "acme"))),
]  # fmt: skip
PEOPLE = {
    "Ann Bell": ("FIU-A", "Trade desk", "analyst"), "Sue Gray": ("FIU-A", "", "supervisor"),
    "Kim Ji-woo 김지우": ("CUSTOMS-B", "", "analyst"),
}  # fmt: skip
KIM = "Kim Ji-woo 김지우"


class Desks:
    """A server where three people of two agencies have accounts, and a browser for each of them."""

    def __init__(self, folder: Path, browser: Any, port: int) -> None:
        self.workspace = Workspace.create(folder / "w")
        others = {name: {"enabled": False} for name in registry.names("typologies") if name != "circular_ownership"}
        self.workspace.settings = replace(self.workspace.settings, typologies=others)  # one is enough, and cheap
        (folder / "firms.jsonl").write_text("\n".join(json.dumps(row) for row in RING), encoding="utf-8")
        self.workspace.ingest(folder / "firms.jsonl", dataset="firms", label="TLP:GREEN")
        self.workspace.add_organisation("FIU-A", "fiu")
        self.workspace.add_organisation("CUSTOMS-B", "customs")
        for name, (organisation, unit, role) in PEOPLE.items():
            self.workspace.add_person(name, organisation, unit=unit, roles=[role])
            self.workspace.clear(name, ceiling="TLP:RED")
        self.origin = f"http://localhost:{port}"
        self.app = create_app(self.workspace, access=Access(self.workspace.directory, users=True))
        self.browser, self.wrong, self.contexts = browser, list[str](), list[Any]()

    @property
    def sent(self) -> dict[str, str]:
        """Headers of what changes something."""
        return {MARK: "1", "origin": self.origin}

    def sign_in(self, name: str) -> Any:
        context = self.browser.new_context(base_url=self.origin, viewport={"width": 1366, "height": 768})
        self.contexts.append(context)
        context.set_default_timeout(60_000)
        code = {"code": self.workspace.invite(name)}
        answer = context.request.post("/api/session/code", data=code, headers=self.sent)
        assert answer.ok, answer.text()
        return context

    def come_in(self, name: str) -> Any:
        page = self.sign_in(name).new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        return page


expect.set_options(timeout=60_000)  # a machine that is busy with other tests


@pytest.fixture
def desks(browser: Any, tmp_path: Path) -> Iterator[Desks]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Desks(tmp_path, browser, listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(made.app, log_level="warning", lifespan="off"))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        yield made
        for context in made.contexts:
            context.close()
        server.should_exit = True
        running.join(20)
    made.workspace.close()
    assert not made.wrong


def test_two_agencies_work_on_one_case(desks: Desks) -> None:
    ann = desks.come_in("Ann Bell")
    case = _opened_from_a_finding(ann)
    _filled(ann)
    kim = desks.come_in(KIM)
    _a_slice_that_lives(ann, kim, case)
    _two_change_the_same(ann, kim)
    _a_chart_that_opens_as_it_was(ann, case)
    _closed_by_two(ann, desks.sign_in("Sue Gray").request, desks, case)
    expect(kim.get_by_test_id("case-state")).to_have_text("closed: Referred")  # as it happened


def _opened_from_a_finding(ann: Any) -> str:
    ann.goto("/findings?standing=all")
    ann.get_by_test_id("add-to-case").click()
    ann.get_by_test_id("case-title").fill("Front companies that own each other")
    ann.get_by_test_id("case-purpose").fill("aml")
    ann.get_by_test_id("case-basis").click()
    ann.get_by_role("option", name="Mandate of the organisation").click()
    ann.get_by_test_id("case-to").fill("CUSTOMS-B")
    ann.get_by_test_id("case-to").press("Enter")
    ann.get_by_test_id("case-open").click()
    ann.get_by_test_id("to-case").click()
    expect(ann.get_by_test_id("row-thing")).to_have_count(1)
    return str(ann.url.split("/cases/")[1].split("?")[0])


def _filled(ann: Any) -> None:
    ann.get_by_test_id("tab-overview").click()
    ann.get_by_test_id("add-member").click()
    ann.get_by_test_id("member-organisation").fill("CUSTOMS-B")
    ann.get_by_role("option", name="CUSTOMS-B").click()
    expect(ann.get_by_test_id("member-agency")).to_have_value("Customs")  # as the organisation's account has it
    ann.get_by_test_id("save-member").click()
    expect(ann.get_by_test_id("row-member")).to_have_count(2)
    ann.get_by_test_id("tab-tasks").click()
    ann.get_by_test_id("add-task").click()
    ann.get_by_test_id("task-title").fill("Match the containers")
    ann.get_by_test_id("task-assignee").click()
    ann.get_by_role("option", name="CUSTOMS-B").click()
    ann.get_by_test_id("task-due").fill("2020-02")
    ann.get_by_test_id("save-task").click()
    expect(ann.get_by_test_id("late")).to_have_text("overdue since 2020-02")
    ann.get_by_test_id("tab-requests").click()
    ann.get_by_test_id("add-request").click()
    ann.get_by_test_id("request-question").fill("Whose stamp is it?")
    ann.get_by_test_id("request-to").fill("CUSTOMS-B")
    ann.get_by_test_id("request-deadline").fill("2999-01-10")
    ann.get_by_test_id("request-terms").fill("not for court")
    ann.get_by_test_id("save-request").click()
    expect(ann.get_by_test_id("row-request")).to_contain_text("not for court")


def _a_slice_that_lives(ann: Any, kim: Any, case: str) -> None:
    """Kim sees what waits for customs, not what Ann keeps to herself; what Ann adds comes without asking."""
    kim.goto("/cases")
    expect(kim.get_by_test_id("work-item")).to_have_text(["Match the containers", "Whose stamp is it?"])
    expect(kim.get_by_test_id("case-line")).to_contain_text("1 overdue")
    kim.goto(f"/cases/{case}?tab=notes")
    expect(kim.get_by_test_id("tab-notes")).to_have_text("Notes (0)")
    ann.get_by_test_id("tab-notes").click()
    for text, tlp in (("for us two alone", "TLP:RED"), ("The stamps are alike", None)):
        ann.get_by_test_id("add-note").click()
        ann.get_by_test_id("note-text").fill(text)
        if tlp:
            ann.get_by_test_id("row-tlp").click()
            ann.get_by_role("option", name=tlp).click()
            ann.get_by_test_id("row-readers").fill("Ann Bell")
            ann.get_by_test_id("row-readers").press("Enter")
        ann.get_by_test_id("save-note").click()
    expect(ann.get_by_test_id("row-note")).to_have_count(2)
    expect(kim.get_by_test_id("row-note")).to_have_count(1)
    expect(kim.get_by_test_id("row-note")).to_contain_text("The stamps are alike")
    expect(kim.get_by_test_id("row-note")).to_contain_text("Ann Bell (FIU-A)")
    assert "for us two alone" not in kim.content()


def _two_change_the_same(ann: Any, kim: Any) -> None:
    """Who comes second is shown both, whatever was told live in the meantime."""
    for page in (ann, kim):
        page.get_by_test_id("tab-tasks").click()
    kim.get_by_test_id("task-edit").click()
    kim.get_by_test_id("task-due").fill("2999-02")
    ann.get_by_test_id("task-state").click()
    ann.get_by_role("option", name="dropped").click()
    expect(kim.get_by_test_id("task-state")).to_have_value("dropped")
    kim.get_by_test_id("task-save").click()
    expect(kim.get_by_test_id("conflict")).to_contain_text("Ann Bell (FIU-A) changed this")
    expect(kim.get_by_test_id("conflict")).to_contain_text("2999-02")
    expect(kim.get_by_test_id("row-task")).to_contain_text("2020-02")


def _a_chart_that_opens_as_it_was(ann: Any, case: str) -> None:
    ann.goto("/network?center=firms:acme&expand=firms:bolt&hide=kind:person&from=2013&to=2016&node=firms:bolt")
    _added_from_the_chart(ann, case, "Bolt Shipping")
    ann.get_by_test_id("keep-chart").click()
    ann.get_by_test_id("chart-case").click()
    ann.get_by_role("option", name="Front companies").click()
    ann.get_by_test_id("chart-keep").click()
    ann.get_by_test_id("to-snapshot").click()
    expect(ann.get_by_test_id("as-shown")).to_contain_text("time 2013 – 2016 · hidden: Person · 1 expanded")
    expect(ann.get_by_label("On the chart").get_by_role("listitem")).to_have_count(3)
    ann.emulate_media(media="print")
    marking, rest = ann.get_by_test_id("screen-marking").bounding_box(), ann.locator("main").bounding_box()
    assert marking["y"] + marking["height"] <= rest["y"]  # on paper it covers nothing
    ann.emulate_media(media="screen")
    kept = ann.request.get(f"/api/cases/{case}").json()["snapshots"][0]["row"]
    chart = ann.request.get(f"/api/cases/{case}/snapshots/{kept}").json()
    assert chart["shown"] == {"expand": ["firms:bolt"], "hide": ["kind:person"], "start": "2013", "end": "2016"}
    assert all(isinstance(node[at], float) for node in chart["nodes"] for at in ("x", "y"))  # where it was drawn


def _added_from_the_chart(ann: Any, case: str, name: str) -> None:
    ann.get_by_test_id("node-card").get_by_test_id("add-to-case").click()
    ann.get_by_test_id("case-choice").click()
    ann.get_by_role("option", name="Front companies").click()
    ann.get_by_test_id("case-why").fill("stands between the others")
    ann.get_by_test_id("case-add").click()
    ann.get_by_test_id("added").get_by_role("button", name="Stay here").click()
    things = ann.request.get(f"/api/cases/{case}").json()["things"]
    assert [(one["thing"], one["caption"]) for one in things[1:]] == [("entity", name)]


def _closed_by_two(ann: Any, sue: Any, desks: Desks, case: str) -> None:
    ann.goto(f"/cases/{case}")
    ann.get_by_test_id("add-close").click()
    ann.get_by_test_id("outcome").click()
    ann.get_by_role("option", name="Referred").click()
    ann.get_by_test_id("close-because").fill("customs has taken it on")
    ann.get_by_test_id("save-close").click()
    ann.get_by_test_id("proposed").wait_for()
    assert sue.get("/api/proposals").json()["total"] == 0  # she is in no case, and is not asked
    ann.get_by_test_id("add-member").click()
    ann.get_by_test_id("member-organisation").fill("FIU-A")
    ann.get_by_role("option", name="FIU-A").click()
    ann.get_by_test_id("member-person").click()
    ann.get_by_role("option", name="Sue Gray").click()
    ann.get_by_test_id("save-member").click()
    expect(ann.get_by_test_id("row-member")).to_have_count(3)
    (waiting,) = sue.get("/api/proposals").json()["proposals"]
    assert (waiting["by"], waiting["given"]["outcome"]) == ("Ann Bell", "referred")
    assert sue.post(f"/api/proposals/{waiting['row']}", data={"agree": True}, headers=desks.sent).ok
    expect(ann.get_by_test_id("case-state")).to_have_text("closed: Referred")
    ann.get_by_test_id("tab-decisions").click()
    expect(ann.get_by_test_id("two")).to_have_text("proposed by Ann Bell, agreed by Sue Gray")
