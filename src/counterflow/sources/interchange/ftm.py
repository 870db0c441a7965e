"""Reader of FollowTheMoney entities, flat or nested, one a line or in an array (as OpenSanctions, Aleph and Counterflow
give them; ``targets.nested.json`` of OpenSanctions too).

An entity inside another one is read as a subject of its own, and the property holds its id. Property names that exist
only as the reverse of another (``ownershipOwner``) bring such entities and are not recorded themselves: the nested
entity names both ends. The datasets that an entity comes from are the source that its claims cite. Where Counterflow's
own exports say grade, handling and verification, they hold.

Format: https://followthemoney.tech/docs/entity/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import schema
from counterflow.model.claim import Grade
from counterflow.model.source import Source
from counterflow.sources.descriptors import load
from counterflow.sources.interchange.ftm_properties import PROPERTIES
from counterflow.sources.interchange.marks import grade_of, label_of, source_of
from counterflow.sources.json_shape import FLAG, TEXT, shaped
from counterflow.sources.json_stream import first, items
from counterflow.sources.reader import Head, Record, Rejected, Statements

__all__ = ["READER", "FtmReader"]

_DEEPEST = 4
_MARKS = {"datasets": [TEXT], "referents": [TEXT], "handling": TEXT, "grade": TEXT, "verified": FLAG}


class FtmReader:
    """See the module."""

    name = "ftm"
    descriptor = load("ftm")
    fields: ClassVar[Mapping[str, str]] = {
        "id": "left out: it is the subject's own id",
        "schema": "left out: it is the schema of each claim",
        "referents": "Thing.otherId",
        "datasets": "left out: the source of each claim",
        "handling, grade, verified": "left out: handling, grade and verification of each claim",
        "caption": "left out: derived from the names",
        "first_seen, last_seen, last_change": "left out: the ledger keeps its own times",
        "target": "left out: whether somebody screens against it is no property of a party",
        **PROPERTIES,
    }

    def recognises(self, head: Head) -> float:
        """By its first entity: a JSON object with id, schema and properties."""
        found = first(head)
        if isinstance(found, dict):
            return 0.9 if {"id", "schema", "properties"} <= found.keys() else 0.0
        start = head.text[:2000]  # an entity longer than the head
        return 0.6 if found is None and all(f'"{k}"' in start for k in ("id", "schema", "properties")) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entities in file order. Takes no options; name the dataset with ``ingest --dataset``.

        :raises UnreadableFile: not one entity in it; InputError: it is cut short
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        found = False
        cited: set[str] = set()
        for item in items(path):
            if item.problem:
                yield Rejected(item.line, None, item.problem, item.raw)
                continue
            for record in self._marked(item.value, item.line, cited):
                found = found or isinstance(record, Statements)
                yield record
        if not found:
            raise UnreadableFile("not one FollowTheMoney entity in it: JSON objects are expected", file=str(path))

    def _marked(self, entity: object, line: int, cited: set[str]) -> Iterator[Record]:
        """An entity and those inside it, with the source, grade and handling that stand beside its properties."""
        marks, problems = shaped(entity, _MARKS) if isinstance(entity, dict) else ({}, [])
        for at, reason in problems:
            yield Rejected(line, at, reason)
        source, grade, verified = None, grade_of(marks.get("grade")), marks.get("verified", True)
        try:
            label = label_of(marks.get("handling"))
        except UsageError as error:  # it may be meant for nobody's eyes
            yield Rejected(line, "handling", f"{error} Nothing of it was read.")
            return
        if marks.get("datasets") or label is not None:
            source = source_of("+".join(sorted(marks.get("datasets", ()))) or "unnamed", grade, label, self.descriptor)
            if source.id not in cited:
                cited.add(source.id)
                yield source
        for record in _entity(entity, line, depth=0):
            if isinstance(record, Statements):
                _mark(record, source, grade, verified=verified)
            yield record


def _mark(record: Statements, source: Source | None, grade: Grade | None, *, verified: bool) -> None:
    record.source_id = source.id if source else None
    record.verified = verified
    if grade is not None:
        record.reliability, record.credibility = grade.reliability, grade.credibility


def _entity(entity: object, line: int, depth: int) -> Iterator[Record]:
    if not isinstance(entity, dict) or not isinstance(entity.get("properties"), dict):
        reason = "not an entity: an object with id, schema and properties is expected"
        yield Rejected(line, None, reason, str(entity)[:500])
        return
    id, name = entity.get("id"), entity.get("schema")
    if not isinstance(id, str) or not id.strip():
        yield Rejected(line, "id", "an entity needs an id, a text", str(entity)[:500])
        return
    known = schema.all().get(name) if isinstance(name, str) else None
    if known is None or known.abstract:
        yield Rejected(line, "schema", f"'{name}' is no schema that records can have", id)
        return
    record = Statements(id, known.name, locator=id, party=depth == 0, line=line)
    beside = [
        r for property, values in entity["properties"].items() for r in _property(record, property, values, depth)
    ]
    referents = entity.get("referents")
    for other in referents if isinstance(referents, list) and "otherId" in known.properties else ():
        record.say("otherId", other if isinstance(other, str) and other != id else None)
    if record.said:
        yield record
    else:
        yield Rejected(line, "properties", f"entity {id} says nothing", str(entity)[:500])
    yield from beside


def _property(record: Statements, property: str, values: object, depth: int) -> Iterator[Record]:
    """Say the values of one property; yields what is nested in it and what could not be read."""
    line = record.line or 0
    known = property in schema.get(record.schema).properties
    listed: list[Any] = values if isinstance(values, list) else [values]
    nested = [value for value in listed if isinstance(value, dict) and "properties" in value]
    if not known and not nested:
        reason = f"{record.schema} has no such property"
        yield Rejected(line, property, reason, f"{record.subject}: {values}"[:500])
        return
    for value in listed if known else ():
        if value in nested:
            record.say(property, value.get("id"))
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            record.say(property, value)
        elif value is not None:
            yield Rejected(line, property, f"{value!r} is not a text", record.subject)
    for value in nested:
        if depth < _DEEPEST:
            yield from _entity(value, line, depth + 1)
        else:
            yield Rejected(line, property, f"nested more than {_DEEPEST} deep", record.subject)


READER = FtmReader()
