"""A conserved flow through a network of unknown amounts and splits, and its posterior given figures on some of them.

Amounts are known within a factor, not within a sum, so everything is in logarithms: what a source node sends out is
log-normal, how a node divides what it receives is a softmax of normals, and a figure is the logarithm of the flow over
some arcs with an error. (Least squares on the amounts themselves is a trap: its 90 % intervals cover 35 %.) The error
has heavier tails than the normal (Student's t), because one figure in some is a blunder (gross taken for net) that must
not pull the others along, and a leaning that all figures share, because a literature can guess high as a whole.
Conservation holds in every draw by construction.

Method: elliptical slice sampling (Murray, Adams and MacKay, AISTATS 2010), which has nothing to tune, in many chains at
once, started from the normal that figures on single sources give, widened. Seeded: same input, same draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from counterflow.assessment.mincut import Floats, Ints

__all__ = ["Balance", "Sight", "central", "sample"]

_CHAINS, _WARM_UP, _KEPT, _THIN = 64, 200, 16, 6
_CORE = 0.85
"""Scale of Student's t as a share of the spread a figure states: heavier tails, so a narrower core."""
_WIDER = 1.6
"""How much wider than their normal the figures on single sources are taken where the sampler starts from them."""


@dataclass(frozen=True)
class Sight:
    """A figure on the sum of the flow over some arcs.

    :param mean: logarithm of the amount; `spread` sd of its error; `side` 0 both ways, +1 at most, -1 at least
    """

    arcs: tuple[int, ...]
    mean: float
    spread: float
    side: int = 0


@dataclass(frozen=True, eq=False)
class Balance:
    """The network. Arcs run from lower to higher node numbers, so node order is flow order.

    :param sources: nodes that money comes from; `mean` and `spread` of the logarithm of what each sends before any
        figure is seen
    :param lean: mean of the logits by which a node divides what it has, shape (arcs,); `split_spread` their sd
    :param tails: degrees of freedom of a figure's error: few have heavy tails, ``inf`` is normal
    :param school: sd of the leaning of the logarithm that all two-sided figures share
    """

    nodes: int
    tail: Ints
    head: Ints
    sources: Ints
    mean: Floats
    spread: Floats
    lean: Floats
    split_spread: float
    sights: tuple[Sight, ...]
    tails: float = 4.0
    school: float = 0.1


@dataclass(frozen=True, eq=False)
class _Level:
    """Arcs that leave nodes at one distance from the sources, tail by tail, and how they gather at their heads."""

    arcs: Ints
    starts: Ints
    counts: Ints
    by_head: Ints
    head_starts: Ints
    heads: Ints


class _Forward:
    """From latent normals to flows, for many draws at once and level by level. Arrays are (things, draws)."""

    def __init__(self, b: Balance) -> None:
        self.b = b
        depth = np.zeros(b.nodes, dtype=np.int64)
        for arc in np.argsort(b.tail, kind="stable").tolist():
            depth[b.head[arc]] = max(depth[b.head[arc]], depth[b.tail[arc]] + 1)
        self.levels: list[_Level] = []
        for d in sorted(set(depth[b.tail].tolist())):
            arcs = np.flatnonzero(depth[b.tail] == d)
            arcs = arcs[np.argsort(b.tail[arcs], kind="stable")]
            _, starts, counts = np.unique(b.tail[arcs], return_index=True, return_counts=True)
            by_head = np.argsort(b.head[arcs], kind="stable")
            heads, head_starts = np.unique(b.head[arcs][by_head], return_index=True)
            self.levels.append(_Level(arcs, starts, counts, by_head, head_starts, heads))

    def flows(self, amounts: Floats, logits: Floats) -> Floats:
        """:param amounts: (sources, draws); :param logits: (arcs, draws); returns (arcs, draws)"""
        b = self.b
        held = np.zeros((b.nodes, amounts.shape[1]))
        held[b.sources] = amounts
        flow = np.zeros_like(logits)
        weight = np.exp(logits)
        for level in self.levels:
            part = weight[level.arcs]
            part *= held[b.tail[level.arcs]]
            part /= np.repeat(np.add.reduceat(weight[level.arcs], level.starts, axis=0), level.counts, axis=0)
            flow[level.arcs] = part
            held[level.heads] += np.add.reduceat(part[level.by_head], level.head_starts, axis=0)
        return flow


