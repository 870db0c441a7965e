"""The ports of storage: what a stage may ask of the place where state lives.

Two sides, kept apart: a *writer* that only ever appends, and a *scope*, the reading side for one audience. A stage is
given a scope and can reach nothing through it that its audience may not read.

Any backend that passes `counterflow.testing.LedgerContract` will do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.config import Named
    from counterflow.model.handling import Audience, Label

__all__ = ["Blobs", "Ledger", "Scope", "Segment"]


class Scope(Protocol):
    """The reading side, for one audience. Everything it yields has a label that the audience may read.

    :param grades: the workspace's own Admiralty grade → probability; what it does not name is as shipped
    :param measures: the workspace's own catalogue of measures, where it has one
    """

    audience: Audience
    grades: Mapping[str, float]
    measures: Named | None

    def table(self, name: str) -> ibis.Table:
        """An expression over a table of `storage.tables`: ledger rows in force, or derived rows once adopted.

        :raises UnknownName: no such table, or a derived one that this scope has not been given
        """
        ...

    def run(self, expr: ibis.Table) -> pa.Table:
        """Execute an expression on the engine behind this scope."""
        ...

    def find(self, name: str, column: str, values: Iterable[str]) -> pa.Table:
        """Rows of a table that have one of these values in a column, in no certain order."""
        ...

    def labels(self) -> Mapping[str, Label]:
        """label_id → Label, of labels the audience may read."""
        ...


@dataclass(frozen=True)
class Segment:
    """One immutable file of the ledger: rows of one table, all of one label.

    :param path: relative to the ledger's folder
    """

    table: str
    label_id: str
    path: str
    rows: int
    sha256: str


class Ledger(Protocol):
    """The append-only truth."""

    def append(self, parts: Sequence[tuple[str, str, pa.Table]]) -> Sequence[Segment]:
        """Write (table, label_id, rows) parts as segments. They count only once the casebook has committed them."""
        ...

    def scope(self, audience: Audience, *, known_on: str | None = None) -> Scope:
        """The reading side for an audience.

        :param known_on: ISO time; only what had been recorded by then
        """
        ...

    def fingerprint(self, audience: Audience, *, known_on: str | None = None, tables: Collection[str] = ...) -> str:
        """Hash of all that the audience may read, or of what of it had been recorded by then: equal fingerprints, equal
        answers. :param tables: of these tables only"""
        ...

    def verify(self) -> list[str]:
        """Compare every segment with its recorded hash. Returns what is wrong, in words; empty: all is as committed."""
        ...


class Blobs(Protocol):
    """Originals as received, by SHA-256."""

    def put(self, path: Path) -> str:
        """Keep a copy of a file; returns its SHA-256 in hexadecimal."""
        ...

    def path(self, sha256: str) -> Path:
        """Where that original lies. :raises NotFound: not kept here"""
        ...
