"""What was made of rows that are written once and never altered, kept for all who may read them.

Who may read a row is decided by the engine each time: a reader is given what was made of those that it returned, and
of no other.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Memo"]

MOST = 64_000_000
"""Characters of the rows of which something is kept; what was asked for longest ago goes first."""

Key = tuple[int, str]
"""Id and time of a row."""


class Memo:
    """:param most: characters"""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[Callable[..., Any], Key], tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, make: Callable[..., Any], keys: Sequence[Key]) -> tuple[dict[Key, Any], list[Key]]:
        """What is there of these, and of which nothing is."""
        found, lacking = {}, []
        with self._lock:
            for key in keys:
                kept = self._kept.get((make, key))
                if kept is None:
                    lacking.append(key)
                else:
                    found[key] = kept[0]
                    self._kept.move_to_end((make, key))
        return found, lacking

    def keep(self, make: Callable[..., Any], key: Key, made: Any, size: int) -> None:
        """:param size: characters of the row"""
        with self._lock:
            if (make, key) not in self._kept:
                self._kept[make, key] = made, size
                self._size += size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]
