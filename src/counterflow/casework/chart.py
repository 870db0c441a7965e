"""The link chart as rows: what formats of charts tell of an entity and of a link, and what no chart carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from counterflow.casework.export import Loss
from counterflow.casework.selection import Selection
from counterflow.model import schema as vocabulary

__all__ = ["EDGE", "LOSSES", "NODE", "ONE_WAY", "edge", "node", "plain"]

NODE = {
    "name": "string", "caption": "string", "schema": "string", "countries": "string", "topics": "string",
    "datasets": "string", "listed": "boolean", "claims": "int", "origins": "int", "handling": "string",
}  # fmt: skip
EDGE = {
    "link": "string", "schema": "string", "label": "string", "directed": "boolean", "role": "string",
    "start": "string", "end": "string", "share_low": "double", "share_high": "double", "amount": "double",
    "currency": "string", "stance": "string", "verified": "boolean", "grade": "string", "origins": "int",
    "conflict": "string", "handling": "string",
}  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node(selection: Selection, row: Mapping[str, Any]) -> dict[str, Any]:
    """An entity as the attributes of `NODE`."""
    lists = {key: "; ".join(row[key] or ()) for key in ("countries", "topics", "datasets")}
    return {**row, **lists, "name": row["entity"], "handling": selection.handling(row["label_ids"])}


def edge(selection: Selection, row: Mapping[str, Any]) -> dict[str, Any]:
    """A link as the attributes of `EDGE`."""
    schema = vocabulary.get(row["schema"])
    reference = schema.properties.get(row["role"])  # a plain reference: its role is the property that refers
    return {
        **row,
        "label": schema.edge.label if schema.edge else reference.label if reference else row["role"],
        "directed": schema.edge is None or schema.edge.directed,
        "role": row["role"] if schema.edge else None,
        "grade": f"{row['reliability']}{row['credibility']}",
        "handling": selection.handling(row["label_ids"]),
    }


def plain(value: object, *, escaped: bool = True) -> str:
    """A value as text that XML admits. :param escaped: ``<`` and ``&`` too"""
    text = _NOT_XML.sub("", str(value).lower() if isinstance(value, bool) else str(value))
    return escape(text) if escaped else text


LOSSES = (
    Loss("properties", "of an entity only its caption, kind, countries, topics and data sets are in a chart"),
    Loss("claims, sources", "a link has the best grade of its claims and the number of independent origins"),
    Loss("referents", "why subjects are one entity: see the format `clusters`"),
    Loss("one-ended records", "a designation or a passport is no link between two entities"),
    Loss("payments, positions, shipments", "bulk observations are not links"),
    Loss("findings", "conclusions are not links"),
)
"""What a link chart does not carry."""

ONE_WAY = Loss(
    "direction", "each link has an arrow, for some readers refuse a chart that mixes; of kinship `directed` is false"
)
"""Both formats of charts could mix edges with and without an arrow, but networkx refuses that and igraph ignores it."""
