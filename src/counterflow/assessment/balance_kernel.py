"""Kernel of the flow's posterior, compiled: from latent normals to a conserved flow, its height under the figures with
the gradient, and Hamiltonian Monte Carlo, chain by chain.

A *point* is one vector of what are standard normals before any figure is seen: one for each source (what it sends), one
for each arc (how its tail divides), then what figures and splits have in common: the leaning of all figures, how exact
they are, how uneven splits are, and the leaning of each origin of several figures.

Method: leapfrog steps along the gradient with a random path length (Neal, Handbook of Markov Chain Monte Carlo, 2011,
ch. 5); step size by dual averaging (Hoffman and Gelman, JMLR 15, 2014); a scale for each coordinate from the warm-up.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["SHARED", "Model", "chain", "height", "log_ndtr", "prior"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SHARED = 4
"""Coordinates after sources and arcs and before origins: leaning, exactness, unevenness, what share leans."""
_PATH, _MOST = 4.0, 64
"""Longest path in units of a coordinate's scale, and the most steps on it."""
_ACCEPT = 0.8


class Model(NamedTuple):
    """A balance in arrays. Arcs out of one node stand together, nodes in the order of the flow.

    :param source: node of each source; `start` and `wide` middle and spread of the logarithm of what it sends, where
        the sampler starts from; `mean` and `spread` the same before any figure is seen
    :param first: arcs out of node ``v`` are ``first[v]:first[v + 1]``; `head` the node each enters; `lean` its logit
    :param seen_first: figure ``j`` speaks of the arcs ``seen[seen_first[j]:seen_first[j + 1]]``
    :param told: logarithm that each figure states; `error` its sd; `side` 0, +1 at most, -1 at least
    :param origin: number of its origin, -1 where no other figure is of that
    :param split: sd of logits; `uneven` sd of the logarithm of what all of them are multiplied with
    :param exact: sd of the logarithm of what all errors are multiplied with
    :param school: middle share of the variance of errors that all figures have in common; `unsure` sd of its logit;
        `kin` share of the rest that those of one origin have in common
    :param tails: degrees of freedom of Student's t, inf normal; `core` its scale as a share of the error
    """

    source: Ints
    start: Floats
    wide: Floats
    mean: Floats
    spread: Floats
    first: Ints
    head: Ints
    lean: Floats
    seen_first: Ints
    seen: Ints
    told: Floats
    error: Floats
    side: Ints
    origin: Ints
    split: float
    uneven: float
    exact: float
    school: float
    unsure: float
    kin: float
    tails: float
    core: float


@numba.njit(cache=True, error_model="numpy", nogil=True)
def log_ndtr(x: float) -> float:
    """Logarithm of the normal distribution function; far out by its asymptotic series."""
    if x > -6.0:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    q = 1.0 / (x * x)
    series = 1.0 - q * (1.0 - 3.0 * q * (1.0 - 5.0 * q * (1.0 - 7.0 * q)))
    return -0.5 * x * x - math.log(-x) - 0.9189385332046727 + math.log(series)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _flows(m: Model, z: Floats, held: Floats, flow: Floats) -> float:
    """Fill what each node holds and each arc carries at a point. Returns the sd of the logits there."""
    count, arcs = len(m.source), len(m.head)
    split = m.split * math.exp(m.uneven * z[count + arcs + 2])
    held[:] = 0.0
    for i in range(count):
        held[m.source[i]] = math.exp(m.start[i] + m.wide[i] * z[i])
    for v in range(len(held)):
        a, b = m.first[v], m.first[v + 1]
        total = 0.0
        for k in range(a, b):
            flow[k] = math.exp(m.lean[k] + split * z[count + k]) if b > a + 1 else 1.0
            total += flow[k]
        for k in range(a, b):
            flow[k] *= held[v] / total
            held[m.head[k]] += flow[k]
    return split


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _figures(m: Model, z: Floats, flow: Floats, pull: Floats, grad: Floats) -> float:
    """Logarithm of the likelihood of the figures; fills `pull`, its slope by the flow on each arc, and adds to `grad`
    the slope by what figures have in common."""
    at = len(m.source) + len(m.head)
    pull[:] = 0.0
    found, exact, common = 0.0, math.exp(m.exact * z[at + 1]), 0.0
    if m.school > 0:
        odds = m.school / (1.0 - m.school) * math.exp(m.unsure * z[at + 3])
        common = odds / (1.0 + odds)
    for j in range(len(m.told)):
        total = 0.0
        for k in range(m.seen_first[j], m.seen_first[j + 1]):
            total += flow[m.seen[k]]
        total = max(total, 1e-300)
        off = m.told[j] - math.log(total)
        if m.side[j] != 0:
            x = m.side[j] * off / m.error[j]
            height = log_ndtr(x)
            slope = m.side[j] / m.error[j] * math.exp(-0.5 * x * x - 0.9189385332046727 - height)
        else:
            error, kin = m.error[j] * exact, m.kin if m.origin[j] >= 0 else 0.0
            all_lean, own_lean = error * math.sqrt(common), error * math.sqrt((1.0 - common) * kin)
            leaning, own = all_lean * z[at], 0.0
            if kin > 0:
                own = own_lean * z[at + SHARED + m.origin[j]]
            off -= leaning + own
            scale = error * math.sqrt((1.0 - common) * (1.0 - kin))
            if math.isinf(m.tails):
                u = (off / scale) ** 2
                height, slope, by_scale = -math.log(scale) - 0.5 * u, -off / scale**2, u - 1.0
            else:
                scale *= m.core
                u = (off / scale) ** 2 / m.tails
                height = -math.log(scale) - 0.5 * (m.tails + 1.0) * math.log1p(u)
                slope = -(m.tails + 1.0) * off / (scale**2 * m.tails) / (1.0 + u)
                by_scale = (m.tails + 1.0) * u / (1.0 + u) - 1.0
            grad[at] -= slope * all_lean
            grad[at + 1] += m.exact * (by_scale - slope * (leaning + own))
            grad[at + 3] += 0.5 * m.unsure * (common * (slope * own - by_scale) - (1.0 - common) * slope * leaning)
            if kin > 0:
                grad[at + SHARED + m.origin[j]] -= slope * own_lean
        found += height
        for k in range(m.seen_first[j], m.seen_first[j + 1]):
            pull[m.seen[k]] -= slope / total
    return found


