"""Compiled kernels: how far two values agree, pairs within blocks, clusters.

Values are runs of ASCII in one buffer, so that a comparison touches numbers only. Jaro and Winkler's likeness is that
of W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model" (1990).
"""

from __future__ import annotations

from typing import Any

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = [
    "LEVELS", "MISSING", "cluster", "compare_categories", "compare_dates", "compare_names", "compare_numbers",
    "compare_texts", "emit", "part", "weigh",
]  # fmt: skip

MISSING = 255
"""Level of a field that one side says nothing of."""

LEVELS = 16
"""Levels that a field may have at most."""

Array = npt.NDArray[Any]

_ONE = np.uint64(1)


@numba.njit(cache=True)
def _jaro_winkler(  # noqa: C901, a kernel is one nest of loops
    x: Array, a: int, a_end: int, y: Array, b: int, b_end: int
) -> float:
    m, n = min(a_end - a, 64), min(b_end - b, 64)
    if m == 0 or n == 0:
        return 0.0
    reach = max(m, n) // 2 - 1
    if reach < 0:
        reach = 0
    used, hit, same = np.uint64(0), np.uint64(0), 0
    for i in range(m):
        for j in range(max(0, i - reach), min(n, i + reach + 1)):
            bit = _ONE << np.uint64(j)
            if x[a + i] == y[b + j] and not used & bit:
                used |= bit
                hit |= _ONE << np.uint64(i)
                same += 1
                break
    if same == 0:
        return 0.0
    moved, j = 0, 0
    for i in range(m):
        if hit & (_ONE << np.uint64(i)):
            while not used & (_ONE << np.uint64(j)):
                j += 1
            if x[a + i] != y[b + j]:
                moved += 1
            j += 1
    like = (same / m + same / n + (same - moved / 2) / same) / 3
    for i in range(min(4, m, n)):
        if x[a + i] != y[b + i]:
            break
        like += 0.1 * (1 - like)
    return like


@numba.njit(cache=True)
def _one_slip(x: Array, a: int, a_end: int, y: Array, b: int, b_end: int) -> bool:
    """Whether one letter more, less, other or changed places makes one of the other."""
    m, n = a_end - a, b_end - b
    if abs(m - n) > 1:
        return False
    i = 0
    while i < m and i < n and x[a + i] == y[b + i]:
        i += 1
    j = 0
    while j < m - i and j < n - i and x[a_end - 1 - j] == y[b_end - 1 - j]:
        j += 1
    rest_a, rest_b = m - i - j, n - i - j
    if rest_a <= 1 and rest_b <= 1:
        return True
    return rest_a == 2 and rest_b == 2 and x[a + i] == y[b + i + 1] and x[a + i + 1] == y[b + i]


@numba.njit(cache=True)
def _word_level(text: Array, start: Array, bones: Array, p: int, q: int) -> int:
    """4 equal, 3 a slip apart, 2 alike or of the same consonants, 1 an initial or faintly alike, 0 another."""
    if p == q:
        return 4
    a, a_end, b, b_end = start[p], start[p + 1], start[q], start[q + 1]
    shorter = min(a_end - a, b_end - b)
    if shorter == 1:
        return 1 if text[a] == text[b] else 0
    if shorter >= 4 and _one_slip(text, a, a_end, text, b, b_end):
        return 3
    if bones[p] == bones[q]:
        return 2
    like = _jaro_winkler(text, a, a_end, text, b, b_end)
    if like >= 0.88:
        return 2
    return 1 if like >= 0.78 else 0


@numba.njit(cache=True)
def _date_level(date: Array, p: int, q: int) -> int:
    """5 equal, 4 a slip, 3 same year and month or one part unknown, 2 day and month alone or same year, 1 near, 0."""
    y, m, d = date[p, 0], date[p, 1], date[p, 2]
    v, n, e = date[q, 0], date[q, 1], date[q, 2]
    if p == q:
        return 5
    if y == 0 or v == 0:
        return 0
    same = (y == v) + (m == n and m > 0) + (d == e and d > 0)
    if same == 3:
        return 5
    if m == 0 or n == 0 or d == 0 or e == 0:
        return 3 if y == v and (m == n or m == 0 or n == 0) else 1 if abs(y - v) <= 1 else 0
    if same == 2:
        if y != v:
            return 4 if abs(y - v) in (1, 10, 100) or _turned(y, v) else 2
        return 4 if d != e and (abs(d - e) in (1, 10, 20) or _turned(d, e)) else 3
    if y == v:
        return 4 if m == e and d == n else 2
    return 1 if abs(y - v) <= 1 or (m == n and abs(y - v) in (2, 10)) else 0


