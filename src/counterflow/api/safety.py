"""The guard in front of every request, and the headers on every answer.

Invariant: nothing is answered under a host name that the operator did not ask for. A page elsewhere that points its
own name at this machine (DNS rebinding) is refused before anything is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse

from counterflow.api.access import Caller
from counterflow.api.buckets import Buckets, Places
from counterflow.api.problems import problem
from counterflow.api.refusals import Refusals, tells
from counterflow.api.turns import few
from counterflow.casework.identity.limits import AN_HOUR
from counterflow.errors import TooMany

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from counterflow.api.access import Access

__all__ = ["HEADERS", "LOOPBACK", "Guard"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""The names of this machine to itself."""

LONGEST_BODY = 1_000_000
"""Bytes of a request body; a what-if question has a few hundred."""

LONGEST_ADDRESS = 60_000
"""Bytes of a path with its query: below what the server under us would cut off without a word."""

_FORM = "application/x-www-form-urlencoded"

_STREAM = "/api/events"
"""Stays open for minutes, and waits: it takes nobody's place."""

_SHARED = "/reconcile/"
"""Addresses that a page of another program on this machine may read: OpenRefine's own."""

HEADERS: dict[str, str] = {
    # Styles may be inline: the component library sets them on elements. Layout runs in a worker made from a blob.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",  # answers may be sensitive; the workbench's own files say otherwise themselves
}
"""On every answer, unless the answer brings its own."""

HTTPS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""And where browsers speak HTTPS with us: two years, and under names below this one too."""

NOT_IN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Counterflow</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}code{background:#8882;
padding:.1em .3em}</style>
<h1>Open the address that the server printed</h1>
<p>Others on this machine can reach this port too, so that it answers only to a browser that came by the address which
<code>counterflow serve</code> printed. It works once; <code>counterflow identity link</code> prints another.</p>
</html>"""
"""To whoever comes without having been let in, where the workspace is one person's."""


