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


@router.get("/control")
def control(
    view: Asked, regime: str = "ofac", entity: str | None = None, status: str | None = None, as_of: AsOf = None,
    offset: int = 0, limit: int = 100,
) -> Response:  # fmt: skip
    """Who counts as a listed party's own under a regime: blocked, may be blocked or not, with the chain and what is
    missing; and what is wrong with the data. One entity is answered in full."""
    return answer(view.control(regime, as_of, entity, status, offset, limit))


@router.get("/map")
def world(view: Asked) -> Response:
    """Events with a place, ship tracks, and findings with a place."""
    return answer(view.map())
