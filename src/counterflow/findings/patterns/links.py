"""Links: each payment as a row that leads to its money's next steps, or to where it came from, with no search.

Following money is mostly waiting for memory: a row holds all that a step needs, and stands beside the next of the same
account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["MORE", "NEXT", "OTHER", "ROW", "WHEN", "after", "linked"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]

WHEN, OTHER, NEXT, MORE = range(4)
"""Columns of a row: seconds since the log's first payment; account on the other side; row of that account's nearest
payment onward (or, of rows by payee, backward) in time, -1: none; further rows of the same account onward (or
backward)."""
ROW = 4
"""Cells of a row: where one begins, for `fetch`."""


def linked(log: Log) -> tuple[Ints, Ints]:
    """int32[n, 4], rows in the order of ``log.out``, which lead onward; and of ``log.into``, which lead backward.

    int64 where the log spans more than 68 years. Half as wide, half as often out of the processor's cache.
    """
    out, into, n = log.out, log.into, len(log)
    wide = n > 0 and int(log.at[-1] - log.at[0]) >= np.iinfo(np.int32).max
    onward, backward = (np.empty((n, ROW), np.int64 if wide else np.int32) for _ in range(2))
    chosen(_links, n)(
        log.payer, log.payee, log.at, out.starts, out.order, into.starts, into.order, onward, backward
    )  # fmt: skip
    return onward, backward


def after(rows: Ints, low: int, high: int, t: int) -> int:
    """The first of the rows ``low:high``, of one account, later than `t`."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle, WHEN] <= t:
            low = middle + 1
        else:
            high = middle
    return low


def _links(
    payer: Codes, payee: Codes, at: Ints, out_starts: Ints, out_order: Codes, in_starts: Ints, in_order: Codes,
    onward: Ints, backward: Ints,
) -> None:  # fmt: skip
    n = len(at)
    paid, came = out_starts[:-1].copy(), in_starts[:-1].copy()  # rows of each account no later, and earlier
    later, earlier = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    begin = 0
    while begin < n:  # payments of one second see none of each other
        end = begin
        while end < n and at[end] == at[begin]:
            a = payer[end]
            paid[a] += 1
            earlier[end] = came[a] - 1 if came[a] > in_starts[a] else -1
            end += 1
        for i in range(begin, end):
            b = payee[i]
            came[b] += 1
            later[i] = paid[b] if paid[b] < out_starts[b + 1] else -1
        begin = end
    for a in range(len(out_starts) - 1):
        for k in range(out_starts[a], out_starts[a + 1]):
            i = out_order[k]
            onward[k, WHEN], onward[k, OTHER], onward[k, NEXT] = at[i] - at[0], payee[i], later[i]
            onward[k, MORE] = out_starts[a + 1] - 1 - k
        for k in range(in_starts[a], in_starts[a + 1]):
            i = in_order[k]
            backward[k, WHEN], backward[k, OTHER], backward[k, NEXT] = at[i] - at[0], payer[i], earlier[i]
            backward[k, MORE] = k - in_starts[a]
