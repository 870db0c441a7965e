"""Fences: between which bounds most values of a group lie, for groups that are skewed.

The adjusted boxplot of Hubert and Vandervieren (2008): fences at so many interquartile ranges from the quartiles,
stretched on the side of the longer tail by the medcouple (Brys, Hubert and Struyf 2004), a robust measure of skew.
Plain functions of arrays, compiled where there is much to do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.entities.compiling import compiled

__all__ = ["Floats", "fences", "medcouple"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_MANY = 20_000
"""Values from which on compiling pays."""
_FLAT = 0.05
"""Smallest interquartile range that is believed: prices that are all but equal are rounded or fixed by contract."""


def fences(
    values: Floats, starts: np.ndarray[Any, np.dtype[np.int64]], whiskers: float
) -> tuple[Floats, Floats, Floats]:
    """Lower fence, median and upper fence of each group.

    :param values: of all groups, one group after the other
    :param starts: where each group begins, and at the end where the last one ends; no group is empty
    :param whiskers: interquartile ranges from the quartiles to the fences of a group without skew
    """
    found = np.empty((3, len(starts) - 1))
    kernel = compiled(_fences) if len(values) > _MANY else _fences
    kernel(np.ascontiguousarray(values, dtype=np.float64), np.asarray(starts, dtype=np.int64), whiskers, _FLAT, found)
    return found[0], found[1], found[2]


def medcouple(values: Floats) -> float:
    """The medcouple: 0 for a symmetric group, up to 1 for a long upper tail, down to -1 for a long lower one."""
    return float(_medcouple(np.sort(np.asarray(values, dtype=np.float64))))


def _fences(values: Any, starts: Any, whiskers: float, flat: float, found: Any) -> None:
    for group in range(len(starts) - 1):
        ordered = np.sort(values[starts[group] : starts[group + 1]])
        low, middle, high = _quantile(ordered, 0.25), _quantile(ordered, 0.5), _quantile(ordered, 0.75)
        skew = _medcouple(ordered)
        reach = whiskers * max(high - low, flat)
        # the longer tail may reach further, the shorter one less far
        up, down = (3.0, -4.0) if skew >= 0 else (4.0, -3.0)
        found[0, group] = low - reach * np.exp(down * skew)
        found[1, group] = middle
        found[2, group] = high + reach * np.exp(up * skew)


def _quantile(ordered: Any, share: float) -> float:
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (at - below) * (ordered[above] - ordered[below]))


def _medcouple(ordered: Any) -> float:
    """The median of h(x, y) = ((x - m) - (m - y)) / (x - y) over all pairs of values x above and y below the median m.

    h falls with the ratio of the two distances from m, so pairs at or above a bound are counted with two pointers, and
    the bound is found by halving: time n times the digits wanted, where listing the pairs takes n squared.
    """
    middle = _quantile(ordered, 0.5)
    size = len(ordered)
    least = 0
    while least < size and ordered[least] < middle:
        least += 1
    most = least
    while most < size and ordered[most] <= middle:
        most += 1
    ties, over, under = most - least, size - most, least
    pairs = (over + ties) * (under + ties)
    found = 0.0
    for rank in ((pairs - 1) // 2, pairs // 2):
        low, high = -1.0, 1.0
        if _at_or_above(ordered, middle, least, most, 1.0) >= pairs - rank:
            low = 1.0
        for _ in range(52):
            bound = (low + high) / 2
            if _at_or_above(ordered, middle, least, most, bound) >= pairs - rank:
                low = bound
            else:
                high = bound
        found += low / 2
    return found


def _at_or_above(ordered: Any, middle: float, least: int, most: int, bound: float) -> int:
    """Pairs whose h is at least `bound`, which is above -1."""
    size, ties = len(ordered), most - least
    # values equal to the median: h is 1 with those below it, -1 with those above, and by rank among themselves
    found = ties * (ties - 1) // 2 + (ties if bound <= 0 else 0)
    wide = (1.0 - bound) / (1.0 + bound)
    below = most - 1
    for above in range(most, size):
        reach = (ordered[above] - middle) * wide
        while below >= 0 and middle - ordered[below] <= reach:
            below -= 1
        found += most - 1 - below
    return found
