"""The second wall, of PostgreSQL: row security, forced, for a role that can do nothing but read.

What an audience may read is decided once for each label, by the policy compiled to SQL, and kept: `opened` holds a row
for each label that a *context* opens, an audience on one day. A row of any table is read if its label stands there
under the context of the transaction; what has not been decided yet is shut.

A context is named by a word that nobody can guess, made of a key that only the tables' owner can read. `opened` has
the word itself: a hash of it would guard nothing, since the key lies beside it, and had to be made for each statement.
Whoever can send a statement can set another word, and will read nothing by it. It is set for one transaction, which is
read-only and sees one state of the tables; if that state has labels that came after the context was decided, the
transaction begins again once they are decided. A connection that is lent again knows nothing of who had it before.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from counterflow.errors import WorkspaceError
from counterflow.model.handling import Audience, Label
from counterflow.storage import catalogue, policy
from counterflow.storage.memo import Memo
from counterflow.storage.records import Records

__all__ = ["ROLE", "Postgres", "context_of", "reading_engine", "row_security"]

ROLE = "counterflow_reader"
"""Role that reads for an audience. It owns nothing and cannot log in."""

TRIES = 20
"""How often a transaction begins again because labels came meanwhile."""


class Postgres(Records):
    """A casebook of PostgreSQL as an audience may read it.

    :param engine: of `reading_engine`; :param deciding: of the tables' owner; :param key: of `row_security`
    """

    def __init__(
        self, engine: sa.Engine, deciding: sa.Engine, key: bytes, audience: Audience,
        parsed: dict[str, Label] | None = None, memo: Memo | None = None,
        generation: Callable[[], int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parsed, memo, generation)
        self._engine, self._deciding, self._key, self._audience = engine, deciding, key, audience
        self._word = ("", "")

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that reads, as the role that can do nothing else, for the audience."""
        day, context = self._context()
        for _ in range(TRIES):
            with self._engine.begin() as tx:
                if _enter(tx, context):
                    yield tx
                    return
            self._decide(context, day)
        raise WorkspaceError("The casebook takes in new labels faster than it is decided who may read them. Try again.")

    def close(self) -> None:
        """Nothing is held."""

    def _context(self) -> tuple[str, str]:
        """Today, and the word for the audience on it."""
        day = policy.today()
        if self._word[0] != day:
            self._word = (day, context_of(self._key, self._audience, day))
        return self._word

    def _decide(self, context: str, day: str) -> None:
        """Decide about every label that came since this was done last; contexts of days gone by are forgotten."""
        before = (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
        given = {"context": context, "day": day, "before": before, **policy.bound(self._audience, day)}
        with self._deciding.begin() as tx:
            for statement in _DECIDE:
                tx.execute(statement, {name: given[name] for name in statement.compile().params})


_ENTER = (
    "PREPARE counterflow_enter (text) AS SELECT counterflow_decided($1), set_config('counterflow.audience', $1, true),"
    f" set_config('role', '{ROLE}', true)"
)


def _enter(tx: sa.Connection, context: str) -> bool:
    """Begin a transaction as the role that reads, for a context; whether every label has been decided about for it.

    This stands before each page. So it is one message, put together by hand: a cursor would send two, and take as long
    for each as the server does for both.
    """
    from psycopg import errors, pq

    entered = _begun(tx, context)
    if entered.error_field(pq.DiagnosticField.SQLSTATE) == b"26000":  # not prepared: new, or psycopg dropped it
        lent: Any = tx.connection.driver_connection
        lent.rollback()
        lent.execute(_ENTER, prepare=False)
        lent.commit()
        entered = _begun(tx, context)
    if entered.status != pq.ExecStatus.TUPLES_OK:
        raise errors.error_from_result(entered)
    return bool(entered.get_value(0, 0) == b"t")


def _begun(tx: sa.Connection, context: str) -> Any:
    """What the server answers when it is told to begin and to enter."""
    from psycopg import generators

    lent: Any = tx.connection.driver_connection
    wire = lent.pgconn
    try:
        wire.enter_pipeline_mode()
        wire.send_query_params(b"BEGIN", None)
        wire.send_query_prepared(b"counterflow_enter", [context.encode()])
        wire.pipeline_sync()
        lent.wait(generators.send(wire))
        _, [entered], _ = [lent.wait(generators.fetch_many(wire)) for _ in range(3)]
        wire.exit_pipeline_mode()
    except BaseException:
        tx.invalidate()  # what is still to come would be taken for the answer to something else
        raise
    return entered


_DECIDE = [
    sa.text(statement)
    for statement in (
        "SET LOCAL synchronous_commit TO off",  # lost in a crash, it is decided anew
        # of two that tidy up at once each takes what the other has not
        "WITH gone AS (DELETE FROM contexts WHERE context IN"
        " (SELECT context FROM contexts WHERE day < :before FOR UPDATE SKIP LOCKED) RETURNING context)"
        " DELETE FROM opened USING gone WHERE opened.context = gone.context",
        "INSERT INTO contexts VALUES (:context, :day, -1, -1) ON CONFLICT DO NOTHING",
        # how far it goes is read before the labels are: one that comes in between is only decided about twice
        "UPDATE contexts SET deciding = (SELECT version FROM rules_version) WHERE context = :context",
        "INSERT INTO opened SELECT :context, label_id FROM rules"  # noqa: S608
        " WHERE version > (SELECT decided FROM contexts WHERE context = :context)"
        f" AND {policy.predicate(policy.POSTGRESQL)} ON CONFLICT DO NOTHING",
        "UPDATE contexts SET decided = deciding WHERE context = :context",
    )
]


def context_of(key: bytes, audience: Audience, day: str) -> str:
    """The word for an audience on a day."""
    return hmac.new(key, json.dumps(policy.asked(audience, day)).encode(), hashlib.sha256).hexdigest()


def reading_engine(url: str | sa.URL) -> sa.Engine:
    """An engine of connections to read on: every transaction of them sees one state of the tables."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # few rows: look up the labels of these, instead of taking in all; and compiling costs more than it saves
            cursor.execute("SET random_page_cost = 1.1; SET jit = off")
        connection.commit()  # type: ignore[attr-defined]

    return engine


_SETUP = """
DROP FUNCTION IF EXISTS {schema}.counterflow_words, {schema}.counterflow_said, {schema}.counterflow_context CASCADE;
DROP TABLE IF EXISTS {schema}.contexts, {schema}.opened CASCADE; -- decided anew when it is asked for
CREATE TABLE IF NOT EXISTS {schema}.context_key (key bytea NOT NULL);
CREATE TABLE IF NOT EXISTS {schema}.rules_version (version bigint NOT NULL);
INSERT INTO {schema}.rules_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM {schema}.rules_version);
-- compared byte by byte, which the rules of a language would take longer for
CREATE TABLE {schema}.contexts
    (context text COLLATE "C" PRIMARY KEY, day text NOT NULL, decided bigint NOT NULL, deciding bigint NOT NULL);
