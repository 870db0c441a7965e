"""Reader of FollowTheMoney statements: CSV, JSON lines and packs, as ``ftm`` and OpenSanctions write them.

A statement is a claim: its entity is the subject, its dataset (and origin) the source it cites. Entities that the
publisher has merged keep their own ids, and share the merged one as `Thing.otherId`, so that the merger is evidence and
not a fact. A reference leads to the entity that the source named, which ``original_value`` keeps where a merger has
changed the value. Rows of one entity that follow each other are told together.

Grade, handling and verification, which Counterflow's own export adds, hold; an apostrophe that it puts before a cell
which a spreadsheet would run is taken away again.

No publisher's file was at hand, only what the ``followthemoney`` package writes.

Format: https://followthemoney.tech/docs/statements/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import schema
from counterflow.sources.descriptors import load
from counterflow.sources.interchange.ftm_properties import PROPERTIES
from counterflow.sources.interchange.marks import grade_of, label_of, source_of
from counterflow.sources.json_shape import ANY, TEXT, shaped
from counterflow.sources.json_stream import first, items
from counterflow.sources.reader import Head, Record, Rejected, Statements, read_head
from counterflow.sources.rows import header_of, rows

__all__ = ["READER", "FtmStatementsReader"]

_NEEDED = {"entity_id", "prop", "value", "dataset"}
_LEGACY = [
    "entity_id", "prop", "value", "dataset", "lang", "original_value", "target", "external", "first_seen", "last_seen",
]  # fmt: skip
"""Columns of a pack without header, as older versions write it."""
_ROW = dict.fromkeys((*_LEGACY, "canonical_id", "schema", "origin", "handling", "grade"), TEXT) | {
    "external": ANY, "verified": ANY,
}  # fmt: skip
_QUALIFIED = re.compile(r"[A-Z]\w+:\w+")
_OURS = {"handling", "grade", "verified"}
_HARMLESS = re.compile(r"'(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
_Told = dict[str, Any]


class FtmStatementsReader:
    """See the module."""

    name = "ftm_statements"
    descriptor = load("ftm")
    fields: ClassVar[Mapping[str, str]] = {
        "entity_id": "left out: it is the subject's own id",
        "canonical_id": "Thing.otherId, where the publisher has merged entities",
        "prop, schema": "left out: they are the property and schema of each claim",
        "prop_type": "left out: the schema says it",
        "value": "the property of the same name; Thing.name for one",
        "original_value": "left out: the original of each claim, and where a reference leads",
        "lang": "left out: the language of each claim",
        "dataset, origin": "left out: the source of each claim",
        "external": "left out: in the note of each claim",
        "first_seen": "left out: in the note of each claim",
        "last_seen": "left out: it changes with every edition, which the ledger dates itself",
        "id": "left out: a hash of the other columns",
        "target": "left out: older packs only; whether somebody screens against it",
        "handling, grade, verified": "left out: handling, grade and verification of each claim",
        **PROPERTIES,
    }

    def recognises(self, head: Head) -> float:
        """By its columns, or the keys of its first object; a pack without header by its qualified property."""
        found = first(head)
        if isinstance(found, dict):
            return 0.95 if found.keys() >= _NEEDED | {"schema"} else 0.0
        columns = header_of(head)
        if set(columns) >= _NEEDED:
            return 0.95
        legacy = len(columns) == len(_LEGACY) and _QUALIFIED.fullmatch(columns[1]) is not None
        return 0.8 if legacy and columns[1].partition(":")[0] in schema.all() else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements in file order, those of one entity together. Takes no options; name the dataset with
        ``ingest --dataset``.

        :raises UnreadableFile: not one statement in it; InputError: it is cut short
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        merged = {
            told["canonical_id"]
            for told in _told(path)
            if not isinstance(told, Rejected) and told.get("canonical_id", told["entity_id"]) != told["entity_id"]
        }
        current: Statements | None = None
        found = False
        cited: set[str] = set()
        for told in _told(path):
            records = [told] if isinstance(told, Rejected) else self._statement(told, current, merged, cited)
            for record in records:
                if isinstance(record, Statements):
                    if record is not current:
                        if current is not None:
                            yield current
                        current, found = record, True
                else:
                    yield record
        if current is not None:
            yield current
        if not found:
            raise UnreadableFile("not one FollowTheMoney statement in it", file=str(path))

    def _statement(
        self, told: _Told, current: Statements | None, merged: set[str], cited: set[str]
    ) -> Iterator[Record]:
        """The source where it is new, and the record that the statement was added to: `current` or a fresh one."""
        line, id, kind, name = told["line"], told["entity_id"], told.get("schema", ""), told["prop"]
        known = schema.all().get(kind)
        if name == "id":
            return  # a checksum of the entity
        if known is None or known.abstract:
            yield Rejected(line, "schema", f"'{kind}' is no schema that records can have", raw=str(told)[:500])
            return
        property = known.properties.get(name)
        if property is None:
            yield Rejected(line, "prop", f"a {kind} has no property '{name}'", raw=str(told)[:500])
            return
        try:
            label = label_of(told.get("handling"))
        except UsageError as error:
            yield Rejected(line, "handling", f"{error} The row was not read.", raw=id)
            return
        grade = grade_of(told.get("grade"))
        key = "/".join(part for part in (told.get("dataset"), told.get("origin")) if part)
        source = source_of(key, grade, label, self.descriptor)
        if source.id not in cited:
            cited.add(source.id)
            yield source
        fresh = current is None or current.subject != id or current.schema != kind
        record = Statements(id, kind, locator=id, line=line) if fresh or current is None else current
        if fresh and told.get("canonical_id") in merged and "otherId" in known.properties:
            record.say("otherId", told["canonical_id"], source_id=source.id)
        value, original = told["value"], told.get("original_value")
        if property.type == "entity" and original:
            value, original = original, None
        record.say(
            name, value, original=original, lang=told.get("lang"), source_id=source.id, note=_note(told),
            verified=str(told.get("verified", True)).lower() not in ("false", "f"),
            reliability=grade.reliability if grade else None, credibility=grade.credibility if grade else None,
        )  # fmt: skip
        yield record


def _note(told: _Told) -> str | None:
    parts = [f"first seen by the publisher {told['first_seen'][:10]}" if told.get("first_seen") else None]
    external = str(told.get("external", "")).lower() in ("t", "true", "1")
    parts += ["external: a candidate from another data set, not yet accepted by the publisher" if external else None]
    return "; ".join(part for part in parts if part) or None


def _told(path: Path) -> Iterator[_Told | Rejected]:
    """Each row as its cells by name, whichever form the file has; ``line`` is added."""
    head = read_head(path)
    plain = _objects(path) if head.text.lstrip().startswith(("{", "[")) else _cells(path, header_of(head))
    for told in plain:
        if isinstance(told, Rejected):
            yield told
            continue
        if ":" in told.get("prop", "") and not told.get("schema"):  # a pack
            told["schema"], _, told["prop"] = told["prop"].partition(":")
        missing = next((name for name in ("entity_id", "prop", "value", "dataset") if not told.get(name)), None)
        if missing:
            yield Rejected(told["line"], missing, "is missing", raw=str(told)[:500])
        else:
            yield told


def _objects(path: Path) -> Iterator[_Told | Rejected]:
    for item in items(path):
        told, problems = shaped(item.value, _ROW)
        if item.problem or not isinstance(told, dict):
            yield Rejected(item.line, None, item.problem or "not a statement: an object is expected", raw=item.raw)
        else:
            yield from (Rejected(item.line, at, reason) for at, reason in problems)
            yield {**told, "line": item.line}


def _cells(path: Path, columns: list[str]) -> Iterator[_Told | Rejected]:
    headed = set(columns) >= _NEEDED
    names = columns if headed else _LEGACY
    ours = set(names) >= _OURS
    for row in rows(path, names=None if headed else names):
        if isinstance(row, Rejected):
            yield row
        elif not headed or row[0] > 1:
            told: _Told = {
                name: _HARMLESS.sub("", cell, count=1) if ours and cell[0] == "'" else cell
                for name, cell in zip(names, row[1], strict=True)
                if cell
            }
            told["line"] = row[0]
            yield told


READER = FtmStatementsReader()
