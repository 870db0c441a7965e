"""From pairs to patterns: the division of findings in which the log-odds of all pairs within groups add up to most.

That is correlation clustering (Bansal, Blum and Chawla, Machine Learning 56, 2004), here by average linkage: the two
groups whose pairs are on average likeliest to belong together join first, and none join whose pairs on average are not.
A pair that shares nothing rare counts against: so a hub that is tied to many takes in a few, and what has nothing to do
with each other is not glued together by what stands between.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

__all__ = ["APART", "groups"]

APART = -2.0
"""Log-odds of two findings that share nothing rare, once both are tied to a third."""


def groups(one: Sequence[int], other: Sequence[int], odds: Sequence[float]) -> list[list[int]]:
    """Groups of two findings and more, members ascending; groups in the order of their first members.

    :param one, other, odds: pairs of findings with their log-odds, each pair once; what is not among them is `APART`
    """
    near: dict[int, dict[int, float]] = {}
    for a, b, odd in zip(one, other, odds, strict=True):
        if odd > APART:  # sums are kept above APART, so that a pair that is not there adds nothing
            near.setdefault(a, {})[b] = near.setdefault(b, {})[a] = odd - APART
    members = {a: [a] for a in near}
    edition = dict.fromkeys(near, 0)
    heap = [(-odd, a, b, 0, 0) for a, b, odd in zip(one, other, odds, strict=True) if odd > 0]
    heapq.heapify(heap)
    while heap:
        _, a, b, of_a, of_b = heapq.heappop(heap)
        if edition.get(a) != of_a or edition.get(b) != of_b:
            continue
        members[a] += members.pop(b)
        edition[a] += 1
        del edition[b]
        mine, theirs = near[a], near.pop(b)
        del mine[b], theirs[a]
        for c, odd in theirs.items():
            around = near[c]
            del around[b]
            mine[c] = around[a] = mine.get(c, 0.0) + odd
        size = len(members[a])
        for c, odd in mine.items():
            mean = odd / (size * len(members[c])) + APART
            if mean > 0:
                low, high = (a, c) if a < c else (c, a)
                heapq.heappush(heap, (-mean, low, high, edition[low], edition[high]))
    return sorted(sorted(own) for own in members.values() if len(own) > 1)
