"""Fans: one account that many strangers pay, or that pays many strangers, within days.

A stranger is a counterparty that had never before been paid by (or paid) the account; what strangers pay again within
the window belongs to the fan. Three strangers in a week are nothing for a shop and a lot for an account that sees one a
year: so each fan bears its *surprise*, how unlikely so many are, given what the account saw before. Strangers who do
nothing else say more than those who deal with everybody.

A shop that opens is surprising once. So a fan that is surprising enough begins a new pace, and what follows within the
time that says what is usual has to surprise by that pace too: by how many strangers came since, how many just before,
and how many of them did nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.patterns.hits import Hits, room
from counterflow.findings.patterns.kernels import chosen
from counterflow.findings.patterns.strangers import CHANCE, SEEN, SENT, rest

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find", "settled", "unlikely"]

SHAPE = 0.5
"""How alike accounts are taken to be before anything is known of them (gamma shape): below 1, a few meet most of all
strangers. Where the data begin, a busy account must not look like a sudden one."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


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
    again: float = 3.0,
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
    :param again: surprise from which a fan begins a new pace of the account, by which later ones are measured
    :param since: only hits whose first payment is at or after this place in the log
    """
    hub, other, sides = (log.payee, log.payer, log.into) if side == "in" else (log.payer, log.payee, log.out)
    if not len(log):
        return Hits(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), surprise=np.zeros(0))
    opened = log.opened
    met = chosen(_met, len(log))(opened, sides.starts, sides.order)
    before = log.quiet_payer if side == "in" else log.quiet_payee
    after = chosen(rest, len(log))(log.payer, log.payee, other, log.at, len(log.accounts))
    # strangers that did nothing else, and all: up to each place of the log
    idle = (opened == np.arange(len(log))) & ((before < 0) | (before > history)) & ((after < 0) | (after > window))
    idlers, firsts = np.cumsum(idle), np.cumsum(opened == np.arange(len(log)))
    anchors, size, surprise, exhausted = chosen(_windows, len(log))(
        log.at,
        met,
        opened,
        before,
        after,
        idle,
        idlers,
        firsts,
        sides.starts,
        sides.order,
        window,
        least,
        most,
        history,
        usual,
        floor,
        again,
        since,
    )
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])
    members = chosen(_members, len(log))(opened, sides.starts, sides.order, hub, anchors, starts)
    return Hits(starts, members, int(exhausted), surprise=surprise).by_first()


def settled(log: Log, hits: Hits, watched: int, floor: float, early: float) -> Hits:
    """Of fans, or of whatever strangers do, that of at least a surprise of `floor`, with payments known for `watched`
    seconds before.

    Where the data begin everybody is a stranger: what begins there teaches what is usual and is not told, unless the
    data are shorter than twice as long, so that there is nothing better to go by. Then a surprise of `early` has to do.
    """
    if not len(hits) or hits.surprise is None:
        return hits
    known = log.at[hits.members[hits.starts[:-1]]] - log.at[0] >= watched
    short = bool(log.at[-1] - log.at[0] < 2 * watched)
    return hits.select(np.where(known, hits.surprise >= floor, short & (hits.surprise >= early)))


def _met(opened: Codes, starts: Ints, order: Codes) -> Ints:
    """By place in `order`: how many strangers the account has met up to and with it."""
    met = np.zeros(len(order), dtype=np.int64)
    for a in range(len(starts) - 1):
        count = 0
        for k in range(starts[a], starts[a + 1]):
            count += opened[order[k]] == order[k]
            met[k] = count
    return met


def _windows(  # noqa: C901, a kernel is one nest of loops
    at: Ints, met: Ints, opened: Codes, before: Ints, after: Ints, idle: Flags, idlers: Ints, firsts: Ints,
    starts: Ints, order: Codes, window: int, least: int, most: int, history: int, usual: float, floor: float,
    again: float, since: int,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """First payment, number of payments and surprise of each fan; how many windows were too full."""
    anchors = np.empty(1024, dtype=np.int64)
    size = np.empty(1024, dtype=np.int64)
    surprise = np.empty(1024, dtype=np.float64)
    found = 0
    exhausted = 0
    for a in range(len(starts) - 1):
        end, past, near, ripe, told, own = starts[a], starts[a], starts[a], starts[a], 0, 0
        pace = -1  # where the account's last change of pace began
        for k in range(starts[a], starts[a + 1]):
            i = order[k]
            if opened[i] != i:
                continue
            while end < starts[a + 1] and at[order[end]] <= at[i] + window:
                end += 1
            while at[order[past]] < at[i] - history:
                past += 1
            strangers = met[end - 1] - met[k] + 1
            if strangers < least or met[end - 1] == told:  # none that the window before did not reach
                continue
            told = met[end - 1]
            members = 0
            if strangers <= most:
                for q in range(k, min(end, k + 4 * most)):
                    members += opened[order[q]] >= i
            if strangers > most or members > most or end - k > 4 * most:
                exhausted += i >= since
                continue
            known = met[k] - 1 - (met[past - 1] if past > starts[a] else 0)
            watched = min(history, at[i] - at[0])
            s = unlikely(strangers - 1, known + SHAPE, (watched + SHAPE * window / usual) / window)
            gone = at[i] - at[order[pace]] if pace >= 0 else 0
            if window < gone <= history:
                while at[order[near]] < at[i] - window:
                    near += 1
                lately = met[k] - 1 - (met[near - 1] if near > starts[a] else 0)
                s = min(
                    s,
                    unlikely(strangers - 1, met[k] - met[pace] + SHAPE, gone / window + SHAPE / usual),
                    unlikely(strangers - 1, lately + SHAPE, 1.0 + SHAPE / usual),
                )
            if s + strangers * np.log10(SENT / CHANCE) < floor:
                continue
            # how many of its strangers did nothing else is known of those a window ago, of all accounts and of this one
            while at[order[ripe]] < at[i] - window:
                own += idle[order[ripe]]
                ripe += 1
            then = np.searchsorted(at, at[i] - window)
            share = CHANCE if then == 0 else max(CHANCE, (1000 * CHANCE + idlers[then - 1]) / (1000 + firsts[then - 1]))
            if window < gone <= history:  # so far as is known by now of those since its pace changed
                kind, came = 0, 0
                for q in range(pace, k):
                    j = order[q]
                    if opened[j] == j:
                        came += 1
                        kind += (before[j] < 0 or before[j] > history) and (after[j] < 0 or at[j] + after[j] >= at[i])
                share = max(CHANCE, (SEEN * share + kind) / (SEEN + came))
            else:
                share = max(CHANCE, (50 * share + own) / (50 + (met[ripe - 1] if ripe > starts[a] else 0)))
            sent = max(SENT, share)
            lone, busy = np.log10(sent / share), np.log10((1 - sent) / (1 - share)) if share < SENT else 0.0
            for q in range(k, end):
                j = order[q]
                if opened[j] == j:
                    alone = before[j] < 0 or at[j] - before[j] < at[i] - history
                    s += lone if alone and (after[j] < 0 or at[j] + after[j] > at[i] + window) else busy
            if s >= again and (pace < 0 or gone > window):
                pace = k
            if s < floor or i < since:
                continue
            anchors, size = room(anchors, found + 1), room(size, found + 1)
            surprise = room(surprise, found + 1)
            anchors[found], size[found], surprise[found] = i, members, s
            found += 1
    return anchors[:found], size[:found], surprise[:found], exhausted


def unlikely(more: int, shape: float, windows: float) -> float:
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
    return float(-(log + np.log(tail)) / np.log(10.0))


def _members(opened: Codes, starts: Ints, order: Codes, hub: Codes, anchors: Ints, place: Ints) -> Ints:
    members = np.empty(place[-1], dtype=np.int64)
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
        while put < place[h + 1]:
            if opened[order[low]] >= i:
                members[put] = order[low]
                put += 1
            low += 1
    return members
