"""The casebook: decisions and the catalogue, in SQLite (WAL) or, by URL, PostgreSQL.

Invariant: what the ledger holds is what this catalogue has committed. One transaction commits a batch: its segments,
labels, quarantine and audit entry, all or nothing.

`writing` is the one lock of a workspace: one writer at a time, readers never wait. It is released when the process
ends, however it ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from counterflow.errors import WorkspaceError
from counterflow.model.handling import Label
from counterflow.storage import audit_checks
from counterflow.storage.audit import AuditLog
from counterflow.storage.lock import held

if TYPE_CHECKING:
    from counterflow.storage.ports import Segment

__all__ = ["BATCHES", "JUDGEMENTS", "QUARANTINE", "SEGMENTS", "Casebook"]

LAYOUT = "1"
"""Layout of a workspace. A newer one is refused, not guessed at."""

AT_ONCE = 10_000
"""Rows set aside that are sent in one statement."""

_meta = sa.MetaData()
_settings = sa.Table("meta", _meta, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String))
_labels = sa.Table(
    "labels", _meta, sa.Column("label_id", sa.String, primary_key=True), sa.Column("content", sa.Text, nullable=False)
)
BATCHES = sa.Table(
    "batches",
    _meta,
    sa.Column("batch_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("reader", sa.String, nullable=False),
    sa.Column("files", sa.Text, nullable=False),  # JSON: [{name, sha256}]
    sa.Column("fingerprint", sa.String, nullable=False),  # of files and reading options: the same again is a no-op
    sa.Column("counts", sa.Text, nullable=False),  # JSON
    sa.Column("descriptor", sa.Text, nullable=False),  # JSON
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("recorded_at", sa.String, nullable=False),
)
SEGMENTS = sa.Table(
    "segments",
    _meta,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("table", sa.String, nullable=False),
    sa.Column("label_id", sa.String, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("batches.batch_id"), nullable=False),
)
QUARANTINE = sa.Table(
    "quarantine",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("batches.batch_id"), nullable=False),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("line", sa.Integer),
    sa.Column("field", sa.String),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("label_id", sa.String, nullable=False),
)
_held = sa.Table(
    "held",
    _meta,
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
JUDGEMENTS = sa.Table(
    "judgements",
    _meta,
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


class Casebook:
    """Decisions and catalogue of one workspace. :param url: SQLAlchemy URL; :param folder: where the lock lies"""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        try:
            self.engine = sa.create_engine(url)
        except (sa.exc.ArgumentError, ImportError) as e:  # no URL, no such dialect, or its driver is not installed
            raise WorkspaceError(f"The casebook of {folder} cannot be opened: {e}") from e
        self._label_cache: dict[str, Label] = {}
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _sqlite_pragmas)
        self.audit_log = AuditLog(self.engine, folder)

    # -- life ----------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Make the tables; harmless where they exist."""
        _meta.create_all(self.engine)
        with self.engine.begin() as tx:
            if tx.execute(sa.select(_settings.c.value).where(_settings.c.key == "layout")).scalar() is None:
                tx.execute(sa.insert(_settings), [{"key": "layout", "value": LAYOUT}])
        self.audit_log.create()

    def check_layout(self) -> None:
        """Ready to be used. :raises WorkspaceError: not a casebook, or of a newer layout"""
        try:
            with self.engine.connect() as tx:
                found = tx.execute(sa.select(_settings.c.value).where(_settings.c.key == "layout")).scalar()
        except sa.exc.DatabaseError as e:
            raise WorkspaceError(f"{self.folder} does not hold a readable casebook ({e.__cause__}).") from e
        if found != LAYOUT:
            raise WorkspaceError(f"{self.folder} has layout {found}; this version reads layout {LAYOUT}. Upgrade it.")
        _meta.create_all(self.engine, [_held])  # workspaces of before there was one
        self.audit_log.create()
        self.audit_log.carry_over()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace's write lock. :raises WorkspaceError: another process is writing"""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(held(self.folder / "writer.lock"))
            except BlockingIOError as e:
                raise WorkspaceError(
                    f"Another process is writing to {self.folder}. Wait until it has ended, then try again."
                ) from e
            yield

    # -- labels --------------------------------------------------------------------------------------------------

    def labels(self) -> Mapping[str, Label]:
        """Every interned label by id."""
        with self.engine.connect() as tx:
            rows = tx.execute(sa.select(_labels.c.label_id, _labels.c.content)).all()
        for label_id, content in rows:
            if label_id not in self._label_cache:
                self._label_cache[label_id] = Label.from_dict(json.loads(content))
        return {label_id: self._label_cache[label_id] for label_id, _ in rows}

    def labels_of_records(self) -> set[str]:
        """Ids of the labels that something bears from which results are derived: segments, batches, judgements."""
        of = [sa.select(table.c.label_id) for table in (SEGMENTS, BATCHES, JUDGEMENTS)]
        with self.engine.connect() as tx:
            return set(tx.execute(sa.union(*of)).scalars())

    def intern(self, tx: sa.Connection, labels: Sequence[Label]) -> None:
        """Keep these labels, within a transaction; those that are known are left alone."""
        known = set(tx.execute(sa.select(_labels.c.label_id)).scalars())
        fresh = {label.id: label for label in labels if label.id not in known}
        if fresh:
            contents = [{"label_id": i, "content": json.dumps(x.to_dict())} for i, x in sorted(fresh.items())]
            tx.execute(sa.insert(_labels), contents)

    # -- catalogue -----------------------------------------------------------------------------------------------

    def segments(self, known_on: str | None = None) -> list[dict[str, Any]]:
        """Committed segments: table, label_id, path, rows, sha256. :param known_on: ISO time; committed by then"""
        c = SEGMENTS.c
        query = sa.select(c.table, c.label_id, c.path, c.rows, c.sha256).order_by(c.path)
        if known_on is not None:
            query = query.join(BATCHES).where(BATCHES.c.recorded_at <= _utc(known_on))
        with self.engine.connect() as tx:
            return [dict(row) for row in tx.execute(query).mappings()]

    def batches(self) -> list[dict[str, Any]]:
        """Committed batches, oldest first; files, counts and descriptor as data, `labels` of all that came with it."""
        with self.engine.connect() as tx:
            rows = [dict(row) for row in tx.execute(sa.select(BATCHES).order_by(BATCHES.c.batch_id)).mappings()]
            came = tx.execute(sa.select(SEGMENTS.c.batch_id, SEGMENTS.c.label_id).distinct()).all()
        for row in rows:
            row["labels"] = {row["label_id"], *(label for batch, label in came if batch == row["batch_id"])}
            row.update({key: json.loads(row[key]) for key in ("files", "counts", "descriptor")})
        return rows

    def quarantine(self) -> list[dict[str, Any]]:
        """Rows kept aside, with their batch's dataset, oldest first."""
        query = sa.select(QUARANTINE, BATCHES.c.dataset).join(BATCHES).order_by(QUARANTINE.c.id)
        with self.engine.connect() as tx:
            return [dict(row) for row in tx.execute(query).mappings()]

    def next_time(self) -> str:
        """A recording time later than any before, ISO 8601 UTC with microseconds."""
        with self.engine.connect() as tx:
            last = tx.execute(sa.select(sa.func.max(BATCHES.c.recorded_at))).scalar()
        now = dt.datetime.now(dt.UTC)
        if last is not None:
            now = max(now, dt.datetime.fromisoformat(last) + dt.timedelta(microseconds=1))
        return now.isoformat(timespec="microseconds")

    def commit_batch(
        self,
        batch: Mapping[str, Any],
        segments: Sequence[Segment],
        labels: Sequence[Label],
        quarantine: Iterable[Mapping[str, Any]],
        who: str,
        also: Callable[[sa.Connection], object] | None = None,
    ) -> None:
        """Commit what one ingest wrote: all of it or nothing. :param also: what else is done in the transaction"""
        row = {k: json.dumps(v, ensure_ascii=False, sort_keys=True) if k in _JSON else v for k, v in batch.items()}
        with self.engine.begin() as tx:
            self.intern(tx, labels)
            batch_id = tx.execute(sa.insert(BATCHES).values(**row)).inserted_primary_key[0]  # type: ignore[index]
            present = set(tx.execute(sa.select(SEGMENTS.c.path)).scalars())
            rows = [{**vars(s), "batch_id": batch_id} for s in segments if s.path not in present]
            if rows:
                tx.execute(sa.insert(SEGMENTS), rows)
            aside = iter(quarantine)
            while some := [{**q, "batch_id": batch_id} for q in islice(aside, AT_ONCE)]:
                tx.execute(sa.insert(QUARANTINE), some)
            if also is not None:
                also(tx)
            files = [f["sha256"] for f in batch["files"]]
            self.log(tx, who, "ingest", {"dataset": batch["dataset"], "files": files, "counts": batch["counts"]})

    # -- editions held back --------------------------------------------------------------------------------------

    def hold(self, row: Mapping[str, Any], labels: Sequence[Label], who: str) -> None:
        """Keep an edition that failed an assertion, until somebody decides; the same again is the same."""
        data = {k: json.dumps(v, ensure_ascii=False, sort_keys=True) if k in _JSON else v for k, v in row.items()}
        with self.engine.begin() as tx:
            waiting = _held.c.decided.is_(None) & (_held.c.fingerprint == row["fingerprint"])
            if tx.execute(sa.select(_held.c.held_id).where(waiting)).first() is None:
                self.intern(tx, labels)
                tx.execute(sa.insert(_held).values(**data))
                told = {k: row[k] for k in ("dataset", "file", "files", "failed")}
                self.log(tx, who, "hold", told)

    def held(self) -> list[dict[str, Any]]:
        """Editions that wait for a decision, oldest first; files, counts, descriptor and failed rules as data."""
        query = sa.select(_held).where(_held.c.decided.is_(None)).order_by(_held.c.held_id)
        with self.engine.connect() as tx:
            rows = [dict(row) for row in tx.execute(query).mappings()]
        return [{k: json.loads(v) if k in _JSON else v for k, v in row.items()} for row in rows]

    def decide(self, held: Mapping[str, Any], decided: str, who: str, reason: str) -> None:
        """Record what became of an edition that was held back. :param decided: accepted or rejected"""
        with self.engine.begin() as tx:
            tx.execute(sa.update(_held).where(_held.c.held_id == held["held_id"]).values(decided=decided))
            told = {k: held[k] for k in ("dataset", "file", "files", "failed")}
            self.log(tx, who, decided.removesuffix("ed"), {**told, "reason": reason})

    def drop_segments(self, paths: Sequence[str], who: str, reason: str) -> None:
        """Take segments out of the catalogue (expunge): the one legal rewrite, itself on the audit log."""
        with self.engine.begin() as tx:
            gone = tx.execute(sa.select(SEGMENTS.c.sha256).where(SEGMENTS.c.path.in_(paths))).scalars().all()
            tx.execute(sa.delete(SEGMENTS).where(SEGMENTS.c.path.in_(paths)))
            self.log(tx, who, "expunge", {"segments": sorted(gone), "reason": reason})

    # -- judgements ----------------------------------------------------------------------------------------------

    def judgements(self, known_on: str | None = None) -> list[dict[str, Any]]:
        """Judgements in force, oldest first. :param known_on: ISO time; those that were in force then"""
        c = JUDGEMENTS.c
        query = sa.select(JUDGEMENTS).order_by(c.id)
        if known_on is None:
            query = query.where(c.withdrawn_at.is_(None))
        else:
            then = _utc(known_on)
            query = query.where((c.at <= then) & (c.withdrawn_at.is_(None) | (c.withdrawn_at > then)))
        with self.engine.connect() as tx:
            return [{**row, "withdrawn_at": None} for row in tx.execute(query).mappings()]

    def judge(self, row: Mapping[str, Any], label: Label, who: str) -> None:
        """Record a judgement; an earlier one on the same pair is withdrawn, not erased."""
        pair = [(JUDGEMENTS.c.left == a) & (JUDGEMENTS.c.right == b)
                for a, b in ((row["left"], row["right"]), (row["right"], row["left"]))]  # fmt: skip
        with self.engine.begin() as tx:
            earlier = JUDGEMENTS.c.withdrawn_at.is_(None) & sa.or_(*pair)
            tx.execute(sa.update(JUDGEMENTS).where(earlier).values(withdrawn_at=row["at"]))
            if row["verdict"] != "withdrawn":
                self.intern(tx, [label])
                tx.execute(sa.insert(JUDGEMENTS).values(**row, label_id=label.id))
            self.log(tx, who, "judge", dict(row))

    # -- audit ---------------------------------------------------------------------------------------------------

    def audit(self, who: str, action: str, detail: Mapping[str, Any]) -> None:
        """Append one entry to the log."""
        with self.engine.begin() as tx:
            self.log(tx, who, action, detail)

    def audit_entries(self) -> list[dict[str, Any]]:
        """The whole log, oldest first."""
        return list(self.audit_log.entries())

    def verify_audit(self) -> list[str]:
        """What of the log is not as it was appended and signed, in words."""
        return audit_checks.problems(self.engine)

    def log(self, tx: sa.Connection, who: str, action: str, detail: Mapping[str, Any]) -> None:
        """Append one entry to the log, within a transaction."""
        self.audit_log.append(tx, [(who, action, detail)])


_JSON = frozenset({"files", "counts", "descriptor", "failed"})


def _utc(time: str) -> str:
    """An ISO time as recording times are written, so that the two compare as text."""
    return dt.datetime.fromisoformat(time).astimezone(dt.UTC).isoformat(timespec="microseconds")


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
