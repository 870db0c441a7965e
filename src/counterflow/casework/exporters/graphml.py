"""The link chart as GraphML, for yEd, Gephi, Cytoscape, networkx and igraph: a node an entity, an edge a link.

Rival accounts of one fact are edges side by side with one ``conflict``; a link that a source denies is there with its
``stance``. Nodes and edges have numbers of their own (GraphML admits few signs in an id); ours is in ``name`` and
``link``. The handling of the whole file is an attribute of the graph.

Format: http://graphml.graphdrawing.org/primer/graphml-primer.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from counterflow.casework.chart import EDGE, LOSSES, NODE, ONE_WAY, edge, node, plain
from counterflow.casework.export import Exporter, Tally
from counterflow.casework.selection import Selection

__all__ = ["EXPORTER"]


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
        ends = f'source="n{number[row["source"]]}" target="n{number[row["target"]]}"'
        yield f'    <edge id="e{n}" {ends}>{_data("e", EDGE, edge(selection, row))}</edge>'
    yield "  </graph>"
    yield "</graphml>"


def _data(prefix: str, attributes: Mapping[str, str], row: Mapping[str, Any]) -> str:
    return "".join(
        f'<data key="{prefix}_{name}">{plain(row[name])}</data>'
        for name in attributes
        if row[name] is not None and row[name] != ""
    )


EXPORTER = Exporter(
    name="graphml",
    title="Link chart, GraphML",
    media_type="application/graphml+xml",
    extension=".graphml",
    losses=(*LOSSES, ONE_WAY),
    write=_write,
)
"""The plug-in."""
