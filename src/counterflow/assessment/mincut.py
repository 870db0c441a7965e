"""Flow networks, and their maximum flow with the cut that proves it.

The cut is what everything else uses: its value is added up from the capacities themselves, so it does not depend on
how the kernel rounds.

The kernel is ours because what installs as a small wheel either has 32-bit whole capacities only (SciPy) or a licence
that would bind those who pass Counterflow on (igraph, GPL).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from counterflow.errors import UsageError

__all__ = ["Cut", "Kernel", "Network"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


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

    def merged(self, nodes: Collection[int], name: str) -> Network:
        """The network with these nodes made one; arcs keep their numbers, those among them become loops.

        Each cut of the result is a cut of the original with all of them on one side, so neither the maximum flow nor
        what any plan against arcs leaves can fall.
        """
        group = np.arange(len(self.names))
        first = min(nodes)
        group[list(nodes)] = first
        names = tuple(name if i == first else n for i, n in enumerate(self.names))
        return Network(
            names, group[self.tail], group[self.head], self.capacity, int(group[self.source]), int(group[self.sink]),
            self.arcs,
        )  # fmt: skip

    def arc_name(self, arc: int) -> str:
        """The id of an arc."""
        return self.arcs[arc] if self.arcs else str(arc)


@dataclass(frozen=True, eq=False)
class Cut:
    """A minimum cut. :param value: sum of its arcs' capacities = the maximum flow; :param arcs: arc numbers, sorted"""

    value: float
    arcs: Ints


class Kernel:
    """Minimum cuts of one network under changing capacities: the graph is built once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        arcs, nodes = len(network.tail), len(network.names)
        leaves = np.concatenate([network.tail, network.head]).astype(np.int32)
        enters = np.concatenate([network.head, network.tail]).astype(np.int32)
        order = np.argsort(leaves, kind="stable")
        slot = np.empty(2 * arcs, np.int32)
        slot[order] = np.arange(2 * arcs, dtype=np.int32)
        self._forth, self._back = slot[:arcs], slot[arcs:]
        self._first = np.zeros(nodes + 1, np.int32)
        np.cumsum(np.bincount(leaves, minlength=nodes), out=self._first[1:])
        self._head = enters[order]
        self._twin = np.empty(2 * arcs, np.int32)
        self._twin[self._forth], self._twin[self._back] = self._back, self._forth

    def cut(self, capacity: Floats) -> Cut:
        """The minimum cut between source and sink. :param capacity: finite, shape (arcs,)"""
        return self._cut(capacity, self.far(capacity))

    def far(self, capacity: Floats) -> Bools:
        """Which nodes lie on the sink's side of the minimum cut, shape (nodes,)."""
        return self._push(capacity)[0]

    def slack(self, capacity: Floats) -> tuple[Cut, Floats, Floats, Floats]:
        """The minimum cut, and what it leaves over: room of each arc forth and back, shape (arcs,), and what is stuck
        at each node, shape (nodes,). Every cut costs at least the minimum, all room that leads over it, and all that is
        stuck on its far side.
        """
        far, residual, excess = self._push(capacity)
        return self._cut(capacity, far), residual[self._forth], residual[self._back], excess

    def flow(self, capacity: Floats) -> tuple[Cut, Floats]:
        """A maximum flow, arc by arc, with its cut. :param capacity: finite, shape (arcs,)"""
        from counterflow.assessment.push_relabel import push

        far, residual, excess = self._push(capacity)
        # what is stuck goes home: the same push with the ends exchanged, and no more out of the sink
        source, sink = self._network.source, self._network.sink
        out = slice(self._first[sink], self._first[sink + 1])
        kept = residual[out].copy()
        residual[out] = 0.0
        push(self._first, self._head, self._twin, residual, excess, sink, source)
        residual[out] += kept
        flow: Floats = residual[self._back].copy()
        return self._cut(capacity, far), flow

    def _push(self, capacity: Floats) -> tuple[Bools, Floats, Floats]:
        """Nodes on the sink's side, the room left in each slot, what is stuck at each node."""
        from counterflow.assessment.push_relabel import push

        net = self._network
        residual, excess = np.zeros(len(self._head)), np.zeros(len(net.names))
        residual[self._forth] = capacity
        height = push(self._first, self._head, self._twin, residual, excess, net.source, net.sink)
        return height < len(net.names), residual, excess

    def _cut(self, capacity: Floats, far: Bools) -> Cut:
        arcs = np.flatnonzero(~far[self._network.tail] & far[self._network.head])
        return Cut(float(capacity[arcs].sum()), arcs)
