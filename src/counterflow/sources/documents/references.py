"""What a document rests on: its endnotes, footnotes and list of references, each as a source of its own.

A reference is read as far as it is plain: authors, date, title, publisher and address in the order that APA and the
common note styles share. What is not plain stays in the note, whole: the entry as printed is always kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from counterflow.sources import written_dates
from counterflow.sources.documents.written import shown

__all__ = ["Reference", "references"]

MOST = 5000
_HEADING = re.compile(
    r"(?:#+ |\d+\.? )?(?:end\s?notes?|foot\s?notes?|notes|references|bibliography|works cited|sources(?: cited)?"
    r"|citations)\s*:?",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?:\[(\d{1,4})\]|\((\d{1,4})\)|(\d{1,4})[.)])\s+(\S.*)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>\"'”’)\]]+[^\s<>\"'”’)\].,;:]")
_DATED = re.compile(
    r"^(?P<who>.*?)\s*\((?P<date>(?:1[5-9]|20)\d\d[^()]{0,30}|n\.d\.)\)[.,]?\s*(?P<rest>.*)$", re.DOTALL
)
_AUTHORS = re.compile(r"^(?:[^\s,]+(?:[ -][^\s,]+){0,2}, (?:[A-Z]\.[ -]?)+|(?:[A-Z]\. ?){2,}$)")
_SENTENCE = re.compile(r"(?<![A-Z])(?<!\bvol)(?<!\bpp)(?<!\bno)[.?!](?:[\"”’])?\s+(?=\S)")
_INITIAL = re.compile(r"(?:^|\s)[A-Z]\.$")
_RETRIEVED = re.compile(r",?\s*(?:Retrieved|Accessed|Available)\b.*", re.IGNORECASE | re.DOTALL)
_DATE = re.compile(
    r"\b(?:\d{1,2} [A-Z][a-z]+,? \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]+ \d{4}|(?:19|20)\d{2})\b"
)


@dataclass(frozen=True)
class Reference:
    """:param number: as printed; :param text: the entry as printed; the others as far as they are plain, else empty;
    :param kind: article, report, interview or reference; :param date: partial ISO date"""

    number: int
    text: str
    title: str
    author: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    kind: str = "reference"


def references(pages: Iterable[str]) -> Iterator[Reference]:
    """The entries of the last part that is headed as one, in order; each number once."""
    entries: list[list[str]] = []
    inside = False
    for page in pages:
        for line in page.split("\n"):
            if _HEADING.fullmatch(line.strip()):
                inside = True
                continue
            if not inside or not line.strip():
                continue
            if _ENTRY.match(line.strip()):
                entries.append([line.strip()])
            elif entries:
                entries[-1].append(line.strip())
    seen: set[int] = set()
    for lines in entries[:MOST]:
        match = _ENTRY.match(" ".join(lines))
        assert match is not None
        number = int(match[1] or match[2] or match[3])
        if number not in seen:
            seen.add(number)
            yield _read(number, shown(match[4], 2000))


def _read(number: int, text: str) -> Reference:
    found = _URL.search(text)
    url = found[0] if found else ""
    plain = _RETRIEVED.sub("", text.replace(url, "") if url else text).strip()
    dated = _DATED.match(plain)
    if dated is None:
        kind = "interview" if re.search(r"\binterview", plain, re.IGNORECASE) else "reference"
        date = _DATE.search(plain)
        return Reference(number, text, plain.strip(" ."), date=_iso(date[0]) if date else "", url=url, kind=kind)
    who, rest = dated["who"].strip(), dated["rest"].strip()
    if _AUTHORS.match(who):
        title, publisher = _first(rest)
        author = who.rstrip(",")
    else:
        title, publisher, author = who.strip(" ."), rest, ""
    kind = "article" if url else "report"
    return Reference(number, text, title, author, publisher.strip(" .,"), _iso(dated["date"]), url, kind)


def _first(text: str) -> tuple[str, str]:
    """The first sentence, and what follows it; the full stop of an initial ends none."""
    for end in _SENTENCE.finditer(text):
        if not _INITIAL.search(text[: end.start() + 1]):
            return text[: end.start() + 1].strip(" ."), text[end.end() :]
    return text.strip(" ."), ""


def _iso(text: str) -> str:
    """Partial ISO date of ``2013, September 16``, ``2004``, ``4 October 2017``; empty where it is none."""
    turned = re.fullmatch(r"(\d{4}),? ([A-Za-z]+\.?(?: \d{1,2})?)", text.strip())
    read = written_dates.read(f"{turned[2]}, {turned[1]}" if turned and " " in turned[2] else
                              f"{turned[2]} {turned[1]}" if turned else text)  # fmt: skip
    return read.values[0] if read else ""
