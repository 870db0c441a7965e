"""Peel chains: again and again an account pays a small part of what it received to somebody, and the rest to a fresh
account, which does likewise.

The two parts together are what was received, but for a fee; the share peeled off stays much the same, for a program or
a rule of thumb decides it. The chain follows the rest; the peels are where the money leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.patterns.chains import DRAG
from counterflow.findings.patterns.chance import COINCIDENCE, SPREAD
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["CARRIED", "PEELED", "find"]

CARRIED, PEELED = 0, 1
"""Roles of payments: what goes on along the chain, and what leaves it."""
REACH = 16
"""Payments of an account after one received among which its two parts are looked for: a peeler pays little else."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(
    log: Log,
    *,
    window: int = 30 * DAY,
    gap: int = 72 * HOUR,
    least: int = 3,
    most: int = 100,
    fee: float = 0.05,
    steady: float = 2.0,
    floor: float = 3.0,
    since: int = 0,
) -> Hits:
    """Chains of `least` to `most` peels within `window` seconds of the first payment, each within `gap` of what it is
    taken from.

    :param fee: most of what was received that both parts together may lack, or have too much
    :param steady: most by which the share peeled off may differ from the first one's, as a factor
    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    """
    worth = log.worth
    small, rest, gain, crowded = chosen(_splits, len(log))(
        log.payer, log.payee, log.at, worth, log.quiet_payee, log.out.starts, log.out.order, gap, fee, since
    )
    begin = earliest(log.at, since, window)
    starts, members, roles, surprise = chosen(_follow, len(log))(
        log.payee, log.at, worth, small, rest, gain, begin, window, least, most, steady, floor
    )
    hits = Hits(starts, members, int(crowded), roles, surprise).outermost()
    return hits.select(hits.members[hits.starts[:-1]] >= since)


def _splits(
    payer: Codes, payee: Codes, at: Ints, worth: Floats, quiet: Ints, starts: Ints, order: Codes, gap: int, fee: float,
    since: int,
) -> tuple[Codes, Codes, Floats, int]:  # fmt: skip
    """Of each payment the two that split it: the small part and the rest, -1 where none do; what it adds to the
    surprise; and how many were followed by too many to look through."""
    n = len(at)
    small = np.full(n, -1, dtype=np.int32)
    rest = np.full(n, -1, dtype=np.int32)
    gain = np.zeros(n)
    crowded = 0
    for i in range(n):
        b = payee[i]
        if b == payer[i] or starts[b + 1] - starts[b] < 2:
            continue
        a, z = starts[b], starts[b + 1]
        while a < z:  # the first payment after this one, at a later second
            middle = (a + z) // 2
            if at[order[middle]] <= at[i]:
                a = middle + 1
            else:
                z = middle
        end = a
        while end < starts[b + 1] and at[order[end]] <= at[i] + gap and end - a < REACH:
            end += 1
        best = -1.0
        fits = False
        for q in range(a, end):
            r = order[q]
            if quiet[r] >= 0 or payee[r] == b or not worth[i] * (1 - fee) / 2 < worth[r] < worth[i]:
                continue
            fits = True
            for p in range(a, end):
                s = order[p]
                if p == q or payee[s] == b or payee[s] == payee[r] or not worth[s] < worth[r]:
                    continue
                both = worth[s] + worth[r]
                if abs(both / worth[i] - 1.0) > fee:
                    continue
                k = max(p, q) - a  # of so many pairs up to here one might fit by chance
                share = COINCIDENCE + 2.0 * abs(np.log(both / worth[i])) / SPREAD
                g = -np.log10(share * k * (k + 1) / 2.0) - DRAG
                if g > best:
                    best, small[i], rest[i], gain[i] = g, s, r, g
        crowded += fits and end - a == REACH and i >= since
    return small, rest, gain, crowded


def _follow(
    payee: Codes, at: Ints, worth: Floats, small: Codes, rest: Codes, gain: Floats, begin: int, window: int, least: int,
    most: int, steady: float, floor: float,
) -> tuple[Ints, Ints, np.ndarray[Any, np.dtype[np.int8]], Floats]:  # fmt: skip
    starting = np.zeros(64, dtype=np.int64)
    members = np.zeros(512, dtype=np.int64)
    roles = np.zeros(512, dtype=np.int8)
    surprise = np.zeros(64)
    found = 0
    path = np.empty(2 * most + 1, dtype=np.int64)
    for first in range(begin, len(at)):
        if small[first] < 0:
            continue
        path[0] = first
        n, i, total, origin, low, high = 1, first, 0.0, 1.0, 0.0, np.inf
        while small[i] >= 0 and n < 2 * most:
            s, r = small[i], rest[i]
            share = worth[s] / worth[i]
            if max(at[s], at[r]) > at[first] + window or not low <= share <= high:
                break
            met = False
            for m in range(0, n, 1):
                met = met or payee[path[m]] == payee[r]
            if met:
                break
            if n == 1:
                origin, low, high = share, share / steady, share * steady
            else:
                total += -np.log10(min(1.0, COINCIDENCE + 2.0 * abs(np.log(share / origin)) / SPREAD))
            total += gain[i]
            path[n], path[n + 1] = min(s, r), max(s, r)
            n += 2
            i = r
        if n < 2 * least + 1 or total < floor:
            continue
        role = np.zeros(n, dtype=np.int8)
        chain = np.sort(path[:n])
        i = first
        for _ in range(n // 2):
            role[np.searchsorted(chain, small[i])] = 1
            i = rest[i]
        put = starting[found]
        members, roles = room(members, put + n), room(roles, put + n)
        starting, surprise = room(starting, found + 2), room(surprise, found + 1)
        members[put : put + n], roles[put : put + n], surprise[found] = chain, role, total
        found += 1
        starting[found] = put + n
    filled = starting[found]
    return starting[: found + 1], members[:filled], roles[:filled], surprise[:found]
