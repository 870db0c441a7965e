"""From scores to probabilities: a curve that never falls, fitted on payments that the trees have not seen.

Isotonic regression (pool adjacent violators) where there are enough positives to draw a curve from, else Platt's
logistic one with two parameters and his correction of the targets (Platt 1999). Both are kept as points between which
is drawn straight, so that a model needs no code to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["ENOUGH", "Calibration", "fit"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

ENOUGH = 200
"""Positives from which on the curve is isotonic."""
_POINTS = 64


@dataclass(frozen=True)
class Calibration:
    """A curve through points.

    :param method: isotonic or Platt; :param scores: rising; :param probabilities: not falling
    """

    method: str
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, scores: Floats) -> Floats:
        """float64[n] between 0 and 1."""
        found: Floats = np.interp(scores, np.array(self.scores), np.array(self.probabilities))
        return found


def fit(scores: Floats, true: Flags) -> Calibration:
    """The curve of scores and answers, both outcomes among them.

    No probability is 0 or 1: what never happened among n cases may happen (Laplace's rule at the ends).
    """
    if int(true.sum()) >= ENOUGH:
        return _isotonic(scores, true)
    slope, offset = _platt(scores, true)
    at = np.linspace(scores.min(), scores.max(), _POINTS) if scores.min() < scores.max() else scores[:1]
    told = 1 / (1 + np.exp(-(slope * at + offset)))
    return Calibration("Platt", tuple(at.tolist()), tuple(told.tolist()))


def _isotonic(scores: Floats, true: Flags) -> Calibration:
    order = np.argsort(scores, kind="stable")
    values, first = np.unique(scores[order], return_index=True)
    hits = np.add.reduceat(true[order].astype(np.float64), first)
    counts = np.diff(np.append(first, len(order))).astype(np.float64)
    places: list[float] = []
    sums: list[float] = []
    weights: list[float] = []
    for value, hit, count in zip((values * counts).tolist(), hits.tolist(), counts.tolist(), strict=True):
        places.append(value)
        sums.append(hit)
        weights.append(count)
        while len(sums) > 1 and sums[-2] * weights[-1] >= sums[-1] * weights[-2]:
            for stack in (places, sums, weights):
                top = stack.pop()
                stack[-1] += top
    share = np.array(sums) / np.array(weights)
    share[0] = max(share[0], 1 / (weights[0] + 2))
    share[-1] = min(share[-1], 1 - 1 / (weights[-1] + 2))
    middle = np.array(places) / np.array(weights)  # of each pool, so that the curve rises between pools
    return Calibration("isotonic", tuple(middle.tolist()), tuple(np.maximum.accumulate(share).tolist()))


def _platt(scores: Floats, true: Flags) -> tuple[float, float]:
    """Slope, never below 0, and offset, by Newton's method."""
    positive, negative = float(true.sum()), float((~true).sum())
    target = np.where(true, (positive + 1) / (positive + 2), 1 / (negative + 2))
    centre, width = float(scores.mean()), float(scores.std()) or 1.0
    x = (scores - centre) / width
    a, b = 0.0, float(np.log((positive + 1) / (negative + 1)))

    def loss(a: float, b: float) -> float:
        z = a * x + b
        return float(np.sum(np.logaddexp(0.0, z) - target * z) + 5e-4 * a * a)

    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(a * x + b, -500, 500)))
        w = np.maximum(p * (1 - p), 1e-12)
        g = np.array([np.sum((target - p) * x) - 1e-3 * a, np.sum(target - p)])
        h = np.array([[np.sum(w * x * x) + 1e-3, np.sum(w * x)], [np.sum(w * x), np.sum(w)]])
        step = np.linalg.solve(h, g)
        step *= min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        before = loss(a, b)  # where the two kinds lie apart a whole step leads beyond the best point, and never back
        while loss(a + float(step[0]), b + float(step[1])) > before and float(np.abs(step).max()) > 1e-9:
            step /= 2
        a, b = a + float(step[0]), b + float(step[1])
        if float(np.abs(step).max()) < 1e-9:
            break
    a = max(a, 0.0)
    return a / width, b - a * centre / width