@numba.njit(cache=True)
def _turned(a: int, b: int) -> bool:
    """Whether the last two figures changed places."""
    return a // 100 == b // 100 and a % 10 == b // 10 % 10 and b % 10 == a // 10 % 10


@numba.njit(cache=True)
def _code_level(text: Array, start: Array, p: int, q: int) -> int:
    """4 equal, 3 a slip apart, 2 the same but for the last quarter or so, 1 the first half, 0 another."""
    if p == q:
        return 4
    a, a_end, b, b_end = start[p], start[p + 1], start[q], start[q + 1]
    m, n = a_end - a, b_end - b
    if min(m, n) >= 4 and _one_slip(text, a, a_end, text, b, b_end):
        return 3
    i = 0
    while i < m and i < n and text[a + i] == text[b + i]:
        i += 1
    longest = max(m, n)
    return 2 if i * 4 >= longest * 3 else 1 if i * 2 >= longest else 0


@numba.njit(cache=True)
def _text_level(  # noqa: C901, a kernel is one nest of loops
    words: Array, word_start: Array, rarity: Array, text: Array, text_start: Array, bones: Array, p: int, q: int,
    rows: float, scratch: Array,
) -> int:  # fmt: skip
    """Words paired off, best first: five degrees of likeness times three of how rare the words are that agree; 0: no
    word agrees."""
    a, a_end, b, b_end = word_start[p], word_start[p + 1], word_start[q], word_start[q + 1]
    if p == q:
        total = 0.0
        for i in range(a, a_end):
            total += rarity[words[i]]
        return 13 + min(2, int(total / rows * 1.5))
    n = min(b_end - b, scratch.shape[0])
    for j in range(n):
        scratch[j] = 0
    both, left, right, agreed = 0.0, 0.0, 0.0, 0.0
    for i in range(a, a_end):
        left += rarity[words[i]]
    for j in range(b, b_end):
        right += rarity[words[j]]
    for i in range(a, a_end):
        for j in range(n):
            if scratch[j] == 0 and words[i] == words[b + j]:
                scratch[j] = 1
                both += rarity[words[i]]
                agreed += rarity[words[i]]
                break
        else:
            best, at = 1, -1
            for j in range(n):
                if scratch[j] == 0:
                    level = _word_level(text, text_start, bones, words[i], words[b + j])
                    if level > best or (level == 1 and best == 1 and at < 0):
                        best, at = level, j
            if at >= 0:
                scratch[at] = 1
                share = 0.9 if best == 3 else 0.75 if best == 2 else 0.4
                r = min(rarity[words[i]], rarity[words[b + at]])
                both += share * (rarity[words[i]] + rarity[words[b + at]]) / 2
                agreed += share * r
    most = max(left, right)
    like = both / most if most > 0 else 0.0
    degree = 4 if like >= 0.92 else 3 if like >= 0.8 else 2 if like >= 0.6 else 1 if like >= 0.35 else 0
    if degree == 0:
        return 0
    return degree * 3 - 2 + min(2, int(agreed / rows * 1.5))


@numba.njit(cache=True)
def _level(
    f: int, i: int, j: int, kinds: Array, partner: Array, codes: Array, text: Array, start: Array, bones: Array,
    date: Array, words: Array, word_start: Array, word_text: Array, word_text_start: Array, word_bones: Array,
    rarity: Array, rows: float, scratch: Array,
) -> int:  # fmt: skip
    p, q = codes[i, f], codes[j, f]
    if p < 0 or q < 0:
        return MISSING
    kind = kinds[f]
    if kind == 0:
        level = _word_level(text, start, bones, p, q)
        if partner[f] < 0:
            return level
        return _swapped(level, p, q, codes[i, partner[f]], codes[j, partner[f]], bones)
    if kind == 1:
        return _date_level(date, p, q)
    if kind == 2:
        return _code_level(text, start, p, q)
    if kind == 3:
        return _text_level(words, word_start, rarity, word_text, word_text_start, word_bones, p, q, rows, scratch)
    return 2 if p == q else 1 if _jaro_winkler(text, start[p], start[p + 1], text, start[q], start[q + 1]) > 0.9 else 0


