"""Several processes that answer at one address: Python works on one question at a time in each.

They share what is on disk and in the database, and nothing else. One that ends by itself is begun anew; when the first
process ends, however it does, so do they.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from counterflow.errors import WorkspaceError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

__all__ = ["together"]

LEAST = 2.0
"""Seconds that a worker lives at least, if it is to be begun again: what fails at once would fail for ever."""

PATIENCE = 10.0
"""Seconds that they have to end, once told."""

_log = logging.getLogger("uvicorn.error")


def together(n: int, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    """Have `n` processes work until this one is told to stop (Ctrl-C or SIGTERM).

    :param work: a function of a module; it ends at SIGTERM; :param given: to it, and fit to be sent to a process
    :raises WorkspaceError: one ended as soon as it had begun
    """
    context = multiprocessing.get_context("spawn")  # nothing is shared that only looks as if it were one's own
    theirs, ours = context.Pipe(duplex=False)

    def begun() -> tuple[SpawnProcess, float]:
        one = context.Process(target=_worker, args=(theirs, work, given), name="worker")
        one.start()
        return one, time.monotonic()

    heard, hear = os.pipe()
    before = {s: signal.signal(s, lambda *_: os.write(hear, b"x")) for s in (signal.SIGINT, signal.SIGTERM)}
    workers: list[tuple[SpawnProcess, float]] = []
    try:
        workers += (begun() for _ in range(n))
        while not (ready := set(wait([heard, *(one.sentinel for one, _ in workers)]))) & {heard}:
            for place, (one, since) in enumerate(workers):
                if one.sentinel in ready:
                    if time.monotonic() - since < LEAST:
                        raise WorkspaceError("A worker ended as soon as it had begun. What it said stands above.")
                    _log.error("A worker ended (%s); another one takes its place.", one.exitcode)
                    workers[place] = begun()
    finally:
        ours.close()
        _ended([one for one, _ in workers])
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(heard)
        os.close(hear)


def _ended(workers: list[SpawnProcess]) -> None:
    for one in workers:
        one.terminate()
    until = time.monotonic() + PATIENCE
    for one in workers:
        one.join(max(0.0, until - time.monotonic()))
        if one.is_alive():
            one.kill()
            one.join()


def _worker(alive: Connection, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    threading.Thread(target=_watch, args=(alive,), daemon=True).start()
    work(*given)


def _watch(alive: Connection) -> None:
    """The other end is held by the first process alone: it is shut when that one is gone."""
    wait([alive])
    os.kill(os.getpid(), signal.SIGTERM)
