"""Links in print, and the neighbourhood of an entity as a link chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.errors import NotFound, UsageError
from counterflow.model import dates
from counterflow.model import schema as vocabulary
from counterflow.views.picture import Picture

__all__ = ["checked_date", "difference", "edge", "neighbourhood", "node"]

MOST = 2000
"""Nodes one answer holds at most; above this a chart says nothing."""


def edge(picture: Picture, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the links table as an answer."""
    schema = vocabulary.get(row["schema"])
    known = schema.edge is not None
    return {
        "id": row["link"],
        "source": row["source"],
        "target": row["target"],
        "schema": row["schema"],
        "label": schema.edge.label if schema.edge else schema.property(row["role"]).label,
        "role": row["role"] if known else None,
        **{key: row[key] for key in ("start", "end", "share_low", "share_high", "amount", "currency", "stance")},
        "verified": row["verified"],
        "grade": f"{row['reliability']}{row['credibility']}",
        "origins": row["origins"],
        "conflict": row["conflict"],
        "claim_ids": row["claim_ids"],
        **picture.handling(row["label_ids"]),
    }


def node(picture: Picture, id: str) -> dict[str, Any]:
    """An entity as a node of a chart."""
    row = picture.entities.get(id)
    if row is None:  # the end of a link that is no entity of its own (an address record, an account)
        return {"id": id, "caption": id, "schema": "Thing", "topics": [], "countries": [], "listed": False,
                **picture.handling([])}  # fmt: skip
    return {
        "id": id,
        "caption": row["caption"],
        "schema": row["schema"],
        "topics": row["topics"],
        "countries": row["countries"],
        "listed": row["listed"],
        **picture.handling(row["label_ids"]),
    }


def neighbourhood(
    picture: Picture, centre: str, hops: int = 1, as_of: str | None = None, limit: int = 300, until: str | None = None
) -> dict[str, Any]:
    """The link chart around an entity, as of a date, over the time from it until another, or over all time.

    :raises UsageError: hops or limit out of range, or a date that does not exist
    """
    if not 1 <= hops <= 4:
        raise UsageError(f"hops must be 1 to 4, not {hops}")
    if not 1 <= limit <= MOST:
        raise UsageError(f"limit must be 1 to {MOST}, not {limit}")
    as_of, until = checked_date(as_of), checked_date(until)
    id = str(picture.entity(centre)["entity"])
    graph = picture.graph
    try:
        found = graph.neighbourhood(id, hops, as_of, limit, until)
    except NotFound:  # an entity without a link is a chart of one
        return {"center": id, "hops": hops, "as_of": as_of, "until": until, "total": 1, "truncated": False,
                "nodes": [{**node(picture, id), "hops": 0, "degree": 0}], "edges": [], "span": None}  # fmt: skip
    degree = dict(zip(graph.nodes.tolist(), graph.degree.tolist(), strict=True))
    rows = [picture.links[k] for k in found.links]
    years = sorted(d[:4] for row in rows for d in (row["start"], row["end"]) if d)
    return {
        "center": id,
        "hops": hops,
        "as_of": as_of,
        "until": until,
        "total": found.total,
        "truncated": found.total > len(found.nodes),
        "nodes": [
            {**node(picture, n), "hops": h, "degree": degree[n]} for n, h in zip(found.nodes, found.hops, strict=True)
        ],
        "edges": [edge(picture, row) for row in rows],
        "span": [years[0], years[-1]] if years else None,
    }


def difference(
    picture: Picture, first: str, second: str, centre: str | None = None, limit: int = 300
) -> dict[str, Any]:
    """Which links there were on one date and not on another, of one entity or of all.

    A link of uncertain date counts as there on every day that it may have been.

    :raises UsageError: a date that does not exist, or a limit out of range; NotFound: no such entity
    """
    if not 1 <= limit <= MOST:
        raise UsageError(f"limit must be 1 to {MOST}, not {limit}")
    days = checked_date(first), checked_date(second)
    if days[0] is None or days[1] is None:
        raise UsageError("Two dates are compared: say both.")
    id = str(picture.entity(centre)["entity"]) if centre else None
    try:
        found = picture.graph.difference(days[0], days[1], id)
        began, ended = found.began, found.ended
    except NotFound:  # an entity without a link
        began, ended = [], []
    shown = [[edge(picture, picture.links[k]) for k in rows[:limit]] for rows in (began, ended)]
    ids = sorted({e[side] for edges in shown for e in edges for side in ("source", "target")})
    return {
        "center": id,
        "from": days[0],
        "to": days[1],
        "began": shown[0],
        "ended": shown[1],
        "totals": {"began": len(began), "ended": len(ended)},
        "nodes": [node(picture, i) for i in ids],
    }


def checked_date(text: str | None) -> str | None:
    """A partial ISO date as given. :raises UsageError: it does not exist"""
    if text is None or text == "":
        return None
    found = dates.clean(text)
    if found is None:
        raise UsageError(f"'{text}' is not a date. Valid: 2016, 2016-09 or 2016-09-29.")
    return found
