"""Blocking on columns: pairs of rows that agree on two things, or on one that is rare, found without comparing all.

Every two columns make a rule, each column by a coarse form of its values (consonants, first letters, year, day and
month), and some columns one by themselves. A rule's blocks are taken from the smallest up until its share of the
budget is spent: so the cap on a block is learnt from the data, and the work grows with the rows, not with their square.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from counterflow.entities.plain.encode import TEXTS, Columns

__all__ = ["Block", "candidates"]

LARGEST = 400
"""Rows that a block may have at most."""

SAMPLE = 20_000
"""Pairs of a rule that weights may be learnt from."""

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Block:
    """Pairs that one rule was the first to bring. :param fields: the columns it rests on; :param cap: largest block
    taken; :param sample: (left, right) of some of all pairs of the rule, those of other rules too"""

    fields: tuple[int, ...]
    left: Array
    right: Array
    cap: int
    name: str
    sample: tuple[Array, Array]


@dataclass(frozen=True)
class _Rule:
    """:param keys: shape (rows,) or (rows, ways): a row is in the block of each of its ways; 0: in none"""

    fields: tuple[int, ...]
    keys: Array
    name: str


def candidates(columns: Columns, split: int = 0) -> list[Block]:
    """Pairs worth comparing, by the rule that brought them first, the most selective rule first.

    :param split: first row of the second of two tables, whose rows are paired with the first's only; 0: one table
    """
    from counterflow.entities.plain.kernels import emit

    rows = len(columns.codes)
    if len(columns.count) == 0:
        return []
    rules = [r for r in _rules(columns) if np.count_nonzero(r.keys) > 1]
    sized = sorted(((_sizes(r.keys), r) for r in rules), key=lambda s: (_pairs(s[0]), s[1].name))
    left_over = int(rows * min(60.0, max(10.0, 4e6 / max(rows, 1))))
    kept = np.zeros((rows, sum(r.keys.ndim == 1 for r in rules)), dtype=np.uint64)
    found, single = [], 0
    for n, (sizes, rule) in enumerate(sized):
        cap = _cap(sizes, left_over // (len(sized) - n))
        keys = rule.keys if rule.keys.ndim == 2 else rule.keys[:, None]
        owner, first = _blocks(keys, cap)
        size = np.diff(first)
        most = int((size * (size - 1) // 2).sum())
        left, right = emit(owner, first, kept, single, most, split)
        if rule.keys.ndim == 1:
            kept[:, single] = _within(rule.keys, cap)
            single += 1
        left_over = max(0, left_over - len(left))
        found.append(Block(rule.fields, left, right, cap, rule.name, _sample(owner, first, kept, split)))
    return _once(found, rows) if any(r.keys.ndim == 2 for r in rules) else found


def _sample(owner: Array, first: Array, kept: Array, split: int) -> tuple[Array, Array]:
    """Pairs of blocks drawn at random, whatever other rules bring them too."""
    from counterflow.entities.plain.kernels import emit

    size = np.diff(first)
    order = np.random.default_rng(39).permutation(len(size))
    enough = int(np.searchsorted(np.cumsum(size[order] * (size[order] - 1) // 2), SAMPLE)) + 1
    some = np.sort(order[:enough])
    rows = [owner[first[k] : first[k + 1]] for k in some.tolist()]
    starts = np.concatenate([[0], np.cumsum(size[some])]).astype(np.int64)
    return emit(
        np.concatenate(rows) if rows else owner[:0],
        starts,
        kept,
        0,
        int((size[some] * (size[some] - 1) // 2).sum()),
        split,
    )


def _once(blocks: list[Block], rows: int) -> list[Block]:
    """Each pair in the first block that has it: a row may be in several blocks of one rule."""
    code = np.concatenate([b.left.astype(np.int64) * rows + b.right for b in blocks])
    first = np.zeros(len(code), dtype=bool)
    first[np.unique(code, return_index=True)[1]] = True
    first &= np.concatenate([b.left != b.right for b in blocks])
    out, at = [], 0
    for b in blocks:
        here = first[at : at + len(b.left)]
        out.append(replace(b, left=b.left[here], right=b.right[here]))
        at += len(b.left)
    return out


def _rules(columns: Columns) -> Iterator[_Rule]:
    forms = [list(_forms(columns, n)) for n in range(len(columns.fields))]
    kinds = [f.kind for f in columns.fields]
    for n, kind in enumerate(kinds):
        if kind in ("number", "date", *TEXTS):
            yield _Rule((n,), forms[n][0][1], f"{columns.fields[n].column}")
        if kind in TEXTS:
            yield _Rule((n,), _two_words(columns, n), f"{columns.fields[n].column}: two words")
    for a, b in itertools.combinations(range(len(kinds)), 2):
        if kinds[a] == kinds[b] == "category":
            continue
        if {kinds[a], kinds[b]} == {"given name", "surname"}:  # in either order
            one, two = forms[a][0][1], forms[b][0][1]
            both = (one != 0) & (two != 0)
            yield _Rule((a, b), np.where(both, _mix(np.minimum(one, two), np.maximum(one, two)), 0), "names")
            yield _Rule((a, b), _both(forms[a][0][1], forms[b][1][1]), "name and initials")
            yield _Rule((a, b), _both(forms[a][1][1], forms[b][0][1]), "initials and name")
            continue
        for (how_a, one), (how_b, two) in itertools.product(forms[a], forms[b]):
            if one.ndim == 1 and two.ndim == 1:
                name = f"{columns.fields[a].column}{how_a} + {columns.fields[b].column}{how_b}"
                yield _Rule((a, b), _both(one, two), name)


def _forms(columns: Columns, n: int) -> Iterator[tuple[str, Array]]:
    """(what, key of each row) of the coarse forms of a column; 0: none."""
    kind, code = columns.fields[n].kind, columns.codes[:, n]
    known = code >= 0
    at = np.where(known, code, 0)

    def keyed(by_value: Array) -> Array:
        values = by_value.astype(np.uint64)
        return np.where(known & (by_value[at] >= 0), values[at] + np.uint64(1), np.uint64(0)).astype(np.uint64)

    if kind in ("given name", "surname", "name"):
        yield ": consonants", keyed(columns.bones)
        if kind != "name":
            yield ": first letters", keyed(_letters(columns, 2))
    elif kind == "date":
        y, m, d = (columns.date[:, k].astype(np.int64) for k in range(3))
        whole = (y > 0) & (m > 0) & (d > 0)
        yield ": day", keyed(np.where(whole, y * 10000 + m * 100 + d, -1))
        yield ": year", keyed(np.where(y > 0, y, -1))
        yield ": day of the year", keyed(np.where(whole, m * 100 + d, -1))
    else:
        yield "", keyed(np.arange(len(columns.bones)))
        if kind == "number":
            yield ": beginning", keyed(_letters(columns, 4))


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
    at = np.where(code >= 0, code, 0)
    start, end = columns.word_start[at], columns.word_start[at + 1]
    words = []
    for k in range(4):
        here = (code >= 0) & (start + k < end)
        index = np.where(here, start + k, 0)
        bones = columns.word_bones[columns.words[index]] if len(columns.words) else np.zeros(len(index), np.int64)
        words.append(np.where(here, bones.astype(np.uint64) + np.uint64(1), np.uint64(0)))
    keys = []
    for one, two in itertools.combinations(words, 2):
        keys.append(np.where((one != 0) & (two != 0), _mix(np.minimum(one, two), np.maximum(one, two)), 0))
    return np.stack(keys, axis=1).astype(np.uint64)


def _both(one: Array, two: Array) -> Array:
    return np.where((one != 0) & (two != 0), _mix(one, two), np.uint64(0)).astype(np.uint64)


def _mix(one: Array, two: Array) -> Array:
    """One 64-bit number for two, never 0 (multiplicative hashing with the golden ratio)."""
    mixed = (one * np.uint64(0x9E3779B97F4A7C15)) ^ ((two + np.uint64(0x7F4A7C15)) * np.uint64(0xC2B2AE3D27D4EB4F))
    mixed = mixed ^ (mixed >> np.uint64(29))
    found: Array = np.maximum(mixed, np.uint64(1))
    return found


def _sizes(keys: Array) -> Array:
    """How many blocks there are of each size, up to `LARGEST`; index is the size."""
    flat = np.sort(keys[keys != 0].ravel())
    first = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]])) if len(flat) else np.empty(0, np.int64)
    size = np.diff(np.concatenate([first, [len(flat)]]))
    return np.bincount(size[size <= LARGEST], minlength=LARGEST + 1)


def _pairs(sizes: Array) -> int:
    n = np.arange(len(sizes))
    return int((sizes * n * (n - 1) // 2).sum())


def _cap(sizes: Array, budget: int) -> int:
    n = np.arange(len(sizes))
    total = np.cumsum(sizes * n * (n - 1) // 2)
    return max(2, int(np.searchsorted(total, budget, side="right")) - 1)


def _blocks(keys: Array, cap: int) -> tuple[Array, Array]:
    """Rows in order of block, and where each block of two to `cap` rows begins."""
    row, way = np.nonzero(keys)
    key = keys[row, way]
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order].astype(np.int32)
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    size = np.diff(np.concatenate([first, [len(key)]]))
    good = (size > 1) & (size <= cap)
    owner = row[np.repeat(good, size)]
    return owner, np.concatenate([[0], np.cumsum(size[good])]).astype(np.int64)


def _within(keys: Array, cap: int) -> Array:
    """Keys whose block has two to `cap` rows; 0 for the others."""
    _, back, count = np.unique(keys, return_inverse=True, return_counts=True)
    good = (count > 1) & (count <= cap)
    return np.where(good[back] & (keys != 0), keys, np.uint64(0))
