"""Chains: an account passes on to the next, which passes on to the next, each later than the one before.

Nearly every payment is followed by some other; so a step counts by how unlikely it is that it merely follows. It is the
k-th stranger that the account pays since, and a share p of all payments would fit the worth received as well: some k·p
of such steps are to be expected by chance. A quiet account's next payment may differ a lot in worth; among ten, only
one that passes on nearly the same counts. Worth ranks, and what it cannot tell apart is not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.patterns.chance import COINCIDENCE, SPREAD
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find"]

DRAG = 0.3
"""What a step must exceed to count, decimal logarithm: so many steps are tried that half of one is found by chance."""
REACH = 16
"""Strangers paid in between after which no step counts: 16 times `COINCIDENCE` is as much as chance gives."""
BEAM = 4
"""Paths kept at each hop of a search, those of most surprise."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


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
    begin = earliest(log.at, since, window)
    fresh = log.fresh_out
    starts, members, surprise, exhausted = chosen(_search, len(log))(
        log.payer,
        log.payee,
        log.at,
        np.log(log.worth),
        fresh.starts,
        fresh.order,
        begin,
        since,
        window,
        gap,
        least,
        most,
        floor,
    )
    hits = Hits(starts, members, int(exhausted), surprise=surprise).outermost()
    return hits.select(hits.members[hits.starts[:-1]] >= since)


def _search(  # noqa: C901, a kernel is one nest of loops
    payer: Codes, payee: Codes, at: Ints, worth: Floats, starts: Ints, order: Codes, begin: int, since: int,
    window: int, gap: int, least: int, most: int, floor: float,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """Chains, by first payment: starts, members, surprise; how many searches had more paths than the beam holds."""
    starting = np.zeros(1024, dtype=np.int64)
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
        exhausted += full and first >= since
        if best < 0:
            continue
        n = 0
        up = best
        while up >= 0:
            n += 1
            up = parent[up]
        members, surprise = room(members, filled + n), room(surprise, found + 1)
        starting = room(starting, found + 2)
        up = best
        for put in range(filled + n - 1, filled - 1, -1):
            members[put] = step[up]
            up = parent[up]
        filled += n
        surprise[found] = gained[best]
        found += 1
        starting[found] = filled
    return starting[: found + 1], members[:filled], surprise[:found], exhausted
