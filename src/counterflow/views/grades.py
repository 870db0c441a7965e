"""The table from Admiralty grades to probabilities: as in force, and as fitted to claims of known truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterflow.claims.calibration import calibration_error, fit, fused, halves, read
from counterflow.errors import InputError
from counterflow.model.likelihood import grade_table, how_made

__all__ = ["fitted", "in_force"]


def in_force(own: Mapping[str, float]) -> dict[str, Any]:
    """probability (grade → 0 to 1), own (the cells that the workspace sets) and made (how the shipped ones were)."""
    return {"probability": {**grade_table(), **own}, "own": dict(own), "made": how_made()}


def fitted(own: Mapping[str, float], path: Path) -> dict[str, Any]:
    """A table fitted on half of the facts of a file, for cells with claims, and its calibration on the other half.

    :raises InputError: a file that is none, or with too few facts to halve
    """
    before = {**grade_table(), **own}
    one, other = halves(read(path))
    if not one or not other:
        raise InputError("holds too few facts: half of them fit, the other half score", file=str(path))
    table = fit(one, before)
    true = {k.fact: k.true for k in other}

    def error(which: Mapping[str, float], *, per_article: bool = False) -> float:
        return round(calibration_error(fused(other, which, per_article=per_article), true), 4)

    spoken = {k.grade for k in one}
    return {
        "probability": {grade: round(p, 3) for grade, p in table.items() if grade in spoken},
        "scored": {
            "fitted_on": len({k.fact for k in one}), "facts": len(true), "per_origin": error(table),
            "per_article": error(table, per_article=True), "before": error(before),
        },
    }  # fmt: skip
