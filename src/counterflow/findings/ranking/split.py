"""The split in time: the trees learn from the first part, are calibrated on the second, and are judged on the third.

Never at random: a payment and its neighbours would lie on both sides, and the figures would be of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Split", "by_days", "in_time"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
_DAY = 86_400


@dataclass(frozen=True)
class Split:
    """Three stretches of a log in time order: [0, first), [first, second), [second, n)."""

    first: int
    second: int
    n: int

    @property
    def train(self) -> slice:
        """What is learnt from."""
        return slice(0, self.first)

    @property
    def choose(self) -> slice:
        """What calibration and threshold are chosen on."""
        return slice(self.first, self.second)

    @property
    def judge(self) -> slice:
        """What the figures are of."""
        return slice(self.second, self.n)


def in_time(at: Ints, shares: tuple[float, float] = (0.6, 0.8)) -> Split:
    """Cut where so many of the payments have passed; payments of one second stay together.

    :param at: int64[n], never falling
    """
    n = len(at)
    cuts = [int(np.searchsorted(at, at[min(n - 1, round(n * share))])) if n else 0 for share in shares]
    return Split(cuts[0], cuts[1], n)


def by_days(at: Ints, shares: tuple[float, float] = (0.6, 0.8)) -> Split:
    """Cut between days, where the parts come closest to 60/20/20: as IBM's Multi-GNN splits AMLworld.

    Closest by the largest relative error of the three parts; days count from the first payment.
    """
    n = len(at)
    ends = np.searchsorted(at, at[0] + _DAY * np.arange(1, int((at[-1] - at[0]) // _DAY) + 1)).tolist() if n else []
    wanted = np.array([shares[0], shares[1] - shares[0], 1 - shares[1]])
    best, cuts = np.inf, in_time(at, shares)
    for k, i in enumerate(ends):
        for j in ends[k:]:
            error = float(np.max(np.abs(np.array([i, j - i, n - j]) / n - wanted) / wanted))
            if error < best:
                best, cuts = error, Split(i, j, n)
    return cuts
