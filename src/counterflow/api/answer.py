"""What every handler shares: whose view is asked for, and how an answer is printed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from counterflow.api.shapes import PARTIAL
from counterflow.api.turns import apart
from counterflow.errors import UnknownName
from counterflow.views.view import View
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["AsOf", "Asked", "Hands", "answer", "asked", "hands", "kept"]

AsOf = Annotated[
    str | None,
    Query(description="Partial ISO date: as things stood then. Without it: over all time.", json_schema_extra=PARTIAL),
]


async def hands(request: Request) -> Workspace:
    """The workspace in the hands of whoever asks."""
    workspace: Workspace = request.app.state.workspace
    session = request.scope["caller"].session
    return workspace if session is None else workspace.acting(session)


Hands = Annotated[Workspace, Depends(hands)]


async def asked(
    request: Request,
    workspace: Hands,
    audience: Annotated[str | None, Query(description="Whose view; without it, the workspace's default.")] = None,
    exercise: Annotated[bool, Query(description="0 leaves out every record that bears EXERCISE.")] = True,
    known_on: Annotated[
        str | None, Query(description="As the ledger was on that date or time.", json_schema_extra=PARTIAL)
    ] = None,
) -> View:
    """The view of the audience that a request asks for; that it was asked is on the audit log.

    Where what it sees has to be made first, that is done apart from short questions.

    :raises UnknownName: no such audience, or none that this server speaks for
    """
    view, at_hand = await run_in_threadpool(_asked, request, workspace, audience, exercise, known_on)
    if not at_hand:
        await apart(lambda: view.picture)
    return view


_RESTING = frozenset({"entities", "network", "findings", "patterns", "assessment", "asking", "review"})
_SUMMED = ("/api/summary", "/api/sources", "/api/explain/")


def _rests(request: Request) -> bool:
    """Whether the answer rests on a picture, which the first that asks has made."""
    tags, path = getattr(request.scope.get("route"), "tags", ()), request.url.path
    return path.startswith("/api/") and (not _RESTING.isdisjoint(tags) or path.startswith(_SUMMED))


def _asked(
    request: Request, workspace: Workspace, audience: str | None, exercise: bool, known_on: str | None
) -> tuple[View, bool]:
    """The view, and whether what it needs is at hand."""
    allowed = request.app.state.audiences
    if allowed is not None:
        audience = audience or allowed[0]
        if audience not in allowed:
            raise UnknownName("audience", audience, allowed)
    view: View = workspace.view(audience, exercise=exercise, known_on=known_on)
    known = {"known_on": known_on} if known_on else {}
    workspace.audit("read", {"path": request.url.path, "audience": view.name, "exercise": exercise, **known})
    return view, not _rests(request) or bool(view.at_hand)


Asked = Annotated[View, Depends(asked)]


def answer(data: Any) -> Response:
    """Plain data as JSON, as it is: a view has shaped it already, so nothing is validated or copied on the way.

    :raises ValueError: NaN or infinity, which are not JSON
    """
    return Response(_encoded(data), media_type="application/json")


def kept(view: View, *question: Hashable, make: Callable[[], Any]) -> Response:
    """The same, of what rests on the audience's picture alone: shaped, encoded and packed once for all who share it.

    :param question: tells it from all other questions of this kind
    """
    return Packed(view.kept(question, lambda: gzip.compress(_encoded(make()), 6, mtime=0)))


class Packed(Response):
    """JSON that is packed already; unpacked for who does not take that."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as whoever asks takes it."""
        takes = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        body = self.body if takes else gzip.decompress(self.body)
        told = Response(body, media_type=self.media_type)
        told.headers["Vary"] = "Accept-Encoding"
        if takes:
            told.headers["Content-Encoding"] = "gzip"
        await told(scope, receive, send)


def _encoded(data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()
