"""Findings ranked by their payments' scores and by what the rule says: a logistic model small enough to be read.

What it weighs of a finding: the mean and the highest log-odds of its payments, its rule's own log-odds, how many
payments it has, and which typology found it. It learns from findings that ended in the stretch that calibration is
chosen on, so that the trees have not seen their payments; a finding is true when at least half of its payments are
laundering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LEAST", "Weights", "describe", "from_dict", "learn", "to_dict"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

LEAST = 10
"""Findings with an answer without which nothing can be learnt."""
_SIGNS = ("mean", "highest", "rule", "size")
_RIDGE = 1.0


@dataclass(frozen=True)
class Weights:
    """:param typologies: those seen; :param centre, width: of each sign, to measure it by
    :param weights: of the signs, then of each typology; :param offset: what all start from, in log-odds
    """

    typologies: tuple[str, ...]
    centre: tuple[float, ...]
    width: tuple[float, ...]
    weights: tuple[float, ...]
    offset: float

    def parts(self, signs: Floats, typologies: Sequence[str]) -> Floats:
        """float64[n, signs + 1]: what each sign, and the typology, adds to the log-odds."""
        told = (signs - np.array(self.centre)) / np.array(self.width) * np.array(self.weights[: len(_SIGNS)])
        of = dict(zip(self.typologies, self.weights[len(_SIGNS) :], strict=True))
        return np.column_stack([told, [of.get(name, 0.0) for name in typologies]])

    def probability(self, signs: Floats, typologies: Sequence[str]) -> Floats:
        """float64[n]"""
        odds: Floats = np.exp(self.parts(signs, typologies).sum(axis=1) + self.offset)
        return odds / (1 + odds)


def describe(scores: Floats, starts: Any, members: Any, rule: Floats) -> Floats:
    """float64[findings, signs]: see the module.

    :param scores: calibrated log-odds of every payment; findings as in `judging.Judged`, none without a payment
    :param rule: probability by the finding's own rule
    """
    if len(starts) < 2:
        return np.zeros((0, len(_SIGNS)))
    of = scores[members]
    sizes = np.diff(starts).astype(np.float64)
    mean = np.add.reduceat(of, starts[:-1]) / sizes
    highest = np.maximum.reduceat(of, starts[:-1])
    kept = np.clip(rule, 0.01, 0.99)
    return np.column_stack([mean, highest, np.log(kept / (1 - kept)), np.log(sizes)])


def learn(signs: Floats, typologies: Sequence[str], true: Flags) -> Weights | None:
    """Weights, with a prior that pulls them to nought (ridge), by Newton's method; None: too few to learn from.

    One true and one false finding of the middling kind are added (Laplace's rule): where all were true, the next is
    very likely, not certain.
    """
    if len(true) < LEAST:
        return None
    names = sorted(set(typologies))
    # what all had alike varies by rounding only: no unit to measure the next finding by
    centre, width = signs.mean(axis=0), np.where(signs.std(axis=0) > 1e-9, signs.std(axis=0), 1.0)
    own = np.array([[name == n for n in names] for name in typologies], dtype=np.float64)
    x = np.column_stack([(signs - centre) / width, own, np.ones(len(true))])
    x = np.vstack([x, np.zeros((2, x.shape[1]))])
    x[-2:, -1] = 1.0
    true = np.append(true, [True, False])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (true - p) - ridge * w
        bend = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        w = w + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Weights(tuple(names), tuple(centre.tolist()), tuple(width.tolist()), tuple(w[:-1].tolist()), float(w[-1]))


def to_dict(weights: Weights | None) -> Mapping[str, Any] | None:
    """For a file."""
    return None if weights is None else {k: list(v) if isinstance(v, tuple) else v for k, v in vars(weights).items()}


def from_dict(told: Mapping[str, Any] | None) -> Weights | None:
    """From a file. :raises KeyError: something is missing"""
    if told is None:
        return None
    typologies, centre, width, weights = (tuple(told[k]) for k in ("typologies", "centre", "width", "weights"))
    return Weights(typologies, centre, width, weights, float(told["offset"]))
