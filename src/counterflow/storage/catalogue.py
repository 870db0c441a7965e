"""Tables of the casebook. Those in `LABELLED` bear labels: whoever reads them reads through `storage.walls`."""

from __future__ import annotations

import sqlalchemy as sa

__all__ = [
    "LABELLED",
    "META",
    "batches",
    "held",
    "judgements",
    "labels",
    "quarantine",
    "segments",
    "settings",
    "tombstones",
    "writings",
]

META = sa.MetaData()

settings = sa.Table("meta", META, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String))
labels = sa.Table(
    "labels", META, sa.Column("label_id", sa.String, primary_key=True), sa.Column("content", sa.Text, nullable=False)
)
batches = sa.Table(
    "batches",
    META,
    sa.Column("batch_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("reader", sa.String, nullable=False),
    sa.Column("files", sa.Text, nullable=False),  # JSON: [{name, sha256}]
    sa.Column("fingerprint", sa.String, nullable=False),  # of files and reading options: the same again is a no-op
    sa.Column("counts", sa.Text, nullable=False),  # JSON
    sa.Column("descriptor", sa.Text, nullable=False),  # JSON
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("recorded_at", sa.String, nullable=False),
    sa.Column("labels", sa.Text),  # JSON: ids of all that came with it; all of them must be readable
)
segments = sa.Table(
    "segments",
    META,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("table", sa.String, nullable=False),
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("batches.batch_id"), nullable=False),
    sa.Column("recorded_at", sa.String),  # of its batch, which may bear other labels too
)
quarantine = sa.Table(
    "quarantine",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("batches.batch_id"), nullable=False),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("line", sa.Integer),
    sa.Column("field", sa.String),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("label_id", sa.String, nullable=False),
)
held = sa.Table(
    "held",
    META,
    sa.Column("held_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("reader", sa.String, nullable=False),
    sa.Column("file", sa.String, nullable=False),  # what the file or folder was called
    sa.Column("files", sa.Text, nullable=False),  # JSON: [{name, sha256}]
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),  # JSON
    sa.Column("descriptor", sa.Text, nullable=False),  # JSON
    sa.Column("failed", sa.Text, nullable=False),  # JSON: [{rule, found, reason}]
    sa.Column("own_label_id", sa.String, nullable=False),  # label of the dataset's own records
    sa.Column("label_id", sa.String, nullable=False),  # the strictest of all that it holds: who may know of it
    sa.Column("held_at", sa.String, nullable=False),
    sa.Column("decided", sa.String),  # accepted or rejected; null: it waits
)
judgements = sa.Table(
    "judgements",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("left", sa.String, nullable=False),
    sa.Column("right", sa.String, nullable=False),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("withdrawn_at", sa.String),
)
writings = sa.Table(
    "writings",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON
    sa.Column("labels", sa.Text, nullable=False),  # JSON: ids; all of them must be readable
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)

sa.Index("writings_by_key", writings.c.key)
sa.Index("writings_by_kind", writings.c.kind)

tombstones = sa.Table(
    "tombstones",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("table", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),  # the record's id, which is a hash of what it said
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)

LABELLED = (labels, batches, segments, quarantine, held, judgements, writings, tombstones)
"""A row may be read by who may read its ``label_id``, and every one of its ``labels`` where it has such a column."""
