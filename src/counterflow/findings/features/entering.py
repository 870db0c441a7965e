"""Payments enter: into their pair, and at the end of two lists. What the pair alone says is written here.

A pair of accounts has one record for both directions, found by a table of open addressing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.entities.compiling import fetch
from counterflow.findings.features.lists import (
    ACCOUNT,
    CHAIN,
    CODE,
    DROPPED,
    EXTRA,
    LENGTH,
    LINK,
    NEXT,
    OTHER,
    PREV,
    ROW,
    SIDE,
    START,
    Array,
    logarithm,
)  # fmt: skip

__all__ = ["PAIR", "enter", "rehash"]

PAIR, WAY = 16, 8
LAST, COUNT, BEFORE, EARLIER, OUT, IN = range(6)
"""Of a pair and direction: last second, payments, payments before that second, the second before it, the last payment's
number in the payer's list and in the payee's."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_NONE = np.uint64(0)
FAR, NEAR = 16, 8
"""Payments ahead of which memory is fetched: of the account and the pair's slot, then of what they point to."""


def enter(  # noqa: C901, a kernel is one nest of loops
    payer: Array, payee: Array, at: Array, amount: Array, elsewhere: Array, rows: Array, begin: Any, header: Array,
    links: Array, amounts: Array, chain: Array, slots: Array, keys: Array, pairs: Array, known: Array, out: Array,
    wide: Any, section: Any,
) -> int:  # fmt: skip
    """Put a batch, in time order, into pairs and lists; lists have room.

    :param at: seconds, shifted; :param elsewhere: float32, whether the two banks differ; :param rows: of `out`
    :param slots: upper half of a key's mix, and the pair's number plus one; 0: empty. A power of two of them
    :param known: int64[1], pairs so far; :param section: first column of the pair's
    :return: payments done: fewer than there are where there is no room for another pair
    """
    empty = np.float32(np.nan)
    mask = np.uint64(len(slots) - 1)
    for i in range(begin, len(payer)):
        if i + FAR < len(payer):
            a, b = np.int64(payer[i + FAR]), np.int64(payee[i + FAR])
            fetch(header, a * ACCOUNT)
            fetch(header, b * ACCOUNT)
            fetch(slots, (_mix(_key(a, b)) >> _HALF) & mask)
        if i + NEAR < len(payer):
            a, b = np.int64(payer[i + NEAR]), np.int64(payee[i + NEAR])
            for h in (a * ACCOUNT, b * ACCOUNT + SIDE):
                k = np.int64(header[h + START]) + header[h + LENGTH]
                fetch(links, LINK * k)
                fetch(amounts, k)
                fetch(chain, CHAIN * k)
            near = np.int64(slots[(_mix(_key(a, b)) >> _HALF) & mask] & _LOW) - 1
            if near >= 0:
                fetch(pairs, near * PAIR)
                fetch(keys, near)
        u, v, t, row = np.int64(payer[i]), np.int64(payee[i]), np.int64(at[i]), rows[i]
        place = np.int64(row) * wide
        out[place] = amount[i]
        out[place + 1] = u == v
        out[place + 2] = elsewhere[i]
        place += section
        out[place] = 0
        out[place + 1] = empty
        out[place + 2] = 0
        out[place + 3] = empty
        if u == v:
            continue
        key = _key(u, v)
        mixed = _mix(key)
        tag = mixed & ~_LOW
        slot = (mixed >> _HALF) & mask
        p: Any = -1
        while slots[slot] != _NONE:
            if (slots[slot] & ~_LOW) == tag:
                other = np.int64(slots[slot] & _LOW) - 1
                if keys[other] == key:
                    p = other
                    break
            slot = (slot + _ONE) & mask
        if p < 0:
            if known[0] == len(keys):
                return i
            p = known[0]
            known[0] += 1
            keys[p] = key
            slots[slot] = tag | np.uint64(p + 1)
        there = p * PAIR + (0 if u < v else WAY)
        back = p * PAIR + (WAY if u < v else 0)
        before, new = 0, 1
        last_out = last_in = -1
        if pairs[there + COUNT] > 0:
            if t > pairs[there + LAST]:
                pairs[there + BEFORE] = pairs[there + COUNT]
                pairs[there + EARLIER] = pairs[there + LAST]
            before = pairs[there + BEFORE]
            last_out, last_in = pairs[there + OUT], pairs[there + IN]
            if before > 0:
                new = 0
                out[place] = before
                out[place + 1] = t - pairs[there + EARLIER]
        pairs[there + LAST] = t
        pairs[there + COUNT] += 1
        if pairs[back + COUNT] > 0:
            if pairs[back + LAST] < t:
                out[place + 2] = pairs[back + COUNT]
                out[place + 3] = t - pairs[back + LAST]
            elif pairs[back + BEFORE] > 0:
                out[place + 2] = pairs[back + BEFORE]
                out[place + 3] = t - pairs[back + EARLIER]
        q = logarithm(amount[i])
        for side in range(2):
            a, b, before = (u, v, last_out) if side == 0 else (v, u, last_in)
            h = a * ACCOUNT + side * SIDE
            n = header[h + LENGTH]
            index = header[h + DROPPED] + n
            k = header[h + START] + n
            links[LINK * k], links[LINK * k + OTHER] = t, b
            amounts[k] = amount[i]
            links[LINK * k + PREV] = before
            links[LINK * k + NEXT] = -1
            chain[CHAIN * k + CODE] = 2 * q + new
            chain[CHAIN * k + ROW] = row
            if before >= header[h + DROPPED]:
                links[LINK * (header[h + START] + before - header[h + DROPPED]) + NEXT] = index
            header[h + LENGTH] = n + 1
            header[a * ACCOUNT + EXTRA] = min(header[a * ACCOUNT + EXTRA], t)
            pairs[there + (OUT if side == 0 else IN)] = index
    return len(payer)


def _key(u: Any, v: Any) -> Any:
    return (np.uint64(min(u, v)) << _HALF) | np.uint64(max(u, v))


def _mix(key: Any) -> Any:
    mixed = key * _ODD
    mixed ^= mixed >> _HALF
    return mixed * _ODD


def rehash(slots: Array, keys: Array, known: Any) -> None:
    """Fill an empty table with the pairs that there are."""
    mask = np.uint64(len(slots) - 1)
    for p in range(known):
        mixed = _mix(keys[p])
        slot = (mixed >> _HALF) & mask
        while slots[slot] != _NONE:
            slot = (slot + _ONE) & mask
        slots[slot] = (mixed & ~_LOW) | np.uint64(p + 1)
