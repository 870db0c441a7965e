"""Reader of the special measures of the US Financial Crimes Enforcement Network (section 311 of the USA PATRIOT Act,
section 9714), transcribed from its findings and rules to CSV: who is a primary money laundering concern, and who is
named beside them.

A row is one name in one document. Rows of one name are one party. ``self`` is the bank, country or class of
transactions that the measure is about, ``target`` a party within such a class; each document on these is a listing.
``owner``, ``subsidiary`` and ``related`` parties are linked to the one whose measure names them, with the document's
words as the reason.

Format: that of the transcription by OpenSanctions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile, UsageError
from counterflow.sources.csv_rows import CsvRows
from counterflow.sources.descriptors import load
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Rejected
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.listed import Listed

__all__ = ["READER", "Fincen311Reader"]

_COLUMNS = ("Measure", "Relationship", "Type", "Name", "Alias", "Country", "Address", "Registration number", "Topics",
            "Notes", "Source URL")  # fmt: skip
_MEASURED = ("self", "target")
_LINKS = {"owner": "Ownership", "subsidiary": "Ownership", "related": "UnknownLink"}
"""Schema of a relationship from the party that a row names to the measure's own; a subsidiary is owned by it."""
_PUBLISHER = "Financial Crimes Enforcement Network"


@dataclass(frozen=True)
class _Row:
    line: int
    cells: Mapping[str, str]


class Fincen311Reader:
    """See the module."""

    name = "fincen_311"
    descriptor = load("us-fincen-311")
    fields = fields.load("fincen_311")

    def recognises(self, head: Head) -> float:
        """By the names of its columns."""
        return 0.9 if head.text.partition("\n")[0].strip().split(",") == list(_COLUMNS) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in the order of their first rows. Takes no options.

        :raises InputError: the file is cut short; UnreadableFile where it has not these columns
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        parties: dict[str, list[_Row]] = {}
        for row in _rows(path):
            if isinstance(row, Rejected):
                yield row
            elif row.cells["Relationship"] not in (*_MEASURED, *_LINKS):
                reason = f"'{row.cells['Relationship']}' is not one of {', '.join((*_MEASURED, *_LINKS))}"
                yield Rejected(row.line, "Relationship", reason, ", ".join(row.cells.values())[:500])
            elif not row.cells["Name"] or not row.cells["Measure"]:
                reason = "a row needs a measure and a name"
                yield Rejected(row.line, "Name", reason, ", ".join(row.cells.values())[:500])
            else:
                parties.setdefault(_id(row.cells["Name"]), []).append(row)
        measures = {_id(row.cells["Measure"]) for rows in parties.values() for row in rows} & parties.keys()
        for uid, rows in parties.items():
            yield from _party(uid, rows, measures).records()


def _id(name: str) -> str:
    return digest(name)


def _rows(path: Path) -> Iterator[_Row | Rejected]:
    source = CsvRows(path)
    begun = False
    for item in source:
        if isinstance(item, Rejected):
            yield item
            continue
        number, cells = item
        if not begun:
            begun = [cell.strip() for cell in cells] == list(_COLUMNS)
            if not begun:
                break
        elif reason := source.broken(cells, len(_COLUMNS)):
            yield Rejected(number, None, reason, ",".join(cells)[:500])
        else:
            yield _Row(number, {name: " ".join(cell.split()) for name, cell in zip(_COLUMNS, cells, strict=True)})
    if not begun:
        raise UnreadableFile(f"no columns {', '.join(_COLUMNS[:4])}… in its first line", file=str(path))


def _party(uid: str, rows: Sequence[_Row], measures: set[str]) -> Listed:
    kinds = [row.cells["Type"] for row in rows if row.cells["Type"]]
    owned = any(row.cells["Relationship"] == "subsidiary" for row in rows)
    kind = kinds[0] if kinds else "Company" if owned else "LegalEntity"
    measured = any(row.cells["Relationship"] in _MEASURED for row in rows)
    party = Listed(uid, kind, f"entry {uid}", rows[0].line, _PUBLISHER, "us", topic="reg.warn" if measured else "")
    for row in rows:
        party.line = row.line
        _row(party, row, measures)
    return party


def _row(party: Listed, row: _Row, measures: set[str]) -> None:
    cells = row.cells
    party.name(cells["Name"])
    for alias in cells["Alias"].split(";"):
        party.name(alias, "alias")
    party.tell("country", cells["Country"], "Country")
    party.place(cells["Address"])
    party.tell(["registrationNumber", "notes"], cells["Registration number"], "Registration number")
    for topic in cells["Topics"].split(";"):
        party.tell("topics", topic, "Topics")
    relationship, other = cells["Relationship"], _id(cells["Measure"])
    if relationship in _MEASURED:
        listing = party.listing_of(f"sanction-{digest(cells['Measure'], cells['Source URL'])}")
        party.tell("program", cells["Measure"], "Measure", record=listing)
        party.tell("reason", cells["Notes"], "Notes", record=listing)
        party.tell("sourceUrl", cells["Source URL"], "Source URL", record=listing)
        return
    name = _LINKS[relationship]
    if other not in measures:
        other = party.party.named(cells["Measure"], "LegalEntity", f"named-{other}")
    link = party.party.link(name, other, relationship, reverse=relationship == "subsidiary")
    party.tell("summary", cells["Notes"], "Notes", record=link)
    party.tell("sourceUrl", cells["Source URL"], "Source URL", record=link)


READER = Fincen311Reader()
