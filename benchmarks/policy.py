"""The compiled policy against its oracle, and what the second wall costs.

    python benchmarks/policy.py decisions [N] [--postgresql URL]     N decisions on each engine; default ten million
    python benchmarks/policy.py cost [ROWS] [--postgresql URL]       a scan and pages, plain and through the wall

Labels and audiences are random, from names nobody should have (`counterflow.testing.policy`). The oracle is
`model.handling.readable`; each engine decides about all labels in one statement for each audience. CPU seconds are of
this process, and of PostgreSQL's that answers it where it runs on this machine; its decisions are by the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa  # noqa: TID253 - what is measured

from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.storage import catalogue, policy
from counterflow.storage.duckdb import ParquetLedger, connect, rules_of
from counterflow.storage.row_security import reading_engine
from counterflow.storage.sql import Casebook
from counterflow.testing.policy import TODAY, audiences, labels

LABELS = 5000
"""Interned labels of the world that is decided about."""

ROUNDS = 7
"""Each side is measured so often, in turn; told is the median."""

PAGES = 4000
"""So many pages are read of each side."""

SIDES = ("bare", "wall")

Spent = dict[tuple[str, str], list[float]]
Reading = Callable[[], contextlib.AbstractContextManager[sa.Connection]]
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
    """By row security itself: each audience anew, as the role that reads finds what was decided for it."""
    book = Casebook(url, folder)
    book.create()
    with book.engine.begin() as tx:
        tx.execute(sa.insert(policy.rules), [policy.rule(i, label) for i, label in known.items()])
    policy.today = lambda: TODAY

    def decide(who: Audience) -> set[str]:
        reader = book.reader(who)
        with reader.reading() as tx:
            return set(tx.execute(sa.text("SELECT label_id FROM opened")).scalars())

    return decide


# -- cost --------------------------------------------------------------------------------------------------------------

WHO = Audience("a", organisation="ORG-1", ceiling=TLP.AMBER)
"""Reads all rows: what is compared is the same work."""

MADE = [Label(TLP.AMBER, f"ORG-{n}", frozenset({"ORG-1"})) for n in range(2000)]


def cost(rows: int, postgresql: str | None) -> None:
    """Print what a scan of all rows and a page of twenty cost, of a bare table and through the wall."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for url in (f"sqlite:///{folder / 'casebook.sqlite'}", *([postgresql] if postgresql else [])):
            book = Casebook(url, folder)
            book.create()
            _fill(book, rows)
            _casebook(book, rows)
            if book.engine.dialect.name == "sqlite":
                _ledger(book, rows, folder / "ledger")
            book.close()


def _fill(book: Casebook, rows: int) -> None:
    """Judgements, and the same in a table that no wall stands before."""
    with book.engine.begin() as tx:
        book.intern(tx, MADE)
    query = sa.text(
        'INSERT INTO judgements ("left", "right", verdict, "by", at, reason, label_id)'
        " VALUES (:left, 'b', 'same', 'me', '2026-01-01', 'because they are', :label)"
    )
    with book.engine.begin() as tx:
        for start in range(0, rows, 20_000):
            batch = range(start, min(rows, start + 20_000))
            tx.execute(query, [{"left": f"s{n}", "label": MADE[n * 7919 % len(MADE)].id} for n in batch])
    bare = catalogue.judgements.to_metadata(sa.MetaData(), name="bare")
    bare.create(book.engine)
    with book.engine.begin() as tx:
        tx.execute(sa.text("INSERT INTO bare SELECT * FROM judgements"))
    if book.engine.dialect.name == "postgresql":
        book.reader(WHO).labels()
        with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
            for table in ("judgements", "bare", "opened", "rules"):
                tx.execute(sa.text(f"VACUUM ANALYZE {table}"))


def _casebook(book: Casebook, rows: int) -> None:
    postgresql = book.engine.dialect.name == "postgresql"
    bare = catalogue.judgements.to_metadata(sa.MetaData(), name="bare")
    plain = reading_engine(book.engine.url) if postgresql else book.engine
    reader = book.reader(WHO)
    sides: dict[str, tuple[Reading, sa.Table]] = {
        "bare": (plain.begin, bare),
        "wall": (reader.reading, reader.seen(catalogue.judgements)),
    }

    def scan(table: sa.Table, tx: sa.Connection) -> None:
        asked = sa.select(sa.func.count(), sa.func.sum(sa.func.length(table.c.reason)))
        assert tx.execute(asked).one()[0] == rows

    spent: Spent = {}
    for _ in range(ROUNDS):
        for side, (reading, table) in sides.items():
            with reading() as tx:
                if postgresql:  # workers' time would not be counted; rows of the wall are read by one
                    tx.execute(sa.text("SET LOCAL max_parallel_workers_per_gather = 0"))
                _take(spent, (side, "scan"), _clock(tx), functools.partial(scan, table, tx))
    _pages(book, sides, spent)
    _tell(book.engine.dialect.name, rows, spent)
    begun = time.perf_counter()
    for n in range(20):
        book.reader(Audience(f"{n}", "ORG-1", ceiling=TLP.AMBER)).labels()
    spent_ms = (time.perf_counter() - begun) / 20 * 1e3
    print(f"   a reading side for a new audience, 2,000 labels decided and read: {spent_ms:.1f} ms")


