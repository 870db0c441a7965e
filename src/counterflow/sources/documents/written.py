"""What every kind of document comes down to: a little about it, and its text, page by page.

Invariant: text is never made up. A page is as long as its writer made it; where there are no pages, paragraphs are put
together to about `PAGE` characters, always in the same way, so that a place in it stays the same place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["LARGEST", "PAGE", "Part", "Written", "pages_of", "shown", "tidy"]

PAGE = 4000
"""Characters of a page, where the document has none of its own."""
LARGEST = 1 << 27
"""Bytes of one document, unpacked: beyond it nobody wrote it."""

_BLANKS = re.compile(r"[^\S\n]+")
_UNPRINTED = dict.fromkeys([*range(9), *range(14, 32), 0x7F, 0xFEFF]) | dict.fromkeys(
    [0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n"
)


@dataclass(frozen=True)
class Part:
    """A document inside another one: an attachment. :param name: as its sender called it"""

    name: str
    content: bytes


@dataclass
class Written:
    """A document as read.

    :param format: pdf, html, docx, email, text
    :param date: as written; :param note: what else it says of itself
    :param pages: text of each, in order; read once
    :param parts: documents inside it; :param faults: (page or part, what could not be read of it)
    """

    format: str
    pages: Iterable[str]
    title: str = ""
    author: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    note: str = ""
    parts: list[Part] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def describe(self, said: Mapping[str, str]) -> Written:
        """The same, with what it says of itself: title, author, publisher, date, url, note."""
        for name, value in said.items():
            setattr(self, name, value)
        return self


def tidy(text: str) -> str:
    """Text without unprintable characters; blanks collapsed, line ends as ``\\n``, at most one empty line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTED)
    text = _BLANKS.sub(" ", text)
    return re.sub(r" ?\n ?", "\n", re.sub(r"\n\s*\n\s*", "\n\n", text)).strip()


def shown(text: str, most: int = 300) -> str:
    """A stranger's text on one line, for a title or a message."""
    line = " ".join(tidy(text).split())
    return line if len(line) <= most else line[:most] + "…"


def pages_of(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs put together to pages; one that is longer than a page is cut at a blank."""
    held: list[str] = []
    size = 0
    for paragraph in paragraphs:
        for piece in _pieces(tidy(paragraph)):
            if held and size + len(piece) > PAGE:
                yield "\n\n".join(held)
                held, size = [], 0
            held.append(piece)
            size += len(piece) + 2
    if held:
        yield "\n\n".join(held)


def _pieces(paragraph: str) -> Iterator[str]:
    while len(paragraph) > PAGE:
        at = paragraph.rfind(" ", PAGE // 2, PAGE)
        at = PAGE if at < 0 else at
        yield paragraph[:at].rstrip()
        paragraph = paragraph[at:].lstrip()
    if paragraph:
        yield paragraph
