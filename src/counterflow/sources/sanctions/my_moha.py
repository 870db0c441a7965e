"""Reader of Malaysia's domestic list (Ministry of Home Affairs, section 66B of the Anti-Money Laundering Act), as the
XML that a PDF tool makes of its tables: persons in tables of thirteen columns, groups in tables of seven.

A row is a party; its number is the Ministry's reference (KDN.I.08-2014). ``-`` is nothing, ``a) … b) …`` several
values; months and some countries are in Malay. The columns of the groups bear no names in the file; the fourth and
fifth hold other names.

Format: the Ministry's PDF, saved as tagged XML (``TaggedPDF-doc``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.sources import enumerated, written_dates
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.listed import Listed
from counterflow.sources.xml_stream import elements, line, root_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "MyMohaReader"]

_PERSON = ("number", "reference", "name", "title", "position", "birth", "birthplace", "other name", "nationality",
           "passport", "identity card", "address", "listed")  # fmt: skip
_GROUP = ("number", "reference", "name", "alias", "other name", "address", "listed")
_WIDTHS = {len(_PERSON): (_PERSON, "Person"), len(_GROUP): (_GROUP, "Organization")}
_REFERENCE = re.compile(r"KDN\.\s*[A-Z]\.?\s*\d+\s*-\s*\d{4}")
_BETWEEN_DATES = re.compile(r"(?<=\.\d{4})[\s,]+")
_MONTHS = {"januari": "January", "februari": "February", "mac": "March", "mei": "May", "jun": "June", "julai": "July",
           "ogos": "August", "oktober": "October", "disember": "December"}  # fmt: skip
_COUNTRIES = {
    "filipina": "Philippines",
    "mesir": "Egypt",
    "turki": "Turkey",
    "yaman": "Yemen",
    "arab saudi": "Saudi Arabia",
}


class MyMohaReader:
    """See the module."""

    name = "my_moha"
    descriptor = load("my-moha")
    fields = fields.load("my_moha")

    def recognises(self, head: Head) -> float:
        """By the root element TaggedPDF-doc and the Ministry's references."""
        own = root_name(head.text)[0] == "TaggedPDF-doc" and _REFERENCE.search(head.text) is not None
        return 0.9 if own else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where it has no table
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        seen: set[str] = set()
        for element, _ in elements(path, ("TR",)):
            cells = [_words(cell) for cell in element]
            number, raw = line(element), ", ".join(cells)[:500]
            if not any(cells) or cells[0].startswith("(1)"):
                continue
            if len(cells) not in _WIDTHS:
                widths = " or ".join(map(str, _WIDTHS))
                yield Rejected(number, None, f"a row of {len(cells)} cells, expected {widths}", raw)
                continue
            columns, kind = _WIDTHS[len(cells)]
            row = dict(zip(columns, cells, strict=True))
            uid = "".join(row["reference"].split())
            if not _REFERENCE.fullmatch(uid) or uid in seen:
                reason = (
                    f"{uid} was given to an earlier party"
                    if uid in seen
                    else f"'{uid}' is no reference (KDN.I.08-2014)"
                )
                yield Rejected(number, "reference", reason, raw)
            elif not row["name"]:
                yield Rejected(number, "name", f"party {uid} has no name", raw, subject=uid)
            else:
                seen.add(uid)
                yield from _party(uid, kind, number, row).records()


def _words(cell: Element) -> str:
    """All text of a cell; empty where it says that there is nothing."""
    found = " ".join(" ".join(piece for piece in cell.itertext() if isinstance(piece, str)).split())
    return "" if found == "-" else found


def _country(text: str) -> str:
    """A country in English, with what stands behind it."""
    name, space, remark = text.partition(" (")
    return _COUNTRIES.get(name.lower(), name) + space + remark


def _dates(text: str) -> written_dates.Written | None:
    words = [_MONTHS.get(word.lower(), word) for word in text.split()]
    return written_dates.day_first(text) or written_dates.read(" ".join(words))


def _party(uid: str, kind: str, number: int, row: Mapping[str, str]) -> Listed:
    party = Listed(uid, kind, f"reference {uid}", number, "Ministry of Home Affairs of Malaysia", "my", dates=_dates)
    party.name(row["name"])
    for column in ("alias", "other name"):
        for name in enumerated.pieces(row.get(column, "")):
            party.name(name, "alias", packed=True)
    party.tell(["title"], row.get("title"), "title")
    party.tell("position", row.get("position"), "position")
    for day in _BETWEEN_DATES.split(row.get("birth", "")):
        party.tell("birthDate", day, "birth")
    party.tell("birthPlace", row.get("birthplace"), "birthplace")
    for nation in enumerated.pieces(row.get("nationality", "")):
        party.tell("nationality", _country(nation), "nationality")
    for paper, words, property in (
        ("passport", "Passport", "passportNumber"),
        ("identity card", "Identity card", "idNumber"),
    ):
        for piece in enumerated.pieces(row.get(paper, "")):
            party.document(words, piece, [property])
    for place in enumerated.pieces(row["address"]):
        party.place(_country(place))
    party.tell("authorityId", uid, "reference", record=party.listing)
    party.tell("recordId", row["number"], "number", record=party.listing)
    party.tell("listingDate", row["listed"], "listed", record=party.listing)
    return party


READER = MyMohaReader()
