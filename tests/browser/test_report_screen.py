"""The report in the analyst's hands and the matrix of hypotheses, in a real browser, on a small case."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.serving import served
from counterflow.assessment import hypotheses
from counterflow.workspace import Workspace
from stories.test_reports import HARBOUR, QUESTION

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Look = Callable[[str], None]


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small workspace with a question, served."""
    path: Path = tmp_path_factory.mktemp("report") / "w"
    workspace = Workspace.create(path, case="harbour:office")
    workspace.ingest(HARBOUR)
    workspace.write_hypotheses(hypotheses.of(QUESTION))
    workspace.view().report()  # made before a browser waits for it
    workspace.close()
    with served(path) as address:
        yield address


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def answer(origin: str, path: str) -> Any:
    with urllib.request.urlopen(f"{origin}/api{path}") as got:
        return json.load(got)


def test_words_change_and_what_is_locked_does_not(page: Any, origin: str, look: Look) -> None:
    page.goto("/report")
    by(page, "report").wait_for()
    by(page, "edit").click()
    by(page, "report-editor").wait_for()
    box = page.locator("[data-testid=editable]:has([data-locked])").first
    before = box.inner_text()
    locked = box.locator("[data-locked]").all_inner_texts()
    box.locator("[data-locked]").first.click()
    page.keyboard.press("Backspace")
    page.keyboard.type("77")
    assert box.locator("[data-locked]").all_inner_texts() == locked
    assert box.inner_text() == before, "neither deleted nor typed over"
    by(page, "refused").wait_for()
    box.click()
    page.keyboard.press("Home")
    page.keyboard.type("In short, ")
    assert box.inner_text() == "In short, " + before
    page.get_by_text("1 edit ·").wait_for()
    page.get_by_text("nothing to object to").wait_for()
    page.keyboard.type("probably ")
    by(page, "problem").first.wait_for()
    assert "ICD 203" in by(page, "problem").first.inner_text()
    look("report-editor")
    for _ in "probably ":
        page.keyboard.press("Backspace")
    page.get_by_text("nothing to object to").wait_for()
    by(page, "keep-name").fill("mine")
    by(page, "keep-note").fill("shorter")
    by(page, "keep").click()
    by(page, "report").wait_for()
    page.wait_for_url(re.compile(r"saved=mine(@|%40)1"))
    assert "In short, " in by(page, "report").inner_text()
    kept = answer(origin, "/report/versions")["versions"]
    assert [(v["name"], v["number"], v["edited"], v["note"]) for v in kept] == [("mine", 1, 1, "shorter")]
    page.goto("/report?saved=mine@1&against=generated")
    by(page, "change").first.wait_for()
    assert by(page, "change").count() == 1 and "In short" in by(page, "change").inner_text()
    look("report-changes")
    with page.expect_download() as got:
        by(page, "report-docx").click()
    assert Path(got.value.path()).read_bytes().startswith(b"PK")


def test_an_item_switched_off_moves_the_ranking_and_is_in_the_address(page: Any, origin: str, look: Look) -> None:
    page.goto("/hypotheses")
    by(page, "matrix").wait_for()
    whole = answer(origin, "/hypotheses/sells")
    shown = [h.get_attribute("data-id") for h in by(page, "hypothesis").all()]
    assert shown == [h["id"] for h in whole["hypotheses"]]
    by(page, "in-seen").dispatch_event("click")
    page.wait_for_url("**without=seen*")
    page.locator("tr[data-id=seen][data-out]").wait_for()
    less = answer(origin, "/hypotheses/sells?without=seen")
    assert [h.get_attribute("data-id") for h in by(page, "hypothesis").all()] == [h["id"] for h in less["hypotheses"]]
    look("hypotheses")
    page.goto("/hypotheses?item=denied")
    by(page, "item-card").wait_for()
    by(page, "rate-rating").click()
    page.get_by_role("option", name="II: very inconsistent").click()
    by(page, "rate-reason").fill("read once more")
    by(page, "rate-save").click()
    page.locator("tr[data-id=denied] [data-rating=II]").first.wait_for()
    again = answer(origin, "/hypotheses/sells")
    rating = next(i for i in again["evidence"] if i["id"] == "denied")["ratings"][again["hypotheses"][0]["id"]]
    assert rating["reason"] == "read once more"


def test_a_grade_is_tried_and_put_in_force(page: Any, origin: str, look: Look) -> None:
    page.goto("/sources?tab=grades")
    by(page, "grades-effect").wait_for()
    shipped = answer(origin, "/grades")["shipped"]
    assert by(page, "cell-A1").input_value() == str(shipped["A1"])
    for grade in shipped:
        if grade.endswith("1"):
            by(page, f"cell-{grade}").fill("50 %")
            page.keyboard.press("Enter")
    by(page, "grades-effect").get_by_text("→").first.wait_for()
    look("grades")
    assert answer(origin, "/grades")["own"] == {}, "only tried"
    by(page, "grades-keep").click()
    page.get_by_text("Nothing is changed").wait_for()
    assert answer(origin, "/grades")["own"] == {f"{letter}1": 0.5 for letter in "ABCDEF"}
    by(page, "grades-shipped").click()
    by(page, "grades-keep").click()
    page.get_by_text("Nothing is changed").wait_for()
    assert answer(origin, "/grades")["own"] == {}