def _pages(book: Casebook, sides: Mapping[str, tuple[Reading, sa.Table]], spent: Spent) -> None:
    """One of each side in turn: whatever else the machine does meets both."""
    asked = {side: sa.select(table).where(table.c.id.between(1, 20)) for side, (_, table) in sides.items()}
    texts = {side: str(q.compile(book.engine, compile_kwargs={"literal_binds": True})) for side, q in asked.items()}

    def page(side: str, tx: sa.Connection) -> None:
        cursor = tx.connection.cursor()
        cursor.execute(texts[side])
        assert len(cursor.fetchall()) == 20

    def whole(side: str) -> None:
        with sides[side][0]() as tx:
            page(side, tx)

    with contextlib.ExitStack() as stack:
        begun = {side: stack.enter_context(reading()) for side, (reading, _) in sides.items()}
        clocks = {side: _clock(tx) for side, tx in begun.items()}
        for _ in range(PAGES):
            for side, tx in begun.items():
                _take(spent, (side, "page"), clocks[side], functools.partial(page, side, tx))
    for _ in range(PAGES):
        for side in sides:  # on the same connections: each side has a pool of its own
            _take(spent, (side, "whole"), clocks[side], functools.partial(whole, side))


def _take(spent: Spent, what: tuple[str, str], clock: Callable[[], float], doing: Callable[[], object]) -> None:
    begun = clock()
    doing()
    spent.setdefault(what, []).append(clock() - begun)


def _ledger(book: Casebook, rows: int, folder: Path) -> None:
    """Claims in segments of a label each; bare: the same files read by an engine that was told nothing else."""
    ledger = ParquetLedger(folder, book)
    each = rows // len(MADE)
    parts = [
        ("claims", label.id, pa.Table.from_pylist([
            {"claim_id": f"{n}-{i}", "subject": f"s{n}-{i // 20}", "value": "because they are", "label_id": label.id}
            for i in range(each)
        ])) for n, label in enumerate(MADE)
    ]  # fmt: skip
    segments = ledger.append(parts)
    batch = {"dataset": "d", "reader": "r", "files": [], "fingerprint": "f", "counts": {}, "descriptor": {},
             "label_id": MADE[0].id, "recorded_at": book.next_time()}  # fmt: skip
    book.commit_batch(batch, segments, MADE, [], "me")
    plain = connect()
    files = [str(folder / s.path) for s in segments]
    sides = {"bare": (plain, plain.read_parquet(files)), "wall": (None, ledger.scope(WHO).table("claims"))}
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name, (connection, table) in sides.items():
            cursor = (connection or table._find_backend()).con
            for what, asked, n in (
                ("scan", table.aggregate(n=table.count(), length=table.value.length().sum()), 1),
                ("page", table.filter(table.subject == "s7-1"), 1),
            ):
                text = str((connection or table._find_backend()).compile(asked))
                begun = time.process_time()
                for _ in range(n):
                    found = cursor.execute(text).fetchall()
                assert found[0][0] == each * len(MADE) or len(found) == 20
                spent.setdefault((name, what), []).append(time.process_time() - begun)
    _tell("duckdb", rows, spent)


def _clock(tx: sa.Connection) -> Callable[[], float]:
    """CPU seconds of this process, and of the server's that answers it where that runs here."""
    pid = getattr(getattr(tx.connection.driver_connection, "info", None), "backend_pid", None)
    told = Path(f"/proc/{pid}/schedstat")
    if pid is None or not told.exists():
        return time.process_time
    return lambda: time.process_time() + int(told.read_text().split()[0]) / 1e9


def _tell(engine: str, rows: int, spent: Spent) -> None:
    bare, wall = (statistics.median(spent[side, "scan"]) for side in SIDES)
    print(f"{engine}: {rows:,} rows scanned in {bare:.3f} CPU s, through the wall in {wall:.3f} s: {wall / bare:.2f} x")
    for what, told in (("page", "a page of 20"), ("whole", "with its transaction")):
        if ("bare", what) in spent:
            for name, part in (("median", 0.5), ("best tenth", 0.1)):
                bare, wall = (sorted(spent[side, what])[int(len(spent[side, what]) * part)] * 1e6 for side in SIDES)
                print(f"   {told}, {name}: {bare:.0f} us, through the wall {wall:.0f} us: {wall - bare:+.0f} us")


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
