"""Chains of links in print: between two entities, and to the nearest listed party."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from counterflow.errors import UnknownName, UsageError
from counterflow.network import kinds, paths
from counterflow.network.grouping import FIRST, LAST, Smalls
from counterflow.network.listings import listings
from counterflow.views.network import checked_date, edge, node
from counterflow.views.picture import Picture

__all__ = ["nearest", "nearest_of_all", "path"]

MOST = 20
"""Chains one answer holds at most."""


def path(
    picture: Picture, source: str, target: str, as_of: str | None = None, count: int = 1, *, in_time: bool = False,
    only: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """A shortest chain of links between two entities; with `count` above 1 the likeliest ones, the others under
    ``others``; with `in_time` one whose links hold one after the other.

    :param only: kinds of link it may run through; none: all that are ties
    :raises UsageError: a count out of range, a date that does not exist, no such kind; NotFound: no such entity
    """
    known = [kind.name for kind in kinds.all() if kind.chain]
    for name in only:
        if name not in known:
            raise UnknownName("kind of link", name, known)
    if not 1 <= count <= MOST:
        raise UsageError(f"count must be 1 to {MOST}, not {count}")
    day = checked_date(as_of)
    graph = picture.graph
    ends = str(picture.entity(source)["entity"]), str(picture.entity(target)["entity"])
    nodes = [graph.index.get(end) for end in ends]
    ways = graph.ways(graph.as_of(day), only)
    found: list[list[int]] = []
    if ends[0] == ends[1]:
        found = [[]]
    elif nodes[0] is not None and nodes[1] is not None:
        if in_time:
            chain = paths.in_time(graph.columns, nodes[0], nodes[1], ways, FIRST, LAST)
            found = [] if chain is None else [chain]
        elif count > 1:
            found = [links for _, links in paths.likeliest(graph.columns, nodes[0], nodes[1], ways, count)]
        else:
            chain = paths.shortest(graph.columns, nodes[0], nodes[1], ways)
            found = [] if chain is None else [chain]
    chains = [_chain(picture, *ends, day, links) for links in found] or [_chain(picture, *ends, day, None)]
    return {**chains[0], "others": chains[1:]}


def nearest(picture: Picture, entity: str, as_of: str | None = None) -> dict[str, Any]:
    """The shortest chain to a listed party (of a listed one: to another); ``target`` is None where there is none.

    :raises NotFound: no such entity
    """
    day = checked_date(as_of)
    own = str(picture.entity(entity)["entity"])
    graph = picture.graph
    at = graph.index.get(own)
    listed = set(_listed(picture, day).tolist())
    if at is None:
        return {**_chain(picture, own, None, day, None), "others": []}
    found = _nearest(picture, day) if at not in listed else _run(picture, day, listed - {at})
    if found.hops[at] < 0:
        return {**_chain(picture, own, None, day, None), "others": []}
    target = str(graph.nodes[found.seed[at]])
    return {**_chain(picture, own, target, day, found.chain(graph.columns, at)), "others": []}


def nearest_of_all(picture: Picture, as_of: str | None = None) -> Iterator[dict[str, Any]]:
    """Each entity that is not listed itself and from which a chain leads to a listed party; by hops and id."""
    day = checked_date(as_of)
    graph = picture.graph
    found = _nearest(picture, day)
    for at in np.lexsort((np.arange(len(graph.nodes)), found.hops)).tolist():
        own = str(graph.nodes[at])
        if found.hops[at] < 1 or own not in picture.entities:
            continue
        rows = [picture.links[k] for k in found.chain(graph.columns, at)]
        target = str(graph.nodes[found.seed[at]])
        labels = {label for row in rows for label in row["label_ids"]} | set(picture.entities[own]["label_ids"])
        yield {
            "entity": own,
            "caption": picture.caption(own),
            "hops": int(found.hops[at]),
            "nearest": target,
            "nearest_caption": picture.caption(target),
            "weakest": weakest(rows),
            "links": [row["link"] for row in rows],
            **picture.handling(labels),
        }


def weakest(rows: Sequence[dict[str, Any]]) -> str | None:
    """The worst grade among links: by the item's credibility, then the source's reliability."""
    return max((f"{row['credibility']}{row['reliability']}" for row in rows), default="")[::-1] or None


def _chain(
    picture: Picture, source: str, target: str | None, as_of: str | None, links: list[int] | None
) -> dict[str, Any]:
    """A chain as an answer. :param links: in order from the source; None: there is none"""
    rows = [picture.links[k] for k in links or []]
    edges = [edge(picture, row) for row in rows]
    ids = sorted({e[side] for e in edges for side in ("source", "target")})
    cost = float(picture.graph.columns.cost[links].sum()) if links else 0.0
    return {
        "source": source,
        "target": target,
        "as_of": as_of,
        "hops": None if links is None else len(edges),
        "weakest": weakest(rows),
        # that every link of it is there and ties, were they independent: to compare chains, no probability of guilt
        "strength": None if links is None else round(math.exp(-cost), 4),
        "nodes": [node(picture, i) for i in ids],
        "edges": edges,
    }


def _nearest(picture: Picture, day: str | None) -> paths.Nearest:
    found: paths.Nearest = picture.once(
        ("nearest", day), lambda: _run(picture, day, set(_listed(picture, day).tolist()))
    )
    return found


def _run(picture: Picture, day: str | None, seeds: set[int]) -> paths.Nearest:
    graph = picture.graph
    return paths.nearest(graph.columns, np.array(sorted(seeds), np.int32), graph.ways(graph.as_of(day)))


def _listed(picture: Picture, day: str | None) -> Smalls:
    """Nodes of parties that some authority names on a day, or may name, undated listings left out; without a day, of
    all that are listed."""
    index = picture.graph.index
    if day is None:
        names = {entity for entity, row in picture.entities.items() if row["listed"]}
    else:
        every = picture.once(("listings",), lambda: listings(picture.scope))
        names = {listing.entity for listing in every if listing.start and listing.on(day) is not False}
    return np.array(sorted(index[name] for name in names if name in index), np.int32)
