"""Records of a reader to rows of the ledger: validated against the vocabulary, cleaned, graded, labelled.

Invariant: what does not fit is set aside with file, line, field and reason; it is never bent to fit and never dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.claims.aside import Aside
from counterflow.claims.columns import Columns
from counterflow.claims.quarantine import Quarantined, Unread, line_of
from counterflow.errors import UnknownName
from counterflow.model.claim import Grade
from counterflow.model.handling import Label
from counterflow.model.source import Descriptor, Source
from counterflow.sources.reader import Observations, Record, Rejected, Said, Statements

if TYPE_CHECKING:
    from counterflow.claims.observed import Observed

__all__ = ["Builder"]


@dataclass
class Builder:
    """Collects what one file (or folder) says. Feed it records with `take`, then read its tables.

    :param file: name to put in quarantine entries
    :param recorded_at: ISO time of this ingest, the same for all its rows
    :param observed: takes the bulk rows; without it they are passed over
    """

    dataset: str
    file: str
    descriptor: Descriptor
    grade: Grade
    label: Label
    recorded_at: Any
    sources: dict[str, tuple[Source, Label]] = field(default_factory=dict)
    observed: Observed | None = None
    quarantine: Aside = field(default_factory=Aside)
    subjects: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    unread: Unread = field(init=False)
    _said: Columns = field(init=False)
    _claims: pa.Table | None = None

    def __post_init__(self) -> None:
        self._said = Columns(self.subject)
        self.unread = Unread(self.file, watched=self.descriptor.complete)

    @property
    def parties(self) -> int:
        """How many listed parties, or top-level records, were read."""
        return len(self.listed)

    def take(self, record: Record) -> None:
        """Add one record."""
        if isinstance(record, Statements):
            self._statements(record)
        elif isinstance(record, Observations):
            if self.observed is not None:
                self.observed.take(record)
        elif isinstance(record, Rejected):
            aside = Quarantined(self._within(record.file), record.line, record.field, record.reason, record.raw)
            self.quarantine.append(aside)
            self.unread.note(aside, self.subject(record.subject) if record.subject else "", record.property)
        else:
            label = Label.from_dict(record.label) if record.label else self.label
            self.sources[record.id] = (record, label)

    # -- claims --------------------------------------------------------------------------------------------------

    def _statements(self, record: Statements) -> None:
        try:
            properties = self._said.properties(record.schema)
        except UnknownName as e:
            self._aside(record, "schema", str(e), record.schema)
            return
        if not record.subject:
            self._aside(record, "id", "a record needs an id of its own", "")
            return
        kept: list[Said] = []
        values, codes = [], []
        for said in record.said:
            cleaned = properties.get(said.property)
            if cleaned is None:
                self._aside(record, said.property, f"{record.schema} has no property '{said.property}'", said.value)
                continue
            value = cleaned[said.value]
            if value is None:
                self._aside(record, said.property, f"'{said.value}' is not a valid {cleaned.type}", said.value)
                continue
            kept.append(said)
            values.append(value)
            codes.append(cleaned.code)
        if kept:
            subject = self.subject(record.subject)
            self._claims = None
            self._said.add(record, subject, kept, values, codes)
            if record.party and subject not in self.subjects:
                self.listed.add(subject)
            self.subjects[subject] = record.schema
        elif not record.said:
            self._aside(record, None, f"{record.schema} '{record.subject}' says nothing", record.subject)

    def subject(self, local: str) -> str:
        """The ledger's id of a record: ``dataset:local``; ``other::id`` refers to another dataset."""
        if "::" in local:
            dataset, _, rest = local.partition("::")
            return f"{dataset}:{rest}"
        return f"{self.dataset}:{local}"

    def dangling(self) -> set[str]:
        """Subjects that the file refers to and does not bring."""
        rows = self.claim_rows()
        values = rows.filter(pc.equal(rows.column("prop_type"), "entity")).column("value")
        return set(pc.unique(values).to_pylist()) - self.subjects.keys()

    def set_dangling_aside(self, known: set[str]) -> None:
        """Quarantine references to records that are neither in this file nor in the ledger.

        :param known: subjects of the ledger
        """
        missing = self.dangling() - known
        if not missing:
            return
        rows = self.claim_rows()
        nowhere = pc.and_(
            pc.equal(rows.column("prop_type"), "entity"),
            pc.is_in(rows.column("value"), value_set=pa.array(sorted(missing), pa.string())),
        )
        for claim in rows.filter(nowhere).to_pylist():
            reason = f"'{claim['subject']}' refers to '{claim['value']}', which does not exist"
            line = line_of(claim["locator"] or "")
            aside = Quarantined(self.file, line, claim["property"], reason, claim["value"])
            self.quarantine.append(aside)
            self.unread.note(aside, claim["subject"], claim["property"])
        self._claims = rows.filter(pc.invert(nowhere))

    def keep(self, wanted: Callable[[pa.ChunkedArray], pa.Array]) -> None:
        """Leave only claims that stand in certain places. :param wanted: locators → which of them"""
        rows = self.claim_rows()
        self._claims = rows.filter(wanted(rows.column("locator")))

    def claim_rows(self) -> pa.Table:
        """All claims as rows of `storage.tables.CLAIMS`, sorted by subject, property, id."""
        if self._claims is None:
            self._claims = self._said.rows(self.dataset, self.grade, self.label, self.sources, self.recorded_at)
        return self._claims

    def source_rows(self) -> list[tuple[Label, dict[str, Any]]]:
        """Sources as rows of `storage.tables.SOURCES`, the dataset's own first."""
        d = self.descriptor
        own = Source(
            id="", title=d.title, publisher=d.publisher, kind=d.kind, reliability=self.grade.reliability, url=d.url,
            licence=d.licence,
        )  # fmt: skip
        rows = []
        for source, label in [(own, self.label), *(self.sources[key] for key in sorted(self.sources))]:
            row = {k: v for k, v in vars(source).items() if k not in ("id", "label")}
            row["origin"] = self.subject(source.origin) if source.origin else None
            row["source_id"] = self.subject(source.id) if source.id else self.dataset
            rows.append((label, {**row, "dataset": self.dataset, "label_id": label.id}))
        return rows

    def _aside(self, record: Statements, what: str | None, reason: str, raw: str) -> None:
        line = record.line if record.line is not None else line_of(record.locator)
        aside = Quarantined(self._within(record.file), line, what, reason, raw)
        self.quarantine.append(aside)
        subject = self.subject(record.subject) if record.subject else ""
        self.unread.note(aside, subject, what if what and what not in ("schema", "id") else "")

    def _within(self, file: str) -> str:
        return f"{self.file}/{file}" if file else self.file
