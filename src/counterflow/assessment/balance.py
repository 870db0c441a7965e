"""A conserved flow through a network of unknown amounts and splits, and its posterior given figures on some of them.

Amounts are known within a factor, not within a sum, so everything is in logarithms: what a source node sends out is
log-normal, how a node divides what it receives is a softmax of normals, and a figure is the logarithm of the flow over
some arcs with an error. (Least squares on the amounts themselves is a trap: its 90 % intervals cover 35 %.)
Conservation holds in every draw by construction.

Errors are not taken at their word. They have heavier tails than the normal (Student's t), because one figure in some is
a blunder (gross taken for net) that must not pull the others along. A share of their variance is a leaning that all
figures have in common, because a literature can guess high as a whole, and another one of all figures of one origin.
All may be more or less exact than they state, and splits more or less even than assumed: two factors that the figures
settle. The common leaning they cannot settle, so it stays in the width of every total.

Method: Hamiltonian Monte Carlo with exact gradients, compiled (`balance_kernel`), started from the normal that figures
on single sources give, widened. Seeded: same input, same draws.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterflow.assessment.mincut import Floats, Ints

if TYPE_CHECKING:
    from counterflow.assessment.balance_kernel import Model

__all__ = ["Balance", "Mixing", "Sight", "central", "mixing", "sample"]

_CHAINS, _WARM_UP, _KEPT, _THIN = 8, 600, 128, 5
_CORE = 0.85
"""Scale of Student's t as a share of the spread a figure states: heavier tails, so a narrower core."""
_WIDER = 1.6
"""How much wider than their normal the figures on single sources are taken where the sampler starts from them."""


@dataclass(frozen=True)
class Sight:
    """A figure on the sum of the flow over some arcs.

    :param mean: logarithm of the amount; `spread` sd of its error; `side` 0 both ways, +1 at most, -1 at least
    :param origin: who says so; empty: somebody who says nothing else
    """

    arcs: tuple[int, ...]
    mean: float
    spread: float
    side: int = 0
    origin: str = ""


@dataclass(frozen=True, eq=False)
class Balance:
    """The network. Arcs run from lower to higher node numbers, so node order is flow order.

    :param sources: nodes that money comes from; `mean` and `spread` of the logarithm of what each sends before any
        figure is seen
    :param lean: mean of the logits by which a node divides what it has, shape (arcs,); `split_spread` their sd
    :param tails: degrees of freedom of a figure's error: few have heavy tails, ``inf`` is normal
    :param school: share of the variance of errors that all two-sided figures have in common, as a middle; `unsure` sd
        of its logit; `kin` share of the rest that those of one origin have in common
    :param exactness: sd of the logarithm of the factor by which all errors differ from what they state
    :param unevenness: the same of `split_spread`
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
    school: float = 0.15
    unsure: float = 1.5
    kin: float = 0.3
    exactness: float = 0.12
    unevenness: float = 0.4


def sample(b: Balance, seed: int = 39) -> Floats:
    """Draws from the posterior, shape (draws, arcs). Every draw conserves the flow at every node between.

    Rows stand chain by chain, so an even selection is of all chains.
    """
    from counterflow.assessment.balance_kernel import SHARED, chain, prior

    order = np.argsort(b.tail, kind="stable")
    model, origins = _model(b, order)
    size = len(b.sources) + len(order) + SHARED + origins
    back = np.argsort(order)
    if not b.sights:
        free: Floats = prior(model, np.random.default_rng(seed).standard_normal((_CHAINS * _KEPT, size)))
        return free[:, back]
    seeds = np.random.SeedSequence(seed).spawn(_CHAINS)
    chains = [chain(model, np.random.Generator(np.random.PCG64(s)), size, _WARM_UP, _KEPT, _THIN) for s in seeds]
    return np.concatenate(chains)[:, back]


def _model(b: Balance, order: Ints) -> tuple[Model, int]:
    """The balance in arrays, its arcs in this order; and how many origins speak more than once."""
    from counterflow.assessment.balance_kernel import Model

    start, wide = _start(b)
    said = Counter(s.origin for s in b.sights if s.origin and not s.side)
    often = {origin: i for i, origin in enumerate(sorted(o for o, n in said.items() if n > 1))}
    place = np.argsort(order)
    model = Model(
        source=np.asarray(b.sources, dtype=np.int64), start=start, wide=wide, mean=b.mean, spread=b.spread,
        first=np.searchsorted(b.tail[order], np.arange(b.nodes + 1)).astype(np.int64),
        head=b.head[order].astype(np.int64), lean=b.lean[order],
        seen_first=np.cumsum([0, *(len(s.arcs) for s in b.sights)]).astype(np.int64),
        seen=np.array([place[a] for s in b.sights for a in s.arcs], dtype=np.int64),
        told=np.array([s.mean for s in b.sights], dtype=np.float64),
        error=np.array([s.spread for s in b.sights], dtype=np.float64),
        side=np.array([s.side for s in b.sights], dtype=np.int64),
        origin=np.array([-1 if s.side else often.get(s.origin, -1) for s in b.sights], dtype=np.int64),
        split=float(b.split_spread), uneven=float(b.unevenness), exact=float(b.exactness), school=float(b.school),
        unsure=float(b.unsure), kin=float(b.kin), tails=float(b.tails), core=_CORE,
    )  # fmt: skip
    return model, len(often)


class Mixing(NamedTuple):
    """How well chains agree, over all amounts: :param r_hat: the worst, 1 at best; :param effective: fewest draws."""

    r_hat: float
    effective: float


def mixing(draws: Floats) -> Mixing:
    """R-hat on half chains, and the draws that the spread of their means is worth, of `sample`'s logarithms.

    Gelman, Carlin, Stern, Dunson, Vehtari and Rubin, Bayesian Data Analysis, 3rd ed. 2013, ch. 11.4.
    """
    halves = 2 * _CHAINS
    logs = np.log(np.maximum(draws, 1e-300)).reshape(halves, -1, draws.shape[1])
    length = logs.shape[1]
    within = np.maximum(logs.var(axis=1, ddof=1).mean(axis=0), 1e-300)
    between = length * logs.mean(axis=1).var(axis=0, ddof=1)
    spread = (length - 1) / length * within + between / length
    effective = halves * length * np.minimum(1.0, spread / np.maximum(between, 1e-300))
    return Mixing(float(np.sqrt(spread / within).max()), float(effective.min()))


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


def central(b: Balance, draws: Floats) -> Floats:
    """One conserved flow to print: the average of the fifth of the draws whose total lies nearest the median total.

    Averages of conserved flows are conserved; medians arc by arc are not. Shape (arcs,).
    """
    total = draws[:, np.isin(b.tail, b.sources)].sum(axis=1)
    nearest = np.argsort(np.abs(total - np.median(total)), kind="stable")[: max(1, len(draws) // 5)]
    middle: Floats = draws[nearest].mean(axis=0)
    return middle
