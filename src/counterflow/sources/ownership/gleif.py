"""Reader of GLEIF's files: LEI records (LEI-CDF 2.1 and 3.1), relationship records (RR-CDF) and reporting exceptions.

All three are told by content, in XML, in JSON (GLEIF's own, with ``$``, and the plain form that others make of XML)
and in the CSV of the golden copy. Each is a dataset of its own (``gleif``, ``gleif-rr``, ``gleif-repex``), whose claims
are about the same subjects, ``gleif:`` and the LEI, so that they can be ingested in any order, each edition by itself.
A full file in XML is a whole edition, and withdraws what it no longer says; delta files only add, and so do JSON and
CSV, which do not say what they are.

Consolidation is told as ownership without a known share, of the end node in the start node: an ultimate parent's runs
through others. A fund manager and an umbrella fund control, a feeder fund is linked; a branch is its head office's own.

No real CSV was at hand: it follows the public layout of the golden copy.

Standard: https://www.gleif.org/en/about-lei/common-data-file-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model.source import Descriptor
from counterflow.sources.descriptors import load
from counterflow.sources.ownership import gleif_entities, gleif_relationships
from counterflow.sources.ownership.gleif_nodes import Node, kind_of, records
from counterflow.sources.party import Party
from counterflow.sources.reader import Head, Record, Rejected, Statements, read_head

__all__ = ["READER", "GleifReader"]

_FULL = re.compile(r"FileContent>\s*(?:GLEIF|LOU)_FULL")


class GleifReader:
    """See the module."""

    name = "gleif"
    descriptor = load("gleif")
    fields: ClassVar[Mapping[str, str]] = {**gleif_entities.FIELDS, **gleif_relationships.FIELDS}

    def recognises(self, head: Head) -> float:
        """By root element, first object or columns."""
        return 0.95 if kind_of(head) else 0.0

    def lacks(self, head: Head) -> str:
        """Of relationships and exceptions: which file says whose they are."""
        kind = {"gleif-rr": "relationships", "gleif-repex": "exceptions"}.get(kind_of(head) or "")
        return f"{kind} between numbers: names are in GLEIF's level 1 file (LEI-CDF); ingest it too" if kind else ""

    def describe(self, path: Path) -> Descriptor:
        """The dataset that a file is of, and whether it is a whole edition."""
        head = read_head(path)
        return replace(load(kind_of(head) or "gleif"), complete=_FULL.search(head.text) is not None)

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Records in file order; takes no options.

        :raises UnreadableFile: not one record in it; InputError: it is broken or cut short further down
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        if kind_of(read_head(path)) is None:
            raise UnreadableFile("is none of GLEIF's files: no LEI, relationship or exception record", file=str(path))
        for record in records(path):
            if isinstance(record, Rejected):
                yield record
                continue
            yield from _record(record)
            for at, reason in record.problems:
                yield Rejected(record.line, at, reason, raw=str(record.tags.get("LEI", ""))[:500])


def _record(record: Node) -> Iterator[Record]:
    if "Relationship" in record.tags:
        yield from gleif_relationships.relationship(record)
    elif "ExceptionCategory" in record.tags:
        yield from gleif_relationships.exception(record)
    else:
        yield from _entity(record)


def _entity(record: Node) -> Iterator[Record]:
    lei = "".join((record.text("LEI") or "").split())
    if not lei:
        yield Rejected(record.line, "LEI", "a record needs an LEI", raw=str(record.tags)[:500])
        return
    category = record.text("Entity", "EntityCategory") or "GENERAL"
    schema = gleif_entities.CATEGORIES.get(category)
    if schema is None:
        yield Rejected(record.line, "EntityCategory", f"'{category}' is not a category of the standard", raw=lei)
    party = Party(Statements(lei, schema or "LegalEntity", locator=f"LEI {lei}", line=record.line))
    gleif_entities.tell(party, record)
    yield from party.records()


READER = GleifReader()
