"""Chance: how unlikely it is that what goes on is only by chance worth what came in, and when unlikely is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Floats = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["COINCIDENCE", "SPREAD", "chance_fit", "enough", "together"]

SPREAD, COINCIDENCE = 5.0, 0.03
"""Worth of payments spreads over some e^5; and 3 in 100 are alike because prices and salaries are round."""


def chance_fit(before: Floats, after: Floats) -> float:
    """Share of cases in which some payment of `after` would by chance be as near in worth to one of `before`.

    :param before: natural logarithms of worth in dollars, NaN: unknown; `after` likewise
    """
    off = np.abs(before[:, None] - after[None, :])
    if not np.isfinite(off).any():
        return 1.0
    share = min(1.0, COINCIDENCE + 2 * float(np.nanmin(off)) / SPREAD)
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
