"""How much of what is there was found, reckoned from two ways of looking that know nothing of each other.

If names find nine in ten of the pairs that numbers find, they find about nine in ten of all: the estimate of Lincoln
and Petersen as corrected by Chapman (1951), with the log-normal interval of Chao (1987). It takes the two ways to be
independent: a pair that is hard to find by one is no harder to find by the other. Where it is, less was found than this
says, and the interval is too narrow. Only pairs that the evidence would join are reckoned with.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["METHOD", "recall"]

METHOD = "capture and recapture (Chapman 1951), 95 % log-normal interval"

FEW = 10
"""Pairs found by both ways below which nothing is reckoned."""


def recall(found: int, first: int, second: int, both: int) -> dict[str, Any]:
    """Share of all pairs that were found: ``{recall, low, high}``, each 0 to 1, None where too few were found twice, or
    the two ways are plainly not independent.

    :param found: pairs by any way; :param first: by the one way; :param second: by the other; :param both: by both
    """
    told = {"found": found, "first": first, "second": second, "both": both}
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    missed = total - found
    if both >= FEW and both in (first, second) and missed < 1:
        return {**told, "recall": 1.0, "low": 1 - 3 / both, "high": 1.0}  # none of `both` trials missed: rule of three
    if both < FEW or missed <= 0:  # fewer than were found: the ways are not independent
        return {**told, "recall": None, "low": None, "high": None}
    factor = math.exp(1.96 * math.sqrt(math.log(1 + spread / missed**2)))
    shares = (missed, missed * factor, missed / factor)
    return {
        **told,
        **dict(zip(("recall", "low", "high"), (round(found / (found + m), 4) for m in shares), strict=True)),
    }
