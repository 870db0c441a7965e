"""The second wall: a reading connection on which the engine itself refuses rows that its audience may not read.

Invariant: whatever statement is sent on such a connection, no row comes back whose labels `storage.policy` does not
open for the audience; without an audience none comes back at all.

SQLite has no row security, but asks an authorizer before it compiles a statement. Base tables may be read only by views
of our own; their names are random for each connection and the schema cannot be read, for a common table expression of
the same name would pass for the view. PostgreSQL has row security: see `storage.row_security`.

It stands behind the first wall, which asks for nothing else. It is no leave to run statements of strangers.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from counterflow.model.handling import Audience, Label
from counterflow.storage import catalogue, policy
from counterflow.storage.records import Records

__all__ = ["Sqlite"]

_FUNCTIONS = frozenset({"count", "max", "min", "sum", "total", "avg", "length", "lower", "upper", "coalesce"})
"""Functions of SQLite that a reading connection may use."""


class Sqlite(Records):
    """A casebook of SQLite as an audience may read it. Threads take turns.

    :param path: of the database
    """

    def __init__(self, path: str, audience: Audience, parsed: dict[str, Label] | None = None) -> None:
        super().__init__(parsed)
        self._audience = audience
        self._lock = threading.RLock()
        self._building = True
        self._state: tuple[Any, ...] = ()
        self._mark = secrets.token_hex(8)
        self._names = {table.name: f"{table.name}_{self._mark}" for table in catalogue.LABELLED}
        self._db = sqlite3.connect(
            f"file:{quote(path)}?mode=ro",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            cached_statements=256,
        )
        self._db.execute("PRAGMA busy_timeout=10000")
        self._db.execute(f"CREATE TEMP TABLE open_{self._mark} (label_id TEXT PRIMARY KEY) WITHOUT ROWID")
        for table in catalogue.LABELLED:
            columns = ", ".join(f'"{c.name}"' for c in table.columns)
            self._db.execute(
                f"CREATE TEMP VIEW {self._names[table.name]} AS SELECT {columns} FROM main.{table.name}"  # noqa: S608
                f" WHERE {_sqlite_condition(table, f'open_{self._mark}')}"
            )
        self._views = frozenset(self._names.values())
        self._db.set_authorizer(self._authorize)
        self._engine = sa.create_engine("sqlite://", creator=lambda: self._db, poolclass=sa.pool.StaticPool)
        self._engine.connect().close()  # SQLAlchemy asks a new connection what it is
        self._building = False

    def seen(self, table: sa.Table) -> Any:
        """The view in a table's place."""
        return sa.table(self._names[table.name], *(sa.column(c.name, c.type) for c in table.columns))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """The connection, with the labels that are open now."""
        with self._lock:
            self._refresh()
            with self._engine.connect() as tx:
                yield tx

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._engine.dispose()
            self._db.close()

    def _refresh(self) -> None:
        """Decide anew where the casebook, or the day, is another than when it was decided last."""
        self._building = True
        try:
            # the mark keeps the statement, once compiled, from being asked for by anybody else
            [version] = self._db.execute(f"PRAGMA data_version -- {self._mark}").fetchone()
            day = policy.today()
            if self._state != (version, day):
                self._db.execute(f"DELETE FROM open_{self._mark}")  # noqa: S608
                self._db.execute(
                    f"INSERT INTO open_{self._mark} SELECT label_id FROM main.rules WHERE "  # noqa: S608
                    + policy.predicate(policy.SQLITE),
                    policy.bound(self._audience, day),
                )
                self._state = (version, day)
        finally:
            self._building = False

    def _authorize(self, action: int, first: str | None, second: str | None, _db: str | None, by: str | None) -> int:
        """Whether SQLite may go on. :param by: the view that asks, where one does"""
        if self._building or action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (first in self._views or by in self._views):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


def _sqlite_condition(table: sa.Table, opened: str) -> str:
    said = []
    if "label_id" in table.c:
        said.append(f"label_id IN (SELECT label_id FROM {opened})")  # noqa: S608
    if "labels" in table.c:
        every = f"SELECT 1 FROM json_each(labels) WHERE value NOT IN (SELECT label_id FROM {opened})"  # noqa: S608
        said.append(f"labels IS NOT NULL AND NOT EXISTS ({every})")
    return " AND ".join(said)
