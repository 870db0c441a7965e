"""What analysts write: hypotheses, evidence, ratings, reports, all that a case holds. Append-only, in the casebook.

Invariant: nothing is changed or erased. What is in force of a key is its last row that the reader may read, and a row
may be read only by who may read every label that it bears: a later, narrower row never shows to others, not even by
taking the place of the one before. They are read by `records.Records.writings`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import sqlalchemy as sa

from counterflow import clock
from counterflow.storage import catalogue
from counterflow.storage.records import plain

if TYPE_CHECKING:
    from counterflow.model.handling import Label
    from counterflow.storage.sql import Casebook

__all__ = ["Row", "Unless", "alone", "append", "ready", "write"]

_ready: WeakSet[sa.Engine] = WeakSet()
"""Engines of workspaces that have them for certain."""

Row = tuple[str, str, Mapping[str, Any]]
"""kind, key, content"""

Unless = Callable[[Callable[[str], list[dict[str, Any]]]], None]
"""Asked before anything is written, with no other writer between: it may look at all rows of a key, and raises where
nothing may be written."""


def write(
    casebook: Casebook, rows: Sequence[Row], labels: Sequence[Sequence[Label]], who: str, *,
    by: Sequence[str] | None = None, told: tuple[str, Mapping[str, Any]] | None = None, unless: Unless | None = None,
) -> str:  # fmt: skip
    """Append (kind, key, content) rows, all or none; on the audit log. Returns the time they bear.

    :param labels: of each row, everything that it was made from
    :param who: who does it; :param by: of each row, whose words they are, where that is somebody else
    :param told: action and detail of one more entry of the log: what it was for
    """
    ready(casebook)
    with casebook.changing() as tx:
        return append(casebook, tx, rows, labels, who, by=by, told=told, unless=unless)


def ready(casebook: Casebook) -> None:
    """Make the indexes in workspaces of before there were any."""
    if casebook.engine not in _ready:
        for index in catalogue.writings.indexes:
            index.create(casebook.engine, checkfirst=True)
        _ready.add(casebook.engine)


@contextlib.contextmanager
def alone(casebook: Casebook) -> Iterator[sa.Connection]:
    """A transaction to append in, with no other writer from its beginning: what is read in it holds at its end."""
    ready(casebook)
    with casebook.changing() as tx:
        casebook.audit_log.hold(tx)
        yield tx


def append(
    casebook: Casebook, tx: sa.Connection, rows: Sequence[Row], labels: Sequence[Sequence[Label]], who: str, *,
    by: Sequence[str] | None = None, told: tuple[str, Mapping[str, Any]] | None = None, unless: Unless | None = None,
) -> str:  # fmt: skip
    """The same within a transaction, after `ready`."""
    casebook.audit_log.hold(tx)  # one writer at a time from here on: rows come into sight in the order of their ids
    at = clock.stamp()
    if unless is not None:
        table = catalogue.writings
        unless(lambda key: [plain(row) for row in tx.execute(sa.select(table).where(table.c.key == key)).mappings()])
    for n, ((kind, key, content), own) in enumerate(zip(rows, labels, strict=True)):
        casebook.intern(tx, own)
        ids = json.dumps(sorted({label.id for label in own}))
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        whose = by[n] if by else who
        tx.execute(sa.insert(catalogue.writings).values(kind=kind, key=key, content=text, labels=ids, by=whose, at=at))
        casebook.log(tx, who, "write", {"kind": kind, "key": key})
    if told is not None:
        casebook.log(tx, who, *told)
    return at
