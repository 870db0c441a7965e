"""The link chart as GEXF 1.3, for Gephi: as the format `graphml`, with the dates of links as spans that its timeline
plays.

Format: https://gexf.net/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from counterflow.casework.chart import EDGE, LOSSES, NODE, ONE_WAY, edge, node, plain
from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import dates

__all__ = ["EXPORTER"]

_TYPES = {"int": "integer"}


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    for line in _lines(selection, tally):
        out.write(line.encode() + b"\n")


def _lines(selection: Selection, tally: Tally) -> Iterator[str]:
    for row in (*selection.entities.values(), *selection.links):
        tally.wrote(row["label_ids"])
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://gexf.net/1.3" version="1.3">'
    yield f"  <meta><description>{plain(selection.handling(tally.label_ids))}</description></meta>"
    yield '  <graph defaultedgetype="directed" mode="dynamic" timeformat="date">'
    for of, attributes in (("node", NODE), ("edge", EDGE)):
        yield f'    <attributes class="{of}">'
        for name, type in attributes.items():
            yield f'      <attribute id="{name}" title="{name}" type="{_TYPES.get(type, type)}"/>'
        yield "    </attributes>"
    number = {id: n for n, id in enumerate(selection.entities)}
    yield "    <nodes>"
    for id, row in selection.entities.items():
        values = _values(NODE, node(selection, row))
        yield f'      <node id="{number[id]}" label={_quoted(row["caption"])}>{values}</node>'
    yield "    </nodes>"
    yield "    <edges>"
    for n, row in enumerate(selection.links):
        told = edge(selection, row)
        ends = f'source="{number[row["source"]]}" target="{number[row["target"]]}"'
        named = f"label={_quoted(told['label'])}{_span(row)}"
        yield f'      <edge id="{n}" {ends} {named}>{_values(EDGE, told)}</edge>'
    yield "    </edges>"
    yield "  </graph>"
    yield "</gexf>"


def _span(row: Mapping[str, Any]) -> str:
    """From the first day that a partial date may mean to the last."""
    start, end = (row[key] and day(row[key]) for key, day in (("start", dates.earliest), ("end", dates.latest)))
    return (f' start="{start}"' if start else "") + (f' end="{end}"' if end and not (start and end < start) else "")


def _values(attributes: Mapping[str, str], row: Mapping[str, Any]) -> str:
    values = "".join(
        f'<attvalue for="{name}" value={_quoted(row[name])}/>' for name in attributes if row[name] not in (None, "")
    )
    return f"<attvalues>{values}</attvalues>"


def _quoted(value: object) -> str:
    return quoteattr(plain(value, escaped=False))


EXPORTER = Exporter(
    name="gexf",
    title="Link chart, GEXF 1.3",
    media_type="application/gexf+xml",
    extension=".gexf",
    losses=(
        *LOSSES,
        ONE_WAY,
        Loss("start, end", "a span wants days: a partial date is the first or last that it may mean"),
    ),
    write=_write,
)
"""The plug-in."""
