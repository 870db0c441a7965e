"""What happens in one's cases, as it happens: server-sent events, each a pointer, filtered for who listens.

An event's id is the place it stands at, sealed: no gap between two tells of one that was not sent. The event `ready`
says how far the listener has come when it begins; whoever comes back with the last id it had gets all that came since.

Source: HTML, section 9.2, for the form; every stream ends after `LASTS`, so that rights are asked for anew.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from counterflow.api.answer import Asked
from counterflow.api.needs import needs
from counterflow.errors import TooMany
from counterflow.views.view import View

__all__ = ["Pulse", "router", "stream"]

router = APIRouter(tags=["cases"])

BEAT, LASTS, GLANCE = 15.0, 300.0, 1.0
"""Seconds between signs of life; until a stream ends; between looks at the casebook, one for all who listen."""


STREAMS = 50
"""Streams of one person at once: a few windows, each with one, and those that a browser has not noticed to be over."""


class Pulse:
    """Looks whether anything was written, once for all listeners. :param look: place of the last row"""

    def __init__(self, look: Callable[[], int], glance: float = GLANCE) -> None:
        self._look, self._glance = look, glance
        self._place = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._beating: asyncio.Task[None] | None = None

    async def changed(self, place: int, seconds: float) -> bool:
        """Wait until something was written after a place; False: nothing was, within these seconds."""
        if self._place > place:
            return True
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiting)
        return True

    async def _beat(self) -> None:
        while self._waiting:
            now = await run_in_threadpool(self._look)
            if now > self._place:
                self._place = now
                for waiting in [*self._waiting]:
                    if not waiting.done():
                        waiting.set_result(None)
            await asyncio.sleep(self._glance)


async def stream(
    view: View, since: str, pulse: Pulse, *, lasts: float = LASTS, beat: float = BEAT
) -> AsyncIterator[str]:
    """Events for one listener, as text. :param since: id of the last one it had; empty: it begins"""
    cursors = view.event_cursors()
    place = await run_in_threadpool(view.event_place)
    told: list[tuple[int, dict[str, Any]]] = []
    if since:  # of an id that nobody sealed here: everything
        told, place = await run_in_threadpool(view.events, cursors.open(since) or 0)
    yield "retry: 2000\n\n"
    for at, event in told:
        yield _written("news", cursors.seal(at), event)
    yield _written("ready", cursors.seal(place), {})
    until = asyncio.get_running_loop().time() + lasts
    while asyncio.get_running_loop().time() < until:
        if await pulse.changed(place, beat):
            told, place = await run_in_threadpool(view.events, place)
            for at, event in told:
                yield _written("news", cursors.seal(at), event)
        else:
            yield ": still here\n\n"


def _written(kind: str, id: str, data: Mapping[str, Any]) -> str:
    return f"event: {kind}\nid: {id}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


@router.get("/events", response_class=StreamingResponse)
@needs("read")
def events(
    request: Request,
    view: Asked,
    last_event_id: Annotated[str, Header(description="Id of the last event that one had.", max_length=100)] = "",
) -> Response:
    """What others and oneself write in one's cases, as server-sent events: kind, ids and time, nothing of what it says.
    The stream ends after five minutes; a browser then comes back with `Last-Event-ID` and misses nothing."""
    state = request.app.state
    if not hasattr(state, "pulse"):
        state.pulse, state.listening = Pulse(view.event_place), Counter[str]()
    session = request.scope["caller"].session
    whose = "" if session is None else session.principal.id
    if state.listening[whose] >= STREAMS:
        raise TooMany(LASTS)
    told = stream(view, last_event_id, state.pulse)
    return StreamingResponse(_counted(told, state.listening, whose), media_type="text/event-stream")


async def _counted(told: AsyncIterator[str], listening: Counter[str], whose: str) -> AsyncIterator[str]:
    listening[whose] += 1
    try:
        async for text in told:
            yield text
    finally:
        listening[whose] -= 1
