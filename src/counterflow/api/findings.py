"""What the typologies found."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from counterflow.api.answer import Asked, answer

router = APIRouter(tags=["findings"])


@router.get("/findings")
def findings(view: Asked) -> Response:
    """All findings, most likely first."""
    return answer(view.findings())


@router.get("/findings/{id:path}")
def finding(view: Asked, id: str) -> Response:
    """One finding with its evidence, what would refute it, and its innocent explanations."""
    return answer(view.finding(id))
