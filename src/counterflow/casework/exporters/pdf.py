"""A paper as PDF: banner on each page, portion marks on each paragraph, sources as endnotes. See `casework.paper`."""

from __future__ import annotations

from typing import BinaryIO

from counterflow.casework.export import Exporter, Tally
from counterflow.casework.paper import LOSSES, paper
from counterflow.casework.selection import Selection

__all__ = ["EXPORTER"]


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    from counterflow.assessment.report_pdf import pdf

    out.write(pdf(paper(selection, tally)))


EXPORTER = Exporter(
    name="pdf",
    title="Paper, PDF",
    media_type="application/pdf",
    extension=".pdf",
    losses=LOSSES,
    write=_write,
)
"""The plug-in."""
