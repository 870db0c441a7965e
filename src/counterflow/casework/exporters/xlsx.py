"""A workbook for those who work in spreadsheets: entities, links, and every claim with its source, grade and dates.

Each row bears its handling, each sheet prints that of the whole file at top and bottom, and no cell is a formula
(`spreadsheet`). Dates are text, for a spreadsheet would make 2016-09 a day.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from counterflow.casework.chart import EDGE, NODE, edge, node
from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.packing import repacked
from counterflow.casework.selection import Selection
from counterflow.casework.spreadsheet import safe_cell

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["EXPORTER"]

_ENTITIES = (*(name for name in NODE if name != "handling"), "names", "handling")
_LINKS = ("link", "source", "source_caption", "target", "target_caption", *(n for n in EDGE if n not in ("link",)))
_CLAIMS = (
    "entity", "caption", "property", "value", "original", "stance", "source_id", "locator", "grade", "verified",
    "valid_from", "valid_to", "recorded_at", "note", "handling",
)  # fmt: skip
_ROWS = 1_048_575  # of a sheet, under its heading
_CELL = 32_767
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "Counterflow"
    captions = {id: row["caption"] for id, row in selection.entities.items()}
    for row in (*selection.entities.values(), *selection.links):
        tally.wrote(row["label_ids"])
    claims = []
    for id, told in selection.told():
        for claim in told:
            tally.wrote([claim["label_id"]])
            claims.append({
                **claim, "entity": id, "caption": captions.get(id),
                "grade": f"{claim['reliability']}{claim['credibility']}",
                "recorded_at": f"{claim['recorded_at']:%Y-%m-%dT%H:%M:%SZ}",
                "handling": selection.handling([claim["label_id"]]),
            })  # fmt: skip
    banner = selection.handling(tally.label_ids)
    entities = (node(selection, row) | {"names": "; ".join(row["names"] or ())} for row in selection.entities.values())
    links = (
        {**row, **edge(selection, row), "source_caption": captions[row["source"]],
         "target_caption": captions[row["target"]]}
        for row in selection.links
    )  # fmt: skip
    _sheet(book, "Entities", _ENTITIES, entities, banner, tally)
    _sheet(book, "Links", _LINKS, links, banner, tally)
    _sheet(book, "Claims", _CLAIMS, claims, banner, tally)
    content = io.BytesIO()
    book.save(content)
    out.write(repacked(content.getvalue()))


def _sheet(
    book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], banner: str, tally: Tally
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for part in (sheet.oddHeader, sheet.oddFooter):
        part.center.text = banner.replace("&", "&&")
    sheet.append(list(columns))
    for n, row in enumerate(rows):
        if n >= _ROWS:
            tally.left_out["rows"] += 1
            continue
        sheet.append([_cell(row[name], tally) for name in columns])


def _cell(value: object, tally: Tally) -> str | float | int | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = safe_cell(_ILLEGAL.sub("", str(value) if not isinstance(value, bool) else str(value).lower()))
    if len(text) > _CELL:
        tally.left_out["long values"] += 1
    return text[:_CELL]


EXPORTER = Exporter(
    name="xlsx",
    title="Workbook: entities, links, claims",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extension=".xlsx",
    losses=(
        Loss("rows", f"a sheet takes {_ROWS:,} rows; further ones are left out"),
        Loss("long values", f"a cell takes {_CELL:,} characters; the rest of a longer value is left out"),
        Loss("control characters", "signs that XML does not admit are left out"),
        Loss("basis, score, reasons", "why subjects are one entity: see the format `clusters`"),
        Loss("payments, positions, shipments", "bulk observations are not claims"),
        Loss("findings", "conclusions are not claims"),
    ),
    write=_write,
)
"""The plug-in."""
