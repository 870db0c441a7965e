"""Rules of blocking: what two rows must share to be compared, in coarse forms of columns.

A form of a column is a number a row: consonants, first letters, year, day and month. A rule asks for one form, or for
several of different columns at once, so what one slip breaks another rule survives.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from counterflow.entities.plain.encode import TEXTS, Columns

__all__ = ["Form", "Rule", "rules"]

MOST = 140
"""Rules that are tried at most; those that look at fewest columns first."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Form:
    """:param keys: uint64, shape (rows,) or (rows, ways): a row is found under each of its ways; 0: under none"""

    field: int
    name: str
    keys: Array


@dataclass(frozen=True, eq=False)
class Rule:
    """:param turned: the forms may stand in either order, as a given name and a surname"""

    name: str
    forms: tuple[Form, ...]
    turned: bool = False

    @property
    def fields(self) -> tuple[int, ...]:
        """Columns it looks at, each once."""
        return tuple(sorted({f.field for f in self.forms}))

    def keys(self, rows: Array | slice = slice(None)) -> Array:
        """One number a row, or several ways of it; 0: the rule does not apply."""
        parts = [f.keys[rows] for f in self.forms]
        if self.turned:
            parts = [np.minimum(*parts), np.maximum(*parts)]
        found: Array = parts[0]
        for part in parts[1:]:
            found = np.where((found != 0) & (part != 0), _mix(found, part), np.uint64(0))
        return found


def rules(columns: Columns) -> list[Rule]:
    """Rules for these columns: single columns, then two at once, then three."""
    forms = [list(_forms(columns, n)) for n in range(len(columns.fields))]
    kinds = [f.kind for f in columns.fields]
    found = []
    for n, kind in enumerate(kinds):
        if kind in ("number", "date", *TEXTS):
            found.append(Rule(columns.fields[n].column, (forms[n][0],)))
        if kind in TEXTS:
            words = Form(n, f"{columns.fields[n].column}: two words", _two_words(columns, n))
            found.append(Rule(words.name, (words,)))
    for size in (2, 3):
        for some in itertools.combinations(range(len(kinds)), size):
            if len(found) >= MOST:
                return found
            found += _of(some, kinds, forms)
    return found[:MOST]


def _of(some: tuple[int, ...], kinds: list[str], forms: list[list[Form]]) -> Iterator[Rule]:
    told = [kinds[n] for n in some]
    if all(kind == "category" for kind in told) or (len(some) > 2 and "number" in told):
        return  # a number with one thing more is rare already
    if len(some) == 2 and set(told) == {"given name", "surname"}:
        (a, a_short), (b, b_short) = (forms[n][:2] for n in some)
        yield Rule("names, in either order", (a, b), turned=True)
        yield Rule(f"{a.name} + {b_short.name}", (a, b_short))
        yield Rule(f"{a_short.name} + {b.name}", (a_short, b))
        return
    for chosen in itertools.product(*(forms[n] for n in some)):
        yield Rule(" + ".join(f.name for f in chosen), chosen)


def _forms(columns: Columns, n: int) -> Iterator[Form]:
    """The coarse forms of a column, the finest first."""
    name, kind, code = columns.fields[n].column, columns.fields[n].kind, columns.codes[:, n]
    known = code >= 0
    at = np.where(known, code, 0)

    def form(what: str, by_value: Array) -> Form:
        if not known.any():
            return Form(n, name + what, np.zeros(len(code), dtype=np.uint64))
        values = by_value.astype(np.uint64)
        keys = np.where(known & (by_value[at] >= 0), values[at] + np.uint64(1), np.uint64(0)).astype(np.uint64)
        return Form(n, name + what, keys)

    if kind in ("given name", "surname", "name"):
        yield form(": consonants", columns.bones)
        if kind != "name":
            yield form(": first letters", _letters(columns, 2))
    elif kind == "date":
        y, m, d = (columns.date[:, k].astype(np.int64) for k in range(3))
        whole = (y > 0) & (m > 0) & (d > 0)
        yield form(": day", np.where(whole, y * 10000 + m * 100 + d, -1))
        yield form(": year", np.where(y > 0, y, -1))
        yield form(": day of the year", np.where(whole, m * 100 + d, -1))
    else:
        yield form("", np.arange(len(columns.bones)))
        if kind == "number":
            yield form(": beginning", _letters(columns, 4))


def _letters(columns: Columns, n: int) -> Array:
    """The first letters of every value as a number."""
    out = np.zeros(len(columns.start) - 1, dtype=np.int64)
    for k in range(n):
        at = columns.start[:-1] + k
        there = at < columns.start[1:]
        out = out * 128 + np.where(there, columns.text[np.minimum(at, len(columns.text) - 1)], 0)
    return out


def _two_words(columns: Columns, n: int) -> Array:
    """Keys of any two of the four rarest words, by consonants; shape (rows, 6)."""
    code = columns.codes[:, n]
    if not (code >= 0).any():
        return np.zeros((len(code), 6), dtype=np.uint64)
    at = np.where(code >= 0, code, 0)
    start, end = columns.word_start[at], columns.word_start[at + 1]
    words = []
    for k in range(4):
        here = (code >= 0) & (start + k < end)
        bones = np.zeros(len(here), dtype=np.int64)
        bones[here] = columns.word_bones[columns.words[start[here] + k]]
        words.append(np.where(here, bones.astype(np.uint64) + np.uint64(1), np.uint64(0)))
    keys = []
    for one, two in itertools.combinations(words, 2):
        keys.append(np.where((one != 0) & (two != 0), _mix(np.minimum(one, two), np.maximum(one, two)), 0))
    return np.stack(keys, axis=1).astype(np.uint64)


def _mix(one: Array, two: Array) -> Array:
    """One 64-bit number for two, never 0 (multiplicative hashing with the golden ratio)."""
    mixed = (one * np.uint64(0x9E3779B97F4A7C15)) ^ ((two + np.uint64(0x7F4A7C15)) * np.uint64(0xC2B2AE3D27D4EB4F))
    mixed = mixed ^ (mixed >> np.uint64(29))
    found: Array = np.maximum(mixed, np.uint64(1))
    return found
