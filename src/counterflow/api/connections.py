"""Connections that hold nothing up: how long a request may take to arrive, an answer to be read; how many there are.

The server under us waits for as long as a client likes. Here a head and a body each have a deadline, whoever does not
read has one as well unless something of the answer goes on leaving, and neither one address nor all together may hold
more connections or unread answers than there is room for. What is refused is told so where that can still be said.

Source: RFC 9110, section 15.5.9 (408) and 15.6.4 (503), for what is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["LONGEST_HEAD", "Limits", "bounded", "room"]

LONGEST_HEAD = 80_000
"""Bytes of a request's head: an address of `safety.LONGEST_ADDRESS`, and its headers."""


@dataclass(frozen=True)
class Limits:
    """:param head: seconds until the head of a request is whole, from the connection or from its first byte
    :param body: seconds until its body is; :param unread: seconds in which some of an answer must have left
    :param least: bytes a second that must leave, where some do; :param linger: seconds that a closed connection has to
        take what is left
    :param most: connections in all; :param each: of one address; :param backlog: bytes of answers that wait to be read
    :param trusted: address of what stands in front of the server: its connections are those of all
    """

    head: float = 10.0
    body: float = 30.0
    unread: float = 20.0
    least: int = 1_000
    linger: float = 10.0
    most: int = 4_000
    each: int = 1_000
    backlog: int = 256_000_000
    trusted: str = ""

    def shared(self, n: int) -> Limits:
        """The part of one of `n` processes."""
        most, each = max(64, self.most // n), max(32, self.each // n)
        return replace(self, most=most, each=each, backlog=self.backlog // n) if n > 1 else self


def room(limits: Limits) -> Limits:
    """The limits as this process can keep them: it may have more files open, or lets fewer connections in.

    Never fewer than 64.
    """
    try:
        import resource
    except ImportError:  # not on POSIX, where there is no such limit to ask for
        return limits
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.most + 512  # segments, databases, sockets of ours
    if soft != resource.RLIM_INFINITY and soft < wanted:
        raised = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            soft = raised
        most = max(64, min(limits.most, soft - 512))
        return replace(limits, most=most, each=min(limits.each, max(32, most // 2)))
    return limits


class Bounded(H11Protocol):
    """A connection under `limits`."""

    limits: ClassVar[Limits] = Limits()
    held: ClassVar[set[Bounded]] = set()
    of: ClassVar[Counter[str]] = Counter()
    """Address → how many of them are its."""

    _waiting: asyncio.TimerHandle | None = None
    _for: type[Any] | None = None
    _unread: asyncio.TimerHandle | None = None
    _left = 0

    # -- how many ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        address = self._address()
        self.held.add(self)
        self.of[address] += 1
        own = 0 if address == self.limits.trusted else self.of[address]
        if len(self.held) > self.limits.most or own > self.limits.each:
            self._refuse(503, "There are too many connections. Try again in a moment.")
            return
        self._deadline(h11.IDLE, self.limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self.held.discard(self)
        self.of[self._address()] -= 1
        if self.of[self._address()] <= 0:
            del self.of[self._address()]
        self._settled()
        self._read()
        super().connection_lost(exc)

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    # -- how long a request takes --------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch(idle=True)

    def _watch(self, *, idle: bool = False) -> None:
        """Set the deadline for what is still to come of a request. :param idle: nothing of it has come yet"""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._deadline(state, self.limits.body)
        elif state is h11.IDLE and not idle:
            self._deadline(state, self.limits.head)
        else:
            self._settled()

    def _deadline(self, what: Any, seconds: float) -> None:
        if self._waiting is not None and self._for is what:  # a byte more buys no time
            return
        self._settled()
        self._for = what
        self._waiting = self.loop.call_later(seconds, self._late)

    def _settled(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._for = None

    def _late(self) -> None:
        self._waiting = self._for = None
        self._refuse(408, "The request took too long to arrive.")

    # -- how long an answer takes to be read ---------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        if sum(one.transport.get_write_buffer_size() for one in self.held) > self.limits.backlog:
            self.transport.abort()
            return
        self._left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.limits.unread, self._stuck)

    def resume_writing(self) -> None:
        self._read()
        super().resume_writing()

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
        self._unread = None

    def _stuck(self) -> None:
        left = self.transport.get_write_buffer_size()
        if self._left - left < self.limits.least * self.limits.unread:
            self.transport.abort()
            return
        self._left = left
        self._unread = self.loop.call_later(self.limits.unread, self._stuck)

    # -- how it ends ---------------------------------------------------------------------------------------------

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._let_go()

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.is_closing():
            self._let_go()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _refuse(self, status: int, detail: str) -> None:
        """Say why, where no answer has begun, and close."""
        self._settled()
        if self.transport.is_closing():
            return
        cycle = getattr(self, "cycle", None)  # none before the first request
        begun = cycle is not None and cycle.response_started and not cycle.response_complete
        if not begun and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            title = HTTPStatus(status).phrase
            body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
            head = (
                f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
                f"content-length: {len(body)}\r\ncache-control: no-store\r\n"
                "x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()
        self._let_go()

    def _let_go(self) -> None:
        """Do not wait for ever for somebody to take what is left."""
        self.loop.call_later(self.limits.linger, self.transport.abort)


def bounded(limits: Limits) -> type[Bounded]:
    """The protocol of a server with these limits."""
    return type("Bounded", (Bounded,), {"limits": limits, "held": set(), "of": Counter()})
