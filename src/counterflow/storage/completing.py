"""Casebooks of before: columns and rows that the tables have gained since, put in."""

from __future__ import annotations

import json

import sqlalchemy as sa

from counterflow.storage import catalogue, policy
from counterflow.storage.records import label_of

__all__ = ["complete"]

_ADDED = (catalogue.batches.c.labels, catalogue.segments.c.recorded_at)


def complete(engine: sa.Engine) -> None:
    """Add missing columns and fill them; make the rules of labels that have none. Harmless where all is there."""
    known = sa.inspect(engine)
    with engine.begin() as tx:
        for column in _ADDED:
            if column.name not in {c["name"] for c in known.get_columns(column.table.name)}:
                kind = column.type.compile(engine.dialect)
                tx.execute(sa.text(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind}"))
        _batches(tx)
        has = sa.exists().where(policy.rules.c.label_id == catalogue.labels.c.label_id)
        rows = [
            policy.rule(id, label_of(content)) for id, content in tx.execute(sa.select(catalogue.labels).where(~has))
        ]
        if rows:
            tx.execute(sa.insert(policy.rules), rows)


def _batches(tx: sa.Connection) -> None:
    b, s = catalogue.batches.c, catalogue.segments.c
    for id, own, at in tx.execute(sa.select(b.batch_id, b.label_id, b.recorded_at).where(b.labels.is_(None))).all():
        came = tx.execute(sa.select(s.label_id).where(s.batch_id == id).distinct()).scalars()
        labels = json.dumps(sorted({own, *came}))
        tx.execute(sa.update(catalogue.batches).where(b.batch_id == id).values(labels=labels))
        tx.execute(sa.update(catalogue.segments).where(s.batch_id == id).values(recorded_at=at))
