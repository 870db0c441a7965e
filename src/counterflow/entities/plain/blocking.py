"""Blocking: which pairs of rows are worth comparing, found without comparing all.

Every rule (`rules`) is tried on a sample of its blocks, by size of block. From the likely pairs among these it is
reckoned how many true pairs the blocks of each size would bring that no rule chosen so far brings, and what comparing
them costs; the budget goes to the best yield first. So the cap on a rule's blocks is learnt, a rule that brings nothing
new is left out, and the work grows with the rows, not with their square.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from counterflow.entities.plain.encode import Columns
from counterflow.entities.plain.rules import Rule, rules

__all__ = ["CAPS", "Block", "Tried", "choose", "emitted", "tried", "whole"]

CAPS = np.array([2, 3, 4, 6, 9, 13, 20, 30, 45, 70, 110, 170, 260, 400])
"""Rows that a block may have at most: one of these is chosen for each rule."""

SAMPLE = 400
"""Pairs that a rule is tried on for each size of block."""

LEAST = 3e-5
"""True pairs that one comparison more must bring, once `PLENTY` are spent."""

PLENTY = 500_000
"""Pairs that are compared in any table that has so many: a sample of few true pairs says little of what is missed."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_NONE = 255

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Tried:
    """A rule, and a sample of the pairs it would bring.

    :param size: of each row's block (by each way) as an index into `CAPS`; `_NONE`: alone, or in a larger one
    :param pairs: how many there are, by size of block; :param share: of them in the sample, by size of block
    :param left, right: the sample; :param passed: rows in blocks larger than any cap
    """

    rule: Rule
    size: Array
    pairs: Array
    share: Array
    left: Array
    right: Array
    passed: int


@dataclass(frozen=True, eq=False)
class Block:
    """Pairs that one rule was the first to bring. :param cap: largest block taken; :param passed: rows in larger ones
    :param keys: of each row, 0 where its block is larger than the cap or it is alone"""

    rule: Rule
    left: Array
    right: Array
    cap: int
    passed: int
    keys: Array


def tried(columns: Columns, split: int = 0) -> list[Tried]:
    """Every rule tried, the most selective first. :param split: first row of the second of two tables; 0: one table"""
    found = []
    for n, rule in enumerate(rules(columns)):
        keys = rule.keys()
        if np.count_nonzero(keys) > 1:
            found.append(_try(rule, keys, split, n))
    return sorted(found, key=lambda t: (t.pairs.sum(), t.rule.name))


