"""What was read, from whom, and what was set aside; documents and what is named in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterflow.views.about.base import Base

__all__ = ["AboutSources"]


class AboutSources(Base):
    """What was read, from whom, and what was set aside; documents and what is named in them."""

    def sources(self) -> dict[str, Any]:
        """Datasets with their files, sources cited, quarantine."""
        from counterflow.views.sources import sources

        return sources(self.picture)

    def diff(self, dataset: str, first: str | None = None, last: str | None = None) -> dict[str, Any]:
        """What two editions of a list say differently, in words; by default the last two."""
        from counterflow.views.editions import diff

        return diff(self.line, dataset, first, last)

    def quarantine(self, dataset: str | None = None) -> list[dict[str, Any]]:
        """Rows set aside, with file, line, field and reason."""
        from counterflow.views.sources import quarantine

        return quarantine(self.line, dataset)

    def quarantine_file(self, out: Path, dataset: str | None = None) -> int:
        """Write rows set aside as CSV that no spreadsheet runs; returns how many."""
        from counterflow.views.sources import write_quarantine

        self.workspace.allow("export")
        return write_quarantine(self.line, out, dataset)

    def documents(self) -> dict[str, Any]:
        """Documents, newest first."""
        from counterflow.views.documents import documents

        return {"documents": documents(self.opened)}

    def document(self, id: str) -> dict[str, Any]:
        """One document: its pages, its references, and the claims that cite it."""
        from counterflow.views.documents import document

        return document(self.opened, id)

    def page(self, id: str, number: int) -> dict[str, Any]:
        """Text of one page of a document."""
        from counterflow.views.documents import page

        return page(self.opened, id, number)

    def mentions(self, id: str, number: int | None = None, *, suggest: str = "") -> dict[str, Any]:
        """What is named in a document, or on one page of it."""
        from counterflow.views.documents import mentions

        return {"mentions": mentions(self.picture, id, number, suggest)}
