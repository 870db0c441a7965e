"""The second wall: whatever is sent on a reading connection, no row comes back that its audience may not read."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.storage import catalogue
from counterflow.storage.policy import today
from counterflow.storage.ports import Segment
from counterflow.storage.row_security import Postgres, context_of, reading_engine, row_security
from counterflow.storage.sql import Casebook
from counterflow.storage.walls import Sqlite, SqliteWall
from counterflow.storage.writings import write

SECRET = Label(TLP.AMBER, originator="A")
ANYBODY = Audience("public")
A = Audience("a", organisation="A", ceiling=TLP.AMBER)
WORD = "canary"
"""Stands in every row that only A may read."""


@pytest.fixture
def filled(casebook: Casebook) -> Casebook:
    """In each table a row for all and a row for A; and what bears both labels."""
    for label, word in ((PUBLIC, "open"), (SECRET, WORD)):
        batch: dict[str, Any] = {
            "dataset": word, "reader": word, "files": [{"name": word, "sha256": word}], "fingerprint": word,
            "counts": {word: 1}, "descriptor": {"title": word}, "label_id": PUBLIC.id,
            "recorded_at": f"2026-01-0{len(word)}T00:00:00.000000+00:00",
        }  # fmt: skip
        aside = {"file": word, "line": 1, "field": word, "reason": word, "raw": word, "label_id": label.id}
        casebook.commit_batch(batch, [Segment("claims", label.id, f"claims/{word}", 1, word)], [label], [aside], "me")
        held = {key: batch[key] for key in ("dataset", "reader", "files", "fingerprint", "counts", "descriptor")}
        held |= {"file": word, "failed": [], "own_label_id": label.id, "label_id": label.id, "held_at": "2026-01-01"}
        casebook.hold(held, [label], "me")
        said = {"left": word, "right": "x", "verdict": "same", "by": "me", "at": "2026-01-01", "reason": word}
        casebook.judge(said, label, "me")
        write(casebook, [("note", word, {"text": word})], [[PUBLIC, label]], "me")
    return casebook


def everything(of: Any) -> dict[str, list[Any]]:
    asked = {name: getattr(of, name)() for name in ("segments", "batches", "quarantine", "held", "judgements")}
    return asked | {"writings": of.writings("note"), "labels": sorted(of.labels())}


def test_each_reader_sees_its_own_and_nothing_else(filled: Casebook) -> None:
    whole = everything(filled)
    assert everything(filled.reader(A)) == everything(filled.reader(Audience("o", owner=True))) == whole
    assert {name: len(rows) for name, rows in whole.items()} == dict.fromkeys(whole, 2)
    seen = everything(filled.reader(ANYBODY))
    assert {name: len(rows) for name, rows in seen.items()} == dict.fromkeys(whole, 1)
    assert WORD not in str(seen) and SECRET.id not in str(seen)
    assert not any(everything(filled.reader(Audience("x", owner=True, nobody=True))).values())
    assert filled.reader(ANYBODY).newest("note")[0] == 1


def test_readers_who_share_connections_see_nothing_of_each_other(filled: Casebook) -> None:
    """Each connection is of one audience at a time, whoever had it before; writes go on meanwhile."""
    who = {"open": ANYBODY, "all": A, "none": Audience("x", nobody=True)}
    right = {name: everything(filled.reader(audience)) for name, audience in who.items()}
    assert len({str(answer) for answer in right.values()}) == 3

    def ask(n: int) -> bool:
        name = [*who][n % 3]
        filled.audit("me", "read", {"n": n})  # another version of the casebook
        return everything(filled.reader(who[name])) == right[name]

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(30)))


def test_what_is_written_later_is_decided_when_it_is_asked_for(filled: Casebook) -> None:
    reader = filled.reader(ANYBODY)
    assert len(reader.judgements()) == 1
    green = Label(TLP.CLEAR, originator="B")
    row = {"left": "p", "right": "q", "verdict": "same", "by": "me", "at": "2026-01-02", "reason": "r"}
    filled.judge(row, green, "me")
    filled.judge({**row, "left": WORD, "right": "r"}, SECRET, "me")
    assert [j["left"] for j in reader.judgements()] == ["open", "p"]


def test_every_label_of_a_row_must_be_open_whichever_stands_first(casebook: Casebook) -> None:
    other = Label(TLP.CLEAR, originator="B")
    casebook.judge({"left": "a", "right": "b", "verdict": "same", "by": "me", "at": "2026", "reason": "r"}, other, "me")
    with casebook.engine.begin() as tx:
        casebook.intern(tx, [PUBLIC, SECRET])
        for ids in (
            [], [PUBLIC.id], [SECRET.id], [PUBLIC.id, SECRET.id], [SECRET.id, PUBLIC.id], [PUBLIC.id, other.id],
            [other.id, PUBLIC.id], ["0" * 16], [PUBLIC.id[:8]], [PUBLIC.id + "0"], [PUBLIC.id, "x"], [""],
            [PUBLIC.id, other.id, SECRET.id],
        ):  # fmt: skip
            text = json.dumps(ids)
            row = {"kind": "note", "key": "k", "content": "{}", "labels": text, "by": "me", "at": "2026"}
            tx.execute(sa.insert(catalogue.writings).values(**row))
    seen = [row["labels"] for row in casebook.reader(ANYBODY).writings("note")]
    assert seen == [[], [PUBLIC.id], [PUBLIC.id, other.id], [other.id, PUBLIC.id]]
    assert [row["labels"] for row in casebook.reader(A).writings("note")] == [
        *seen[:2], [SECRET.id], [PUBLIC.id, SECRET.id], [SECRET.id, PUBLIC.id], *seen[2:],
        [PUBLIC.id, other.id, SECRET.id],
    ]  # fmt: skip


def test_a_label_that_cannot_be_understood_is_for_the_owner_alone(filled: Casebook) -> None:
    with filled.engine.begin() as tx:
        tx.execute(sa.insert(catalogue.labels).values(label_id="odd", content='{"tlp": "TLP:ULTRA"}'))
        tx.execute(sa.insert(catalogue.labels).values(label_id="later", content='{"tlp": "TLP:CLEAR", "new": 1}'))
        tx.execute(sa.insert(catalogue.labels).values(label_id="torn", content="{"))
    assert not {"odd", "later", "torn"} & filled.reader(A).labels().keys()
    filled.check_layout()  # as when it is opened again: rules are made for what has none
    assert not {"odd", "later", "torn"} & filled.reader(A).labels().keys()
    assert {"odd", "later", "torn"} < filled.reader(Audience("o", owner=True)).labels().keys()


def test_casebooks_of_before_are_completed(filled: Casebook) -> None:
    before = everything(filled.reader(A)), everything(filled.reader(ANYBODY))
    with filled.engine.begin() as tx:
        for statement in (
            "DELETE FROM rules",
            "UPDATE batches SET labels = NULL",
            "UPDATE segments SET recorded_at = NULL",
        ):
            tx.execute(sa.text(statement))
    assert not any(everything(filled.reader(A)).values()), "what has no rule is shut"
    filled.check_layout()
    assert (everything(filled.reader(A)), everything(filled.reader(ANYBODY))) == before
    assert [s["sha256"] for s in filled.reader(A).segments("2026-01-05T00:00:00+00:00")] == ["open"]


# -- attacks -----------------------------------------------------------------------------------------------------------

TABLES = [table.name for table in catalogue.LABELLED]
STATEMENTS = [
    *(f'SELECT * FROM "{name}"' for name in (*TABLES, "rules", "audit_log", "audit_keys", "meta")),
    "SELECT count(*) FROM judgements",
    "SELECT label_id FROM labels LIMIT 1",
    "SELECT rowid FROM judgements",
    "SELECT j.* FROM judgements AS j",
    'SELECT * FROM (SELECT reason FROM judgements) AS s',
    "SELECT (SELECT reason FROM judgements LIMIT 1 OFFSET 1)",
    "SELECT 'x' UNION ALL SELECT reason FROM judgements",
    "SELECT 'x' EXCEPT SELECT reason FROM judgements",
    "WITH j AS (SELECT * FROM judgements) SELECT * FROM j",
    "WITH j AS MATERIALIZED (SELECT * FROM judgements) SELECT * FROM j",
    "WITH RECURSIVE j(r) AS (SELECT reason FROM judgements UNION SELECT r || '' FROM j) SELECT * FROM j",
    "SELECT a.reason FROM judgements a JOIN quarantine q ON q.reason = a.reason",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM judgements WHERE reason = 'canary')",
    "EXPLAIN SELECT * FROM judgements",
    "CREATE TABLE stolen AS SELECT * FROM judgements",
    "INSERT INTO judgements (reason) VALUES ('x')",
    "UPDATE judgements SET label_id = 'x' RETURNING reason",
    "DELETE FROM judgements RETURNING reason",
    "DROP TABLE judgements",
]  # fmt: skip
SQLITE = [
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM sqlite_temp_master",
    "SELECT * FROM temp.sqlite_temp_schema",
    "SELECT * FROM main.judgements",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_table_info('judgements')",
    "SELECT * FROM json_each('[1]')",
    "SELECT * FROM dbstat",
    "PRAGMA table_list",
    "PRAGMA writable_schema=ON",
    "PRAGMA query_only=OFF",
    "PRAGMA data_version",
    "ATTACH ':memory:' AS other",
    "VACUUM INTO '/tmp/stolen.sqlite'",
    "CREATE TEMP VIEW v AS SELECT * FROM main.judgements",
    "CREATE TEMP TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END",
    "SELECT load_extension('x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT sqlite_compileoption_get(0)",
    "REINDEX",
    "ANALYZE",
    "EXPLAIN QUERY PLAN SELECT * FROM judgements",
    "BEGIN EXCLUSIVE",
]
POSTGRES = [
    *(f"SELECT * FROM {name}" for name in ("context_key", "contexts", "rules_version")),
    "SELECT o.label_id FROM set_config('counterflow.audience', '', true), opened AS o",
    "SELECT label_id FROM opened WHERE context <> sha256(current_setting('counterflow.audience')::bytea)",
    "SELECT most_common_vals FROM pg_stats WHERE tablename IN ('opened', 'contexts')",
    "UPDATE opened SET context = sha256(current_setting('counterflow.audience')::bytea) RETURNING label_id",
    "SELECT query FROM pg_stat_activity WHERE query LIKE '%' || :word || '%'",
    "SELECT reason FROM judgements, set_config('counterflow.audience', :forged, true)",
    "SELECT set_config('counterflow.audience', :forged, true), reason FROM judgements",
    "SELECT set_config('counterflow.writing', 'on', true), reason FROM judgements",
    "SELECT set_config('row_security', 'off', true), reason FROM judgements",
    "SET LOCAL row_security = off",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY judgements TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "ALTER TABLE judgements DISABLE ROW LEVEL SECURITY",
    "DROP POLICY counterflow_reads ON judgements",
    "CREATE POLICY mine ON judgements USING (true)",
    "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "ALTER ROLE counterflow_reader BYPASSRLS",
    "SELECT most_common_vals FROM pg_stats WHERE tablename = 'judgements'",
    "DO $$ BEGIN RAISE NOTICE '%', (SELECT reason FROM judgements LIMIT 1 OFFSET 1); END $$",
    # a condition that tells of rows as it is tried on them must not be tried before the wall
    "SELECT * FROM judgements WHERE 1 / (CASE WHEN reason = 'canary' THEN 0 ELSE 1 END) = 1",
]  # fmt: skip


def sent(reader: Any, statement: str, **given: Any) -> str:
    """What comes back of a statement, in words; nothing where it is refused."""
    try:
        with reader.reading() as tx:
            return str(tx.execute(sa.text(statement), given).all())
    except sa.exc.SQLAlchemyError as e:
        said = str(getattr(e, "orig", e))  # what the engine says of a row is an answer too
        return said if WORD in said else "refused"


@pytest.fixture
def reader(filled: Casebook) -> Postgres | Sqlite:
    return filled.reader(ANYBODY)


def test_no_statement_brings_out_what_is_shut(filled: Casebook, reader: Postgres | Sqlite) -> None:
    assert everything(reader)["judgements"], "what is open is read"
    sqlite = isinstance(reader, Sqlite)
    given: dict[str, str] = {}
    if isinstance(reader, Postgres):
        owner = Audience("o", owner=True)
        assert len(everything(filled.reader(owner))["judgements"]) == 2, "their context is decided"
        given = {"forged": context_of(b"k" * 64, owner, today()), "word": context_of(reader._key, owner, today())[:40]}
    for statement in (*STATEMENTS, *(SQLITE if sqlite else POSTGRES)):
        found = sent(reader, statement, **({k: v for k, v in given.items() if f":{k}" in statement}))
        assert WORD not in found and SECRET.id not in found, statement
        if sqlite:
            assert found == "refused", statement
    assert len(filled.judgements()) == 2 and len(everything(reader)["judgements"]) == 1, "nothing was changed"
    control = filled.reader(A)
    assert WORD in str(everything(control)["judgements"]), "the rows that were looked for are there"


def test_a_common_table_expression_cannot_pass_for_the_view(tmp_path: Any) -> None:
    """Known from SQLite: inside one, reads bear its name. Without the random name of the view nobody can use it."""
    casebook = Casebook(f"sqlite:///{tmp_path / 'casebook.sqlite'}", tmp_path)
    casebook.create()
    casebook.judge({"left": WORD, "right": "x", "verdict": "same", "by": "me", "at": "2026-01-01", "reason": WORD},
                   SECRET, "me")  # fmt: skip
    reader = casebook.reader(ANYBODY)
    assert isinstance(reader, Sqlite)
    for name in ("judgements_", "open_", *TABLES):
        for how in ("", "MATERIALIZED", "NOT MATERIALIZED"):
            for body in ("SELECT * FROM main.judgements", "SELECT 1 UNION SELECT reason FROM main.judgements"):
                assert sent(reader, f'WITH "{name}" AS {how} ({body}) SELECT * FROM "{name}"') == "refused"
    names = {reader.seen(table).name for table in catalogue.LABELLED}
    again = {*SqliteWall(str(casebook.engine.url.database)).names.values()}
    assert not names & again
    casebook.close()


def test_postgresql_is_shut_without_the_word_of_an_audience(postgresql: str, filled: Casebook) -> None:
    reader = filled.reader(A)
    if not isinstance(reader, Postgres):
        pytest.skip("of PostgreSQL only")
    assert len(reader.judgements()) == 2
    engine = sa.create_engine(postgresql)
    good = context_of(reader._key, A, today())
    words = {None, "", good[:-1], good + "0", good.upper(), context_of(b"k" * 64, A, today())}
    words |= {context_of(reader._key, A, "2020-01-01"), context_of(reader._key, Audience("b", owner=True), today())}
    for word, rows in [*((word, 0) for word in words), (good, 2)]:
        with engine.connect() as tx:
            if word is not None:
                tx.execute(sa.text("SELECT set_config('counterflow.audience', :c, true)"), {"c": word})
            tx.execute(sa.text("SET LOCAL ROLE counterflow_reader"))
            assert len(tx.execute(sa.text("SELECT * FROM judgements")).all()) == rows, word
    engine.dispose()


def test_a_connection_of_postgresql_keeps_nothing_of_who_had_it(filled: Casebook) -> None:
    """Whatever was left on it, and however its transaction ended: who has it next reads as themselves, or nothing."""
    reader = filled.reader(A)
    if not isinstance(reader, Postgres):
        pytest.skip("of PostgreSQL only")
    ends: list[tuple[str, type[BaseException] | None]] = [
        ("SELECT 1", None), ("SELECT 1", ZeroDivisionError), ("SELECT 1 / 0", sa.exc.DataError), ("ROLLBACK", None),
        ("COMMIT", None), ("DEALLOCATE ALL", None), ("DISCARD TEMP", None),
        # what is set for the session stays; but nobody reads without entering, which sets it anew
        ("SELECT set_config('role', 'none', false)", None),
        ("SELECT set_config('counterflow.writing', 'on', false)", None),
        (f"SELECT set_config('counterflow.audience', '{context_of(reader._key, A, today())}', false)", None),
    ]  # fmt: skip
    lent = set()
    for statement, raised in ends:
        with pytest.raises(raised) if raised else contextlib.nullcontext(), reader.reading() as tx:
            lent.add(tx.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
            assert len(tx.execute(sa.text("SELECT * FROM judgements")).all()) == 2
            with contextlib.suppress(sa.exc.DBAPIError), tx.begin_nested():
                tx.execute(sa.text("SELECT 1 / 0"))  # psycopg forgets after it what it had prepared
            tx.exec_driver_sql(statement)
            if raised is ZeroDivisionError:
                raise ZeroDivisionError
        with reader._engine.connect() as tx:
            if "false" not in statement:
                assert not tx.execute(sa.text("SELECT * FROM judgements")).all(), statement
                assert not tx.execute(sa.text("SELECT current_setting('counterflow.audience', true)")).scalar()
        assert len(everything(filled.reader(ANYBODY))["judgements"]) == 1, statement
        assert len(everything(filled.reader(Audience("x", nobody=True)))["judgements"]) == 0, statement
    assert len(lent) == 1, "it was one connection all the time"


def test_an_answer_that_is_broken_off_is_not_taken_for_anothers(
    filled: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = filled.reader(A)
    if not isinstance(reader, Postgres):
        pytest.skip("of PostgreSQL only")
    from psycopg import Connection

    wait = Connection.wait
    before = -1
    for stop in range(1, 5):
        waited = iter(range(1, 100))

        def broken(self: Any, *given: Any, stop: int = stop, waited: Any = waited, **options: Any) -> Any:
            if next(waited) == stop:
                raise KeyboardInterrupt
            return wait(self, *given, **options)

        with reader.reading() as tx:
            pid = tx.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        assert pid != before, "a connection with an answer to come is not lent again"
        monkeypatch.setattr(Connection, "wait", broken)
        with pytest.raises(KeyboardInterrupt):
            reader.judgements()
        monkeypatch.undo()
        before = pid
        assert len(filled.reader(ANYBODY).judgements()) == 1
    with filled.engine.begin() as tx:
        tx.execute(sa.text("REVOKE EXECUTE ON FUNCTION counterflow_decided FROM counterflow_reader"))
        tx.execute(sa.text("ALTER FUNCTION counterflow_decided RENAME TO gone"))
    with pytest.raises(Exception, match="counterflow_decided"):
        reader.judgements()
    row_security(filled.engine)
    assert len(reader.judgements()) == 2


def test_a_word_opens_nothing_once_it_is_forgotten(postgresql: str, filled: Casebook) -> None:
    """Replayed by somebody who saw it: it is good for its day, and until a rule is another."""
    reader = filled.reader(A)
    if not isinstance(reader, Postgres):
        pytest.skip("of PostgreSQL only")
    engine = reading_engine(postgresql)

    def replayed() -> int:
        with engine.begin() as tx:
            for setting, value in (("counterflow.audience", word), ("role", "counterflow_reader")):
                tx.execute(sa.text("SELECT set_config(:setting, :value, true)"), {"setting": setting, "value": value})
            return len(tx.execute(sa.text("SELECT * FROM judgements")).all())

    word = context_of(reader._key, A, today())
    assert [replayed(), len(reader.judgements()), replayed()] == [0, 2, 2]
    with filled.engine.begin() as tx:
        tx.execute(sa.text("UPDATE contexts SET day = '2020-01-01'"))
    filled.reader(ANYBODY).judgements()
    assert replayed() == 0, "its day is over"
    assert [len(reader.judgements()), replayed()] == [2, 2]
    with filled.engine.begin() as tx:
        tx.execute(sa.text("UPDATE rules SET tlp = tlp"))
    assert replayed() == 0, "decided by rules that are no longer"
    engine.dispose()


def test_postgresql_decides_once_about_each_label(filled: Casebook) -> None:
    if not isinstance(filled.reader(A), Postgres):
        pytest.skip("of PostgreSQL only")

    def kept() -> tuple[list[Any], list[Any]]:
        with filled.engine.connect() as tx:
            contexts = tx.execute(sa.text("SELECT xmin::text, context, day, decided FROM contexts ORDER BY day")).all()
            return list(contexts), list(tx.execute(sa.text("SELECT xmin::text, * FROM opened")).all())

    for _ in range(2):
        assert len(filled.reader(A).judgements()) == 2
    first = kept()
    assert [len(x) for x in first] == [1, 2]
    assert len(filled.reader(A).judgements()) == 2 and kept() == first, "it is decided already"
    more = Label(TLP.GREEN, originator="B")
    with filled.reader(A).reading() as tx:
        c = sa.text("SELECT count(*) FROM judgements")
        assert tx.execute(c).scalar() == 2
        filled.judge(
            {"left": "p", "right": "q", "verdict": "same", "by": "me", "at": "2026", "reason": "r"}, more, "me"
        )
        assert tx.execute(c).scalar() == 2, "one state of the tables in a transaction"
    assert len(filled.reader(A).judgements()) == 3
    assert {row for row in kept()[1] if row in first[1]} == set(first[1]) and len(kept()[1]) == 3
    with filled.engine.begin() as tx:
        tx.execute(sa.text("UPDATE contexts SET day = '2020-01-01'"))
    filled.reader(ANYBODY).judgements()
    assert [len(x) for x in kept()] == [1, 1], "what was decided on other days is forgotten"
    with filled.engine.begin() as tx:
        tx.execute(sa.text("UPDATE rules SET tlp = 5"))
    assert not filled.reader(ANYBODY).judgements(), "another rule, another decision"


def test_what_is_taken_down_of_postgresqls_wall_is_raised_again(filled: Casebook) -> None:
    if not isinstance(filled.reader(A), Postgres):
        pytest.skip("of PostgreSQL only")

    def policies() -> list[Any]:
        with filled.engine.connect() as tx:
            return list(tx.execute(sa.text("SELECT oid, xmin::text FROM pg_policy ORDER BY oid")).all())

    def stands() -> Any:
        with filled.engine.connect() as tx:
            return tx.execute(sa.text("SELECT value FROM meta WHERE key = 'wall'")).scalar()

    row_security(filled.engine)
    stood, whole = policies(), stands()
    row_security(filled.engine)
    assert policies() == stood, "what stands is left alone"
    for statement in (
        "ALTER TABLE judgements NO FORCE ROW LEVEL SECURITY", "ALTER TABLE writings DISABLE ROW LEVEL SECURITY",
        "DROP POLICY counterflow_reads ON held", "ALTER POLICY counterflow_reads ON labels USING (true)",
        "GRANT SELECT ON meta TO counterflow_reader", "CREATE POLICY more ON held FOR SELECT TO public USING (true)",
        "ALTER TABLE rules DISABLE TRIGGER USER", "GRANT SELECT (leaf) ON audit_log TO counterflow_reader",
    ):  # fmt: skip
        with filled.engine.begin() as tx:
            tx.execute(sa.text(statement))
        row_security(filled.engine)
        assert policies() != stood and stands() == whole, statement
        stood = policies()
        assert len(everything(filled.reader(ANYBODY))["judgements"]) == 1
        assert sent(filled.reader(ANYBODY), "SELECT * FROM meta") == "refused"


def test_a_login_of_its_own_cannot_become_anybody_else(postgresql: str, filled: Casebook, tmp_path: Path) -> None:
    """Even who can send one statement after the other: a role that is left leaves a user with no rights."""
    if isinstance(filled.reader(ANYBODY), Sqlite):
        pytest.skip("of PostgreSQL only")
    with filled.engine.begin() as tx:
        tx.execute(sa.text("DROP ROLE IF EXISTS desk"))
        tx.execute(sa.text("CREATE ROLE desk LOGIN IN ROLE counterflow_reader"))
    book = Casebook(postgresql, tmp_path, postgresql.replace("agency@", "desk@"))
    reader = book.reader(ANYBODY)
    assert len(reader.judgements()) == 1 and len(book.reader(A).judgements()) == 2
    for role in ("none", "agency", "desk"):
        with reader.reading() as tx:
            with contextlib.suppress(sa.exc.DBAPIError), tx.begin_nested():
                tx.execute(sa.text("SELECT set_config('role', :role, true)"), {"role": role})
            tx.execute(sa.text("SELECT set_config('counterflow.writing', 'on', true)"))
            assert WORD not in str(tx.execute(sa.text("SELECT * FROM judgements")).all()), role
    book.close()


def test_postgresqls_owner_reads_nothing_by_accident(postgresql: str, filled: Casebook) -> None:
    """Whoever opens the database by hand as the application's user sees no row, unless they say that they write."""
    if isinstance(filled.reader(ANYBODY), Sqlite):
        pytest.skip("of PostgreSQL only")
    engine = sa.create_engine(postgresql)
    with engine.connect() as tx:
        assert not tx.execute(sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = user")).scalar()
        for name in (*TABLES, "rules"):
            forced = sa.text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = :name")
            assert tx.execute(forced, {"name": name}).scalar(), name
            assert tx.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() == 0, name
            tx.rollback()
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            tx.execute(sa.insert(catalogue.labels).values(label_id="x", content="{}"))
    engine.dispose()


def test_a_reading_connection_is_of_one_file_and_cannot_write(tmp_path: Any) -> None:
    casebook = Casebook(f"sqlite:///{tmp_path / 'a b%3f.sqlite'}", tmp_path)
    casebook.create()
    reader = casebook.reader(ANYBODY)
    assert isinstance(reader, Sqlite)
    with reader.reading() as tx:
        lent: Any = tx.connection.dbapi_connection
        lent.building = True  # even where the authorizer is passed
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            lent.execute("DELETE FROM main.labels")
    casebook.close()
