"""Drift: whether payments of today still look like those that a model learnt from.

For each column, and for the score, the shares of payments in ten bins of the training part are kept with the model;
later payments are put into the same bins. The population stability index says how far they are apart: under 0.1
alike, from 0.25 on so changed that the model's figures should not be relied upon (Siddiqi 2006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from counterflow.findings.ranking.metrics import shift

__all__ = ["ALIKE", "CHANGED", "baseline", "report", "sample"]

ALIKE, CHANGED = 0.1, 0.25
_BINS = 10
_SAMPLE = 200_000

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def sample(part: slice) -> Any:
    """Evenly spread rows of a part: enough to tell shares, and the same each time."""
    n = part.stop - part.start
    return part.start + (np.arange(n) if n <= _SAMPLE else np.linspace(0, n - 1, _SAMPLE).astype(np.int64))


def baseline(values: Matrix, scores: Floats, names: Sequence[str]) -> dict[str, Any]:
    """Column → {edges, shares}, of training rows; ``score`` among them. The last share is of empty values."""
    return {**{name: _bins(values[:, k]) for k, name in enumerate(names)}, "score": _bins(scores)}


def report(
    base: Mapping[str, Any], values: Matrix, scores: Floats, names: Sequence[str], payments: int
) -> dict[str, Any]:
    """Index of each column and the score on later payments, most changed first; and which have changed.

    :param values, scores: of a `sample` of so many payments
    """
    columns = {name: values[:, k] for k, name in enumerate(names)}
    found = {
        name: round(shift(np.array(told["shares"]), _shares(np.array(told["edges"]), columns.get(name, scores))), 4)
        for name, told in base.items()
        if name in columns or name == "score"
    }
    ranked = dict(sorted(found.items(), key=lambda x: (-x[1], x[0])))
    return {
        "payments": payments,
        "score": found.get("score", 0.0),
        "columns": {name: value for name, value in ranked.items() if name != "score"},
        "changed": [name for name, value in ranked.items() if value >= CHANGED],
    }


def _bins(column: Any) -> dict[str, list[float]]:
    told = column[np.isfinite(column)].astype(np.float64)
    edges = np.unique(np.quantile(told, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(told) else np.zeros(0)
    return {"edges": edges.tolist(), "shares": _shares(edges, column).tolist()}


def _shares(edges: Floats, column: Any) -> Floats:
    there = np.isfinite(column)
    counts = np.bincount(np.searchsorted(edges, column[there].astype(np.float64)), minlength=len(edges) + 1)
    return np.append(counts, (~there).sum()) / max(len(column), 1)
