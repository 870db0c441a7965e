"""What happens in one's cases, as it happens: server-sent events, each a pointer, filtered for who listens.

An event's id is the place it stands at, sealed: no gap between two tells of one that was not sent. The event `ready`
says how far the listener has come when it begins; whoever comes back with the last id it had gets all that came since.

Source: HTML, section 9.2, for the form; every stream ends after `LASTS`, so that rights are asked for anew.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from counterflow.api.answer import Asked
from counterflow.api.needs import needs
from counterflow.errors import TooMany
from counterflow.views.stirring import Stir
from counterflow.views.view import View

__all__ = ["Pulse", "router", "stream"]

router = APIRouter(tags=["cases"])

BEAT, LASTS, GLANCE = 15.0, 300.0, 1.0
"""Seconds between signs of life; until a stream ends; between looks at the casebook, one for all who listen."""


STREAMS = 50
"""Streams of one person at once: a few windows, each with one, and those that a browser has not noticed to be over."""

MOST = 2000
"""Rows that are remembered for who was away for a little while."""


class Pulse:
    """Looks whether anything was written, and what, once for all listeners.

    :param look: place of the last row; :param stirred: rows after a place, each with its own
    """

    def __init__(
        self, look: Callable[[], int], stirred: Callable[[int], list[tuple[int, Stir]]], glance: float = GLANCE
    ) -> None:
        self._look, self._stirred, self._glance = look, stirred, glance
        self.place = 0
        self._rows: list[tuple[int, Stir]] = []
        self._after = sys.maxsize  # of the rows: none before or at this place
        self._reading = asyncio.Lock()
        self._waiting: set[asyncio.Future[None]] = set()
        self._beating: asyncio.Task[None] | None = None

    async def changed(self, place: int, seconds: float) -> bool:
        """Wait until something was written after a place; False: nothing was, within these seconds."""
        if self.place > place:
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

    async def since(self, place: int) -> list[Stir]:
        """What was written after a place, whoever may read it; at least up to the `place` of before the question."""
        async with self._reading:
            if place < self._after:
                self._rows, self._after = await run_in_threadpool(self._stirred, place), place
        return [one for at, one in self._rows if at > place]

    async def _beat(self) -> None:
        while self._waiting:
            now = await run_in_threadpool(self._look)
            if now > self.place:
                async with self._reading:
                    last = self._rows[-1][0] if self._rows else self._after
                    if last < now:
                        self._rows += await run_in_threadpool(self._stirred, last)
                    self._forget()
                self.place = now
                for waiting in [*self._waiting]:
                    if not waiting.done():
                        waiting.set_result(None)
            await asyncio.sleep(self._glance)

    def _forget(self) -> None:
        if len(self._rows) > MOST:
            self._after = self._rows[-MOST - 1][0]
            self._rows = self._rows[-MOST:]


async def stream(
    view: View, since: str, pulse: Pulse, *, lasts: float = LASTS, beat: float = BEAT
) -> AsyncIterator[str]:
    """Events for one listener, as text. :param since: id of the last one it had; empty: it begins"""
    cursors = view.event_cursors()
    place = await run_in_threadpool(view.event_place)
    told: list[tuple[int, dict[str, Any]]] = []
    if since:  # of an id that nobody sealed here: everything
        told, place = await _told(view, pulse, cursors.open(since) or 0, place)
    yield "retry: 2000\n\n"
    for at, event in told:
        yield _written("news", cursors.seal(at), event)
    yield _written("ready", cursors.seal(place), {})
    until = asyncio.get_running_loop().time() + lasts
    while asyncio.get_running_loop().time() < until:
        if await pulse.changed(place, beat):
            told, place = await _told(view, pulse, place, pulse.place)
            for at, event in told:
                yield _written("news", cursors.seal(at), event)
        else:
            yield ": still here\n\n"


async def _told(view: View, pulse: Pulse, after: int, now: int) -> tuple[list[tuple[int, dict[str, Any]]], int]:
    """Events after a place, and the place to go on from. Who cannot be concerned is not asked."""
    if after >= now or not view.concerned(await pulse.since(after)):
        return [], max(after, now)
    return await run_in_threadpool(view.events, after)


def _written(kind: str, id: str, data: Mapping[str, Any]) -> str:
    return f"event: {kind}\nid: {id}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


@router.get("/events", response_class=StreamingResponse)
@needs("read")
def events(
    request: Request,
    view: Asked,
    last_event_id: Annotated[str, Header(description="Id of the last event that one had.", max_length=100)] = "",
) -> Response:
    """What others and oneself write in one's cases, as server-sent events: kind, ids, time and whether it is one's own;
    nothing of what it says. The stream ends after five minutes; a browser then comes back with `Last-Event-ID` and
    misses nothing."""
    state = request.app.state
    if not hasattr(state, "pulse"):
        state.pulse, state.listening = Pulse(view.event_place, view.stirred), Counter[str]()
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
