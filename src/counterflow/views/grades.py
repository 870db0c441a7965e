"""The table from Admiralty grades to probabilities: as in force, and as fitted to claims of known truth."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.claims.calibration import calibration_error, fit, fused, halves, read
from counterflow.config import checked_grades
from counterflow.errors import InputError
from counterflow.model.likelihood import grade_table, how_made

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.views.picture import Picture

__all__ = ["fitted", "in_force", "tried"]


def in_force(own: Mapping[str, float]) -> dict[str, Any]:
    """probability (grade → 0 to 1), own (the cells that the workspace sets), shipped, and made (how those were)."""
    return {"probability": {**grade_table(), **own}, "own": dict(own), "shipped": grade_table(), "made": how_made()}


def tried(picture: Picture, grades: Mapping[str, float]) -> dict[str, Any]:
    """What another table would change, without putting it in force.

    :param grades: the cells in place of the shipped ones
    :returns: ``{"claims": {grade: count}, "questions": [{id, title, handling, preferred: [before, after], hypotheses:
        [{id, text, probability: [before, after], likelihood: [before, after]}]}]}``
    """
    from counterflow.views.hypotheses import evidence_of, matrix, questions

    other = copy(evidence_of(picture))  # the same records, worth something else
    other.scope = copy(other.scope)
    other.scope.grades = checked_grades(grades)
    told = []
    for one in questions(picture)["questions"]:
        now, then = matrix(picture, one["id"]), matrix(picture, one["id"], evidence=other)
        after = {h["id"]: h for h in then["hypotheses"]}
        told.append({
            "id": one["id"],
            "title": one["title"],
            "preferred": [m["preference"]["sentence"] or None for m in (now, then)],
            "hypotheses": [
                {"id": h["id"], "text": h["text"],
                 **{key: [h[key], after[h["id"]][key]] for key in ("probability", "likelihood")}}
                for h in now["hypotheses"]
            ],
            **{key: one[key] for key in ("handling", "exercise")},
        })  # fmt: skip
    return {"claims": _counted(picture.line), "questions": told}


def _counted(line: Line) -> dict[str, int]:
    """Claims of each grade that may be read."""
    import ibis

    claims = line.scope.table("claims")
    grouped = claims.group_by("reliability", "credibility").aggregate(n=ibis._.count())
    rows = line.scope.run(grouped).to_pylist()
    found = {f"{r['reliability']}{r['credibility']}": r["n"] for r in rows if r["reliability"] and r["credibility"]}
    return dict(sorted(found.items()))


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
