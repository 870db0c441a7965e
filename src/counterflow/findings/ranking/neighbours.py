"""A second look: how the earlier payments of both accounts scored at a first.

Laundering payments stand next to one another, and the first forest already suspects some of them. Of payer and payee,
of what each paid and was paid within the window before the payment's own second: the highest, the sum and the mean of
the first forest's probabilities. Causal as the columns themselves: an earlier payment's score rests on still earlier
ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import compiled
from counterflow.findings.ranking.sheet import slabs

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["FOLDS", "SAYS", "folds", "neighbours"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

WINDOWS = (5, 30)
"""Days."""
FOLDS = 4
LATEST = 64
"""Of an account's payments in the window, so many of the latest are asked for the highest score: hubs are cheap."""
COMPILE_FROM = 200
_WAYS = {"out": "paid out", "in": "received"}
_WHAT = {"high": "Highest", "sum": "Sum", "mean": "Mean"}
SAYS = {
    f"{side}_{way}_suspicion_{what}_{days}d": f"{_WHAT[what]} of the first look's probabilities of what the {side} "
    f"{_WAYS[way]} in the {days} days before; empty: nothing."
    for days in WINDOWS for way in _WAYS for side in ("payer", "payee") for what in _WHAT
}  # fmt: skip


def neighbours(log: Log, first: Floats) -> Iterator[tuple[int, Matrix]]:
    """Slab by slab the row that it begins with, and float32[rows, len(SAYS)], NaN where an account had no such payment.

    :param first: float64[n], probability of each payment at the first look
    """
    kernel = compiled(_look) if len(log) >= COMPILE_FROM else _look
    sides = [(s.starts, s.order, np.concatenate([[0.0], np.cumsum(first[s.order])])) for s in (log.out, log.into)]
    marks = [(side[0][:-1].copy(), side[0][:-1].copy()) for _ in WINDOWS for side in sides]
    for part in slabs(0, len(log)):
        out = np.full((part.stop - part.start, len(SAYS)), np.nan, np.float32)
        now = (log.payer[part], log.payee[part], log.at[part])
        for k, (low, high) in enumerate(marks):
            days, (starts, order, sums) = WINDOWS[k // len(sides)], sides[k % len(sides)]
            kernel(*now, log.at, starts, order, first, sums, days * 86_400, low, high, out, 2 * len(_WHAT) * k)
        yield part.start, out


def _look(
    payer: Any, payee: Any, now: Ints, at: Ints, starts: Ints, order: Any, first: Floats, sums: Floats, window: int,
    low: Ints, high: Ints, out: Matrix, column: int,
) -> None:  # fmt: skip
    """Two marks go through each account's payments as time goes on: what has left the window, what is before now."""
    for i in range(len(now)):
        for side in range(2):
            a = payer[i] if side == 0 else payee[i]
            while high[a] < starts[a + 1] and at[order[high[a]]] < now[i]:
                high[a] += 1
            while low[a] < high[a] and at[order[low[a]]] < now[i] - window:
                low[a] += 1
            n = high[a] - low[a]
            if n > 0:
                top = 0.0
                for k in range(max(low[a], high[a] - LATEST), high[a]):
                    if first[order[k]] > top:
                        top = first[order[k]]
                total = sums[high[a]] - sums[low[a]]
                out[i, column + 3 * side] = top
                out[i, column + 3 * side + 1] = total
                out[i, column + 3 * side + 2] = total / n


def folds(n: int, parts: int = FOLDS) -> Sequence[slice]:
    """Stretches of time: each is scored by a forest that learnt from the others, so that no score is told by heart."""
    edges = np.linspace(0, n, parts + 1).astype(int).tolist()
    return [slice(a, b) for a, b in pairwise(edges)]
