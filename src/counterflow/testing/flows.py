"""Generated money flows with known truth: what the coverage of a posterior is measured on.

Layered networks (activities, operators, channels, a cash-box, uses) whose true amounts are drawn, and figures on some
of the arcs with a multiplicative error. `NOISES` are ways in which figures go wrong that the model does not assume.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from counterflow.assessment.balance import Balance, Sight

__all__ = ["NOISES", "generated"]

Floats = npt.NDArray[np.float64]
SIGMA = 0.6
"""Standard deviation of the logarithm of a figure, as the figures themselves state it."""


def _normal(rng: np.random.Generator, n: int) -> Floats:
    found: Floats = rng.normal(0.0, SIGMA, n)
    return found


def _heavy(rng: np.random.Generator, n: int) -> Floats:
    found: Floats = SIGMA * rng.standard_t(3, n) / np.sqrt(3.0)
    return found


def _blunders(rng: np.random.Generator, n: int) -> Floats:
    """One figure in ten confuses gross with net: off by a factor of five."""
    return _normal(rng, n) + np.where(rng.random(n) < 0.1, np.log(5.0), 0.0)


def _understated(rng: np.random.Generator, n: int) -> Floats:
    """Whoever publishes is a third less exact than he says."""
    return _normal(rng, n) * 4 / 3


def _school(rng: np.random.Generator, n: int) -> Floats:
    """Figures share a leaning of half their variance: everybody guesses high, or low."""
    found: Floats = rng.normal(0.0, SIGMA / np.sqrt(2)) + rng.normal(0.0, SIGMA / np.sqrt(2), n)
    return found


NOISES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "as assumed": _normal,
    "heavy tails": _heavy,
    "blunders": _blunders,
    "understated": _understated,
    "one school": _school,
}


def generated(
    seed: int,
    *,
    layers: tuple[int, int, int, int] = (6, 8, 5, 4),
    degree: tuple[int, int] = (1, 3),
    observed: float = 0.6,
    noise: str = "as assumed",
    unevenness: float = 1.0,
) -> tuple[Balance, Floats]:
    """A network and the true flow on its arcs.

    :param layers: how many activities, operators, channels and uses; between channels and uses stands one cash-box
    :param degree: fewest and most arcs out of a node
    :param observed: share of the arcs that a figure speaks of; every activity has one beside
    :param unevenness: sd of the true splits' logits; the model assumes 1
    """
    rng = np.random.default_rng(seed)
    counts = (*layers[:3], 1, layers[3])
    stops = np.cumsum((0, *counts))
    levels = [range(a, b) for a, b in itertools.pairwise(stops.tolist())]
    nodes, sources = int(stops[-1]), counts[0]
    pairs = set()
    for upper, lower in itertools.pairwise(levels):
        for a in upper:
            many = min(len(lower), int(rng.integers(degree[0], degree[1] + 1)))
            pairs |= {(a, int(b)) for b in rng.choice(list(lower), size=many, replace=False)}
        for b in lower:
            if not any(p[1] == b for p in pairs):
                pairs.add((int(rng.choice(list(upper))), b))
    tail, head = (np.array(x) for x in zip(*sorted(pairs), strict=True))
    held = np.zeros(nodes)
    held[:sources] = np.exp(rng.normal(4.0, 1.0, sources))
    flow = np.zeros(len(tail))
    for node in range(nodes):
        arcs = np.flatnonzero(tail == node)
        if len(arcs):
            weight = np.exp(rng.normal(0.0, unevenness, len(arcs)))
            flow[arcs] = held[node] * weight / weight.sum()
            np.add.at(held, head[arcs], flow[arcs])
    seen = [tuple(np.flatnonzero(tail == s).tolist()) for s in range(sources)]
    seen += [(int(arc),) for arc in np.flatnonzero(rng.random(len(tail)) < observed)]
    errors = NOISES[noise](rng, len(seen))
    sights = tuple(
        Sight(arcs, float(np.log(flow[list(arcs)].sum()) + error), SIGMA)
        for arcs, error in zip(seen, errors, strict=True)
    )
    balance = Balance(nodes, tail, head, np.arange(sources), np.full(sources, 4.0), np.full(sources, 2.0),
                      np.zeros(len(tail)), 1.0, sights)  # fmt: skip
    return balance, flow
