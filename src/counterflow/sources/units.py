"""Quantities as written to quantities that can be added: 490 g and 0.5 kg, `Thousand of tablets` and `Tablet`.

Nothing is guessed: a unit that is not in ``units.yaml`` converts nowhere, and the quantity stays as written beside it;
a quantity in words is no number, and is kept as its words.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources.columns import Mask, joined, numbers

__all__ = ["Quantities", "normalised", "unit_of"]

_WRITTEN = (
    r"^(?P<about>(?i:about|approximately|approx\.?|around|circa|ca\.?|c\.|~|over|more than|at least|up to|nearly))?\s*"
    r"(?P<number>[+-]?[\d.,'\s]*\d)\s*(?P<unit>[^\d\s].*)?$"
)
_TEXT = pa.string()


@dataclass(frozen=True)
class Quantities:
    """:param values: in `units`, null where there is none; :param units: the base unit, or the unit as written where
    it is not known; :param given: quantity and unit as written, where they differ; :param notes: why a row is not a
    plain number in a known unit, else null"""

    values: pa.Array
    units: pa.Array
    given: pa.Array
    notes: pa.Array


def unit_of(text: str, extra: Map[str, Any] | None = None) -> tuple[str, float] | None:
    """The base unit that a unit converts to, and how many of it one is; None where it is not known.

    :param extra: a publisher's own units: name → [base unit, factor]
    """
    name = _plain(text)
    for theirs, (base, factor) in (extra or {}).items():
        if _plain(theirs) == name:
            return str(base), float(factor)
    return _units().get(name)


def normalised(
    quantities: pa.Array, units: pa.Array, decimal: str = ".", thousands: str = "", extra: Map[str, Any] | None = None
) -> Quantities:
    """Quantities in base units.

    :param quantities: text as written: ``490``, ``1.5 kg``, ``about 300``, ``several bags``
    :param units: text as written; null: the quantity may state its own
    """
    parts = pc.extract_regex(quantities, _WRITTEN)
    digits = pc.if_else(pc.is_valid(parts), pc.utf8_trim_whitespace(pc.struct_field(parts, "number")), None)
    digits = pc.coalesce(pc.if_else(_exponent(quantities), quantities, pa.scalar(None, _TEXT)), digits)
    number = numbers(digits, decimal, thousands)
    own = _or_null(pc.if_else(_exponent(quantities), "", pc.utf8_trim_whitespace(pc.struct_field(parts, "unit"))))
    about = _or_null(pc.struct_field(parts, "about"))
    written = pc.coalesce(units, own)
    base, factor, known = _factors(written, extra)
    values = pc.multiply(number.values, pa.array(factor))
    words = np.asarray(pc.and_(pc.is_valid(quantities), pc.is_null(values)))
    odd = np.asarray(pc.and_(pc.is_valid(written), pc.is_valid(values))) & ~known
    bare = np.asarray(pc.and_(pc.is_null(written), pc.is_valid(values)))
    zero = np.asarray(pc.fill_null(pc.equal(values, 0.0), False))
    reasons = (
        (words, "the quantity is no plain number: as written"),
        (odd, "the unit is not known: the quantity is as written"),
        (bare, "no unit is given"),
        (zero, "the quantity given is zero"),
        (np.asarray(pc.is_valid(about)), "the quantity is approximate"),
    )
    notes = joined([_note(mask, text) for mask, text in reasons], "; ")
    same = _true(pc.equal(written, base)) & ~words & ~np.asarray(pc.is_valid(about)) & np.asarray(pc.is_null(own))
    given = joined([quantities, units], " ")
    changed = pa.array(~same & np.asarray(pc.is_valid(written)) | words | np.asarray(pc.is_valid(about)))
    keep = pc.and_(changed, pc.is_valid(quantities))
    return Quantities(values, base, pc.if_else(keep, given, pa.scalar(None, _TEXT)), notes)


def _factors(written: pa.Array, extra: Map[str, Any] | None) -> tuple[pa.Array, np.ndarray[Any, Any], Mask]:
    """Base unit, factor and whether the unit is known, for each row."""
    coded = written.dictionary_encode()
    found = [unit_of(text, extra) for text in coded.dictionary.to_pylist()]
    bases = [f[0] if f else text for f, text in zip(found, coded.dictionary.to_pylist(), strict=True)]
    at = np.asarray(pc.fill_null(coded.indices, len(found)), dtype=np.int64)
    factor = np.array([*(f[1] if f else 1.0 for f in found), 1.0])[at]
    known = np.array([*(f is not None for f in found), False])[at]
    return pa.array(bases, _TEXT).take(coded.indices), factor, known


def _note(mask: Mask, text: str) -> pa.Array:
    return pc.if_else(pa.array(mask), text, pa.scalar(None, _TEXT))


def _or_null(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, _TEXT), texts)


def _exponent(texts: pa.Array) -> pa.Array:
    """Numbers that a program wrote: 1e-07."""
    return pc.fill_null(pc.match_substring_regex(texts, r"^[+-]?\d+(\.\d*)?[eE][+-]?\d+$"), False)


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(".", " ").split())


@cache
def _units() -> dict[str, tuple[str, float]]:
    import yaml

    table = yaml.safe_load((resources.files("counterflow.sources") / "units.yaml").read_text("utf-8"))
    return {_plain(str(name)): (base, float(f)) for base, names in table.items() for name, f in names.items()}
