"""Chains: an account passes on to the next, which passes on to the next, each later than the one before.

Nearly every payment is followed by some other; so a step counts by how unlikely it is that it merely follows: it is the
k-th stranger that the account pays since, and a share p of payments would fit the worth received as well, so some k·p of
such steps are to be expected by chance. A quiet account's next payment may differ a lot in worth; among ten, only one
that passes on nearly the same counts. Worth ranks, and what it cannot tell apart is not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import compiled
from counterflow.findings.patterns.fans import DAY
from counterflow.findings.patterns.hits import Hits

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find"]

HOUR = 3600
SPREAD, COINCIDENCE = 5.0, 0.03
"""Worth of payments spreads over some e^5; and 3 in 100 are alike because prices and salaries are round."""
DRAG = 0.3
"""What a step must exceed to count, decimal logarithm: so many steps are tried that half of one is found by chance."""
REACH = 16
"""Strangers paid in between after which no step counts: 16 times `COINCIDENCE` is as much as chance gives."""
BEAM = 4
"""Paths kept at each hop of a search, those of most surprise."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def find(
    log: Log,
    *,
    window: int = 5 * DAY,
    gap: int = 60 * HOUR,
    least: int = 3,
    most: int = 16,
    floor: float = 3.0,
    since: int = 0,
) -> Hits:
    """Chains of `least` to `most` payments within `window` seconds, each within `gap` of the one before.

    Every step is the payer's first to its payee, and no account occurs twice. From each first payment the chain of most
    surprise that the beam holds. A chain that is the end of one with an earlier first payment is not told again.

    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    """
    empty = np.zeros(0, dtype=np.int64)
    if not len(log):
        return Hits(np.zeros(1, dtype=np.int64), empty, surprise=np.zeros(0))
    begin = int(np.searchsorted(log.at, log.at[min(since, len(log) - 1)] - window)) if since else 0
    fresh = compiled(_fresh)(log.payer, log.payee, log.debut, log.out.starts, log.out.order)
    starts, members, surprise, exhausted = compiled(_search)(
        log.payer, log.payee, log.at, np.log(log.worth), *fresh, begin, window, gap, least, most, floor
    )
    kept = compiled(_kept)(starts, members, since)
    sizes = np.diff(starts)
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes[kept])))
    return Hits(ends, members[np.repeat(kept, sizes)], int(exhausted), surprise=surprise[kept])


def _fresh(payer: Codes, payee: Codes, debut: Flags, starts: Ints, order: Codes) -> tuple[Ints, Codes]:
    """The out-adjacency of first payments to others alone."""
    accounts = len(starts) - 1
    begins = np.zeros(accounts + 1, dtype=np.int64)
    kept = np.empty(len(order), dtype=np.int32)
    n = 0
    for a in range(accounts):
        for k in range(starts[a], starts[a + 1]):
            i = order[k]
            if debut[i] and payee[i] != payer[i]:
                kept[n] = i
                n += 1
        begins[a + 1] = n
    return begins, kept[:n].copy()


def _search(
    payer: Codes, payee: Codes, at: Ints, worth: Floats, starts: Ints, order: Codes, begin: int, window: int, gap: int,
    least: int, most: int, floor: float,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """Chains, by first payment: starts, members, surprise; how many searches had more paths than the beam holds."""
    starting = np.zeros(1025, dtype=np.int64)
    surprise = np.empty(1024, dtype=np.float64)
    members = np.empty(8192, dtype=np.int64)
    found, filled, exhausted = 0, 0, 0
    # states of a search: payment, state before, surprise; those of depth d from `level[d]` on
    size = most * BEAM + 1
    step = np.empty(size, dtype=np.int64)
    parent = np.empty(size, dtype=np.int64)
    gained = np.empty(size, dtype=np.float64)
    for first in np.sort(order):
        if first < begin:
            continue
        step[0], parent[0], gained[0] = first, -1, 0.0
        low, high = 0, 1
        depth, best, full = 1, -1, False
        while low < high and depth < most:
            into = high
            for state in range(low, high):
                i = step[state]
                b = payee[i]
                a, z = starts[b], starts[b + 1]
                while a < z:  # the first payment after this one, at a later second
                    middle = (a + z) // 2
                    if at[order[middle]] <= at[i]:
                        a = middle + 1
                    else:
                        z = middle
                last = min(at[i] + gap, at[first] + window)
                k = 0
                for q in range(a, starts[b + 1]):
                    j = order[q]
                    k += 1
                    if at[j] > last or k > REACH:
                        break
                    off = abs(worth[j] - worth[i])
                    share = COINCIDENCE + 2.0 * off / SPREAD
                    if not share * k < 1.0:
                        continue
                    gain = -np.log10(share * k) - DRAG
                    if gain < 0:
                        continue
                    met = payer[first] == payee[j]
                    up = state
                    while up >= 0 and not met:
                        met = payee[step[up]] == payee[j]
                        up = parent[up]
                    if met:
                        continue
                    total = gained[state] + gain
                    put = into
                    if into - high == BEAM:
                        full = True
                        put = high
                        for s in range(high + 1, into):
                            if gained[s] < gained[put]:
                                put = s
                        if gained[put] >= total:
                            continue
                    else:
                        into += 1
                    step[put], parent[put], gained[put] = j, state, total
            low, high = high, into
            depth += 1
            if depth >= least:
                for s in range(low, high):
                    if gained[s] >= floor and (best < 0 or gained[s] > gained[best]):
                        best = s
        exhausted += full
        if best < 0:
            continue
        n = 0
        up = best
        while up >= 0:
            n += 1
            up = parent[up]
        if found == len(surprise):
            starting = np.concatenate((starting, np.empty_like(surprise).astype(np.int64)))
            surprise = np.concatenate((surprise, np.empty_like(surprise)))
        while filled + n > len(members):
            members = np.concatenate((members, np.empty_like(members)))
        up = best
        for put in range(filled + n - 1, filled - 1, -1):
            members[put] = step[up]
            up = parent[up]
        filled += n
        surprise[found] = gained[best]
        found += 1
        starting[found] = filled
    return starting[: found + 1], members[:filled], surprise[:found], exhausted


def _kept(starts: Ints, members: Ints, since: int) -> Flags:
    """Which chains are told: from `since` on, and not the end of another."""
    n = len(starts) - 1
    kept = np.ones(n, dtype=np.bool_)
    for h in range(n):
        if members[starts[h]] < since:
            kept[h] = False
        for p in range(starts[h] + 1, starts[h + 1]):
            low, high = h + 1, n
            while low < high:  # the chain that begins with this member
                middle = (low + high) // 2
                if members[starts[middle]] < members[p]:
                    low = middle + 1
                else:
                    high = middle
            if low == n or members[starts[low]] != members[p]:
                continue
            if starts[low + 1] - starts[low] != starts[h + 1] - p:
                continue
            same = True
            for q in range(starts[h + 1] - p):
                same = same and members[starts[low] + q] == members[p + q]
            if same:
                kept[low] = False
    return kept