CREATE TABLE {schema}.opened
    (context text COLLATE "C" NOT NULL, label_id text COLLATE "C" NOT NULL, PRIMARY KEY (context, label_id));
ALTER TABLE {schema}.rules ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 0;

-- one statement after the other takes the next version, and what came under a version came with its commit
CREATE OR REPLACE FUNCTION {schema}.counterflow_numbered() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $body$
BEGIN
    IF TG_LEVEL = 'STATEMENT' THEN
        UPDATE {schema}.rules_version SET version = version + 1;
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM {schema}.opened;
            DELETE FROM {schema}.contexts;
        END IF;
        RETURN NULL;
    END IF;
    NEW.version := (SELECT version FROM {schema}.rules_version);
    RETURN NEW;
END $body$;
ALTER TABLE {schema}.rules ENABLE TRIGGER USER;
CREATE OR REPLACE TRIGGER counterflow_version BEFORE INSERT ON {schema}.rules
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.counterflow_numbered();
CREATE OR REPLACE TRIGGER counterflow_rule BEFORE INSERT OR UPDATE ON {schema}.rules
    FOR EACH ROW EXECUTE FUNCTION {schema}.counterflow_numbered();
CREATE OR REPLACE TRIGGER counterflow_anew AFTER UPDATE OR DELETE OR TRUNCATE ON {schema}.rules
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.counterflow_numbered();

-- each name with its schema: that costs less, once in each transaction, than a search path of its own
CREATE OR REPLACE FUNCTION {schema}.counterflow_decided(given text) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER COST 1 AS $body$
BEGIN
    RETURN EXISTS (SELECT 1 FROM {schema}.contexts WHERE context OPERATOR(pg_catalog.=) given
        AND decided OPERATOR(pg_catalog.=) (SELECT version FROM {schema}.rules_version));
