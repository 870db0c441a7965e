"""Reader of the Offshore Leaks database of the ICIJ, CSV: a folder or archive of nodes and relationships, or one table.

An entity is a company; of an officer, intermediary or other node it is not known whether it is a person. Each role that
a link names is a relationship of its own: shares, directorship, trust, agency. An address is said of its party; links
of sameness (same name, same address) are links, not judgements. What a relationship names and no table has is kept
as a party of which only the number is known. The leak that a row comes from is the source it cites. Memory: the ids of
the nodes, about a hundred bytes each.

Of the full database only a graph of 2016 was at hand (683 nodes); the other layouts follow their public description.

Format: https://offshoreleaks.icij.org/pages/database
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import interests
from counterflow.model.claim import Grade
from counterflow.model.source import Source
from counterflow.sources.descriptors import load
from counterflow.sources.ownership import holding
from counterflow.sources.ownership.holding import Holding
from counterflow.sources.ownership.icij_tables import EDGES, country, day, kind_of, parts, strays, table
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Rejected, Statements

__all__ = ["READER", "IcijReader"]

_SCHEMATA = {"entity": "Company", "company": "Company", "address": "Address"}
"""Kind of node → schema; of others it is not known what they are."""
_SAME = re.compile(r"\bsame\b|similar")
_ROLES = re.compile(r"\s*(?:/|,| and |;| & )\s*")
_EPOCH = "31-DEC-1969"
_DATES = {"struck_off_date": "struck off", "closed_date": "closed", "inactivation_date": "inactive since",
          "dorm_date": "dormant since", "active_since": "active since", "prospect_date": "prospect since"}  # fmt: skip
_REMARKS = {
    "service_provider": "service provider", "internal_id": "internal number", "client_number": "client number",
    "activity": "activity", "classification": "classification", "subclassification": "subclassification",
    "compliance_classification": "compliance classification", "cross_reference": "cross reference", "region": "region",
    "rst": "screening", "passport_copy": "passport copy", "citizenship": "citizenship", "city": "city",
    "numbershares": "shares", "classofshares": "class of shares", "certificateNumber": "certificate",
    "dateofissue": "issued", "newcertificate": "new certificate", "sharestransferred": "shares transferred",
    "transferdate": "transferred", "ceasedmembership": "ceased", "registerlocation": "register kept at",
    "custodianname": "custodian", "custodianaddress": "custodian's address",
}  # fmt: skip


class IcijReader:
    """See the module."""

    name = "icij"
    descriptor = load("icij")
    fields: ClassVar[Mapping[str, str]] = {
        "node_id": "LegalEntity.icijId; the id of the subject",
        "name, original_name": "Thing.name, Thing.alias",
        "former_name": "Thing.previousName",
        "jurisdiction, jurisdiction_description": "LegalEntity.jurisdiction; what is no country Thing.notes",
        "company_type, type": "LegalEntity.legalForm",
        "address": "Thing.address; of an address Address.full",
        "countries, country_codes": "Thing.country",
        "incorporation_date": "LegalEntity.incorporationDate",
        "struck_off_date, closed_date": "LegalEntity.dissolutionDate, Thing.notes",
        "inactivation_date, dorm_date, active_since, prospect_date": "Thing.notes",
        "status": "LegalEntity.status",
        "ibcRUC": "LegalEntity.registrationNumber",
        "service_provider, internal_id and the rest of a node": "Thing.notes",
        "pep": "Thing.topics",
        "note": "Thing.notes",
        "sourceID, valid_until": "left out: the source of each claim, and its note",
        "rel_type, link": f"{holding.FIELDS}, Ownership.ownershipType, Control.controlType, Interest.beneficial, "
        "Interest.role, Interval.summary, Representation.agent, Representation.client",
        "rel_type (registered address)": "Thing.addressEntity",
        "rel_type (same, similar)": "UnknownLink.subject, UnknownLink.object, Interest.role",
        "start_date, end_date": "Interval.startDate, Interval.endDate; of an address, the time of the claim",
        "status (of a relationship)": "Interest.status",
        "category": "LegalEntity.classification; it chooses the schema too",
        "colours, sizes and places of the drawing": "left out: how the graph was drawn",
        "simil": "Interval.summary",
    }

    def recognises(self, head: Head) -> float:
        """By its columns; a folder by those of the tables in it."""
        if head.path.is_dir():
            return 0.9 if parts(head.path) else 0.0
        return 0.9 if kind_of(head) else 0.0

    def lacks(self, head: Head) -> str:
        """Of relationships without nodes, or nodes without relationships: what else the database's folder holds."""
        kinds = {kind for _, kind in parts(head.path)} if head.path.is_dir() else {kind_of(head)} - {None}
        if kinds == {EDGES}:
            return "relationships alone: who their ends are, the nodes tables of the same folder say; ingest the folder"
        return (
            "nodes alone: what links them, the relationships in the same folder say; ingest the folder"
            if (kinds and EDGES not in kinds)
            else ""
        )

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Nodes, then relationships; takes no options.

        :raises UnreadableFile: none of the database's tables; InputError: one ends inside its packing
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        found = parts(path)
        if not found:
            raise UnreadableFile("no table of nodes or relationships of the Offshore Leaks database", file=str(path))
        yield from strays(path)
        known: set[str] = set()
        cited: set[str] = set()
        for file, kind in found:
            name = file.relative_to(path).as_posix() if path.is_dir() else ""
            for row in table(file):
                if isinstance(row, Rejected):
                    row.file = name
                    yield row
                    continue
                line, told = row
                source = _source(told)
                if source is not None and source.id not in cited:
                    cited.add(source.id)
                    yield source
                for record in _edge(told, known, line) if kind == EDGES else _node(told, kind, known, line):
                    if isinstance(record, (Statements, Rejected)):
                        record.file = name
                    if isinstance(record, Statements):
                        record.source_id = source.id if source else None
                    yield record


