"""Circles: a few accounts that pay one another in all directions within days.

Each pays at least two of the others and is paid by at least two. Two accounts that answer each other are trade, and
three may be; what counts is how unlikely it is that accounts with so few counterparties have these in common: a quiet
account's dealings with the friends of its friend say more than a busy one's. Every payment among them belongs to it, in
whatever order, and what they pay themselves as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen, span

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find"]

ANSWER = 0.5
"""What it adds at most that two pay each other and not one the other, decimal logarithm: one in three is answered."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def find(
    log: Log, *, window: int = 10 * DAY, most: int = 150, largest: int = 10, floor: float = 3.0, since: int = 0
) -> Hits:
    """Circles of three accounts and more within `window` seconds of their first payment.

    A hit begins with a payment that is answered within the window, and holds all payments among those who then deal
    with its payer or its payee, of whom each pays at least two and is paid by at least two. One that is part of a hit
    that began before is not told again.

    :param most: an account that pays, or is paid, more often within the window is passed over, and counted as
        exhausted where a circle might have begun with it
    :param largest: a circle of more accounts is a market
    :param floor: least surprise, decimal logarithm of how unlikely one is to begin anywhere within the window
    :param since: only hits whose first payment is at or after this place in the log
    :return: roles: 0 from one to another, 1 to oneself
    """
    begin = earliest(log.at, since, window)
    out, into = log.out, log.into
    answered = chosen(_answered, len(log))(
        log.payer, log.payee, log.at, out.starts, out.order, into.starts, into.order, window
    )
    starts, members, surprise, exhausted = chosen(_search, len(log))(
        log.payer, log.payee, log.at, out.starts, out.order, into.starts, into.order, answered, begin, since, window,
        most, largest, floor,
    )  # fmt: skip
    role = (log.payer[members] == log.payee[members]).astype(np.int8)
    hits = Hits(starts, members, int(exhausted), role, surprise).outermost()
    return hits.select(hits.members[hits.starts[:-1]] >= since)


def _answered(
    payer: Codes, payee: Codes, at: Ints, out: Ints, paying: Codes, into: Ints, paid: Codes, window: int
) -> Flags:
    """Of each payment whether the payee pays the payer after it, within the window."""
    found = np.zeros(len(at), dtype=np.bool_)
    whose = np.full(len(out) - 1, -1, dtype=np.int64)
    when = np.zeros(len(out) - 1, dtype=np.int64)
    for a in range(len(out) - 1):
        q = into[a + 1] - 1
        for p in range(out[a + 1] - 1, out[a] - 1, -1):
            i = paying[p]
            while q >= into[a] and paid[q] > i:
                v = payer[paid[q]]
                whose[v], when[v] = a, at[paid[q]]
                q -= 1
            b = payee[i]
            found[i] = b != a and whose[b] == a and when[b] <= at[i] + window
    return found


def _search(  # noqa: C901, a kernel is one nest of loops
    payer: Codes, payee: Codes, at: Ints, out: Ints, paying: Codes, into: Ints, paid: Codes, answered: Flags,
    begin: int, since: int, window: int, most: int, largest: int, floor: float,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    starts = np.zeros(64, dtype=np.int64)
    members = np.zeros(512, dtype=np.int64)
    surprise = np.zeros(64)
    hits, filled, exhausted, last = 0, 0, 0, 0
    who = np.empty(4 * most + 2, dtype=np.int64)
    seen = np.full(len(out) - 1, -1, dtype=np.int64)
    place = np.zeros(len(out) - 1, dtype=np.int64)
    for i in range(begin, len(at)):
        while last < len(at) and at[last] <= at[i] + window:
            last += 1
        if not answered[i]:
            continue
        a, b = payer[i], payee[i]
        crowded = False
        for x in (a, b):
            p, z = span(paying, out[x], out[x + 1], i, last)
            q, y = span(paid, into[x], into[x + 1], i, last)
            crowded = crowded or z - p > most or y - q > most
        if crowded:
            exhausted += i >= since
            continue
        # whoever deals with one of the two, those who deal with both told apart
        who[0], who[1], n, third = a, b, 2, False
        seen[a], seen[b], place[a], place[b] = i, i, 0, 1
        for x in (a, b):
            p, z = span(paying, out[x], out[x + 1], i, last)
            q, y = span(paid, into[x], into[x + 1], i, last)
            for k in range(z - p + y - q):
                v = payee[paying[p + k]] if k < z - p else payer[paid[q + k - z + p]]
                if seen[v] != i:
                    seen[v], place[v], who[n] = i, n if x == a else -n, v
                    n += 1
                elif x == b and place[v] > 1:
                    third = True
        if not third:
            continue
        for k in range(n):
            place[who[k]] = k
        pays = np.zeros((n, n), dtype=np.bool_)
        for k in range(n):
            p, z = span(paying, out[who[k]], out[who[k] + 1], i, last)
            q, y = span(paid, into[who[k]], into[who[k] + 1], i, last)
            if z - p > most or y - q > most:
                continue
            for q in range(p, z):
                v = payee[paying[q]]
                if seen[v] == i and v != who[k]:
                    pays[k, place[v]] = True
        within, left = _core(pays)
        if left < 3 or left > largest or not within[0] or not within[1]:
            continue
        s = -np.log10(last - i)  # so many payments might have begun one
        for k in range(left - 1):
            s -= np.log10((n - 1 - k) / (k + 1.0))  # and so many of those around might have been the others
        for k in range(1, n):
            for m in range(k):
                if not (within[k] and within[m]) or not (pays[k, m] or pays[m, k]):
                    continue
                chance = 0.0
                for u, v in ((who[k], who[m]), (who[m], who[k])):
                    p, z = span(paying, out[u], out[u + 1], i, last)
                    q, y = span(paid, into[v], into[v + 1], i, last)
                    chance += (z - p) * (y - q) / (last - i)
                rare = -np.log10(min(1.0, chance))
                if pays[k, m] and pays[m, k]:
                    s += min(ANSWER, rare)
                # but not where that somebody deals with it brought this one here
                if m > 1 or (m == 1 and (pays[k, 0] or pays[0, k])):
                    s += rare
        if s < floor:
            continue
        first = filled
        for k in range(n):
            if not within[k]:
                continue
            p, z = span(paying, out[who[k]], out[who[k] + 1], i, last)
            members = room(members, filled + z - p)
            for q in range(p, z):
                v = payee[paying[q]]
                if seen[v] == i and within[place[v]]:
                    members[filled] = paying[q]
                    filled += 1
        members[first:filled].sort()
        hits += 1
        starts, surprise = room(starts, hits + 1), room(surprise, hits)
        starts[hits], surprise[hits - 1] = filled, s
    return starts[: hits + 1], members[:filled], surprise[:hits], exhausted


def _core(pays: Flags) -> tuple[Flags, int]:
    """Who is left, and how many, when whoever pays or is paid by fewer than two of the others is left out."""
    n = len(pays)
    within = np.ones(n, dtype=np.bool_)
    left, before = n, n + 1
    while left < before:
        before = left
        for k in range(n):
            gives, gets = 0, 0
            for m in range(n):
                gives += within[m] and pays[k, m]
                gets += within[m] and pays[m, k]
            if within[k] and (gives < 2 or gets < 2):
                within[k] = False
                left -= 1
    return within, left
