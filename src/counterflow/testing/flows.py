"""Generated money flows with known truth: what the coverage of a posterior is measured on.

Layered networks (activities, operators, channels, a cash-box, uses) whose true amounts are drawn, and figures on some
of the arcs with a multiplicative error. `NOISES` are ways in which figures go wrong that the model does not assume.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from counterflow.assessment.balance import Balance, Sight

__all__ = ["NOISES", "generated"]

Floats = npt.NDArray[np.float64]
SIGMA = 0.6
"""Standard deviation of the logarithm of a figure, as the figures themselves state it."""


Errors = tuple[Floats, Sequence[str]]
"""The errors of figures, and the origin of each; empty: somebody who says nothing else."""


def _normal(rng: np.random.Generator, n: int, times: float = 1.0) -> Errors:
    return rng.normal(0.0, times * SIGMA, n), [""] * n


def _heavy(rng: np.random.Generator, n: int) -> Errors:
    return SIGMA * rng.standard_t(3, n) / np.sqrt(3.0), [""] * n


def _laplace(rng: np.random.Generator, n: int) -> Errors:
    return rng.laplace(0.0, SIGMA / np.sqrt(2), n), [""] * n


def _blunders(rng: np.random.Generator, n: int, ways: Sequence[int]) -> Errors:
    """One figure in ten is off by a factor of five."""
    errors, none = _normal(rng, n)
    return errors + np.where(rng.random(n) < 0.1, np.log(5.0) * rng.choice(ways, n), 0.0), none


def _leaning(rng: np.random.Generator, n: int, origins: int, *, told: bool = True) -> Errors:
    """Half the variance is shared by all figures of an origin. :param told: the figures say which is theirs"""
    who = rng.integers(0, origins, n)
    errors = rng.normal(0.0, SIGMA / np.sqrt(2), origins)[who] + rng.normal(0.0, SIGMA / np.sqrt(2), n)
    return errors, [f"origin {i}" if told else "" for i in who]


NOISES: dict[str, Callable[[np.random.Generator, int], Errors]] = {
    "as stated": _normal,
    "heavy tails (Student, 3)": _heavy,
    "heavy tails (Laplace)": _laplace,
    "one in ten 5 times too high": partial(_blunders, ways=(1,)),
    "one in ten 5 times too high or low": partial(_blunders, ways=(-1, 1)),
    "a third less exact than stated": partial(_normal, times=4 / 3),
    "a third more exact than stated": partial(_normal, times=2 / 3),
    "half the variance of five origins": partial(_leaning, origins=5),
    "half the variance of one origin": partial(_leaning, origins=1),
    "half the variance of all, unsaid": partial(_leaning, origins=1, told=False),
}


def generated(
    seed: int,
    *,
    layers: tuple[int, int, int, int] = (6, 8, 5, 4),
    degree: tuple[int, int] = (1, 3),
    observed: float = 0.6,
    noise: str = "as stated",
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
    sights = tuple(
        Sight(arcs, float(np.log(flow[list(arcs)].sum()) + error), SIGMA, origin=origin)
        for arcs, error, origin in zip(seen, *NOISES[noise](rng, len(seen)), strict=True)
    )
    balance = Balance(nodes, tail, head, np.arange(sources), np.full(sources, 4.0), np.full(sources, 2.0),
                      np.zeros(len(tail)), 1.0, sights)  # fmt: skip
    return balance, flow
