"""Coming in where people have accounts: by a code, then by a passkey of the browser's own authenticator."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address of a server over a workspace with nothing in it, and its first-run code."""

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "counterflow", "--workspace", str(tmp_path / "w"), *arguments]

    def run(*arguments: str) -> str:
        return subprocess.run(
            command(*arguments), check=True, capture_output=True, text=True, timeout=120
        ).stdout.strip()

    run("init")
    code = run("identity", "init")
    with subprocess.Popen(command("serve", "--port", "0"), stderr=subprocess.PIPE, text=True) as server:
        watchdog = threading.Timer(200, server.kill)
        watchdog.start()
        assert server.stderr is not None
        port = re.search(r":(\d+)", server.stderr.readline())
        assert port is not None
        yield f"http://localhost:{port[1]}", code
        server.terminate()
        watchdog.cancel()


def test_the_first_administrator_comes_in_by_code_and_again_by_passkey(browser: Any, house: tuple[str, str]) -> None:
    address, code = house
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/network?center=x")  # any address shows the page to sign in, and nothing of what is behind it
    page.get_by_test_id("sign-in").wait_for()
    page.get_by_test_id("code").fill("0000-0000")
    page.get_by_test_id("by-code").click()
    page.get_by_text("That does not prove who you are.").wait_for()
    page.get_by_test_id("code").fill(code)
    page.get_by_test_id("first-name").fill("Kim")
    page.get_by_test_id("first-organisation").fill("FIU-A")
    page.get_by_test_id("by-code").click()
    page.get_by_test_id("screen-administration").wait_for()
    assert page.get_by_test_id("open-search").count() == 0  # who keeps the house searches nothing
    page.get_by_test_id("who-am-i").click()
    page.get_by_test_id("to-account").click()
    page.get_by_test_id("add-passkey").click()
    page.get_by_text("passkey, since").wait_for()
    page.get_by_test_id("who-am-i").click()
    page.get_by_test_id("sign-out").click()
    page.get_by_test_id("by-passkey").click()
    page.get_by_test_id("who-am-i").wait_for()
    (cookie,) = [c for c in context.cookies() if c["name"].startswith("counterflow-")]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert cookie["name"] not in page.evaluate("document.cookie")
    context.close()
    assert not wrong
