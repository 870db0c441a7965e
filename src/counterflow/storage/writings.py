"""What analysts write: hypotheses, evidence, ratings, edited reports. Append-only, in the casebook.

Invariant: nothing is changed or erased. What is in force of a key is its last row that the reader may read, and a row
may be read only by who may read every label that it bears: a later, narrower row never shows to others, not even by
taking the place of the one before.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from counterflow.model.handling import Label
    from counterflow.storage.sql import Casebook

__all__ = ["newest", "write", "writings"]

_table = sa.Table(
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


def write(
    casebook: Casebook, rows: Sequence[tuple[str, str, Mapping[str, Any]]], labels: Sequence[Sequence[Label]], who: str
) -> str:
    """Append (kind, key, content) rows, all or none; on the audit log. Returns the time they bear.

    :param labels: of each row, everything that it was made from
    """
    at = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    _table.create(casebook.engine, checkfirst=True)  # workspaces of before there was one
    with casebook.engine.begin() as tx:
        for (kind, key, content), own in zip(rows, labels, strict=True):
            casebook.intern(tx, own)
            ids = json.dumps(sorted({label.id for label in own}))
            text = json.dumps(content, ensure_ascii=False, sort_keys=True)
            tx.execute(sa.insert(_table).values(kind=kind, key=key, content=text, labels=ids, by=who, at=at))
            casebook.log(tx, who, "write", {"kind": kind, "key": key})
    return at


def newest(casebook: Casebook, kind: str) -> tuple[int, int]:
    """Number of rows of a kind and the id of the last: what was read at the same two is still all there is."""
    if not sa.inspect(casebook.engine).has_table(_table.name):
        return 0, 0
    query = sa.select(sa.func.count(), sa.func.max(_table.c.id)).where(_table.c.kind == kind)
    with casebook.engine.connect() as tx:
        n, last = tx.execute(query).one()
    return int(n), int(last or 0)


def writings(
    casebook: Casebook, kind: str, readable: Collection[str], *, known_on: str | None = None
) -> list[dict[str, Any]]:
    """Rows of a kind that may be read, oldest first: id, key, content, labels, by, at.

    :param readable: ids of labels; :param known_on: ISO time with its offset in UTC; rows of up to then
    """
    if not sa.inspect(casebook.engine).has_table(_table.name):
        return []
    query = sa.select(_table).where(_table.c.kind == kind).order_by(_table.c.id)
    if known_on is not None:
        then = dt.datetime.fromisoformat(known_on).astimezone(dt.UTC).isoformat(timespec="microseconds")
        query = query.where(_table.c.at <= then)
    with casebook.engine.connect() as tx:
        rows = [dict(row) for row in tx.execute(query).mappings()]
    told = [{**row, "content": json.loads(row["content"]), "labels": json.loads(row["labels"])} for row in rows]
    return [row for row in told if set(row["labels"]) <= set(readable)]
