"""Sharing as two organisations see it: what stays and why, a release by two persons, feedback, a recall obeyed; then
passages taken out of a document, the chain of its file, a purge that waits for a second person."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from browser.settling import settled, watch
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = (
    "Our source in the port saw the crates being loaded at night. 丹東鴻祥 paid 40,000 EUR to the agent in spring.\n\n"
    "The agent wrote to the bank that the goods were tools. The bank asked no further question about the sender.\n"
)


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A server over a small workspace of two organisations, and the code by which each of its people comes in."""
    folder = tmp_path_factory.mktemp("sharing")
    workspace = Workspace.create(folder / "w")
    (folder / "report.txt").write_text(TEXT, encoding="utf-8")
    workspace.ingest(folder / "report.txt", dataset="reports", label="TLP:AMBER//REL FIU-A, CUSTOMS-B")
    people = {"Ann": ("FIU-A", "disseminator"), "Sue": ("FIU-A", "supervisor"), "Kim": ("CUSTOMS-B", "analyst")}
    for name, kind in (("FIU-A", "fiu"), ("CUSTOMS-B", "customs")):
        workspace.add_organisation(name, kind)
    codes = {}
    for name, (home, role) in people.items():
        workspace.clear(str(workspace.add_person(name, home, roles=[role])["id"]), ceiling="TLP:AMBER")
        codes[name] = workspace.invite(name)
    workspace.clear_organisation("CUSTOMS-B", ceiling="TLP:AMBER")
    workspace.close()
    command = [sys.executable, "-m", "counterflow", "--workspace", str(folder / "w"), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        watchdog = threading.Timer(250, server.kill)
        watchdog.start()
        assert server.stderr is not None
        port = re.search(r":(\d+)", server.stderr.readline())
        assert port is not None
        yield f"http://localhost:{port[1]}", codes
        server.terminate()
        watchdog.cancel()


@pytest.fixture(scope="module")
def desks(browser: Any, origin: tuple[str, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """A page of each person, signed in."""
    address, codes = origin
    pages = {}
    for name, code in codes.items():
        context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
        context.set_default_timeout(60_000)
        page = context.new_page()
        watch(page)
        page.goto("/sharing")
        page.get_by_text("With a code that I was given").click()
        page.get_by_test_id("code").fill(code)
        page.get_by_test_id("by-code").click()
        page.get_by_test_id("screen-sharing").wait_for()
        pages[name] = page
    yield pages
    for page in pages.values():
        page.context.close()


def choose(page: Any, field: str, option: str) -> None:
    page.get_by_test_id(field).click()
    page.get_by_role("option", name=option).click()


def test_a_release_by_two_persons_is_answered_and_called_back(desks: dict[str, Any]) -> None:
    ann, sue, kim = desks["Ann"], desks["Sue"], desks["Kim"]
    choose(ann, "release-to", "CUSTOMS-B")
    assert "ceiling TLP:AMBER" in ann.get_by_test_id("release-plan").inner_text()
    choose(ann, "release-format", "Workbook: entities, links, claims")
    ann.get_by_test_id("release-losses").wait_for()
    ann.get_by_test_id("release-how").fill("lead only")
    ann.get_by_test_id("release-why").fill("joint case 12")
    ann.get_by_test_id("release-until").fill("2099-06-30")
    ann.get_by_test_id("release-by").fill("2099-01-31")
    ann.get_by_test_id("release-go").click()
    ann.get_by_text("Somebody else has to agree.").wait_for()
    sue.reload()
    with sue.expect_download() as got:
        sue.get_by_test_id("agree").click()
    assert got.value.suggested_filename.endswith(".xlsx")
    kim.reload()
    told = kim.get_by_test_id("ledger-on").inner_text()
    assert all(text in told for text in ("From FIU-A", "lead only", "until 2099-06-30", "They ask you", "2099-01-31"))
    assert kim.get_by_test_id("release-recall").count() == 0
    kim.get_by_test_id("release-feedback").click()
    kim.get_by_test_id("release-words").fill("led to a seizure")
    kim.get_by_test_id("release-send").click()
    kim.get_by_test_id("ledger-you").get_by_text("led to a seizure").wait_for()
    ann.reload()
    ann.get_by_test_id("release-recall").click()
    ann.get_by_test_id("release-words").fill("sent in error")
    ann.get_by_test_id("release-send").click()
    ann.get_by_text("recalled, not acknowledged").wait_for()
    kim.reload()
    kim.get_by_text("sent in error").first.wait_for()
    kim.get_by_test_id("release-acknowledge").click()
    kim.get_by_test_id("release-send").click()
    kim.get_by_text("Acknowledged by Kim").wait_for()


def test_a_passage_is_taken_out_and_a_purge_waits(desks: dict[str, Any]) -> None:
    sue = desks["Sue"]
    sue.goto("/documents")
    sue.get_by_test_id("document").get_by_role("link").first.click()
    sue.get_by_test_id("to-redaction").click()
    sue.get_by_test_id("redact-words").fill("Our source in the port")
    choose(sue, "redact-code", "SRC: source or its access")
    sue.get_by_test_id("redact-go").click()
    sue.get_by_test_id("redactions").wait_for()
    preview = sue.get_by_test_id("redaction-preview").inner_text()
    assert "[R1 SRC]" in preview
    assert "source in the port" not in preview
    sue.get_by_test_id("redactions").get_by_test_id("take-back").click()
    sue.get_by_test_id("take-back-reason").fill("he has left, and agrees")
    sue.get_by_test_id("take-back-save").click()
    sue.get_by_text("Nothing is taken out so far.").wait_for()
    assert "source in the port" in sue.get_by_test_id("redaction-preview").inner_text()
    sue.goto("/retention?on=2099-01-01")
    sue.get_by_test_id("review-one").click()
    assert "report.txt" in sue.get_by_test_id("purge-plan").inner_text()
    sue.get_by_test_id("purge-why").fill("no predicate any more")
    sue.get_by_test_id("purge").click()
    assert "Somebody else has to agree." in sue.get_by_test_id("purge-proposal").inner_text()
    settled(sue)
    width = sue.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
