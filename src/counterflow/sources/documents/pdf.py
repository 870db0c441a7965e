"""PDF: the text of each page, and what the file says of itself. Pages that are only a picture are told as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from counterflow.errors import UnreadableFile
from counterflow.sources.documents.written import Written, tidy

__all__ = ["read"]

MOST_PAGES = 20_000
_LONGEST_PAGE = 1_000_000
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: encrypted, broken, or not a page in it"""
    import pypdfium2

    try:
        document: Any = pypdfium2.PdfDocument(content)
        count = len(document)
        said = document.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as e:
        locked = "password" in str(e).lower()
        reason = "an encrypted PDF: save it without its password" if locked else f"a broken PDF ({e}); fetch it again"
        raise UnreadableFile(reason, file=file) from e
    if not count:
        raise UnreadableFile("a PDF without a page", file=file)
    found = _DATE.match(str(said.get("CreationDate", "")))
    written = Written(
        "pdf", (), title=said.get("Title", ""), author=said.get("Author", ""), note=said.get("Subject", ""),
        date="-".join(part for part in found.groups() if part) if found else "",
    )  # fmt: skip
    written.pages = _pages(document, written, count)
    return written


def _pages(document: Any, written: Written, count: int) -> Iterator[str]:
    import pypdfium2

    try:
        for n in range(min(count, MOST_PAGES)):
            try:
                page = document[n]
                text_page = page.get_textpage()
                text = text_page.get_text_range(count=min(text_page.count_chars(), _LONGEST_PAGE), errors="replace")
                text_page.close()
                page.close()
            except pypdfium2.PdfiumError as e:
                written.faults.append((f"page {n + 1}", f"cannot be read ({e})"))
                text = ""
            else:
                if not text.strip():
                    written.faults.append((f"page {n + 1}", "holds no text: a picture? Have its characters recognised"))
            yield tidy(text.replace("\ufffe", ""))  # pdfium's mark of a hyphen at a line's end
        if count > MOST_PAGES:
            written.faults.append((f"page {MOST_PAGES + 1}", f"and {count - MOST_PAGES - 1} more are not read"))
    finally:
        document.close()
