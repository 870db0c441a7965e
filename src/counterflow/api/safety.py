"""The guard in front of every request, and the headers on every answer.

Invariant: nothing is answered under a host name that the operator did not ask for. A page elsewhere that points its
own name at this machine (DNS rebinding) is refused before anything is read.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from counterflow.api.problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "LOOPBACK", "Guard"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""The names of this machine to itself."""

LONGEST_BODY = 1_000_000
"""Bytes of a request body; a what-if question has a few hundred."""

LONGEST_ADDRESS = 60_000
"""Bytes of a path with its query: below what the server under us would cut off without a word."""

_OPEN = "/healthz"
"""Answers without the token: it says that the process runs, and nothing else."""

_SHARED = "/reconcile/"
"""Addresses that a page of another program on this machine may read: OpenRefine's own."""

HEADERS: Mapping[str, str] = {
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


class Guard:
    """ASGI middleware: host name, token, size of the body; then the headers. HEAD is answered as GET."""

    def __init__(self, app: ASGIApp, *, token: str | None, hosts: Collection[str]) -> None:
        self.app = app
        self.token = token
        self.hosts = frozenset(h.lower() for h in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; either way the answer bears the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        asked = Headers(scope=scope)
        shared = self._shared(scope["path"], asked.get("origin"))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in shared.items():
                    headers[name] = value
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope, asked)
        if refusal is not None:
            await refusal(scope, receive, guarded)
        else:
            # HEAD is routed as GET; the server, which knows what was asked, sends no body
            await self.app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, guarded)

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
        if scope["path"] == _OPEN:
            return None
        if self.token is not None and not secrets.compare_digest(_credential(headers), self.token.encode()):
            ask = {"WWW-Authenticate": 'Basic realm="Counterflow", charset="UTF-8"'}
            return problem(401, "This server wants its token: as a bearer token, or as the password.", headers=ask)
        if method not in ("GET", "HEAD", "OPTIONS"):
            origin = headers.get("origin")
            if origin is not None and _name(urlsplit(origin).netloc) not in self.hosts:
                return problem(403, "A page of another site may not ask this.")
            length = headers.get("content-length", "0" if method == "DELETE" else "")
            if not length.isascii() or not length.isdigit():
                return problem(411, "Send the length of the body.")
            if len(length) > 12 or int(length) > LONGEST_BODY:
                return problem(413, f"The body may have {LONGEST_BODY} bytes at most.")
        return None


def _name(host: str) -> str:
    """A Host header without its port: ``127.0.0.1:8039`` → ``127.0.0.1``, ``[::1]:8039`` → ``[::1]``."""
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return (host if end <= 0 else host[:end]).lower().rstrip(".")


def _credential(headers: Headers) -> bytes:
    """The token as sent, empty where there is none."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
