"""Small writes of several threads, done together: a transaction each costs more than what it writes.

Whoever's turn it is writes for all who wait, and each goes on once its own is committed: nobody is told early, and the
more wait, the less each costs.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["Together"]

T = TypeVar("T")


@dataclass
class _Waiting(Generic[T]):
    what: T
    done: bool = False
    failed: Exception | None = None


class Together(Generic[T]):
    """:param turn: lock of all that write; :param write: writes some of them in one transaction, all or none"""

    def __init__(self, turn: Any, write: Callable[[Sequence[T]], None]) -> None:
        self._turn, self._write = turn, write
        self._waiting: deque[_Waiting[T]] = deque()
        self._taking = threading.Lock()

    def add(self, what: T) -> None:
        """Write it; returns when it is committed. :raises Exception: what its own writing raised"""
        mine = _Waiting(what)
        with self._taking:
            self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                with self._taking:
                    some, self._waiting = self._waiting, deque()
                self._written(list(some))
        if mine.failed is not None:
            raise mine.failed
        if not mine.done:  # whoever wrote for this one was stopped half way: nothing was committed
            raise InterruptedError("This was not written.")

    def _written(self, some: list[_Waiting[T]]) -> None:
        try:
            self._write([one.what for one in some])
        except Exception as e:  # noqa: BLE001 - raised where it belongs
            if len(some) > 1:  # what is wrong with one is nobody else's fault
                for one in some:
                    self._written([one])
                return
            some[0].failed = e
        for one in some:
            one.done = True
