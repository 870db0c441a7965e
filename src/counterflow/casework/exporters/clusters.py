"""Who is who, as CSV: one row for each subject, with the entity it belongs to and why.

Columns: ``canonical_id``, ``subject``, ``basis`` (first, match or judgement), ``score`` (probability of the weakest
judgement or match that keeps it in), ``reasons`` (strongest first), ``handling`` (of the entity as a whole).
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.casework.spreadsheet import safe_cell

__all__ = ["EXPORTER"]

COLUMNS = ("canonical_id", "subject", "basis", "score", "reasons", "handling")


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for member in selection.members:
        labels = selection.entities[member["entity"]]["label_ids"]
        tally.wrote(labels)
        cells = (
            member["entity"],
            member["subject"],
            member["basis"],
            f"{member['score']:.4f}",
            "; ".join(member["reasons"] or ()),
            selection.handling(labels),
        )
        rows.writerow([safe_cell(cell) for cell in cells])
    text.detach()


EXPORTER = Exporter(
    name="clusters",
    title="Who is who, CSV",
    media_type="text/csv",
    extension=".clusters.csv",
    losses=(
        Loss("properties", "only ids are in it: see the format `ftm`"),
        Loss("links", "see the formats `graphml` and `ftm`"),
        Loss("pairs", "an entity is a set of subjects; the pair behind each match is in its reasons only"),
        Loss("value", "a text that a spreadsheet would run as a formula has an apostrophe before it"),
        Loss("payments, positions, shipments", "bulk observations have no entity of their own"),
        Loss("findings", "conclusions are about entities, not what makes them one"),
    ),
    write=_write,
)
"""The plug-in."""
