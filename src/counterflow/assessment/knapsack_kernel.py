"""Kernels of knapsack interdiction, compiled: the sequential game that bounds it, and the search.

In the *game* leader and follower settle item after item, each seeing what the other did before. That only helps the
leader, who in truth commits beforehand, so the value of the game is a lower bound. The priced game charges the leader μ
a unit of cost and needs no more room than the follower's own knapsack; the full game keeps the budget as a dimension.
"""

from __future__ import annotations

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["best_packing", "full_game", "game", "search"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def game(weight: Ints, profit: Floats, price: Floats, state: Ints, table: Floats) -> None:
    """Fill the value of the game from each item on.

    :param price: what taking an item costs the leader, μ · cost; shape (items,)
    :param state: 0 open, 1 forbidden, 2 never to be forbidden
    :param table: shape (items + 1, capacity + 1): value with that much capacity left
    """
    items, room = len(weight), table.shape[1]
    table[items] = 0.0
    for i in range(items - 1, -1, -1):
        after, now = table[i + 1], table[i]
        if state[i] == 1:
            now[:] = after + price[i]
            continue
        w, p = min(weight[i], room), profit[i]
        if state[i] == 2:
            now[:w] = after[:w]
            for c in range(w, room):
                now[c] = max(after[c], after[c - w] + p)
        else:
            limit = price[i]
            now[:w] = after[:w]
            for c in range(w, room):
                now[c] = max(after[c], min(after[c - w] + p, after[c] + limit))


@numba.njit(cache=True, nogil=True)
def full_game(weight: Ints, profit: Floats, cost: Ints, state: Ints, table: npt.NDArray[np.int32]) -> None:
    """Fill the value of the game from each item on, by budget left: shape (items + 1, budget + 1, capacity + 1)."""
    items, room = len(weight), table.shape[2]
    table[items] = 0
    for i in range(items - 1, -1, -1):
        w, p, price = min(weight[i], room), np.int32(profit[i]), cost[i]
        for u in range(table.shape[1]):
            after, now = table[i + 1, u], table[i, u]
            if state[i] == 1:
                now[:] = table[i + 1, max(u - price, 0)]  # never asked for with less than its price
                continue
            now[:w] = after[:w]
            for c in range(w, room):
                now[c] = max(after[c], after[c - w] + p)
            if state[i] == 0 and u >= price:
                then = table[i + 1, u - price]
                for c in range(room):
                    now[c] = min(now[c], then[c])


@numba.njit(cache=True, nogil=True)
def best_packing(weight: Ints, profit: Floats, forbidden: npt.NDArray[np.bool_], capacity: int) -> float:
    """The most that fits without what is forbidden."""
    value = np.zeros(capacity + 1)
    for i in range(len(weight)):
        if not forbidden[i]:
            w, p = weight[i], profit[i]
            for c in range(capacity, w - 1, -1):
                value[c] = max(value[c], value[c - w] + p)
    most: float = value[capacity]
    return most


@numba.njit(cache=True, nogil=True)
def search(  # noqa: C901, a kernel is one nest of loops
    weight: Ints, profit: Floats, cost: Ints, state: Ints,
    tables: Floats, prices: Floats, full: npt.NDArray[np.int32],
    packed: Floats, choice: Ints, left: Ints, depth: int, best: float, found: Ints, nodes: int,
) -> tuple[int, float, int]:  # fmt: skip
    """Depth first over the leader's choices, item by item; goes on from where it stopped.

    :param tables: the game at each of some prices a unit, shape (prices, items + 1, capacity + 1); `prices` those
    :param full: the full game, or shape (0, 0, 0) where there is none
    :param packed: best packing of the items before each depth, shape (items + 1, capacity + 1)
    :param choice: at each depth: -1 not tried, 1 forbidding tried, 0 both tried; shape (items,)
    :param left: budget left at each depth, shape (items + 1,)
    :param found: the leader's best plan, shape (items,); changed in place
    :param nodes: how many to open at most
    :returns: depth it stopped at (-1: done), best value, nodes opened
    """
    items, room = len(weight), packed.shape[1]
    opened = 0
    while depth >= 0:
        if opened >= nodes:
            return depth, best, opened
        entered = depth == items or choice[depth] == -1
        if entered:
            opened += 1
            dead = False
            for k in range(len(prices)):
                low = 0.0
                for c in range(room):
                    low = max(low, packed[depth, c] + tables[k, depth, room - 1 - c])
                if np.ceil(low - prices[k] * left[depth] - 1e-6) >= best:
                    dead = True
                    break
            if not dead and full.shape[0]:
                low = 0.0
                for c in range(room):
                    low = max(low, packed[depth, c] + full[depth, left[depth], room - 1 - c])
                dead = low >= best
            if not dead and depth == items:
                if packed[depth, room - 1] < best:
                    best = packed[depth, room - 1]
                    for i in range(items):
                        found[i] = choice[i] == 1
                dead = True
            if dead:
                if depth < items:
                    choice[depth] = -1
                depth -= 1
                continue
        # which way next: forbid first, then leave alone
        i = depth
        if choice[i] == -1 and state[i] != 2 and cost[i] <= left[i]:
            choice[i] = 1
            packed[i + 1] = packed[i]
            left[i + 1] = left[i] - cost[i]
        elif choice[i] != 0 and state[i] != 1:
            choice[i] = 0
            w, p = min(weight[i], room), profit[i]
            packed[i + 1, :w] = packed[i, :w]
            for c in range(w, room):
                packed[i + 1, c] = max(packed[i, c], packed[i, c - w] + p)
            left[i + 1] = left[i]
        else:
            choice[i] = -1
            depth -= 1
            continue
        depth += 1
        if depth < items:
            choice[depth] = -1
    return -1, best, opened