def _source(told: Mapping[str, str]) -> Source | None:
    title = told.get("sourceID")
    if not title:
        return None
    note = told.get("valid_until", "")
    return Source(
        id=digest(title, note), title=title, publisher=READER.descriptor.publisher, kind="data",
        reliability=Grade.parse(READER.descriptor.grade).reliability, licence=READER.descriptor.licence, note=note,
    )  # fmt: skip


# -- nodes ------------------------------------------------------------------------------------------


def _node(told: Mapping[str, str], kind: str, known: set[str], line: int) -> Iterator[Record]:
    id = "_".join(told.get("node_id", "").split())
    if not id:
        yield Rejected(line, "node_id", "a node needs an id", raw=str(dict(told))[:500])
        return
    kind = told.get("category", kind).lower()
    schema = _SCHEMATA.get(kind, "LegalEntity")
    record = Statements(id, schema, locator=f"node {id}", line=line, party=schema != "Address")
    known.add(id)
    if schema == "Address":
        record.say("full", told.get("address") or told.get("name"))
        record.say("remarks", told.get("name") if told.get("address") not in (None, told.get("name")) else None)
    else:
        yield from _party(record, told, kind)
    codes, names = told.get("country_codes", "").split(";"), told.get("countries", "").split(";")
    for n in range(max(len(codes), len(names))):
        given = [texts[n].strip() for texts in (names, codes) if n < len(texts) and texts[n].strip()]
        found = country(*given)
        record.say(
            "country" if found else "notes", found or "/".join(given), note=None if found else "country as given"
        )
    record.say("notes", told.get("note"))
    if record.said:
        yield record
    else:
        yield Rejected(line, "name", "the node says nothing", raw=id)


def _party(record: Statements, told: Mapping[str, str], kind: str) -> Iterator[Rejected]:
    record.say("name", told.get("name"))
    original = told.get("original_name")
    record.say("alias", original if original != told.get("name") else None, note="name in the leak")
    record.say("alias", told.get("client_name") if told.get("client_name") != told.get("name") else None, note="client")
    record.say("previousName", told.get("former_name"))
    record.say("icijId", record.subject)
    record.say("classification", kind if record.schema == "LegalEntity" else None)
    place = country(told.get("jurisdiction_description"), told.get("jurisdiction"))
    given = told.get("jurisdiction_description") or told.get("jurisdiction")
    record.say("jurisdiction" if place else "notes", place or given, original=given if place else None,
               note=None if place else "jurisdiction as given")  # fmt: skip
    record.say("legalForm", told.get("company_type") or told.get("type"))
    record.say("address", told.get("address"))
    record.say("status", told.get("status"))
    record.say("registrationNumber", told.get("ibcRUC"))
    record.say("topics", "role.pep" if told.get("pep") == "YES" else None)
    yield from _date(record, "incorporationDate", told, "incorporation_date")
    for column, words in _DATES.items():
        text = told.get(column)
        if text:
            record.say("notes", f"{words} {day(text) or text}")
            if column in ("struck_off_date", "closed_date"):
                yield from _date(record, "dissolutionDate", told, column, note=words)
    for column, words in _REMARKS.items():
        record.say("notes", f"{words}: {told[column]}" if column in told else None)


