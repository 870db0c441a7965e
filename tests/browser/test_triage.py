"""The queue of findings over a few hundred of them: decided about by keyboard, undone, filtered, scrolled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser.serving import served
from browser.settling import settled
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Look = Callable[[str], None]
HEAD = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
SINKS = 120


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Many accounts, each paid six times just below what must be reported."""
    folder = tmp_path_factory.mktemp("triage")
    rows = (
        f"p{sink}-{n},2026-03-{2 + n // 2:02}T{8 + n % 4:02}:{sink % 60:02}:00Z,B1,PAYER{sink}-{n},B2,SINK{sink:03},"
        f"{9_000 + n * 7 + sink},USD\n"
        for sink in range(SINKS)
        for n in range(6)
    )
    (folder / "march.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    workspace = Workspace.create(folder / "w")
    workspace.ingest(folder / "march.csv", label="TLP:AMBER")
    workspace.run()
    workspace.close()
    with served(folder / "w") as address:
        yield address


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def opened(page: Any, address: str = "/findings?typology=structuring") -> None:
    page.goto(address)
    by(page, "finding-card").wait_for()
    settled(page)


def sentence(page: Any) -> str:
    return str(by(page, "finding-sentence").inner_text())


def count_of(page: Any) -> int:
    return int(by(page, "counted").inner_text().split(" · ")[0].split(" of ")[-1].replace(",", ""))


def at(page: Any, place: int) -> None:
    by(page, "counted").filter(has_text=re.compile(f"^{place} of")).wait_for()


def test_a_letter_and_a_digit_decide_and_z_takes_it_back(page: Any, look: Look) -> None:
    opened(page)
    before, first = count_of(page), sentence(page)
    assert before == SINKS
    page.keyboard.press("d")
    by(page, "reasons").wait_for()
    settled(page)
    look("triage-reasons")
    page.keyboard.press("1")
    by(page, "finding-sentence").filter(has_not_text=first).wait_for()
    settled(page)
    assert "/findings" in page.url  # the digit named a reason, not a screen
    assert count_of(page) == before - 1
    page.keyboard.press("z")
    by(page, "finding-sentence").filter(has_text=first).wait_for()
    settled(page)
    assert count_of(page) == before
    assert by(page, "standing").inner_text() == "undecided"


def test_a_reason_that_says_nothing_alone_asks_for_a_note(page: Any) -> None:
    opened(page)
    first = sentence(page)
    page.keyboard.press("w")
    by(page, "reason-other").wait_for()
    page.keyboard.press(str(page.locator("[data-testid^=reason-]").count()))
    assert sentence(page) == first
    page.keyboard.type("asked the bank 123")  # digits in a note are digits
    page.keyboard.press("Control+Enter")
    by(page, "finding-sentence").filter(has_not_text=first).wait_for()
    settled(page)
    by(page, "state").get_by_text("Watched 1").click()
    settled(page)
    assert "asked the bank 123" in by(page, "triage-decision").first.inner_text()
    assert by(page, "line-standing").inner_text() == "watched: Other"
    by(page, "withdraw").click()
    by(page, "standing").filter(has_text="undecided").wait_for()
    settled(page)
    assert by(page, "finding").count() == 0  # nothing is watched any more
    assert by(page, "triage").get_by_text("All that was decided").count() == 1


def test_escape_leaves_and_nothing_is_recorded(page: Any) -> None:
    opened(page)
    page.keyboard.press("e")
    by(page, "reasons").wait_for()
    page.keyboard.press("Escape")
    by(page, "reasons").wait_for(state="detached")
    assert by(page, "standing").inner_text() == "undecided"


def test_a_long_queue_is_walked_and_scrolled_with_little_drawn(page: Any) -> None:
    opened(page)
    assert by(page, "finding").count() < 40
    page.keyboard.press("j")
    at(page, 2)
    page.keyboard.press("k")
    at(page, 1)
    by(page, "queue").evaluate("e => { e.scrollTop = e.scrollHeight }")
    page.wait_for_timeout(50)
    settled(page)
    by(page, "finding").last.click()
    at(page, SINKS)
    settled(page)
    page.reload()  # the address is the state: the same finding, at its place in the list
    by(page, "finding-card").wait_for()
    at(page, SINKS)
    page.locator('[data-testid=finding][aria-current="true"]').wait_for()  # in sight without scrolling


def test_an_attempt_is_drawn_in_time_and_each_payment_is_the_door_to_its_record(page: Any, look: Look) -> None:
    opened(page)
    arrows = by(page, "attempt").locator("[data-payment]")
    assert arrows.count() == 6
    arrows.first.focus()
    page.keyboard.press("ArrowRight")
    told = by(page, "attempt-words").inner_text()
    assert " paid " in told
    assert " USD" in told
    assert arrows.nth(1).get_attribute("aria-label") == told
    assert [arrows.nth(i).get_attribute("tabindex") for i in range(6)] == ["-1", "0", "-1", "-1", "-1", "-1"]
    page.keyboard.press("Enter")
    by(page, "explain-drawer").get_by_text("line", exact=False).first.wait_for()
    page.keyboard.press("Escape")
    by(page, "explain-drawer").locator("h2").wait_for(state="hidden")
    by(page, "attempt-table").locator("summary").click()
    assert by(page, "payment-door").count() == 6
    by(page, "lanes-by").get_by_text("By bank").click()
    assert by(page, "attempt").locator("svg text").get_by_text("B2", exact=True).count() == 1
    look("attempt")


def test_an_attempt_opens_on_the_chart_and_the_time_bar_governs_both(page: Any, look: Look) -> None:
    opened(page)
    page.keyboard.press("n")
    by(page, "attempt-strip").wait_for()
    settled(page)
    assert by(page, "network-counts").inner_text().startswith("7 entities, 6 links")
    assert by(page, "time-bar").inner_text().splitlines()[1].startswith("6 of 6 payments")
    assert by(page, "attempt-strip").locator("[data-payment]").count() == 6
    look("attempt-on-the-chart")
    page.goto(f"{page.url}&from=2026-03-03&to=2026-03-04")
    by(page, "attempt-strip").wait_for()
    settled(page)
    assert by(page, "time-bar").inner_text().splitlines()[1].startswith("4 of 6 payments")
    assert by(page, "network-counts").inner_text().startswith("5 entities, 4 links")
    faded = by(page, "attempt-strip").locator('[data-payment][opacity="0.18"]')
    assert faded.count() == 2


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_queue_fits(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, "/findings")
    page.keyboard.press("d")
    by(page, "reasons").wait_for()
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]
    page.set_viewport_size({"width": 1366, "height": 768})
