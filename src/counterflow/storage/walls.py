"""The second wall: a reading connection on which the engine itself refuses rows that its audience may not read.

Invariant: whatever statement is sent on such a connection, no row comes back whose labels `storage.policy` does not
open for the audience; without an audience none comes back at all.

SQLite has no row security, but asks an authorizer before it compiles a statement. Base tables may be read only by views
of our own; their names are random for each connection and the schema cannot be read, for a common table expression of
the same name would pass for the view. PostgreSQL has row security: forced, for a role that cannot switch it off and on
a context that holds for one transaction and is signed, since whoever can send a statement could set another.

It stands behind the first wall, which asks for nothing else. It is no leave to run statements of strangers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from counterflow.errors import WorkspaceError
from counterflow.model.handling import Audience, Label
from counterflow.storage import catalogue, policy
from counterflow.storage.records import Records

__all__ = ["Postgres", "Sqlite", "raise_wall"]

ROLE = "counterflow_reader"
"""Role of PostgreSQL that reads for an audience. It owns nothing and cannot log in."""

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


class Postgres(Records):
    """A casebook of PostgreSQL as an audience may read it.

    :param engine: of its own: none of its transactions ever writes; :param key: that contexts are signed with
    """

    def __init__(
        self, engine: sa.Engine, key: bytes, audience: Audience, parsed: dict[str, Label] | None = None
    ) -> None:
        super().__init__(parsed)
        self._engine, self._key, self._audience = engine, key, audience

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that reads, as the role that can do nothing else, for the audience."""
        said = json.dumps(policy.asked(self._audience, policy.today()))
        context = signed(self._key, said)
        with self._engine.begin() as tx:
            tx.execute(_ENTER, {"context": context, "role": ROLE})
            yield tx

    def close(self) -> None:
        """Nothing is held."""


_ENTER = sa.text(
    "SELECT set_config('transaction_read_only', 'on', true), set_config('counterflow.audience', :context, true),"
    # few rows: look up the labels of these, instead of deciding about all; and compiling costs more than it saves
    " set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true), set_config('role', :role, true)"
)


def signed(key: bytes, said: str) -> str:
    """A context that `counterflow_context` takes. The key is two: hashed once, a text could be extended."""
    inner = hashlib.sha256(key[:32] + said.encode()).digest()
    return hashlib.sha256(key[32:] + inner).hexdigest() + said


_POSTGRES = """
CREATE TABLE IF NOT EXISTS {schema}.context_key (key bytea NOT NULL);
CREATE OR REPLACE FUNCTION {schema}.counterflow_context() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1
SET search_path = pg_catalog AS $body$
DECLARE
    given text := current_setting('counterflow.audience');
    secret bytea := (SELECT key FROM {schema}.context_key);
    said text := substr(given, 65);
BEGIN
    IF secret IS NULL OR encode(sha256(substr(secret, 33) || sha256(substr(secret, 1, 32) || convert_to(said, 'UTF8'))),
            'hex') <> left(given, 64) THEN
        RAISE EXCEPTION 'no audience: this transaction has no signed context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN said::jsonb;
END $body$;
CREATE OR REPLACE FUNCTION {schema}.counterflow_words(word text) RETURNS jsonb LANGUAGE sql STABLE COST 1
SET search_path = pg_catalog AS $body$
    SELECT coalesce(jsonb_object_agg(one, true), '{{}}')
    FROM jsonb_array_elements_text({schema}.counterflow_context() -> word) AS one
$body$;
CREATE OR REPLACE FUNCTION {schema}.counterflow_said(word text) RETURNS text LANGUAGE sql STABLE COST 1
SET search_path = pg_catalog AS $body$ SELECT {schema}.counterflow_context() ->> word $body$;
GRANT USAGE ON SCHEMA {schema} TO {role};
"""

_SECURE = """
ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {schema}.{table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS counterflow_writes ON {schema}.{table};
CREATE POLICY counterflow_writes ON {schema}.{table} TO CURRENT_USER
    USING (current_setting('counterflow.writing', true) = 'on')
    WITH CHECK (current_setting('counterflow.writing', true) = 'on');
DROP POLICY IF EXISTS counterflow_reads ON {schema}.{table};
CREATE POLICY counterflow_reads ON {schema}.{table} FOR SELECT TO {role}
    USING (CASE WHEN current_user = '{role}' THEN {condition} ELSE false END);
GRANT SELECT ON {schema}.{table} TO {role};
"""


def raise_wall(engine: sa.Engine) -> bytes:
    """Set up row security, harmless where it stands; returns the key that contexts are signed with.

    :raises WorkspaceError: the database's user may not create the role that reads, and nobody else has
    """
    with engine.begin() as tx:
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('counterflow wall'))"))
        _role(tx)
        schema = tx.execute(sa.text("SELECT quote_ident(current_schema())")).scalar()
        run = tx.connection.cursor().execute  # as it stands: ':' and '%' of SQL are no parameters
        run(_POSTGRES.format(schema=schema, role=ROLE))
        for table in (policy.rules, *catalogue.LABELLED):
            condition = policy.predicate(policy.POSTGRESQL) if table is policy.rules else _postgres_condition(table)
            run(_SECURE.format(schema=schema, table=table.name, role=ROLE, condition=condition))
        key = tx.execute(sa.text("SELECT key FROM context_key")).scalar()
        if key is None:
            key = secrets.token_bytes(64)
            tx.execute(sa.text("INSERT INTO context_key VALUES (:key)"), {"key": key})
    return bytes(key)


def _role(tx: sa.Connection) -> None:
    found = tx.execute(
        sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": ROLE}
    ).scalar()
    if found:
        raise WorkspaceError(
            f"The role {ROLE} may pass by row security. Run: ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS"
        )
    try:
        with tx.begin_nested():
            if found is None:
                tx.execute(sa.text(f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS"))
            if not tx.execute(sa.text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": ROLE}).scalar():
                tx.execute(sa.text(f"GRANT {ROLE} TO CURRENT_USER"))
    except sa.exc.ProgrammingError as e:
        user = tx.execute(sa.text("SELECT current_user")).scalar()
        raise WorkspaceError(
            f"The casebook's user may not make the role that reads for an audience. Let an administrator run once:"
            f" CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO {user}"
        ) from e


def _postgres_condition(table: sa.Table) -> str:
    said = []
    if "label_id" in table.c:
        said.append(f"EXISTS (SELECT 1 FROM rules WHERE rules.label_id = {table.name}.label_id)")  # noqa: S608
    if "labels" in table.c:
        ids = f"jsonb_array_elements_text({table.name}.labels::jsonb) AS one (id)"
        shut = "NOT EXISTS (SELECT 1 FROM rules WHERE rules.label_id = one.id)"
        said.append(f"labels IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {ids} WHERE {shut})")  # noqa: S608
    return " AND ".join(said)
