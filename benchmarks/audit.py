"""The audit log as it grows: appending at once and one by one, proving, verifying; beside a chain of plain hashes.

    python benchmarks/audit.py [EVENTS…]
    python benchmarks/audit.py tampers EVENTS [FOLDER]   until each kind of tampering with so many is found; the log of
        the folder is taken, or made there, and left as it was

CPU seconds of this process, SQLite in a folder of its own. The peer is what the log adds to: the same rows appended to
a table without tree, seal or signature.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from counterflow.storage import audit_checks, merkle
from counterflow.storage.sql import Casebook


def main(sizes: list[int]) -> None:
    """Print a line for each size."""
    print("      events  append/CPU-s  x plain  one by one  proof ms  verify s  bytes/event")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            book = Casebook(f"sqlite:///{folder / 'casebook.sqlite'}", folder)
            book.create()
            begun = time.process_time()
            _fill(book, size)
            appended = time.process_time() - begun
            begun = time.process_time()
            for n in range(200):
                book.audit("analyst", "show", {"id": n})
            single = (time.process_time() - begun) / 200
            plain = _plain(folder, size)
            book.audit_log.head()
            begun = time.process_time()
            for n in range(0, size, max(1, size // 50)):
                book.audit_log.proof(n)
            proof = (time.process_time() - begun) / 50
            begun = time.process_time()
            assert book.verify_audit() == []
            verified = time.process_time() - begun
            held = sum(p.stat().st_size for p in folder.glob("casebook.sqlite*")) / size
            book.close()
        print(f"{size:>12,} {size / appended:>13,.0f} {appended / plain:>8.1f} {1 / single:>11,.0f}", end=" ")
        print(f"{proof * 1e3:>9.2f} {verified:>9.1f} {held:>12,.0f}", flush=True)


def _fill(book: Casebook, size: int) -> None:
    for start in range(0, size, 5000):
        told = [
            ("analyst", "show", {"audience": "owner", "exercise": True, "id": f"entity-{n}"})
            for n in range(start, min(size, start + 5000))
        ]
        with book.engine.begin() as tx:
            book.audit_log.append(tx, told)


def tampers(size: int, folder: Path) -> None:
    """Tamper with a log in each way, look, take it back; print a line for each."""
    import sqlalchemy as sa

    file = folder / "casebook.sqlite"
    made = file.exists()
    book = Casebook(f"sqlite:///{file}", folder)
    book.create()
    if not made:
        _fill(book, size)
    book.close()
    some, leaf = size // 2 + 77, b"nothing happened"
    ways = {
        "as it was left": [],
        "a changed row": [f"UPDATE audit_log SET leaf = X'{leaf.hex()}' WHERE n = {some}"],
        "a changed row and its hash": [
            f"UPDATE audit_log SET leaf = X'{leaf.hex()}', hash = X'{merkle.leaf(leaf).hex()}' WHERE n = {some}"
        ],
        "the last row changed": [f"UPDATE audit_log SET leaf = leaf || X'20' WHERE n = {size - 1}"],
        "a removed row": [f"DELETE FROM audit_log WHERE n = {some}"],
        "a swapped pair": [
            f"UPDATE audit_log SET n = {a} WHERE n = {b}" for a, b in ((-1, some), (some, some + 1), (some + 1, -1))
        ],
        "a truncated tail": [
            f"DELETE FROM audit_log WHERE n >= {size - 5000}",
            f"UPDATE audit_state SET size = {size - 5000}",
        ],
        "a changed head": [
            "UPDATE audit_heads SET note = replace(note, substr(note, -20, 1), 'A') WHERE size ="
            f" (SELECT min(size) FROM audit_heads WHERE size > {some})"
        ],
    }
    for what, statements in ways.items():
        db = sqlite3.connect(file, isolation_level=None)
        engine = sa.create_engine("sqlite://", creator=lambda db=db: db, poolclass=sa.pool.StaticPool)
        engine.connect().close()  # the first time it asks a connection what it is, and rolls back
        db.execute("BEGIN")
        for statement in statements:
            db.execute(statement)
        wall, cpu = time.monotonic(), time.process_time()
        found = audit_checks.problems(engine)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        if db.in_transaction:
            db.execute("ROLLBACK")
        engine.dispose()
        assert bool(found) == bool(statements), what
        print(f"{what:28}{cpu:6.1f} CPU-s{wall:7.1f} s  {found[0] if found else 'nothing is wrong'}", flush=True)


def _plain(folder: Path, size: int) -> float:
    import sqlalchemy as sa

    engine = sa.create_engine(f"sqlite:///{folder / 'plain.sqlite'}")
    table = sa.Table("log", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), sa.Column("detail", sa.Text))
    table.create(engine)
    begun = time.process_time()
    for start in range(0, size, 5000):
        rows = [{"n": n, "detail": f'{{"id": "entity-{n}"}}'} for n in range(start, min(size, start + 5000))]
        with engine.begin() as tx:
            tx.execute(sa.insert(table), rows)
    return time.process_time() - begun


if __name__ == "__main__":
    if sys.argv[1:2] == ["tampers"]:
        with tempfile.TemporaryDirectory() as own:
            place = Path(sys.argv[3] if len(sys.argv) > 3 else own)
            place.mkdir(exist_ok=True)
            tampers(int(sys.argv[2]), place)
    else:
        main([int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
