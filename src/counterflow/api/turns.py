"""Who works at a time: few, since one goes on at a time anyway, and dear questions apart from short ones.

Python runs one thread at a time. Forty that all have something to do hand the turn, and each lock of the database's
pool, around among forty: two hundred readers then cost fifteen times what the same questions cost one after the other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
from anyio.lowlevel import RunVar
from anyio.to_thread import current_default_thread_limiter, run_sync

__all__ = ["DEAR", "SHORT", "apart", "dear", "few"]

SHORT, DEAR = 3, 2
"""Threads for questions that are soon answered, and for those that take seconds; the latter never wait for the former,
nor the other way round."""

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Any])

_apart: RunVar[anyio.CapacityLimiter] = RunVar("counterflow dear questions")


def few() -> None:
    """Let so many threads of this event loop work at a time."""
    current_default_thread_limiter().total_tokens = SHORT


async def apart(work: Callable[[], T]) -> T:
    """Do in a thread what may take seconds."""
    try:
        limiter = _apart.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(DEAR)
        _apart.set(limiter)
    return await run_sync(work, limiter=limiter)


def dear(handler: Handler) -> Handler:
    """Declare that a handler may take seconds; goes under all else."""

    @functools.wraps(handler)
    async def worked(*args: Any, **named: Any) -> Any:
        return await apart(functools.partial(handler, *args, **named))

    return worked  # type: ignore[return-value]
