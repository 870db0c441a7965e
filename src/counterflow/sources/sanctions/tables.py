"""Rows of a list as its layout names their columns: from CSV, from a spreadsheet, or from XML.

XML is read as rows too. Each record gives one row of its simple elements; an element that is repeated, and each of the
layout's ``parts`` (elements that hold several values together), gives a row of its own that bears the record's number.
So a list that is published in both forms has one layout.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.csv_rows import CsvRows
from counterflow.sources.reader import Head, Rejected, read_head
from counterflow.sources.sanctions.layout import Layout, flat
from counterflow.sources.stream import encoding_of
from counterflow.sources.xml_stream import elements, line, root_name, tag, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Row", "recognises", "rows"]

_ABOVE_HEADER = 12
_SHEETS = b"PK\x03\x04"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
)
"""What openpyxl lets through of its parsers where a workbook is damaged; its own errors are among them."""


@dataclass(frozen=True)
class Row:
    """:param cells: our name of a column → value, blank ones left out; :param line: 1-based line, or row of the sheet;
    :param title: what stands above the header, where the list has several tables; :param unknown: columns that the
    layout does not know"""

    line: int
    cells: Mapping[str, str]
    title: str = ""
    unknown: frozenset[str] = field(default_factory=frozenset)

    @property
    def raw(self) -> str:
        """The row as received, for what is set aside."""
        return ", ".join(self.cells.values())[:500]


def recognises(head: Head, layout: Layout) -> float:
    """How sure it is that a file has this layout."""
    if head.start.startswith(_SHEETS):
        return 0.9 if any(layout.columns_of(row) for row in _first_rows(str(head.path), _stamp(head.path))) else 0.0
    if head.text.lstrip().startswith("<"):
        record = layout.xml.get("record")
        return 0.9 if record and root_name(head.text)[0] == layout.xml["root"] and f"<{record}" in head.text else 0.0
    first = head.text[:32768]
    if "\0" in first or not first.strip():
        return 0.0
    try:
        reader = csv.reader(io.StringIO(first), delimiter=layout.delimiter)
        return 0.9 if any(layout.columns_of(cells) for cells in islice(reader, _ABOVE_HEADER)) else 0.0
    except csv.Error:
        return 0.0


def rows(path: Path, layout: Layout) -> Iterator[Row | Rejected]:
    """The rows of a file, in order.

    :raises UnreadableFile: no header of this layout in it; InputError where it is cut short
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _SHEETS:
        yield from _sheets(path, layout)
    elif layout.xml and _is_xml(path):
        yield from _xml(path, layout)
    else:
        yield from _csv(path, layout)


def _is_xml(path: Path) -> bool:
    return read_head(path).text.lstrip().startswith("<")


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(path: Path, layout: Layout) -> Iterator[Row | Rejected]:
    encoding = encoding_of(path, layout.encoding) if layout.encoding else None
    source = CsvRows(path, encoding=encoding, delimiter=layout.delimiter)
    columns: list[str] | None = None
    title = ""
    for item in source:
        if isinstance(item, Rejected):
            yield item
            continue
        number, cells = item
        if columns is None:
            columns = layout.columns_of(cells)
            if columns is None and number > _ABOVE_HEADER:
                break
        elif any(cell.strip() for cell in cells):
            if layout.section and re.match(layout.section, cells[0]) and not any(c.strip() for c in cells[1:]):
                title = " ".join(cells[0].split())
            elif reason := source.broken(cells, len(columns)):
                yield Rejected(number, None, reason, ",".join(cells)[:500])
            else:
                yield _row(number, columns, cells, layout, title)
    if columns is None:
        raise UnreadableFile(f"no line of columns {', '.join(layout.required)} at its beginning", file=str(path))


def _row(number: int, columns: list[str], cells: list[str], layout: Layout, title: str = "") -> Row:
    found: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        value = cell.strip()
        if value and value not in layout.nothing:
            found[column] = f"{found[column]}; {value}" if column in found else value
    unknown = frozenset(c for c in found if c and c not in layout.columns)
    return Row(number, found, title, unknown)


# -- spreadsheets ------------------------------------------------------------------------------------------------------


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@lru_cache(8)
def _first_rows(path: str, _stamp: tuple[int, int]) -> list[list[str]]:
    """The first rows of each sheet, kept for as long as the file does not change: many layouts ask for them."""
    try:
        return [cells for _, sheet in _open(Path(path)) for _, cells in islice(sheet, _ABOVE_HEADER)]
    except InputError:
        return []


def _open(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """(title, rows) of each sheet."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _BROKEN as error:
        raise UnreadableFile(f"cannot be read as a spreadsheet ({error}); fetch it again", file=str(path)) from None
    try:
        for sheet in book.worksheets:
            yield sheet.title, _cells(sheet, path)
    finally:
        book.close()


def _cells(sheet: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_printed(cell) for cell in cells]
    except _BROKEN as error:
        raise InputError(f"sheet '{sheet.title}' cannot be read to its end ({error})", file=str(path)) from None


def _printed(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("_x000D_", " ")


def _sheets(path: Path, layout: Layout) -> Iterator[Row | Rejected]:
    found = False
    for title, sheet in _open(path):
        columns: list[str] | None = None
        above: list[str] = []
        for number, cells in sheet:
            if columns is None:
                columns = layout.columns_of(cells)
                above += [] if columns else [cell.strip() for cell in cells if cell.strip()]
            elif any(cell.strip() for cell in cells):
                filled = [*cells, *[""] * (len(columns) - len(cells))]
                yield _row(number, columns, filled, layout, " ".join(" ".join(above).split()) or title)
            if columns is None and number > _ABOVE_HEADER:
                break
        found = found or columns is not None
    if not found:
        raise UnreadableFile(f"no sheet with columns {', '.join(layout.required)}", file=str(path))


# -- XML ---------------------------------------------------------------------------------------------------------------


def _xml(path: Path, layout: Layout) -> Iterator[Row]:
    parts = {part.split("/")[-1]: part for part in layout.xml.get("parts", ())}
    for element, _ in elements(path, (layout.xml["record"],)):
        own: dict[str, str] = {}
        more: list[tuple[int, dict[str, str]]] = []
        _gather(element, layout, set(parts), own, more)
        key = {column: own[column] for column in (*layout.key, *layout.named) if column in own}
        yield _row_of(line(element), own, layout)
        for number, cells in more:
            yield _row_of(number, {**key, **cells}, layout)


def _gather(
    element: Element, layout: Layout, parts: set[str], own: dict[str, str], more: list[tuple[int, dict[str, str]]]
) -> None:
    for child in element:
        name = tag(child)
        value = text(child)
        column = layout.known.get(flat(name), name)
        if name in parts:
            together: dict[str, str] = {}
            _gather(child, layout, parts, together, more)
            more.append((line(child), together))
        elif len(child):
            _gather(child, layout, parts, own, more)
        elif value is not None and column in own:
            more.append((line(child), {column: value}))
        elif value is not None:
            own[column] = value


def _row_of(number: int, cells: dict[str, str], layout: Layout) -> Row:
    return _row(number, list(cells), list(cells.values()), layout)
