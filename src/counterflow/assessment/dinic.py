"""The kernel of maximum flow: Dinic's algorithm on arrays, compiled.

Invariant: residual[slot] + residual[twin[slot]] never changes, and a push empties at least one slot exactly (a number
less itself is zero, whatever its rounding), so it ends for real-valued capacities as it does for whole ones.

Source: E. A. Dinic, "Algorithm for solution of a problem of maximum flow in networks with power estimation", Soviet
Mathematics Doklady 11 (1970): breadth-first levels, then a blocking flow; at most V phases of V·E steps.
"""

from __future__ import annotations

import numba  # noqa: TID253, this is its home
import numpy as np
import numpy.typing as npt

__all__ = ["push"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@numba.njit(cache=True)
def push(  # noqa: C901, a kernel is one nest of loops
    first: Ints, head: Ints, twin: Ints, residual: Floats, source: int, sink: int
) -> Ints:
    """Push as much as goes from source to sink.

    Each arc has two slots, one forth and one back; slots are sorted by the node they leave.

    :param first: slots of node ``u`` are ``first[u]:first[u + 1]``, shape (nodes + 1,)
    :param head: node a slot enters, shape (slots,); `twin` the slot that leads back
    :param residual: capacity left, shape (slots,); changed in place
    :returns: shape (nodes,): ≥ 0 on the source's side of a minimum cut, -1 on the sink's side
    """
    nodes = len(first) - 1
    level = np.empty(nodes, np.int64)
    queue = np.empty(nodes, np.int64)
    at = np.empty(nodes, np.int64)  # slot that each node tries next
    path = np.empty(nodes, np.int64)
    while True:
        level[:] = -1
        level[source] = 0
        queue[0] = source
        done, known = 0, 1
        while done < known:
            node = queue[done]
            done += 1
            for slot in range(first[node], first[node + 1]):
                if residual[slot] > 0 and level[head[slot]] < 0:
                    level[head[slot]] = level[node] + 1
                    queue[known] = head[slot]
                    known += 1
        if level[sink] < 0:
            return level
        at[:] = first[:-1]
        depth, node = 0, source
        while True:
            if node == sink:
                least = np.inf
                for k in range(depth):
                    least = min(least, residual[path[k]])
                for k in range(depth - 1, -1, -1):
                    residual[path[k]] -= least
                    residual[twin[path[k]]] += least
                    if residual[path[k]] <= 0:
                        depth = k  # go on from before the emptied slot that is nearest to the source
                node = head[twin[path[depth]]]
                continue
            while at[node] < first[node + 1]:
                slot = at[node]
                if residual[slot] > 0 and level[head[slot]] == level[node] + 1:
                    break
                at[node] += 1
            if at[node] < first[node + 1]:
                path[depth] = at[node]
                depth += 1
                node = head[at[node]]
            elif depth == 0:
                break
            else:  # a dead end: step back, and do not come here again in this phase
                level[node] = -1
                depth -= 1
                node = head[twin[path[depth]]]
                at[node] += 1
