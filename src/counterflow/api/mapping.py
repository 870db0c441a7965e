"""Mappings: suggested for a table that is sent along, and tried on it. Nothing of it is kept.

The table, or as much of its beginning as the body may hold, comes with the question: no path of this machine is opened.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from counterflow.api.answer import answer, asked
from counterflow.api.needs import needs
from counterflow.errors import InputError, UsageError

router = APIRouter(tags=["mapping"])

MOST = 200_000
"""Rows that a trial reads: a small Parquet file may hold very many."""


class Sample(BaseModel):
    """A table, or the beginning of one."""

    model_config = ConfigDict(extra="forbid")

    content: str = Field(description="The file's first bytes, in base64; cut at a line end where it is longer.")
    table: str | None = Field(default=None, description="payments, positions, shipments…; none: what fits best.")


class Trial(BaseModel):
    """A table and a mapping to read it through."""

    model_config = ConfigDict(extra="forbid")

    content: str = Field(description="The file's first bytes, in base64; cut at a line end where it is longer.")
    table: str = Field(default="payments", description="payments, positions, shipments…")
    mapping: dict[str, Any] = Field(description="The contents of a mapping file.")
    rows: int = Field(default=20, ge=0, le=1000, description="Rows to show.")


@router.post("/mapping/suggest", dependencies=[Depends(asked)])
@needs("read")
def suggest(sample: Sample) -> Response:
    """Which column is which, how sure that is and why, and the mapping that follows."""
    from counterflow.sources.suggest import suggest, to_yaml

    with _file(sample.content) as path:
        found = suggest(path, sample.table)
    return answer({**found.to_dict(), "yaml": to_yaml(found)})


@router.post("/mapping/preview", dependencies=[Depends(asked)])
@needs("read")
def preview(trial: Trial) -> Response:
    """The first rows as they would be read, the rows that would be set aside with their reasons, and counts."""
    from counterflow.sources.preview import preview

    with _file(trial.content) as path:
        found = preview(path, trial.mapping, trial.table, rows=trial.rows, most=MOST)
    return answer(found.to_dict())


@contextmanager
def _file(content: str) -> Iterator[Path]:
    """What was sent, as a file for as long as it is needed; errors name it ``sample``, not where it lay."""
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as e:
        raise UsageError(f"content is not base64: {e}.") from None
    with tempfile.TemporaryDirectory(prefix="counterflow-") as folder:
        path = Path(folder) / "sample"
        path.write_bytes(data)
        try:
            yield path
        except InputError as e:
            raise type(e)(e.reason, file="sample", line=e.line, field=e.field) from None
