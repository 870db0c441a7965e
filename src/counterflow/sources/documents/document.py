"""Reader of documents: PDF, web pages, Word, e-mail with what is attached to it, and plain text.

A document becomes a source, its text passages with their page, its references sources of their own. It makes no claim:
what it says is for an analyst to mark (`counterflow mark`). An attachment is a document too, known by its own content.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.model import dates
from counterflow.model.source import Source
from counterflow.sources import written_dates
from counterflow.sources.descriptors import load
from counterflow.sources.documents import docx, html, mail, outlook, pdf, plain
from counterflow.sources.documents.references import Reference, references
from counterflow.sources.documents.written import LARGEST, Part, Written, shown
from counterflow.sources.reader import Head, Observations, Record, Rejected, open_binary, unpacked_name

__all__ = ["READER", "DocumentReader"]

DEEPEST = 5
"""Attachments of attachments."""
MOST_DOCUMENTS = 200
"""Documents in one file, attachments included."""
_BATCH = 500
_TAIL = 400
"""Pages at the end in which references are looked for."""


class DocumentReader:
    """See the module."""

    name = "document"
    descriptor = load("documents")
    fields: Mapping[str, str] = {
        "text": "passages.text, page by page",
        "page": "passages.page",
        "place in the text": "passages.offset",
        "format": "passages.format",
        "content hash": "passages.document",
        "attachment": "passages.part",
        "title, author, date, publisher, address": "left out: they are the source's own (table sources)",
        "references, endnotes, footnotes": "left out: each is a source of its own (table sources)",
        "pictures, styles, scripts, macros, links": "left out: not text; the original is kept by its hash",
    }

    def recognises(self, head: Head) -> float:
        """By content; plain text only where it is sentences, and less surely than any reader of a format."""
        if head.path.is_dir() or not head.start:
            return 0.0
        if head.start.startswith(b"%PDF-"):
            return 0.9
        if outlook.is_msg(head.start):
            return 0.6
        if head.start.startswith(b"PK\x03\x04"):
            return 0.9 if head.path.stat().st_size <= LARGEST and docx.is_docx(head.path.read_bytes()) else 0.0
        text = head.text
        if html.is_html(text):
            return 0.5
        if mail.is_mail(text):
            return 0.6
        return 0.2 if plain.is_prose(text) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """The document as a source, its references, its passages; then each attachment likewise. Takes no options.

        :raises UnreadableFile: nothing in it can be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        content = _content(path)
        name = unpacked_name(path)
        waiting = [(Part("", content), str(path), 0)]
        seen: set[str] = set()
        while waiting:
            part, file, depth = waiting.pop(0)
            try:
                written = _opened(part.content, file)
            except InputError as e:
                if not part.name:
                    raise
                yield Rejected(None, part.name, e.reason)
                continue
            key = hashlib.sha256(part.content).hexdigest()
            if key in seen:
                continue
            seen.add(key)
            try:
                told = _told(written, key, part, name)
            except UnreadableFile as e:
                if not part.name:
                    raise UnreadableFile(e.reason, file=str(path)) from e
                yield Rejected(None, part.name, e.reason)
                continue
            yield from told
            if depth == DEEPEST and written.parts:
                yield Rejected(None, part.name or None, f"attachments more than {DEEPEST} deep are not read")
                continue
            room = MOST_DOCUMENTS - len(seen) - len(waiting)
            inside = [Part(f"{part.name} / {p.name}".strip(" /"), p.content) for p in written.parts]
            waiting += [(p, p.name, depth + 1) for p in inside[:room]]
            if len(inside) > room:
                yield Rejected(
                    None, part.name or None, f"{len(inside) - room} attachments beyond {MOST_DOCUMENTS} documents"
                )


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableFile("is a folder; documents are read one by one", file=str(path))
    blocks: list[bytes] = []
    room = LARGEST
    try:
        with open_binary(path) as stream:
            while room >= 0 and (block := stream.read(1 << 20)):
                blocks.append(block)
                room -= len(block)
    except (EOFError, OSError) as e:
        raise UnreadableFile(f"cannot be read to its end ({e}); fetch it again", file=str(path)) from e
    if room < 0:
        raise UnreadableFile(f"more than {LARGEST:,} bytes of one document; refused", file=str(path))
    return b"".join(blocks)


