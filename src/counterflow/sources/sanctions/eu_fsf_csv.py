"""Reader of the European Union's consolidated Financial Sanctions File in CSV, of both layouts: 1.1 (117 columns,
``Entity_LogicalId``…, without the quality of names) and the 1.0 of before 2019 (``Entity_logical_id``, ``Naal_``,
``Addr_``, ``Birt_``…).

A row is one part of an entity: a name, an address, a birth, a document or a citizenship; rows of one logical id are one
party, as in the XML (`eu_fsf_xml`), whose id it shares. Copies of 1.0 are met in which each line as a whole stands
between quotes and tabs stand for the commas within: both are undone.

Format: European Commission, "csvFullSanctionsList" and "csvFullSanctionsList_1_1".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile, UsageError
from counterflow.sources import written_dates
from counterflow.sources.csv_rows import CsvRows
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.eu_fsf_entry import Part, entry
from counterflow.sources.stream import encoding_of

__all__ = ["READER", "EuFsfCsvReader"]

_PREFIXES = {"NameAlias": "nameAlias", "Address": "address", "BirthDate": "birthdate",
             "Identification": "identification", "Citizenship": "citizenship"}  # fmt: skip
_OLD_PREFIXES = dict(zip(("Naal", "Addr", "Birt", "Iden", "Citi"), _PREFIXES.values(), strict=True))
_RENAMED = {
    "birthdate": {"birthDate": "birthdate", "day": "dayOfMonth", "month": "monthOfYear"},
    "identification": {"typeCode": "identificationTypeCode", "typeDescription": "identificationTypeDescription",
                       "issuedDate": "issueDate"},
    "": {"eU_ReferenceNumber": "euReferenceNumber"},
}  # fmt: skip
"""Names of version 1.1 that the XML writes otherwise."""
_OLD = {
    "logical_id": "logicalId", "lastname": "lastName", "firstname": "firstName", "middlename": "middleName",
    "wholename": "wholeName", "language": "nameLanguage", "zipcode": "zipCode", "country": "countryDescription",
    "date": "birthdate", "remark": "remark",
}  # fmt: skip
"""Names of version 1.0; those not named here are as in the XML."""
_OLD_BASIS = {"leba_numtitle": "numberTitle", "leba_publication_date": "publicationDate", "leba_url": "publicationUrl",
              "programme": "programme"}  # fmt: skip
_NUMBER = re.compile(r"(?P<number>.+?)\s*\((?P<code>[\w ]+)-(?P<description>[^()]*)\)\s*(?P<rest>.*)")
_HEADERS = ("entity_logicalid", "entity_logical_id")


class EuFsfCsvReader:
    """See the module."""

    name = "eu_fsf_csv"
    descriptor = load("eu-fsf")
    fields = fields.load("eu_fsf")
    encoding = "cp1252"

    def recognises(self, head: Head) -> float:
        """By the names of its columns."""
        first = head.text.partition("\n")[0].casefold()
        return 0.9 if ";" in first and any(f"{name};" in first for name in _HEADERS) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entities in the order of their first rows; all are held until the file ends. Takes no options.

        :raises InputError: the file is cut short; UnreadableFile where it has no header of this format
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        entities: dict[str, tuple[Part, list[Part]]] = {}
        for row in _rows(path):
            if isinstance(row, Rejected):
                yield row
                continue
            number, cells = row
            uid = cells.get("Entity_LogicalId") or cells.get("Entity_logical_id", "")
            if not uid:
                yield Rejected(number, "Entity_LogicalId", "a row needs the logical id of its entity", _raw(cells))
                continue
            read = _read if "Entity_LogicalId" in cells else _read_old
            entity, parts = read(number, {**cells, "Entity_LogicalId": uid} if read is _read else cells)
            known = entities.setdefault(uid, (entity, []))
            known[0].remarks += [remark for remark in entity.remarks if remark not in known[0].remarks]
            known[0].values = {**entity.values, **{k: v for k, v in known[0].values.items() if v}}
            known[1].extend(parts)
        for uid, (entity, parts) in entities.items():
            party = entry(entity, parts)
            if any(said.property in ("name", "weakAlias") for said in party.main.said):
                yield from party.records()
            else:
                yield Rejected(entity.line, "wholename", f"entity {uid} has no name", raw=uid, subject=uid)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]] | Rejected]:
    """(line, cells by column). Of a name that is repeated the first column counts."""
    source = CsvRows(path, encoding=encoding_of(path, EuFsfCsvReader.encoding), delimiter=";")
    header: list[str] = []
    for item in source:
        if isinstance(item, Rejected):
            yield item
            continue
        number, cells = item
        if len(cells) == 1 and ";" in cells[0]:  # the line as a whole between quotes
            cells = next(csv.reader([cells[0].rstrip("\t")], delimiter=";"), [])
            cells = [cell.replace("\t", ",") for cell in cells]
        cells = [cell.replace("\\n", " ").strip() for cell in cells]
        if not header:
            header = cells
            if not any(name.casefold() in _HEADERS for name in header):
                break
        elif any(cells):
            if reason := source.broken(cells, len(header)):
                yield Rejected(number, None, reason, ";".join(cells)[:500])
            else:
                found: dict[str, str] = {}
                for name, cell in zip(header, cells, strict=True):
                    found.setdefault(name, cell)
                yield number, found
    if not any(name.casefold() in _HEADERS for name in header):
        raise UnreadableFile("no header of the Financial Sanctions Files (Entity_LogicalId…)", file=str(path))


def _raw(cells: Mapping[str, str]) -> str:
    return "; ".join(cell for cell in cells.values() if cell)[:500]


def _read(number: int, cells: Mapping[str, str]) -> tuple[Part, list[Part]]:
    """A row of version 1.1."""
    groups: dict[str, dict[str, str]] = {}
    for column, value in cells.items():
        prefix, _, name = column.partition("_")
        groups.setdefault(prefix, {})[name] = value
    own = groups.get("Entity", {})
    entity = Part("sanctionEntity", _named("", own), number, remarks=_remarks(own))
    kind = own.get("SubjectType") or own.get("SubjectType_ClassificationCode", "")
    entity.values = {**entity.values, "subjectType": own.get("SubjectType_ClassificationCode") or kind}
    parts = [Part("regulation", _basis(own), number)] if any(_basis(own).values()) else []
    for prefix, tag in _PREFIXES.items():
        given = groups.get(prefix, {})
        if any(given.values()):
            part = Part(tag, _named(tag, given), number, remarks=_remarks(given), basis=_basis(given))
            contacts = given.get("ContactInfo", "")
            part.contacts = [_contact(piece) for piece in contacts.splitlines() if piece.strip()]
            parts.append(part)
    return entity, parts


def _named(tag: str, given: Mapping[str, str]) -> dict[str, str]:
    renamed = _RENAMED.get(tag, {})
    names = {name: name[:1].lower() + name[1:] for name in given if not name.startswith("Regulation_")}
    return {renamed.get(own, own): _iso(given[name]) for name, own in names.items()}


def _basis(given: Mapping[str, str]) -> dict[str, str]:
    found = {k.removeprefix("Regulation_"): v for k, v in given.items() if k.startswith("Regulation_")}
    names = {"Type": "regulationType"}
    return {names.get(k, k[:1].lower() + k[1:]): _iso(v) for k, v in found.items()}


def _remarks(given: Mapping[str, str]) -> list[str]:
    remark = given.get("Remark", "")
    return [remark] if remark else []


def _contact(text: str) -> tuple[str, str]:
    key, mark, value = text.partition("[") if "[" in text else text.partition(":")
    return (key.strip(), value.strip(" ]")) if mark else ("contact", text)


def _read_old(number: int, cells: Mapping[str, str]) -> tuple[Part, list[Part]]:
    """A row of version 1.0."""
    entity = Part("sanctionEntity", {
        "logicalId": cells["Entity_logical_id"],
        "euReferenceNumber": cells.get("EU_ref_num", ""),
        "subjectType": cells.get("Subject_type", ""),
    }, number, remarks=[cells["Entity_remark"]] if cells.get("Entity_remark") else [])  # fmt: skip
    basis = {"numberTitle": "Leba_numtitle", "publicationDate": "Leba_publication_date", "publicationUrl": "Leba_url",
             "programme": "Programme"}  # fmt: skip
    parts = [Part("regulation", {name: cells.get(column, "") for name, column in basis.items()}, number)]
    for prefix, tag in _OLD_PREFIXES.items():
        given = {c.removeprefix(f"{prefix}_"): v for c, v in cells.items() if c.startswith(f"{prefix}_")}
        if not any(given.values()):
            continue
        own = {_OLD.get(k, k): v for k, v in given.items() if k not in _OLD_BASIS}
        act = {_OLD_BASIS[k]: v for k, v in given.items() if k in _OLD_BASIS}
        match = _NUMBER.fullmatch(own.get("number", "")) if tag == "identification" else None
        if match:
            own |= {"number": match["number"], "identificationTypeCode": match["code"],
                    "identificationTypeDescription": match["description"]}  # fmt: skip
        part = Part(tag, own, number, basis=act)
        part.remarks = [match["rest"]] if match and match["rest"] else []
        parts.append(part)
    return entity, parts


def _iso(text: str) -> str:
    """A day as ISO date, where the file writes it ``01/09/2026``."""
    written = written_dates.day_first(text)
    return written.values[0] if written else text


READER = EuFsfCsvReader()