@numba.njit(cache=True, error_model="numpy", nogil=True)
def height(m: Model, z: Floats, held: Floats, flow: Floats, back: Floats, pull: Floats, grad: Floats) -> float:
    """Logarithm of the posterior at a point, up to a constant.

    :param held, back: shape (nodes,) and `flow, pull` shape (arcs,), to work in; `flow` holds the point's flow after it
    :param grad: filled with the gradient, shape of the point
    """
    count = len(m.source)
    split = _flows(m, z, held, flow)
    grad[:] = -z
    found: float = -0.5 * float((z * z).sum()) + _figures(m, z, flow, pull, grad)
    uneven = 0.0
    for v in range(len(held) - 1, -1, -1):  # what one more at a node is worth, from the end of the flow to its sources
        back[v] = 0.0
        for k in range(m.first[v], m.first[v + 1]):
            pull[k] += back[m.head[k]]
            if held[v] > 0:
                back[v] += pull[k] * flow[k] / held[v]
        if m.first[v + 1] > m.first[v] + 1:
            for k in range(m.first[v], m.first[v + 1]):
                slope = flow[k] * (pull[k] - back[v]) * split
                grad[count + k] += slope
                uneven += slope * z[count + k]
    grad[count + len(m.head) + 2] += m.uneven * uneven
    for i in range(count):  # the start is no evidence: take it out, put the prior in its place
        off = (m.start[i] + m.wide[i] * z[i] - m.mean[i]) / m.spread[i]
        found += 0.5 * (z[i] * z[i] - off * off)
        node = m.source[i]
        grad[i] += z[i] - off * m.wide[i] / m.spread[i] + back[node] * held[node] * m.wide[i]
    return found


@numba.njit(cache=True, error_model="numpy", nogil=True)
def prior(m: Model, z: Floats) -> Floats:
    """Flows at points, one a row: shape (points, arcs)."""
    held, found = np.zeros(len(m.first) - 1), np.zeros((len(z), len(m.head)))
    for row in range(len(z)):
        _flows(m, z[row], held, found[row])
    return found


@numba.njit(cache=True, error_model="numpy", nogil=True)
def chain(  # noqa: C901, a kernel is one nest of loops
    m: Model, rng: np.random.Generator, size: int, warm_up: int, kept: int, thin: int
) -> Floats:
    """One chain's flows, shape (kept, arcs). :param size: of a point; :param thin: steps between two that are kept"""
    arcs, nodes = len(m.head), len(m.first) - 1
    held, back, flow, pull = np.zeros(nodes), np.zeros(nodes), np.zeros(arcs), np.zeros(arcs)
    z, trial, speed = np.zeros(size), np.zeros(size), np.zeros(size)
    grad, slope, scale = np.zeros(size), np.zeros(size), np.ones(size)
    total, square, counted = np.zeros(size), np.zeros(size), 0
    for i in range(size):
        z[i] = rng.standard_normal()
    now = height(m, z, held, flow, back, pull, grad)
    carried = flow.copy()
    found = np.zeros((kept, arcs))
    step, aim, average, short, turn = 0.1, math.log(1.0), 0.0, 0.0, 0
    for round_ in range(warm_up + kept * thin):
        length = step if round_ < warm_up else step * (0.9 + 0.2 * rng.random())
        many = min(_MOST, 1 + int(rng.random() * _PATH / length))
        energy = now
        for i in range(size):
            speed[i] = rng.standard_normal()
            energy -= 0.5 * speed[i] ** 2
        trial[:] = z
        slope[:] = grad
        value = now
        for _ in range(many):
            for i in range(size):
                speed[i] += 0.5 * length * scale[i] * slope[i]
                trial[i] += length * scale[i] * speed[i]
            value = height(m, trial, held, flow, back, pull, slope)
            for i in range(size):
                speed[i] += 0.5 * length * scale[i] * slope[i]
            if not value - energy > -1000.0:
                break
        change = value - energy - 0.5 * (speed * speed).sum()
        chance = math.exp(min(0.0, change)) if change > -1000.0 else 0.0
        if rng.random() < chance:
            z[:] = trial
            grad[:] = slope
            carried[:] = flow
            now = value
        if round_ >= warm_up:
            if (round_ - warm_up) % thin == thin - 1:
                found[(round_ - warm_up) // thin] = carried
            continue
        turn += 1
        short += (_ACCEPT - chance - short) / (turn + 10)
        step = math.exp(aim - math.sqrt(turn) / 0.05 * short)
        average += (math.log(step) - average) * turn**-0.75
        if warm_up // 4 <= round_ < warm_up // 2:
            total += z
            square += z * z
            counted += 1
        if round_ == warm_up // 2 - 1:
            for i in range(size):
                variance = (square[i] - total[i] ** 2 / counted) / (counted - 1)
                scale[i] = math.sqrt((variance * counted + 2.5) / (counted + 5))
            aim, average, short, turn = average + math.log(10.0), 0.0, 0.0, 0
        if round_ == warm_up - 1:
            step = math.exp(average)
    return found
