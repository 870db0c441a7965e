"""Shares as intervals: a register often knows a band (25-50 %), not a figure, and whether its ends belong to it.

``>25-50`` is more than 25 and at most 50 per cent. Whether an end belongs to the band decides questions of law: a
holding of ``>50-75`` meets "more than 50 per cent", one of ``50-75`` may not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = ["Share", "possible", "read", "write"]

_AT_LEAST = r"(?P<above>>=?|more than|over|at least|from)?"
_AT_MOST = r"(?P<below><=?|less than|under|(?:but )?not more than|up to)?"
_BAND = re.compile(
    rf"{_AT_LEAST}\s*(?P<low>\d+(?:\.\d+)?)\s*%?(?:\s*(?:-|–|to|but)\s*{_AT_MOST}\s*(?P<high>\d+(?:\.\d+)?)\s*%?)?"
)
_TOP = re.compile(rf"{_AT_MOST}\s*(?P<high>\d+(?:\.\d+)?)\s*%?")


@dataclass(frozen=True, slots=True)
class Share:
    """:param low, high: per cent, 0 to 100; :param low_open: more than `low`, not equal to it; `high_open` likewise"""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False


def read(text: str) -> Share | None:
    """The share in ``51``, ``25-50``, ``>25-50``, ``50-<75``, ``75 to 100%``, ``>50``; None where it is none, or beyond
    0 to 100 per cent."""
    text = " ".join(text.casefold().split())
    band = _BAND.fullmatch(text)
    if band is not None:
        low, above = float(band["low"]), band["above"]
        high = float(band["high"]) if band["high"] else 100.0 if above else low
        found = Share(low, high, above in (">", "more than", "over"), band["below"] in ("<", "less than", "under"))
    elif (top := _TOP.fullmatch(text)) is not None:
        found = Share(0.0, float(top["high"]), high_open=top["below"] in ("<", "less than", "under"))
    else:
        return None
    return found if possible(found) else None


def possible(share: Share) -> bool:
    """Whether some figure from 0 to 100 lies in the interval."""
    if not (math.isfinite(share.low) and math.isfinite(share.high) and 0 <= share.low <= share.high <= 100):
        return False
    return share.low < share.high or not (share.low_open or share.high_open)


def write(share: Share) -> str:
    """The shortest text that `read` reads as this share."""
    low, high = _figure(share.low), _figure(share.high)
    if share.low == share.high:
        return low
    return f"{'>' if share.low_open else ''}{low}-{'<' if share.high_open else ''}{high}"


def _figure(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
