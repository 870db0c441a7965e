"""Answers kept as they are sent, for all who share a picture.

Invariant: what is kept rests on the picture alone: on nothing that is read live, and on nobody who asks. A picture is
of one set of labels and of one state of the ledger and judgements; when either is another, it is another picture, and
these answers are gone with the old one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

__all__ = ["Kept"]

MOST = 16_000_000
"""Bytes kept for one picture; what was asked for longest ago goes first."""


class Kept:
    """Bytes by question. :param most: how many bytes are kept"""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._found: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, question: Hashable, make: Callable[[], bytes]) -> bytes:
        """The answer; made by whoever asks first, while others who ask the same wait for it."""
        found = self._known(question)
        if found is None:
            with self._lock:
                making = self._making.setdefault(question, threading.Lock())
            with making:
                found = self._known(question)
                if found is None:
                    try:
                        found = make()
                        self._keep(question, found)
                    finally:
                        with self._lock:
                            self._making.pop(question, None)
        return found

    def _known(self, question: Hashable) -> bytes | None:
        with self._lock:
            found = self._found.get(question)
            if found is not None:
                self._found.move_to_end(question)
            return found

    def _keep(self, question: Hashable, answer: bytes) -> None:
        with self._lock:
            self._found[question] = answer
            self._size += _cost(question, answer)
            while self._size > self._most:
                self._size -= _cost(*self._found.popitem(last=False))


def _cost(question: Hashable, answer: bytes) -> int:
    return len(answer) + len(repr(question))  # what is asked for may be as long as one likes
