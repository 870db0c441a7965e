"""What records say, kept in columns and made into rows of the ledger's claims all at once.

Invariant: a row's id is `Claim.id` of its content, and the same statements give the same rows whatever the order in
which their sources came. Texts that repeat from row to row (schema, property, source, grade, label…) are kept once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import Label
from counterflow.model.schema import Property
from counterflow.model.source import Source
from counterflow.model.values import clean
from counterflow.sources.reader import Said, Statements
from counterflow.storage.tables import CLAIMS

__all__ = ["Cleaned", "Columns"]

CHUNK = 1 << 15
"""Statements held as Python objects at most; then they become columns."""

DISTINCT = 1 << 17
"""Cleaned values remembered for one property type at most."""

Codes = np.ndarray[Any, np.dtype[np.int64]]

_MARK = pa.scalar("\x1f")
_OWN = ("lang", "locator", "note", "valid_from", "valid_to", "reliability", "source_id", "origin", "stance")
"""Texts that a statement may give for itself, or else its record for all of its statements; blank is not given."""


class Cleaned(dict[str, str | None]):
    """Text as received → its clean form for one property of one schema, or None; each distinct text is cleaned once.

    :param code: number of the property among all that were met
    """

    def __init__(self, code: int, prop: Property, subject: Callable[[str], str]) -> None:
        super().__init__()
        self.code, self.type, self._format, self._subject = code, prop.type, prop.format, subject

    def __missing__(self, text: str) -> str | None:
        value = self._subject(text) if self.type == "entity" else clean(self.type, text, self._format)
        if len(self) >= DISTINCT:
            self.clear()
        self[text] = value
        return value


class Columns:
    """Statements of one file, in columns.

    :param subject: local id of a record → id in the ledger
    """

    def __init__(self, subject: Callable[[str], str]) -> None:
        self._subject = subject
        self._known: dict[str, dict[str, Cleaned | None]] = {}
        self._properties: list[tuple[str, str, str]] = []  # schema, property, type
        self._records: list[tuple[Statements, str, int]] = []  # with its subject's id and how many of `_said` it made
        self._said: list[Said] = []
        self._values: list[str] = []
        self._codes: list[int] = []
        self._chunks: list[pa.RecordBatch] = []

    def properties(self, name: str) -> Mapping[str, Cleaned | None]:
        """Properties of a schema by name, ready to clean their values. :raises UnknownName: no such schema"""
        found = self._known.get(name)
        if found is None:
            found = {}
            for prop in vocabulary.get(name).properties.values():
                found[prop.name] = Cleaned(len(self._properties), prop, self._subject)
                self._properties.append((name, prop.name, prop.type))
            self._known[name] = found
        return found

    def add(self, record: Statements, subject: str, said: Sequence[Said], values: Sequence[str],
            codes: Sequence[int]) -> None:  # fmt: skip
        """Add what a record says. :param values: clean, one for each of `said`; :param codes: their properties'"""
        self._records.append((record, subject, len(said)))
        self._said += said
        self._values += values
        self._codes += codes
        if len(self._said) >= CHUNK:
            self._flush()

    def rows(self, dataset: str, grade: Grade, label: Label, sources: Mapping[str, tuple[Source, Label]],
             recorded_at: Any) -> pa.Table:  # fmt: skip
        """All statements as rows of `storage.tables.CLAIMS`, each once, sorted by subject, property, id.

        :param grade, label: where neither statement nor source gives another; :param sources: by local id
        """
        self._flush()
        parts = [self._attributed(c, dataset, grade, label, sources, recorded_at) for c in self._chunks]
        return _sorted(pa.concat_tables([CLAIMS.schema.empty_table(), *parts]))

    def _flush(self) -> None:
        """Statements so far, as columns. What is empty in them is filled once all sources are known."""
        said, n = self._said, len(self._said)
        if not n:
            return
        counts = np.fromiter((count for _, _, count in self._records), dtype=np.int64, count=len(self._records))
        at = pa.array(np.repeat(np.arange(len(self._records)), counts))
        records = [record for record, _, _ in self._records]
        codes = np.fromiter(self._codes, dtype=np.int32, count=n)
        columns: dict[str, Any] = {"subject": pa.array([s for _, s, _ in self._records], pa.string()).take(at)}
        for position, name in enumerate(("schema", "property", "prop_type")):
            words = pa.array([row[position] for row in self._properties], pa.string())
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), words)
        raw, values = pa.array([s.value for s in said], pa.string()), pa.array(self._values, pa.string())
        columns["value"] = values
        alike = pc.or_(pc.equal(raw, values), pc.equal(columns["prop_type"].cast(pa.string()), "entity"))
        stated = pa.array([s.original for s in said], pa.string())
        columns["original"] = pc.coalesce(stated, pc.if_else(alike, pa.scalar(None, pa.string()), raw))
        for name in _OWN:
            columns[name] = _given(name, said, records, at, pa.string())
        columns["credibility"] = _given("credibility", said, records, at, pa.int8())
        columns["verified"] = _given("verified", said, records, at, pa.bool_())
        self._chunks.append(pa.RecordBatch.from_pydict(columns))
        self._records, self._said, self._values, self._codes = [], [], [], []

    def _attributed(self, rows: pa.RecordBatch, dataset: str, grade: Grade, label: Label,
                    sources: Mapping[str, tuple[Source, Label]], recorded_at: Any) -> pa.Table:  # fmt: skip
        """With source, grade, handling, time and id."""
        n = len(rows)
        cited = rows.column("source_id")
        local = cited.dictionary.to_pylist()
        indices = pc.fill_null(cited.indices, len(local))
        known = [sources.get(name) for name in local] + [None]

        def by_source(words: list[str]) -> pa.Array:
            return pa.array(words, pa.string()).take(indices)

        letters = by_source([k[0].reliability if k else grade.reliability for k in known])
        columns = {name: _plain(rows.column(name)) for name in rows.schema.names}
        columns["source_id"] = by_source([*map(self._subject, local), dataset])
        columns["label_id"] = by_source([k[1].id if k else label.id for k in known])
        columns["reliability"] = pc.coalesce(columns["reliability"], letters)
        columns["credibility"] = pc.fill_null(columns["credibility"], grade.credibility)
        columns["verified"] = pc.fill_null(columns["verified"], True)
        origin = rows.column("origin")
        ids = pa.array([self._subject(name) for name in origin.dictionary.to_pylist()], pa.string())
        columns["origin"] = ids.take(origin.indices)
        columns["dataset"] = pa.repeat(dataset, n)
        columns["recorded_at"] = pa.repeat(pa.scalar(recorded_at, CLAIMS.schema.field("recorded_at").type), n)
        columns["claim_id"] = _ids(columns)
        return pa.table([columns[f.name] for f in CLAIMS.schema], schema=CLAIMS.schema)


