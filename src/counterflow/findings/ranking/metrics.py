"""How good a ranking is: precision and recall, their area, the best threshold, and how sure each figure is.

Everything works on scores and answers side by side; ties are never broken in anybody's favour.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["area", "area_of", "at_threshold", "best_threshold", "curve", "reliability", "roc", "shift", "wilson"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def curve(scores: Floats, true: Flags) -> tuple[Floats, Floats, Floats]:
    """(thresholds falling, precision, recall), one point for each distinct score: ties go over the line together."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(true[order])
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True)) if len(ranked) else np.zeros(0, dtype=np.int64)
    total = max(int(true.sum()), 1)
    return ranked[last], hits[last] / (last + 1.0), hits[last] / total


def area(scores: Floats, true: Flags) -> float:
    """Area under precision over recall, as average precision (no interpolation, which flatters); 0 with no positive."""
    _, precision, recall = curve(scores, true)
    return area_of(precision, recall) if true.any() else 0.0


def area_of(precision: Floats, recall: Floats) -> float:
    """The same of points that are given, recall never falling."""
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def roc(scores: Floats, true: Flags) -> float:
    """Area under the receiver operating characteristic: how often a positive scores above a negative, ties by half."""
    positive, negative = int(true.sum()), int((~true).sum())
    if not positive or not negative:
        return 0.5
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2  # mean rank of those that score alike
    return float((middle[place][true].sum() - positive * (positive + 1) / 2) / (positive * negative))


def best_threshold(scores: Floats, true: Flags) -> float:
    """The score from which on calling it laundering gives the best F1; above every score where there is no positive."""
    thresholds, precision, recall = curve(scores, true)
    if not true.any():
        return float("inf")
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = int(np.argmax(f1))
    # half-way to the next lower score: where two runs differ in a last digit, the same payments pass
    below = thresholds[best + 1] if best + 1 < len(thresholds) else thresholds[best]
    return float((thresholds[best] + below) / 2)


def at_threshold(scores: Floats, true: Flags, threshold: float) -> dict[str, float]:
    """Precision, recall, F1 and how many are called, from that score on."""
    called = scores >= threshold
    hits = int((called & true).sum())
    precision = hits / max(int(called.sum()), 1)
    recall = hits / max(int(true.sum()), 1)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "called": int(called.sum())}


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927): stays within 0 and 1 and is honest for few cases."""
    if n == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share, part = hits / n, z * z / n
    middle = (share + part / 2) / (1 + part)
    half = z * float(np.sqrt(share * (1 - share) / n + part / (4 * n))) / (1 + part)
    # rounding must not put the share itself outside
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def reliability(probability: Floats, true: Flags, bins: int = 10) -> list[dict[str, float]]:
    """What was said beside what came true, in bins of equally many positives; empty where there is no positive."""
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(true[order])
    total = int(true.sum())
    cuts = np.unique(np.searchsorted(found, np.ceil(np.linspace(0, total, bins + 1)[1:]), side="left")) + 1
    rows, start = [], 0
    for end in [*cuts.tolist(), len(order)] if total else []:
        part = order[start:end]
        if len(part):
            hits = int(true[part].sum())
            low, high = wilson(hits, len(part))
            said = float(probability[part].mean())
            rows.append({"said": said, "came_true": hits / len(part), "low": low, "high": high, "n": len(part)})
        start = end
    return rows


def shift(expected: Floats, seen: Floats) -> float:
    """Population stability index of two distributions of shares: under 0.1 alike, from 0.25 on changed."""
    a, b = np.maximum(expected, 1e-4), np.maximum(seen, 1e-4)
    return float(np.sum((b / b.sum() - a / a.sum()) * np.log((b / b.sum()) / (a / a.sum()))))
