"""Just below a line: payments into one account that each stay a little under an amount, many within days.

An account that handles such amounts every day is told apart by what it does just above the line, where whoever cuts
payments up leaves a hole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.hits import Hits

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["ABOVE", "above", "find"]

ABOVE = 1.2
"""Times the line up to which a payment is just above it."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(log: Log, *, lines: Mapping[str, float], window: int, times: int, below: float, hole: float) -> Hits:
    """Series of at least `times` payments below the line into one account within `window` seconds, in one currency.

    Windows that overlap are one series, so a hit may last longer than a window.

    :param lines: ISO 4217 → amount; other currencies are not looked at
    :param below: least part of that amount; :param hole: how many times more payments below than just above it
    """
    line = _lines(log, lines)
    under = np.flatnonzero((log.amount < line) & (log.amount >= line * below) & (log.payer != log.payee))
    order = under[np.lexsort((under, log.currency[under], log.payee[under]))]
    group = log.payee[order].astype(np.int64) * max(1, len(log.currencies)) + log.currency[order]
    n = len(order)
    if n < times:
        return Hits(np.zeros(1, np.int64), np.zeros(0, np.int64))
    last = np.arange(times - 1, n)
    first = last - times + 1
    full = last[(group[first] == group[last]) & (log.at[order[last]] - log.at[order[first]] <= window)]
    # each full window covers `times` places; those that touch or overlap are one run
    cover = np.zeros(n + 1, np.int64)
    np.add.at(cover, full - times + 1, 1)
    np.add.at(cover, full + 1, -1)
    inside = np.cumsum(cover[:-1]) > 0
    begins = np.flatnonzero(inside & ~(np.roll(inside, 1) & (np.roll(group, 1) == group) & (np.arange(n) > 0)))
    ends = np.flatnonzero(inside & ~(np.roll(inside, -1) & (np.roll(group, -1) == group) & (np.arange(n) < n - 1)))
    kept = []
    for b, e in zip(begins.tolist(), ends.tolist(), strict=True):
        members = order[b : e + 1]
        if len(members) >= hole * above(log, members, float(line[members[0]])):
            kept.append(members)
    kept.sort(key=lambda members: (int(members[0]), int(log.payee[members[0]])))
    starts = np.cumsum([0, *map(len, kept)]).astype(np.int64)
    return Hits(starts, np.concatenate([np.zeros(0, np.int64), *kept]))


def above(log: Log, members: Ints, line: float) -> int:
    """Payments just above the line into the same account in the same currency, in the time of these."""
    first = members[0]
    into = log.into
    mine = into.order[into.starts[log.payee[first]] : into.starts[log.payee[first] + 1]]
    amount, at = log.amount[mine], log.at[mine]
    near = (amount >= line) & (amount < line * ABOVE) & (log.currency[mine] == log.currency[first])
    during = (at >= log.at[first]) & (at <= log.at[members[-1]])
    return int((near & during & (log.payer[mine] != log.payee[mine])).sum())


def _lines(log: Log, lines: Mapping[str, float]) -> Floats:
    """float64[n]: the line of each payment's currency, NaN where there is none."""
    known = np.array([lines.get(c, np.nan) for c in log.currencies.to_pylist()], np.float64)
    return known[log.currency] if len(known) else np.zeros(0, np.float64)
