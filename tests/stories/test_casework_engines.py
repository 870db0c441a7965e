"""A case of two agencies whose casebook lies in PostgreSQL: nothing is lost, and nothing read by who may not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from counterflow.casework.identity.people import principal
from counterflow.errors import Conflict, NotFound, UsageError, WorkspaceError
from counterflow.model.principal import Session
from counterflow.storage import audit, catalogue, identity
from counterflow.storage.row_security import ROLE
from counterflow.workspace import Workspace
from stories.test_casework import RED, Desk


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("database")
    made = Desk(tmp_path_factory.mktemp("desk"), url)
    yield made
    made.workspace.close()


@pytest.fixture
def engine(desk: Desk) -> sa.Engine:
    return desk.workspace.store.casebook.engine


@pytest.fixture
def postgres(engine: sa.Engine) -> sa.Engine:
    if engine.dialect.name != "postgresql":
        pytest.skip("of PostgreSQL only")
    return engine


def state(desk: Desk, case: str) -> tuple[Any, ...]:
    """What is there of a case, and of the log."""
    casebook = desk.workspace.store.casebook
    return (
        casebook.writings("case/"),
        casebook.labels(),
        desk["Ann"].view().case(case),
        casebook.audit_entries(),
    )


def test_each_sees_a_slice_on_either_engine(desk: Desk) -> None:
    case = desk.case()
    note = desk["Ann"].add_row(case, "note", {"text": "A word for one"}, label=RED)
    assert desk["Ann"].view().case_row(case, note)["text"] == "A word for one"
    with pytest.raises(NotFound):
        desk["Kim"].view().case_row(case, note)
    with pytest.raises(NotFound):
        desk["Lee"].view().case(case)
    assert "A word for one" not in str(desk["Kim"].view().case(case))


def test_of_changes_through_two_servers_one_is_kept_and_the_other_is_told(desk: Desk) -> None:
    case = desk.case()
    task = desk["Ann"].add_row(case, "task", {"title": "Call"})
    base = desk.versions("Ann", case, task)["version"]
    other = Workspace.open(desk.workspace.path)
    who = principal(other.directory, desk["Kim"].session.principal.id)  # type: ignore[union-attr]
    assert who is not None
    hands = [desk["Ann"], other.acting(Session(who, "s-kim", stepped_up=True))]
    kept: list[str] = []
    told: list[str] = []

    def change(hand: Workspace, n: int) -> None:
        try:
            hand.change_row(case, task, {"detail": f"{n}"}, base=base)
            kept.append(f"{n}")
        except Conflict as e:
            told.append(e.theirs["fields"]["detail"])

    threads = [threading.Thread(target=change, args=(hands[n % 2], n)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(kept) == 1 and told == kept * 5
    assert desk.versions("Kim", case, task)["detail"] == kept[0]
    notes = [threading.Thread(target=hands[n % 2].add_row, args=(case, "note", {"text": f"{n}"})) for n in range(6)]
    for one in notes:
        one.start()
    for one in notes:
        one.join()
    rows = other.store.casebook.writings("case/note")
    assert {r["content"]["fields"].get("text") for r in rows} >= {f"{n}" for n in range(6)}
    assert other.store.casebook.verify_audit() == []
    other.close()


def test_a_disk_that_is_full_at_any_step_leaves_change_and_log_as_they_were(desk: Desk, engine: sa.Engine) -> None:
    case = desk.case()
    task = desk["Ann"].add_row(case, "task", {"title": "Call"})
    before = state(desk, case)
    for n, table in enumerate(("labels", "rules", "writings", "audit_log", "audit_state")):
        mine = {"tlp": "TLP:AMBER", "releasable_to": ["CUSTOMS-B", f"ELSE-{n}"]}  # a label that is not there yet
        with engine.begin() as tx:
            for statement in _full(engine.dialect.name, table):
                tx.execute(sa.text(statement))
        with pytest.raises(WorkspaceError, match="disk is full"):
            desk["Ann"].add_row(case, "note", {"text": "lost"}, label=mine)
        if table not in ("labels", "rules"):
            with pytest.raises(WorkspaceError, match="disk is full"):
                desk["Ann"].change_row(case, task, {"state": "doing"})
        with engine.begin() as tx:
            tx.execute(sa.text(f"DROP TRIGGER no_space{' ON ' + table if engine.dialect.name == 'postgresql' else ''}"))
        assert state(desk, case) == before, table
    desk["Ann"].change_row(case, task, {"state": "doing"})
    assert desk.versions("Kim", case, task)["state"] == "doing"
    assert desk.workspace.store.casebook.verify_audit() == []


def _full(dialect: str, table: str) -> list[str]:
    """A table that nothing can be written to, in the words that the engine has for it."""
    change = "UPDATE" if table == "audit_state" else "INSERT"
    if dialect == "sqlite":
        return [f"CREATE TRIGGER no_space BEFORE {change} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"]  # fmt: skip
    said = "could not extend file: No space left on device"
    return [
        "CREATE OR REPLACE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = '{said}'; END $$",
        f"CREATE TRIGGER no_space BEFORE {change} ON {table} EXECUTE FUNCTION no_space()",
    ]


def test_every_table_of_the_schema_is_behind_the_wall_or_shut_to_who_reads(desk: Desk, postgres: sa.Engine) -> None:
    """A table that bears labels and is forgotten fails here, and so does one that is neither."""
    labelled = {table.name for table in catalogue.LABELLED}
    decided = {"rules", "opened"}  # hashes of names; who may read opens only their own
    others = {"meta", "generation", "contexts", "context_key", "rules_version"} | {
        t.name for t in identity.TABLES.values()
    }
    others |= {t.name for t in audit.ENTRIES.metadata.sorted_tables}
    with postgres.connect() as tx:
        tables = {r.relname: r for r in tx.execute(sa.text(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced,"
            " has_any_column_privilege(:role, oid, 'SELECT') AS reads,"
            " has_table_privilege(:role, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS writes,"
            " EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname IN ('label_id', 'labels'))"
            " AS bears FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'S', 't')"
        ), {"role": ROLE})}  # fmt: skip
    assert tables.keys() == labelled | decided | others
    assert {name for name, r in tables.items() if r.forced} == labelled | decided
    assert {name for name, r in tables.items() if r.bears} == labelled | decided
    assert {name for name, r in tables.items() if r.reads} == labelled | {"opened"}
    assert not [name for name, r in tables.items() if r.writes]


def test_who_reads_for_an_audience_cannot_read_a_secret(desk: Desk, postgres: sa.Engine) -> None:
    who = desk["Ann"].audience()
    with desk.workspace.store.casebook.reader(who).reading() as tx:
        for table in (*identity.TABLES.values(), *audit.ENTRIES.metadata.sorted_tables):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), tx.begin_nested():
                tx.execute(sa.select(sa.func.count()).select_from(table))


def test_a_database_holds_the_casebook_of_one_workspace(desk: Desk, postgres: sa.Engine) -> None:
    url = desk.workspace.settings.casebook
    with pytest.raises(UsageError, match="already"):
        Workspace.create(desk.workspace.path.parent / "other", casebook=url)
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Workspace.create(desk.workspace.path.parent / "none", casebook=url.replace("?", "nowhere?"))
