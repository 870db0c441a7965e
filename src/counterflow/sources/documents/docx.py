"""Word documents (Office Open XML): the text of the body with its notes, read straight from the XML.

Nothing outside is opened, no macro or field is run, no relationship followed. Format: ECMA-376, parts 1 and 2.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from counterflow.errors import UnreadableFile
from counterflow.sources.archive import RATIO
from counterflow.sources.documents.written import LARGEST, Written, pages_of

__all__ = ["is_docx", "read"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, KeyError, OSError, ValueError,
           struct.error)  # fmt: skip


def is_docx(content: bytes) -> bool:
    """Whether a zip holds the body of a Word document; no exception, whatever the bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            return "word/document.xml" in zipped.NameToInfo
    except _BROKEN:
        return False


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: broken, encrypted, or one that unpacks beyond measure"""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            names = set(zipped.namelist())
            said = _core(zipped, file) if "docProps/core.xml" in names else {}
            body = list(_paragraphs(zipped, "word/document.xml", file))
            for kind, heading in (("footnotes", "Footnotes"), ("endnotes", "Endnotes")):
                if f"word/{kind}.xml" in names:
                    notes = [n for n in _notes(zipped, f"word/{kind}.xml", file) if n]
                    body += [f"{heading}:", *notes] if notes else []
    except _BROKEN as e:
        raise UnreadableFile(f"a broken or encrypted DOCX ({e})", file=file) from e
    return Written("docx", pages_of(body)).describe(said)


class _Bounded(io.RawIOBase):
    """A member of the zip that ends in an error once it is larger than anybody's text."""

    def __init__(self, stream: IO[bytes], most: int, file: str) -> None:
        super().__init__()
        self._stream, self._left, self._file = stream, most, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFile("a DOCX that unpacks beyond measure; refused", file=self._file)
        buffer[: len(data)] = data
        return len(data)


def _events(zipped: zipfile.ZipFile, name: str, file: str) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """(event, tag without namespace, attributes, text) of a part of the document."""
    from lxml import etree

    info = zipped.getinfo(name)
    with zipped.open(info) as stream:
        bounded = io.BufferedReader(_Bounded(stream, min(LARGEST, max(1 << 24, RATIO * info.compress_size)), file))
        context = etree.iterparse(
            bounded, events=("start", "end"), load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            for event, element in context:
                if event == "start" and element.getparent() is None and element.getroottree().docinfo.doctype:
                    raise UnreadableFile("a DOCX with a DOCTYPE, which Word never writes; refused", file=file)
                tag = str(element.tag)
                plain = tag.rpartition("}")[2]
                attributes = {str(k).rpartition("}")[2]: str(v) for k, v in element.attrib.items()}
                yield event, plain, attributes, element.text or ""
                if event == "end" and plain in ("p", "tbl"):
                    element.clear(keep_tail=False)
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError as e:
            raise UnreadableFile(f"a broken DOCX ({e.msg})", file=file) from e


def _paragraphs(zipped: zipfile.ZipFile, name: str, file: str) -> Iterator[str]:
    held: list[str] = []
    for event, tag, attributes, text in _events(zipped, name, file):
        if event == "end":
            if tag == "t":
                held.append(text)
            elif tag == "p":
                yield "".join(held)
                held = []
        elif tag in ("tab", "br", "cr"):
            held.append("\t" if tag == "tab" else "\n")
        elif tag in ("footnoteReference", "endnoteReference"):
            held.append(f"[{attributes.get('id', '')}]")


def _notes(zipped: zipfile.ZipFile, name: str, file: str) -> Iterator[str]:
    """Each note as ``[n] text``; separators, which Word keeps as notes too, are left out."""
    number, kind = "", ""
    held: list[str] = []
    for event, tag, attributes, text in _events(zipped, name, file):
        if tag in ("footnote", "endnote"):
            if event == "start":
                number, kind, held = attributes.get("id", ""), attributes.get("type", "normal"), []
            elif kind == "normal" and "".join(held).strip():
                yield f"[{number}] {' '.join(''.join(held).split())}"
        elif event == "end" and tag in ("t", "p"):
            held.append(text if tag == "t" else " ")


def _core(zipped: zipfile.ZipFile, file: str) -> dict[str, str]:
    """Title, author and date as Word keeps them."""
    wanted = {"title": "title", "creator": "author", "created": "date", "description": "note"}
    found: dict[str, str] = {}
    for event, tag, _, text in _events(zipped, "docProps/core.xml", file):
        if event == "end" and tag in wanted and text.strip():
            found.setdefault(wanted[tag], text.strip()[:10] if tag == "created" else text)
    return found
