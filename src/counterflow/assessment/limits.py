"""Limits of a plan beside money: what it may do to others, and measures that wait for another.

A *collateral* limit bounds what all measures together do to those who have no part in the traffic. A measure *needs*
another where nobody would carry it out otherwise: a bank in a state that does not cooperate can only be closed once
that state has been won over. Both are linear, and part of the proof; so is any other `Limit` that a caller adds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterflow.assessment.mincut import Bools, Floats, Ints
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from counterflow.assessment.interdiction import Action

__all__ = ["Limit", "as_rows", "check", "start", "to_be_had"]


@dataclass(frozen=True)
class Limit:
    """What is taken may add up to ``cap`` at most.

    :param load: by name of the measure; a negative one allows the others more, so a negative cap wants something taken
    """

    load: Mapping[str, float]
    cap: float

    def holds(self, taken: Collection[str]) -> bool:
        """Whether these measures keep it."""
        return sum(self.load.get(name, 0.0) for name in taken) <= self.cap + 1e-9 * max(1.0, abs(self.cap))


def check(measures: Sequence[Action], must: Collection[str], collateral: float | None) -> None:
    """:raises UsageError: a limit that is none, or one that what must be taken breaks: which, and by what"""
    taken = [m for m in measures if m.name in set(must)]
    if collateral is not None:
        if not collateral >= 0:
            raise UsageError(f"the collateral limit is {collateral}; it must be 0 or more")
        done = sum(m.collateral for m in taken)
        if done > collateral * (1 + 1e-12):
            each = ", ".join(f"{m.name} {m.collateral:g}" for m in taken if m.collateral)
            raise UsageError(
                f"the measures that must be taken do {done:g} to others ({each}), more than the collateral limit of "
                f"{collateral:g}"
            )
    for m in taken:
        missing = [name for name in m.needs if name not in must]
        if missing:
            raise UsageError(f"measure '{m.name}' must be taken, but needs '{missing[0]}': make that a must too")


def to_be_had(free: Sequence[Action], taken: Collection[str]) -> list[Action]:
    """Those whose needs can be met: by what is taken, or by others of them."""
    able = list(free)
    while True:
        names = {m.name for m in able} | set(taken)
        left = [m for m in able if names.issuperset(m.needs)]
        if len(left) == len(able):
            return able
        able = left


def as_rows(
    free: Sequence[Action], must: Sequence[Action], collateral: float | None, further: Sequence[Limit] = ()
) -> tuple[Floats, Floats]:
    """Loads, shape (limits, measures), and caps: ``loads @ chosen <= caps``; one row for each measure that waits."""
    number = {m.name: i for i, m in enumerate(free)}
    rows, caps = [], []
    if collateral is not None and math.isfinite(collateral):
        rows.append(np.array([m.collateral for m in free], dtype=np.float64))
        caps.append(max(0.0, collateral - sum(m.collateral for m in must)))
    for m in free:
        for name in m.needs:
            if name in number:
                row = np.zeros(len(free))
                row[number[m.name]], row[number[name]] = 1.0, -1.0
                rows.append(row)
                caps.append(0.0)
    for limit in further:
        rows.append(np.array([limit.load.get(m.name, 0.0) for m in free], dtype=np.float64))
        caps.append(limit.cap - sum(limit.load.get(m.name, 0.0) for m in must))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(free)), np.array(caps, dtype=np.float64)


def start(cost: Floats, loads: Floats, caps: Floats, agency: Ints, limits: Floats, room: float) -> Bools | None:
    """The cheapest plan that keeps every limit, for limits that want something taken; None: there is none.

    :param room: what may be spent; the rest as in `lagrangian.Problem`
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(cost):
        return None if (caps < 0).any() else np.zeros(0, dtype=bool)
    pays = (np.arange(len(limits))[:, None] == agency[None, :]) * cost[None, :]
    matrix, most = np.vstack([loads, pays, cost[None, :]]), np.concatenate([caps, limits, [room]])
    found = milp(
        cost, constraints=LinearConstraint(matrix, ub=most), integrality=np.ones(len(cost)), bounds=Bounds(0, 1)
    )
    return None if found.x is None else np.asarray(found.x > 0.5)
