"""How much of a file has been read, as a share of its bytes (of Parquet: of its rows).

Whoever opens the file says how it can be told; whoever waits asks. A zip does not tell, nor does a folder as a whole.
"""

from __future__ import annotations

import contextlib
import io
import os
import weakref
from collections.abc import Callable, Iterator
from contextvars import ContextVar

__all__ = ["Share", "of_bytes", "tell", "watched"]


class Share:
    """Of the file that was opened last."""

    def __init__(self) -> None:
        self.how: Callable[[], float] | None = None

    def __call__(self) -> float:
        """0 to 1; 0 where it cannot be told."""
        return min(1.0, self.how()) if self.how is not None else 0.0


_asked: ContextVar[Share | None] = ContextVar("share", default=None)


@contextlib.contextmanager
def watched() -> Iterator[Share]:
    """What is opened while the block lasts is watched."""
    share = Share()
    token = _asked.set(share)
    try:
        yield share
    finally:
        _asked.reset(token)


def tell(how: Callable[[], float]) -> None:
    """Say how much of the file that has just been opened is read."""
    share = _asked.get()
    if share is not None:
        share.how = how


def of_bytes(stream: io.BufferedReader) -> io.BufferedReader:
    """`stream`, a file on disk, of which it will be told how far it was read."""
    size = os.fstat(stream.fileno()).st_size
    raw = weakref.ref(stream.raw)

    def how() -> float:
        file = raw()
        return file.tell() / size if file is not None and size and not file.closed else 0.0

    tell(how)
    return stream
