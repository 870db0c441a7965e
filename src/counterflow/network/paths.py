"""Chains through the graph: shortest, likeliest, several, in the order of time, and to the nearest listed party.

A chain is told as the numbers of its links. Where several are as good, the one with the better weakest link is taken,
then the lower link number: the same graph gives the same chain.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.network.graph import Columns
from counterflow.network.grouping import COMPILE_FROM, Bools, Floats, Ints, Smalls, compiled

__all__ = ["Nearest", "in_time", "likeliest", "nearest", "shortest"]


@dataclass(frozen=True)
class Nearest:
    """Of each node, the way to the nearest seed. :param hops: links on it; -1: none
    :param via: first link of it, -1 for a seed; :param worst: cost of its weakest link; :param seed: where it ends"""

    hops: Smalls
    via: Smalls
    worst: Floats
    seed: Smalls

    def chain(self, graph: Columns, node: int) -> list[int]:
        """Links from a node to its nearest seed, in order."""
        found = []
        while self.via[node] >= 0:
            link = int(self.via[node])
            found.append(link)
            node = int(graph.target[link] if graph.source[link] == node else graph.source[link])
        return found


def nearest(graph: Columns, seeds: Smalls, ways: Bools) -> Nearest:
    """From all nodes at once to the nearest seed, whichever way links run: breadth first from the seeds.

    Among chains of equally many links the one whose weakest link is strongest.
    """
    hops, via = np.full(graph.nodes, -1, np.int32), np.full(graph.nodes, -1, np.int32)
    worst, seed = np.zeros(graph.nodes), np.full(graph.nodes, -1, np.int32)
    run = compiled(_nearest) if len(graph.source) >= COMPILE_FROM else _nearest
    run(np.unique(seeds).astype(np.int32), *graph.both, ways, graph.cost, hops, via, worst, seed)
    return Nearest(hops, via, worst, seed)


def _nearest(
    seeds: Smalls, offsets: Ints, links: Smalls, others: Smalls, ways: Bools, cost: Floats, hops: Smalls, via: Smalls,
    worst: Floats, seed: Smalls,
) -> None:  # fmt: skip
    queue = np.empty(len(hops), np.int32)
    tail = 0
    for node in seeds:
        hops[node] = 0
        seed[node] = node
        queue[tail] = node
        tail += 1
    head = 0
    while head < tail:
        node = queue[head]
        head += 1
        step = hops[node] + 1
        for k in range(offsets[node], offsets[node + 1]):
            link = links[k]
            if not ways[link]:
                continue
            other = others[k]
            weakest = max(worst[node], cost[link])
            if hops[other] < 0:
                hops[other] = step
                queue[tail] = other
                tail += 1
            elif hops[other] != step or weakest > worst[other] or (weakest == worst[other] and link >= via[other]):
                continue
            via[other] = link
            worst[other] = weakest
            seed[other] = seed[node]


def shortest(graph: Columns, source: int, target: int, ways: Bools) -> list[int] | None:
    """A chain of the fewest links; None: there is none."""
    if source == target:
        return []
    found = nearest(graph, np.array([target], np.int32), ways)
    return found.chain(graph, source) if found.hops[source] >= 0 else None


def likeliest(graph: Columns, source: int, target: int, ways: Bools, count: int) -> list[tuple[float, list[int]]]:
    """Up to `count` chains without a node twice, cheapest (likeliest) first, each with its cost.

    Of parallel links between two nodes the cheapest is taken. Yen's deviations, with the distances to the target as a
    lower bound for each search (Yen 1971; Martins and Pascoal 2003).
    """
    ahead = _distances(graph, target, ways)
    if source == target or not np.isfinite(ahead[source]):
        return []
    first = _search(graph, source, target, ways, ahead, frozenset(), frozenset())
    if first is None:
        return []
    found: list[tuple[float, list[int]]] = [first]
    waiting: list[tuple[float, list[int]]] = []
    seen = {tuple(first[1])}
    while len(found) < count:
        chain = found[-1][1]
        nodes = _nodes(graph, source, chain)
        spent = 0.0
        for i, link in enumerate(chain):
            root = chain[:i]
            closed = frozenset(
                (nodes[i], _nodes(graph, source, other)[i + 1])
                for _, other in found
                if other[:i] == root and len(other) > i
            )
            tail = _search(graph, nodes[i], target, ways, ahead, frozenset(nodes[:i]), closed)
            if tail is not None and tuple(root + tail[1]) not in seen:
                seen.add(tuple(root + tail[1]))
                heapq.heappush(waiting, (spent + tail[0], root + tail[1]))
            spent += float(graph.cost[link])
        if not waiting:
            break
        found.append(heapq.heappop(waiting))
    return found


def _nodes(graph: Columns, source: int, chain: list[int]) -> list[int]:
    nodes = [source]
    for link in chain:
        nodes.append(int(graph.target[link] if graph.source[link] == nodes[-1] else graph.source[link]))
    return nodes


def _search(
    graph: Columns, source: int, target: int, ways: Bools, ahead: Floats, shut: frozenset[int],
    closed: frozenset[tuple[int, int]],
) -> tuple[float, list[int]] | None:  # fmt: skip
    """A cheapest chain that avoids nodes and steps (node, next node): A* with the distances of the whole graph."""
    offsets, links, others = graph.both
    best = {source: 0.0}
    came: dict[int, tuple[int, int]] = {}
    heap = [(float(ahead[source]), source)]
    done: set[int] = set(shut)
    while heap:
        _, node = heapq.heappop(heap)
        if node in done:
            continue
        if node == target:
            chain = []
            while node != source:
                node, link = came[node]
                chain.append(link)
            return best[target], chain[::-1]
        done.add(node)
        for k in range(offsets[node], offsets[node + 1]):
            link, other = int(links[k]), int(others[k])
            if not ways[link] or other in done or (node, other) in closed or not np.isfinite(ahead[other]):
                continue
            cost = best[node] + float(graph.cost[link])
            if cost < best.get(other, np.inf) - 1e-12:
                best[other], came[other] = cost, (node, link)
                heapq.heappush(heap, (cost + float(ahead[other]), other))
    return None


def _distances(graph: Columns, target: int, ways: Bools) -> Floats:
    """Least cost from every node to the target."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    rows = np.flatnonzero(ways & (graph.source != graph.target))
    pair = np.minimum(graph.source[rows], graph.target[rows]).astype(np.int64) * graph.nodes + np.maximum(
        graph.source[rows], graph.target[rows]
    )
    order = np.lexsort((graph.cost[rows], pair))
    pair, cost = pair[order], graph.cost[rows][order]
    first = np.ones(len(pair), bool)
    first[1:] = pair[1:] != pair[:-1]
    low, high = np.divmod(pair[first], max(graph.nodes, 1))
    # scipy takes a stored zero for no link at all
    whole = csr_array((np.maximum(cost[first], 1e-12), (low, high)), shape=(graph.nodes, graph.nodes))
    found: Any = dijkstra(whole, directed=False, indices=target)
    return np.asarray(found, float)


def in_time(
    graph: Columns, source: int, target: int, ways: Bools, first: int, last: int, *, directed: bool = False
) -> list[int] | None:
    """A chain whose links can be gone through one after the other in time, that arrives as early as any; None: none.

    A link can be used on any day that it may hold, and the next one on the same day or later. :param first: day to set
    out, at the earliest; :param last: to arrive, at the latest; :param directed: only the way links run
    """
    offsets, links, others = graph.out if directed else graph.both
    arrival = {source: first}
    came: dict[int, tuple[int, int]] = {}
    heap = [(first, 0, source)]
    done: set[int] = set()
    while heap:
        day, hops, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node == target:
            chain = []
            while node != source:
                node, link = came[node]
                chain.append(link)
            return chain[::-1]
        for k in range(offsets[node], offsets[node + 1]):
            link, other = int(links[k]), int(others[k])
            use = max(day, int(graph.start[link]))
            if ways[link] and use <= min(int(graph.end[link]), last) and use < arrival.get(other, last + 1):
                arrival[other], came[other] = use, (node, link)
                heapq.heappush(heap, (use, hops + 1, other))
    return None
