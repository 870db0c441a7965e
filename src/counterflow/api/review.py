"""The review queue of resolution, and judgements on who is who."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs

router = APIRouter(tags=["review"])


class Judged(BaseModel):
    """What a person decided about two subjects."""

    model_config = ConfigDict(extra="forbid")

    left: str = Field(min_length=1)
    right: str = Field(min_length=1)
    verdict: Literal["same", "different", "unsure", "withdrawn"]
    reason: str = Field(min_length=1, max_length=2_000)


class Judgements(BaseModel):
    """Judgements taken one after the other and recorded together: each changes who is who for all that follows."""

    model_config = ConfigDict(extra="forbid")

    judgements: list[Judged] = Field(min_length=1, max_length=200, description="`{left, right, verdict, reason}`.")


@router.get("/review")
@needs("read")
def review(
    view: Asked,
    limit: Annotated[int, Query(ge=0, le=500, description="Pairs at most.")] = 50,
    offset: Annotated[int, Query(ge=0, description="Pairs to pass over.")] = 0,
    entity: Annotated[str | None, Query(description="Only pairs that touch this entity.")] = None,
    outcome: Annotated[str | None, Query(description="Only `joined`, `open` or `refused`.")] = None,
) -> Response:
    """Pairs that a person should look at, what matters most first."""
    return answer(view.review(limit, offset, entity, outcome))


@router.get("/judgements")
@needs("read")
def judgements(view: Asked) -> Response:
    """Judgements in force, the newest first."""
    return answer(view.judgements())


@router.post("/judgements")
@needs("judge")
def judge(view: Asked, decided: Judgements) -> Response:
    """Record judgements; the next answer takes them into account."""
    rows = [(j.left, j.right, j.verdict, j.reason) for j in decided.judgements]
    return answer({"recorded": view.workspace.judge_all(rows, audience=view.name)})
