"""The graph of an audience: a columnar temporal multigraph over its links.

Arrays, not objects: node *i* is ``nodes[i]``; link *k* runs ``source[k] → target[k]``, is of ``kind[k]``, costs a chain
``cost[k]`` (`network.kinds`), and may hold from day ``start[k]`` to ``end[k]`` (days since 1970-01-01, inclusive).
Partial dates are widened to every day they can mean, so "as of" never hides a link whose day is not known exactly.
Both directions are kept as compressed rows. A chain runs through asserted links of kinds that are ties; through an act
of an authority, or a link that its source denies, it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import NotFound
from counterflow.model import dates, schema
from counterflow.network import kinds
from counterflow.network.grouping import (
    EPOCH,
    FIRST,
    LAST,
    Bools,
    Floats,
    Ints,
    Smalls,
    coded,
    coded_texts,
    days,
    grouped,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Columns", "Difference", "Graph", "Neighbourhood"]


@dataclass(frozen=True)
class Neighbourhood:
    """:param nodes: entity ids, centre first, then by hops and id; :param hops: hops of each from the centre;
    :param links: row numbers in the links table, ascending; :param total: nodes within reach before the limit"""

    nodes: list[str]
    hops: list[int]
    links: list[int]
    total: int


@dataclass(frozen=True)
class Difference:
    """Rows of links of two dates. :param began: held on the second only; :param ended: held on the first only"""

    began: list[int]
    ended: list[int]


@dataclass(frozen=True)
class Columns:
    """A graph's links as numbers. :param source: node of each link; :param target: likewise; :param start: first day;
    :param end: last day; :param kind: index into `kinds.all`; :param cost: of a chain; :param way: may a chain run
    through it"""

    nodes: int
    source: Smalls
    target: Smalls
    start: Smalls
    end: Smalls
    kind: np.ndarray[Any, np.dtype[np.int8]]
    cost: Floats
    way: Bools

    @cached_property
    def both(self) -> tuple[Ints, Smalls, Smalls]:
        """(offsets, links, other ends) of each node, whichever way its links run."""
        return self._rows(np.concatenate([self.source, self.target]), np.concatenate([self.target, self.source]))

    @cached_property
    def out(self) -> tuple[Ints, Smalls, Smalls]:
        """(offsets, links, other ends) of each node, links that run from it."""
        return self._rows(self.source, self.target)

    @cached_property
    def into(self) -> tuple[Ints, Smalls, Smalls]:
        """(offsets, links, other ends) of each node, links that run to it."""
        return self._rows(self.target, self.source)

    def _rows(self, ends: Smalls, others: Smalls) -> tuple[Ints, Smalls, Smalls]:
        offsets, order = grouped(ends, self.nodes)
        return offsets, (order % max(len(self.source), 1)).astype(np.int32), others[order]

    def held(self, day: str | None, until: str | None = None) -> Bools:
        """Which links may hold on some day that `day` can mean, or from it until the last that `until` can mean."""
        if day is None and until is None:
            return np.ones(len(self.source), bool)
        first = FIRST if day is None else dates.earliest(day).toordinal() - EPOCH
        last = LAST if day is None and until is None else dates.latest(until or day or "").toordinal() - EPOCH
        return (self.start <= last) & (self.end >= first)


class Graph:
    """Built from rows of `storage.tables.LINKS`; building is one pass over the columns.

    :param acts: nodes that are acts of authorities (see `network.edges.acts`), through which no chain runs
    :param grades: the workspace's own Admiralty grade → probability, where it sets any
    """

    def __init__(self, links: pa.Table, acts: Collection[str] = (), grades: Mapping[str, float] | None = None) -> None:
        self.links = links
        self.nodes, source, target = coded(links.column("source"), links.column("target"))
        start, _ = days(links.column("start"), FIRST)
        _, end = days(links.column("end"), LAST)
        kind, cost, way = _kinds(links, grades)
        if acts:
            act = np.isin(self.nodes, np.array(sorted(acts), object))
            way &= ~(act[source] | act[target])
        self.columns = Columns(len(self.nodes), source, target, start, end, kind, cost, way)

    @property
    def source(self) -> Smalls:
        """Node of each link's acting end."""
        return self.columns.source

    @property
    def target(self) -> Smalls:
        """Node of each link's other end."""
        return self.columns.target

    @cached_property
    def index(self) -> dict[str, int]:
        """Entity id → node."""
        return {node: i for i, node in enumerate(self.nodes.tolist())}

    @cached_property
    def degree(self) -> Ints:
        """Links at each node, both directions, whatever their date."""
        n = len(self.nodes)
        return np.bincount(self.source, minlength=n) + np.bincount(self.target, minlength=n)

    def as_of(self, day: str | None) -> Bools:
        """Which links may hold on a (partial) date; all of them for None."""
        return self.columns.held(day)

    def between(self, first: str | None, last: str | None) -> Bools:
        """Which links may hold on some day from one (partial) date to another, both included; None: open."""
        return self.columns.held(first, last) if last else self.columns.held(first, "9999")

    def ways(self, held: Bools, only: Collection[str] = ()) -> Bools:
        """Of links that hold, those a chain may run through. :param only: names of kinds; none: all that are ties"""
        found: Bools = held & self.columns.way
        if only:
            numbers = [i for i, kind in enumerate(kinds.all()) if kind.name in only]
            found &= np.isin(self.columns.kind, numbers)
        return found

    def difference(self, first: str, second: str, centre: str | None = None) -> Difference:
        """What changed from one date to another, everywhere or at one node. :raises NotFound: it has no link"""
        before, after = self.as_of(first), self.as_of(second)
        if centre is not None:
            at = self._at(centre)
            mine = (self.source == at) | (self.target == at)
            before, after = before & mine, after & mine
        return Difference(np.flatnonzero(after & ~before).tolist(), np.flatnonzero(before & ~after).tolist())

    def neighbourhood(
        self, centre: str, hops: int, day: str | None, limit: int, until: str | None = None
    ) -> Neighbourhood:
        """Nodes within `hops` links of `centre` that may hold on `day`, or on some day from it to `until`; nearest
        first, at most `limit`.

        Among equals of one hop those with fewer links come first: a hub says least about its neighbours.

        :raises NotFound: the centre has no link at all
        """
        at = self._at(centre)
        held = self.between(day, until) if until else self.as_of(day)
        offsets, links, others = self.columns.both
        hop_of = np.full(len(self.nodes), -1, np.int32)
        hop_of[at] = 0
        frontier = np.array([at], np.int64)
        found = [frontier]
        for hop in range(1, hops + 1):
            rows = _ranges(offsets[frontier], offsets[frontier + 1])
            reached = np.unique(others[rows[held[links[rows]]]])
            frontier = reached[hop_of[reached] < 0].astype(np.int64)
            hop_of[frontier] = hop
            found.append(frontier)
        every = np.concatenate(found)
        order = np.lexsort((every, np.where(every == at, -1, self.degree[every]), hop_of[every]))
        kept = every[order][:limit]
        inside = np.zeros(len(self.nodes), bool)
        inside[kept] = True
        rows = _ranges(offsets[kept], offsets[kept + 1])
        near = np.unique(links[rows[inside[others[rows]]]])
        near = near[held[near]]
        return Neighbourhood(
            [str(self.nodes[i]) for i in kept.tolist()], hop_of[kept].tolist(), near.tolist(), len(every)
        )

    def _at(self, node: str) -> int:
        if node not in self.index:
            raise NotFound("network of", node)
        return self.index[node]


