"""Taint with time: which part of each transfer is money that left a marked address, by four published rules.

*haircut*: what leaves a holding is tainted in the proportion in which the holding is (Möser, Böhme, Breuker, Towards
Risk Scoring of Bitcoin Transactions, 2014). *fifo*: what came first leaves first, Clayton's case of 1816 (Anderson,
Shumailov, Ahmed, Making Bitcoin Legal, 2018). *poison*: whatever a tainted holding pays is tainted whole; no share
but a bound. *structure*: where a source gives no amounts, the mean over the transfers that arrived.

Haircut and fifo conserve: what is tainted at the ends together is what left the marked addresses. A source never shows
what a holding had before its first row. Here it had the least with which its payments never overdraw it, untainted; had
it more, by haircut and by fifo more of the taint rests there and less is passed on, while what it received stays as it
is; poison is the most that any opening balance allows.

Each kernel is one pass over transfers in order. Taint below `floor` of a holding counts as none, or one dusting would
reach everybody. Sources: the papers named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.crypto.transfers import kernel

__all__ = ["METHODS", "SEEDED", "STOPPED", "Carried", "carry", "opening"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Marks = np.ndarray[Any, np.dtype[np.int8]]

METHODS = ("haircut", "fifo", "poison")
SEEDED, STOPPED = 1, -1
"""Marks of a transfer: it leaves a marked address, and is tainted whole; it leaves a service or nothing, and carries
none."""

PARCELS = 512
"""Parcels that fifo keeps apart in one holding; beyond them the two at the back become one, mixed in proportion."""


@dataclass(frozen=True)
class Carried:
    """:param share: float64[n], tainted part of each transfer, 0 to 1
    :param hop: int32[n], fewest transfers since the marked address, the first being 1; 0 where nothing is carried
    :param previous: int32[n], the transfer that brought the most of the taint which this one carries on; -1: none
    :param exhausted: holdings whose parcels became too many for fifo, or from which taint could go no further because
        of the cap on hops or days: what lies behind is not seen
    """

    share: Floats
    hop: Codes
    previous: Codes
    exhausted: int


def carry(
    method: str,
    source: Codes,
    target: Codes,
    leaving: Floats,
    arriving: Floats,
    at: Ints,
    mark: Marks,
    holdings: int,
    *,
    hops: int,
    window: int,
    free: int | None = None,
    floor: float = 1e-4,
) -> Carried:
    """Follow taint over n transfers in order.

    :param method: one of `METHODS`, or ``structure``
    :param leaving: amount in the source's asset, `arriving` in the target's: they differ in a swap or over a bridge.
        NaN: unknown, moves no measured taint
    :param hops: most transfers from a marked address; :param window: most seconds since the money left one
    :param free: number from which holdings are those of swaps and crossings: what leaves them is no further hop
    :param floor: share of a holding below which its taint is forgotten
    """
    n = len(source)
    share, hop = np.zeros(n), np.zeros(n, dtype=np.int32)
    previous = np.full(n, -1, dtype=np.int32)
    mark = np.where(leaving == 0.0, np.int8(STOPPED), mark)  # a transfer of nothing is how addresses are spammed
    free = holdings if free is None else free
    moved = np.nan_to_num(leaving)
    table = (source, target, moved, np.where(moved > 0.0, np.nan_to_num(arriving), 0.0), at, mark)
    if not (mark == SEEDED).any():
        return Carried(share, hop, previous, 0)
    first = int(np.argmax(mark == SEEDED))  # nothing before it can carry
    if method == "poison":
        cut = kernel(_poison, n)(source, target, at, mark, holdings, hops, window, free, first, share, hop, previous)
    elif method == "structure":
        cut = kernel(_structure, n)(
            source, target, at, mark, holdings, hops, window, free, floor, first, share, hop, previous
        )
    else:
        rule = _haircut if method == "haircut" else _fifo
        start = opening(source, target, table[2], table[3], holdings)
        cut = kernel(rule, n)(*table, start, hops, window, free, floor, share, hop, previous)
    return Carried(share, hop, previous, int(cut))


def opening(source: Codes, target: Codes, leaving: Floats, arriving: Floats, holdings: int) -> Floats:
    """float64[holdings]: the least that each had before the first row, so that it is never overdrawn."""
    found: Floats = kernel(_opening, len(source))(source, target, leaving, arriving, holdings)
    return found


def _opening(source: Codes, target: Codes, leaving: Floats, arriving: Floats, holdings: int) -> Floats:
    balance = np.zeros(holdings)
    least = np.zeros(holdings)
    for i in range(len(source)):
        if source[i] == target[i]:
            continue
        s = source[i]
        balance[s] -= leaving[i]
        if balance[s] < least[s]:
            least[s] = balance[s]
        balance[target[i]] += arriving[i]
    return -least


def _poison(
    source: Codes, target: Codes, at: Ints, mark: Marks, holdings: int, hops: int, window: int, free: int,
    first: int, share: Floats, hop: Codes, previous: Codes,
) -> int:  # fmt: skip
    reached = np.zeros(holdings, dtype=np.int32)  # hops to it, 0: not reached
    left = np.zeros(holdings, dtype=np.int64)  # when the money last to arrive had left a marked address
    via = np.full(holdings, -1, dtype=np.int32)
    cut = np.zeros(holdings, dtype=np.bool_)
    for i in range(first, len(source)):
        s, t = source[i], target[i]
        if s == t or mark[i] < 0:
            continue
        if mark[i] > 0:
            far, since = 1, at[i]
        elif reached[s] == 0:
            continue
        elif reached[s] + (s < free) > hops or at[i] - left[s] > window:
            cut[s] = True
            continue
        else:
            far, since, previous[i] = reached[s] + (s < free), left[s], via[s]
        share[i], hop[i] = 1.0, far
        if reached[t] == 0 or far < reached[t]:
            reached[t], via[t] = far, i
        left[t] = max(left[t], since)
    return int(cut.sum())


def _structure(
    source: Codes, target: Codes, at: Ints, mark: Marks, holdings: int, hops: int, window: int, free: int,
    floor: float, first: int, share: Floats, hop: Codes, previous: Codes,
) -> int:  # fmt: skip
    arrived = np.zeros(holdings, dtype=np.int64)
    tainted = np.zeros(holdings)
    reached = np.zeros(holdings, dtype=np.int32)
    left = np.zeros(holdings, dtype=np.int64)
    via = np.full(holdings, -1, dtype=np.int32)
    most = np.zeros(holdings)
    cut = np.zeros(holdings, dtype=np.bool_)
    for i in range(len(source)):
        s, t = source[i], target[i]
        if s == t:
            continue
        arrived[t] += 1
        if mark[i] < 0 or i < first:
            continue
        if mark[i] > 0:
            part, far, since = 1.0, 1, at[i]
        elif reached[s] == 0 or tainted[s] / arrived[s] < floor:
            continue
        elif reached[s] + (s < free) > hops or at[i] - left[s] > window:
            cut[s] = True
            continue
        else:
            part, far, since, previous[i] = tainted[s] / arrived[s], reached[s] + (s < free), left[s], via[s]
        share[i], hop[i] = part, far
        tainted[t] += part
        reached[t] = far if reached[t] == 0 else min(reached[t], far)
        left[t] = max(left[t], since)
        if part > most[t]:
            most[t], via[t] = part, i
    return int(cut.sum())


def _haircut(
    source: Codes, target: Codes, leaving: Floats, arriving: Floats, at: Ints, mark: Marks, start: Floats, hops: int,
    window: int, free: int, floor: float, share: Floats, hop: Codes, previous: Codes,
) -> int:  # fmt: skip
    balance = start.copy()
    holdings = len(start)
    tainted = np.zeros(holdings)
    reached = np.zeros(holdings, dtype=np.int32)
    left = np.zeros(holdings, dtype=np.int64)
    via = np.full(holdings, -1, dtype=np.int32)
    most = np.zeros(holdings)
    cut = np.zeros(holdings, dtype=np.bool_)
    for i in range(len(source)):
        s, t = source[i], target[i]
        if s == t:
            continue
        part, far, since = 0.0, 0, at[i]
        if mark[i] > 0:
            part, far = 1.0, 1
        elif mark[i] == 0 and tainted[s] > 0.0 and leaving[i] > 0.0:
            if reached[s] + (s < free) > hops or at[i] - left[s] > window:
                cut[s] = True
            else:
                part = min(1.0, tainted[s] / balance[s])
                far, since, previous[i] = reached[s] + (s < free), left[s], via[s]
        balance[s] = max(0.0, balance[s] - leaving[i])
        if part > 0.0:
            tainted[s] = max(0.0, tainted[s] - part * leaving[i])
            share[i], hop[i] = part, far
            if arriving[i] > 0.0:
                brought = part * arriving[i]
                if tainted[t] == 0.0:
                    reached[t], most[t], left[t] = far, 0.0, since
                reached[t], left[t] = min(reached[t], far), max(left[t], since)
                tainted[t] += brought
                if brought >= most[t]:
                    most[t], via[t] = brought, i
        balance[t] += arriving[i]
        if tainted[s] < floor * balance[s] or tainted[s] > balance[s]:
            tainted[s] = 0.0 if tainted[s] < floor * balance[s] else balance[s]
        if tainted[t] < floor * balance[t]:
            tainted[t] = 0.0
    return int(cut.sum())


def _fifo(  # noqa: C901, a kernel is one nest of loops
    source: Codes, target: Codes, leaving: Floats, arriving: Floats, at: Ints, mark: Marks, start: Floats, hops: int,
    window: int, free: int, floor: float, share: Floats, hop: Codes, previous: Codes,
) -> int:  # fmt: skip
    """Parcels of a holding stand in a queue, linked; each has an amount, the tainted part of it, and its history."""
    n, holdings = len(source), len(start)
    room = holdings + n + 1
    size, part = np.zeros(room), np.zeros(room)
    behind = np.full(room, -1, dtype=np.int32)
    far, via = np.zeros(room, dtype=np.int32), np.full(room, -1, dtype=np.int32)
    left = np.zeros(room, dtype=np.int64)
    head, tail = np.full(holdings, -1, dtype=np.int32), np.full(holdings, -1, dtype=np.int32)
    count = np.zeros(holdings, dtype=np.int32)
    cut = np.zeros(holdings, dtype=np.bool_)
    made = 0
    for a in range(holdings):
        if start[a] > 0.0:
            size[made], head[a], tail[a], count[a] = start[a], made, made, 1
            made += 1
    spare = -1  # parcels given back, linked
    for i in range(n):
        s, t = source[i], target[i]
        if s == t:
            continue
        if leaving[i] <= 0.0:
            if mark[i] > 0:
                share[i], hop[i] = 1.0, 1
            continue
        rate = arriving[i] / leaving[i]
        need, gone, best = leaving[i], 0.0, 0.0
        while need > 0.0:
            p = head[s]
            if p < 0:  # rounding: nothing is left to take
                took, here, ahead, came_by, since = need, 0.0, 0, -1, at[i]
                need = 0.0
            else:
                took, here, ahead = min(size[p], need), part[p], far[p] + (s < free)
                came_by, since = via[p], left[p]
                size[p] -= took
                need = 0.0 if need - took < 1e-12 * leaving[i] else need - took
                if size[p] <= 1e-12 * took:
                    head[s], count[s] = behind[p], count[s] - 1
                    if head[s] < 0:
                        tail[s] = -1
                    behind[p], spare = spare, p
            if mark[i] > 0:
                here, ahead, came_by, since = 1.0, 1, -1, at[i]
            elif mark[i] < 0:
                here = 0.0
            elif here > 0.0 and (ahead > hops or at[i] - since > window):
                cut[s] = True
                here = 0.0
            if here > 0.0:
                gone += here * took
                hop[i] = ahead if hop[i] == 0 else min(hop[i], ahead)
                if here * took > best:
                    best, previous[i] = here * took, came_by
            came = took * rate
            if came <= 0.0:
                continue
            q = tail[t]
            alike = q >= 0 and here == part[q] and (here == 0.0 or via[q] == i)
            if alike or count[t] >= PARCELS:
                cut[t] = cut[t] or not alike
                if here > 0.0:
                    far[q] = ahead if part[q] == 0.0 else min(far[q], ahead)
                    left[q] = since if part[q] == 0.0 else max(left[q], since)
                    if here * came >= part[q] * size[q]:
                        via[q] = i
                part[q] = (part[q] * size[q] + here * came) / (size[q] + came)
                if part[q] < floor:
                    part[q] = 0.0
                size[q] += came
                continue
            if spare >= 0:
                p, spare = spare, behind[spare]
            else:
                p, made = made, made + 1
            size[p], part[p], behind[p], far[p], via[p], left[p] = came, here, -1, ahead, i, since
            if q < 0:
                head[t] = p
            else:
                behind[q] = p
            tail[t], count[t] = p, count[t] + 1
        share[i] = min(1.0, gone / leaving[i])
    return int(cut.sum())
