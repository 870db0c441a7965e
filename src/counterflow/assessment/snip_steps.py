"""Stochastic interdiction as steps down: the programme whose relaxation is nearly whole.

What a run is worth falls in steps: from the best of its ways to the next only when every way above is closed. With y
the share in which all ways down to a step are closed, ``y ≤`` the y of the step before and ``y ≤ Σ x`` over the sensors
that would close the step's own way; each y saves its run's chance times the height of the step. Runs whose ways are
closed by the same sensors share their steps. At whole x that is exact; where each way has one sensor, the relaxation is
that of a closure problem, whole but for the budget. Projected on x the rows are the step inequalities of Pan and Morton
(Networks 52(3), 2008), all of them at once; they are found by a search for two criteria (`snip_kernel.ways`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.assessment.mincut import Floats, Ints
from counterflow.assessment.snip_kernel import ways

__all__ = ["Steps"]


class Steps:
    """The ways known of each run, from each the sensors that close it and what it is worth."""

    def __init__(
        self, graph: tuple[Ints, Ints, Ints, Floats, Floats], targets: Ints, group: Ints, origin: Ints, chance: Floats,
        least: Floats, sensors: int,
    ) -> None:  # fmt: skip
        """:param graph: and the rest as in `snip_kernel.expected`; :param least: each run's worth at all sensors"""
        self.graph, self.targets, self.group, self.origin = graph, targets, group, origin
        self.chance, self.least, self.sensors = chance, least, sensors
        self.known: list[dict[frozenset[int], float]] = [{} for _ in origin]

    def gather(self, x: Floats, tolerance: float) -> int:
        """Learn the ways that raise the programme's value at x. :param tolerance: a run, of its share of the value.
        :returns: how many"""
        added = 0
        wanted = np.zeros(len(self.graph[0]) - 1, dtype=bool)
        for t, target in enumerate(self.targets.tolist()):
            runs = range(int(self.group[t]), int(self.group[t + 1]))
            wanted[:] = False
            wanted[self.origin[runs.start : runs.stop]] = True
            floor = float(self.least[runs.start : runs.stop].min()) * (1 + 1e-12)
            answers, node, worth, weight, closes, then = ways(*self.graph, x, target, wanted, floor)
            at: dict[int, list[int]] = {}
            for label in answers.tolist():
                at.setdefault(int(node[label]), []).append(label)
            for run in runs:
                labels = at.get(int(self.origin[run]), [])
                found = [(float(worth[label]), float(weight[label]), label) for label in labels]
                for value, label in self._missing(run, found, x, tolerance):
                    sensors, at_label = set(), label
                    while at_label >= 0:
                        sensors.add(int(closes[at_label]))
                        at_label = int(then[at_label])
                    way = frozenset(sensors - {-1})
                    if value > self.known[run].get(way, 0.0):
                        self.known[run][way] = value
                        added += 1
        return added

    def _missing(
        self, run: int, found: list[tuple[float, float, int]], x: Floats, tolerance: float
    ) -> list[tuple[float, int]]:
        """(worth, label) of the ways to add, each time the one that raises the run's value most."""
        low = float(self.least[run])
        now = sorted(((v, float(sum(x[s] for s in way))) for way, v in self.known[run].items()), reverse=True)
        added: list[tuple[float, int]] = []
        while True:
            gain, best = max(
                ((_gain(now, value, weight, low), (value, weight, label)) for value, weight, label in found),
                default=(0.0, (0.0, 0.0, -1)),
            )
            if gain * self.chance[run] <= tolerance:
                return added
            value, weight, label = best
            added.append((value, label))
            now = sorted([*now, (value, weight)], reverse=True)

    def programme(self, limit: float, scale: float) -> Any:
        """As HiGHS takes it, sensors first, x real: the value is the expected chance times ``scale``."""
        import highspy
        from scipy.sparse import coo_matrix

        number: dict[frozenset[frozenset[int]], int] = {}
        saves: list[float] = []
        rows: dict[tuple[int, int, frozenset[int]], None] = {}
        unhurt = 0.0
        for run, known in enumerate(self.known):
            steps = _steps(known, float(self.least[run]))
            chance = float(self.chance[run]) * scale
            unhurt += chance * (steps[0][0] if steps else float(self.least[run]))
            closed: frozenset[frozenset[int]] = frozenset()
            before = -1
            for place, (value, way) in enumerate(steps):
                closed = frozenset([*(w for w in closed if not way <= w), way])
                if sum(len(w) == 1 for w in closed) > limit:
                    break  # that many sensors cannot be had
                follows = steps[place + 1][0] if place + 1 < len(steps) else float(self.least[run])
                y = number.setdefault(closed, len(saves))
                if y == len(saves):
                    saves.append(0.0)
                saves[y] += chance * (value - follows)
                rows[(y, before, way)] = None
                before = y
        row: list[int] = []
        column: list[int] = []
        value_of: list[float] = []
        count = 0
        for y, before, way in rows:
            if before >= 0:
                row += [count, count]
                column += [self.sensors + y, self.sensors + before]
                value_of += [1.0, -1.0]
                count += 1
            row += [count] * (1 + len(way))
            column += [self.sensors + y, *sorted(way)]
            value_of += [1.0, *[-1.0] * len(way)]
            count += 1
        row += [count] * self.sensors
        column += range(self.sensors)
        value_of += [1.0] * self.sensors
        columns = self.sensors + len(saves)
        matrix = coo_matrix((value_of, (row, column)), shape=(count + 1, columns)).tocsr()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_, lp.offset_ = columns, count + 1, unhurt
        lp.col_cost_ = np.concatenate([np.zeros(self.sensors), -np.array(saves)])
        lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
        lp.row_lower_ = np.full(count + 1, -np.inf)
        lp.row_upper_ = np.concatenate([np.zeros(count), [limit]])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        return lp


def _gain(now: list[tuple[float, float]], value: float, weight: float, low: float) -> float:
    """What a way adds to the value of a run, given the (worth, weight) of those known, by falling worth."""
    total, above, y = 0.0, np.inf, 1.0
    for worth, heavy in [*now, (low, 0.0)]:
        bottom, top = max(worth, low), min(above, value)
        if top > bottom and y > weight:
            total += (top - bottom) * (y - weight)
        above, y = worth, min(y, heavy)
    return total


def _steps(known: dict[frozenset[int], float], low: float) -> list[tuple[float, frozenset[int]]]:
    """(worth, sensors) of the ways by falling worth, without those that are closed whenever one above is."""
    steps: list[tuple[float, frozenset[int]]] = []
    for way, value in sorted(known.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if value <= low * (1 + 1e-12):
            break
        if not any(above <= way for _, above in steps):
            steps.append((value, way))
    return steps
