"""Layers: several accounts each paying several of the same accounts (bipartite), which may each pay several of the same
accounts in turn (stack).

Two clients of one bank who both pay the same two shops are nothing. What counts is how unlikely it is that somebody who
pays one of these payees pays a second and a third of them within the days: by how many accounts he pays for the first
time, how many pay these payees, and how many such payments there are in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen, span

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Roles = np.ndarray[Any, np.dtype[np.int8]]


def find(
    log: Log,
    *,
    stacked: bool,
    window: int = 72 * HOUR,
    most: int = 32,
    floor: float = 4.0,
    since: int = 0,
) -> Hits:
    """Bipartite groups, or stacks of two of them.

    A hit begins with a payment from an account u, and holds the first payments between pairs within the window: of
    the accounts that u pays, those that at least one other pays who pays at least two of them. In a stack, the payees
    pay on, soon after each was first paid, at least two accounts that at least two of them pay. Roles: 0
    the first layer, 1 the second.

    :param window: seconds from the first payment to the last; in a stack, half of it for each layer
    :param most: an account that pays, or is paid by, more strangers within the window is passed over, and counted as
        exhausted: a payroll, a shop
    :param floor: least surprise, decimal logarithm of how unlikely one is to begin anywhere within the window
    :param since: only hits whose first payment is at or after this place in the log
    """
    begin = earliest(log.at, since, window)
    out, into = log.fresh_out, log.fresh_into
    layer = window // 2 if stacked else window
    starts, members, roles, surprise, exhausted = chosen(_search, len(log))(
        log.payer, log.payee, log.at, out.starts, out.order, into.starts, into.order, begin, since, layer, most, floor,
        stacked,
    )  # fmt: skip
    hits = Hits(starts, members, int(exhausted), roles if stacked else None, surprise).outermost()
    return hits.select(hits.members[hits.starts[:-1]] >= since)


def _search(  # noqa: C901, a kernel is one nest of loops
    payer: Codes, payee: Codes, at: Ints, out: Ints, paying: Codes, into: Ints, paid: Codes, begin: int, since: int,
    window: int, most: int, floor: float, stacked: bool,
) -> tuple[Ints, Ints, Roles, Floats, int]:  # fmt: skip
    starting = np.zeros(64, dtype=np.int64)
    members = np.zeros(512, dtype=np.int64)
    roles = np.zeros(512, dtype=np.int8)
    surprise = np.zeros(64)
    found, exhausted = 0, 0
    edge = np.empty(most * (most + 1), dtype=np.int64)
    second = np.empty(most * most, dtype=np.int64)
    pays = np.zeros(len(out), dtype=np.int32)
    gets = np.zeros(len(out), dtype=np.int32)
    near = np.full(len(out), -1, dtype=np.int64)
    target, source = payee[paying], payer[paid]  # side by side, for they are read millions of times
    past, last = 0, 0
    for first in np.sort(paying):
        while last < len(at) and at[last] <= at[first] + window:
            last += 1
        while at[past] < at[first] - window:
            past += 1
        u, v = payer[first], payee[first]
        if first < begin or out[u + 1] - out[u] < 2 or into[v + 1] - into[v] < 2:
            continue
        a, z = span(paying, out[u], out[u + 1], first, last)
        c, d = span(paid, into[v], into[v + 1], first, last)
        if z - a < 2 or d - c < 2:
            continue
        if stacked:  # this is the first that v is paid, and v must pay two on
            onward = span(paying, out[v], out[v + 1], first + 1, last)
            if onward[1] - onward[0] < 2:
                continue
        # the window before as well: the end of a payroll is no small group
        paid_out = span(paying, out[u], out[u + 1], past, last)
        if paid_out[1] - paid_out[0] > most or d - c > most:
            exhausted += first >= since
            continue
        for p in range(c + 1, d):
            near[source[p]] = first
        # whoever else pays v must pay another of them as well
        crowded, linked = False, False
        for q in range(a + 1, z):
            c, d = span(paid, into[target[q]], into[target[q] + 1], first, last)
            crowded = crowded or d - c > most
            if d - c <= most:
                for p in range(c, d):
                    linked = linked or near[source[p]] == first
        exhausted += crowded and first >= since
        if not linked:
            continue
        n, choices = 0, 0
        for q in range(a, z):
            c, d = span(paid, into[target[q]], into[target[q] + 1], first, last)
            if 2 <= d - c <= most:
                choices += d - c
                edge[n : n + d - c] = paid[c:d]
                n += d - c
        n = _core(payer, payee, edge, n, pays, gets)
        m = 0
        if stacked and n >= 4:
            n, m, crowded = _onward(payer, payee, at, out, paying, edge, n, second, window, most, pays, gets)
            exhausted += crowded and first >= since
        if n < 4 or (stacked and m < 4) or not _has(edge, n, first):
            continue
        s = _surprise(payer, edge, n, u, choices, last - first, paying, out, first, last, pays)
        if m:
            end = np.searchsorted(at, at[first] + 2 * window, side="right")
            heard = 0
            for e in second[:m]:
                if gets[payee[e]] == 0:
                    c, d = span(paid, into[payee[e]], into[payee[e] + 1], first, end)
                    heard += d - c
                    gets[payee[e]] = 1
            for e in second[:m]:
                gets[payee[e]] = 0
            s += _surprise(payer, second, m, payer[second[0]], heard, end - first, paying, out, first, end, pays)
        s -= np.log10(last - first)  # so many payments might have begun one
        if s < floor:
            continue
        put, size = starting[found], n + m
        members, roles = room(members, put + size), room(roles, put + size)
        starting, surprise = room(starting, found + 2), room(surprise, found + 1)
        both = np.concatenate((edge[:n], second[:m]))
        order = np.argsort(both)
        for k in range(size):
            members[put + k], roles[put + k] = both[order[k]], order[k] >= n
        surprise[found] = s
        found += 1
        starting[found] = put + size
    filled = starting[found]
    return starting[: found + 1], members[:filled], roles[:filled], surprise[:found], exhausted


def _has(edge: Ints, n: int, first: int) -> bool:
    found = False
    for e in edge[:n]:
        found = found or e == first
    return found


def _core(payer: Codes, payee: Codes, edge: Ints, n: int, pays: Codes, gets: Codes) -> int:
    """Put first, and count, the edges left when whoever pays or is paid by fewer than two of the others is left out."""
    before = -1
    while n != before:
        before = n
        for e in edge[:n]:
            pays[payer[e]] += 1
            gets[payee[e]] += 1
        kept = 0
        for k in range(n):
            e = edge[k]
            if pays[payer[e]] >= 2 and gets[payee[e]] >= 2:
                edge[k], edge[kept] = edge[kept], e
                kept += 1
        for e in edge[:n]:
            pays[payer[e]] = 0
            gets[payee[e]] = 0
        n = kept
    return n


def _onward(  # noqa: C901, a kernel is one nest of loops
    payer: Codes, payee: Codes, at: Ints, out: Ints, paying: Codes, edge: Ints, n: int, second: Ints, window: int,
    most: int, pays: Codes, gets: Codes,
) -> tuple[int, int, bool]:  # fmt: skip
    """How many edges are left of the first layer, and of the one put into `second`, when each account of the middle is
    in both."""
    crowded = False
    while True:
        m = 0
        for k in range(n):
            v = payee[edge[k]]
            earliest_in = edge[k]
            for e in edge[:n]:
                if payee[e] == v and e < earliest_in:
                    earliest_in = e
            if earliest_in != edge[k]:
                continue
            end = np.searchsorted(at, at[edge[k]] + window, side="right")
            a, z = span(paying, out[v], out[v + 1], edge[k] + 1, end)
            if z - a > most or m + z - a > len(second):
                crowded = True
                continue
            for q in range(a, z):
                w = payee[paying[q]]
                upper = at[paying[q]] <= at[edge[k]]
                for e in edge[:n]:
                    upper = upper or payer[e] == w or payee[e] == w
                if not upper:
                    second[m] = paying[q]
                    m += 1
        m = _core(payer, payee, second, m, pays, gets)
        for e in second[:m]:
            gets[payer[e]] = 1
        kept = 0
        for k in range(n):
            e = edge[k]
            if gets[payee[e]]:
                edge[k], edge[kept] = edge[kept], e
                kept += 1
        for e in second[:m]:
            gets[payer[e]] = 0
        left = _core(payer, payee, edge, kept, pays, gets)
        if left == n or left < 4 or m < 4:
            return left, m if left >= 4 else 0, crowded
        n = left


def _surprise(
    payer: Codes, edge: Ints, n: int, lead: int, choices: int, total: int, paying: Codes, out: Ints, first: int,
    last: int, pays: Codes,
) -> float:  # fmt: skip
    """For each payer but `lead`: one of the `choices`, payments to these payees, brought it here; that it pays others
    of them as well is chance, by how many but the group's own pay them."""
    for e in edge[:n]:
        pays[payer[e]] += 1
    s = 0.0
    for e in edge[:n]:
        w = payer[e]
        if w == lead or pays[w] == 0:
            continue
        a, z = span(paying, out[w], out[w + 1], first, last)
        expected = choices * min(1.0, (z - a) * (choices - n + 1.0) / total) ** (pays[w] - 1)
        s -= np.log10(min(1.0, expected))
        pays[w] = 0
    for e in edge[:n]:
        pays[payer[e]] = 0
    return s
