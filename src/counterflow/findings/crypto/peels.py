"""Peel chains: a small part is paid away, the rest goes to an address never seen before, which does the same again.

Works on holdings, so on addresses of account chains and on transactions of Bitcoin's book alike. One pass over the
transfers and one over the holdings, linear whatever their degree: an address that pays more than a few is no step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.findings.crypto.transfers import Transfers, kernel
from counterflow.findings.patterns.hits import Hits

__all__ = ["MAIN", "PEEL", "find", "spread"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MAIN, PEEL = 0, 1
"""Roles of members: what goes on to the next address, and what is paid away."""

PAYMENTS = 8
"""Payments out of one step at most."""


def find(transfers: Transfers, stops: Flags, *, steps: int, peel: float, dust: float, window: int) -> Hits:
    """Chains of at least `steps` steps, the longest that there are.

    A step is a holding that pays two to `PAYMENTS` times within `window` seconds of its first receipt; its largest
    payment, the rest, is no more than what it received, and the others together are `dust` to `peel` of all it pays.
    The next step is the holding that the rest goes to, where the rest is the first and only thing it ever receives.

    :param stops: bool[names], services: no steps
    :param peel: most that is peeled off, as a share; :param dust: least
    """
    n = len(transfers)
    found = kernel(_chains, n)(
        transfers.source, transfers.target, np.nan_to_num(transfers.amount), transfers.at, stops[transfers.name],
        steps, peel, dust, window,
    )  # fmt: skip
    starts, members, role = found
    return Hits(starts, members, 0, role)


def _chains(  # noqa: C901, a kernel is one nest of loops
    source: Codes, target: Codes, amount: Floats, at: Ints, stop: Flags, steps: int, peel: float, dust: float,
    window: int,
) -> tuple[Ints, Ints, Any]:  # fmt: skip
    n, holdings = len(source), len(stop)
    received, paid = np.zeros(holdings), np.zeros(holdings)
    receipts, payments = np.zeros(holdings, dtype=np.int32), np.zeros(holdings, dtype=np.int32)
    first = np.full(holdings, -1, dtype=np.int32)  # the first transfer that touches it
    main = np.full(holdings, -1, dtype=np.int32)
    last = np.full(holdings, -1, dtype=np.int32)
    head = np.full(holdings, -1, dtype=np.int32)  # payments, linked, latest first, as far as they may matter
    before = np.full(n, -1, dtype=np.int32)
    for i in range(n):
        s, t = source[i], target[i]
        if s == t or amount[i] <= 0.0:
            continue
        if first[s] < 0:
            first[s] = i
        if first[t] < 0:
            first[t] = i
        paid[s] += amount[i]
        payments[s] += 1
        last[s] = i
        before[i], head[s] = head[s], i
        if main[s] < 0 or amount[i] > amount[main[s]]:
            main[s] = i
        received[t] += amount[i]
        receipts[t] += 1
    step = np.zeros(holdings, dtype=np.bool_)
    led = np.zeros(holdings, dtype=np.bool_)  # a step leads to it
    for h in range(holdings):
        if stop[h] or payments[h] < 2 or payments[h] > PAYMENTS or receipts[h] == 0 or source[first[h]] == h:
            continue
        off = 1.0 - amount[main[h]] / paid[h]
        if dust <= off <= peel and at[last[h]] - at[first[h]] <= window and amount[main[h]] <= 1.001 * received[h]:
            step[h] = True
    for h in range(holdings):
        if step[h]:
            t = target[main[h]]
            if step[t] and receipts[t] == 1 and first[t] == main[h]:
                led[t] = True
    starts, members, role = [0], [0], [0]
    members.pop()
    role.pop()
    for h in range(holdings):
        if not step[h] or led[h]:
            continue
        long, here = 1, h
        while True:
            there = target[main[here]]
            if not (led[there] and first[there] == main[here]):
                break
            long, here = long + 1, there
        if long < steps:
            continue
        here = h
        for _ in range(long):
            i = head[here]
            while i >= 0:
                members.append(i)
                role.append(0 if i == main[here] else 1)
                i = before[i]
            here = target[main[here]]
        starts.append(len(members))
    put, roles = np.array(members, dtype=np.int64), np.array(role, dtype=np.int8)
    for c in range(len(starts) - 1):
        a, b = starts[c], starts[c + 1]
        order = np.argsort(put[a:b])
        put[a:b] = put[a:b][order]
        roles[a:b] = roles[a:b][order]
    return np.array(starts, dtype=np.int64), put, roles


def spread(transfers: Transfers, members: Ints, role: Any) -> tuple[float, float]:
    """How uneven the peels of a chain are: the lesser of the variations (standard deviation by mean) of their amounts
    and of their shares, over the steps; and the median share."""
    source, amount = transfers.source[members], transfers.amount[members]
    steps, where = np.unique(source, return_inverse=True)
    off = np.bincount(where, np.where(role == PEEL, amount, 0.0), minlength=len(steps))
    share = off / np.bincount(where, amount, minlength=len(steps))
    varies = [float(np.std(x) / np.mean(x)) for x in (off, share) if np.mean(x) > 0]
    return min(varies, default=0.0), float(np.median(share))
