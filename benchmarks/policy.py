"""The compiled policy against its oracle, and what the second wall costs.

    python benchmarks/policy.py decisions [N] [--postgresql URL]     N decisions on each engine; default ten million
    python benchmarks/policy.py cost [ROWS] [--postgresql URL]       a scan and pages, plain and through the wall

Labels and audiences are random, from names nobody should have (`counterflow.testing.policy`). The oracle is
`model.handling.readable`; each engine decides about all labels in one statement for each audience. CPU seconds are of
this process; PostgreSQL's own are in its process and not counted, so its figures are wall clock.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa  # noqa: TID253 - what is measured

from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.storage import policy
from counterflow.storage.duckdb import connect, rules_of
from counterflow.storage.sql import Casebook
from counterflow.storage.walls import signed
from counterflow.testing.policy import TODAY, audiences, labels

LABELS = 5000
"""Interned labels of the world that is decided about."""

Decide = Callable[[Audience], set[str]]


def decisions(n: int, postgresql: str | None) -> None:
    """Print, of each engine: decisions, how many were yes, and how many differ from the oracle."""
    rng = random.Random(20261130)
    made = labels(rng, LABELS)
    known = {f"{i:04}": label for i, label in enumerate(made)}
    with tempfile.TemporaryDirectory() as folder:
        engines = {"sqlite": _sqlite(known), "duckdb": _duckdb(known)}
        if postgresql:
            engines["postgresql"] = _postgresql(known, postgresql, Path(folder))
        spent = dict.fromkeys(["oracle", *engines], 0.0)
        wrong = dict.fromkeys(engines, 0)
        yes = rounds = 0
        for who in audiences(rng, -(-n // LABELS)):
            begun = time.process_time()
            right = {i for i, label in known.items() if readable(label, who, today=TODAY)}
            spent["oracle"] += time.process_time() - begun
            yes, rounds = yes + len(right), rounds + 1
            for name, decide in engines.items():
                begun = time.perf_counter() if name == "postgresql" else time.process_time()
                found = decide(who)
                spent[name] += (time.perf_counter() if name == "postgresql" else time.process_time()) - begun
                wrong[name] += len(found ^ right)
    total = rounds * LABELS
    print(f"{total:,} decisions, {yes / total:.1%} yes; oracle {total / spent['oracle']:,.0f} a CPU second")
    for name in engines:
        print(f"{name:<11} {wrong[name]:>3} differ; {total / spent[name]:>12,.0f} a second")


def _sqlite(known: Mapping[str, Label]) -> Decide:
    engine = sa.create_engine("sqlite://")
    policy.rules.create(engine)
    with engine.begin() as tx:
        tx.execute(sa.insert(policy.rules), [policy.rule(i, label) for i, label in known.items()])
    query = f"SELECT label_id FROM rules WHERE {policy.predicate(policy.SQLITE)}"
    plain = engine.raw_connection()

    def decide(who: Audience) -> set[str]:
        return {i for (i,) in plain.cursor().execute(query, policy.bound(who, TODAY))}

    return decide


def _duckdb(known: Mapping[str, Label]) -> Decide:
    cursor = connect().con
    cursor.register("given", rules_of(known))
    cursor.execute("CREATE TABLE rules AS SELECT * FROM given")
    query = f"SELECT label_id FROM rules WHERE {policy.predicate(policy.DUCKDB)}"

    def decide(who: Audience) -> set[str]:
        return {i for (i,) in cursor.execute(query, policy.asked(who, TODAY)).fetchall()}

    return decide


def _postgresql(known: Mapping[str, Label], url: str, folder: Path) -> Decide:
    """By row security itself: what the role that reads finds in the table of rules."""
    book = Casebook(url, folder)
    book.create()
    with book.engine.begin() as tx:
        tx.execute(sa.insert(policy.rules), [policy.rule(i, label) for i, label in known.items()])
    engine = sa.create_engine(url)
    enter = sa.text(
        "SELECT set_config('counterflow.audience', :c, true), set_config('role', 'counterflow_reader', true)"
    )

    def decide(who: Audience) -> set[str]:
        with engine.begin() as tx:
            tx.execute(enter, {"c": signed(book._key, json.dumps(policy.asked(who, TODAY)))})
            return set(tx.execute(sa.text("SELECT label_id FROM rules")).scalars())

    return decide


# -- cost --------------------------------------------------------------------------------------------------------------


def cost(rows: int, postgresql: str | None) -> None:
    """Print what a scan of all rows and a page of twenty cost, plain and through the wall."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for url in (f"sqlite:///{folder / 'casebook.sqlite'}", *([postgresql] if postgresql else [])):
            book = Casebook(url, folder)
            book.create()
            _fill(book, rows)
            _compare(book, rows)
            book.close()


