"""Taking out of an interdiction problem all that no better plan can use.

A plan that beats the best known one leaves a cut which, at the multiplier of the bound, costs less than the minimum
plus the gap. A cut that separates an arc's ends pays for all room the minimum's flow leaves on that arc; so an arc with
more room than the gap has its tail on the far side or its head on the near side. Nodes tied to each other both ways
become one, those tied to an end become that end (the max-flow form of fixing variables by reduced costs). The smaller
the gap the smaller what is left: for a gap below one unit in whole numbers, often nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from counterflow.assessment.lagrangian import Problem, Sweep
from counterflow.assessment.mincut import Bools, Ints, Network

__all__ = ["Smaller", "contract"]


class Smaller(NamedTuple):
    """:param measures: number in the larger problem of each measure of the smaller one"""

    problem: Problem
    measures: Ints


def contract(sweep: Sweep, multiplier: float, gap: float) -> Smaller | None:
    """The problem without what no cut within the gap can use; None: no cut is within the gap.

    :param gap: how far above the bound's cut a cut may cost and still lead to a better plan
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    p = sweep.problem
    net = p.network
    priced, _ = sweep.priced(multiplier)
    _, forth, back, stuck = sweep.kernel.slack(priced)
    nodes = len(net.names)
    ahead, behind = forth > gap, back > gap
    held = np.flatnonzero(stuck > gap)
    held = held[(held != net.source) & (held != net.sink)]
    # an edge a → b: where a is near, b is near
    origin = np.concatenate([net.tail[ahead], net.head[behind], np.full(len(held), net.source)])
    to = np.concatenate([net.head[ahead], net.tail[behind], held])
    implied = csr_array((np.ones(len(origin), np.int8), (origin, to)), shape=(nodes, nodes))
    near = breadth_first_order(implied, net.source, return_predecessors=False)
    far = breadth_first_order(implied.T.tocsr(), net.sink, return_predecessors=False)
    group = connected_components(implied, connection="strong")[1].astype(np.int64) + 2
    group[near] = 0
    if (group[far] == 0).any():
        return None
    group[far] = 1
    kept, group = np.unique(np.concatenate([[0, 1], group]), return_inverse=True)
    group = group[2:]
    tail, head = group[net.tail], group[net.head]
    alive = (tail != head) & (head != 0) & (tail != 1) & (p.capacity > 0)
    return _smaller(p, tail, head, alive, len(kept))


def _smaller(p: Problem, tail: Ints, head: Ints, alive: Bools, nodes: int) -> Smaller:
    """Dead arcs go, and the measures that hit nothing any more; arcs that nothing hits are added up by their ends."""
    hit = np.zeros(len(p.capacity), dtype=bool)
    hit[p.hit_arc] = True
    kept = np.flatnonzero(alive & hit)
    plain = np.flatnonzero(alive & ~hit)
    ends, place = np.unique(tail[plain] * nodes + head[plain], return_inverse=True)
    number = np.full(len(p.capacity), -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    hits = number[p.hit_arc] >= 0
    if len(p.caps):  # one that hits nothing any more may still be what another waits for
        measures, hit_measure = np.arange(len(p.cost)), p.hit_measure[hits]
    else:
        measures, hit_measure = np.unique(p.hit_measure[hits], return_inverse=True)
    network = Network(
        tuple(map(str, range(nodes))),
        np.concatenate([tail[kept], ends // nodes]),
        np.concatenate([head[kept], ends % nodes]),
        np.concatenate([p.capacity[kept], np.bincount(place, p.capacity[plain], minlength=len(ends))]),
        0,
        1,
    )
    problem = Problem(
        network=network,
        capacity=network.capacity,
        cost=p.cost[measures],
        hit_arc=number[p.hit_arc[hits]],
        hit_measure=hit_measure.astype(np.int64),
        removes=p.removes[hits],
        agency=p.agency[measures],
        limits=p.limits,
        step=p.step,
        loads=p.loads[:, measures] if len(p.caps) else p.loads,
        caps=p.caps,
    )
    return Smaller(problem, measures)
