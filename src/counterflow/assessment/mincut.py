"""Flow networks, and their maximum flow with the cut that proves it.

The cut is what everything else uses: its value is added up from the capacities themselves, so it does not depend on
how the kernel rounds.

Kernel: push-relabel of igraph, the fastest with real-valued capacities among those that install as a small wheel
(SciPy's is 32-bit integers only; OR-tools is faster from some 100,000 arcs on, but several times the download).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from counterflow.errors import UsageError

__all__ = ["Cut", "Kernel", "Network"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """A directed network with capacities.

    :param names: node names; the index is the node's number
    :param tail: node each arc leaves, shape (arcs,); `head` the node it enters
    :param capacity: most that an arc carries, in one unit throughout; ``inf`` is allowed
    :param source: node all flow comes from; `sink` the node it ends in
    :param arcs: arc ids; default ``0``, ``1``, …
    :raises UsageError: shapes differ, a node number is unknown, a capacity is negative or not a number
    """

    names: tuple[str, ...]
    tail: Ints
    head: Ints
    capacity: Floats
    source: int
    sink: int
    arcs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        tail, head = np.asarray(self.tail, dtype=np.int64), np.asarray(self.head, dtype=np.int64)
        capacity = np.asarray(self.capacity, dtype=np.float64)
        nodes = len(self.names)
        if not len(tail) == len(head) == len(capacity):
            raise UsageError(f"network: {len(tail)} tails, {len(head)} heads and {len(capacity)} capacities differ")
        for number in (self.source, self.sink):
            if not 0 <= number < nodes:
                raise UsageError(f"network: node {number} of {nodes} does not exist")
        if self.source == self.sink:
            raise UsageError(f"network: source and sink are both '{self.names[self.source]}'")
        for ends in (tail, head):
            if len(ends) and not (ends.min() >= 0 and ends.max() < nodes):
                raise UsageError(f"network: an arc ends at a node that is not among the {nodes} nodes")
        wrong = np.flatnonzero(~(capacity >= 0))
        if len(wrong):
            raise UsageError(f"network: capacity of arc {int(wrong[0])} is {capacity[wrong[0]]}; it must be ≥ 0")
        if self.arcs and len(self.arcs) != len(tail):
            raise UsageError(f"network: {len(self.arcs)} arc ids for {len(tail)} arcs")
        object.__setattr__(self, "tail", tail)
        object.__setattr__(self, "head", head)
        object.__setattr__(self, "capacity", capacity)
        object.__setattr__(self, "arcs", self.arcs or tuple(str(i) for i in range(len(tail))))


@dataclass(frozen=True, eq=False)
class Cut:
    """A minimum cut. :param value: sum of its arcs' capacities = the maximum flow; :param arcs: arc numbers, sorted"""

    value: float
    arcs: Ints


class Kernel:
    """Minimum cuts of one network under changing capacities: the graph is built once."""

    def __init__(self, network: Network) -> None:
        import igraph

        self._network = network
        pairs = np.column_stack([network.tail, network.head])
        self._graph: Any = igraph.Graph(n=len(network.names), edges=pairs, directed=True)

    def cut(self, capacity: Floats) -> Cut:
        """The minimum cut between source and sink. :param capacity: finite, shape (arcs,)"""
        net = self._network
        if not len(capacity):
            return Cut(0.0, np.empty(0, np.int64))
        far = self.sink_side(capacity) > 0
        arcs = np.flatnonzero(~far[net.tail] & far[net.head])
        return Cut(float(capacity[arcs].sum()), arcs)

    def sink_side(self, capacity: Floats) -> Floats:
        """1 for each node on the sink's side of the minimum cut, else 0; shape (nodes,)."""
        net = self._network
        found = self._graph.mincut(net.source, net.sink, capacity=capacity.tolist())
        far = np.ones(len(net.names))
        far[found.partition[0]] = 0.0
        return far if far[net.sink] else 1.0 - far

    def flow(self, capacity: Floats) -> tuple[Cut, Floats]:
        """A maximum flow, arc by arc, with its cut. :param capacity: finite, shape (arcs,)"""
        net = self._network
        if not len(capacity):
            return Cut(0.0, np.empty(0, np.int64)), np.zeros(0)
        found = self._graph.maxflow(net.source, net.sink, capacity=_edge_attribute(self._graph, capacity))
        return self.cut(capacity), np.asarray(found.flow, dtype=np.float64)


def _edge_attribute(graph: Any, capacity: Floats) -> str:
    """igraph wants the name of an attribute to give the flow arc by arc."""
    graph.es["capacity"] = capacity.tolist()
    return "capacity"
