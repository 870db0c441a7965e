"""The reader port: a reader turns one file into records and says what it could not read.

Invariant: a reader is a pure function of a file. It never resolves, never guesses, and never stops at a bad row: what
it cannot read it yields as `Rejected` with line, field and reason, and goes on.

A reader yields, in file order:

* `Source`          a publication that later claims cite (only where one file cites many)
* `Statements`      the claims about one subject
* `Observations`    a batch of bulk rows of one table (payments, positions, shipments)
* `Rejected`        a row, or part of a row, that was not read
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from counterflow.model.claim import Stance
from counterflow.model.source import Descriptor, Source
from counterflow.sources.stream import (
    Head,
    Lines,
    check_path,
    open_binary,
    open_text,
    open_utf8,
    read_head,
    unpacked_name,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "MENDED",
    "Head",
    "Lines",
    "Observations",
    "Reader",
    "Record",
    "Rejected",
    "Said",
    "Statements",
    "check_path",
    "open_binary",
    "open_text",
    "open_utf8",
    "read_head",
    "unpacked_name",
]

MENDED = "mended while reading"
"""How a note begins that tells of the reading, not of the record: it is no part of what the publisher says."""


@dataclass(slots=True)
class Said:
    """One property value of a subject. What is None is filled at ingest from the descriptor and the file."""

    property: str
    value: str
    original: str | None = None
    lang: str | None = None
    source_id: str | None = None
    locator: str | None = None
    origin: str | None = None
    reliability: str | None = None
    credibility: int | None = None
    stance: Stance | None = None
    verified: bool | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    note: str | None = None


@dataclass(slots=True)
class Statements:
    """All that one record of a file says about one subject.

    The fields from `source_id` down are defaults for each `Said` that leaves its own as None.

    :param subject: id that is unique in the dataset and stable from edition to edition (the publisher's own number);
        ingest prefixes it with the dataset: ``un:6908524``
    :param schema: FollowTheMoney schema, or one of our extensions
    :param locator: where in the file: ``row 17``, ``line 240``, ``INDIVIDUAL 6908431``
    :param party: whether it counts as a listed party (top-level record), not a helper such as an address
    :param file, line: where it stands, for what ingest sets aside; where they are left empty, the locator tells
    """

    subject: str
    schema: str
    said: list[Said] = field(default_factory=list)
    locator: str = ""
    party: bool = True
    source_id: str | None = None
    origin: str | None = None
    reliability: str | None = None
    credibility: int | None = None
    stance: Stance = "asserts"
    verified: bool = True
    valid_from: str | None = None
    valid_to: str | None = None
    note: str | None = None
    file: str = ""
    line: int | None = None

    def say(self, property: str, value: object, **meta: Any) -> None:
        """Add a value; None and blank text are no value and are left out."""
        text = "" if value is None else str(value).strip()
        if text:
            self.said.append(Said(property, text, **meta))


@dataclass(slots=True)
class Observations:
    """A batch of bulk rows. :param table: key of `counterflow.storage.tables.OBSERVATIONS`;
    :param rows: Arrow table with that table's own columns (missing ones are filled with nulls; ingest adds row_id,
    dataset, source_id, label_id, recorded_at);
    :param source_id: the publication they rest on, where it is not the data set itself."""

    table: str
    rows: pa.Table
    source_id: str = ""


@dataclass(slots=True)
class Rejected:
    """A row that was not read. :param line: 1-based line or record number; :param field: column or element;
    :param reason: what is wrong and what would be right; :param raw: the row as received, for the quarantine;
    :param file: name of the file inside the folder, where a folder is read;
    :param subject: the subject of which it would have told, where that is known, and
    :param property: the property, where it is only one: what an earlier edition said of these stays in force."""

    line: int | None
    field: str | None
    reason: str
    raw: str = ""
    file: str = ""
    subject: str = ""
    property: str = ""


Record = Source | Statements | Observations | Rejected


@runtime_checkable
class Reader(Protocol):
    """What a reader plug-in implements. Register it under the entry point group ``counterflow.readers``.

    Two methods may be left out: ``describe(path) -> Descriptor``, where files of one reader are of several datasets;
    and ``lacks(head) -> str``, where it takes several files together: what should lie beside this one, or where it
    belongs, in words, empty where all is there.
    """

    name: str
    descriptor: Descriptor
    fields: Mapping[str, str]
    """Every field that the publisher gives → where it arrives, in words that begin with ``Schema.property`` or
    ``table.column`` (several are parted by commas), or with ``left out:`` and why. The reader's page prints it, and the
    contract suite holds it against what the reader tells of its fixture."""

    def recognises(self, head: Head) -> float:
        """How sure it is that this file is its own, 0 to 1, by content; no exception, whatever the bytes."""
        ...

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """The records of one file (or folder), in file order.

        :param options: reader settings, e.g. ``{"mapping": {...}}``; unknown keys raise UsageError
        :raises InputError: only where nothing at all can be read (wrong format, truncated at the start)
        """
        ...
