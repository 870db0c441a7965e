"""Where a workspace keeps its models, and which of them an audience may use.

A model is made from records, so it is readable by those who may read every one of them, and what it ranks bears their
labels. It is no derived result: answers may have come from a file that is gone. So its files stay, under its content
hash, until somebody drops it; the casebook says when it was made and by whom.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import NotFound, WorkspaceError

if TYPE_CHECKING:
    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.ranking.model import Model

__all__ = ["DECLARATIONS", "KIND", "PAYMENTS", "Kept", "in_force", "inspections", "keep", "opened"]

KIND = "model"
"""Of the writings in the casebook."""
PAYMENTS, DECLARATIONS = "ranking", "declarations"
"""What a model ranks: one of each is in force."""

Kept = dict[str, Any]


def in_force(writings: Sequence[Kept], what: str = PAYMENTS) -> Kept | None:
    """The last model that may be read: id, at, by; None: there is none, or it was dropped."""
    told = [row for row in writings if row["key"] == what]
    if not told or told[-1]["content"].get("dropped"):
        return None
    return {"id": told[-1]["content"]["model"], "at": told[-1]["at"], "by": told[-1]["by"]}


def keep(model: Model | Inspections, folder: Path) -> tuple[str, str, dict[str, Any]]:
    """Write a model's files below `folder`, and the row for the casebook that puts it in force."""
    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.declarations.model import write as write_inspections
    from counterflow.findings.ranking.model import write

    final = folder / model.id
    if not final.is_dir():
        partial = folder / f".{model.id}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        write_inspections(model, partial) if isinstance(model, Inspections) else write(model, partial)
        try:
            partial.rename(final)
        except OSError:  # another process wrote the same
            shutil.rmtree(partial, ignore_errors=True)
            if not final.is_dir():
                raise
    what = DECLARATIONS if isinstance(model, Inspections) else PAYMENTS
    return what, model.id, {"model": model.id}


def opened(kept: Kept | None, folder: Path) -> Model:
    """The model in force.

    :raises NotFound: there is none; :raises WorkspaceError: its files are not there, or not as they were written
    """
    from counterflow.findings.ranking.model import read

    if kept is None:
        raise NotFound("model", "ranking")
    found = read(folder / kept["id"])
    if found.id != kept["id"]:
        raise WorkspaceError(f"models/{kept['id']} is not as it was written: train it again.")
    return found


def inspections(kept: Kept | None, folder: Path) -> Inspections:
    """The model of declarations in force. :raises: as `opened`"""
    from counterflow.findings.declarations.model import read

    if kept is None:
        raise NotFound("model", DECLARATIONS)
    found = read(folder / kept["id"])
    if found.id != kept["id"]:
        raise WorkspaceError(f"models/{kept['id']} is not as it was written: train it again.")
    return found
