"""What a header says beside its name: ``Trade Value (1000 USD)`` is a value, in thousands, in dollars.

Invariant: only words that can mean nothing else are read so; what is left of the name must be a known one, else the
header says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Said", "said"]

_TOKEN = re.compile(r"us\$|\d+(?:[ ,.']\d{3})*|[^\W\d_]+")
_SCALES = {
    "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "000": 1e3, "1000": 1e3,
    "million": 1e6, "millions": 1e6, "mio": 1e6, "mn": 1e6, "000000": 1e6, "1000000": 1e6,
}  # fmt: skip
_CURRENCIES = {
    "usd": "USD", "us$": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "cny": "CNY", "rmb": "CNY", "krw": "KRW",
    "rub": "RUB", "hkd": "HKD", "sgd": "SGD", "chf": "CHF", "inr": "INR", "aud": "AUD", "cad": "CAD", "twd": "TWD",
    "thb": "THB",
}  # fmt: skip
_FILLERS = {"in", "of", "s"}


@dataclass(frozen=True)
class Said:
    """:param name: what is left, joined; :param factor: units of one figure; :param currency: ISO 4217, or empty"""

    name: str
    factor: float = 1.0
    currency: str = ""


def said(header: str) -> Said:
    """What a header says."""
    factor, currency, words = 1.0, "", []
    for token in _TOKEN.findall(header.casefold()):
        bare = re.sub(r"\D", "", token) if token[0].isdigit() else token
        if bare in _SCALES:
            factor *= _SCALES[bare]
        elif bare in _CURRENCIES and not currency:
            currency = _CURRENCIES[bare]
        elif bare not in _FILLERS:
            words.append(token)
    return Said("".join(words), factor, currency)
