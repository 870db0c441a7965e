"""Hits: the payments of each pattern that a search found, as columns, and what the search could not look through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from counterflow.findings.patterns.kernels import chosen

__all__ = ["Hits", "earliest", "gathered", "room"]

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Hits:
    """:param starts: int64[hits + 1]; payments of hit h are ``members[starts[h]:starts[h + 1]]``
    :param members: int64, indices into the log, of each hit in time order
    :param exhausted: how many starts of the search ended by its budget or a cap on degree: from those, patterns may be
        missing. Never silent: every finding of the search states it
    :param surprise: float64[hits], how unlikely it would be without a cause, decimal logarithm: what hits rank by;
        else None
    :param role: int8 for each member, where the search tells roles apart (which layer, in or out); else empty
    """

    starts: Ints
    members: Ints
    exhausted: int = 0
    role: np.ndarray[Any, np.dtype[np.int8]] | None = None
    surprise: np.ndarray[Any, np.dtype[np.float64]] | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[Ints]:
        for h in range(len(self)):
            yield self.members[self.starts[h] : self.starts[h + 1]]

    @property
    def sizes(self) -> Ints:
        """Payments of each hit."""
        return np.diff(self.starts)

    def select(self, which: np.ndarray[Any, np.dtype[np.bool_]]) -> Hits:
        """The hits for which `which`, bool[hits], is true."""
        sizes = self.sizes
        mine = np.repeat(which, sizes)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[which])])
        role = None if self.role is None else self.role[mine]
        surprise = None if self.surprise is None else self.surprise[which]
        return Hits(starts, self.members[mine], self.exhausted, role, surprise)

    def by_first(self) -> Hits:
        """The same hits, those with the earliest first payment first; a hit has at least one payment."""
        order = np.argsort(self.members[self.starts[:-1]], kind="stable")
        sizes = self.sizes[order]
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
        within = np.arange(len(self.members)) - np.repeat(starts[:-1], sizes)
        taken = np.repeat(self.starts[:-1][order], sizes) + within
        role = None if self.role is None else self.role[taken]
        surprise = None if self.surprise is None else self.surprise[order]
        return Hits(starts, self.members[taken], self.exhausted, role, surprise)

    def raised(self, by: np.ndarray[Any, np.dtype[np.float64]]) -> Hits:
        """The hits, with so much added to the surprise of each."""
        return replace(self, surprise=by if self.surprise is None else self.surprise + by)

    def outermost(self) -> Hits:
        """Without the hits that are part of one with an earlier first payment. Of hits sorted by their first payments,
        no two of which have the same."""
        return self.select(chosen(_outermost, len(self.members))(self.starts, self.members))


def gathered(groups: Iterable[Sequence[Ints]]) -> Hits:
    """A hit of each group: payments of role 0, of role 1…, as indices into the log, in any order."""
    members, roles = [np.zeros(0, np.int64)], [np.zeros(0, np.int8)]
    for group in groups:
        both = np.concatenate(group)
        role = np.repeat(np.arange(len(group), dtype=np.int8), [len(part) for part in group])
        order = np.argsort(both, kind="stable")
        members.append(both[order])
        roles.append(role[order])
    starts = np.cumsum([0, *(len(m) for m in members[1:])]).astype(np.int64)
    return Hits(starts, np.concatenate(members), role=np.concatenate(roles))


def earliest(at: Ints, since: int, window: int) -> int:
    """The place in the log from which to search, so that what is told from `since` on does not depend on it: a hit may
    be part of one that began up to a window before."""
    return int(np.searchsorted(at, at[since] - window)) if 0 < since < len(at) else min(since, len(at))


def room(array: Any, size: int) -> Any:
    """In kernels: the array, or one with at least `size` places that begins with it."""
    while len(array) < size:
        array = np.concatenate((array, np.empty_like(array)))
    return array


def _outermost(starts: Ints, members: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    n = len(starts) - 1
    kept = np.ones(n, dtype=np.bool_)
    for h in range(n):
        for p in range(starts[h] + 1, starts[h + 1]):
            low, high = h + 1, n
            while low < high:  # the hit that begins with this member
                middle = (low + high) // 2
                if members[starts[middle]] < members[p]:
                    low = middle + 1
                else:
                    high = middle
            if low == n or members[starts[low]] != members[p]:
                continue
            q = p
            inside = True
            for m in members[starts[low] : starts[low + 1]]:
                while q < starts[h + 1] and members[q] < m:
                    q += 1
                inside = inside and q < starts[h + 1] and members[q] == m
            if inside:
                kept[low] = False
    return kept
