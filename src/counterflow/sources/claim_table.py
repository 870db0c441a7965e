"""A reader of tables whose rows are claims about things (ships, events, places); a layout tells what their columns are.

The layout (see `counterflow.sources.layout`) brings every publisher's columns under the reader's own names; what they
say of whom is for the subclass. Invariant: each row says something, or is `Rejected` with its line and reason; a column
that nobody takes is kept in the subject's notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from pathlib import Path
from typing import Any

from counterflow.sources import cells, tabular
from counterflow.sources.columns import texts
from counterflow.sources.mapping import from_options
from counterflow.sources.reader import Record, Rejected
from counterflow.sources.table import TableReader, resolved

__all__ = ["ClaimTableReader", "Row", "date", "parted"]

Row = dict[str, str]
"""Our column → text, without those that are empty."""


class ClaimTableReader(TableReader):
    """Reads claims from rows; options: ``mapping``."""

    says: Map[str, str] = {}
    """Our column → where it arrives."""

    @property
    def fields(self) -> Map[str, str]:
        """Where each column of each publisher arrives."""
        found: dict[str, str] = {}
        for layout in (*self.layouts.publishers, self.layouts.general):
            for part in layout.parts:
                for ours, theirs in part.columns.items():
                    shown = ours if layout is self.layouts.general else ", ".join(theirs)
                    found[f"{layout.title}: {shown}"] = self.says[ours]
        return {**found, "any other column": self.says["rest"]}

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements, row by row."""
        names = tuple(self.layouts.general.parts[0].columns)
        mapping = from_options(options, names)
        header = self.header(path, mapping)
        layout = self.layouts.of(header)
        general = layout is self.layouts.general
        part, own, found = resolved(layout.parts[0], mapping, header, str(path), names, first=True, general=general)
        used = {name for theirs in found.values() for name in theirs}
        for batch in self.batches(path, mapping, header):
            rows = tabular.Rows(batch, own, found)
            ours = {name: rows.text(name).to_pylist() for name in names if name in found or name in own.defaults}
            rest = {n: texts(batch.rows.column(n)).values.to_pylist() for n in batch.rows.column_names if n not in used}
            for name in part.required:
                rows.require(name, rows.text(name))
            aside = rows.rejected()
            for i, kept in enumerate(rows.kept.tolist()):
                if kept:
                    line = int(batch.lines[i])
                    row = {name: values[i] for name, values in ours.items() if values[i]}
                    left = "; ".join(f"{name}: {values[i]}" for name, values in rest.items() if values[i])
                    try:
                        yield from self.tell({**row, **({"rest": left} if left else {})}, line)
                    except ValueError as e:
                        aside.append(Rejected(line, None, str(e), left))
            yield from sorted(aside, key=lambda r: r.line or 0)

    def tell(self, row: Row, line: int) -> Iterator[Record]:
        """What one row says. :raises ValueError: nothing, and why"""
        raise ValueError(f"line {line} says nothing: {row}")


def parted(text: str | None, marks: Sequence[str] = (";", " / ", "|")) -> list[str]:
    """Several values in one field."""
    found = [text or ""]
    for mark in marks:
        found = [part for piece in found for part in piece.split(mark)]
    return [part.strip() for part in found if part.strip()]


def date(text: str | None) -> str | None:
    """Partial ISO date of a date or time; None where it is none."""
    return cells.KINDS["date"][0](text) if text else None
