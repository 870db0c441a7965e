"""The graph of an audience: a columnar temporal multigraph over its links.

Arrays, not objects: node *i* is ``nodes[i]``; link *k* runs ``source[k] → target[k]`` and may hold from day
``start[k]`` to ``end[k]`` (days since 1970-01-01, inclusive; open ends are the smallest and largest day). Partial dates
are widened to every day they can mean, so "as of" never hides a link whose day is not known exactly.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from counterflow.errors import NotFound
from counterflow.model import dates

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Graph", "Neighbourhood"]

_FIRST, _LAST = np.int32(-2_000_000), np.int32(2_000_000)
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Neighbourhood:
    """:param nodes: entity ids, centre first, then by hops and id; :param hops: hops of each from the centre;
    :param links: row numbers in the links table, ascending; :param total: nodes within reach before the limit"""

    nodes: list[str]
    hops: list[int]
    links: list[int]
    total: int


class Graph:
    """Built from rows of `storage.tables.LINKS`; building is one pass over the columns."""

    def __init__(self, links: pa.Table) -> None:
        self.links = links
        ends = np.concatenate([_texts(links, "source"), _texts(links, "target")])
        self.nodes, codes = np.unique(ends, return_inverse=True)
        self.source: npt.NDArray[np.int64] = codes[: len(links)]
        self.target: npt.NDArray[np.int64] = codes[len(links) :]
        self.start = _days(_texts(links, "start"), dates.earliest, _FIRST)
        self.end = _days(_texts(links, "end"), dates.latest, _LAST)
        self._index = {node: i for i, node in enumerate(self.nodes.tolist())}

    @cached_property
    def degree(self) -> npt.NDArray[np.int64]:
        """Links at each node, both directions, whatever their date."""
        n = len(self.nodes)
        return np.bincount(self.source, minlength=n) + np.bincount(self.target, minlength=n)

    @cached_property
    def _adjacency(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(offsets, link numbers) of each node, both directions."""
        ends = np.concatenate([self.source, self.target])
        order = np.argsort(ends, kind="stable")
        offsets = np.searchsorted(ends[order], np.arange(len(self.nodes) + 1))
        return offsets, order % max(len(self.links), 1)

    def as_of(self, day: str | None) -> npt.NDArray[np.bool_]:
        """Which links may hold on a (partial) date; all of them for None."""
        if day is None:
            return np.ones(len(self.links), bool)
        first, last = (_number(d) for d in (dates.earliest(day), dates.latest(day)))
        held: npt.NDArray[np.bool_] = (self.start <= last) & (self.end >= first)
        return held

    def neighbourhood(self, centre: str, hops: int, day: str | None, limit: int) -> Neighbourhood:
        """Nodes within `hops` links of `centre` that may hold on `day`, nearest first, at most `limit`.

        Among equals of one hop those with fewer links come first: a hub says least about its neighbours.

        :raises NotFound: the centre has no link at all
        """
        if centre not in self._index:
            raise NotFound("network of", centre)
        held = self.as_of(day)
        offsets, adjacent = self._adjacency
        at = self._index[centre]
        distance = {at: 0}
        frontier = [at]
        for hop in range(1, hops + 1):
            reached: set[int] = set()
            for node in frontier:
                links = adjacent[offsets[node] : offsets[node + 1]]
                links = links[held[links]]
                reached.update(self.source[links].tolist(), self.target[links].tolist())
            frontier = sorted(reached - distance.keys())
            distance.update(dict.fromkeys(frontier, hop))
        order = sorted(distance, key=lambda i: (distance[i], self.degree[i] if i != at else -1, self.nodes[i]))
        kept = order[:limit]
        inside = np.zeros(len(self.nodes), bool)
        inside[kept] = True
        rows = np.flatnonzero(held & inside[self.source] & inside[self.target])
        return Neighbourhood(
            [str(self.nodes[i]) for i in kept], [distance[i] for i in kept], rows.tolist(), len(distance)
        )

    def path(self, source: str, target: str, day: str | None = None) -> list[int] | None:
        """Link numbers of a shortest chain between two entities, whatever the links' direction; None: no chain."""
        if source not in self._index or target not in self._index:
            return None
        held = self.as_of(day)
        offsets, adjacent = self._adjacency
        begin, goal = self._index[source], self._index[target]
        came: dict[int, tuple[int, int]] = {begin: (-1, -1)}
        frontier = [begin]
        while frontier and goal not in came:
            following = []
            for node in frontier:
                for link in adjacent[offsets[node] : offsets[node + 1]].tolist():
                    if held[link]:
                        other = int(self.target[link] if self.source[link] == node else self.source[link])
                        if other not in came:
                            came[other] = (node, link)
                            following.append(other)
            frontier = sorted(following)
        if goal not in came:
            return None
        chain, node = [], goal
        while node != begin:
            node, link = came[node]
            chain.append(link)
        return chain[::-1]


def _texts(links: pa.Table, column: str) -> npt.NDArray[np.object_]:
    return np.array(links.column(column).to_pylist(), dtype=object) if len(links) else np.array([], dtype=object)


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _days(texts: npt.NDArray[np.object_], widen: object, default: np.int32) -> npt.NDArray[np.int32]:
    """Day number of each partial date; parsed once for each distinct text."""
    assert callable(widen)
    known = {text: _number(widen(text)) for text in set(texts.tolist()) if text}
    return np.array([known.get(text, default) for text in texts.tolist()], dtype=np.int32)
