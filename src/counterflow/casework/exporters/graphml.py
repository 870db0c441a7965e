"""The link chart as GraphML, for yEd, Gephi, Cytoscape and igraph: a node an entity, an edge a link.

Rival accounts of one fact are edges side by side with one ``conflict``; a link that a source denies is there with its
``stance``. Nodes and edges have numbers of their own (GraphML admits few signs in an id); ours is in ``name`` and
``link``. The handling of the whole file is an attribute of the graph.

Format: http://graphml.graphdrawing.org/primer/graphml-primer.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import schema as vocabulary

__all__ = ["EDGE", "EXPORTER", "LOSSES", "NODE", "edge", "node", "plain"]

NODE = {
    "name": "string", "caption": "string", "schema": "string", "countries": "string", "topics": "string",
    "datasets": "string", "listed": "boolean", "claims": "int", "origins": "int", "handling": "string",
}  # fmt: skip
EDGE = {
    "link": "string", "schema": "string", "label": "string", "role": "string", "start": "string", "end": "string",
    "share_low": "double", "share_high": "double", "amount": "double", "currency": "string", "stance": "string",
    "verified": "boolean", "grade": "string", "origins": "int", "conflict": "string", "handling": "string",
}  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    for line in _lines(selection, tally):
        out.write(line.encode() + b"\n")


def _lines(selection: Selection, tally: Tally) -> Iterator[str]:
    rows = [*selection.entities.values(), *selection.links]
    for row in rows:
        tally.wrote(row["label_ids"])
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    yield '  <key id="g_handling" for="graph" attr.name="handling" attr.type="string"/>'
    for prefix, kind, attributes in (("n", "node", NODE), ("e", "edge", EDGE)):
        for name, type in attributes.items():
            yield f'  <key id="{prefix}_{name}" for="{kind}" attr.name="{name}" attr.type="{type}"/>'
    yield '  <graph id="links" edgedefault="directed">'
    yield f'    <data key="g_handling">{plain(selection.handling(tally.label_ids))}</data>'
    number = {id: n for n, id in enumerate(selection.entities)}
    for id, row in selection.entities.items():
        yield f'    <node id="n{number[id]}">{_data("n", NODE, node(selection, row))}</node>'
    for n, row in enumerate(selection.links):
        shape = vocabulary.get(row["schema"]).edge
        directed = "" if shape is None or shape.directed else ' directed="false"'
        ends = f'source="n{number[row["source"]]}" target="n{number[row["target"]]}"'
        yield f'    <edge id="e{n}" {ends}{directed}>{_data("e", EDGE, edge(selection, row))}</edge>'
    yield "  </graph>"
    yield "</graphml>"


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
        "role": row["role"] if schema.edge else None,
        "grade": f"{row['reliability']}{row['credibility']}",
        "handling": selection.handling(row["label_ids"]),
    }


def _data(prefix: str, attributes: Mapping[str, str], row: Mapping[str, Any]) -> str:
    return "".join(
        f'<data key="{prefix}_{name}">{plain(row[name])}</data>'
        for name in attributes
        if row[name] is not None and row[name] != ""
    )


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

EXPORTER = Exporter(
    name="graphml",
    title="Link chart, GraphML",
    media_type="application/graphml+xml",
    extension=".graphml",
    losses=LOSSES,
    write=_write,
)
"""The plug-in."""