def _opened(content: bytes, file: str) -> Written:
    """A document of any of the kinds. :raises UnreadableFile: of none of them, or broken"""
    start = content[:65536].decode("utf-8", "replace")
    kinds: tuple[tuple[bool, Callable[[bytes, str], Written]], ...] = (
        (content.startswith(b"%PDF-"), pdf.read),
        (outlook.is_msg(content), outlook.read),
        (content.startswith(b"PK\x03\x04"), docx.read),
        (html.is_html(start), html.read),
        (mail.is_mail(start), mail.read),
    )
    read = next((read for fits, read in kinds if fits), plain.read)
    return read(content, file)


def _told(written: Written, key: str, part: Part, name: str) -> Iterator[Record]:
    """A document's source, references and passages. :raises UnreadableFile: before any of them: it holds no text"""
    id = key[:16]
    rows: dict[str, list[Any]] = {n: [] for n in ("page", "offset", "text")}
    tail: deque[str] = deque(maxlen=_TAIL)
    offset, empty = 0, True
    batches = []
    for n, text in enumerate(written.pages, 1):
        for column, value in zip(rows.values(), (n, offset, text), strict=True):
            column.append(value)
        tail.append(text)
        empty = empty and not text.strip()
        offset += len(text) + 1
        if len(rows["page"]) == _BATCH:
            batches.append(_batch(rows, key, written.format, part.name))
            rows = {column: [] for column in rows}
    batches.append(_batch(rows, key, written.format, part.name))
    if empty:
        reason = "; ".join(f"{place} {what}".strip() for place, what in written.faults[:3]) or "holds no text"
        raise UnreadableFile(reason, file=part.name or name)
    return _records(written, id, part, name, batches, tail)


def _records(
    written: Written, id: str, part: Part, name: str, batches: list[pa.Table], tail: Iterable[str]
) -> Iterator[Record]:
    title = shown(written.title) or (part.name.rpartition(": ")[2] if part.name else name)
    yield Source(
        id, title, publisher=shown(written.publisher), author=shown(written.author), date_published=_date(written.date),
        kind="document", url=shown(written.url, 500), note=_note(written, part, name),
    )  # fmt: skip
    for reference in references(tail):
        yield Source(
            f"{id}.note-{reference.number}", shown(reference.title), publisher=shown(reference.publisher),
            author=reference.author, date_published=reference.date, kind=reference.kind, url=reference.url,
            note=f"note {reference.number} of {title}, not opened: {reference.text}{_doubt(reference)}",
        )  # fmt: skip
    for rows_of in batches:
        if len(rows_of):
            yield Observations("passages", rows_of, source_id=id)
    for place, what in written.faults:
        yield Rejected(None, " / ".join(p for p in (part.name, place) if p) or None, what)


def _batch(rows: dict[str, list[Any]], key: str, format: str, part: str) -> pa.Table:
    n = len(rows["page"])
    return pa.table(
        {
            "document": pa.array([key] * n, pa.string()),
            "part": pa.array([part or None] * n, pa.string()),
            "format": pa.array([format] * n, pa.string()),
            "page": pa.array(rows["page"], pa.int64()),
            "offset": pa.array(rows["offset"], pa.int64()),
            "text": pa.array(rows["text"], pa.string()),
            "locator": pa.array([f"page {page}" for page in rows["page"]], pa.string()),
        }
    )


def _doubt(reference: Reference) -> str:
    """What of a reference contradicts itself: many addresses of articles hold the year."""
    years = set(re.findall(r"(?<=/)(?:19|20)\d\d(?=/)", reference.url))
    if reference.date and years and reference.date[:4] not in years:
        return f" (dated {reference.date[:4]}, but its address says {', '.join(sorted(years))})"
    return ""


def _date(text: str) -> str:
    """Partial ISO date of what a document says of its own; empty where that is not plain."""
    found = dates.clean(text[:10]) or dates.clean(text)
    if found is None and (read := written_dates.read(text)):
        found = read.values[0]
    return found or ""


def _note(written: Written, part: Part, name: str) -> str:
    return "; ".join(p for p in (f"{part.name} of {name}" if part.name else "", shown(written.note, 500)) if p)


READER = DocumentReader()
