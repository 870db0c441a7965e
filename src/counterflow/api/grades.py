"""What an Admiralty grade is taken to be worth: seen, tried, fitted to known claims, changed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs
from counterflow.errors import InputError

router = APIRouter(tags=["hypotheses"])

Probability = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


class Cells(BaseModel):
    """Cells in place of those shipped."""

    model_config = ConfigDict(extra="forbid")

    grades: dict[str, Probability] = Field(description="A1 to F6 to the probability that one such claim is true.")


class Known(BaseModel):
    """Claims whose truth is known."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=900_000, description="CSV with the columns fact, origin, grade, says, true.")


@router.get("/grades")
@needs("read")
def grades(view: Asked) -> Response:
    """The probability that stands for each Admiralty grade, and how it was come by."""
    return answer(view.grades())


@router.put("/grades")
@needs("train")
def change(view: Asked, cells: Cells) -> Response:
    """Put cells in force for the workspace, in place of those set before; none: as shipped. Only its owner may."""
    view.workspace.set_grades(cells.grades, audience=view.name)
    return answer(view.grades())


@router.post("/grades/trial")
@needs("read")
def trial(view: Asked, cells: Cells) -> Response:
    """What these cells would change: each question's hypotheses before and after. Nothing is kept."""
    return answer(view.grades_tried(cells.grades))


@router.post("/grades/fit")
@needs("read")
def fit(view: Asked, known: Known) -> Response:
    """A table fitted on half of these facts, and its calibration error on the other half. Nothing is kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        path.write_text(known.text, encoding="utf-8")
        try:
            return answer(view.grades_fitted(path))
        except InputError as e:  # names what was sent, not where it lay
            raise type(e)(e.reason, file="text", line=e.line, field=e.field) from None
