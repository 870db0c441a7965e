"""The page of one entity: values with their claims, links both ways, rival accounts side by side, why it is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from counterflow.model import dates
from counterflow.model import schema as vocabulary
from counterflow.views import claims as claims_view
from counterflow.views.conflicts import conflicts
from counterflow.views.findings import brief
from counterflow.views.network import checked_date, edge, node
from counterflow.views.picture import Picture

__all__ = ["entity", "search"]


def entity(picture: Picture, id: str, as_of: str | None = None) -> dict[str, Any]:
    """Everything about one entity, as of a date or over all time.

    :raises NotFound: not readable, or not there
    """
    as_of = checked_date(as_of)
    row = picture.entity(id)
    own = str(row["entity"])
    schema = vocabulary.get(row["schema"])
    links = _links(picture, own, as_of)
    return {
        "id": own,
        "caption": row["caption"],
        "schema": row["schema"],
        "schema_label": schema.label,
        **{key: row[key] for key in ("listed", "topics", "countries", "datasets", "claims", "origins")},
        **picture.handling(row["label_ids"]),
        "as_of": as_of,
        "referents": [
            {
                "subject": subject,
                "dataset": subject.partition(":")[0],
                **{key: picture.members[subject][key] for key in ("basis", "score", "reasons")},
            }
            for subject in row["referents"]
        ],
        "properties": _properties(picture, own, schema, as_of),
        "links": links,
        "conflicts": conflicts(picture, own, as_of),
        "findings": [brief(picture, f) for f in picture.findings if own in f["subjects"]],
    }


def _links(picture: Picture, id: str, as_of: str | None) -> list[dict[str, Any]]:
    graph = picture.graph
    at = np.searchsorted(graph.nodes, id)
    if at == len(graph.nodes) or graph.nodes[at] != id:
        return []
    mine = graph.as_of(as_of) & ((graph.source == at) | (graph.target == at))
    found = []
    for k in np.flatnonzero(mine).tolist():
        row = picture.links[k]
        out = row["source"] == id
        other = node(picture, row["target"] if out else row["source"])
        brief_other = {key: other[key] for key in ("id", "caption", "schema", "listed")}
        found.append({**edge(picture, row), "direction": "out" if out else "in", "other": brief_other})
    return sorted(found, key=lambda link: (link["schema"], link["start"] or "", link["other"]["caption"], link["id"]))


def _properties(picture: Picture, id: str, schema: vocabulary.Schema, as_of: str | None) -> list[dict[str, Any]]:
    """Each property with its distinct values; a value with the claims that make it, the best grade first."""
    values: dict[str, dict[tuple[str, str], list[dict[str, Any]]]] = {}
    for claim in claims_view.of_entity(picture, id):
        if as_of is None or dates.holds_on(claim["valid_from"], claim["valid_to"], as_of):
            values.setdefault(claim["property"], {}).setdefault((claim["value"], claim["stance"]), []).append(claim)
    return [
        {
            "name": name,
            "label": schema.properties[name].label if name in schema.properties else name,
            "type": schema.properties[name].type if name in schema.properties else "string",
            "values": [_value(claims) for _, claims in sorted(found.items(), key=_best)],
        }
        for name, found in sorted(values.items(), key=lambda item: (item[0] not in schema.featured, item[0]))
    ]


def _best(item: tuple[tuple[str, str], list[dict[str, Any]]]) -> tuple[str, str, str]:
    (value, stance), claims = item
    return (stance, min(c["grade"][::-1] for c in claims), value)


def _value(claims: list[dict[str, Any]]) -> dict[str, Any]:
    first = claims[0]
    starts = [c["valid_from"] for c in claims]
    ends = [c["valid_to"] for c in claims]
    return {
        "value": first["value"],
        "caption": first["caption"],
        "original": next((c["original"] for c in claims if c["original"]), None),
        "claim_ids": [c["id"] for c in claims],
        "sources": len({c["source"]["id"] for c in claims}),
        "origins": len({claims_view.origin_of(c) for c in claims}),
        "grade": first["grade"],
        "stance": first["stance"],
        "verified": any(c["verified"] for c in claims),
        "valid_from": min((d for d in starts if d), default=None) if all(starts) else None,
        "valid_to": max((d for d in ends if d), default=None) if all(ends) else None,
        "handling": " · ".join(sorted({c["handling"] for c in claims})),
        "exercise": all(c["exercise"] for c in claims),
    }


def search(picture: Picture, text: str, limit: int = 20) -> dict[str, Any]:
    """Entities by any name in any script, or by a number."""
    from counterflow.entities.names import search_queries

    results = []
    for id, score in picture.find_text(search_queries(text), max(1, min(limit, 200))):
        row: Mapping[str, Any] = picture.entities[id]
        results.append(
            {
                "id": id,
                **{key: row[key] for key in ("caption", "schema", "countries", "topics", "datasets", "listed")},
                "score": round(score, 3),
                "matched": _matched(row, text),
                **picture.handling(row["label_ids"]),
            }
        )
    return {"query": text, "results": results}


def _matched(row: Mapping[str, Any], text: str) -> str:
    """The name of the entity that shares most tokens with the query."""
    from counterflow.entities.names import search_tokens

    wanted = set(search_tokens(text))
    names = row["names"] or [row["caption"]]
    return str(max(names, key=lambda name: (len(wanted & set(search_tokens(name))), -len(name))))
