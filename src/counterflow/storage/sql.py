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
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from counterflow import clock
from counterflow.errors import Busy, NoRoom, WorkspaceError
from counterflow.storage import audit_checks, catalogue, policy
from counterflow.storage.audit import AuditLog
from counterflow.storage.completing import complete
from counterflow.storage.generation import generation, generations
from counterflow.storage.lock import held
from counterflow.storage.records import JSON, Records
from counterflow.storage.row_security import Postgres, reading_engine, row_security
from counterflow.storage.together import Together
from counterflow.storage.walls import Sqlite, SqliteWall

if TYPE_CHECKING:
    from counterflow.model.handling import Audience, Label
    from counterflow.storage.ports import Segment

__all__ = ["Casebook"]

LAYOUT = "1"
"""Layout of a workspace. A newer one is refused, not guessed at."""

READERS = 1000
"""Audiences whose reading sides are remembered."""

AT_A_TIME = 40
"""Connections kept open: as many as a server has threads."""

FEW = 500
"""Fewer labels than so many are asked for by name."""

AT_ONCE = 10_000
"""Rows set aside that are sent in one statement."""


_PURGES = sa.select(catalogue.settings.c.value).where(catalogue.settings.c.key == "purges")


class Casebook(Records):
    """Decisions and catalogue of one workspace.

    :param url: SQLAlchemy URL; :param folder: where the lock lies
    :param reader: URL of another user of the same PostgreSQL, who can do nothing but read for an audience
    """

    def __init__(self, url: str, folder: Path, reader: str = "") -> None:
        self.folder = folder
        try:
            self.engine = sa.create_engine(url, pool_size=AT_A_TIME)
        except (sa.exc.ArgumentError, ImportError) as e:  # no URL, no such dialect, or its driver is not installed
            raise WorkspaceError(f"The casebook of {folder} cannot be opened: {e}") from e
        super().__init__(generation=lambda: generation(self.engine))
        self._readers: OrderedDict[Audience, Postgres | Sqlite] = OrderedDict()
        self._opening = threading.Lock()
        self._wall: SqliteWall | None = None
        self._reading_engine: sa.Engine | None = None
        self._reading_url = reader
        self._key = b""
        sqlite = self.engine.dialect.name == "sqlite"
        sa.event.listen(self.engine, "connect", _sqlite_pragmas if sqlite else _postgres_writes)
        sa.event.listen(self.engine, "handle_error", self._said)
        self.audit_log = AuditLog(self.engine, folder)
        self._turn = threading.RLock()
        self._asked = Together(self._turn, self._append)

    def _said(self, context: sa.ExceptionContext) -> None:
        """What the machine ran out of, in words.

        :raises NoRoom: the disk is full; :raises WorkspaceError: it cannot be written
        """
        told = str(context.original_exception)
        if "disk is full" in told or NoRoom.told_by(context.original_exception):
            raise NoRoom from context.original_exception
        if "readonly database" in told or "disk I/O error" in told:
            raise WorkspaceError(f"The workspace cannot be written ({told}).") from context.original_exception

    # -- life ----------------------------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether the database holds a casebook. :raises WorkspaceError: it cannot be opened"""
        try:
            return sa.inspect(self.engine).has_table(catalogue.settings.name)
        except sa.exc.DatabaseError as e:
            raise WorkspaceError(f"The casebook of {self.folder} cannot be opened: {e.__cause__}") from e

    def create(self) -> None:
        """Make the tables; harmless where they exist."""
        self._tables()
        with self.engine.begin() as tx:
            if (
                tx.execute(sa.select(catalogue.settings.c.value).where(catalogue.settings.c.key == "layout")).scalar()
                is None
            ):
                tx.execute(sa.insert(catalogue.settings), [{"key": "layout", "value": LAYOUT}])

    def check_layout(self) -> None:
        """Ready to be used. :raises WorkspaceError: not a casebook, or of a newer layout"""
        try:
            with self.engine.connect() as tx:
                found = tx.execute(
                    sa.select(catalogue.settings.c.value).where(catalogue.settings.c.key == "layout")
                ).scalar()
        except sa.exc.DatabaseError as e:
            raise WorkspaceError(f"{self.folder} does not hold a readable casebook ({e.__cause__}).") from e
        if found != LAYOUT:
            raise WorkspaceError(f"{self.folder} has layout {found}; this version reads layout {LAYOUT}. Upgrade it.")
        self._tables()
        self.audit_log.carry_over()

    def close(self) -> None:
        """Give the connections back."""
        with self._opening:
            while self._readers:
                self._readers.popitem()[1].close()
            if self._wall is not None:
                self._wall.engine.dispose()
            if self._reading_engine is not None:
                self._reading_engine.dispose()
        self.engine.dispose()

    def _tables(self) -> None:
        """Make what is not there yet: all of it, or what workspaces of before lack."""
        self.audit_log.create()  # first: whoever changes something waits for it
        catalogue.META.create_all(self.engine)
        policy.rules.create(self.engine, checkfirst=True)
        complete(self.engine)
        generations(self.engine)
        if self.engine.dialect.name != "sqlite":
            self._key = row_security(self.engine)

    # -- reading -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to all of it: for what writes, and for what checks it. What is shown to anybody is read by
        `reader`."""
        with self.engine.connect() as tx:
            yield tx

    def reader(self, audience: Audience) -> Postgres | Sqlite:
        """The reading side for an audience: the engine itself refuses what it may not read."""
        with self._opening:
            found = self._readers.get(audience)
            if found is None:
                found = self._readers[audience] = self._walled(audience)
            self._readers.move_to_end(audience)
            if len(self._readers) > READERS:
                self._readers.popitem(last=False)
        return found

    def _walled(self, audience: Audience) -> Postgres | Sqlite:
        if self.engine.dialect.name == "sqlite":
            self._wall = self._wall or SqliteWall(str(self.engine.url.database))
            return Sqlite(self._wall, audience, self._parsed, self._memo, self._generation)
        if self._reading_engine is None:
            self._reading_engine = reading_engine(self._reading_url or self.engine.url)
        if not self._key:
            self._key = row_security(self.engine)
        return Postgres(
            self._reading_engine, self.engine, self._key, audience, self._parsed, self._memo, self._generation
        )

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace's write lock. :raises Busy: another process is writing"""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(held(self.folder / "writer.lock"))
            except BlockingIOError as e:
                raise Busy(self.folder) from e
            except OSError as e:
                raise NoRoom if NoRoom.told_by(e) else WorkspaceError(f"The workspace cannot be written ({e}).") from e
            yield

    @contextlib.contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """A transaction that writes. Threads take turns: SQLite lets those who wait try again now and then."""
        with self._turn, self.engine.begin() as tx:
            yield tx

    # -- labels --------------------------------------------------------------------------------------------------

    def intern(self, tx: sa.Connection, labels: Sequence[Label]) -> None:
        """Keep these labels, within a transaction; those that are known are left alone."""
        wanted = {label.id: label for label in labels}

        id = catalogue.labels.c.label_id
        query = sa.select(id).where(id.in_(wanted)) if len(wanted) < FEW else sa.select(id)

        def unknown() -> dict[str, Label]:
            known = set(tx.execute(query).scalars())
            return {id: label for id, label in wanted.items() if id not in known}

        if unknown():
            self.audit_log.hold(tx)  # two may bring the same at once
        if fresh := unknown():
            contents = [{"label_id": i, "content": json.dumps(x.to_dict())} for i, x in sorted(fresh.items())]
            tx.execute(sa.insert(catalogue.labels), contents)
            tx.execute(sa.insert(policy.rules), [policy.rule(i, x) for i, x in sorted(fresh.items())])

    # -- catalogue -----------------------------------------------------------------------------------------------

    def next_time(self) -> str:
        """A recording time later than any before, ISO 8601 UTC with microseconds."""
        with self.engine.connect() as tx:
            last = tx.execute(sa.select(sa.func.max(catalogue.batches.c.recorded_at))).scalar()
        now = clock.now()
        if last is not None:
            now = max(now, dt.datetime.fromisoformat(last) + dt.timedelta(microseconds=1))
        return now.isoformat(timespec="microseconds")

    def purges(self) -> int:
        """How often something was purged. Whoever began at another number reads anew: files that they know of have
        gone, and what they have made may hold what was in them."""

        def read() -> int:
            with self.engine.connect() as tx:
                return int(tx.execute(_PURGES).scalar() or 0)

        return self.standing("purges", read)

    def purging(self, tx: sa.Connection) -> None:
        """Count one more, within the transaction of the purge."""
        c, n = catalogue.settings.c, int(tx.execute(_PURGES).scalar() or 0)
        if n:
            tx.execute(sa.update(catalogue.settings).where(c.key == "purges").values(value=str(n + 1)))
        else:
            tx.execute(sa.insert(catalogue.settings).values(key="purges", value="1"))

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
        row = {k: json.dumps(v, ensure_ascii=False, sort_keys=True) if k in JSON else v for k, v in batch.items()}
        with self.changing() as tx:
            self.intern(tx, labels)
            came = json.dumps(sorted({batch["label_id"], *(s.label_id for s in segments)}))
            committed = tx.execute(sa.insert(catalogue.batches).values(**row, labels=came))
            batch_id = committed.inserted_primary_key[0]  # type: ignore[index]
            present = set(tx.execute(sa.select(catalogue.segments.c.path)).scalars())
            told = {"batch_id": batch_id, "recorded_at": batch["recorded_at"]}
            rows = [{**vars(s), **told} for s in segments if s.path not in present]
            if rows:
                tx.execute(sa.insert(catalogue.segments), rows)
            aside = iter(quarantine)
            while some := [{**q, "batch_id": batch_id} for q in islice(aside, AT_ONCE)]:
                tx.execute(sa.insert(catalogue.quarantine), some)
            if also is not None:
                also(tx)
            files = [f["sha256"] for f in batch["files"]]
            self.log(tx, who, "ingest", {"dataset": batch["dataset"], "files": files, "counts": batch["counts"]})

    # -- editions held back --------------------------------------------------------------------------------------

    def hold(self, row: Mapping[str, Any], labels: Sequence[Label], who: str) -> None:
        """Keep an edition that failed an assertion, until somebody decides; the same again is the same."""
        data = {k: json.dumps(v, ensure_ascii=False, sort_keys=True) if k in JSON else v for k, v in row.items()}
        with self.changing() as tx:
            waiting = catalogue.held.c.decided.is_(None) & (catalogue.held.c.fingerprint == row["fingerprint"])
            if tx.execute(sa.select(catalogue.held.c.held_id).where(waiting)).first() is None:
                self.intern(tx, labels)
                tx.execute(sa.insert(catalogue.held).values(**data))
                told = {k: row[k] for k in ("dataset", "file", "files", "failed")}
                self.log(tx, who, "hold", told)

    def decide(self, held: Mapping[str, Any], decided: str, who: str, reason: str) -> None:
        """Record what became of an edition that was held back. :param decided: accepted or rejected"""
        with self.changing() as tx:
            tx.execute(
                sa.update(catalogue.held).where(catalogue.held.c.held_id == held["held_id"]).values(decided=decided)
            )
            told = {k: held[k] for k in ("dataset", "file", "files", "failed")}
            self.log(tx, who, decided.removesuffix("ed"), {**told, "reason": reason})

    def drop_segments(self, paths: Sequence[str], who: str, reason: str) -> None:
        """Take segments out of the catalogue (expunge): the one legal rewrite, itself on the audit log."""
        with self.changing() as tx:
            gone = (
                tx.execute(sa.select(catalogue.segments.c.sha256).where(catalogue.segments.c.path.in_(paths)))
                .scalars()
                .all()
            )
            tx.execute(sa.delete(catalogue.segments).where(catalogue.segments.c.path.in_(paths)))
            self.log(tx, who, "expunge", {"segments": sorted(gone), "reason": reason})

    # -- judgements ----------------------------------------------------------------------------------------------

    def judge(self, row: Mapping[str, Any], label: Label, who: str) -> None:
        """Record a judgement. An earlier one on the same pair is neither erased nor marked: who may not read this one
        goes on reading that one."""
        with self.changing() as tx:
            self.intern(tx, [label])
            tx.execute(sa.insert(catalogue.judgements).values(**row, label_id=label.id))
            self.log(tx, who, "judge", dict(row))

    # -- audit ---------------------------------------------------------------------------------------------------

    def audit(self, who: str, action: str, detail: Mapping[str, Any]) -> None:
        """Append one entry to the log; several threads' in one transaction."""
        self._asked.add((who, action, detail))

    def _append(self, entries: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        with self.changing() as tx:
            self.audit_log.append(tx, entries)

    def audit_entries(self) -> list[dict[str, Any]]:
        """The whole log, oldest first."""
        return list(self.audit_log.entries())

    def verify_audit(self) -> list[str]:
        """What of the log is not as it was appended and signed, in words."""
        return audit_checks.problems(self.engine)

    def log(self, tx: sa.Connection, who: str, action: str, detail: Mapping[str, Any]) -> None:
        """Append one entry to the log, within a transaction."""
        self.audit_log.append(tx, [(who, action, detail)])


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _postgres_writes(connection: Any, _record: Any) -> None:
    """Without this the tables' own owner reads and writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET counterflow.writing = 'on'")
    connection.commit()