def sample(b: Balance, seed: int = 39) -> Floats:
    """Draws from the posterior, shape (draws, arcs). Every draw conserves the flow at every node between."""
    mean, spread = _start(b)
    forward = _Forward(b)
    rng = np.random.default_rng(seed)
    count = len(b.sources)
    wide = count + len(b.tail)

    def flows(z: Floats) -> Floats:
        latent = np.ascontiguousarray(z.T)
        amounts = np.exp(mean[:, None] + spread[:, None] * latent[:count])
        return forward.flows(amounts, b.lean[:, None] + b.split_spread * latent[count:wide]).T

    if not b.sights:
        return flows(rng.standard_normal((_CHAINS * _KEPT, wide)))

    likelihood = _likelihood(b)

    def fit(z: Floats) -> Floats:
        latent = mean + spread * z[:, :count]  # the start is no evidence: take it out, put the prior in its place
        prior: Floats = 0.5 * (z[:, :count] ** 2 - ((latent - b.mean) / b.spread) ** 2).sum(axis=1)
        return likelihood(flows(z), b.school * z[:, wide]) + prior

    z = rng.standard_normal((_CHAINS, wide + 1))
    height = fit(z)
    kept = []
    for step in range(_WARM_UP + _KEPT * _THIN):
        z, height = _slice_step(z, height, fit, rng)
        if step >= _WARM_UP and (step - _WARM_UP) % _THIN == _THIN - 1:
            kept.append(flows(z))
    return np.concatenate(kept)


def _start(b: Balance) -> tuple[Floats, Floats]:
    """Middle and spread of source amounts to start from: the prior and the figures that speak of exactly one source."""
    mean, precision = b.mean.copy(), 1.0 / b.spread**2
    all_arcs = {tuple(np.flatnonzero(b.tail == s).tolist()): i for i, s in enumerate(b.sources.tolist())}
    for sight in b.sights:
        i = all_arcs.get(tuple(sorted(sight.arcs)))
        if i is not None and not sight.side and sight.arcs:
            more = 1.0 / (sight.spread * _WIDER) ** 2
            mean[i] = (mean[i] * precision[i] + sight.mean * more) / (precision[i] + more)
            precision[i] += more
    return mean, 1.0 / np.sqrt(precision)


def _likelihood(b: Balance) -> Callable[[Floats, Floats], Floats]:
    """Log-likelihood of flows (draws, arcs) with leanings (draws,) under the figures, as a function."""
    from scipy.special import log_ndtr

    sums = np.zeros((len(b.sights), len(b.tail)))
    for row, sight in enumerate(b.sights):
        sums[row, list(sight.arcs)] = 1.0
    mean = np.array([s.mean for s in b.sights])
    spread = np.array([s.spread for s in b.sights]) * (1.0 if np.isinf(b.tails) else _CORE)
    side = np.array([s.side for s in b.sights])
    both = side == 0

    def fit(flow: Floats, leaning: Floats) -> Floats:
        off = (np.log(np.maximum(flow @ sums.T, 1e-300)) + both * leaning[:, None] - mean) / spread
        two = off[:, both] ** 2
        each = -0.5 * two if np.isinf(b.tails) else -0.5 * (b.tails + 1) * np.log1p(two / b.tails)
        height: Floats = each.sum(axis=1)
        if not both.all():
            height += log_ndtr(-side[~both] * off[:, ~both]).sum(axis=1)
        return height

    return fit


def _slice_step(
    z: Floats, height: Floats, fit: Callable[[Floats], Floats], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """One elliptical slice step of every chain; a chain that has found its point waits for the others."""
    nu = rng.standard_normal(z.shape)
    level = height + np.log(rng.random(len(z)))
    angle = rng.uniform(0.0, 2 * np.pi, len(z))
    low, high = angle - 2 * np.pi, angle.copy()
    result, value = z.copy(), height.copy()
    waiting = np.arange(len(z))
    while len(waiting):
        turn = angle[waiting, None]
        trial = z[waiting] * np.cos(turn) + nu[waiting] * np.sin(turn)
        found = fit(trial)
        good = found > level[waiting]
        result[waiting[good]], value[waiting[good]] = trial[good], found[good]
        waiting = waiting[~good]
        back = angle[waiting] < 0
        low[waiting[back]] = angle[waiting[back]]
        high[waiting[~back]] = angle[waiting[~back]]
        angle[waiting] = rng.uniform(low[waiting], high[waiting])
    return result, value


def central(b: Balance, draws: Floats) -> Floats:
    """One conserved flow to print: the average of the fifth of the draws whose total lies nearest the median total.

    Averages of conserved flows are conserved; medians arc by arc are not. Shape (arcs,).
    """
    total = draws[:, np.isin(b.tail, b.sources)].sum(axis=1)
    nearest = np.argsort(np.abs(total - np.median(total)), kind="stable")[: max(1, len(draws) // 5)]
    middle: Floats = draws[nearest].mean(axis=0)
    return middle