@numba.njit(cache=True)
def _swapped(level: int, p: int, q: int, r: int, s: int, bones: Array) -> int:
    """Level of a given name or surname, where the two may have changed places. :param r, s: the other name of each"""
    if level >= 3:
        return level
    if r >= 0 and s >= 0:
        return 3 if bones[p] == bones[s] and bones[r] == bones[q] else level
    if level < 2 and ((s >= 0 and bones[p] == bones[s]) or (r >= 0 and bones[r] == bones[q])):
        return 2  # likewise, and one side has but one of them
    return level


@numba.njit(cache=True)
def compare_names(left: Array, right: Array, code: Array, other: Array, text: Array, start: Array, bones: Array,
                  out: Array) -> None:  # fmt: skip
    """Levels of a given name or surname. :param code: value of each row; :param other: of its partner, -1: none;
    :param out: shape (pairs,), likewise below: what is filled"""
    for k in range(len(left)):
        i, j = left[k], right[k]
        p, q = code[i], code[j]
        if p < 0 or q < 0:
            out[k] = MISSING
        elif p == q:
            out[k] = 4
        else:
            out[k] = _swapped(_word_level(text, start, bones, p, q), p, q, other[i], other[j], bones)


@numba.njit(cache=True)
def compare_dates(left: Array, right: Array, code: Array, date: Array, out: Array) -> None:
    """Levels of a date."""
    for k in range(len(left)):
        p, q = code[left[k]], code[right[k]]
        out[k] = MISSING if p < 0 or q < 0 else _date_level(date, p, q)


@numba.njit(cache=True)
def compare_numbers(left: Array, right: Array, code: Array, text: Array, start: Array, out: Array) -> None:
    """Levels of an identifier or code."""
    for k in range(len(left)):
        p, q = code[left[k]], code[right[k]]
        out[k] = MISSING if p < 0 or q < 0 else _code_level(text, start, p, q)


@numba.njit(cache=True)
def compare_texts(left: Array, right: Array, code: Array, words: Array, word_start: Array, rarity: Array, text: Array,
                  start: Array, bones: Array, rows: float, out: Array) -> None:  # fmt: skip
    """Levels of words in any order."""
    scratch = np.empty(64, np.int8)
    for k in range(len(left)):
        p, q = code[left[k]], code[right[k]]
        if p < 0 or q < 0:
            out[k] = MISSING
        else:
            out[k] = _text_level(words, word_start, rarity, text, start, bones, p, q, rows, scratch)


@numba.njit(cache=True)
def compare_categories(left: Array, right: Array, code: Array, text: Array, start: Array, out: Array) -> None:
    """Levels of one of few values."""
    for k in range(len(left)):
        p, q = code[left[k]], code[right[k]]
        if p < 0 or q < 0:
            out[k] = MISSING
        elif p == q:
            out[k] = 2
        else:
            out[k] = 1 if _jaro_winkler(text, start[p], start[p + 1], text, start[q], start[q + 1]) > 0.9 else 0


@numba.njit(cache=True)
def _extra(top: int, level: int, p: int, q: int, surprise: Array) -> float:
    """What the rarity of the value adds: all of it where the values are equal, half of the commoner where they are
    a slip apart."""
    if level == top:
        return float(surprise[p])
    if level == top - 1:
        return float(0.5 * min(surprise[p], surprise[q]))
    return 0.0


@numba.njit(cache=True)
def part(f: int, x: Array, p: int, q: int, table: Array, parents: Array, tops: Array, surprise: Array) -> float:
    """Log-odds that one column adds. :param x: levels of all columns of the pair; the rest as in `weigh`"""
    level = x[f]
    if level == MISSING:
        return 0.0
    found = table[0, f, 0, level]
    for k in range(parents.shape[0]):
        parent = parents[k, f]
        if parent >= 0 and x[parent] != MISSING:
            found = table[k + 1, f, x[parent], level]
            break
    if tops[f] >= 0:
        found += _extra(tops[f], level, p, q, surprise)
    return float(found)


@numba.njit(cache=True)
def weigh(
    left: Array, right: Array, levels: Array, table: Array, parents: Array, tops: Array, codes: Array, surprise: Array
) -> Array:  # fmt: skip
    """Log-odds of each pair by column, without the prior, shape (pairs, fields).

    :param table: log-odds, shape (1 + ways, fields, LEVELS, LEVELS): first by the column's level alone, then by that of
        the first, the second … parent and its own; :param parents: columns a column depends on among strangers, shape
        (ways, fields), -1: none; the first that is not missing counts
    :param tops: level of equal values, shape (fields,); -1: rarity is in the level already
    :param surprise: what each value's rarity adds
    """
    out = np.empty(levels.shape, np.float32)
    for k in range(len(left)):
        for f in range(codes.shape[1]):
            out[k, f] = part(f, levels[k], codes[left[k], f], codes[right[k], f], table, parents, tops, surprise)
    return out


