"""The generation of a casebook: a number that is another whenever that has changed from which results and rights are
made; kept by the engine itself.

Labels, rules, batches, segments, judgements and the number of purges change seldom and are asked about with every
question. Who has asked before keeps the answer under the generation of before the question, and asks again when it is
another: triggers draw a new one in the transaction of each change, whoever makes it, so that no writer can forget to.

It is drawn at random, not counted: where a database was put back from a copy, no number stands for something else.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from counterflow.storage import catalogue, policy

__all__ = ["generation", "generations"]

_WATCHED = [
    table.name
    for table in (
        catalogue.labels, policy.rules, catalogue.batches, catalogue.segments, catalogue.judgements, catalogue.settings,
    )
]  # fmt: skip
_OF = sa.Table("generation", sa.MetaData(), sa.Column("n", sa.BigInteger, nullable=False))
_READ = "SELECT n FROM generation"
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = current_schema()",
}


def generations(engine: sa.Engine) -> None:
    """Put the triggers in place; harmless where they are."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as tx:
        _OF.create(tx, checkfirst=True)
        if tx.execute(sa.select(_OF)).first() is None:
            tx.execute(sa.insert(_OF).values(n=0))
        there = set(tx.execute(sa.text(_THERE[engine.dialect.name])).scalars())
        missing = [statement for name, statement in (_sqlite() if sqlite else _postgres()) if name not in there]
        if missing and not sqlite:
            tx.execute(sa.text(_DRAW))
        for statement in missing:
            tx.execute(sa.text(statement))


def generation(engine: sa.Engine) -> int:
    """The number as it stands now."""
    # not by SQLAlchemy's way of asking, which costs more than all that the answer spares
    lent = engine.raw_connection()
    try:
        cursor = lent.cursor()
        cursor.execute(_READ)
        [found] = cursor.fetchone() or (0,)
        return int(found)
    finally:
        lent.close()


def _sqlite() -> Iterator[tuple[str, str]]:
    for table in _WATCHED:
        for event in ("INSERT", "UPDATE", "DELETE"):
            name = f"generation_{table}_{event.lower()}"
            yield name, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN UPDATE generation SET n = random(); END"  # noqa: S608


# who changes something writes to the audit log next: having waited for that first, no two wait for each other
_DRAW = """
CREATE OR REPLACE FUNCTION counterflow_generation() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $body$
BEGIN
    PERFORM 1 FROM audit_state FOR UPDATE;
    UPDATE generation SET n = ('x' || substr(md5(gen_random_uuid()\\:\\:text), 1, 16))\\:\\:bit(64)\\:\\:bigint;
    RETURN NULL;
END $body$
"""


def _postgres() -> Iterator[tuple[str, str]]:
    for table in _WATCHED:
        name = f"generation_{table}"
        on = f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        yield name, f"CREATE TRIGGER {name} {on} FOR EACH STATEMENT EXECUTE FUNCTION counterflow_generation()"
