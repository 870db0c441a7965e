"""A made-up register of ownership, of any size, from a seed: depth, bands, unknown shares, circles, dates, rivals.

Companies are nodes 0 to `companies` - 1, natural persons follow. Every company has one to six holders whose shares come
to at most the whole; most holders of a company are companies formed before it, so that chains are deep, and a few are
formed after it, which makes circles. Listed are some persons and companies. Nothing here is of a real register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.network.sizes import PER_CENT, WHOLE

Column = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Register:
    """:param low, high: in units of `network.sizes`; :param start, end: days since 1970-01-01"""

    nodes: int
    companies: int
    owner: Column
    owned: Column
    low: Column
    high: Column
    start: Column
    end: Column
    listed: Column

    def __len__(self) -> int:
        return len(self.owner)


def register(holdings: int, seed: int = 39) -> Register:
    """About so many holdings; the same seed gives the same register."""
    rng = np.random.default_rng(seed)
    companies = holdings * 2 // 5
    persons = companies // 2
    holders = rng.choice(np.arange(1, 7), companies, p=[0.3, 0.24, 0.18, 0.13, 0.1, 0.05])
    owned = np.repeat(np.arange(companies, dtype=np.int32), holders)
    n = len(owned)
    # a holder is mostly a company formed not long before; the first companies, and a third of all, are held by persons
    near = owned - 1 - rng.geometric(0.001, n).astype(np.int64)
    kind = rng.random(n)
    owner = np.where((kind < 0.62) & (near >= 0), near, companies + rng.integers(0, persons, n))
    circle = kind > 0.995
    owner[circle] = np.minimum(owned[circle] + 1 + rng.integers(0, 50, int(circle.sum())), companies - 1)
    owner = owner.astype(np.int32)
    # shares: a stick broken at random, of which a part may be nobody's on record
    weight = rng.exponential(1.0, n) + 1e-9
    total = np.bincount(owned, weight, companies) * rng.choice([1.0, 1.0, 1.25], companies)
    cents = np.maximum(1, np.floor(weight / total[owned] * 10_000)).astype(np.int64)
    exact = cents * (PER_CENT // 100)
    band = np.searchsorted([25 * PER_CENT, 50 * PER_CENT, 75 * PER_CENT], exact, side="left")
    edges = np.array([0, 25 * PER_CENT + 1, 50 * PER_CENT + 1, 75 * PER_CENT], np.int64)
    tops = np.array([25 * PER_CENT, 50 * PER_CENT, 75 * PER_CENT - 1, WHOLE], np.int64)
    told = rng.random(n)
    low = np.where(told < 0.6, exact, np.where(told < 0.93, edges[band], 0))
    high = np.where(told < 0.6, exact, np.where(told < 0.93, tops[band], WHOLE))
    start = rng.integers(9_000, 20_000, n).astype(np.int32)
    end = np.where(rng.random(n) < 0.12, start + rng.integers(30, 5_000, n), 2_000_000).astype(np.int32)
    listed = np.unique(
        np.concatenate(
            [companies + rng.integers(0, persons, holdings // 400), rng.integers(0, companies, holdings // 4_000)]
        )
    ).astype(np.int32)
    shuffled = rng.permutation(n)
    columns = (owner, owned, low, high, start, end)
    return Register(companies + persons, companies, *(column[shuffled] for column in columns), listed)
