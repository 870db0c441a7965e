"""Knapsack interdiction: which activities to forbid within a budget, when the adversary packs the best of the rest.

Exact for whole numbers, by a combinatorial branch and bound. Its bound is a sequential game (`knapsack_kernel`) in
which leader and follower settle items in order of profit by weight (after Weninger and Fukasawa, "A fast combinatorial
algorithm for the bilevel knapsack problem with interdiction constraints", IPCO 2023), here first with the
leader's budget priced instead of being a dimension of the table: items × capacity steps whatever the budget. Plans come
from the leader's own knapsack at each critical ratio (Caprara et al., INFORMS Journal on Computing 28(2), 2016); items
whose other choice the bound rules out are fixed before the search (as in Della Croce and Scatamacchia, Mathematical
Programming 183, 2020).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from counterflow.assessment.mincut import Bools, Floats, Ints

__all__ = ["Forbidden", "Knapsack", "forbid"]

_SLICE = 20_000
"""Nodes searched between two looks at the clock."""
_FEW = 60_000
"""Nodes after which the search without the full game's table is given up for the one with it."""
_CELLS = 2e8
"""Most cells of that table; 4 bytes each."""


@dataclass(frozen=True, eq=False)
class Knapsack:
    """Items that the follower packs, whole numbers ≥ 0, shape (items,).

    :param weight: of the follower's `capacity`; `cost` of the leader's `budget`
    """

    weight: Ints
    cost: Ints
    profit: Ints
    capacity: int
    budget: int


class Forbidden(NamedTuple):
    """:param items: forbidden, shape (items,); :param profit: what the follower still gets; :param bound: no plan
    leaves less; :param stopped: why it was not proven, else empty"""

    items: Bools
    profit: int
    bound: int
    unhurt: int
    nodes: int
    stopped: str = ""


def forbid(
    game: Knapsack, *, must: Ints | None = None, never: Ints | None = None, seconds: float | None = None
) -> Forbidden:
    """The items to forbid within the budget that leave the follower least.

    :param must: item numbers that are forbidden in any case (their cost counts); `never` those that may not be
    :param seconds: time limit; None: until proven. Ctrl-C ends it as a limit does
    """
    deadline = np.inf if seconds is None else time.monotonic() + seconds
    state = np.zeros(len(game.weight), dtype=np.int64)
    state[game.cost > game.budget] = 2
    state[game.cost == 0] = 1
    if never is not None:
        state[never] = 2
    if must is not None:
        state[must] = 1
    return _Search(game, state, deadline).run()


