"""What a payment closes: temporal cycles of two to six payments, and scatter-gathers.

Both search backwards from the payment, only over payments of earlier seconds and within the window. Cycles go level by
level, so that where the budget ends, all shorter ones have been counted. What is cut short is cut at a whole second:
then the order of payments within one decides nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.entities.compiling import fetch
from counterflow.findings.features.lists import (
    ACCOUNT,
    CHAIN,
    DROPPED,
    FRESH,
    LENGTH,
    LINK,
    NEXT,
    OTHER,
    ROW,
    SIDE,
    START,
    Array,
)  # fmt: skip

__all__ = ["BUDGET", "CAP", "HINTS", "search"]

CAP = 128
"""Latest payments of one account and side that a search looks at."""
BUDGET = 1024
"""Payments that the search for cycles closed by one payment looks at."""
RELAYED, LEAST = 2048, 16
"""Payments into relays that the search for scatter-gathers looks at, shared out among the relays: CAP each where they
are few, LEAST where they are many."""
HINTS = 1023
"""A mark lies anywhere in memory. Whether there may be one for an account is told by its last bits, close by."""
LEVELS = 4
"""Steps back from the payer; with this payment and the payee's own first step, cycles of LEVELS + 2."""
CYCLES, SHORTEST, CUT, RELAYS, SOURCES, CAPPED = 0, 5, 6, 7, 8, 9


def search(  # noqa: C901, a kernel is one nest of loops
    touched: Array, header: Array, links: Array, chain: Array, cycle: Any, relay: Any, marks: Array, stamp: Any,
    hints: Array, queue: Array, rows: Array, own: Array, out: Array, wide: Any, section: Any,
) -> Any:  # fmt: skip
    """Write the section of patterns.

    :param cycle, relay: windows; :param marks: int32[4 × accounts], scratch: whose mark, and two numbers
    :param stamp: last one used; :param hints: int32[2 × (HINTS + 1)], scratch; :param queue: int32[4 × BUDGET], scratch
    :return: last stamp used
    """
    for n in range(len(touched)):
        if n + 1 < len(touched):
            _near(np.int64(touched[n + 1]) * ACCOUNT + SIDE, header, links, chain, out, wide, section)
        v = np.int64(touched[n])
        h = v * ACCOUNT + SIDE
        into = np.int64(header[h + START]) - header[h + DROPPED]
        end = header[h + DROPPED] + header[h + LENGTH]
        o = v * ACCOUNT
        outof = np.int64(header[o + START]) - header[o + DROPPED]
        first_out, end_out = header[o + DROPPED], header[o + DROPPED] + header[o + LENGTH]
        low = high = header[h + DROPPED]
        low_out = high_out = first_out
        for k in range(header[h + FRESH], end):
            t = np.int64(links[LINK * (into + k)])
            u = np.int64(links[LINK * (into + k) + OTHER])
            place = np.int64(chain[CHAIN * (into + k) + ROW]) * wide + section
            if k + 2 < end:
                fetch(header, np.int64(links[LINK * (into + k + 2) + OTHER]) * ACCOUNT + SIDE)
                fetch(out, np.int64(chain[CHAIN * (into + k + 2) + ROW]) * wide + section)
            while links[LINK * (into + high)] < t:
                high += 1
            while low < high and links[LINK * (into + low)] < t - relay:
                low += 1
            while high_out < end_out and links[LINK * (outof + high_out)] < t:
                high_out += 1
            while low_out < high_out and links[LINK * (outof + low_out)] < t - cycle:
                low_out += 1
            for c in range(CAPPED + 1):
                out[place + c] = 0
            out[place + SHORTEST] = np.nan
            if low < high:
                stamp += 2
                _relays(u, v, t, into, low, high, relay, header, links, marks, stamp, hints, out, place)
            if low_out < high_out:
                stamp += 2
                _cycles(u, v, t, outof, low_out, high_out, header, links, marks, stamp, hints, queue, out, place)
    for i in range(len(own)):
        if own[i] >= -1:
            place = np.int64(rows[i]) * wide + section
            for c in range(CAPPED + 1):
                out[place + c] = 0
            out[place + SHORTEST] = np.nan
    return stamp


