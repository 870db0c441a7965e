"""Dormant, then active: an account that nothing came to and nothing left for months, and then much within days.

Busy after a pause is not yet odd: an account that sees three payments a year has pauses, and an inn is busy every June.
So it must be busier than it ever was within as many days, and what counts is how unlikely so many payments are by the
account's own pace before, pauses and all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.patterns.fans import SHAPE, unlikely
from counterflow.findings.patterns.hits import Hits, room
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["IN", "OUT", "find"]

IN, OUT = 0, 1
"""Roles of payments: to the account, and from it."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(
    log: Log,
    *,
    dormant: int = 90 * DAY,
    window: int = 10 * DAY,
    least: int = 4,
    most: int = 500,
    floor: float = 3.0,
    since: int = 0,
) -> Hits:
    """Accounts silent for `dormant` seconds after they had been seen, then paid or paying at least `least` times within
    `window` seconds, and more often than ever before, money both coming and going.

    Payments to oneself break no silence and are no members. One hit for each awakening.

    :param most: payments of an awakening that are kept; more are left out and counted as exhausted
    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    """
    starts, members, roles, surprise, exhausted = chosen(_awake, len(log))(
        log.at, log.out.starts, log.out.order, log.into.starts, log.into.order, dormant, window, least, most,
        floor, since,
    )  # fmt: skip
    return Hits(starts, members, int(exhausted), roles, surprise).by_first()


def _awake(  # noqa: C901, a kernel is one nest of loops
    at: Ints, out: Ints, paying: Codes, into: Ints, paid: Codes, dormant: int, window: int, least: int,
    most: int, floor: float, since: int,
) -> tuple[Ints, Ints, np.ndarray[Any, np.dtype[np.int8]], Floats, int]:  # fmt: skip
    starting = np.zeros(64, dtype=np.int64)
    members = np.zeros(512, dtype=np.int64)
    roles = np.zeros(512, dtype=np.int8)
    surprise = np.zeros(64)
    found = 0
    exhausted = 0
    own = np.empty(1024, dtype=np.int64)
    side = np.empty(1024, dtype=np.int8)
    for a in range(len(out) - 1):
        if into[a + 1] - into[a] + out[a + 1] - out[a] < least + 1:
            continue
        if out[a] == out[a + 1] or into[a] == into[a + 1]:
            continue
        while len(own) < into[a + 1] - into[a] + out[a + 1] - out[a]:
            own, side = np.concatenate((own, own)), np.concatenate((side, side))
        n, p, q = 0, out[a], into[a]
        while p < out[a + 1] or q < into[a + 1]:  # both sides in one order; a payment to oneself is on both
            if q == into[a + 1] or (p < out[a + 1] and paying[p] <= paid[q]):
                if q < into[a + 1] and paying[p] == paid[q]:
                    q += 1
                else:
                    own[n], side[n] = paying[p], 1
                    n += 1
                p += 1
            else:
                own[n], side[n] = paid[q], 0
                n += 1
                q += 1
        low, busiest = 0, 0
        for k in range(1, n):
            i = own[k]
            while at[own[low]] < at[own[k - 1]] - window:
                low += 1
            busiest = max(busiest, k - low)
            if at[i] - at[own[k - 1]] < dormant or i < since:
                continue
            end, sides = k, 0
            while end < n and at[own[end]] <= at[i] + window:
                sides |= 1 << side[end]
                end += 1
            if end - k < max(least, busiest + 1) or sides != 3:
                continue
            s = unlikely(end - k - 1, k + SHAPE, (at[i] - at[own[0]] + SHAPE * window) / window)
            if s < floor:
                continue
            if end - k > most:
                exhausted += 1
                end = k + most
            put, size = starting[found], end - k
            members, roles = room(members, put + size), room(roles, put + size)
            starting, surprise = room(starting, found + 2), room(surprise, found + 1)
            members[put : put + size], roles[put : put + size], surprise[found] = own[k:end], side[k:end], s
            found += 1
            starting[found] = put + size
    filled = starting[found]
    return starting[: found + 1], members[:filled], roles[:filled], surprise[:found], exhausted
