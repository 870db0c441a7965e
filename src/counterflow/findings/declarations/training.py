"""From declarations and what inspections found to a model: split in time, grow, calibrate, judge, keep what it is.

Learnt from the first part, calibrated on the second, judged on the third. Every part is scored as it would be in use:
by what was found before it began. Declarations that nobody inspected are neither learnt from nor counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import InputError, UsageError
from counterflow.findings.declarations.columns import COLUMNS, Declarations, columns, counts, declarations, known
from counterflow.findings.declarations.customs import HOW, figures_of, looked_up
from counterflow.findings.declarations.model import Inspections, version_of
from counterflow.findings.ranking import calibration, metrics
from counterflow.findings.ranking.split import in_time
from counterflow.findings.ranking.trees import Growing, grow
from counterflow.findings.ranking.truth import GUILTY, INNOCENT, Truth, of_file, of_workspace

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["trained"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
_DAY = 86_400
_FEW = 100


def trained(
    scope: Scope, labels: Path | None = None, *, seeds: Sequence[int] = (1, 2, 3), how: Growing = HOW
) -> Inspections:
    """A model of the declarations of a scope, by the answers of a file or of the workspace.

    :raises UsageError: there are no declarations, or a part of the split has no fraud, or nothing else
    :raises InputError: not one answer fits a declaration
    """
    table = scope.table("shipments")
    rows = scope.run(table.select(*COLUMNS, "label_id"))
    some = declarations(rows)
    if not len(some):
        raise UsageError("There are no declarations with a whole date to learn from: ingest some first.")
    truth = of_file(labels) if labels is not None else of_workspace(scope)
    fraud = _laid(some, truth)
    inspected = np.flatnonzero(~np.isnan(fraud))
    split = in_time(some.day[inspected] * _DAY)
    cuts = [int(some.day[inspected[min(k, split.n - 1)]]) for k in (split.first, split.second)]
    parts = {
        "train": inspected[some.day[inspected] < cuts[0]],
        "choose": inspected[(some.day[inspected] >= cuts[0]) & (some.day[inspected] < cuts[1])],
        "judge": inspected[some.day[inspected] >= cuts[1]],
    }
    _enough(fraud, parts)
    says, values = columns(some, counts(some, fraud, cuts[0]))
    names = list(says)
    forest = grow(values.__getitem__, parts["train"], fraud[parts["train"]] > 0, names, seeds, how)
    curve = calibration.fit(forest.score(values[parts["choose"]]), fraud[parts["choose"]] > 0)
    _, values = columns(some, counts(some, fraud, cuts[1]))
    judged = parts["judge"]
    scores, true = forest.score(values[judged]), fraud[judged] > 0
    look, copies = looked_up(some, fraud, cuts[1])
    fresh = copies[judged] == 0
    card = {
        "answers": {"from": truth.name, "set_aside": len(truth.aside)},
        "parts": {
            name: {"from": some.rows["date"][int(at[0])].as_py(), "to": some.rows["date"][int(at[-1])].as_py(),
                   "declarations": len(at), "fraud": int(fraud[at].sum())}
            for name, at in parts.items()
        },
        "not_inspected": int(np.isnan(fraud).sum()),
        "all": figures_of(scores, true), "not_repeated": figures_of(scores[fresh], true[fresh]),
        "look_up": {"all": figures_of(look[judged], true)},
        "brier": round(float(np.mean((curve(scores) - true) ** 2)), 4),
        "reliability": metrics.reliability(curve(scores), true, 5),
        "calibration": curve.method, "settings": {"seeds": list(seeds), **vars(how)},
        "columns": [{"name": n, "says": says[n], "gain": round(g, 4)} for n, g in forest.gain().items()],
    }  # fmt: skip
    if int(true.sum()) < _FEW:
        card["limits"] = [
            f"Judged on {int(true.sum())} frauds only: the figures may be far from what they would be on more."
        ]
    ids = {*truth.label_ids, *rows["label_id"].to_pylist()}
    return Inspections(forest, curve, known(some, fraud, cuts[1]), cuts[1], version_of(says), tuple(sorted(ids)), card)


def _laid(some: Declarations, truth: Truth) -> Floats:
    """1 where a declaration was found to be fraud, 0 where it was found clean, NaN where nobody says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = truth.rows.filter(pc.equal(truth.rows["kind"], "shipment"))
    told: dict[str, float] = {}
    for record, label in zip(rows["record"].to_pylist(), rows["label"].to_pylist(), strict=True):
        if label in GUILTY or label in INNOCENT:
            told[record] = max(told.get(record, 0.0), float(label in GUILTY))
    ids = list(told)
    place = pc.index_in(some.rows["shipment_id"], value_set=pa.array(ids, pa.string()))
    at = np.asarray(pc.fill_null(place, len(ids)), dtype=np.int64)
    fraud = np.array([*told.values(), np.nan])[at]
    if np.isnan(fraud).all():
        few = ", ".join(ids[:3]) or "no declaration at all"
        raise InputError(
            f"not one of its {len(rows):,} answers fits a declaration here (they name {few}); are its declarations in "
            "this workspace, under the same ids?", file=truth.name, field="label",
        )  # fmt: skip
    return fraud


def _enough(fraud: Floats, parts: dict[str, Any]) -> None:
    words = {"train": "the first part, which is learnt from", "choose": "the second, which calibration is chosen on",
             "judge": "the last, which it is judged on"}  # fmt: skip
    for name, told in words.items():
        guilty = int(fraud[parts[name]].sum())
        if not 0 < guilty < len(parts[name]):
            wanted = "no fraud" if not guilty else "nothing but fraud"
            raise UsageError(
                f"Of the declarations that were inspected {told}, has {wanted} ({len(parts[name]):,} declarations). "
                "Wanted: inspections over a longer time, with those that found nothing."
            )