def _near(h: Any, header: Array, links: Array, chain: Array, out: Array, wide: Any, section: Any) -> None:
    """Have fetched what the search for an account's first payments begins with, while another account is searched."""
    first = np.int64(header[h + START]) + header[h + FRESH] - header[h + DROPPED]
    last = np.int64(header[h + START]) + header[h + LENGTH]
    for k in range(first, min(first + 2, last)):
        fetch(header, np.int64(links[LINK * k + OTHER]) * ACCOUNT + SIDE)
        fetch(out, np.int64(chain[CHAIN * k + ROW]) * wide + section)


def _before(links: Array, origin: Any, low: Any, high: Any, t: Any) -> Any:
    """First payment of a list, from low to high, at second t or later. Without branches that no processor can guess."""
    n = high - low
    while n > 0:
        half = (n + 1) >> 1
        low += half if links[LINK * (origin + low + half - 1)] < t else 0
        n -= half
    return low


def _whole(links: Array, origin: Any, first: Any, high: Any) -> Any:
    """From where the cap cut to the next second: of a second's payments all count or none."""
    while first < high and links[LINK * (origin + first)] == links[LINK * (origin + first - 1)]:
        first += 1
    return first


def _cap(links: Array, origin: Any, low: Any, high: Any, most: Any, t: Any) -> Any:
    """From where a search may look at payments low to high: so many of the latest; low, where the others are too old.

    :param t: earliest second that counts
    """
    first = max(low, high - most)
    if first > low and links[LINK * (origin + first - 1)] >= t:
        return _whole(links, origin, first, high)
    return low


