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
    r"^(?P<about>(?i:about|approximately|approx\.?|around|circa|ca\.?|c\.|~|over|more than|at least|up to|nearly|"
    r"between))?\s*"
    r"(?P<number>[+-]?[\d.,'\s\x{a0}\x{202f}]*\d(?:\s*(?:-|–|—|to|bis|and|~)\s*\d[\d.,'\s\x{a0}\x{202f}]*)?)\s*"
    r"(?P<unit>[^\d\s].*)?$"
)
_RANGE = r"^(?P<low>\d.*?)\s*(?:-|–|—|to|bis|and|~)\s*(?P<high>\d.*)$"
_POINT = (r"^\d{1,3}(,\d{3}){2,}(\.\d+)?$", r"^\d{1,3}(,\d{3})+\.\d+$", r"^\d{1,3}([ '\x{a0}\x{202f}]\d{3})+(\.\d+)?$")
_COMMA = (r"^\d{1,3}(\.\d{3}){2,}(,\d+)?$", r"^\d{1,3}(\.\d{3})+,\d+$", r"^\d{1,3}([ '\x{a0}\x{202f}]\d{3})+,\d+$",
          r"^\d+,(\d{1,2}|\d{4,})$", r"^0,\d+$")  # fmt: skip
_MANY = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "mln": 1e6, "billion": 1e9, "bn": 1e9, "dozen": 12.0}
_TIMES = rf"^(?i:(?P<times>{'|'.join(_MANY)})s?)(?:\s+(?:of\s+)?(?P<rest>\S.*))?$"
_EITHER = r"^[1-9]\d{0,2},\d{3}$"
_WHOLE = ("pcs", "tablet", "capsule", "cigarette", "note", "pack", "carton", "package", "pair", "dose", "ampoule",
          "vial", "bottle", "plant", "bush", "teu")  # fmt: skip
"""Base units of what is counted: three digits behind a comma are no fraction of a tablet."""
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
    own = _or_null(pc.if_else(_exponent(quantities), "", pc.utf8_trim_whitespace(pc.struct_field(parts, "unit"))))
    own, times = _multiplied(own, units)
    about = _or_null(pc.struct_field(parts, "about"))
    written = pc.coalesce(units, own)
    base, factor, known = _factors(written, extra)
    values, grouped, doubtful, ranged = _numbers(digits, base, decimal, thousands)
    values = pc.multiply(pc.multiply(values, times), pa.array(factor))
    words = np.asarray(pc.and_(pc.is_valid(quantities), pc.is_null(values)))
    odd = np.asarray(pc.and_(pc.is_valid(written), pc.is_valid(values))) & ~known
    bare = np.asarray(pc.and_(pc.is_null(written), pc.is_valid(values)))
    zero = np.asarray(pc.fill_null(pc.equal(values, 0.0), False))
    reasons = (
        (words & ~doubtful, "the quantity is no plain number: as written"),
        (
            doubtful,
            "the quantity may be thousands or a fraction: as written; a mapping says which (thousands, decimal)",
        ),
        (grouped, "the quantity's separators are read as they can only be meant"),
        (ranged, "the quantity is a range: its middle"),
        (
            _true(pc.not_equal(_known(own, extra), _known(units, extra))),
            "two units are given: that of its own column is taken",
        ),
        (odd, "the unit is not known: the quantity is as written"),
        (bare, "no unit is given"),
        (zero, "the quantity given is zero"),
        (np.asarray(pc.is_valid(about)), "the quantity is approximate"),
    )
    notes = joined([_note(mask, text) for mask, text in reasons], "; ")
    otherwise = words | grouped | ranged | np.asarray(pc.is_valid(about))
    same = _true(pc.equal(written, base)) & ~otherwise & np.asarray(pc.is_null(own))
    given = joined([quantities, units], " ")
    changed = pa.array(~same & np.asarray(pc.is_valid(written)) | otherwise)
    keep = pc.and_(changed, pc.is_valid(quantities))
    return Quantities(values, base, pc.if_else(keep, given, pa.scalar(None, _TEXT)), notes)


