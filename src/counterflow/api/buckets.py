"""Buckets that fill steadily, in memory: how much one person may ask of us, and how much of what is refused is written.

Guesses at a secret are counted in the database instead (`casework.identity.limits`): there a restart must help nobody.
Here it may, since what is bounded is only our own work.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from counterflow.errors import TooMany

__all__ = ["AT_ONCE", "Buckets", "Places"]

MOST = 10_000
"""Buckets that are remembered; those used longest ago go first, and are full when they come back."""

AT_ONCE, PATIENCE = 8, 30.0
"""Questions of one person that are worked on at once; seconds that a further one waits for its turn."""


class Buckets:
    """A bucket for each of whatever is limited. :param capacity: at once; :param per_second: after that"""

    def __init__(self, capacity: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._per_second, self._clock = capacity, per_second, clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, whose: str) -> float:
        """Take one. Returns 0, or the seconds until there is one to take."""
        at = self._clock()
        level, since = self._kept.pop(whose, (self._capacity, at))
        level = min(self._capacity, level + (at - since) * self._per_second)
        taken = level >= 1
        self._kept[whose] = (level - taken, at)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return 0.0 if taken else (1 - level) / self._per_second


class Places:
    """So many questions of one person at a time; the others wait, without a thread of ours."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._at_once, self._patience = at_once, patience
        self._taken: dict[str, int] = {}

    @asynccontextmanager
    async def place(self, whose: str) -> AsyncIterator[None]:
        """Have a place. :raises TooMany: none became free in time"""
        until = time.monotonic() + self._patience
        while self._taken.get(whose, 0) >= self._at_once:
            if time.monotonic() > until:
                raise TooMany(1)
            await asyncio.sleep(0.02)
        self._taken[whose] = self._taken.get(whose, 0) + 1
        try:
            yield
        finally:
            self._taken[whose] -= 1
            if not self._taken[whose]:
                del self._taken[whose]
