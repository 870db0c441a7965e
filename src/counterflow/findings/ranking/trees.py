"""Gradient-boosted trees: the one place that speaks to XGBoost.

Trees are grown on histograms of the columns, by a fixed number of threads so that the same seed gives the same bytes on
any machine, and positives weigh twice: the ratio of negatives to positives, which some recommend, ruins the ranking of
what is rare (measured on AMLworld: F1 0.28 instead of 0.52).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from counterflow.errors import CounterflowError

__all__ = ["Forest", "Growing", "grow"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

_ROWS = 1 << 18
"""Rows scored at once."""


@dataclass(frozen=True)
class Growing:
    """How trees are grown.

    :param rounds: trees of one seed; :param depth: questions on the way to a leaf; :param rate: share of each tree's
        answer that is taken; :param weight: of a positive, beside 1 of a negative
    :param rows, columns: share of each that a tree sees; :param least: smallest weight of a leaf
    :param most: negatives that are learnt from, drawn at random, with the weight of those left out: time is bounded,
        and more of them teach next to nothing
    """

    rounds: int = 250
    depth: int = 6
    rate: float = 0.06
    weight: float = 2.0
    rows: float = 0.8
    columns: float = 0.4
    least: float = 4.0
    smoothing: float = 2.0
    most: int = 300_000
    threads: int = 2


@dataclass(frozen=True)
class Forest:
    """Trees of several seeds; its score is their mean, in log-odds.

    :param boosters: XGBoost's own bytes (UBJSON), one for each seed
    :param names: columns, in the order of the matrix
    """

    boosters: tuple[bytes, ...]
    names: tuple[str, ...]
    _open: list[Any] = field(default_factory=list, compare=False, repr=False)

    def score(self, values: Matrix) -> Floats:
        """float64[n], log-odds: rising with how probable it is, not yet a probability."""
        total = np.zeros(len(values))
        for k in range(len(self.boosters)):
            total += self.of_seed(k, values)
        return total / len(self.boosters)

    def of_seed(self, k: int, values: Matrix) -> Floats:
        """The score by the trees of one seed."""
        booster, n = self._opened()[k], len(values)
        found = np.empty(n, dtype=np.float64)
        for i in range(0, n, _ROWS):
            some = np.ascontiguousarray(values[i : i + _ROWS])
            found[i : i + _ROWS] = booster.inplace_predict(some, predict_type="margin")
        return found

    def contributions(self, values: Matrix) -> Floats:
        """float64[n, columns + 1]: what each column adds to the log-odds (TreeSHAP), the last what all start from.

        Each row adds up to its score.
        """
        xgboost = _xgboost()
        rows = xgboost.DMatrix(values)
        told = [b.predict(rows, pred_contribs=True).astype(np.float64) for b in self._opened()]
        return np.mean(told, axis=0) if len(values) else np.zeros((0, len(self.names) + 1))

    def gain(self) -> dict[str, float]:
        """Column → its share of what all splits gained; columns that no tree asks are left out. Largest first."""
        total: dict[str, float] = {}
        for booster in self._opened():
            for name, value in booster.get_score(importance_type="total_gain").items():
                column = self.names[int(name[1:])]
                total[column] = total.get(column, 0.0) + float(value)
        whole = sum(total.values()) or 1.0
        return {name: value / whole for name, value in sorted(total.items(), key=lambda x: (-x[1], x[0]))}

    def _opened(self) -> list[Any]:
        if not self._open:
            xgboost = _xgboost()
            for data in self.boosters:
                booster = xgboost.Booster({"nthread": Growing.threads})
                booster.load_model(bytearray(data))
                self._open.append(booster)
        return self._open


def grow(
    take: Callable[[Rows], Matrix], rows: Rows, true: Flags, names: Sequence[str], seeds: Sequence[int],
    how: Growing | None = None,
) -> Forest:  # fmt: skip
    """Trees of each seed; the same rows and seeds give the same bytes.

    :param take: the columns of these rows; it is asked once, for those that are learnt from
    :param rows: int64, from which these are drawn; :param true: bool, of them
    """
    xgboost, how = _xgboost(), how or Growing()
    weight = np.where(true, how.weight, 1.0).astype(np.float32)
    share = how.most / max(int((~true).sum()), 1)
    if share < 1:  # which negatives are kept is the same for every seed: they are put into bins once
        kept = true | (np.random.default_rng(0).random(len(true)) < share)
        weight, rows, true = np.where(true, weight, weight / share)[kept].astype(np.float32), rows[kept], true[kept]
    binned = xgboost.QuantileDMatrix(take(rows), label=true.astype(np.float32), weight=weight, nthread=how.threads)
    grown = []
    for seed in seeds:
        booster = xgboost.train(_settings(how, seed), binned, num_boost_round=how.rounds)
        grown.append(bytes(booster.save_raw("ubj")))
    return Forest(tuple(grown), tuple(names))


def _settings(how: Growing, seed: int) -> Mapping[str, Any]:
    return {
        "objective": "binary:logistic", "tree_method": "hist", "seed": seed, "nthread": how.threads,
        "max_depth": how.depth, "eta": how.rate, "subsample": how.rows, "colsample_bytree": how.columns,
        "min_child_weight": how.least, "lambda": how.smoothing, "verbosity": 0,
    }  # fmt: skip


def _xgboost() -> Any:
    # threads that wait must not spin: on a busy machine that took four times the processor time
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xgboost
    except Exception as e:  # its own error class lives in what could not be loaded
        why = " ".join(str(e).split())[:200]
        raise CounterflowError(
            f"XGBoost cannot be loaded ({why}). On macOS it needs libomp: brew install libomp"
        ) from e
    return xgboost
