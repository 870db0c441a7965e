"""Chance: how unlikely it is that what goes on is only by chance worth what came in, and when unlikely is enough."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["COINCIDENCE", "FEW", "SPREAD", "chance_fit", "enough", "strongest", "together"]

SPREAD, COINCIDENCE = 5.0, 0.03
"""Worth of payments spreads over some e^5; and 3 in 100 are alike because prices and salaries are round."""
FEW = 25
"""Findings of one kind that can be read however few accounts there are."""


def chance_fit(before: Floats, after: Floats) -> float:
    """Share of cases in which some payment of `after` would by chance be as near in worth to one of `before`.

    :param before: natural logarithms of worth in dollars, NaN: unknown; `after` likewise
    """
    off = np.abs(before[:, None] - after[None, :])
    nearest = float(np.fmin.reduce(off, axis=None, initial=np.inf))  # of those that are known
    if not math.isfinite(nearest):
        return 1.0
    share = min(1.0, COINCIDENCE + 2 * nearest / SPREAD)
    return 1 - (1 - share) ** int(off.size)


def together(fit: Floats, steps: Floats) -> Floats:
    """Decimal logarithm of how unlikely that many steps fit so well: Fisher's combined probability.

    :param fit: minus twice the sum of the natural logarithms of the shares of `chance_fit`; :param steps: how many
    """
    from scipy.stats import chi2

    found: Floats = -np.log10(np.maximum(chi2.sf(fit, 2 * steps), 1e-30))
    return found


def enough(floor: float, payments: int) -> float:
    """The least surprise that counts among so many payments: few payments offer chance few occasions.

    :param floor: decimal logarithm, for a log of some thousand payments or more
    """
    return min(floor, max(0.0, float(np.log10(max(1, payments))) - 0.5))


def strongest(surprise: Floats, per_1000: float, accounts: int) -> Flags:
    """bool[hits]: the most surprising, no more than `per_1000` for each thousand accounts, nor fewer than `FEW`.

    A surprise is no calibrated probability, for accounts are not alike and payments not independent: so what is told is
    bounded by what can be read, and not by a rate of false discovery that would only look exact.
    """
    most = max(FEW, round(per_1000 * accounts / 1000))
    kept = np.zeros(len(surprise), dtype=np.bool_)
    kept[np.argsort(-surprise, kind="stable")[:most]] = True
    return kept
