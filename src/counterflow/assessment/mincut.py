"""Flow networks, and their maximum flow with the cut that proves it.

The cut is what everything else uses: its value is added up from the capacities themselves, so it does not depend on
how the kernel rounds.

The kernel is ours because what installs as a small wheel either has 32-bit whole capacities only (SciPy) or a licence
that would bind those who pass Counterflow on (igraph, GPL); it is as fast as the latter up to some 100,000 arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        self._network = network
        leaves = np.concatenate([network.tail, network.head])
        enters = np.concatenate([network.head, network.tail])
        order = np.argsort(leaves, kind="stable")
        slot = np.empty(len(leaves), np.int64)
        slot[order] = np.arange(len(leaves))
        self._forth, back = np.split(slot, 2)
        self._first = np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=len(network.names)))]).astype(
            np.int64
        )
        self._head = enters[order]
        self._twin = np.empty(len(leaves), np.int64)
        self._twin[self._forth], self._twin[back] = back, self._forth

    def cut(self, capacity: Floats) -> Cut:
        """The minimum cut between source and sink. :param capacity: finite, shape (arcs,)"""
        return self._cut(capacity, self.sink_side(capacity) > 0)

    def sink_side(self, capacity: Floats) -> Floats:
        """1 for each node on the sink's side of the minimum cut, else 0; shape (nodes,)."""
        return self._push(capacity)[0]

    def flow(self, capacity: Floats) -> tuple[Cut, Floats]:
        """A maximum flow, arc by arc, with its cut. :param capacity: finite, shape (arcs,)"""
        far, left = self._push(capacity)
        return self._cut(capacity, far > 0), np.maximum(np.asarray(capacity, np.float64) - left, 0.0)

    def _push(self, capacity: Floats) -> tuple[Floats, Floats]:
        """Nodes on the sink's side, and the capacity left on each arc."""
        from counterflow.assessment.dinic import push

        residual = np.zeros(len(self._head))
        residual[self._forth] = capacity
        level = push(self._first, self._head, self._twin, residual, self._network.source, self._network.sink)
        return (level < 0).astype(np.float64), residual[self._forth]

    def _cut(self, capacity: Floats, far: npt.NDArray[np.bool_]) -> Cut:
        arcs = np.flatnonzero(~far[self._network.tail] & far[self._network.head])
        return Cut(float(capacity[arcs].sum()), arcs)
