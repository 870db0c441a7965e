"""What is in the workspace: summary, audiences, sources, and the way from any conclusion down to its claims."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from counterflow.api.answer import Asked, answer

router = APIRouter(tags=["catalogue"])


@router.get("/summary")
def summary(view: Asked) -> Response:
    """Counts, data sets, first findings and the estimate of the cash-box."""
    return answer(view.summary())


@router.get("/audiences")
def audiences(view: Asked, request: Request) -> Response:
    """Audiences that may be asked for, and the one that was."""
    found = view.audiences()
    allowed = request.app.state.audiences
    if allowed is not None:
        found = {**found, "audiences": [a for a in found["audiences"] if a["name"] in allowed]}
    return answer(found)


@router.get("/sources")
def sources(view: Asked) -> Response:
    """Data sets, the files they came in, the publications that claims cite, and what was set aside."""
    return answer(view.sources())


@router.get("/explain/{id:path}")
def explain(view: Asked, id: str) -> Response:
    """Any entity, value, link, finding or figure, unfolded to its claims: source, grade, locator."""
    return answer(view.explain(id))
