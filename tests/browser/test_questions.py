"""The four questions in a browser: each has its answer, its interval and its claims; and the page fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = {
    "substitution": ("judgements", "identifiability", "matrix", "backtest", "rivals", "picture-fan"),
    "merger": ("theorem", "picture-merger-frontier", "picture-merger-sign", "flips", "chronology"),
    "coordination": ("picture-waterfall", "claims-warning", "withholding", "facts"),
    "cashbox": ("picture-cashbox-frontier", "picture-cashbox-left", "inclusion", "bank-test"),
}


@pytest.mark.parametrize("ask", SHOWN)
def test_a_question_is_answered_and_fits(page: Any, look: Callable[[str], None], ask: str) -> None:
    page.set_default_timeout(120_000)  # the first answer to each is reckoned then
    page.goto("/questions")
    page.get_by_test_id(f"ask-{ask}").click()
    answer = page.get_by_test_id(f"answer-{ask}")
    answer.wait_for()
    for part in SHOWN[ask]:
        page.get_by_test_id(part).first.wait_for()
    look(f"questions-{ask}")
    assert f"ask={ask}" in page.url
    assert page.get_by_test_id("failure").count() == 0
    for picture in page.locator("[data-testid^=picture-] svg").all():
        assert picture.get_attribute("role") == "img"
        assert picture.get_attribute("aria-label")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
    assert answer.get_by_test_id("handling").first.inner_text().startswith("TLP:")


def test_a_figure_of_the_back_test_opens_to_its_claims(page: Any) -> None:
    page.set_default_timeout(120_000)
    page.goto("/questions?ask=substitution")
    page.get_by_test_id("backtest").get_by_role("button").first.click()
    page.wait_for_url("**claims=**")
    page.get_by_role("dialog").wait_for()
