"""For i2 Analyst's Notebook: entities.csv and links.csv for its import wizard, in one archive with notes on how to map
them.

The wizard takes rows; which column is identity, label, type or date is chosen once and kept as an import
specification. Column names say what they are for. Cells are harmless in a spreadsheet too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from counterflow.casework.chart import LOSSES, edge, node
from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.packing import zipped
from counterflow.casework.selection import Selection
from counterflow.casework.spreadsheet import safe_cell
from counterflow.model import dates
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]

_ENTITIES = ("Identity", "Label", "Type", "Countries", "Topics", "Listed", "Datasets", "Handling")
_LINKS = (
    "Link identity", "End 1 identity", "End 1 label", "End 2 identity", "End 2 label", "Type", "Description",
    "Direction", "Start date", "End date", "Date as stated", "Amount", "Currency", "Strength", "Grade", "Handling",
)  # fmt: skip
_NOTES = """Handling of this archive: {handling}

Import entities.csv first, then links.csv, with the import wizard of Analyst's Notebook.
  entities.csv  Identity is the identity; Label the label; Type the entity type; the other columns are attributes.
  links.csv     End 1 identity and End 2 identity are the identities of the ends; Type is the link type; Direction is
                from end 1 to end 2 where it says so; Start date and End date are days (year-month-day); Strength is
                Confirmed, Unconfirmed or Tentative by the best grade of the sources.
Handling is an attribute of each entity and link: show it on the chart.
"""


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    links = [row for row in selection.links if row["stance"] == "asserts"]
    tally.left_out["stance"] += len(selection.links) - len(links)
    for row in (*selection.entities.values(), *links):
        tally.wrote(row["label_ids"])
    members = {
        "README.txt": _NOTES.format(handling=selection.handling(tally.label_ids)).encode(),
        "entities.csv": _csv(_ENTITIES, (_entity(selection, row) for row in selection.entities.values())),
        "links.csv": _csv(_LINKS, (_link(selection, row) for row in links)),
    }
    out.write(zipped(members))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe_cell(_line(value)) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")  # without the mark the wizard takes it for a Western code page


def _line(value: Any) -> Any:
    """No control characters: the wizard would take some for the end of a row."""
    return "".join(c if c.isprintable() else " " for c in value) if isinstance(value, str) else value


def _entity(selection: Selection, row: Mapping[str, Any]) -> Sequence[Any]:
    told = node(selection, row)
    kind = vocabulary.get(row["schema"]).label
    rest = ("countries", "topics", "listed", "datasets", "handling")
    return [row["entity"], row["caption"], kind, *(told[key] for key in rest)]


def _link(selection: Selection, row: Mapping[str, Any]) -> Sequence[Any]:
    told = edge(selection, row)
    shape = vocabulary.get(row["schema"]).edge
    start, end = (row[key] and day(row[key]) for key, day in (("start", dates.earliest), ("end", dates.latest)))
    strength = "Confirmed" if row["credibility"] == 1 else "Unconfirmed" if row["credibility"] <= 3 else "Tentative"
    captions = [selection.entities[row[end]]["caption"] for end in ("source", "target")]
    return [
        row["link"], row["source"], captions[0], row["target"], captions[1], told["label"], told["role"],
        "With" if shape is None or shape.directed else "None", start, end,
        " to ".join(row[k] or "" for k in ("start", "end")).strip() if row["start"] or row["end"] else None,
        row["amount"], row["currency"], strength, told["grade"], told["handling"],
    ]  # fmt: skip


EXPORTER = Exporter(
    name="i2",
    title="Entities and links for i2 Analyst's Notebook, CSV in an archive",
    media_type="application/zip",
    extension=".zip",
    losses=(
        *LOSSES,
        Loss(
            "start, end", "a day is wanted: a partial date is the first or last that it may mean; beside it as stated"
        ),
        Loss("stance", "a chart shows what is: a link that a source denies or doubts is left out"),
    ),
    write=_write,
)
"""The plug-in."""