def _numbers(digits: pa.Array, base: pa.Array, decimal: str, thousands: str) -> tuple[pa.Array, Mask, Mask, Mask]:
    """Numbers as written, those whose separators leave one reading alone among them; and which rows are so, which have
    two readings, which are a range (``10-12``) and stand with its middle."""
    values = numbers(digits, decimal, thousands).values
    rest = np.flatnonzero(np.asarray(pc.and_(pc.is_valid(digits), pc.is_null(values))))
    grouped, doubtful, ranged = (np.zeros(len(digits), dtype=bool) for _ in range(3))
    if not len(rest):
        return values, grouped, doubtful, ranged
    odd, of = digits.take(pa.array(rest)), pc.is_in(base.take(pa.array(rest)), pa.array(_WHOLE))
    found = np.asarray(pc.fill_null(values, np.nan), dtype=np.float64).copy()
    bounds = pc.extract_regex(odd, _RANGE)
    sides = [_separated(pc.struct_field(bounds, side), of, decimal, thousands) for side in ("low", "high")]
    whole, is_grouped, is_doubtful = _separated(odd, of, decimal, thousands)
    low, high = sides[0][0], sides[1][0]
    is_range = np.isnan(whole) & (low <= high)
    found[rest] = np.where(is_range, (low + high) / 2, whole)
    grouped[rest] = is_grouped | (is_range & (sides[0][1] | sides[1][1]))
    doubtful[rest], ranged[rest] = is_doubtful, is_range
    return pa.array(found, mask=np.isnan(found)), grouped, doubtful, ranged


def _separated(
    texts: pa.Array, counted: pa.Array, decimal: str, thousands: str
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], Mask, Mask]:
    """Numbers with separators in them, NaN where there is none; which were read by their separators; which of these
    have two readings. :param counted: whether the unit has no fractions"""
    plain = numbers(texts, decimal, thousands).values
    either = _true(pc.match_substring_regex(texts, _EITHER))
    counted_ = _true(counted)
    point = _any(texts, _POINT) | (either & counted_)
    comma = _any(texts, _COMMA) & ~point
    bare = pc.if_else(
        pa.array(point), pc.replace_substring_regex(texts, r"[, '\x{a0}\x{202f}]", ""), pa.scalar(None, _TEXT)
    )
    turned = pc.replace_substring(pc.replace_substring_regex(texts, r"[. '\x{a0}\x{202f}]", ""), ",", ".")
    read = numbers(pc.if_else(pa.array(comma), turned, bare)).values
    values = np.asarray(pc.fill_null(pc.coalesce(plain, read), np.nan), dtype=np.float64)
    used = np.asarray(pc.is_null(plain)) & np.asarray(pc.is_valid(read))
    return values, used, either & ~counted_ & np.asarray(pc.is_null(plain))


def _any(texts: pa.Array, patterns: tuple[str, ...]) -> Mask:
    found = np.zeros(len(texts), dtype=bool)
    for pattern in patterns:
        found |= _true(pc.match_substring_regex(texts, pattern))
    return found


def _multiplied(own: pa.Array, units: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Words behind a number without what multiplies it (``9 million``, ``2 thousand tablets``), and by how much; as
    they stand where nothing else says what is counted, for ``3 dozen`` is a unit."""
    parts = pc.extract_regex(own, _TIMES)
    rest = _or_null(pc.struct_field(parts, "rest"))
    counted = pc.and_(pc.is_valid(parts), pc.or_(pc.is_valid(rest), pc.is_valid(units)))
    coded = pc.utf8_lower(pc.struct_field(parts, "times")).dictionary_encode()
    times = pa.array([_MANY[word] for word in coded.dictionary.to_pylist()], pa.float64()).take(coded.indices)
    return pc.if_else(counted, rest, own), pc.fill_null(pc.if_else(counted, times, 1.0), 1.0)


def _known(units: pa.Array, extra: Map[str, Any] | None) -> pa.Array:
    """What each unit comes to, where it is known: two that are the same have the same text."""
    coded = units.dictionary_encode()
    found = [unit_of(text, extra) for text in coded.dictionary.to_pylist()]
    return pa.array([f"{f[0]} {f[1]}" if f else None for f in found], _TEXT).take(coded.indices)


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
