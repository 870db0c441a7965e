"""Temporal cycles: payments that come back to where they started, each later than the one before. A kernel over arrays.

A depth-first search from every payment over time-ordered out-edges, cut by window, hops and budget. One function that
plain Python runs, and that numba compiles where the table is large enough for compiling to pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

__all__ = ["Cycles", "find"]

COMPILE_FROM = 100_000
"""Payments from which compiling (some seconds, once) is quicker than interpreting."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Cycles:
    """:param members: indices into the payments, in order, of each cycle found; :param exhausted: how many payments'
    searches ended by the budget: from those, cycles may be missing"""

    members: list[tuple[int, ...]]
    exhausted: int


def find(
    payer: Ints,
    payee: Ints,
    at: Ints,
    amount: Floats,
    currency: Ints,
    *,
    window: int,
    low: int,
    high: int,
    kept: float,
    budget: int,
) -> Cycles:
    """Cycles of `low` to `high` payments that close within `window` seconds of their first.

    :param payer: account number 0…n-1 of each payment, likewise `payee`; self-payments must have been left out
    :param currency: a number for each payment's currency
    :param kept: least share of an amount that the next payment, of the same currency, must have (at most 1.02 of it);
        0: any amount and currency
    :param budget: most payments looked at from one start
    :return: each cycle once, from its earliest payment; no account occurs twice in one
    """
    accounts = int(max(payer.max(initial=-1), payee.max(initial=-1))) + 1
    order = np.lexsort((at, payer))
    starts = np.searchsorted(payer[order], np.arange(accounts + 1))
    table = (payer, payee, at, amount, currency, order, starts, at[order])
    search = _compiled() if len(payer) >= COMPILE_FROM else _search
    members: list[tuple[int, ...]] = []
    exhausted = 0
    path = np.zeros(high, dtype=np.int64)
    cursor = np.zeros(high, dtype=np.int64)
    # only accounts that both pay and are paid can lie on a cycle
    through = np.intersect1d(payer, payee)
    candidates = np.flatnonzero(np.isin(payer, through) & np.isin(payee, through))
    for first in candidates[np.lexsort((candidates, at[candidates]))]:
        length = search(int(first), *table, path, cursor, window, low, high, kept, budget)
        if length > 0:
            members.append(tuple(int(i) for i in path[:length]))
        exhausted += length < 0
    return Cycles(members, exhausted)


def _search(
    first: int, payer: Ints, payee: Ints, at: Ints, amount: Floats, currency: Ints, order: Ints, starts: Ints,
    times: Ints, path: Ints, cursor: Ints, window: int, low: int, high: int, kept: float, budget: int,
) -> int:  # fmt: skip
    """Fill `path` with one cycle that starts with payment `first`; returns its length, 0 for none, -1 for no budget.

    The first one found in depth-first order, earliest payments first; that is the quickest to leave each account.
    """
    home, last = payer[first], at[first] + window
    path[0] = first
    out = payee[first]
    cursor[0] = starts[out] + np.searchsorted(times[starts[out] : starts[out + 1]], at[first], side="right")
    depth = 0
    looked = 0
    while depth >= 0:
        edge = path[depth]
        here = payee[edge]
        if cursor[depth] >= starts[here + 1] or depth + 1 >= high:
            depth -= 1
            continue
        step = order[cursor[depth]]
        cursor[depth] += 1
        looked += 1
        if looked > budget:
            return -1
        if at[step] > last:
            cursor[depth] = starts[here + 1]  # the others are later still
            continue
        if kept > 0 and currency[step] != currency[edge]:
            continue
        if kept > 0 and not kept * amount[edge] <= amount[step] <= 1.02 * amount[edge]:
            continue
        there = payee[step]
        if there == home:
            if depth + 2 >= low:
                path[depth + 1] = step
                return depth + 2
            continue
        met = False
        for k in range(depth + 1):
            if payee[path[k]] == there:
                met = True
        if met:
            continue
        depth += 1
        path[depth] = step
        begin = starts[there]
        cursor[depth] = begin + np.searchsorted(times[begin : starts[there + 1]], at[step], side="right")
    return 0


@cache
def _compiled() -> Any:
    import numba

    return numba.njit(cache=False)(_search)