class Guard:
    """ASGI middleware: host name, who asks, size of the body; then the headers. HEAD is answered as GET.

    Every question can be asked by QUERY too, with its parameters in the body as a form has them: names that somebody
    looks for then stand in no address, which proxies write down.

    :param opened: methods and paths that are answered to anybody
    :param outside: what anybody who asks for a page is given in place of it: the workbench, which has a page to sign in
    """

    def __init__(
        self, app: ASGIApp, *, access: Access, hosts: Collection[str], opened: Collection[tuple[str, str]],
        outside: ASGIApp | None = None,
    ) -> None:  # fmt: skip
        self.app = app
        self.access = access
        self.opened = frozenset(opened)
        self.outside = outside
        self.hosts = frozenset(h.lower() for h in hosts)
        self._refusals = Refusals(access.directory)
        an_hour = {kind: access.limits.get(kind, AN_HOUR[kind]) for kind in ("question", "change")}
        self._budgets = {kind: Buckets(most / 30, most / 3600) for kind, most in an_hour.items()}
        self._places = Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; either way the answer bears the headers."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        few()
        if scope["type"] != "http":  # there is no other way in
            await send({"type": "websocket.close", "code": 1008})
            return

        asked = Headers(scope=scope)
        shared = self._shared(scope["path"], asked.get("origin"))

        # HEAD is routed as GET; the server, which knows what was asked, sends no body. So is QUERY, once it was read
        inner = {**scope, "method": "GET"} if scope["method"] in ("HEAD", "QUERY") else dict(scope)
        inner["refused"] = {}  # what those who refuse something tell the log of it

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                if tells(message["status"]):
                    await self._refusals.write(inner, message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in shared.items():
                    headers[name] = value
                for name, value in (HEADERS | HTTPS if self.access.secure else HEADERS).items():
                    headers.setdefault(name, value)
            await send(message)

        app = self._refusal(scope, asked) or await self._admitted(inner, asked)
        if scope["method"] == "QUERY" and app is self.app:
            inner["query_string"] = await _asked(receive)
            receive = _after(receive)
        caller = inner.get("caller")
        if caller is None or caller.session is None or scope["path"] == _STREAM:
            await app(inner, receive, guarded)
            return
        await self._in_turn(app, caller.session.principal.id, inner, receive, guarded)

    async def _in_turn(self, app: ASGIApp, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer somebody within what one person may ask of us: so much an hour, and so much at once."""
        kind = "question" if scope["method"] in ("GET", "OPTIONS") else "change"
        try:
            if wait := self._budgets[kind].take(who):
                raise TooMany(wait)
            async with self._places.place(who):
                await app(scope, receive, send)
        except TooMany as e:  # the application answers its own
            await problem(429, str(e), error="TooMany", headers={"Retry-After": str(e.wait)})(scope, receive, send)

    async def _admitted(self, scope: Scope, headers: Headers) -> ASGIApp:
        """Who answers: the application, which is told who asks; or what is said to somebody who is not signed in."""
        caller = await run_in_threadpool(self.access.caller, scope, headers)
        if isinstance(caller, Caller):
            scope["caller"] = caller
            return self.app
        if caller is not None:
            return caller
        if (scope["method"], scope["path"]) in self.opened:
            scope["caller"] = None
            return self.access.forged(scope, headers) or self.app
        page = scope["method"] == "GET" and not scope["path"].startswith("/api/")
        shown = scope["path"].startswith("/assets/") or scope["path"] == "/icon.svg"
        if page and self.outside and (shown or "text/html" in headers.get("accept", "")):
            return self.outside
        if self.access.token is not None:
            ask = {"WWW-Authenticate": 'Basic realm="Counterflow", charset="UTF-8"'}
            return problem(401, "This server wants its token: as a bearer token, or as the password.", headers=ask)
        if page and "text/html" in headers.get("accept", ""):
            return HTMLResponse(NOT_IN, 401)
        return problem(401, "Nobody is signed in.", headers={"WWW-Authenticate": "Bearer"})

    def _shared(self, path: str, origin: str | None) -> Mapping[str, str]:
        """Leave to read for a page of another port under one of our own names, at the addresses that are for such."""
        if origin is None or not path.startswith(_SHARED) or _name(urlsplit(origin).netloc) not in self.hosts:
            return {}
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why a request is not let in, or None."""
        method = scope["method"]
        host = _name(headers.get("host", ""))
        if host not in self.hosts:
            return problem(
                421, f"This server does not answer as '{host}'. It answers as: {', '.join(sorted(self.hosts))}."
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return problem(414, "Request URI too long")
        if "transfer-encoding" in headers:  # would count for more than the length beside it, and has no end to check
            return problem(411, "Send the length of the body, and it whole.")
        if method not in ("GET", "HEAD", "OPTIONS"):
            origin = headers.get("origin")
            if origin is not None and _name(urlsplit(origin).netloc) not in self.hosts:
                return problem(403, "A page of another site may not ask this.")
            length = headers.get("content-length", "0" if method == "DELETE" else "")
            if not length.isascii() or not length.isdigit():
                return problem(411, "Send the length of the body.")
            most = LONGEST_ADDRESS if method == "QUERY" else LONGEST_BODY
            if len(length) > 12 or int(length) > most:
                return problem(413, f"The body may have {most} bytes at most.")
        if method == "QUERY":
            if scope["query_string"]:
                return problem(400, "What is asked by QUERY stands in the body, and nothing of it in the address.")
            if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
                return problem(415, f"QUERY wants its question as {_FORM}.")
        return None


async def _asked(receive: Receive) -> bytes:
    """A body, whole: its length was looked at before."""
    found, more = b"", True
    while more:
        message = await receive()
        found += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False) and len(found) <= LONGEST_ADDRESS
    return found


def _after(receive: Receive) -> Receive:
    """There is no body any more; what comes after it still does."""
    told = False

    async def rest() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return rest


def _name(host: str) -> str:
    """A Host header without its port: ``127.0.0.1:8039`` → ``127.0.0.1``, ``[::1]:8039`` → ``[::1]``."""
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return (host if end <= 0 else host[:end]).lower().rstrip(".")
