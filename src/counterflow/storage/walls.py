"""The second wall: a reading connection on which the engine itself refuses rows that its audience may not read.

Invariant: whatever statement is sent on such a connection, no row comes back whose labels `storage.policy` does not
open for the audience; without an audience none comes back at all.

SQLite has no row security, but asks an authorizer before it compiles a statement. Base tables may be read only by views
of our own; their names are random for each process and the schema cannot be read, for a common table expression of
the same name would pass for the view. PostgreSQL has row security: see `storage.row_security`.

It stands behind the first wall, which asks for nothing else. It is no leave to run statements of strangers.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from counterflow.model.handling import Audience, Label
from counterflow.storage import catalogue, policy
from counterflow.storage.memo import Memo
from counterflow.storage.records import Records

__all__ = ["Sqlite", "SqliteWall"]


KEPT = 16
"""Reading connections of SQLite that are kept open, whoever reads."""

_FUNCTIONS = frozenset({"count", "max", "min", "sum", "total", "avg", "length", "lower", "upper", "coalesce"})
"""Functions of SQLite that a reading connection may use."""


class SqliteWall:
    """Reading connections to one file. Each is one audience's at a time, and is told which before it is lent.

    :param path: of the database
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.mark = secrets.token_hex(8)
        self.names = {table.name: f"{table.name}_{self.mark}" for table in catalogue.LABELLED}
        # as many as asked for at once; so many are kept
        self.engine = sa.create_engine(
            "sqlite://", creator=self._connected, poolclass=sa.pool.QueuePool, pool_size=KEPT, max_overflow=-1
        )

    def _connected(self) -> _Connection:
        found = sqlite3.connect(
            f"file:{quote(self.path)}?mode=ro",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            cached_statements=256,
            factory=_Connection,
        )
        found.raise_wall(self.mark, self.names)
        return found


class _Connection(sqlite3.Connection):
    """A connection on which the labels of one audience are open."""

    building = True
    state: tuple[Any, ...] = ()
    mark = ""
    views: frozenset[str] = frozenset()

    def raise_wall(self, mark: str, names: Mapping[str, str]) -> None:
        """Put views in the place of tables; nothing is open yet."""
        self.mark, self.views = mark, frozenset(names.values())
        self.execute("PRAGMA busy_timeout=10000")
        self.execute(f"CREATE TEMP TABLE open_{mark} (label_id TEXT PRIMARY KEY) WITHOUT ROWID")
        for table in catalogue.LABELLED:
            columns = ", ".join(f'"{c.name}"' for c in table.columns)
            self.execute(
                f"CREATE TEMP VIEW {names[table.name]} AS SELECT {columns} FROM main.{table.name}"  # noqa: S608
                f" WHERE {_sqlite_condition(table, f'open_{mark}')}"
            )
        self.set_authorizer(self._authorize)

    def open_for(self, audience: Audience) -> None:
        """Decide anew where the audience, the casebook or the day is another than when it was decided last."""
        self.building = True
        try:
            # the mark keeps the statement, once compiled, from being asked for by anybody else
            [version] = self.execute(f"PRAGMA data_version -- {self.mark}").fetchone()
            day = policy.today()
            if self.state != (audience, version, day):
                self.state = ()
                self.execute(f"DELETE FROM open_{self.mark}")  # noqa: S608
                self.execute(
                    f"INSERT INTO open_{self.mark} SELECT label_id FROM main.rules WHERE "  # noqa: S608
                    + policy.predicate(policy.SQLITE),
                    policy.bound(audience, day),
                )
                self.state = audience, version, day
        finally:
            self.building = False

    def _authorize(self, action: int, first: str | None, second: str | None, _db: str | None, by: str | None) -> int:
        """Whether SQLite may go on. :param by: the view that asks, where one does"""
        if self.building or action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (first in self.views or by in self.views):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


class Sqlite(Records):
    """A casebook of SQLite as an audience may read it."""

    def __init__(
        self, wall: SqliteWall, audience: Audience, parsed: dict[str, Label] | None = None,
        memo: Memo | None = None, generation: Callable[[], int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parsed, memo, generation)
        self._wall, self._audience = wall, audience

    def seen(self, table: sa.Table) -> Any:
        """The view in a table's place."""
        return sa.table(self._wall.names[table.name], *(sa.column(c.name, c.type) for c in table.columns))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection, with the labels that are open now."""
        with self._wall.engine.connect() as tx:
            lent: Any = tx.connection.dbapi_connection
            lent.open_for(self._audience)
            yield tx

    def close(self) -> None:
        """Nothing is held: the wall has the connections."""


def _sqlite_condition(table: sa.Table, opened: str) -> str:
    said = []
    if "label_id" in table.c:
        said.append(f"label_id IN (SELECT label_id FROM {opened})")  # noqa: S608
    if "labels" in table.c:
        every = f"SELECT 1 FROM json_each(labels) WHERE value NOT IN (SELECT label_id FROM {opened})"  # noqa: S608
        said.append(f"labels IS NOT NULL AND NOT EXISTS ({every})")
    return " AND ".join(said)
