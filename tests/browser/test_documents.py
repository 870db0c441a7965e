"""The documents of a workspace, read in a real browser: text, mentions, a passage marked into a claim, references."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.stories.test_documents import OPEN, SECRET, TEXT

from browser.serving import served
from browser.settling import settled
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Look = Callable[[str], None]
RAIN = "It rained. Nobody came. 😀 " * 160


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small workspace with a report of two pages, served."""
    folder = tmp_path_factory.mktemp("documents")
    workspace = Workspace.create(folder / "w")
    for name, rows, label in (("open", OPEN, "TLP:CLEAR"), ("secret", SECRET, "TLP:RED")):
        path = folder / f"{name}.json"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        workspace.ingest(path, dataset=name, label=label)
    report = folder / "report.txt"
    report.write_text(
        TEXT.replace("\n\nReferences", "\n\n" + RAIN + "\n\nReferences"),
        encoding="utf-8",
    )
    workspace.ingest(report, label="TLP:CLEAR")
    workspace.run()
    workspace.close()
    with served(folder / "w") as address:
        yield address


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def opened(page: Any) -> None:
    page.goto("/documents")
    by(page, "document").get_by_role("link").first.click()
    by(page, "screen-document").wait_for()
    by(page, "mention").first.wait_for()
    settled(page)


def chosen(page: Any, words: str) -> None:
    """Select these words in the text, as a hand with a mouse does."""
    page.evaluate(
        """words => {
          const box = document.querySelector('[data-testid=page-text]');
          const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          const at = box.textContent.indexOf(words);
          let seen = 0;
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const next = seen + node.length;
            if (at >= seen && at < next) range.setStart(node, at - seen);
            if (at + words.length > seen && at + words.length <= next) range.setEnd(node, at + words.length - seen);
            seen = next;
          }
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          box.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
        }""",
        words,
    )


def test_the_list_and_a_page_with_what_is_named_on_it(page: Any, look: Look) -> None:
    page.goto("/documents")
    by(page, "document").first.wait_for()
    look("documents")
    assert "On Example Trading" in by(page, "documents").inner_text()
    opened(page)
    look("document")
    text = by(page, "page-text").inner_text()
    assert "Example Trading bought the ship Example Pearl (IMO 9314650)" in text
    shown = [one.inner_text() for one in by(page, "mention").all()]
    assert {"Example Trading", "Example Pearl", "IMO 9314650", "US$1.2 million", "김철수", "[1]"} <= set(shown)
    assert "Kim Chol Su" in by(page, "named").inner_text()
    assert "Who buys ships" in by(page, "references").inner_text()
    assert "TLP:RED" in by(page, "screen-marking").inner_text()  # Hidden House is named on it, for the owner
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


def test_the_pages_turn_and_the_address_says_where(page: Any) -> None:
    opened(page)
    by(page, "pages").get_by_role("button", name="2", exact=True).click()
    page.wait_for_url(re.compile(r"page=2"))
    page.get_by_text("Page 2 of").wait_for()
    page.reload()
    page.get_by_text("Page 2 of").wait_for()


def test_who_may_not_read_a_name_does_not_see_it_marked(page: Any) -> None:
    page.goto("/documents?audience=public")
    by(page, "document").get_by_role("link").first.click()
    by(page, "mention").first.wait_for()
    assert "Hidden House" not in [one.inner_text() for one in by(page, "mention").all()]
    assert "Hidden House" not in by(page, "named").inner_text()


def test_a_passage_becomes_a_claim(page: Any, look: Look) -> None:
    opened(page)
    chosen(page, "bought the ship")
    by(page, "mark-form").wait_for()
    assert by(page, "passage").inner_text() == "bought the ship"
    page.wait_for_url(re.compile(r"start=\d+&end=\d+"))
    subject = by(page, "mark-subject")
    subject.click()
    page.get_by_role("option", name="Example Trading").click()
    look("document-marking")
    by(page, "mark-save").click()
    by(page, "marked").wait_for()
    assert "bought the ship" in by(page, "marked").inner_text()
    by(page, "marks").wait_for()
    assert "bought the ship" in by(page, "marks").inner_text()
    place = page.url
    by(page, "marks").get_by_role("link").first.click()
    by(page, "passage-door").first.click()  # from the claim back to its page
    by(page, "passage").first.wait_for()
    assert by(page, "passage").first.inner_text() == "bought the ship"
    page.goto(re.sub(r"&?(start|end)=\d+", "", place))
    by(page, "take-back").click()
    by(page, "take-back-reason").fill("only a trial")
    by(page, "take-back-save").click()
    by(page, "marks").wait_for(state="detached")


def test_a_value_that_is_none_is_refused_where_it_was_typed(page: Any, wrong: list[str]) -> None:
    opened(page)
    chosen(page, "signed for it")
    by(page, "mark-subject").click()
    page.get_by_role("option", name="Kim Chol Su").click()
    by(page, "mark-property").fill("birthDate")
    by(page, "mark-save").click()
    by(page, "mark-error").wait_for()
    assert "not a valid date" in by(page, "mark-error").inner_text()
    wrong.clear()  # the browser says that an answer was a refusal


def test_characters_beyond_the_basic_plane_do_not_shift_a_place(page: Any) -> None:
    opened(page)
    by(page, "pages").get_by_role("button", name="2", exact=True).click()
    page.get_by_text("Page 2 of").wait_for()
    by(page, "page-text").wait_for()
    chosen(page, "😀 It rained. Nobody came. 😀 It rained")
    by(page, "passage").first.wait_for()
    assert "".join(one.inner_text() for one in by(page, "passage").all()) == "😀 It rained. Nobody came. 😀 It rained"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(page: Any, look: Look, scheme: str) -> None:
    page.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{scheme}')")
    opened(page)
    look(f"document-{scheme}")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == scheme
