"""Passing on: payments into an account that one out of it answers to, in amount and within hours.

Each payment answers or is answered at most once, the earliest first. What goes back to the payer is a refund, and what
goes to somebody who paid the account shortly before is pooling: neither passes anything on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["CLOSE", "find", "inflow"]

CLOSE = 1.005
"""An answer may exceed what it answers to by so much, for rounding."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(log: Log, *, window: int, kept: float, least: float, times: int, share: float, budget: int = 2000) -> Hits:
    """Accounts that passed on at least `times` payments and `share` of what they were paid, by currency.

    A hit is all that one account passed on in one currency, over the whole log; role 0: in, 1: out. So it may grow with
    every later payment, unlike what other searches find.

    :param window: seconds within which an answer must leave; :param kept: least part of the amount that it must have
    :param least: payments of smaller amounts are not looked at
    :param budget: most payments out that are tried for one in; where there were more the account counts as exhausted
    """
    answer, exhausted = chosen(_answers, len(log))(
        log.payer, log.payee, log.at, log.amount, log.currency, log.into.starts, log.into.order, log.out.starts,
        log.out.order, window, kept, least, CLOSE, budget,
    )  # fmt: skip
    came = np.flatnonzero(answer >= 0)
    group = log.payee[came].astype(np.int64) * max(1, len(log.currencies)) + log.currency[came]
    order = np.argsort(group, kind="stable")
    came, group = came[order], group[order]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(begins[1:], len(came))[: len(begins)]
    hits, roles = [], []
    for b, e in zip(begins.tolist(), ends.tolist(), strict=True):
        mine = came[b:e]
        if len(mine) < times or log.amount[mine].sum() < share * inflow(log, int(mine[0]), least)[0]:
            continue
        both = np.concatenate([mine, answer[mine]])
        turn = np.argsort(both, kind="stable")
        hits.append(both[turn])
        roles.append((turn >= len(mine)).astype(np.int8))
    starts = np.cumsum([0, *map(len, hits)]).astype(np.int64)
    none = np.zeros(0, np.int64)
    return Hits(starts, np.concatenate([none, *hits]), int(exhausted), np.concatenate([none.astype(np.int8), *roles]))


def inflow(log: Log, one: int, least: float) -> tuple[float, int]:
    """Sum and number of all payments into the account of payment `one`, in its currency, from others."""
    into, account = log.into, log.payee[one]
    mine = into.order[into.starts[account] : into.starts[account + 1]]
    mine = mine[(log.currency[mine] == log.currency[one]) & (log.amount[mine] >= least) & (log.payer[mine] != account)]
    return float(log.amount[mine].sum()), len(mine)


def _answers(
    payer: Codes, payee: Codes, at: Ints, amount: Floats, currency: Codes, into_starts: Ints, into: Codes,
    out_starts: Ints, out: Codes, window: int, kept: float, least: float, close: float, budget: int,
) -> tuple[Ints, int]:  # fmt: skip
    """Of each payment the one that answers to it, -1: none."""
    answer = np.full(len(at), -1, np.int64)
    exhausted = 0
    for a in range(len(into_starts) - 1):
        if into_starts[a] == into_starts[a + 1] or out_starts[a] == out_starts[a + 1]:
            continue
        gave_up = False
        free = np.ones(out_starts[a + 1] - out_starts[a], np.bool_)
        begin = out_starts[a]
        for k in range(into_starts[a], into_starts[a + 1]):
            i = into[k]
            if payer[i] == a or amount[i] < least:
                continue
            while begin < out_starts[a + 1] and at[out[begin]] <= at[i]:
                begin += 1
            last = begin
            while last < out_starts[a + 1] and last - begin < budget and at[out[last]] <= at[i] + window:
                last += 1
            gave_up |= last < out_starts[a + 1] and at[out[last]] <= at[i] + window
            for m in range(begin, last):
                o = out[m]
                fits = currency[o] == currency[i] and payee[o] != a and amount[o] >= least
                fits &= amount[i] * kept <= amount[o] <= amount[i] * close
                if not (fits and free[m - out_starts[a]]) or _paid_before(
                    payer, at, amount, into, into_starts[a], into_starts[a + 1], k, payee[o], at[o], window, least
                ):
                    continue
                answer[i] = o
                free[m - out_starts[a]] = False
                break
        exhausted += gave_up
    return answer, exhausted


def _paid_before(
    payer: Codes, at: Ints, amount: Floats, into: Codes, first: int, last: int, near: int, whom: int, then: int,
    window: int, least: float,
) -> bool:  # fmt: skip
    """Whether an account that is paid now paid its payer within the window before. :param near: a place among the
    payer's incoming payments, not after `then`"""
    while near + 1 < last and at[into[near + 1]] <= then:
        near += 1
    while near >= first and at[into[near]] >= then - window:
        if payer[into[near]] == whom and amount[into[near]] >= least:
            return True
        near -= 1
    return False
