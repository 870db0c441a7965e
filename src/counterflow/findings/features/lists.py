"""Each account's payments, those that it made and those that it was paid, in time order: pieces of one pool.

A piece holds 4, 8, 16… payments. A list that outgrows its piece first drops what no window can reach any more, then
moves to a larger one; the piece it leaves is given to the next that needs its size. So a payment is moved a few times
at most, and what is remembered is what the longest window holds.

Columns of the pool: `links` (second, counterparty, the pair's next and last), `amounts`, `chain`. Numbers of payments
in a list run on and on, whatever has been dropped: payment k of a list stands at ``START + k - DROPPED``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from counterflow.entities.compiling import fetch

__all__ = [
    "ACCOUNT", "CHAIN", "CODE", "DROPPED", "EXTRA", "FINE", "FRESH", "HEAD", "LEAST", "LENGTH", "LINK", "MET", "MOST",
    "NEXT", "OCTAVE", "OTHER", "PART", "PREV", "ROW", "SEEN", "SHIFT", "SIDE", "START", "count", "leave", "logarithm",
    "room",
]  # fmt: skip

Array = np.ndarray[Any, np.dtype[Any]]

SHIFT = 2**31
"""Seconds are kept as int32, from here: 1970 to 2106."""

ACCOUNT, SIDE = 16, 8
START, SIZE, LENGTH, DROPPED, SEEN, FRESH, MET, EXTRA = range(8)
"""Of an account's side, 0 what it paid, 1 what it was paid: where its piece begins, which size it has (4 << SIZE; -1:
none), payments in it, payments dropped, payments that a later second has seen, first payment of the current batch, and
different counterparties seen. EXTRA of side 0 is the account's first second, of side 1 its first payment to itself in
the batch."""

LINK = 4
AT, OTHER, NEXT, PREV = range(LINK)
"""Of a payment: its second, shifted; the counterparty; the next payment of the same pair in the list, and the one
before, -1 for none."""
CHAIN = 2
CODE, ROW = range(CHAIN)
"""And: twice its amount's logarithm, plus one if the pair was new; its row in the batch."""

OCTAVE = 128
"""Logarithms of amounts are whole numbers, so many an octave (0.54 %): their sums and powers are exact, whatever the
order, and what is taken out again leaves no trace."""

FLOOR, CEILING = -40 * OCTAVE, 40 * OCTAVE

SUMS = 8
S1, S2, S3, S4, WHOLE, PART, DISTINCT, NEW = range(8)
"""Of an account's side and window: sums of powers of the logarithms, sum of amounts (whole part, and the rest in
1 / FINE), different counterparties, payments of new pairs."""
FINE = 2.0**40
HEADS = 4
HEAD, LEAST, MOST = range(3)
"""And: first payment in the window, the least and the greatest in it (-1: to be looked for)."""


def count(payer: Array, payee: Array, header: Array, need: Array, touched: Array, own: Array) -> int:
    """What each account adds in a batch. :param need: int32[2 × accounts], zero before; :param touched: filled with the
    accounts of the batch; :param own: filled with, for a payment to oneself, the account's next one
    :return: accounts touched"""
    found = 0
    for i in range(len(payer) - 1, -1, -1):
        for a in (payer[i], payee[i]):
            if need[2 * a] == 0 and need[2 * a + 1] == 0 and header[a * ACCOUNT + SIDE + EXTRA] < 0:
                touched[found] = a
                found += 1
            if payer[i] == payee[i]:
                own[i] = header[a * ACCOUNT + SIDE + EXTRA]
                header[a * ACCOUNT + SIDE + EXTRA] = i
                break
            need[2 * a + (0 if a == payer[i] else 1)] += 1
    return found


