"""The demonstration, served; and the system's Chromium to look at it. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.serving import served
from browser.settling import watch
from counterflow.api.workbench import BUILT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",  # CI runs as root
    "--use-angle=swiftshader",  # the link chart wants WebGL, also where there is no graphics card
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running Chromium; the tests are skipped, saying why, where there is none."""
    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on this machine (looked for {', '.join(CHROMIUM)})")
    if not (BUILT / "index.html").is_file():
        pytest.skip("the workbench is not built (COUNTERFLOW_WEB=skip, or no make install)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (make test installs it)")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture(scope="session")
def origin(browser: Any, demo: Path) -> Iterator[str]:
    """Address of a server over the demonstration, in a process of its own as a user would start it."""
    with served(demo) as address:
        urllib.request.urlopen(f"{address}/api/summary", timeout=240).close()  # made before a browser waits for it
        yield address


@pytest.fixture
def wrong() -> list[str]:
    """What the browser complained of on a test's page; a test that provokes a complaint takes it out."""
    return []


@pytest.fixture(scope="module")
def context(browser: Any, origin: str) -> Iterator[Any]:
    """A laptop's browser, whose cache holds the workbench for all pages of a file of tests."""
    made = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=origin, locale="en-GB")
    made.set_default_timeout(60_000)
    yield made
    made.close()


@pytest.fixture
def page(context: Any, origin: str, wrong: list[str]) -> Iterator[Any]:
    """A page that remembers nothing of others. At its end: nothing was asked of another host, and nothing went wrong
    unseen."""
    opened = context.new_page()
    watch(opened)
    opened.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    opened.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    opened.on(
        "request",
        lambda asked: wrong.append(f"asked of another host: {asked.url}") if _foreign(asked.url, origin) else None,
    )
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()
    assert not wrong, wrong


def _foreign(url: str, origin: str) -> bool:
    return not url.startswith((origin, "data:", f"blob:{origin}"))


@pytest.fixture
def look(page: Any, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Take a picture into the folder that COUNTERFLOW_SCREENSHOTS names; without it, do nothing."""

    def take(name: str) -> None:
        folder = os.environ.get("COUNTERFLOW_SCREENSHOTS")
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return take