@numba.njit(cache=True)
def emit(owner: Array, first: Array, keys: Array, rule: int, count: int, split: int) -> tuple[Array, Array]:
    """Pairs within blocks that no earlier rule brings together.

    :param owner: rows in order of block; :param first: where each block begins, shape (blocks + 1,)
    :param keys: shape (rows, rules), 0 where the row has none or its block is too large; :param count: pairs at most
    :param split: first row of the second table, 0: one table only
    """
    left, right = np.empty(count, np.int32), np.empty(count, np.int32)
    at = 0
    for block in range(len(first) - 1):
        for a in range(first[block], first[block + 1]):
            i = owner[a]
            for b in range(a + 1, first[block + 1]):
                j = owner[b]
                if split > 0 and (i < split) == (j < split):
                    continue
                fresh = True
                for r in range(rule):
                    if keys[i, r] != 0 and keys[i, r] == keys[j, r]:
                        fresh = False
                        break
                if fresh:
                    left[at], right[at] = min(i, j), max(i, j)
                    at += 1
    return left[:at], right[:at]


@numba.njit(cache=True)
def cluster(  # noqa: C901, a kernel is one nest of loops
    left: Array, right: Array, weight: Array, rows: int, prior: float, floor: float, split: int, alone: Array,
    table: Array, parents: Array, tops: Array, surprise: Array, kinds: Array, partner: Array, codes: Array,
    text: Array, start: Array, bones: Array, date: Array, words: Array, word_start: Array, word_text: Array,
    word_text_start: Array, word_bones: Array, rarity: Array, log_rows: float,
) -> tuple[Array, Array]:  # fmt: skip
    """Clusters grown from the surest pair down; two join only where the evidence over all pairs across is for it.

    :param left, right, weight: pairs, surest first; :param floor: least log-odds that one pair may count
    :param alone: fields of which a party has one value; :param split: as in `emit`, where no table names a party twice
    :returns: first row of each row's cluster, shape (rows,); whether each pair joined two clusters
    """
    of = np.arange(rows).astype(np.int32)
    nxt = np.full(rows, -1, np.int32)  # members of a cluster are a chain from its first row
    last = np.arange(rows).astype(np.int32)
    size = np.ones(rows, np.int32)
    joined = np.zeros(len(left), np.bool_)
    scratch = np.empty(64, np.int8)
    levels = np.empty(codes.shape[1], np.uint8)
    for k in range(len(left)):
        a, b = of[left[k]], of[right[k]]
        if a == b:
            continue
        if size[a] == 1 and size[b] == 1:
            total, forbidden = weight[k] + prior, False
            for f in range(codes.shape[1]):
                p, q = codes[left[k], f], codes[right[k], f]
                if alone[f] and p >= 0 and q >= 0 and p != q:
                    forbidden = True
        else:
            total, forbidden = 0.0, False
            x = a
            while x >= 0 and not forbidden:
                y = b
                while y >= 0:
                    if split > 0 and (x < split) == (y < split):
                        forbidden = True
                        break
                    one = prior
                    for f in range(codes.shape[1]):
                        p, q = codes[x, f], codes[y, f]
                        if alone[f] and p >= 0 and q >= 0 and p != q:
                            forbidden = True
                        levels[f] = _level(
                            f, x, y, kinds, partner, codes, text, start, bones, date, words, word_start, word_text,
                            word_text_start, word_bones, rarity, log_rows, scratch,
                        )  # fmt: skip
                    if forbidden:
                        break
                    for f in range(codes.shape[1]):
                        one += part(f, levels, codes[x, f], codes[y, f], table, parents, tops, surprise)
                    total += min(max(one, -floor), floor)
                    y = nxt[y]
                x = nxt[x]
        if forbidden or total <= 0:
            continue
        if size[a] < size[b]:
            a, b = b, a
        x = b
        while x >= 0:
            of[x] = a
            x = nxt[x]
        nxt[last[a]] = b
        last[a] = last[b]
        size[a] += size[b]
        joined[k] = True
    return of, joined
