"""The Screening and Review screens over two small lists that share parties: worked through with the keyboard."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.serving import served
from counterflow.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIXTURES = Path(__file__).parents[1] / "fixtures" / "yente"
Look = Callable[[str], None]

OTHER = [
    {
        "id": "1",
        "schema": "Person",
        "properties": {"name": ["Grigori Severin"], "birthDate": ["1961"], "topics": ["sanction"]},
    },
    {"id": "2", "schema": "Person", "properties": {"name": ["Mariam Okonkwo"], "birthDate": ["1981-05-05"]}},
    {"id": "3", "schema": "Company", "properties": {"name": ["Bright Anchor Shipping"], "country": ["hk"]}},
]
CUSTOMERS = """id,name,birth date,country,schema
c-1,Grigory Antonovich Severin,1961-03-02,ru,Person
c-2,"Nobody, At All",1990,es,Person
c-3,Mariam Okonkwo-Bell,,,Person
c-4,,1990,,Person
"""


@pytest.fixture(scope="module")
def origin(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("screening")
    workspace = Workspace.create(folder / "w")
    workspace.ingest(FIXTURES / "quay.ftm.json", reader="ftm", dataset="quay", label="TLP:GREEN")
    (folder / "other.ftm.json").write_text("\n".join(map(json.dumps, OTHER)), encoding="utf-8")
    workspace.ingest(folder / "other.ftm.json", reader="ftm", dataset="other", label="TLP:GREEN")
    workspace.run()
    workspace.close()
    with served(folder / "w") as address:
        yield address


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def fits(page: Any) -> bool:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(width[0] <= width[1])


def screened(page: Any, text: str = CUSTOMERS) -> None:
    page.goto("/screening")
    by(page, "pasted").fill(text)
    by(page, "start").click()
    page.locator('[data-testid="progress"][data-state="done"]').wait_for()


def test_a_file_is_screened_decided_about_by_keyboard_and_exported(page: Any, look: Look, tmp_path: Path) -> None:
    screened(page)
    assert by(page, "standing").all_inner_texts() == ["match", "no hit", "possible", "not understood"]
    assert "SEVERIN" in by(page, "hit-caption").inner_text()
    assert by(page, "feature").count() >= 2
    assert "TLP:GREEN" in by(page, "screen-marking").inner_text()
    assert fits(page)
    look("screening")

    page.keyboard.press("f")
    by(page, "reason").fill("ours was born elsewhere")
    page.keyboard.press("Control+Enter")
    page.get_by_text("decided", exact=True).first.wait_for()
    assert by(page, "standing").first.inner_text() == "decided"
    by(page, "party").first.click()
    assert "ours was born elsewhere" in by(page, "disposition").inner_text()
    look("screening-decided")

    with page.expect_download() as told:
        by(page, "export-csv").click()
    told.value.save_as(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["id"], r["verdict"], r["disposition"]) for r in rows][:2] == [
        ("c-1", "match", "false-positive"),
        ("c-2", "no hit", ""),
    ]
    assert rows[0]["handling"] == "TLP:GREEN"

    by(page, "again").click()  # it is remembered, and nothing else has changed
    by(page, "progress").get_by_text("4 screened, 0 changed").wait_for()
    assert by(page, "standing").first.inner_text() == "decided"
    by(page, "matched").click()
    by(page, "explain-drawer").get_by_text("SEVERIN").first.wait_for()


def test_what_is_left_open_is_a_queue(page: Any) -> None:
    screened(page)
    page.goto("/screening?show=possible")  # the address is the state; the batch itself is not in it
    by(page, "begin").wait_for()
    by(page, "pasted").fill(CUSTOMERS)
    by(page, "start").click()
    page.locator('[data-testid="progress"][data-state="done"]').wait_for()
    assert by(page, "party").count() == 1
    assert "Okonkwo" in by(page, "party").inner_text()
    page.goto("/screening?show=error&audience=public")
    by(page, "begin").wait_for()  # what was screened for one audience is not shown to another


def test_a_long_file_can_be_stopped_and_gone_on_with(page: Any, tmp_path: Path) -> None:
    page.goto("/screening")
    lines = "".join(f"x-{n},Grigory Severin {n},,ru,Person\n" for n in range(3000))
    (tmp_path / "long.csv").write_text(CUSTOMERS + lines, encoding="utf-8")
    page.locator('input[type="file"]').set_input_files(tmp_path / "long.csv")
    by(page, "party").first.wait_for()
    by(page, "stop").click()
    page.locator('[data-testid="progress"][data-state="stopped"]').wait_for()
    assert "stopped" in by(page, "progress").inner_text()
    assert by(page, "party").count() < 60  # only what is in sight is drawn
    by(page, "go-on").click()
    page.locator('[data-testid="progress"][data-state="done"]').wait_for(timeout=60_000)
    assert "3,004 screened" in by(page, "progress").inner_text()


def test_pairs_are_judged_by_keyboard_undone_and_recorded_together(page: Any, look: Look) -> None:
    page.goto("/review")
    by(page, "pair-card").wait_for()
    pairs = by(page, "pair").count()
    assert pairs >= 1
    assert by(page, "feature").count() >= 1
    assert fits(page)
    look("review")
    first = by(page, "pair").first.inner_text().splitlines()[1]  # the two subjects, which bear one name
    assert " and other:" in first or " and quay:" in first
    page.keyboard.press("d")
    assert by(page, "taken").all_inner_texts() == ["different"]
    page.keyboard.press("z")
    assert by(page, "taken").count() == 0
    page.keyboard.press("d")
    by(page, "record").click()
    by(page, "recorded").wait_for(timeout=60_000)
    assert by(page, "recorded").locator("summary").inner_text() == "Recorded before: 1"
    by(page, "pair").filter(has_text=first).wait_for(state="detached", timeout=60_000)
    look("review-recorded")
    by(page, "recorded").locator("summary").click()
    by(page, "recorded").get_by_text("take back").click()
    by(page, "recorded").wait_for(state="detached", timeout=60_000)
    page.get_by_text(first).first.wait_for()
