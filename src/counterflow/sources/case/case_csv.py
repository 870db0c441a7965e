"""A case folder: facts collected by hand as CSV, each with its source, grade and date. See examples/office39/README.md.

``sources.csv`` and ``entities.csv`` make a folder a case; ``facts``, ``relations``, ``measures``, ``events`` and
``estimates`` may be there. ``case.yaml`` says which dataset it is; without it the folder's name does.

Invariant: a row that contradicts itself, or refers to what is not there, is set aside with file, line and field, and
so is what refers to it; everything else is read. Rival accounts stay apart, each with its own source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from counterflow.config import read_yaml
from counterflow.errors import InputError, UnknownName, UnreadableFile, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import Label
from counterflow.model.source import Descriptor, Source
from counterflow.sources import descriptors
from counterflow.sources.case.case_fields import FIELDS
from counterflow.sources.case.case_tables import NEEDED, TABLES, Known, Row, check, nearest, rows
from counterflow.sources.reader import Head, Record, Rejected, Statements
from counterflow.sources.rows import header_of

__all__ = ["READER"]

_SCHEMES = {
    "UN": "unscId", "OFAC": "ofacId", "IMO": "imoNumber", "MMSI": "mmsi", "Call sign": "callSign", "SWIFT": "swiftBic",
    "LEI": "leiCode", "USCC": "uscCode", "INN": "innCode", "Registration": "registrationNumber", "IBAN": "iban",
    "Account": "accountNumber", "Passport": "passportNumber", "Case": "caseNumber",
}  # fmt: skip
"""First word of an identifier → property."""

_ROLES = ("role", "relationship", "purpose", "program")
_CONSULTED = {"part": "read in part", "no": "not read, known through what cites it"}
_OPTIONAL = ("facts", "relations", "measures", "events", "estimates")


class CaseReader:
    """Reads a case folder; it has no options."""

    name = "case"
    descriptor = descriptors.load("office39")
    fields = FIELDS

    def recognises(self, head: Head) -> float:
        """Sure of a folder with both tables that make a case; unsure of one with either, or with a ``case.yaml``."""
        found = [(head.path / f"{table}.csv").is_file() for table in NEEDED]
        if all(found):
            return 0.99
        return 0.5 if any(found) or (head.path / "case.yaml").is_file() else 0.0

    def lacks(self, head: Head) -> str:
        """Of one table of a case: that it belongs in a folder with the others."""
        if head.path.is_dir():
            return ""
        names = set(header_of(head))
        found = next((t for t, columns in TABLES.items() if {c.name for c in columns if c.needed} <= names), None)
        return f"the table {found} of a case: ingest the folder with its {' and '.join(NEEDED)}.csv" if found else ""

    def describe(self, path: Path) -> Descriptor:
        """What the folder says it is: its ``case.yaml`` over the descriptor of that dataset, if there is one.

        :raises InputError: the file is no YAML mapping, or a key or value in it is not valid
        """
        return _described(path)

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """The sources, then what is said of each entity, relation, measure, event and estimate, in file order.

        :param options: none; any raises UsageError
        :raises UnreadableFile: no folder, or one of the two tables that make a case cannot be read
        """
        if options:
            raise UsageError(f"The case reader has no option '{min(options)}'.")
        if not path.is_dir():
            raise UnreadableFile("a case is a folder with sources.csv and entities.csv", file=str(path))
        self.describe(path)
        yield from _Case(path).records()


READER = CaseReader()


# -- what the folder is ----------------------------------------------------------------------------------------------


def _described(path: Path) -> Descriptor:
    file = path / "case.yaml"
    said = read_yaml(file) if file.is_file() else {}
    if not isinstance(said, dict):
        raise UnreadableFile("must hold keys and values, e.g. dataset: my-case", file=str(file), line=1)
    valid = [f.name for f in fields(Descriptor) if f.name not in ("assertions", "dated_by")]
    for key in said:
        if key not in valid:
            reason = f"is not a key of a case.{nearest(key, valid)} Valid: {', '.join(valid)}"
            raise InputError(reason, file=str(file), field=key)
    dataset = said.get("dataset", re.sub(r"[^a-z0-9]+", "-", path.resolve().name.lower()).strip("-") or "case")
    if not isinstance(dataset, str) or not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", dataset):
        raise InputError(f"'{dataset}' is no dataset id: small letters, digits, - . _", file=str(file), field="dataset")
    try:
        base = descriptors.load(dataset)
    except UnknownName:
        base = Descriptor(dataset, dataset, "", "", "", "by hand", "F6", complete=True)
    described = replace(base, dataset=dataset, **{k: v for k, v in said.items() if k != "dataset"})
    for key, parse in (("label", Label.from_dict), ("grade", Grade.parse)):
        try:
            parse(getattr(described, key))
        except (UsageError, TypeError, AttributeError, KeyError, ValueError) as e:
            raise InputError(str(e), file=str(file), field=key) from e
    return described


# -- what it says ----------------------------------------------------------------------------------------------------


@dataclass
class _Case:
    """One reading of a folder: what was accepted so far, so that later rows can refer to it."""

    folder: Path
    known: Known = field(default_factory=Known)
    sources: dict[str, Row] = field(default_factory=dict)
    entities: dict[str, Row] = field(default_factory=dict)
    taken: dict[str, Row] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        yield from self._strays()
        yield from self._sources()
        for row in self._entities():
            yield from [row] if isinstance(row, Rejected) else self._entity(row)
        for table in _OPTIONAL:
            if (self.folder / f"{table}.csv").exists():
                yield from self._table(table)

    def _strays(self) -> Iterator[Rejected]:
        """Tables that nobody asked for: most likely a name misspelt."""
        for path in sorted(self.folder.glob("*.csv")):
            if path.stem not in TABLES:
                reason = f"is no table of a case, left out.{nearest(path.stem, TABLES)} Tables: {', '.join(TABLES)}"
                yield Rejected(None, None, reason, raw=path.name, file=path.name)

    def _sources(self) -> Iterator[Record]:
        found = list(rows(self.folder, "sources"))
        self.known.sources = {row["source_id"] for row in found if isinstance(row, Row)}
        while True:  # a source that repeats a rejected one is rejected too
            wrong = {id(row): check(row, self.known) for row in found if isinstance(row, Row)}
            good = {row["source_id"] for row in found if isinstance(row, Row) and wrong[id(row)] is None}
            if good == self.known.sources:
                break
            self.known.sources = good
        for row in found:
            if isinstance(row, Rejected):
                yield row
            elif rejected := wrong[id(row)] or _again(row, self.sources):
                yield rejected
            else:
                self.sources[row["source_id"]] = row
                yield _source(row)

    def _entities(self) -> list[Row | Rejected]:
        """Entities as accepted or set aside, all of them before the first is read: they are what others refer to."""
        out: list[Row | Rejected] = []
        found = list(rows(self.folder, "entities"))
        for row in found:
            if isinstance(row, Rejected):
                out.append(row)
                continue
            wrong = check(row, self.known) or _kind(row, edge=False) or _again(row, self.taken)
            if wrong is None:
                self.taken[row["entity_id"]] = self.entities[row["entity_id"]] = row
            out.append(wrong or row)
        self.known.entities = set(self.entities)
        self.known.activities = {key for key, row in self.entities.items() if row["schema"] == "Activity"}
        return out

    def _table(self, table: str) -> Iterator[Record]:
        """One of the tables that a case may have; one whose columns are wrong is set aside whole."""
        read = getattr(self, f"_{table.removesuffix('s')}")
        try:
            for row in rows(self.folder, table):
                if isinstance(row, Rejected):
                    yield row
                    continue
                wrong = check(row, self.known)
                if wrong is None and table != "facts":
                    wrong = _again(row, self.taken)
                if wrong is not None:
                    yield wrong
                    continue
                if table != "facts":
                    self.taken[row[TABLES[table][0].name]] = row
                yield from read(row)
        except UnreadableFile as e:
            yield Rejected(e.line, e.field, f"the whole table is left out: {e.reason}", file=f"{table}.csv")

    # -- one row -----------------------------------------------------------------------------------------------------

    def _statements(self, row: Row, subject: str, schema: str, name: str = "", **more: Any) -> Statements:
        """A record with the row's source, grade, stance and note as defaults of all it says."""
        place = f"{row.file} {name or subject}"  # by id: a row keeps its claims when others are put before it
        return Statements(
            subject,
            schema,
            locator=f"{row['locator']} ({place})" if row["locator"] else place,
            source_id=row["source_id"],
            origin=row["origin_id"] or self.sources[row["source_id"]]["origin_id"] or None,
            credibility=int(row["credibility"]) if row["credibility"] else None,
            stance=row["stance"] or "asserts",  # type: ignore[arg-type]  # checked against the three words
            verified=row["verified"] != "general-knowledge",
            note=row["note"] or None,
            file=row.file,
            line=row.line,
            **more,
        )

    def _entity(self, row: Row) -> Iterator[Record]:
        schema = vocabulary.get(row["schema"])
        said = self._statements(row, row["entity_id"], row["schema"])
        said.say("name", row["name"])
        for column, prop in (("aliases", "alias"), ("countries", "country"), ("topics", "topics"), ("keywords",) * 2):
            for value in row.many(column):
                said.say(prop, value)
        said.say("summary", row["summary"])
        for value in row.many("date"):
            said.say(schema.start[0], value)
        if schema.name == "Address":
            said.say("full", row["name"])
        for text in row.many("identifiers"):
            prop, value = _identifier(text)
            if not value:
                valid = ", ".join(_SCHEMES)
                yield row.reject(
                    "identifiers", f"'{text}' is no identifier; write its scheme and number. Valid: {valid}"
                )
            elif prop not in schema.properties:
                yield row.reject("identifiers", f"'{text}': a {schema.name} has no {prop}")
            else:
                said.say(prop, value)
        yield said

    def _fact(self, row: Row) -> Iterator[Record]:
        of = self.entities.get(row["entity_id"])
        if of is None:
            yield row.reject("entity_id", f"'{row['entity_id']}' belongs to another dataset; say it there")
            return
        schema = vocabulary.get(of["schema"])
        if row["property"] not in schema.properties:
            hint = nearest(row["property"], schema.properties)
            yield row.reject("property", f"a {schema.name} has no property '{row['property']}'.{hint}")
            return
        said = self._statements(row, row["entity_id"], schema.name, f"{row['entity_id']} {row['property']}")
        said.say(row["property"], row["value"], lang=row["lang"] or None)
        yield said

    def _relation(self, row: Row) -> Iterator[Record]:
        wrong = _kind(row, edge=True)
        if wrong is not None:
            yield wrong
            return
        schema = vocabulary.get(row["schema"])
        ends = (schema.edge.source, schema.edge.target) if schema.edge else ("authority", "entity")
        said = self._statements(row, row["relation_id"], schema.name, party=False, **_held(row))
        for column, prop in zip(("subject_id", "object_id"), ends, strict=True):
            other = self.entities.get(row[column])
            needed = schema.properties[prop].range
            if other is not None and needed and not vocabulary.get(other["schema"]).is_a(needed):
                reason = f"'{row[column]}' is a {other['schema']}; the {prop} of a {schema.name} is a {needed}"
                yield row.reject(column, reason)
                return
            named = other is not None and schema.properties[prop].type != "entity"
            said.say(prop, other["name"] if named and other is not None else row[column])
        said.say(next(name for name in (*_ROLES, "summary") if name in schema.properties), row["role"])
        for column, prop in (("amount", "amount"), ("currency", "currency"), ("amount_kind", "amountKind")):
            if row[column] and prop not in schema.properties:
                yield row.reject(column, f"a {schema.name} has no amount")
            else:
                said.say(prop, row[column])
        said.say("startDate", row["start_date"])
        said.say("endDate", row["end_date"])
        _say_all(said, row, activity="activity", jurisdiction="countries")
        said.say("conflictGroup", row["conflict_group"])
        yield said

    def _measure(self, row: Row) -> Iterator[Record]:
        said = self._statements(row, row["measure_id"], "Measure", party=False, **_held(row))
        _say(said, row, name="name", authority="authority", startDate="start_date", endDate="end_date", scope="scope")
        _say(said, row, summary="summary", conflictGroup="conflict_group")
        _say_all(
            said, row, activity="activities", keywords="keywords", jurisdiction="countries", targetEntity="target_ids"
        )
        yield said

    def _event(self, row: Row) -> Iterator[Record]:
        kind = "Seizure" if row["kind"] == "seizure" else "Event"
        said = self._statements(row, row["event_id"], kind, party=False, valid_from=row["date"] or None)
        _say(said, row, name="name", eventType="kind", date="date", endDate="end_date", location="place")
        _say(said, row, latitude="latitude", longitude="longitude", geoPrecision="geo_precision", quantity="quantity")
        _say(said, row, unit="unit", amountUsd="amount_usd", conflictGroup="conflict_group")
        _say_all(said, row, activity="activity", involved="involved_ids")
        yield said

    def _estimate(self, row: Row) -> Iterator[Record]:
        said = self._statements(row, row["estimate_id"], "Estimate", party=False)
        _say(said, row, name="name", kind="kind", low="low", high="high", unit="unit")
        _say(said, row, currency="currency", startDate="start_date", endDate="end_date", period="period", basis="basis")
        _say(said, row, conflictGroup="conflict_group")
        _say_all(said, row, activity="activity", subjectEntity="about_ids")
        yield said


