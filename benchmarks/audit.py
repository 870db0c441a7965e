"""The audit log as it grows: appending at once and one by one, proving, verifying; beside a chain of plain hashes.

    python benchmarks/audit.py [EVENTS…]

CPU seconds of this process, SQLite in a folder of its own. The peer is what the log adds to: the same rows appended to
a table without tree, seal or signature.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

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
            for start in range(0, size, 5000):
                told = [
                    ("analyst", "show", {"audience": "owner", "exercise": True, "id": f"entity-{n}"})
                    for n in range(start, min(size, start + 5000))
                ]
                with book.engine.begin() as tx:
                    book.audit_log.append(tx, told)
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
    main([int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
