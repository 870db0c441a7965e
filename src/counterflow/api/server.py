"""Serving an application on this machine, until it is told to stop."""

from __future__ import annotations

import errno
import gc
import ipaddress
import socket
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn

from counterflow.api.access import Access
from counterflow.api.app import create_app
from counterflow.api.connections import LONGEST_HEAD, Limits, bounded, room
from counterflow.api.safety import LOOPBACK
from counterflow.api.workers import together
from counterflow.casework.identity.limits import AN_HOUR
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from counterflow.workspace import Workspace

__all__ = ["PORT", "serve"]

PORT = 8039

KEPT = 75
"""Seconds that a connection without a question stays: a reader's pause, so that the next click needs no new one."""

COLLECTED = 100_000, 20, 100
"""How seldom rubbish is looked for among what lives long: pictures are millions of objects, and to go through them took
a quarter of all time."""

TURN = 0.0005
"""Seconds that a thread goes on while others wait. Questions are short and give way at each read of the database: with
Python's own 0.005 each time costs a short question up to that, for every dear one that is being worked on."""


@dataclass(frozen=True)
class Door:
    """How an address is answered, as a process is told of it.

    :param names: hosts under which it answers; :param free: whoever reaches the port may ask
    :param share: processes that share what is limited; the others as in `serve`
    """

    names: frozenset[str]
    token: str | None
    users: bool
    free: bool
    origin: str
    proxy: str
    audiences: tuple[str, ...] | None
    limits: Limits
    share: int


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    token: str | None = None,
    users: bool = False,
    login: bool = True,
    origin: str = "",
    proxy: str = "",
    audiences: Collection[str] | None = None,
    limits: Limits | None = None,
    workers: int = 1,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve a workspace until interrupted (Ctrl-C or SIGTERM).

    :param host: address to listen on; any other than loopback needs a token
    :param port: 0 takes any free one
    :param users: people have accounts, and nobody comes in without; :param audiences: see `create_app`
    :param login: a browser comes in by a code that works once, a program by the token; False: whoever reaches the port
        may ask, as long as there is no token
    :param proxy: address of what stands in front of it, whose X-Forwarded-For is believed; empty: nobody's
    :param origin: ``https://fusion.example``, as browsers see this server through what stands in front of it
    :param limits: of connections; None: those that are documented
    :param workers: processes that answer; with more than one, this process only looks after them
    :param ready: called once with the address to open, when connections are accepted
    :raises UsageError: the address is not this machine's, is taken, or is open to others without a token
    """
    if not _loopback(host) and not (users and origin) and not token:
        raise UsageError(f"Listening on {host} lets other machines in. Set a token, or listen on 127.0.0.1.")
    names = LOOPBACK | ({_named(origin)} if origin else set())
    with _listen(host, port) as listening:
        name = f"[{host}]" if ":" in host else host
        door = Door(
            frozenset(names | {name}), token, users, not (login or users or token), origin, proxy,
            None if audiences is None else tuple(audiences), limits or Limits(trusted=proxy), max(1, workers),
        )  # fmt: skip
        ready(f"http://{name}:{listening.getsockname()[1]}")
        if workers > 1:
            workspace.close()
            together(workers, _opened, (workspace.path, listening, door))
        else:
            _answer(workspace, listening, door)


def _opened(path: Path, listening: socket.socket, door: Door) -> None:
    """A worker."""
    from counterflow.workspace import Workspace

    _answer(Workspace.open(path), listening, door)


def _answer(workspace: Workspace, listening: socket.socket, door: Door) -> None:
    """Answer in this process."""
    rates: dict[str, float] = {**AN_HOUR, **workspace.settings.limits}
    rates |= {kind: rates[kind] / door.share for kind in ("question", "change")}  # what is counted in each process
    access = Access(
        workspace.directory, token=door.token, users=door.users, origin=door.origin, free=door.free, limits=rates
    )
    app = create_app(workspace, token=door.token, audiences=door.audiences, hosts=door.names, access=access)
    settings = uvicorn.Config(
        app,
        http=bounded(room(door.limits).shared(door.share)),
        ws="none",
        h11_max_incomplete_event_size=LONGEST_HEAD,
        access_log=False,  # addresses hold names that somebody looked for
        log_level="warning",
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=KEPT,
        # where a request comes from is not for its headers to say, unless we were told so
        proxy_headers=bool(door.proxy),
        forwarded_allow_ips=door.proxy or None,
    )
    sys.setswitchinterval(TURN)
    gc.set_threshold(*COLLECTED)
    uvicorn.Server(settings).run(sockets=[listening])


def _named(origin: str) -> str:
    """The host of an origin. :raises UsageError: it is none, or one that would send sessions in the clear"""
    parts = urlsplit(origin)
    if not parts.hostname or parts.path or parts.query or not (parts.scheme == "https" or _loopback(parts.hostname)):
        raise UsageError(f"'{origin}' is no origin. Valid: https://fusion.example, without a path.")
    return parts.hostname


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a taken port is known before anything else is done."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as e:
        raise UsageError(f"Cannot listen on {host}, port {port}: {e}.") from e
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError as e:
        listening.close()
        if e.errno == errno.EADDRINUSE:
            raise UsageError(f"Port {port} is taken. Name another: counterflow serve --port {port + 1}") from e
        raise UsageError(f"Cannot listen on {host}, port {port}: {e.strerror}.") from e
    return listening
