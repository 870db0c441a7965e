"""What is in the workspace: summary, audiences, sources, and the way from any conclusion down to its claims."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs

router = APIRouter(tags=["catalogue"])


@router.get("/summary")
@needs("read")
def summary(view: Asked) -> Response:
    """Counts, data sets, first findings and the estimate of the cash-box."""
    return answer(view.summary())


@router.get("/audiences")
@needs("read")
def audiences(view: Asked, request: Request) -> Response:
    """Audiences that may be asked for, and the one that was."""
    found = view.audiences()
    allowed = request.app.state.audiences
    if allowed is not None:
        found = {**found, "audiences": [a for a in found["audiences"] if a["name"] in allowed]}
    return answer(found)


@router.get("/sources")
@needs("read")
def sources(view: Asked) -> Response:
    """Data sets, the files they came in, the publications that claims cite, and what was set aside."""
    return answer(view.sources())


@router.get("/sources/{dataset}/diff")
@needs("read")
def diff(
    view: Asked,
    dataset: str,
    before: Annotated[str | None, Query(description="Date of the earlier edition; with `after`, or neither.")] = None,
    after: Annotated[str | None, Query(description="Date of the later edition.")] = None,
) -> Response:
    """What two editions of a list say differently, in words; without dates, the last two."""
    return answer(view.diff(dataset, before, after))


@router.get("/quarantine")
@needs("read")
def quarantine(view: Asked, source: str | None = None) -> Response:
    """Rows that were set aside and still wait, of one source or of all."""
    return answer({"rows": view.quarantine(source)})


@router.get("/explain/{id:path}")
@needs("read")
def explain(view: Asked, id: str) -> Response:
    """Any entity, value, link, finding or figure, unfolded to its claims: source, grade, locator."""
    return answer(view.explain(id))