def _given(name: str, said: Sequence[Said], records: Sequence[Statements], at: pa.Array, type: pa.DataType) -> pa.Array:
    """A property that statements give for themselves, or else their record for them; coded, since few differ."""
    general = _array([getattr(record, name, None) for record in records], type).dictionary_encode().take(at)
    own = list(map(attrgetter(name), said))
    if own.count(None) == len(own):
        return general
    return pc.coalesce(_array(own, type), _plain(general)).dictionary_encode()


def _array(values: Sequence[Any], type: pa.DataType) -> pa.Array:
    """Blank texts are null."""
    found = pa.array(values, type)
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, type), found) if type == pa.string() else found


def _ids(columns: Mapping[str, pa.Array]) -> pa.Array:
    """`Claim.id` of every row."""
    unverified = pc.if_else(columns["verified"], "", "unverified")
    parts = (
        "subject", "schema", "property", "value", "original", "lang", "dataset", "source_id", "origin", "reliability",
        pc.cast(columns["credibility"], pa.string()), "stance", unverified, "valid_from", "valid_to", "note",
        "label_id",
    )  # fmt: skip
    texts = [columns[part] if isinstance(part, str) else part for part in parts]
    joined = pc.binary_join_element_wise(*(pc.fill_null(t, "") for t in texts), _MARK)
    digest = hashlib.blake2b
    return pa.array([digest(t, digest_size=16).hexdigest() for t in joined.cast(pa.binary()).to_pylist()], pa.string())


def _sorted(rows: pa.Table) -> pa.Table:
    """Each claim once, the one first told, by subject, property, id."""
    order = pc.sort_indices(rows, [("subject", "ascending"), ("property", "ascending"), ("claim_id", "ascending")])
    ids = rows.column("claim_id").take(order).combine_chunks()
    again = np.zeros(len(ids), dtype=bool)
    if len(ids) > 1:
        again[1:] = np.asarray(pc.equal(ids[1:], ids[:-1]))
    return rows.take(order.filter(pa.array(~again)) if again.any() else order)


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
