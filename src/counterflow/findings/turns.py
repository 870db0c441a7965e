"""Turns: several typologies at a time, of which one works while others search.

Nearly all of a search is a compiled kernel that needs nothing but its columns. So a typology gives up its turn while a
kernel runs, and another one words its findings meanwhile; all else (tables, parties, what is remembered) is only ever
touched by the one whose turn it is. What is found does not depend on who came first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar, overload

__all__ = ["AT_ONCE", "Turns", "shared"]

T = TypeVar("T")

AT_ONCE = 3
"""Typologies at a time: two that search, on a processor each, and one that words what it found."""


class Turns:
    """One thread at a time has the turn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._mine = threading.local()
        self._over = False

    @contextmanager
    def running(self, jobs: Mapping[str, Callable[[], T]]) -> Iterator[Mapping[str, Future[T]]]:
        """What each of these returns, when it does; begun in their order, `AT_ONCE` at a time.

        When the caller leaves before they are done, as when one failed or somebody lost patience, those that have not
        begun never do, and those that search end with their search.
        """
        self._over = False
        pool = ThreadPoolExecutor(AT_ONCE, "typology")
        try:
            yield {name: pool.submit(self._in_turn, job) for name, job in jobs.items()}
        finally:
            self._over = True
            pool.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Work that needs no turn: others may have it meanwhile."""
        if not getattr(self._mine, "held", False):  # nobody else is at work
            yield
            return
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()
        self._go_on()

    def _in_turn(self, job: Callable[[], T]) -> T:
        with self._turn:
            self._mine.held = True
            try:
                self._go_on()
                return job()
            finally:
                self._mine.held = False

    def _go_on(self) -> None:
        if self._over:
            raise InterruptedError("nobody waits for it any more")


class shared(cached_property[T]):  # noqa: N801, used as cached_property is
    """A property made once, though several searches ask for it at a time."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        super().__init__(make)
        self._making = threading.RLock()

    @overload
    def __get__(self, one: None, owner: type | None = None) -> shared[T]: ...

    @overload
    def __get__(self, one: object, owner: type | None = None) -> T: ...

    def __get__(self, one: object | None, owner: type | None = None) -> shared[T] | T:
        if one is None:
            return self
        with self._making:
            return super().__get__(one, owner)
