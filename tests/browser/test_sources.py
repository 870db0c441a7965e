"""The Sources screen over two editions of a list, one that is held back, and rows that were set aside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.serving import served
from browser.settling import settled
from counterflow.errors import InputError
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = Path(__file__).parents[1] / "fixtures" / "un_xml" / "list.xml"
Look = Callable[[str], None]


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sources")
    workspace = Workspace.create(folder / "w")
    text = LIST.read_text(encoding="utf-8")
    path = folder / "list.xml"
    for day, change in (("2025-11-01", ("The Pilot", "The Navigator")), ("2026-01-05", ("", ""))):
        path.write_text(text.replace(*change).replace("2026-01-05T", f"{day}T"), encoding="utf-8")
        workspace.ingest(path, accept=True)
    path.write_text(text.replace("2026-01-05T", "2026-02-01T").replace("Nampo", "Wonsan"), encoding="utf-8")
    with contextlib.suppress(InputError):  # held back: two parties are no list of the United Nations
        workspace.ingest(path)
    bank = folder / "bank.csv"
    bank.write_text(
        "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
        "P1,2017-09-01,A,1,B,2,10,USD\nP2,03.09.2017,A,1,B,2,20,USD\nP3,2017-09-04,A,1,B,2,many,USD\n"
    )
    workspace.ingest(bank)
    workspace.close()
    with served(folder / "w") as address:
        yield address


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def opened(page: Any, address: str) -> None:
    page.goto(address)
    by(page, "screen-sources").wait_for()
    settled(page)


def fits(page: Any) -> bool:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(width[0] <= width[1])


def test_editions_and_what_changed_between_them(page: Any, look: Look) -> None:
    opened(page, "/sources")
    assert by(page, "edition").count() == 2
    assert "in force" in by(page, "edition").first.inner_text()
    assert "2026-01-05" in by(page, "edition").first.inner_text()
    look("sources-editions")
    by(page, "diff-door").first.click()
    by(page, "diff-head").wait_for()
    assert "0 added, 0 removed, 1 changed" in by(page, "diff-head").inner_text()
    assert "weak alias The Navigator → The Pilot" in by(page, "change").inner_text()
    assert "diff=un" in page.url and "before=2025-11-01" in page.url
    look("sources-diff")
    by(page, "change").get_by_role("link").click()
    by(page, "screen-entity").wait_for()


def test_what_is_held_back_says_why_and_what_to_do(page: Any) -> None:
    opened(page, "/sources")
    held = by(page, "held").inner_text()
    assert "2 parties, expected at least 700" in held
    assert "counterflow accept un" in held and "counterflow reject un" in held
    assert fits(page)


def test_rows_set_aside_by_reason_and_as_received(page: Any, look: Look) -> None:
    opened(page, "/sources")
    by(page, "aside-door").click()
    by(page, "quarantine").wait_for()
    assert by(page, "quarantined").count() == 2
    assert "P2,03.09.2017,A,1,B,2,20,USD" in by(page, "quarantine").inner_text()
    assert "is not a number" in by(page, "reasons").inner_text()
    look("sources-quarantine")
    by(page, "quarantine-filter").fill("many")
    page.wait_for_function("document.querySelectorAll('[data-testid=quarantined]').length === 1")
    assert fits(page)


def test_what_was_known_then_is_said_on_every_screen(page: Any, wrong: list[str]) -> None:
    opened(page, "/sources")
    by(page, "known-on").fill("1999")
    by(page, "known-on").press("Enter")
    by(page, "known-banner").wait_for()
    settled(page)
    assert "as known on 1999" in by(page, "known-banner").inner_text()
    by(page, "empty").first.wait_for()
    page.keyboard.press("Escape")
    by(page, "nav-search").click()
    by(page, "screen-search").wait_for()
    assert "known_on=1999" in page.url
    by(page, "known-banner").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_drawn_can_be_told_from_its_ground(page: Any, scheme: str, look: Look) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, "/sources?known_on=2999")
    look(f"sources-{scheme}")
    colours = page.evaluate(
        "['[data-testid=known-banner]', '[data-testid=held]', '[data-testid=edition] td'].map(s => {"
        " const e = document.querySelector(s); let g = e; while (g && ['rgba(0, 0, 0, 0)', 'transparent']"
        ".includes(getComputedStyle(g).backgroundColor)) g = g.parentElement;"
        " return [getComputedStyle(e).color, getComputedStyle(g ?? document.body).backgroundColor]; })"
    )
    for ink, ground in colours:
        assert _contrast(ink, ground) >= 4.5, (ink, ground)


def _contrast(*colours: str) -> float:
    """WCAG 2.2 contrast ratio of two colours as the browser prints them: rgb(1, 2, 3)."""

    def luminance(colour: str) -> float:
        parts = [int(float(p)) / 255 for p in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted(map(luminance, colours), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