def _relays(
    u: Any, v: Any, t: Any, into: Any, low: Any, high: Any, window: Any, header: Array, links: Array,
    marks: Array, stamp: Any, hints: Array, out: Array, place: Any,
) -> None:  # fmt: skip
    """Accounts that paid u, and that others passed on to v too."""
    h = u * ACCOUNT + SIDE
    origin = np.int64(header[h + START]) - header[h + DROPPED]
    j = _before(links, origin, header[h + DROPPED], header[h + DROPPED] + header[h + LENGTH], t)
    earliest = t - window
    if j > header[h + DROPPED] and links[LINK * (origin + j - 1)] >= earliest:
        begin = max(low, high - CAP)
        cut = begin > low
        if cut:
            begin = _whole(links, into, begin, high)
        i = _cap(links, origin, header[h + DROPPED], j, CAP, earliest)
        cut |= i > header[h + DROPPED]
        k = j
        while k > i and links[LINK * (origin + k - 1)] >= earliest:
            k -= 1
            s = np.int64(links[LINK * (origin + k) + OTHER])
            hints[s & HINTS] = stamp
            marks[4 * s] = stamp
            marks[4 * s + 1] = 0
            marks[4 * s + 2] = -1
        marks[4 * v] = 0
        most = sources = 0
        each = min(CAP, max(LEAST, RELAYED // (high - begin))) if high > begin else CAP
        for k in range(begin, high):
            fetch(header, np.int64(links[LINK * (into + k) + OTHER]) * ACCOUNT + SIDE)
        for k in range(begin, high):
            fetch(links, LINK * np.int64(header[np.int64(links[LINK * (into + k) + OTHER]) * ACCOUNT + SIDE + START]))
        for k in range(begin, high):
            after = links[LINK * (into + k) + NEXT]
            r = np.int64(links[LINK * (into + k) + OTHER])
            if r != u and (after < 0 or after >= high):
                g = r * ACCOUNT + SIDE
                oldest = np.int64(header[g + DROPPED])
                base = np.int64(header[g + START]) - oldest
                m = _before(links, base, oldest, oldest + header[g + LENGTH], np.int64(links[LINK * (into + k)]))
                first = _cap(links, base, oldest, m, each, earliest)
                cut |= first > oldest
                while m > first and links[LINK * (base + m - 1)] >= earliest:
                    m -= 1
                    s = np.int64(links[LINK * (base + m) + OTHER])
                    if hints[s & HINTS] == stamp and marks[4 * s] == stamp and marks[4 * s + 2] != k:
                        marks[4 * s + 2] = k
                        marks[4 * s + 1] += 1
                        sources += marks[4 * s + 1] == 1
                        most = max(most, marks[4 * s + 1])
        out[place + RELAYS] = most + 1 if most > 0 else 0
        out[place + SOURCES] = sources
        out[place + CAPPED] = cut


def _second(
    outof: Any, begin: Any, high: Any, t: Any, header: Array, links: Array, marks: Array, stamp: Any, hints: Array
) -> Any:
    """Mark the accounts two steps from v: only through these does the last step back lead to its payments.

    :return: whether all are marked, within the budget
    """
    looked = 0
    for k in range(begin, high):
        fetch(header, np.int64(links[LINK * (outof + k) + OTHER]) * ACCOUNT)
    for k in range(begin, high):
        x = np.int64(links[LINK * (outof + k) + OTHER])
        h = x * ACCOUNT
        if marks[4 * x + 1] != links[LINK * (outof + k)]:
            continue  # its first payment has been looked at
        origin = np.int64(header[h + START]) - header[h + DROPPED]
        j = _before(links, origin, header[h + DROPPED], header[h + DROPPED] + header[h + LENGTH], t)
        while j > header[h + DROPPED] and links[LINK * (origin + j - 1)] > links[LINK * (outof + k)]:
            j -= 1
            looked += 1
            if looked > BUDGET:
                return False
            y = np.int64(links[LINK * (origin + j) + OTHER])
            hints[HINTS + 1 + (y & HINTS)] = stamp
            marks[4 * y + 3] = stamp
    return True


def _cycles(  # noqa: C901, a kernel is one nest of loops
    u: Any, v: Any, t: Any, outof: Any, low: Any, high: Any, header: Array, links: Array, marks: Array,
    stamp: Any, hints: Array, queue: Array, out: Array, place: Any,
) -> None:  # fmt: skip
    """Ways to u from v, which v's payments low to high may begin. The queue has account, second, where it came from.

    Going back from an account, only each payer's latest payment counts: it leaves most room for those before.
    """
    begin = max(low, high - CAP)
    cut = begin > low
    if cut:
        begin = _whole(links, outof, begin, high)
    for k in range(high - 1, begin - 1, -1):
        x = np.int64(links[LINK * (outof + k) + OTHER])
        hints[x & HINTS] = stamp
        marks[4 * x] = stamp
        marks[4 * x + 1] = links[LINK * (outof + k)]
    earliest = np.int64(links[LINK * (outof + begin)]) if begin < high else t
    queue[0], queue[1], queue[2] = u, t, -1
    front, back = 0, 1
    shortest = 0
    pruned = False
    level = 1
    while level <= LEVELS and front < back:
        if level > 1:
            for e in range(front, back):
                fetch(links, LINK * np.int64(header[np.int64(queue[4 * e]) * ACCOUNT + SIDE + START]))
        if level == LEVELS - 1:
            pruned = _second(outof, begin, high, t, header, links, marks, stamp, hints)
        found = 0
        added = looked = back
        for e in range(front, back):
            h = np.int64(queue[4 * e]) * ACCOUNT + SIDE
            oldest = np.int64(header[h + DROPPED])
            origin = np.int64(header[h + START]) - oldest
            j = _before(links, origin, oldest, oldest + header[h + LENGTH], np.int64(queue[4 * e + 1]))
            first = _cap(links, origin, oldest, j, CAP, earliest)
            cut |= first > oldest
            k = j
            while k > first and links[LINK * (origin + k - 1)] >= earliest:
                k -= 1
                if 0 <= links[LINK * (origin + k) + NEXT] < j:
                    continue
                z = np.int64(links[LINK * (origin + k) + OTHER])
                ends = hints[z & HINTS] == stamp and marks[4 * z] == stamp
                ends = ends and marks[4 * z + 1] < links[LINK * (origin + k)]
                goes = level < LEVELS
                if pruned:
                    goes = goes and hints[HINTS + 1 + (z & HINTS)] == stamp and marks[4 * z + 3] == stamp
                if not (ends or goes or level == 1):
                    continue
                if z == v:
                    if level == 1:
                        out[place + CYCLES] = 1
                        shortest = 2
                    continue
                met = False
                up = np.int64(e)
                while up >= 0:
                    met |= queue[4 * up] == z
                    up = np.int64(queue[4 * up + 2])
                if met:
                    continue
                if goes and added < BUDGET:
                    fetch(header, z * ACCOUNT + SIDE)
                    queue[4 * added], queue[4 * added + 1], queue[4 * added + 2] = z, links[LINK * (origin + k)], e
                    added += 1
                found += ends
            looked += j - k
            if looked > BUDGET:
                break
        if looked > BUDGET:
            cut = True
            break
        if found > 0:
            out[place + CYCLES + level] = found
            if shortest == 0:
                shortest = level + 2
        front, back = back, added
        level += 1
    if shortest > 0:
        out[place + SHORTEST] = shortest
    out[place + CUT] = cut
