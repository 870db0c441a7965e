"""Shapes: what the values of a column look like, without knowing its name. Whole columns, a sample of each.

Invariant: a shape is said with the share of values that have it and how it is written; where a value could be read in
two ways, both are said, and whoever asked must choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from counterflow.model import check_digits, crypto_address, currencies
from counterflow.model.values import clean
from counterflow.sources import dates_shape
from counterflow.sources.columns import times
from counterflow.sources.payment_table import directions

__all__ = ["Shape", "number_style", "shape"]

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?")
_NUMBER = re.compile(r"[+-]?\(?[\d.,' \u00a0]*\d[\d.,' \u00a0]*\)?-?")
_ENOUGH = 0.8


@dataclass(frozen=True)
class Shape:
    """What the values of a column look like.

    :param kinds: kind → share of the values that have it, those of at least four in five
    :param filled: share of rows with a value; :param constant: all values are one
    :param formats: directives that read all values as dates; ``[""]`` for ISO 8601
    :param decimal, thousands: marks of numbers, empty where none was seen or what it means is unsure
    :param ambiguous: what could be read in two ways, in words
    :param negative: some number is negative; :param sample: first values
    """

    kinds: dict[str, float] = field(default_factory=dict)
    filled: float = 0.0
    constant: bool = False
    formats: tuple[str, ...] = ()
    decimal: str = ""
    thousands: str = ""
    ambiguous: str = ""
    negative: bool = False
    sample: tuple[str, ...] = ()


def _mmsi(text: str) -> bool:
    return len(text) == 9 and text.isdigit() and text[0] in "234567"


def _imo(text: str) -> bool:
    digits = text.upper().removeprefix("IMO").strip()
    if len(digits) != 7 or not digits.isdigit():
        return False
    return sum(int(d) * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(digits[6])


def _number_within(limit: float, decimals: int) -> Callable[[str], bool]:
    def within(text: str) -> bool:
        found = re.fullmatch(r"[+-]?\d{1,3}[.,](\d+)", text)
        return found is not None and len(found[1]) >= decimals and abs(float(text.replace(",", "."))) <= limit

    return within


_KINDS: dict[str, Callable[[str], bool]] = {
    "iban": lambda t: (
        _IBAN.fullmatch(re.sub(r"[ -]", "", t).upper()) is not None
        and check_digits.iban(re.sub(r"[ -]", "", t).upper())
    ),
    "bic": lambda t: _BIC.fullmatch(t) is not None and clean("country", t[4:6]) is not None,
    "currency": lambda t: currencies.code(t) is not None,
    "uuid": lambda t: _UUID.fullmatch(t) is not None,
    "clock": lambda t: _CLOCK.fullmatch(t) is not None,
    "mmsi": _mmsi,
    "imo": _imo,
    "lat": _number_within(90, 2),
    "lon": _number_within(180, 2),
    "hs": lambda t: re.fullmatch(r"\d{4}[. ]?\d{2}([. ]?\d{2}){0,2}|\d{2,4}", t) is not None,
    "crypto": lambda t: bool(crypto_address.parse(t).chains) and len(t) > 24,
    "country": lambda t: clean("country", t) is not None,
    "account": lambda t: len(re.sub(r"\D", "", t)) >= 5 and re.fullmatch(r"[A-Za-z0-9 /.-]{5,34}", t) is not None,
    "direction": lambda t: t.casefold().strip(".") in directions(),
    "number": lambda t: _NUMBER.fullmatch(t) is not None,
    "text": lambda t: any(c.isalpha() for c in t),
}
"""Kind of value → whether a text is one."""


def shape(values: Sequence[str | None]) -> Shape:
    """The shape of a column's values."""
    texts = [v.strip() for v in values if v is not None and v.strip()]
    if not texts:
        return Shape()
    kinds: dict[str, float] = {}
    for kind, test in _KINDS.items():
        share = sum(map(test, texts)) / len(texts)
        if share >= _ENOUGH:
            kinds[kind] = share
    formats, doubt = _dates(texts)
    if formats:
        bare = all(t.isdigit() for t in texts)  # 20240301, or a count of seconds: an account number may look like it
        kinds = {**kinds, "date": 1.0} if bare else {"date": 1.0}
    decimal, thousands, unsure = number_style(texts) if "number" in kinds and not formats else ("", "", "")
    return Shape(
        kinds,
        len(texts) / len(values),
        len(set(texts)) == 1 and len(texts) > 1,
        formats,
        decimal,
        thousands,
        doubt or unsure,
        any(re.search(r"^[(-]|-$", t) for t in texts if _NUMBER.fullmatch(t)),
        tuple(texts[:3]),
    )


def _dates(texts: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """How all texts read as dates, and what is unsure."""
    import pyarrow as pa

    iso = times(pa.array(texts, pa.string()))
    if not iso.wrong.any():
        return ("",), ""
    found = dates_shape.formats(texts)
    if len(found) > 1:
        return tuple(found), f"'{texts[0]}' could be {' or '.join(found)}"
    return tuple(found), ""


def number_style(texts: Sequence[str]) -> tuple[str, str, str]:
    """(decimal mark, mark between thousands, what is unsure) of numbers as written.

    ``1.234,56`` settles both; ``1,234`` alone could be one or a thousand.
    """
    marks = {c for t in texts for c in t if c in ".,' \u00a0"}
    both = [t for t in texts if "," in t and "." in t]
    if both:
        decimal = max(",.", key=both[0].rfind)
        return decimal, "," if decimal == "." else ".", ""
    spaced = next((m for m in ("\u00a0", " ", "'") if m in marks), "")
    for mark in ",.":
        if mark not in marks:
            continue
        parts = [t.strip("+-() ").split(mark) for t in texts if mark in t]
        if any(len(p) > 2 for p in parts):  # 1.234.567
            return ("," if mark == "." else "."), mark, ""
        if any(len(p[-1]) != 3 for p in parts) or spaced:
            return mark, spaced, ""
        return "", "", f"'{mark.join(parts[0])}' could be a thousand, or one and decimals"
    return "", spaced, ""
