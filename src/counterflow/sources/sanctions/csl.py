"""Reader of the Consolidated Screening List of the United States, as CSV (29 columns) and as JSON (``results``):
thirteen lists of the Treasury, of Commerce (Entity List, Denied Persons, Unverified, Military End Users) and of State
(debarred parties, nonproliferation sanctions) in one.

A record is one listing. What the Treasury lists bears OFAC's number and OFAC's words for its facts (`ofac_entry`), and
all its listings are one party; a party of another list is known by the number that this list gives it. Of those it is
not said whether they are persons.

Format: International Trade Administration, ``consolidated.csv`` and the search API of trade.gov. No real JSON file was
at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model.values import clean
from counterflow.sources.csv_rows import CsvRows
from counterflow.sources.descriptors import load
from counterflow.sources.json_shape import TEXT, shaped
from counterflow.sources.json_stream import first, items
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Rejected, read_head
from counterflow.sources.sanctions import fields, ofac_remarks
from counterflow.sources.sanctions.listed import Names
from counterflow.sources.sanctions.ofac_entry import Entry, Fact

__all__ = ["READER", "CslReader"]

_NEEDED = frozenset({"source", "name", "alt_names", "federal_register_notice", "license_policy"})
_LISTED = (
    "programs",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "addresses",
    "ids",
)
"""Fields with several values: between semicolons in CSV, arrays in JSON."""
_PLACE = {"address": TEXT, "city": TEXT, "state": TEXT, "postal_code": TEXT, "country": TEXT}
_ID = {"type": TEXT, "number": TEXT, "country": TEXT, "issue_date": TEXT, "expiration_date": TEXT}
_FACTS = {
    "title": "Title", "call_sign": "Vessel Call Sign", "vessel_type": "Vessel Type", "vessel_flag": "Vessel Flag",
    "gross_tonnage": "Vessel Tonnage", "gross_registered_tonnage": "Vessel Gross Registered Tonnage",
    "vessel_owner": "Vessel Owner", "dates_of_birth": "Birthdate", "places_of_birth": "Place of Birth",
    "nationalities": "Nationality Country", "citizenships": "Citizenship Country",
}  # fmt: skip
_TERMS = {"standard_order": "Standard order", "license_requirement": "License requirement",
          "license_policy": "License policy"}  # fmt: skip
_SHAPE: dict[str, Any] = {
    **dict.fromkeys(("id", "_id", "source", "entity_number", "type", "name", "remarks", "federal_register_notice",
                     "start_date", "end_date", "source_list_url", "source_information_url", *_TERMS, *_FACTS), TEXT),
    **{name: [TEXT] for name in _LISTED}, "addresses": [(TEXT, _PLACE)], "ids": [(TEXT, _ID)],
}  # fmt: skip
_AND = re.compile(r"^and\s+")
_WRAPPED = re.compile(r"\((Linked To:.*)\)")
_ID_CELL = re.compile(r"(?:(?P<country>[A-Z]{2}), )?(?P<number>.*), (?P<type>[^,]+(?:\(called .*\))?)", re.DOTALL)


@dataclass(frozen=True)
class _Row:
    """One listing. :param values: of its fields; those of `_LISTED` are sequences"""

    line: int
    values: Mapping[str, Any]

    def get(self, name: str) -> str:
        """A plain field; empty where it has none."""
        return str(self.values.get(name) or "").strip()

    def all(self, name: str) -> Sequence[Any]:
        """The values of a field; one value where it is a plain field."""
        found = self.values.get(name) or ()
        return [found] if isinstance(found, str) else found

    @property
    def treasury(self) -> bool:
        """Whether the Treasury lists it."""
        return bool(self.get("entity_number"))

    @property
    def uid(self) -> str:
        """OFAC's number, or the one that this list gives."""
        return self.get("entity_number") or self.get("_id") or self.get("id")


class CslReader:
    """See the module."""

    name = "csl"
    descriptor = load("csl")
    fields = fields.load("csl")

    def recognises(self, head: Head) -> float:
        """By the names of its fields."""
        if head.text.lstrip()[:1] in ("{", "["):
            record = first(head, ("results",))
            return 0.9 if isinstance(record, dict) and record.keys() >= _NEEDED - {"license_policy"} else 0.0
        line = head.text.partition("\n")[0]
        return 0.9 if set(line.strip().split(",")) >= _NEEDED else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in the order of their first listings. Takes no options.

        :raises InputError: the file is cut short; UnreadableFile where it has no listing in it
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        parties: dict[str, list[_Row]] = {}
        for row in _rows(path):
            if isinstance(row, Rejected):
                yield row
            elif not row.uid or not row.get("name"):
                field = "name" if row.uid else "_id"
                yield Rejected(
                    row.line, field, f"a listing needs {field}", str(dict(row.values))[:500], subject=row.uid
                )
            else:
                parties.setdefault(row.uid, []).append(row)
        names = Names((rows[0].get("name"), uid) for uid, rows in parties.items())
        for uid, rows in parties.items():
            yield from _entry(uid, rows, names).records()


