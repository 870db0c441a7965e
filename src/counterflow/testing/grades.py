"""Generated graded claims with copies, whose truth is known: what the fit of the Admiralty table is measured on.

True worth of each grade is drawn at random, so nothing of the shipped table is built in. A fact is true with even odds;
one to three origins speak of it, each right as often as its grade is worth; each is copied a heavy-tailed number of
times (Zipf, at most 30 articles).
"""

from __future__ import annotations

import numpy as np

from counterflow.claims.calibration import Known

__all__ = ["graded"]


def graded(seed: int, facts: int = 20_000) -> list[Known]:
    """Claims about so many facts. A copy repeats what its origin says, under the origin's grade."""
    rng = np.random.default_rng(seed)
    grades = [f"{letter}{digit}" for letter in "ABCDEF" for digit in range(1, 7)]
    worth = rng.uniform(0.4, 0.95, len(grades))
    found = []
    for fact in range(facts):
        true = bool(rng.random() < 0.5)
        for origin in range(int(rng.integers(1, 4))):
            g = int(rng.integers(len(grades)))
            says = true if rng.random() < worth[g] else not true
            articles = min(30, int(rng.zipf(1.8)))
            found += [Known(f"f{fact}", f"o{fact}-{origin}", grades[g], says, true)] * articles
    return found