END $body$;
REVOKE ALL ON FUNCTION {schema}.counterflow_decided FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {schema}.counterflow_decided TO {role};
GRANT USAGE ON SCHEMA {schema} TO {role};
DO $body$
DECLARE one regclass;
BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace
        AND relkind IN ('r', 'v', 'm', 'p') AND pg_has_role(relowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM {role}', one);
    END LOOP;
END $body$;
"""

_WRITES = """
ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {schema}.{table} FORCE ROW LEVEL SECURITY;
DO $body$
DECLARE one name;
BEGIN
    FOR one IN SELECT polname FROM pg_policy WHERE polrelid = '{schema}.{table}'::regclass
    LOOP
        EXECUTE format('DROP POLICY %I ON {schema}.{table}', one);
    END LOOP;
END $body$;
CREATE POLICY counterflow_writes ON {schema}.{table} TO CURRENT_USER
    USING ((SELECT current_setting('counterflow.writing', true) = 'on'))
    WITH CHECK ((SELECT current_setting('counterflow.writing', true) = 'on'));
"""

_READS = """
CREATE POLICY counterflow_reads ON {schema}.{table} FOR SELECT TO {role} USING ({condition});
GRANT SELECT ON {schema}.{table} TO {role};
"""

_STANDS = """
SELECT md5(string_agg(said, ' ' ORDER BY said COLLATE "C")) FROM (
    SELECT concat_ws('|', c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl, p.polname, p.polcmd,
        p.polpermissive, p.polroles, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)) AS said
    FROM pg_class AS c LEFT JOIN pg_policy AS p ON p.polrelid = c.oid
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
    UNION ALL SELECT concat_ws('|', c.relname, a.attname, a.attacl) FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND a.attacl IS NOT NULL
    UNION ALL SELECT concat_ws('|', proname, prosrc, prosecdef, proconfig, proacl) FROM pg_proc
    WHERE pronamespace = quote_ident(current_schema())::regnamespace
    UNION ALL SELECT concat_ws('|', tgenabled, pg_get_triggerdef(t.oid)) FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
) AS wall
"""
"""A hash of all that the wall is made of, as it stands in the schema."""


def row_security(engine: sa.Engine) -> bytes:
    """Raise the wall, unless it stands as it was raised last; returns the key that contexts are made with.

    To raise it takes every table for a moment, for which those who read would have to wait.

    :raises WorkspaceError: the database's user may not create the role that reads, and nobody else has
    """
    with engine.begin() as tx:
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('counterflow wall'))"))
        _role(tx)
        schema = tx.execute(sa.text("SELECT quote_ident(current_schema())")).scalar()
        statements = [text.format(schema=schema, role=ROLE) for text in (_SETUP, *_secured())]
        made = hashlib.sha256("".join(statements).encode()).hexdigest()
        kept = sa.select(catalogue.settings.c.value).where(catalogue.settings.c.key == "wall")
        cursor = tx.connection.cursor()  # as it stands: ':' and '%' of SQL are no parameters

        def standing() -> str:
            return f"{made} {cursor.execute(_STANDS).fetchone()[0]}"

        if tx.execute(kept).scalar() != standing():
            for statement in statements:
                cursor.execute(statement)
            tx.execute(sa.delete(catalogue.settings).where(catalogue.settings.c.key == "wall"))
            tx.execute(sa.insert(catalogue.settings).values(key="wall", value=standing()))
        key = tx.execute(sa.text("SELECT key FROM context_key")).scalar()
        if key is None:
            key = secrets.token_bytes(64)
            tx.execute(sa.text("INSERT INTO context_key VALUES (:key)"), {"key": key})
    return bytes(key)


def _secured() -> Iterator[str]:
    """Row security of each table."""
    yield _WRITES.replace("{table}", "rules")
    mine = "context = (SELECT current_setting('counterflow.audience', true))"
    for table, condition in (("opened", mine), *((table.name, _condition(table)) for table in catalogue.LABELLED)):
        yield (_WRITES + _READS).replace("{table}", table).replace("{condition}", condition)


def _condition(table: sa.Table) -> str:
    """Whether a row's labels are open. Most bear one: that is looked up without taking the list of them apart."""

    def stands(id: str) -> str:
        return f"EXISTS (SELECT 1 FROM {{schema}}.opened WHERE opened.label_id = {id})"  # noqa: S608

    said = []
    if "label_id" in table.c:
        said.append(stands(f"{table.name}.label_id"))
    if "labels" in table.c:
        labels = f"{table.name}.labels"
        every = f"SELECT 1 FROM jsonb_array_elements_text({labels}::jsonb) AS one (id) WHERE NOT {stands('one.id')}"  # noqa: S608
        one = f"{stands(f'substr({labels}, 3, 16)')} AND (length({labels}) = 20 OR NOT EXISTS ({every}))"
        said.append(f"({labels} = '[]' OR {one})")
    return " AND ".join(said)


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
