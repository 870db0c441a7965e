"""The kernel of minimum cuts: push-relabel on arrays, compiled.

Highest label first, with heights set afresh by breadth-first search from the sink (global relabelling) and nodes above
an empty height given up (gap heuristic). It stops once no excess can reach the sink any more: that settles the cut.
A second run towards the source, on what is left, makes a flow of it.

Invariants: residual[slot] + residual[twin[slot]] is the arc's capacity; excess ≥ 0 except at source and sink. A push
empties a slot or a node's excess exactly (a number less itself is zero), so it ends for real capacities too; whole
numbers below 2^53 are exact.

Going on from the flow of an earlier multiplier (Kohli and Torr 2007) was tried: a third faster on layered networks, up
to three times slower on grids, so every cut starts from nothing.

Sources: Goldberg and Tarjan, Journal of the ACM 35(4), 1988; Cherkassky and Goldberg, Algorithmica 19, 1997.
"""

from __future__ import annotations

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["push"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def push(  # noqa: C901, a kernel is one nest of loops
    first: Ints,
    head: Ints,
    twin: Ints,
    residual: Floats,
    excess: Floats,
    source: int,
    sink: int,
) -> Ints:
    """Push all excess that can reach the sink there. The source's own arcs are filled first.

    Each arc has two slots, one forth and one back; slots are sorted by the node they leave.

    :param first: slots of node ``u`` are ``first[u]:first[u + 1]``, shape (nodes + 1,)
    :param head: node a slot enters, shape (slots,); `twin` the slot that leads back
    :param residual: capacity left, shape (slots,); changed in place
    :param excess: what has come to a node and not left it, shape (nodes,); changed in place
    :returns: distance to the sink, shape (nodes,): ``nodes`` on the source's side of a minimum cut
    """
    nodes = np.int32(len(first) - 1)
    none = np.int32(-1)
    height = np.empty(nodes, np.int32)
    at = np.empty(nodes, np.int32)  # slot that each node tries next
    waits = np.empty(nodes, np.int32)  # next active node of the same height
    active = np.empty(nodes + 1, np.int32)  # first active node of a height
    after = np.empty(nodes, np.int32)  # the other nodes of a height, linked both ways
    before = np.empty(nodes, np.int32)
    idle = np.empty(nodes + 1, np.int32)
    queue = np.empty(nodes, np.int32)
    for slot in range(first[source], first[source + 1]):
        if residual[slot] > 0.0:
            excess[head[slot]] += residual[slot]
            residual[twin[slot]] += residual[slot]
            residual[slot] = 0.0
    excess[source] = 0.0
    excess[sink] = 0.0
    work, often = np.int64(0), np.int64(6 * nodes + len(head) // 2)
    top, tallest = none, none
    stale, fresh = True, False
    while True:
        if stale:  # heights afresh: distances to the sink
            stale, fresh, work = False, True, np.int64(0)
            height[:] = nodes
            active[:] = none
            idle[:] = none
            top, tallest = none, none
            height[sink] = 0
            queue[0] = sink
            known, done = 1, 0
            while done < known:
                node = queue[done]
                done += 1
                far = np.int32(height[node] + 1)
                for slot in range(first[node], first[node + 1]):
                    other = head[slot]
                    if height[other] == nodes and other != source and residual[twin[slot]] > 0.0:
                        height[other] = far
                        queue[known] = other
                        known += 1
            for k in range(1, known):
                node = queue[k]
                h = height[node]
                at[node] = first[node]
                tallest = max(tallest, h)
                if excess[node] > 0.0:
                    waits[node] = active[h]
                    active[h] = node
                    top = max(top, h)
                else:
                    before[node] = none
                    after[node] = idle[h]
                    if idle[h] >= 0:
                        before[idle[h]] = node
                    idle[h] = node
        while top > 0 and active[top] < 0:
            top -= 1
        if top <= 0:
            if fresh:
                return height
            stale = True  # once more, so that the heights tell the sides of the cut
            continue
        fresh = False
        node = active[top]
        active[top] = waits[node]
        h = top
        while excess[node] > 0.0:
            end = first[node + 1]
            slot = at[node]
            while slot < end:
                other = head[slot]
                if residual[slot] > 0.0 and height[other] == h - 1:
                    amount = min(excess[node], residual[slot])
                    residual[slot] -= amount
                    residual[twin[slot]] += amount
                    excess[node] -= amount
                    if other != sink:
                        if excess[other] == 0.0:  # wakes up
                            low = h - 1
                            if before[other] >= 0:
                                after[before[other]] = after[other]
                            else:
                                idle[low] = after[other]
                            if after[other] >= 0:
                                before[after[other]] = before[other]
                            waits[other] = active[low]
                            active[low] = other
                        excess[other] += amount
                    if excess[node] == 0.0:
                        break
                slot += 1
            if excess[node] == 0.0:
                at[node] = slot
                break
            # no slot leads down: lift the node above the lowest it can push to
            work += 12 + end - first[node]
            least, best = nodes, first[node]
            for slot in range(first[node], end):
                if residual[slot] > 0.0 and height[head[slot]] < least:
                    least, best = height[head[slot]], np.int32(slot)
            if active[h] < 0 and idle[h] < 0:  # a gap: nothing above it reaches the sink
                for above in range(h + 1, tallest + 1):
                    other = active[above]
                    while other >= 0:
                        height[other] = nodes
                        other = waits[other]
                    other = idle[above]
                    while other >= 0:
                        height[other] = nodes
                        other = after[other]
                    active[above] = none
                    idle[above] = none
                tallest = np.int32(h - 1)
                height[node] = nodes
                break
            lifted = least + 1
            if lifted >= nodes:
                height[node] = nodes
                break
            h = np.int32(lifted)
            height[node] = h
            at[node] = best
            tallest = max(tallest, h)
            top = max(top, h)
        if height[node] < nodes:
            before[node] = none
            after[node] = idle[h]
            if idle[h] >= 0:
                before[idle[h]] = node
            idle[h] = node
        top = min(tallest, max(top, h)) if height[node] < nodes else min(top, tallest)
        if work > often:
            stale = True
