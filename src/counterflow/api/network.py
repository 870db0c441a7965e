"""Who is tied to whom, and where things happened."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer

router = APIRouter(tags=["network"])


@router.get("/network")
def network(view: Asked, center: str, hops: int = 1, as_of: AsOf = None, limit: int = 300) -> Response:
    """The links around an entity, nearest first, cut off at `limit` nodes (and saying so)."""
    return answer(view.network(center, hops, as_of, limit))


@router.get("/path")
def path(view: Asked, source: str, target: str, as_of: AsOf = None) -> Response:
    """A shortest chain of links between two entities."""
    return answer(view.path(source, target, as_of))


@router.get("/map")
def world(view: Asked) -> Response:
    """Events with a place, ship tracks, and findings with a place."""
    return answer(view.map())
