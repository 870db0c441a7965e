"""Kinds of value that the tables of goods and ships share: countries, ship numbers, commodity codes, dates.

Each takes a column of texts and gives clean values, and a mask of rows that hold something else. A column has few
different values, so each is judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model import dates
from counterflow.model.values import clean
from counterflow.sources.columns import Typed

__all__ = ["KINDS", "kind_of", "standard", "truth", "typed"]

Kind = Callable[[str], str | None]

_UNKNOWN = {
    "unknown", "not known", "unspecified", "not specified", "none", "none identified", "n/a", "na", "nan", "null", "-",
    "--", "?", "other",
}  # fmt: skip
"""What people write where they know nothing: no value, and nothing wrong."""


def _country(text: str) -> str | None:
    """By code, name or the number of UN M49."""
    return _numbered().get(int(text)) if text.isascii() and text.isdigit() else clean("country", text)


@cache
def _numbered() -> dict[int, str]:
    import yaml

    table: dict[int, str] = yaml.safe_load((resources.files("counterflow.sources") / "m49.yaml").read_text("utf-8"))
    return table


def _imo(text: str) -> str | None:
    found = clean("identifier", text, "imo") or ""
    return found if len(found) == 7 and found.isdigit() and found != "0000000" else None


def _mmsi(text: str) -> str | None:
    return text if len(text) == 9 and text.isdigit() and text != "000000000" else None


def _commodity(text: str) -> str | None:
    digits = "".join(c for c in text if c not in ". -")
    return digits if digits.isdigit() and 2 <= len(digits) <= 12 else None


def _currency(text: str) -> str | None:
    return text.upper() if len(text) == 3 and text.isascii() and text.isalpha() else None


def _date(text: str) -> str | None:
    """Partial ISO dates; a time of day is left out; `201709` and `20170929` as statistics write them."""
    found = dates.clean(text) or dates.clean(text[:10] if text[10:11] in (" ", "T") else text)
    if found is None and text.isdigit() and len(text) in (6, 8):
        found = dates.clean("-".join(part for part in (text[:4], text[4:6], text[6:]) if part))
    return found


KINDS: dict[str, tuple[Kind, str]] = {
    "country": (_country, "is no country that is known by that name"),
    "imo": (_imo, "is not an IMO number of seven digits"),
    "mmsi": (_mmsi, "is not an MMSI of nine digits"),
    "hs_code": (_commodity, "is not a Harmonized System code of 2 to 12 digits"),
    "currency": (_currency, "is not a currency code of three letters"),
    "date": (_date, "is not a date that exists (expected: 2017-09-01, 2017-09 or 2017)"),
}
"""Name of a kind → its clean form, and what is said of a text that has none."""

_OF_COLUMN = {
    "reporter": "country", "partner": "country", "second_partner": "country", "flag": "country",
    "other_flag": "country", "country": "country", "nationality": "country", "birth_date": "date", "end": "date",
    "other_imo": "imo", "other_mmsi": "mmsi",
}  # fmt: skip


def kind_of(column: str) -> str | None:
    """The kind of value that a column of ours holds, by its name; None: a text."""
    if column in KINDS:
        return column
    return "country" if column.endswith("_country") and column != "transit_country" else _OF_COLUMN.get(column)


def typed(texts: pa.Array, kind: str) -> Typed:
    """`texts` as clean values of a kind of `KINDS`."""
    clean_form, _ = KINDS[kind]
    coded = texts.dictionary_encode()
    words = coded.dictionary.to_pylist()
    found = [None if word.casefold() in _UNKNOWN else clean_form(word) for word in words]
    bad = [value is None and word.casefold() not in _UNKNOWN for word, value in zip(words, found, strict=True)]
    at = np.asarray(pc.fill_null(coded.indices, len(bad)), dtype=np.int64)
    return Typed(pa.array(found, pa.string()).take(coded.indices), np.array([*bad, False])[at])


@cache
def _truths() -> dict[str, bool]:
    return dict.fromkeys(("1", "true", "yes", "y", "t"), True) | dict.fromkeys(("0", "false", "no", "n", "f"), False)


def truth(texts: pa.Array) -> Typed:
    """Yes and no, 1 and 0, true and false."""
    coded = texts.dictionary_encode()
    found = [_truths().get(word.casefold()) for word in coded.dictionary.to_pylist()]
    values = pa.array(found, pa.bool_()).take(coded.indices)
    return Typed(values, np.asarray(pc.and_(pc.is_null(values), pc.is_valid(texts))))


def standard(texts: pa.Array, words: Mapping[str, Sequence[str]]) -> pa.Array:
    """Words as we write them, however they are capitalised; others as they stand. :param words: ours → theirs"""
    ours = {word: name for name, theirs in words.items() for word in (name, *theirs)}
    coded = texts.dictionary_encode()
    found = [ours.get(" ".join(word.casefold().split()), word) for word in coded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(coded.indices)
