"""Patterns of activity: findings that are likely traces of one activity, told together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from counterflow.api.answer import Asked, answer, kept
from counterflow.api.needs import needs
from counterflow.views.patterns import MOST

router = APIRouter(tags=["findings"])


@router.get("/patterns")
@needs("read")
def patterns(
    view: Asked,
    activity: Annotated[str | None, Query(description="Only those in which this is done.")] = None,
    across: Annotated[bool, Query(description="Only those that join findings of several kinds.")] = False,
    entity: Annotated[str | None, Query(description="Only those that this party is in.")] = None,
    finding: Annotated[str | None, Query(description="Only the one that this finding is in.")] = None,
    offset: Annotated[int, Query(ge=0, description="Patterns to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Patterns at most.")] = 100,
) -> Response:
    """Patterns of activity in portions, likeliest first: a line for each, and how many there are of each activity."""
    asked = (activity, across, entity, finding, offset, limit)
    return kept(view, "patterns", *asked, make=lambda: view.patterns(*asked))


@router.get("/patterns/{id}")
@needs("read")
def pattern(view: Asked, id: str) -> Response:
    """One pattern: its findings, timeline, parties and amounts, why they belong together, the innocent explanation of
    it all, and the further record that would confirm or refute it."""
    return answer(view.pattern(id))