def _date(
    record: Statements, property: str, told: Mapping[str, str], column: str, note: str | None = None
) -> Iterator[Rejected]:
    text = told.get(column)
    if text is None:
        return
    found = day(text)
    if found is None:
        yield Rejected(record.line, column, f"'{text}' is no date that exists", raw=record.subject)
    if text.upper() == _EPOCH:
        note = "the day before computers begin to count: it may stand for no date"
    record.say(property, found, original=text if text != found else None, note=note)


# -- relationships ------------------------------------------------------------------------------------------


def _edge(told: Mapping[str, str], known: set[str], line: int) -> Iterator[Record]:
    start, end = ("_".join(told.get(name, "").split()) for name in ("start", "end"))
    kind = told.get("rel_type", "")
    if not start or not end or not kind:
        missing = "start" if not start else "end" if not end else "rel_type"
        yield Rejected(line, missing, "a relationship needs two ends and a type", raw=str(dict(told))[:500])
        return
    place = kind.replace("_", " ").lower().strip()
    for id in (start, end):
        if id not in known:
            known.add(id)
            stub = Statements(id, "Thing" if place.endswith("address") and id == end else "LegalEntity", party=False,
                              locator=f"{kind} {start} {end}", line=line)  # fmt: skip
            stub.schema = "Address" if stub.schema == "Thing" else stub.schema
            stub.say("notes" if stub.schema == "Address" else "icijId", id)
            yield stub
    base = f"{start}-{'-'.join(place.split())}-{end}"
    mark = digest(told.get("link"), told.get("start_date"), told.get("end_date"))
    record = Statements(f"{base}-{mark}", "UnknownLink", locator=f"{kind} {start} {end}", line=line, party=False)
    if place.endswith("address"):
        said = Statements(start, "LegalEntity", locator=record.locator, line=line, party=False)
        said.valid_from, said.valid_to = (day(told.get(name, "")) for name in ("start_date", "end_date"))
        said.say("addressEntity", end)
        yield said
        return
    if _SAME.search(place):
        score = told.get("simil")
        values = {"subject": start, "object": end, "role": told.get("link") or place, "status": told.get("status")}
        for property, value in {**values, "summary": f"similarity {score}" if score else None}.items():
            record.say(property, value)
        yield record
        return
    yield from _roles(record, place, start, end, told)


def _roles(record: Statements, place: str, start: str, end: str, told: Mapping[str, str]) -> Iterator[Record]:
    """A relationship for each role that the wording names."""
    wording = told.get("link") or place
    if place in ("intermediary of", "registered"):
        wording = "intermediary" if told.get("link") in (None, place) else wording
        found: list[Mapping[str, Any]] = [{"schema": "Representation"}]
    else:
        found = _rules(wording)
    for n, rule in enumerate(found):
        link = record if n == 0 else Statements(f"{record.subject}-{n + 1}", "UnknownLink", locator=record.locator,
                                                line=record.line, party=False)  # fmt: skip
        if rule.get("schema") == "Representation":
            link.schema = "Representation"
            link.say("agent", start)
            link.say("client", end)
            link.say("role", wording)
        else:
            kind = interests.all()[rule["interest"]].code
            holding.tell(link, start, end, Holding(kind, details=wording, beneficial=rule.get("beneficial")))
        link.say("status", told.get("status"))
        for property, column in (("startDate", "start_date"), ("endDate", "end_date")):
            for problem in _date(link, property, told, column):
                if n == 0:
                    yield problem
        yield link


@cache
def _rules(wording: str) -> list[Mapping[str, Any]]:
    """What each part of a wording is, each kind once; unknown where no part says anything that is known."""
    found: dict[str, Mapping[str, Any]] = {}
    for part in _ROLES.split(wording.lower()):
        rule = next((rule for rule in _table() if re.search(rule["pattern"], part)), None)
        if rule is not None:
            found.setdefault(rule.get("interest") or rule["schema"], rule)
    return list(found.values()) or [{"interest": "unknownInterest"}]


@cache
def _table() -> list[dict[str, Any]]:
    import yaml

    text = (resources.files("counterflow.sources.ownership") / "icij_links.yaml").read_text("utf-8")
    table: list[dict[str, Any]] = yaml.safe_load(text)
    return table


READER = IcijReader()