def _try(rule: Rule, keys: Array, split: int, seed: int) -> Tried:
    from counterflow.entities.plain.kernels import emit

    slots = max(10, int(np.ceil(np.log2(2 * keys.size))))
    slot = ((keys * _GOLDEN) >> np.uint64(64 - slots)).astype(np.int64)
    here = keys != 0
    times = np.bincount(slot[here], minlength=1 << slots)
    times_of = times[slot]
    size = np.searchsorted(CAPS, times_of).astype(np.uint8)
    size[~here | (times_of < 2) | (times_of > CAPS[-1])] = _NONE
    rows_by_size = np.bincount(times[times <= CAPS[-1]], minlength=CAPS[-1] + 1).astype(np.int64)
    n = np.arange(len(rows_by_size))
    pairs = np.bincount(np.searchsorted(CAPS, n[2:]), rows_by_size[2:] * (n[2:] * (n[2:] - 1) // 2), len(CAPS))
    share = np.minimum(1.0, SAMPLE / np.maximum(pairs, 1))
    chance = ((slot.astype(np.uint64) + np.uint64(seed + 1)) * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(40)
    drawn = (size != _NONE) & (chance < (np.append(share, np.zeros(_NONE - len(share) + 1)) * (1 << 24))[size])
    row, way = np.nonzero(drawn) if keys.ndim == 2 else (np.flatnonzero(drawn), None)
    key = keys[row] if way is None else keys[row, way]
    order = np.argsort(key, kind="stable")
    owner, key = row[order].astype(np.int32), key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1], [True]])) if len(key) else np.zeros(1, np.int64)
    most = int((np.diff(first) * (np.diff(first) - 1) // 2).sum())
    left, right = emit(owner, first.astype(np.int64), np.zeros((1, 1), np.uint64), 0, most, split)
    passed = int(np.count_nonzero(here & (times_of > CAPS[-1])))
    apart = left != right
    return Tried(rule, size, pairs, share, left[apart], right[apart], passed)


def whole(rows: int, split: int) -> Block | None:
    """Every pair there is, of a table so small that all can be compared; None: there are too many."""
    if rows * (rows - 1) // 2 > PLENTY:
        return None
    left, right = np.triu_indices(rows, 1)
    if split:
        across = (left < split) & (right >= split)
        left, right = left[across], right[across]
    keys = np.ones(rows, dtype=np.uint64)
    return Block(Rule("every pair", ()), left.astype(np.int32), right.astype(np.int32), rows, 0, keys)


def choose(found: list[Tried], left: Array, right: Array, true: Array, budget: int) -> list[tuple[Tried, int]]:
    """Rules with the cap of each as an index into `CAPS`, best yield first.

    :param left, right: likely pairs of the samples, each once; :param true: how likely; :param budget: pairs at most
    """
    sizes = np.stack([_size_of(t, left, right) for t in found], axis=1) if found else np.zeros((len(left), 0), np.uint8)
    missed = np.ones(len(left))
    for n, t in enumerate(found):  # a pair stands for as many as the chance that it was drawn says
        share = np.append(t.share, np.zeros(_NONE - len(CAPS) + 1))[sizes[:, n]]
        missed *= 1 - share
    weight = true / np.maximum(1 - missed, 1e-3)
    gain = np.zeros((len(found), len(CAPS)))
    for n in range(len(found)):
        there = sizes[:, n] != _NONE
        gain[n] = np.bincount(sizes[there, n], weight[there], len(CAPS))
    cost = np.stack([t.pairs for t in found]).astype(float) if found else gain
    cap = np.full(len(found), -1)
    plenty = min(budget, PLENTY)
    order: list[int] = []
    open_ = np.ones(len(left), dtype=bool)
    while len(found):
        ahead = np.arange(len(CAPS))[None, :] > cap[:, None]
        gains, costs = np.cumsum(gain * ahead, axis=1), np.cumsum(cost * ahead, axis=1)
        ratio = np.where(ahead & (costs <= budget) & (gains > 0), gains / np.maximum(costs, 1.0), 0.0)
        n, c = divmod(int(ratio.argmax()), len(CAPS))
        if ratio[n, c] < LEAST:
            break
        plenty -= int(costs[n, c])
        budget -= int(costs[n, c])
        if cap[n] < 0:
            order.append(n)
        cap[n] = c
        met = np.flatnonzero(open_ & (sizes[:, n] <= c))
        open_[met] = False
        for k in range(len(found)):
            there = met[sizes[met, k] != _NONE]
            gain[k] -= np.bincount(sizes[there, k], weight[there], len(CAPS))
        gain = np.maximum(gain, 0.0)
    for n, t in enumerate(found):  # the most selective first; each has an equal share of what it leaves
        total = np.cumsum(t.pairs)
        c = int(np.searchsorted(total, max(0, plenty) // (len(found) - n), side="right")) - 1
        if c > cap[n]:
            plenty -= int(total[c] - (total[cap[n]] if cap[n] >= 0 else 0))
            order += [n] if cap[n] < 0 else []
            cap[n] = c
    return [(found[n], int(cap[n])) for n in order]


def _size_of(t: Tried, left: Array, right: Array) -> Array:
    """Size of the block that a rule would bring each pair by; `_NONE`: it does not."""
    one, two = t.rule.keys(left), t.rule.keys(right)
    if one.ndim == 1:
        return np.where((one != 0) & (one == two), t.size[left], _NONE).astype(np.uint8)
    best = np.full(len(left), _NONE, dtype=np.uint8)
    for a in range(one.shape[1]):
        for b in range(one.shape[1]):
            best = np.minimum(best, np.where((one[:, a] != 0) & (one[:, a] == two[:, b]), t.size[left, a], _NONE))
    return best


def emitted(chosen: list[tuple[Tried, int]], rows: int, split: int = 0) -> list[Block]:
    """The pairs of the chosen rules, each in the block of the rule that has it first."""
    from counterflow.entities.plain.kernels import emit

    single = [t for t, _ in chosen if t.size.ndim == 1]
    kept = np.zeros((rows, max(1, len(single))), dtype=np.uint64)
    found, at = [], 0
    for t, cap in chosen:
        keys = t.rule.keys()
        owner, key, first, passed = _blocks(keys if keys.ndim == 2 else keys[:, None], int(CAPS[cap]))
        size = np.diff(first)
        left, right = emit(owner, first, kept, at, int((size * (size - 1) // 2).sum()), split)
        within = np.zeros(rows, dtype=np.uint64)
        within[owner] = key
        if keys.ndim == 1:
            kept[:, at] = within
            at += 1
        found.append(Block(t.rule, left, right, int(CAPS[cap]), passed, within))
    return _once(found, rows) if len(single) < len(chosen) else found


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


def _blocks(keys: Array, cap: int) -> tuple[Array, Array, Array, int]:
    """Rows in order of block with their keys, where each block of two to `cap` rows begins; rows in larger ones."""
    row, way = np.nonzero(keys)
    key = keys[row, way]
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order].astype(np.int32)
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    size = np.diff(np.concatenate([first, [len(key)]]))
    good = (size > 1) & (size <= cap)
    taken = np.repeat(good, size)
    starts = np.concatenate([[0], np.cumsum(size[good])]).astype(np.int64)
    return row[taken], key[taken], starts, int(size[size > cap].sum())
