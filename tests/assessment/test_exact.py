"""The solver behind the proofs, as several who ask at once meet it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import highspy
import numpy as np

from counterflow.assessment import exact


def test_two_who_ask_at_once_are_both_answered() -> None:
    """A market split of 30 columns: more than the time limit can close, so that both are under way together."""
    meet = Barrier(2)

    def solve(seed: int) -> str:
        rng = np.random.default_rng(seed)
        h = exact.quiet()
        h.setOptionValue("time_limit", 0.3)
        columns = [h.addBinary() for _ in range(30)]
        for row in rng.integers(0, 100, (4, 30)):
            h.addConstr(h.qsum(int(a) * x for a, x in zip(row, columns, strict=True)) == int(row.sum() // 2))
        meet.wait(20)
        exact.run(h)
        return str(h.modelStatusToString(h.getModelStatus()))

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(solve, [1, 2]))
    assert highspy.Highs().modelStatusToString(highspy.HighsModelStatus.kNotset) not in found