WHO = Audience("a", organisation="ORG-1", ceiling=TLP.AMBER)
"""Reads all rows: what is compared is the same work."""


def _fill(book: Casebook, rows: int) -> None:
    made = [Label(TLP.AMBER, f"ORG-{n}", frozenset({"ORG-1"})) for n in range(2000)]
    with book.engine.begin() as tx:
        book.intern(tx, made)
    query = sa.text(
        'INSERT INTO judgements ("left", "right", verdict, "by", at, reason, label_id)'
        " VALUES (:left, 'b', 'same', 'me', '2026-01-01', 'because they are', :label)"
    )
    with book.engine.begin() as tx:
        for start in range(0, rows, 20_000):
            batch = range(start, min(rows, start + 20_000))
            tx.execute(query, [{"left": f"s{n}", "label": made[n * 7919 % len(made)].id} for n in batch])
    if book.engine.dialect.name == "postgresql":
        with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
            tx.execute(sa.text("VACUUM ANALYZE judgements"))
            tx.execute(sa.text("ANALYZE rules"))


def _compare(book: Casebook, rows: int) -> None:
    from counterflow.storage import catalogue

    reader = book.reader(WHO)
    clock = time.process_time if book.engine.dialect.name == "sqlite" else time.perf_counter
    found = {}
    for name, side in (("plain", book), ("wall", reader)):
        table = side.seen(catalogue.judgements)
        scan = sa.select(sa.func.count(), sa.func.sum(sa.func.length(table.c.reason)))
        with side.reading() as tx:
            times = []
            for _ in range(5):
                begun = clock()
                assert tx.execute(scan).one()[0] == rows
                times.append(clock() - begun)
            page = str(
                sa.select(table)
                .where(table.c.id.between(1, 20))
                .compile(book.engine, compile_kwargs={"literal_binds": True})
            )
            cursor = tx.connection.cursor()
            runs = []
            for _ in range(5):
                begun = clock()
                for _ in range(400):
                    cursor.execute(page)
                    assert len(cursor.fetchall()) == 20
                runs.append((clock() - begun) / 400)
        found[name] = min(times), min(runs)
    (scan, page), (walled, walled_page) = found["plain"], found["wall"]
    print(f"{book.engine.dialect.name}: {rows:,} rows scanned in {scan:.3f} s, through the wall in {walled:.3f} s")
    print(
        f"   {walled / scan:.2f} x; a page of 20 in {page * 1e6:.0f} us, through the wall in {walled_page * 1e6:.0f} us"
    )
    begun = time.perf_counter()
    for n in range(20):
        book.reader(Audience(f"{n}", "ORG-1", ceiling=TLP.AMBER)).labels()
    spent = (time.perf_counter() - begun) / 20
    print(f"   a reading side for a new audience, 2,000 labels decided and read: {spent * 1e3:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["decisions", "cost"])
    parser.add_argument("n", nargs="?", type=int)
    parser.add_argument("--postgresql", metavar="URL", help="of an empty database")
    given = parser.parse_args()
    if given.what == "decisions":
        decisions(given.n or 10_000_000, given.postgresql)
    else:
        cost(given.n or 1_000_000, given.postgresql)


if __name__ == "__main__":
    main()