def _held(row: Row) -> dict[str, Any]:
    """When what a relation or measure says was true."""
    return {"valid_from": row["start_date"] or None, "valid_to": row["end_date"] or None}


def _say(said: Statements, row: Row, **columns: str) -> None:
    for prop, column in columns.items():
        said.say(prop, row[column])


def _say_all(said: Statements, row: Row, **columns: str) -> None:
    for prop, column in columns.items():
        for value in row.many(column):
            said.say(prop, value)


def _source(row: Row) -> Source:
    consulted = _CONSULTED.get(row["consulted"])
    return Source(
        id=row["source_id"],
        title=row["title"],
        publisher=row["publisher"],
        author=row["author"],
        date_published=row["date"],
        kind=row["kind"],
        reliability=row["reliability"],
        url=row["url"],
        licence=row["licence"],
        origin=row["origin_id"],
        note="; ".join(part for part in (consulted, row["note"]) if part),
    )


def _identifier(text: str) -> tuple[str, str]:
    """(property, number) of an identifier such as ``IMO 9066978``; two empty texts where it is none."""
    for scheme, prop in _SCHEMES.items():
        if text.casefold().startswith(scheme.casefold() + " "):
            return prop, text[len(scheme) :].strip()
    return "", ""


def _again(row: Row, taken: dict[str, Row]) -> Rejected | None:
    """A row whose id another row has already."""
    column = TABLES[row.table][0].name
    first = taken.get(row[column])
    if first is None:
        return None
    return row.reject(column, f"'{row[column]}' is already the id of {first.file} line {first.line}; that one is kept")


def _kind(row: Row, *, edge: bool) -> Rejected | None:
    """A row whose schema is unknown, or of the other table; or that has a date which its schema does not."""
    try:
        schema = vocabulary.get(row["schema"])
    except UnknownName as e:
        return row.reject("schema", f"'{row['schema']}' is no schema.{nearest(row['schema'], e.known)}")
    related = schema.edge is not None or schema.name == "Sanction"
    if schema.abstract or related is not edge:
        what = "relationship" if edge else "kind of entity"
        other = "" if schema.abstract else f"; it belongs in {'entities' if edge else 'relations'}.csv"
        return row.reject("schema", f"'{schema.name}' is no {what}{other}")
    if row["date"] and not schema.start:
        return row.reject("date", f"'{row['date']}': a {schema.name} has no date of beginning")
    return None