def _kinds(links: pa.Table, grades: Mapping[str, float] | None = None) -> tuple[Any, Floats, Bools]:
    """Kind, cost and way of each link; asked once for each distinct combination."""
    names, codes = coded_texts(
        *(links.column(c) for c in ("schema", "stance", "reliability", "credibility", "origins"))
    )
    plain = _referring(links)
    every = kinds.all()
    by_role, roles = coded_texts(links.column("role"))
    number = {kind.name: i for i, kind in enumerate(every)}
    pair = codes.astype(np.int64) * (len(by_role) + 1) + np.where(plain, roles, len(by_role))
    distinct, at = np.unique(pair, return_inverse=True)
    table = []
    for value in distinct.tolist():
        schema_name, stance, reliability, credibility, origins = names[value // (len(by_role) + 1)].split("\x1f")
        role = value % (len(by_role) + 1)
        kind = kinds.kind_of(schema_name, by_role[role] if role < len(by_role) else None)
        graded = (reliability or None, int(credibility) if credibility else None)
        worth = kinds.strength(*graded, int(origins or 1), kind, grades)
        table.append((number[kind.name], kinds.cost_of(worth), kind.chain and stance != "denies"))
    if not table:
        return np.zeros(0, np.int8), np.zeros(0), np.zeros(0, bool)
    kind_, cost, way = (np.array(column) for column in zip(*table, strict=True))
    return kind_.astype(np.int8)[at], cost.astype(float)[at], way.astype(bool)[at]


def _referring(links: pa.Table) -> Bools:
    """Which links are plain references: their schema is no relationship, and the role names the property."""
    names, codes = coded_texts(links.column("schema"))
    relations = np.array([schema.get(n).edge is not None if n else True for n in names] or [True], bool)
    found: Bools = ~relations[codes]
    return found


def _ranges(begin: Ints, end: Ints) -> Ints:
    """The numbers from each begin to its end, end excluded, one after the other."""
    sizes = end - begin
    shift = np.repeat(begin - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    found: Ints = np.arange(int(sizes.sum()), dtype=np.int64) + shift
    return found
