"""Who is asking: the session of a cookie or token, and nobody else's word for it.

No header but ``Authorization`` and ``Cookie`` says who somebody is, and nothing in an address does. A browser's session
is in a cookie that scripts cannot read and other sites cannot send; what changes something must come from our own page.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from counterflow.api.problems import problem
from counterflow.casework.identity import sessions, tokens
from counterflow.casework.identity.limits import limited
from counterflow.errors import TooMany

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import Scope

    from counterflow.model.principal import Session
    from counterflow.storage.identity import Directory

__all__ = ["MARK", "Access", "Caller", "address_of"]

MARK = "x-counterflow"
"""Header that our own page sends with what changes something; a page of another origin would have to ask first."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_IN_ADDRESS = frozenset({"token", "access_token", "api_key"})


@dataclass(frozen=True)
class Caller:
    """Who asks.

    :param session: None: whoever has the workspace to themselves
    :param cookie: id of the browser's session, None: a program with a token
    """

    session: Session | None
    cookie: str | None = None


class Access:
    """Decides who is asking.

    :param token: one token for all that the workspace's owner may do; only where the workspace is one person's
    :param users: people have accounts; otherwise it is the owner of the folder who signs in
    :param origin: ``https://fusion.example``, as browsers see this server; empty: as they ask for it, in plain HTTP
    :param free: whoever reaches the port is the owner
    :param limits: what one person may ask an hour, as the setting `limits` has it
    """

    def __init__(
        self, directory: Directory | None, *, token: str | None = None, users: bool = False, origin: str = "",
        free: bool = False, limits: Mapping[str, float] = {},
    ) -> None:  # fmt: skip
        self.directory = directory
        self.token = None if token is None else token.encode()
        self.users = users
        self.origin = origin
        self.free = free
        self.limits = limits

    @property
    def secure(self) -> bool:
        """Whether browsers speak HTTPS with us."""
        return self.origin.startswith("https:")

    def cookie(self, scope: Scope) -> str:
        """Name of the session's cookie: bound to this very host where that can be, told apart by port otherwise."""
        if self.secure:
            return "__Host-counterflow"
        server = scope.get("server") or ("", 0)
        return f"counterflow-{server[1] or 0}"

    def caller(self, scope: Scope, headers: Headers) -> Caller | Response | None:
        """Who asks; None: nobody we know; a response: somebody who is told off."""
        if any(name in _IN_ADDRESS for name, _ in parse_qsl(scope["query_string"].decode("latin-1"))):
            return problem(400, "A secret in an address ends up in logs. Send it as a header: Authorization: Bearer …")
        if not self.users and self.directory is not None and self.directory.any("principals"):
            return problem(503, "People have accounts here since this server was started. Start it again.")
        if self.free:
            return Caller(None)
        shown = headers.getlist("authorization")
        cookies = _cookies(headers.getlist("cookie"), self.cookie(scope))
        try:
            # a wrong token is no cookie's
            found = self._by_token(shown) if shown else self._by_cookie(cookies, scope, headers)
            if found is None and shown and self.directory is not None:  # a cookie that ran out is nobody's fault
                limited(self.directory, "credential", address_of(scope))
        except TooMany as e:
            return problem(429, str(e), error="TooMany", headers={"Retry-After": str(e.wait)})
        if found is not None and found.cookie is not None:
            return self.forged(scope, headers) or found
        return found

    def _by_token(self, shown: Collection[str]) -> Caller | None:
        sent = [_credential(text) for text in shown]
        if len(sent) != 1 or not sent[0]:
            return None
        if self.token is not None and secrets.compare_digest(sent[0], self.token):
            return Caller(None)
        if not self.users or self.directory is None:
            return None
        session = tokens.authenticate(self.directory, sent[0].decode("utf-8", "replace"))
        return None if session is None else Caller(session)

    def _by_cookie(self, cookies: list[str], scope: Scope, headers: Headers) -> Caller | None:
        if len(cookies) != 1 or self.directory is None:  # two of one name: one of them was put there by somebody else
            return None
        found = sessions.resume(self.directory, cookies[0], address_of(scope), headers.get("user-agent", ""))
        if found is None or (found[1] is None) == self.users:
            return None
        row, session = found
        if self.secure and session is not None:  # where passkeys can be had, a code or a password reads nothing
            session = sessions.with_two_factors(self.directory, session)
        return Caller(session, row["id"])

    def origin_of(self, scope: Scope, headers: Headers) -> tuple[str, str]:
        """Our own origin as browsers see it, and its host."""
        own = self.origin or f"{scope['scheme']}://{headers.get('host', '')}"
        return own, urlsplit(own).hostname or ""

    def forged(self, scope: Scope, headers: Headers) -> Response | None:
        """What is said to a page of somebody else's that would change something; None: it is ours, or only asks."""
        if scope["method"] in _SAFE:
            return None
        own, _ = self.origin_of(scope, headers)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        ours = origin is None or _origin(origin) == _origin(own)
        if MARK not in headers or not ours or site not in (None, "same-origin", "none"):
            return problem(403, "A page of another site may not ask this.")
        return None


def address_of(scope: Scope) -> str:
    """Where a request comes from: the other end of the connection, not what a header says."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _origin(text: str) -> tuple[str, str]:
    parts = urlsplit(text)
    return parts.scheme.lower(), parts.netloc.lower()


def _cookies(headers: Collection[str], name: str) -> list[str]:
    """Every value that is sent under a name."""
    pairs = (pair.strip().partition("=") for header in headers for pair in header.split(";"))
    return [value for key, _, value in pairs if key == name]


def _credential(header: str) -> bytes:
    """The token as sent, empty where there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