class _Search:
    def __init__(self, game: Knapsack, state: Ints, deadline: float) -> None:
        ratio = game.profit / np.maximum(game.weight, 1e-9)
        useful = (game.weight <= game.capacity) & (game.profit > 0)
        order = np.lexsort((game.weight, -ratio))
        self.order = order[useful[order]]
        self.game, self.deadline = game, deadline
        self.weight, self.cost = game.weight[self.order], game.cost[self.order]
        self.profit = game.profit[self.order].astype(np.float64)
        self.state = state[self.order]
        self.whole_state = state
        # what must be forbidden beside these is paid from the budget too
        beside = (state == 1) & ~np.isin(np.arange(len(state)), self.order)
        self.budget = int(game.budget - game.cost[beside].sum())
        self.capacity = int(min(game.capacity, self.weight.sum()))
        self.best = np.inf
        self.found = self.state == 1
        self.nodes = 0

    def run(self) -> Forbidden:
        from counterflow.assessment.knapsack_kernel import best_packing

        nothing = np.zeros(len(self.order), dtype=np.bool_)
        unhurt = int(best_packing(self.weight, self.profit, nothing, self.capacity))
        self.low, stopped = 0, ""
        self.offer(self.state == 1)
        try:
            if not self._solve():
                stopped = "stopped by the time limit"
        except KeyboardInterrupt:
            stopped = "stopped by the user"
        items = self.whole_state == 1
        items[self.order] = self.found
        if not stopped:
            self.low = int(self.best)
        return Forbidden(items, int(self.best), min(self.low, int(self.best)), unhurt, self.nodes, stopped)

    def offer(self, items: Bools) -> None:
        """A plan within the budget; kept where it is the best."""
        from counterflow.assessment.knapsack_kernel import best_packing

        value = best_packing(self.weight, self.profit, items, self.capacity)
        if value < self.best:
            self.best, self.found = value, items.copy()

    def _solve(self) -> bool:
        """Bound, plans, fixing, search. :returns: whether it was proven"""
        if not len(self.order):
            return True
        self._critical_plans()
        prices = self._prices()
        if self.low >= self.best:
            return True
        self._fix(prices[0])
        return self._search(prices[:3])

    def value(self, price: float, table: Floats | None = None) -> float:
        """The lower bound at a price a unit of budget."""
        from counterflow.assessment.knapsack_kernel import game

        table = np.empty((len(self.order) + 1, self.capacity + 1)) if table is None else table
        game(self.weight, self.profit, (price * self.cost).astype(np.float64), self.state, table)
        return float(table[0, -1]) - price * self.budget

    def _prices(self) -> list[float]:
        """Prices with the highest bounds, best first: a coarse look, then golden sections about the best."""
        top = float((self.profit / np.maximum(self.cost, 1)).max())
        grid = top * np.linspace(0.0, 1.0, 13) ** 2
        tried: dict[float, float] = {}
        likely = float(np.median(self.profit / np.maximum(self.cost, 1)))  # first: a limit may leave time for one
        for x in [likely, *grid.tolist()]:
            tried[x] = self.value(x)
            self.low = max(self.low, int(np.ceil(tried[x] - 1e-6)))
            if time.monotonic() >= self.deadline:
                break
        for _ in range(10):
            if time.monotonic() >= self.deadline:
                break
            best = max(tried, key=lambda x: tried[x])
            below = max((x for x in tried if x < best), default=best)
            above = min((x for x in tried if x > best), default=best)
            wider = (best + above) / 2 if above - best > best - below else (best + below) / 2
            tried[wider] = self.value(wider)
        ranked = sorted(tried, key=lambda x: -tried[x])
        self.low = max(self.low, int(np.ceil(tried[ranked[0]] - 1e-6)))
        return ranked

    def _critical_plans(self) -> None:
        """The leader's knapsack at the ratios where the follower's bag is full, most promising first."""
        ratio = self.profit / np.maximum(self.weight, 1e-9)
        must = self.state == 1
        room = self.budget - int(self.cost[must].sum())
        rows = []
        for r in np.unique(ratio):
            gain = np.where(self.state == 0, np.maximum(self.profit - r * self.weight, 0.0), 0.0)
            order = np.argsort(-gain / np.maximum(self.cost, 1e-9), kind="stable")
            spent = np.cumsum(self.cost[order])
            saved = np.interp(room, np.concatenate([[0], spent]), np.concatenate([[0], np.cumsum(gain[order])]))
            whole = np.maximum(self.profit - r * self.weight, 0.0)[~must].sum()
            rows.append((r * self.capacity + whole - saved, r, gain))
        for _, _, gain in sorted(rows, key=lambda row: row[0])[:12]:
            self.offer(must | _filled(gain, self.cost, room))
            if time.monotonic() >= self.deadline:
                return

    def _fix(self, price: float) -> None:
        """Settle items whose other choice cannot lead to anything better."""
        table = np.empty((len(self.order) + 1, self.capacity + 1))
        for i in np.flatnonzero(self.state == 0).tolist():
            if time.monotonic() >= self.deadline:
                return
            for other, then in ((1, 2), (2, 1)):
                self.state[i] = other
                if np.ceil(self.value(price, table) - 1e-6) >= self.best:
                    self.state[i] = then
                    break
                self.state[i] = 0

    def _search(self, prices: list[float]) -> bool:
        if time.monotonic() >= self.deadline:
            return False
        items = len(self.order)
        tables = np.empty((len(prices), items + 1, self.capacity + 1))
        for k, price in enumerate(prices):
            self.value(price, tables[k])
        # by prices alone first; where that does not end soon, with the budget as a dimension if there is room for it
        none = np.empty((0, 0, 0), dtype=np.int32)
        cells = (items + 1) * (self.budget + 1) * (self.capacity + 1)
        return self._depth_first(tables, prices, none, _FEW if cells <= _CELLS else None) or (
            time.monotonic() < self.deadline and self._depth_first(tables, prices, self._full(), None)
        )

    def _full(self) -> npt.NDArray[np.int32]:
        from counterflow.assessment.knapsack_kernel import full_game

        full = np.empty((len(self.order) + 1, self.budget + 1, self.capacity + 1), dtype=np.int32)
        full_game(self.weight, self.profit, self.cost, self.state, full)
        self.low = max(self.low, min(int(full[0, -1, -1]), int(self.best)))
        return full

    def _depth_first(self, tables: Floats, prices: list[float], full: npt.NDArray[np.int32], most: int | None) -> bool:
        """:param most: nodes to open at most. :returns: whether nothing is left open"""
        from counterflow.assessment.knapsack_kernel import search

        items = len(self.order)
        packed = np.zeros((items + 1, self.capacity + 1))
        choice, left = np.full(items, -1, dtype=np.int64), np.zeros(items + 1, dtype=np.int64)
        left[0] = self.budget
        found, depth, before = self.found.astype(np.int64), 0, self.nodes
        while depth >= 0:
            depth, best, opened = search(
                self.weight, self.profit, self.cost, self.state, tables, np.array(prices), full,
                packed, choice, left, depth, self.best, found, _SLICE,
            )  # fmt: skip
            self.nodes += opened
            if best < self.best:
                self.best, self.found = best, found > 0
            if depth >= 0 and (time.monotonic() >= self.deadline or (most and self.nodes - before >= most)):
                return False
        return True


def _filled(gain: Floats, cost: Ints, room: int) -> Bools:
    """The leader's knapsack, exactly where the table is small, else about the break."""
    from counterflow.assessment.cut_plans import fill

    useful = np.flatnonzero(gain > 0)
    taken = np.zeros(len(gain), dtype=bool)
    taken[useful[fill(gain[useful], cost[useful].astype(np.float64), float(room))]] = True
    return taken
