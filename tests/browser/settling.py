"""When a page has come to rest: nothing that it asked its server for is still under way."""

from __future__ import annotations

import time
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["settled", "watch"]

_UNDER_WAY: WeakKeyDictionary[Any, set[Any]] = WeakKeyDictionary()
QUIET = 60
"""Milliseconds without a question after which no further one follows from an answer."""


def watch(page: Any) -> None:
    """Keep count of what a page asks for."""
    asked: set[Any] = set()
    _UNDER_WAY[page] = asked
    # events are listened to as long as a page is open
    page.on("request", lambda one: asked.add(one) if "/api/events" not in one.url else None)
    page.on("requestfinished", lambda one: asked.discard(one))
    page.on("requestfailed", lambda one: asked.discard(one))


def settled(page: Any, seconds: float = 60) -> None:
    """Wait until nothing is under way and no answer is waited for; sooner than the browser's own *networkidle*, which
    sits out half a second each time.

    :raises TimeoutError: it has not come to rest by then
    """
    until = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        if time.monotonic() > until:
            raise TimeoutError(f"still asked for: {[r.url for r in _UNDER_WAY[page]]}")
        page.wait_for_timeout(QUIET / 2)
        waits = _UNDER_WAY[page] or page.locator("[data-testid=waiting]:visible").count()
        quiet = 0 if waits else quiet + 1
