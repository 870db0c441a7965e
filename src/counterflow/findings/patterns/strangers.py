"""Strangers: whether those who deal with an account for the first time do anything else, and whether they pay alike.

Both add to a hit's surprise. People who were sent often do nothing else; who comes by chance has a life of its own. And
one hand that pays through many splits a sum alike, while what strangers pay by chance spreads over orders of magnitude.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.chance import COINCIDENCE, SPREAD
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.hits import Hits
    from counterflow.findings.patterns.log import Log

__all__ = ["CHANCE", "LIKENESS", "SENT", "alike", "alone", "rest"]

SENT, CHANCE = 0.15, 0.04
"""Of strangers who were sent, so many do nothing else; of those who come by chance, at least so many: judged, not
fitted. Where only one bank's payments are seen most strangers look idle: as many are expected as were seen before."""
LIKENESS = 0.5
"""A hit that falls short of a floor by no more is looked at again: that strangers pay alike may make up for it."""
SEEN = 10
"""So many earlier payments of an account say as much of what is usual for it as what is known of all accounts."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def alike(log: Log, hits: Hits, hub: Codes | None = None) -> Floats:
    """float64[hits]: half the decimal logarithm of how unlikely it is that so many first payments are so near each
    other in worth: the best that more than half of them show, less what the choice among these is worth.

    Half, because prices and salaries are alike too; and unlike amounts take nothing away. Of an account whose earlier
    strangers paid, or were paid, such amounts as well, nothing is unlikely.

    :param hub: of each payment the account that its hit is about; None: they are about none
    """
    into, out = log.fresh_into, log.fresh_out
    about = np.full(len(hits), -1, dtype=np.int32) if hub is None else hub[hits.members[hits.starts[:-1]]]
    found: Floats = chosen(_alike, len(log))(
        hits.starts, hits.members, log.opened, np.log(log.worth), about, into.starts, into.order, out.starts, out.order
    )
    return found / 2


def alone(log: Log, hits: Hits, *, window: int, history: int) -> Floats:
    """float64[hits]: half the decimal logarithm of how much likelier such strangers are sent than come by chance: how
    many of them do nothing else for `history` seconds before and `window` seconds after the hit's first payment.

    How many are idle by chance was seen a window ago, of all accounts and of this one. Half, because some launderers'
    strangers have ordinary business too, and of many busy ones the whole would outweigh that they are many.

    :param hits: all of whose members are first payments; roles: 0 into the account, 1 out of it
    """
    found = np.zeros(len(hits))
    if not len(hits) or hits.role is None:
        return found
    fresh = log.opened == np.arange(len(log))
    firsts = np.cumsum(fresh)
    for role, other, quiet, hub, own in (
        (0, log.payer, log.quiet_payer, log.payee, log.fresh_into),
        (1, log.payee, log.quiet_payee, log.payer, log.fresh_out),
    ):
        after = chosen(rest, len(log))(log.payer, log.payee, other, log.at, len(log.accounts))
        idle = fresh & ((quiet < 0) | (quiet > history)) & ((after < 0) | (after > window))
        found += chosen(_alone, len(log))(
            hits.starts, hits.members, hits.role, role, log.at, quiet, after, idle, np.cumsum(idle), firsts, hub,
            own.starts, own.order, window, history,
        )  # fmt: skip
    return found / 2


def rest(payer: Codes, payee: Codes, other: Codes, at: Ints, accounts: int) -> Ints:
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


def _alike(  # noqa: C901, a kernel is one nest of loops
    starts: Ints, members: Ints, opened: Codes, worth: Floats, about: Codes, into: Ints, paid: Codes, out: Ints,
    paying: Codes,
) -> Floats:  # fmt: skip
    """The chance that k of n spread evenly lie within a span: n over k, times k, times the span to the power k - 1."""
    found = np.zeros(len(starts) - 1)
    for h in range(len(starts) - 1):
        near = np.empty(starts[h + 1] - starts[h])
        n = 0
        for i in members[starts[h] : starts[h + 1]]:
            if opened[i] == i and np.isfinite(worth[i]):
                near[n] = worth[i]
                n += 1
        if n < 3:
            continue
        near = np.sort(near[:n])
        least = n // 2 + 1
        best = 0.0
        for k in range(least, n + 1):
            low, width = near[0], near[n - 1] - near[0]
            for first in range(n - k + 1):
                if near[first + k - 1] - near[first] < width:
                    low, width = near[first], near[first + k - 1] - near[first]
            ways = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0) + math.log(k)
            share = min(1.0, COINCIDENCE + width / SPREAD)
            if ways + (k - 1) * math.log(share) > -best * math.log(10.0):
                continue
            a, seen, inside = about[h], 0, 0
            if a >= 0:
                for p in range(into[a], into[a + 1]):
                    if paid[p] >= members[starts[h]]:
                        break
                    seen += 1
                    inside += abs(worth[paid[p]] - low - width / 2) <= width / 2 + COINCIDENCE
                for p in range(out[a], out[a + 1]):
                    if paying[p] >= members[starts[h]]:
                        break
                    seen += 1
                    inside += abs(worth[paying[p]] - low - width / 2) <= width / 2 + COINCIDENCE
            share = max(share, (SEEN * share + inside) / (SEEN + seen))
            best = max(best, -(ways + (k - 1) * math.log(share)) / math.log(10.0))
        found[h] = max(0.0, best - math.log10(n - least + 1.0))
    return found


def _alone(
    starts: Ints, members: Ints, roles: Ints, role: int, at: Ints, quiet: Ints, after: Ints, idle: Flags, idlers: Ints,
    firsts: Ints, hub: Codes, begins: Ints, order: Codes, window: int, history: int,
) -> Floats:  # fmt: skip
    found = np.zeros(len(starts) - 1)
    for h in range(len(starts) - 1):
        i = members[starts[h]]
        a, met, own = -1, 0, 0
        lone, busy = 0.0, 0.0
        for p in range(starts[h], starts[h + 1]):
            j = members[p]
            if roles[p] != role:
                continue
            if a < 0:
                a = hub[j]
                for k in range(begins[a], begins[a + 1]):
                    if at[order[k]] >= at[i] - window:
                        break
                    met += 1
                    own += idle[order[k]]
                then = np.searchsorted(at, at[i] - window)
                share = CHANCE
                if then > 0:
                    share = max(CHANCE, (1000 * CHANCE + idlers[then - 1]) / (1000 + firsts[then - 1]))
                share = max(CHANCE, (50 * share + own) / (50 + met))
                if share < SENT:
                    lone, busy = math.log10(SENT / share), math.log10((1 - SENT) / (1 - share))
            quiet_before = quiet[j] < 0 or at[j] - quiet[j] < at[i] - history
            found[h] += lone if quiet_before and (after[j] < 0 or at[j] + after[j] > at[i] + window) else busy
    return found
