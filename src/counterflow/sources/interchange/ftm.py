"""Reader of FollowTheMoney entities as JSON lines, flat or nested (as OpenSanctions and Aleph give them).

An entity inside another one is read as a subject of its own, and the property holds its id. Property names that exist
only as the reverse of another (``ownershipOwner``) bring such entities and are not recorded themselves: the nested
entity names both ends. Not kept: ``caption`` (derived), ``referents``, ``first_seen`` and ``last_seen`` (the ledger has
its own).

Format: https://followthemoney.tech/docs/entity/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.model import schema
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, Statements, open_utf8

__all__ = ["READER", "FtmReader"]

_LONGEST_LINE = 1 << 24
_DEEPEST = 4


class FtmReader:
    """See the module."""

    name = "ftm"
    descriptor = load("ftm")

    def recognises(self, head: Head) -> float:
        """By its first line: a JSON object with id, schema and properties."""
        first = head.text.lstrip().partition("\n")[0]
        if not first.startswith("{"):
            return 0.0
        try:
            found = json.loads(first)
        except (ValueError, RecursionError):  # longer than the head, or no JSON at all
            return 0.5 if '"schema"' in first and '"properties"' in first and '"id"' in first else 0.0
        return 0.9 if {"id", "schema", "properties"} <= found.keys() else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entities in file order. Takes no options; name the dataset with ``ingest --dataset``.

        :raises UnreadableFile: not one entity in it; InputError: it ends inside its compression
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        found = False
        try:
            with open_utf8(path) as stream:
                for number, text in _lines(stream):
                    for record in _line(number, text):
                        found = found or isinstance(record, Statements)
                        yield record
        except (EOFError, OSError) as error:
            raise InputError(f"cannot be read to its end ({error}); fetch it again", file=str(path)) from None
        if not found:
            raise UnreadableFile(
                "not one FollowTheMoney entity in it: one JSON object a line is expected", file=str(path)
            )


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """(number, line) without blank lines; None for a line beyond all measure, which is passed over unread."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
        if not whole:
            while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        if not whole or line.strip():
            yield number, line if whole else None


def _line(number: int, text: bytes | None) -> Iterator[Record]:
    if text is None:
        yield Rejected(number, None, f"a line of more than {_LONGEST_LINE:,} bytes")
        return
    raw = text[:500].decode("utf-8", errors="replace").strip()
    try:
        entity = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        yield Rejected(number, None, f"not JSON in UTF-8: {error}", raw)
        return
    yield from _entity(entity, number, raw, depth=0)


def _entity(entity: object, number: int, raw: str, depth: int) -> Iterator[Record]:
    if not isinstance(entity, dict) or not isinstance(entity.get("properties"), dict):
        yield Rejected(number, None, "not an entity: an object with id, schema and properties is expected", raw)
        return
    id, name = entity.get("id"), entity.get("schema")
    if not isinstance(id, str) or not id.strip():
        yield Rejected(number, "id", "an entity needs an id, a text", raw)
        return
    known = schema.all().get(name) if isinstance(name, str) else None
    if known is None or known.abstract:
        yield Rejected(number, "schema", f"'{name}' is no schema that records can have", raw)
        return
    record = Statements(id, known.name, locator=id, party=depth == 0, line=number)
    beside = [
        r for property, values in entity["properties"].items() for r in _property(record, property, values, depth)
    ]
    if record.said:
        yield record
    else:
        yield Rejected(number, "properties", f"entity {id} says nothing", raw)
    yield from beside


def _property(record: Statements, property: str, values: object, depth: int) -> Iterator[Record]:
    """Say the values of one property; yields what is nested in it and what could not be read."""
    number = record.line or 0
    known = property in schema.get(record.schema).properties
    listed: list[Any] = values if isinstance(values, list) else [values]
    nested = [value for value in listed if isinstance(value, dict) and "properties" in value]
    if not known and not nested:
        reason = f"{record.schema} has no such property"
        yield Rejected(number, property, reason, f"{record.subject}: {values}"[:500])
        return
    for value in listed if known else ():
        if value in nested:
            record.say(property, value.get("id"))
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            record.say(property, value)
        elif value is not None:
            yield Rejected(number, property, f"{value!r} is not a text", record.subject)
    for value in nested:
        if depth < _DEEPEST:
            yield from _entity(value, number, f"nested in {record.subject}", depth + 1)
        else:
            yield Rejected(number, property, f"nested more than {_DEEPEST} deep", record.subject)


READER = FtmReader()
