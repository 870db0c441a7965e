"""What analysts write: hypotheses, evidence, ratings, reports, all that a case holds. Append-only, in the casebook.

Invariant: nothing is changed or erased. What is in force of a key is its last row that the reader may read, and a row
may be read only by who may read every label that it bears: a later, narrower row never shows to others, not even by
taking the place of the one before.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from counterflow.model.handling import Label
    from counterflow.storage.sql import Casebook

__all__ = ["TABLE", "Row", "Unless", "append", "last", "newest", "ready", "write", "writings"]

TABLE = sa.Table(
    "writings",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON
    sa.Column("labels", sa.Text, nullable=False),  # JSON: ids; all of them must be readable
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
_by_key = sa.Index("writings_by_key", TABLE.c.key)
_by_kind = sa.Index("writings_by_kind", TABLE.c.kind)

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
    with casebook.engine.begin() as tx:
        return append(casebook, tx, rows, labels, who, by=by, told=told, unless=unless)


def ready(casebook: Casebook) -> None:
    """Make the table in workspaces of before there was one."""
    TABLE.create(casebook.engine, checkfirst=True)
    for index in (_by_key, _by_kind):
        index.create(casebook.engine, checkfirst=True)


def append(
    casebook: Casebook, tx: sa.Connection, rows: Sequence[Row], labels: Sequence[Sequence[Label]], who: str, *,
    by: Sequence[str] | None = None, told: tuple[str, Mapping[str, Any]] | None = None, unless: Unless | None = None,
) -> str:  # fmt: skip
    """The same within a transaction, after `ready`."""
    casebook.audit_log.hold(tx)  # one writer at a time from here on: rows come into sight in the order of their ids
    at = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    if unless is not None:
        unless(lambda key: [_told(row) for row in _rows(tx, sa.select(TABLE).where(TABLE.c.key == key))])
    for n, ((kind, key, content), own) in enumerate(zip(rows, labels, strict=True)):
        casebook.intern(tx, own)
        ids = json.dumps(sorted({label.id for label in own}))
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        whose = by[n] if by else who
        tx.execute(sa.insert(TABLE).values(kind=kind, key=key, content=text, labels=ids, by=whose, at=at))
        casebook.log(tx, who, "write", {"kind": kind, "key": key})
    if told is not None:
        casebook.log(tx, who, *told)
    return at


def newest(casebook: Casebook, kind: str) -> tuple[int, int]:
    """Number of rows of a kind and the id of the last: what was read at the same two is still all there is."""
    if not sa.inspect(casebook.engine).has_table(TABLE.name):
        return 0, 0
    query = sa.select(sa.func.count(), sa.func.max(TABLE.c.id)).where(TABLE.c.kind == kind)
    with casebook.engine.connect() as tx:
        n, last = tx.execute(query).one()
    return int(n), int(last or 0)


def last(casebook: Casebook, kind: str) -> int:
    """Id of the last row of a kind, 0 where there is none: whether to look again. :param kind: as for `writings`"""
    if not sa.inspect(casebook.engine).has_table(TABLE.name):
        return 0
    with casebook.engine.connect() as tx:
        return int(tx.execute(sa.select(sa.func.max(TABLE.c.id)).where(_of(kind))).scalar() or 0)


def writings(
    casebook: Casebook, kind: str, readable: Collection[str], *, known_on: str | None = None, under: str = "",
    after: int = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of a kind that may be read, oldest first: id, key, content, labels, by, at.

    :param kind: one, or all that begin so where it ends in ``/``
    :param readable: ids of labels; :param known_on: ISO time with its offset in UTC; rows of up to then
    :param under: only rows whose key begins so; :param after: only rows after the one of this id
    """
    if not sa.inspect(casebook.engine).has_table(TABLE.name):
        return []
    query = sa.select(TABLE).where(_of(kind)).order_by(TABLE.c.id)
    if known_on is not None:
        then = dt.datetime.fromisoformat(known_on).astimezone(dt.UTC).isoformat(timespec="microseconds")
        query = query.where(TABLE.c.at <= then)
    if under:
        query = query.where(_begins(TABLE.c.key, under))
    if after:
        query = query.where(TABLE.c.id > after)
    with casebook.engine.connect() as tx:
        rows = _rows(tx, query)
    may = set(readable)
    opened: dict[str, bool] = {}
    for row in rows:
        if row["labels"] not in opened:
            opened[row["labels"]] = set(json.loads(row["labels"])) <= may
    return [_told(row) for row in rows if opened[row["labels"]]]


def _rows(tx: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(query).mappings()]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "content": json.loads(row["content"]), "labels": json.loads(row["labels"])}


def _of(kind: str) -> sa.ColumnElement[bool]:
    return _begins(TABLE.c.kind, kind) if kind.endswith("/") else TABLE.c.kind == kind


def _begins(column: sa.Column[str], start: str) -> sa.ColumnElement[bool]:
    """In a form that an index serves."""
    return (column >= start) & (column < start[:-1] + chr(ord(start[-1]) + 1))
