"""A paper as DOCX: banner on each page, portion marks on each paragraph, sources as endnotes. See `casework.paper`."""

from __future__ import annotations

from typing import BinaryIO

from counterflow.casework.export import Exporter, Tally
from counterflow.casework.paper import LOSSES, paper
from counterflow.casework.selection import Selection

__all__ = ["EXPORTER"]


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    from counterflow.assessment.report_docx import docx

    out.write(docx(paper(selection, tally)))


EXPORTER = Exporter(
    name="docx",
    title="Paper, Word",
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extension=".docx",
    losses=LOSSES,
    write=_write,
)
"""The plug-in."""