def _rows(path: Path) -> Iterator[_Row | Rejected]:
    with path.open("rb") as stream:
        empty = not stream.read(1)
    if empty:
        raise UnreadableFile("it is empty", file=str(path))
    yield from _json(path) if read_head(path).text.lstrip()[:1] in ("{", "[") else _csv(path)


def _json(path: Path) -> Iterator[_Row | Rejected]:
    for item in items(path, ("results",)):
        if item.problem or not isinstance(item.value, dict):
            yield Rejected(item.line, None, item.problem or "is no object", item.raw)
            continue
        values, problems = shaped(item.value, _SHAPE)
        uid = str(values.get("entity_number") or values.get("id") or "")
        for field, reason in problems:
            yield Rejected(item.line, field, reason, subject=uid)
        for field in sorted(item.value.keys() - _SHAPE.keys()):
            values.setdefault("other", []).append(f"{field}: {item.value[field]}")
        yield _Row(item.line, values)


def _csv(path: Path) -> Iterator[_Row | Rejected]:
    source = CsvRows(path)
    header: list[str] = []
    for item in source:
        if isinstance(item, Rejected):
            yield item
            continue
        number, cells = item
        if not header:
            header = [cell.strip() for cell in cells]
            if not set(header) >= _NEEDED:
                raise UnreadableFile("no columns of the Consolidated Screening List in it", file=str(path), line=1)
        elif reason := source.broken(cells, len(header)):
            yield Rejected(number, None, reason, ",".join(cells)[:500])
        else:
            given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
            other = [f"{name}: {cell}" for name, cell in given.items() if name not in _SHAPE]
            split = {name: _split(cell) if name in _LISTED else cell for name, cell in given.items()}
            yield _Row(number, {**split, "other": other})


def _split(cell: str) -> list[str]:
    return [_AND.sub("", piece.strip()) for piece in re.split(r";\s+", cell) if piece.strip(" ;")]


def _entry(uid: str, rows: Sequence[_Row], names: Names) -> Entry:
    one = rows[0]
    where = f"entity_number {uid}" if one.treasury else f"_id {uid}"
    entry = Entry(uid, one.get("type"), where, one.line, by_name=names, ofac=one.treasury, several=True)
    for row in rows:
        _listing(entry, row)
        if row is one:
            entry.name(row.get("name"))
        elif row.get("name") != one.get("name"):
            entry.alias(row.get("name"), "a.k.a.")
        _facts(entry, row)
    return entry


def _listing(entry: Entry, row: _Row) -> None:
    """The listing on the list that the row comes from."""
    source = row.get("source")
    entry.list_under(
        f"sanction-{digest(source)}",
        {
            "publisher": source,
            "authority": source.rpartition(" - ")[2],
            "authorityId": row.get("entity_number") or None,
            "recordId": row.get("_id") or row.get("id") or None,
        },
    )
    entry.programs(row.all("programs"))
    entry.listing.say("reason", row.get("federal_register_notice"))
    entry.listing.say("programUrl", row.get("source_list_url"))
    entry.listing.say("sourceUrl", row.get("source_information_url"))
    for field, words in _TERMS.items():
        entry.listing.say("provisions", f"{words}: {row.get(field)}" if row.get(field) else None)
    for field, property in (("start_date", "startDate"), ("end_date", "endDate")):
        given = row.get(field)
        if given and clean("date", given) is None:
            entry.listing.say("description", f"{field}: {given}")
            reason = f"'{given[:80]}' is not a date; kept as a description"
            entry.rejected.append(Rejected(row.line, field, reason, entry.uid, "", entry.listing.subject, property))
        else:
            entry.listing.say(property, given)


def _facts(entry: Entry, row: _Row) -> None:
    for name in row.all("alt_names"):
        entry.alias(name, "a.k.a.")
    for place in row.all("addresses"):
        _address(entry, place)
    for field, type in _FACTS.items():
        for value in row.all(field):
            entry.fact(Fact(type, value))
    for given in row.all("ids"):
        entry.fact(_id(given))
    for text in row.all("other"):
        entry.main.say("notes", text)
    remarks = row.get("remarks")
    if row.treasury:
        ofac_remarks.tell(entry, _WRAPPED.sub(r"\1", remarks))
    else:
        entry.main.say("notes", remarks)


def _address(entry: Entry, place: Any) -> None:
    if isinstance(place, dict):
        names = {"address": "street", "city": "city", "state": "state", "postal_code": "postalCode"}
        entry.address({ours: place.get(theirs) for theirs, ours in names.items()}, place.get("country"), None)
        return
    rest, comma, last = place.rpartition(", ")
    country = last if len(last) == 2 and clean("country", last) else None
    if country is None:
        entry.address({"street": place}, None, None)
    else:
        entry.address({"street": rest} if comma else {}, country, None)


def _id(given: Any) -> Fact:
    """``CN, 91610000745016111K, Unified Social Credit Code (USCC)`` of the CSV, or an object of the JSON."""
    if isinstance(given, dict):
        dates = given.get("issue_date"), given.get("expiration_date")
        return Fact(given.get("type") or "", given.get("number") or "", given.get("country"), *dates)
    match = _ID_CELL.fullmatch(given)
    return Fact(match["type"], match["number"], match["country"]) if match else Fact("", given)


READER = CslReader()
