"""Answers kept as bytes: made once, bounded in all, forgotten oldest first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from counterflow.views.kept import Kept


def test_what_is_asked_at_once_is_made_once() -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"answer"

    kept = Kept()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: kept.get(("map",), make), range(40))) == {b"answer"}
    assert made == [1]


def test_an_error_is_not_kept_and_neither_is_more_than_there_is_room_for() -> None:
    kept = Kept(most=100)

    def fail() -> bytes:
        raise KeyError("no such entity")

    with pytest.raises(KeyError):
        kept.get("a", fail)
    assert kept.get("a", lambda: b"a") == b"a" == kept.get("a", fail)
    for n in range(10):
        kept.get(n, lambda: b"x" * 40)
    assert kept.get("a", lambda: b"anew") == b"anew", "asked for longest ago"
    assert kept._size <= 100
    assert kept.get("b" * 200, lambda: b"") == b"" and not kept._found, "a question takes room too"
