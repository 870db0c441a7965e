"""Limits of a plan beside money: what it may do to others, and measures that wait for another.

A *collateral* limit bounds what all measures together do to those who have no part in the traffic. A measure *needs*
another where nobody would carry it out otherwise: a bank in a state that does not cooperate can only be closed once
that state has been won over. Both are linear, and part of the proof.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from counterflow.assessment.mincut import Floats
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from counterflow.assessment.interdiction import Action

__all__ = ["as_rows", "check", "to_be_had"]


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


def as_rows(free: Sequence[Action], must: Sequence[Action], collateral: float | None) -> tuple[Floats, Floats]:
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
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(free)), np.array(caps, dtype=np.float64)
