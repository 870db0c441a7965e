"""Swaps: one address gives an asset and gets another in one transaction, over however many pools.

The value goes on in another asset with the same holder. In place of the pool's own holding, which mixes everybody's,
the transfers of a swap run over a holding of its own. Of the parties of such a transaction the pool is the one with
more transfers in the data, for the exchange of A for B is to it an exchange of B for A.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.findings.crypto.transfers import Transfers, kernel

__all__ = ["MOST", "find"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MOST = 64
"""Rows of one transaction from which it is no swap that can be told apart (a batch of payments, a router of many)."""


def find(transfers: Transfers, pools: Flags) -> tuple[Codes, Ints]:
    """int32[n]: number of the swap that a transfer is part of, -1 for none; and int64[n]: 1 where it is what was given,
    2 where what was got.

    :param pools: bool[names], addresses that are known to be services: they swap for others
    """
    n = len(transfers)
    swap, side = np.full(n, -1, dtype=np.int32), np.zeros(n, dtype=np.int64)
    if n < 2 or len(set(transfers.assets)) < 2:
        return swap, side
    tx = transfers.tx
    several = np.bincount(tx)[tx]
    inside = np.flatnonzero((several > 1) & (several <= MOST) & np.isfinite(transfers.amount))
    inside = inside[np.argsort(tx[inside], kind="stable")]
    if not len(inside):
        return swap, side
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(tx[inside])) + 1, [len(inside)]))
    kernel(_swaps, len(inside))(
        inside, bounds, transfers.sender, transfers.receiver, transfers.asset, transfers.amount, transfers.size, pools,
        swap, side,
    )  # fmt: skip
    return swap, side


def _swaps(  # noqa: C901, a kernel is one nest of loops
    inside: Ints, bounds: Ints, sender: Codes, receiver: Codes, asset: Codes, amount: Floats, size: Codes, pools: Flags,
    swap: Codes, side: Ints,
) -> None:  # fmt: skip
    made = 0
    for g in range(len(bounds) - 1):
        rows = inside[bounds[g] : bounds[g + 1]]
        for first in rows:
            who, given = sender[first], asset[first]
            if pools[who] or swap[first] >= 0 or (size[who] > size[receiver[first]] and not pools[receiver[first]]):
                continue
            gone, got, back, plain = 0.0, -1, 0.0, True
            for r in rows:
                if sender[r] == receiver[r]:
                    continue
                if sender[r] == who:
                    plain = plain and asset[r] == given
                    gone += amount[r]
                elif receiver[r] == who:
                    if asset[r] == given:
                        gone -= amount[r]
                    elif got < 0 or got == asset[r]:
                        got = asset[r]
                        back += amount[r]
                    else:
                        plain = False
            if not plain or got < 0 or gone <= 0.0 or back <= 0.0:
                continue
            for r in rows:
                if sender[r] == who and receiver[r] != who and swap[r] < 0:
                    swap[r], side[r] = made, 1
                elif receiver[r] == who and sender[r] != who and asset[r] == got and swap[r] < 0:
                    swap[r], side[r] = made, 2
            made += 1
