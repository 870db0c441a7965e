"""Lineage in print: what an entity was before and after, by every account of it.

Mergers, splits and new names are links of their own (Succession). Where sources contradict each other each source's
account stands by itself, in its own order of time, with the event of it that is in force on the day asked for.
"""

from __future__ import annotations

from typing import Any

from counterflow.model import dates
from counterflow.views.claims import by_ids
from counterflow.views.network import checked_date, edge, node
from counterflow.views.picture import Picture

__all__ = ["lineage"]


def lineage(picture: Picture, entity: str, as_of: str | None = None) -> dict[str, Any]:
    """Everything that became of an entity and of what it became, each source's account in order.

    :raises NotFound: no such entity
    """
    day = checked_date(as_of)
    own = str(picture.entity(entity)["entity"])
    rows = _related(picture, own)
    sources = _sources(picture, rows)
    accounts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for source in sources[row["link"]]:
            accounts.setdefault(source, []).append(row)
    edges = [edge(picture, row) for row in rows]
    ids = sorted({own} | {e[side] for e in edges for side in ("source", "target")})
    return {
        "entity": own,
        "as_of": day,
        "before": sorted({row["source"] for row in rows if row["target"] == own}),
        "after": sorted({row["target"] for row in rows if row["source"] == own}),
        "nodes": [node(picture, id) for id in ids],
        "edges": edges,
        "accounts": [_account(picture, source, told, day) for source, told in sorted(accounts.items())],
        "rivals": [
            {"group": group, "links": [row["link"] for row in rows if row["conflict"] == group]}
            for group in sorted({row["conflict"] for row in rows if row["conflict"]})
        ],
        **picture.handling(label for row in rows for label in row["label_ids"]),
    }


def _related(picture: Picture, own: str) -> list[dict[str, Any]]:
    """Successions that hang together with an entity, in order of time."""
    every = picture.once(("successions",), lambda: [row for row in picture.links if row["schema"] == "Succession"])
    inside, grown = {own}, True
    while grown:
        more = {row[side] for row in every if {row["source"], row["target"]} & inside for side in ("source", "target")}
        grown = bool(more - inside)
        inside |= more
    return sorted((row for row in every if row["source"] in inside), key=lambda r: (r["start"] or "", r["link"]))


def _sources(picture: Picture, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """link → the sources (for a repetition, the origin) whose account it is."""
    claims = {c["id"]: c for c in by_ids(picture, [id for row in rows for id in row["claim_ids"]])}
    return {
        row["link"]: sorted(
            {c["origin"] or c["source"]["id"] for id in row["claim_ids"] if (c := claims.get(id)) is not None}
        )
        for row in rows
    }


def _account(picture: Picture, source: str, rows: list[dict[str, Any]], day: str | None) -> dict[str, Any]:
    told = picture.sources.get(source, {})
    before = [r for r in rows if day is None or r["start"] is None or dates.earliest(r["start"]) <= dates.latest(day)]
    dated = [r for r in before if r["start"]] or before
    in_force = dated[-1] if dated else None
    return {
        "source": source,
        "title": told.get("title") or source,
        "links": [row["link"] for row in rows],
        "events": [
            {
                "link": row["link"],
                "shape": _shape(row, rows),
                "from": row["source"],
                "to": row["target"],
                "says": row["role"],
                "start": row["start"],
                "end": row["end"],
                "stance": row["stance"],
            }
            for row in rows
        ],
        "in_force": in_force["link"] if in_force else None,
    }


def _shape(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """``merger`` of several into one, ``split`` of one into several, else ``succession``: by what is dated alike."""
    same = [r for r in rows if r["start"] == row["start"]]
    if len({r["source"] for r in same if r["target"] == row["target"]}) > 1:
        return "merger"
    return "split" if len({r["target"] for r in same if r["source"] == row["source"]}) > 1 else "succession"
