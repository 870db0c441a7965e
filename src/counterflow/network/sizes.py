"""Parts of a whole as exact integers, so that 33.3 + 16.7 reaches 50 and no sum depends on its order.

A bound that is not itself included ("more than 25 per cent") lies one unit beside its value: two holdings of more than
25 per cent each are more than 50 together, two of 25 or more are 50 or more. Written figures are multiples of 2²⁰
units, so that the open bounds of a million owners add up without being mistaken for a figure.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

__all__ = ["PER_CENT", "WHOLE", "per_cent", "size_of"]

_STEP = 1 << 20
PER_CENT = 1_000_000 * _STEP
"""Units in one per cent: figures are exact to a millionth of a per cent, beyond that rounded outwards."""
WHOLE = 100 * PER_CENT


def size_of(value: float, *, lower: bool, is_open: bool = False) -> int:
    """Per cent in units. :param lower: it is a lower bound, else an upper; :param is_open: not itself included"""
    rounding = ROUND_FLOOR if lower else ROUND_CEILING
    steps = int((Decimal(repr(float(value))) * 1_000_000).to_integral_value(rounding))
    return steps * _STEP + (0 if not is_open else 1 if lower else -1)


def per_cent(size: int) -> float:
    """Per cent of a size, for print; an open bound is printed as its value."""
    return float(Fraction(round(Fraction(int(size), _STEP)), 1_000_000))
