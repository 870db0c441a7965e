"""Reader of the bodies outside Russia and Belarus to which Japan forbids exports (notice 447 of 2023 of the Ministry of
Foreign Affairs, published by the Ministry of Economy, Trade and Industry), as the text of the published PDF.

Each entry is a number, the name in Japanese, with 別称 (other names) and names in Chinese between parentheses, the
name in Latin letters, "a.k.a., the following two aliases" with a dash before each, and 所在地 (where it is), addresses
between semicolons. Pages run into each other in such a text, so an entry begins where the next number is
followed by Japanese. Entries are numbered anew when the list changes: the party's id is made of its name in Latin
letters, and a body that has two entries is one party.

The list of those whose assets are frozen is `jp_mof`; the End User List of the same ministry is another list.

Format: text of ``list_daisangoku_tokutei.pdf``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.sources import written_dates
from counterflow.sources.descriptors import load
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Rejected, open_text
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.listed import Listed, country

__all__ = ["READER", "JpExportBanReader"]

_LONGEST = 1 << 24
_MINISTRY = "外務省 (Ministry of Foreign Affairs, Japan)"
_KANA = "\u3040-\u30ff\uff66-\uff9f\u3400-\u9fff"
_TITLE = re.compile(r"輸出等に係る禁止措置の対象となる.{0,40}?以外の国の\s*団\s*体", re.DOTALL)
_LISTED = re.compile(r"指定日：(\d{4}年\d{1,2}月\d{1,2}日)")
_CHANGED = re.compile(r"最終更新日：(\d{4}年\d{1,2}月\d{1,2}日)")
_WHERE = re.compile(r"所在地\s*[：:]")
_OTHER = re.compile(r"^別称[：:]", re.MULTILINE)
_AKA = re.compile(r",?\s*(?:a\.k\.a\.,?\s*)?the\s*following\s*\S+?\s*alias(?:es)?\s*:?", re.IGNORECASE)
_END = re.compile(r"\n\s*$|[A-Za-z.)]\d{1,3}\s*$")
"""A line end, or the number of the page."""
_DASH = re.compile(r"\s*(?:^|[;；:.]|\band)\s*[-—–]\s*(?=\S)", re.MULTILINE)
_PARENTHESES = re.compile(r"\n?（([^（）]*)）")
_LATIN_PARENTHESES = re.compile(rf"（([^（）{_KANA}]*)）")
_SHOWN = {1: "(", 2: ")"}
_NAMES = re.compile("[、;；]|及び")
_WORDS = 3
"""Words in Latin letters behind Japanese that are the name in Latin letters, not the end of the Japanese one."""
_JAPANESE = re.compile(rf"[{_KANA}]")


@dataclass(frozen=True)
class _Entry:
    number: int
    line: int
    text: str


class JpExportBanReader:
    """See the module."""

    name = "jp_export_ban"
    descriptor = load("jp-export-ban")
    fields = fields.load("jp_export_ban")

    def recognises(self, head: Head) -> float:
        """By its title and the word for where a body is."""
        return 0.9 if _TITLE.search(head.text) and _WHERE.search(head.text) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in the order of the list. Takes no options.

        :raises InputError: longer than any such list; UnreadableFile where it has no entry
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        with open_text(path, errors="replace") as stream:
            text = stream.read(_LONGEST).replace("\r\n", "\n")
        if len(text) == _LONGEST:
            raise InputError(f"more than {_LONGEST:,} characters: no such list is as long", file=str(path))
        entries = list(_entries(text))
        if not _TITLE.search(text) or not entries:
            raise UnreadableFile("no title and no entry of Japan's export ban in it", file=str(path))
        day = {name: _day(pattern, text) for name, pattern in (("listed", _LISTED), ("changed", _CHANGED))}
        parties: dict[str, Listed] = {}
        for n, entry in enumerate(entries):
            if n == len(entries) - 1 and not _ends(text):
                reason = "the last entry does not end: the file may be cut short (add a line end if it is whole)"
                yield Rejected(entry.line, None, reason, entry.text[:500])
                continue
            yield from _tell(entry, parties, day)
        for party in parties.values():
            yield from party.records()


def _ends(text: str) -> bool:
    """Whether the text ends where an entry can: with its line, the number of a page, or the country of an address."""
    return bool(_END.search(text)) or country(text.rpartition(",")[2])[0] is not None


def _day(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    written = written_dates.year_first(match[1]) if match else None
    return written.values[0] if written else None


def _entries(text: str) -> Iterator[_Entry]:
    """The numbered entries, each up to the next number that Japanese follows."""
    begun, number, at = 0, 0, 0
    while True:
        mark = re.compile(rf"(?:^|(?<=[^\d\s])){number + 1}[ \u3000](?=[^\n]*[{_KANA}])", re.MULTILINE).search(text, at)
        if mark is None or number > 99_999:
            break
        if number:
            yield _Entry(number, text.count("\n", 0, begun) + 1, text[at : mark.start()])
        begun, number, at = mark.start(), number + 1, mark.end()
    if number:
        yield _Entry(number, text.count("\n", 0, begun) + 1, re.sub(r"(?<=\D)\d{1,3}\s*$", "", text[at:]))


def _tell(entry: _Entry, parties: dict[str, Listed], day: dict[str, str | None]) -> Iterator[Rejected]:
    names, *places = _WHERE.split(entry.text, maxsplit=1)
    names, *others = _OTHER.split(names, maxsplit=1)
    native, latin = _scripts(names)
    whole, *aliases = _AKA.split(latin, maxsplit=1)
    name = _joined(whole).strip(" ,.;") if aliases else _joined(whole).strip(" ,;")
    if not name or not native:
        reason = "an entry needs a name in Japanese and one in Latin letters"
        yield Rejected(entry.line, "name", reason, f"{entry.number} {entry.text}"[:500])
        return
    uid = digest(name)
    party = parties.get(uid)
    if party is None:
        where = f"entry {uid}"
        party = parties[uid] = Listed(uid, "Organization", where, entry.line, _MINISTRY, "jp",
                                      topic="export.control")  # fmt: skip
    party.name(name)
    for other in native:
        party.name(other, "alias", lang="jpn" if re.search("[\u3040-\u30ff]", other) else None)
    for block in others:
        native, latin = _scripts(block)
        for other in (name for piece in native for name in _NAMES.split(piece)):
            party.name(other, "alias", lang="jpn")
        for other in re.split("[;；]", latin):
            party.name(_alias(other), "alias")
    for block in aliases:
        for alias in _DASH.split(block):
            party.name(_alias(alias), "alias")
    for place in re.split(r"[;；]\s*(?:and\s+)?", _joined(places[0]) if places else ""):
        party.place(place.strip().rstrip("."))
    party.tell("listingDate", day["listed"], "指定日", record=party.listing)
    party.tell("modifiedAt", day["changed"], "最終更新日", record=party.listing)
    party.tell("program", "令和五年外務省告示第四百四十七号", "告示", record=party.listing)


def _alias(text: str) -> str:
    """An alias without the mark that ends it; a full stop that belongs to it (``Ltd.``) stays."""
    name = re.sub(r"\s*[;；,]?\s*(?:\band)?\s*$", "", _joined(text)).strip()
    return name if re.search(r"\b(?:Ltd|Inc|Co|Corp|Sti|Pvt|S\.A|L\.L\.C)\.$", name) else name.rstrip(".")


def _scripts(text: str) -> tuple[list[str], str]:
    """(names in Japanese and Chinese, what is written in Latin letters), whichever line they stand in."""
    inner: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if not _JAPANESE.search(match[1]):
            return match[0]
        inner.append(match[1].translate(_SHOWN))
        return "\n" if match[0].startswith("\n") else ""

    outer, before = _LATIN_PARENTHESES.sub("\x01\\1\x02", text.replace("(", "（").replace(")", "）")), ""
    while outer != before:  # from the inside out
        before, outer = outer, _PARENTHESES.sub(keep, outer)
    native: list[str] = []
    latin: list[str] = []
    for line in outer.replace("（", "(").replace("）", ")").translate(_SHOWN).splitlines():
        found = list(_JAPANESE.finditer(line))
        cut = found[-1].end() if found else 0
        if found and len(line[cut:].split()) < _WORDS:  # ends in a word like FZCO, or in nothing
            cut = len(line)
        native.append(line[:cut])
        latin.append(line[cut:])
    others = [name for piece in inner for name in _NAMES.split(re.sub(r"\s*\n\s*", "", piece).removeprefix("別称、"))]
    names = ["".join(line.strip() for line in native), *others]
    return [name.strip() for name in names if _JAPANESE.search(name)], "\n".join(latin)


def _joined(text: str) -> str:
    """Lines as one; a line that ends in a hyphen goes on without a space."""
    return " ".join(re.sub(r"-\n\s*", "-", text).split())


READER = JpExportBanReader()
