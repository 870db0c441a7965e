"""Fans: one account that many strangers pay, or that pays many strangers, within days.

A stranger is a counterparty that had never before been paid by (or paid) the account; what strangers pay again within
the window belongs to the fan. Three strangers in a week are nothing for a shop and a lot for an account that sees one a
year: so each fan bears its *surprise*, how unlikely so many are, given what the account saw before; and strangers who do
nothing else say more than those who deal with everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from counterflow.entities.compiling import compiled
from counterflow.findings.patterns.hits import Hits

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["DAY", "find"]

DAY = 86400
LONE, BUSY = np.log10(0.15 / 0.04), np.log10(0.85 / 0.96)
"""What one stranger adds to the surprise: of those who were sent, some 15 in 100 do nothing else; of those who come by
chance, 4. Judged, not fitted: where only one bank's payments are seen, strangers look idler than they are."""
SHAPE = 0.5
"""How alike accounts are taken to be before anything is known of them (gamma shape): below 1, a few meet most strangers.
Where the data begin, a busy account must not look like a sudden one."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(
    log: Log,
    *,
    side: Literal["in", "out"],
    window: int = 5 * DAY,
    least: int = 3,
    most: int = 500,
    history: int = 60 * DAY,
    usual: float = 4.0,
    floor: float = 1.5,
    since: int = 0,
) -> Hits:
    """Fans of at least `least` strangers within `window` seconds of their first payment.

    A hit begins with the first payment of a stranger, and holds whatever those who were strangers at its beginning pay
    within the window. A window whose strangers are all in the window before it is not told again.

    :param side: ``in`` many pay one, ``out`` one pays many
    :param most: a window with more payments of strangers is not looked through and counted as exhausted: a shop, a
        payroll, a payment institution
    :param history: seconds before the window whose strangers say what is usual for the account
    :param usual: strangers within a window that are usual for an account of which nothing is known
    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    """
    hub, other, sides = (log.payee, log.payer, log.into) if side == "in" else (log.payer, log.payee, log.out)
    if not len(log):
        return Hits(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), surprise=np.zeros(0))
    first, began = compiled(_first)(hub, other, sides.starts, sides.order)
    before = log.quiet_payer if side == "in" else log.quiet_payee
    after = compiled(_rest)(log.payer, log.payee, other, log.at, len(log.accounts))
    anchors, size, surprise, exhausted = compiled(_windows)(
        log.at, first, began, before, after, sides.starts, sides.order, window, least, most, history, usual, floor, since
    )
    order = np.argsort(anchors, kind="stable")  # by time, whichever account they are of
    starts = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum(size[order], out=starts[1:])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = starts[:-1]
    members = compiled(_members)(log.at, began, sides.starts, sides.order, hub, anchors, place, size, window)
    return Hits(starts, members, int(exhausted), surprise=surprise[order])


def _first(hub: Codes, other: Codes, starts: Ints, order: Codes) -> tuple[Ints, Codes]:
    """By place in `order`: how many strangers the account had met before, -1 where the counterparty is none; and by
    payment, which payment was the first between the two (-1: a payment to oneself)."""
    n, accounts = len(hub), len(starts) - 1
    met = np.full(n, -1, dtype=np.int64)
    began = np.full(n, -1, dtype=np.int32)
    whose = np.full(accounts, -1, dtype=np.int32)
    opening = np.zeros(accounts, dtype=np.int32)
    for a in range(accounts):
        count = 0
        for k in range(starts[a], starts[a + 1]):
            i = order[k]
            b = other[i]
            if b == a:
                continue
            if whose[b] != a:
                whose[b] = a
                opening[b] = i
                met[k] = count
                count += 1
            began[i] = opening[b]
    return met, began


def _windows(
    at: Ints, first: Ints, began: Codes, before: Ints, after: Ints, starts: Ints, order: Codes, window: int, least: int,
    most: int, history: int, usual: float, floor: float, since: int,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """First payment, number of payments and surprise of each fan; how many windows were too full."""
    anchors = np.empty(1024, dtype=np.int64)
    size = np.empty(1024, dtype=np.int64)
    surprise = np.empty(1024, dtype=np.float64)
    found = 0
    exhausted = 0
    for a in range(len(starts) - 1):
        end, past, reached, strangers_to = starts[a], starts[a], -1, 0
        strangers = 0
        for k in range(starts[a], starts[a + 1]):
            if first[k] < 0:
                continue
            i = order[k]
            # `end`: the first place past the window; `strangers_to`: strangers met up to there
            while end < starts[a + 1] and at[order[end]] <= at[i] + window:
                if first[end] >= 0:
                    strangers_to = first[end] + 1
                end += 1
            while at[order[past]] < at[i] - history:
                past += 1
            strangers = strangers_to - first[k]
            grown = end > reached and strangers_to > 0
            if strangers < least or not grown:
                continue
            # only where the window reached a stranger that the one before it did not
            if reached >= 0:
                new = False
                for q in range(reached, end):
                    new = new or first[q] >= 0
                if not new:
                    continue
            reached = end
            if i < since:
                continue
            if end - k > 4 * most:
                exhausted += 1
                continue
            members = 0
            for q in range(k, end):
                members += began[order[q]] >= i
            if members > most:
                exhausted += 1
                continue
            q = past
            while first[q] < 0:
                q += 1
            watched = min(history, at[i] - at[0])
            s = _unlikely(strangers - 1, first[k] - first[q] + SHAPE, (watched + SHAPE * window / usual) / window)
            if s + strangers * LONE < floor:
                continue
            for q in range(k, end):
                j = order[q]
                if first[q] >= 0:
                    idle = before[j] < 0 or at[j] - before[j] < at[i] - history
                    s += LONE if idle and (after[j] < 0 or at[j] + after[j] > at[i] + window) else BUSY
            if s < floor:
                continue
            if found == len(anchors):
                anchors = np.concatenate((anchors, np.empty_like(anchors)))
                size = np.concatenate((size, np.empty_like(size)))
                surprise = np.concatenate((surprise, np.empty_like(surprise)))
            anchors[found], size[found], surprise[found] = i, members, s
            found += 1
    return anchors[:found], size[:found], surprise[:found], exhausted


def _rest(payer: Codes, payee: Codes, other: Codes, at: Ints, accounts: int) -> Ints:
    """Of each payment the seconds until its counterparty next pays or is paid, -1: not as far as the log goes."""
    rest = np.full(len(at), -1, dtype=np.int64)
    coming = np.full(accounts, -1, dtype=np.int64)
    end = len(at)
    while end > 0:  # payments of one second see none of each other
        begin = end
        while begin > 0 and at[begin - 1] == at[end - 1]:
            begin -= 1
            if coming[other[begin]] >= 0:
                rest[begin] = coming[other[begin]] - at[begin]
        for i in range(begin, end):
            coming[payer[i]] = at[i]
            coming[payee[i]] = at[i]
        end = begin
    return rest


def _unlikely(more: int, shape: float, windows: float) -> float:
    """-log10 of the chance of at least `more` strangers in a window, where `shape` were seen in so many `windows`.

    The count is Poisson, its rate not known but gamma distributed: the sum is the tail of a negative binomial.
    """
    stay = windows / (windows + 1.0)
    # from the first term on, each times the ratio to the next: the tail, not one minus the head, for it may be tiny
    log = shape * np.log(stay)
    for j in range(more):
        log += np.log((shape + j) / (j + 1.0) * (1.0 - stay))
    term, tail, j = 1.0, 1.0, more
    while term > 1e-6 * tail and j < more + 10_000:
        term *= (shape + j) / (j + 1.0) * (1.0 - stay)
        tail += term
        j += 1
    return -(log + np.log(tail)) / np.log(10.0)


def _members(
    at: Ints, began: Codes, starts: Ints, order: Codes, hub: Codes, anchors: Ints, place: Ints, size: Ints, window: int
) -> Ints:  # fmt: skip
    members = np.empty(size.sum(), dtype=np.int64)
    for h in range(len(anchors)):
        i = anchors[h]
        a = hub[i]
        low, high = starts[a], starts[a + 1]
        while low < high:  # the place of the first payment in its account's list
            middle = (low + high) // 2
            if order[middle] < i:
                low = middle + 1
            else:
                high = middle
        put = place[h]
        while put < place[h] + size[h]:
            if began[order[low]] >= i:
                members[put] = order[low]
                put += 1
            low += 1
    return members