def room(  # noqa: C901, a kernel is one nest of loops
    touched: Array, begin: Any, need: Array, header: Array, links: Array, amounts: Array, chain: Array, sums: Array,
    heads: Array, spans: Array, rich: Any, free: Array, used: Array, now: Any, longest: Any,
) -> int:  # fmt: skip
    """Make room for what each account adds. :param free: first free piece of each size, -1: none; :param used: payments
    of the pool that were ever part of a piece; :param now: first second of the batch
    :return: accounts done: fewer than there are where the pool is full"""
    for n in range(begin, len(touched)):
        if n + 12 < len(touched):
            fetch(header, np.int64(touched[n + 12]) * ACCOUNT)
        for side in range(2):
            a = touched[n]
            h = a * ACCOUNT + side * SIDE
            more = need[2 * a + side]
            size = header[h + SIZE]
            held = 4 << size if size >= 0 else 0
            length = header[h + LENGTH]
            header[h + FRESH] = header[h + DROPPED] + length
            if length + more > held:
                start = header[h + START]
                gone = 0
                while gone < length - 1 and gone < header[h + SEEN] - header[h + DROPPED]:
                    if np.int64(links[LINK * (start + gone)]) >= now - longest:
                        break
                    gone += 1
                if gone > 0:
                    base = (2 * a + side) * len(spans)
                    for w in range(len(spans)):
                        limit = now - spans[w]
                        leave(base + w, w < rich, start - header[h + DROPPED], header[h + SEEN], limit, links, amounts,
                              chain, sums, heads)  # fmt: skip
                length -= gone
                place = start
                if length + more > held or 4 * gone < held:
                    wanted = 0
                    while (4 << wanted) < length + more:
                        wanted += 1
                    if free[wanted] >= 0:
                        place = free[wanted]
                        free[wanted] = links[LINK * place]
                    elif used[0] + (4 << wanted) <= len(amounts):
                        place = used[0]
                        used[0] += 4 << wanted
                    else:
                        return n
                    header[h + START], header[h + SIZE] = place, wanted
                header[h + DROPPED] += gone
                header[h + LENGTH] = length
                for k in range(length):
                    old, new = start + gone + k, place + k
                    for c in range(LINK):
                        links[LINK * new + c] = links[LINK * old + c]
                    amounts[new] = amounts[old]
                    for c in range(CHAIN):
                        chain[CHAIN * new + c] = chain[CHAIN * old + c]
                if place != start and size >= 0:
                    links[LINK * start] = free[size]
                    free[size] = start
            need[2 * a + side] = 0
    return len(touched)


def logarithm(amount: Any) -> Any:
    """Of an amount, in units of an octave's OCTAVEth part."""
    return min(max(round(math.log2(amount) * OCTAVE), FLOOR), CEILING)


def leave(
    window: Any, whole: bool, origin: Any, seen: Any, limit: Any, links: Array, amounts: Array, chain: Array,
    sums: Array, heads: Array,
) -> None:  # fmt: skip
    """Take payments before `limit` out of a window. :param origin: where payment 0 of the list would stand"""
    s, p = window * SUMS, window * HEADS
    head = heads[p + HEAD]
    while head < seen and links[LINK * (origin + head)] < limit:
        k = origin + head
        code = np.int64(chain[CHAIN * k + CODE])
        after = links[LINK * k + NEXT]
        if after < 0 or after >= seen:
            sums[s + DISTINCT] -= 1
        sums[s + NEW] -= code & 1
        if whole:
            q = code >> 1
            sums[s + S1] -= q
            sums[s + S2] -= q * q
            sums[s + S3] -= q * q * q
            sums[s + S4] -= q * q * q * q
            floor = math.floor(amounts[k])
            sums[s + WHOLE] -= np.int64(floor)
            sums[s + PART] -= np.int64(round((amounts[k] - floor) * FINE))
            if heads[p + LEAST] == head:
                heads[p + LEAST] = -1
            if heads[p + MOST] == head:
                heads[p + MOST] = -1
        head += 1
    heads[p + HEAD] = head
