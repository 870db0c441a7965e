"""The 50 per cent rule over a generated register: from arrays, against a plain fixpoint, against multiplication.

usage: control.py [HOLDINGS…]      default 100000 1000000 10000000; CPU seconds of one process, kernels compiled before
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from counterflow.network.grouping import offsets_of
from counterflow.network.holdings import tests_of
from counterflow.network.propagation import FAR, Tests, spread
from counterflow.network.sizes import PER_CENT, WHOLE
from measured import tell
from register import Column, Register, register

LINE = 50 * PER_CENT
AS_OF = 19_500  # a day in 2023


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def plain(r: Register, held: Column, low: Column, high: Column, *, upper: bool) -> Column:
    """The fixpoint by whole rounds over all holdings: nothing but additions, no worklist."""
    owner, owned = r.owner[held], r.owned[held]
    inside = np.zeros(r.nodes, bool)
    inside[r.listed] = True
    total = np.zeros(r.nodes, np.int64)
    np.add.at(total, owned, low)
    room = np.where(total > WHOLE, FAR - total, WHOLE - total)
    while True:
        of = inside[owner]
        got_low, got_high = np.zeros(r.nodes, np.int64), np.zeros(r.nodes, np.int64)
        np.add.at(got_low, owned[of], low[of])
        np.add.at(got_high, owned[of], high[of])
        most = np.minimum(got_high, room + got_low) if upper else got_low
        more = inside | (most >= LINE)
        if (more == inside).all():
            return inside
        inside = more


def multiplied(r: Register, held: Column, low: Column) -> Column:
    """What multiplying shares along chains says: owned where the products come to the line."""
    owner, owned, share = r.owner[held], r.owned[held], low / WHOLE
    listed = np.zeros(r.nodes)
    listed[r.listed] = 1.0
    part = listed.copy()
    for _ in range(60):
        after = np.maximum(listed, np.bincount(owned, part[owner] * share, r.nodes))
        if np.abs(after - part).max() < 1e-9:
            break
        part = after
    return part >= 0.5


def measure(holdings: int) -> None:
    r = register(holdings)
    zero = np.zeros(len(r), np.int32)
    in_force, _ = np.flatnonzero((r.start <= AS_OF) & (r.end >= AS_OF)), as_of(r, zero)  # compiled now
    built, (tests, owner, *_, rows, merged, _over) = timed(lambda: as_of(r, zero))
    kept = len(tests.test)
    company, room, seeds = tests.company, tests.room, r.listed
    lines = np.full(len(company), LINE, np.int64)
    held = in_force[rows[merged[:-1]]]  # rival records of one holding are merged: the first stands for it
    low, high = tests.low, tests.high

    def from_arrays() -> tuple[Column, Column]:
        """Columns in order of holder, as a register keeps them: one scan for where each begins, and two spreads."""
        again = Tests(offsets_of(owner, r.nodes), tests.test, low, high, company, room)
        return spread(again, seeds, lines, upper=False).inside, spread(again, seeds, lines, upper=True).inside

    from_arrays()
    seconds, (sure, maybe) = min((timed(from_arrays) for _ in range(3)), key=lambda t: t[0])
    slow, oracle = timed(lambda: (plain(r, held, low, high, upper=False), plain(r, held, low, high, upper=True)))
    product, by_product = timed(lambda: multiplied(r, held, low))
    unlisted = np.ones(r.nodes, bool)
    unlisted[seeds] = False
    blocked, possible = int((sure & unlisted).sum()), int((maybe & ~sure & unlisted).sum())
    missed = int((sure & unlisted & ~by_product).sum())
    equal = bool((sure == oracle[0]).all() and (maybe == oracle[1]).all())
    tell(
        "50 per cent rule",
        holdings=len(r), in_force=kept, nodes=r.nodes, listed=len(seeds),
        build_cpu_seconds=round(built, 3), scan_and_both_spreads_cpu_seconds=round(seconds, 4),
        plain_fixpoint_cpu_seconds=round(slow, 2), equal_to_the_plain_fixpoint=equal,
        blocked=blocked, may_be_blocked=possible, multiplication_cpu_seconds=round(product, 2),
        multiplication_misses=missed, multiplication_misses_share=round(missed / max(blocked, 1), 3),
    )  # fmt: skip


def as_of(r: Register, measures: Column) -> Any:
    held = np.flatnonzero((r.start <= AS_OF) & (r.end >= AS_OF))
    return tests_of(r.owner[held], r.owned[held], measures[held], r.low[held], r.high[held], r.nodes)


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000, 10_000_000]:
        measure(size)
