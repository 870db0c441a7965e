"""A workspace as it would be if what a reader may not see had never been brought to it.

Rows, labels, batches, originals, decisions and writings that the reader may not read are taken out, and what is left is
numbered anew: a number that skips tells of what it skips. The audit log, which only an auditor reads, is emptied.

Invariant: nothing is left alone because nobody thought of it. A table or a file that no rule covers is an error.
"""
# ruff: noqa: S608 - names of tables and columns are those of the casebook itself

from __future__ import annotations

import bisect
import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from counterflow.model.handling import Audience, Label, readable
from counterflow.testing.noninterference.strangers import forget_strangers

__all__ = ["Uncovered", "forget"]

HOUSE = frozenset(
    {"meta", "generation", "audit_log", "audit_tiles", "audit_state", "audit_heads", "audit_keys", "audit_successions"}
)
"""Tables that hold no record: the layout, the number of the generation, and the log, which is emptied. Those of who may
do what, `identity_…`, are of
`strangers`."""

GONE_WHEN_NOT_READ = "label_id", "own_label_id"
"""Columns with the id of a label: the row goes with it. A column `labels` has a JSON list of such ids."""

_FILES = frozenset({"counterflow.toml", "audit.key", "writer.lock", "casebook.sqlite", "fetched", "ledger", "blobs"})
_REBUILT = frozenset({"derived", "casebook.sqlite-wal", "casebook.sqlite-shm"})


class Uncovered(AssertionError):
    """Something in a workspace of which it is not known whose it is."""


def forget(
    folder: Path, audience: Audience, *, principal: str = "", today: str | None = None, keep_derived: bool = False
) -> int:  # fmt: skip
    """Take out of a workspace all that an audience may not read. Returns how many rows and files went.

    :param folder: of a workspace that nobody has open
    :param principal: id of who is signed in; empty: nobody has an account
    :param today: ISO date on which labels expire or not; None: that of the clock
    :param keep_derived: leave what was derived for audiences, which is by itself no record; by default it is made anew
    """
    with closing(sqlite3.connect(folder / "casebook.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("BEGIN")
        gone = _rows(db, audience, _today() if today is None else today)
        forget_strangers(db, principal)
        _renumber(db)
        paths, originals, told = _mentioned(db)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return gone + _files(folder, audience, paths, originals, told, keep_derived=keep_derived)


def _today() -> str:
    import datetime as dt

    return dt.datetime.now(dt.UTC).date().isoformat()


def _rows(db: sqlite3.Connection, audience: Audience, today: str) -> int:
    labels = {i: Label.from_dict(json.loads(text)) for i, text in db.execute("SELECT label_id, content FROM labels")}
    open_ = {i for i, label in labels.items() if readable(label, audience, today=today)}
    before = db.total_changes
    _batches(db, open_)
    marks = ",".join("?" * len(open_))
    for table in _tables(db):
        columns = _columns(db, table)
        bearing = [c for c in GONE_WHEN_NOT_READ if c in columns]
        if table in ("labels", "batches") or _of_the_house(table):
            continue
        if not bearing and "labels" not in columns and not _parents(db, table):
            raise Uncovered(f"the casebook's table {table} bears no label: say in {__name__} whose its rows are")
        for column in bearing:
            db.execute(f'DELETE FROM "{table}" WHERE "{column}" NOT IN ({marks})', sorted(open_))
        if "labels" in columns:
            rows = db.execute(f'SELECT rowid, labels FROM "{table}"').fetchall()
            shut = [(id,) for id, text in rows if not set(json.loads(text)) <= open_]
            db.executemany(f'DELETE FROM "{table}" WHERE rowid = ?', shut)
    _orphans(db)
    _unused_labels(db)
    for table in ("audit_log", "audit_tiles", "audit_heads"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE audit_state SET size = 0, peaks = x'', head_size = 0, head_at = ''")
    return db.total_changes - before


def _batches(db: sqlite3.Connection, open_: Collection[str]) -> None:
    """A batch is read by who may read all that came with it. Where some of it may be, the rest of what it says goes."""
    for batch, label, *texts in db.execute("SELECT batch_id, label_id, counts, descriptor FROM batches").fetchall():
        came = {i for (i,) in db.execute("SELECT label_id FROM segments WHERE batch_id = ?", (batch,))}
        if {label, *came} <= set(open_):
            continue
        if came & set(open_):
            blank = [json.dumps(dict.fromkeys(json.loads(text), nothing)) for text, nothing in zip(texts, (0, None))]  # noqa: B905
            told = "files = '[]', counts = ?, descriptor = ?, fingerprint = '', reader = '', label_id = 'no one',"
            told += """ labels = '["no one"]'"""
            db.execute(f"UPDATE batches SET {told} WHERE batch_id = ?", (*blank, batch))
        else:
            db.execute("DELETE FROM batches WHERE batch_id = ?", (batch,))


def _orphans(db: sqlite3.Connection) -> None:
    """Rows whose parent has gone go with it, theirs too."""
    while True:
        before = db.total_changes
        for table in _tables(db):
            for parent, column, key in _parents(db, table):
                db.execute(
                    f'DELETE FROM "{table}" WHERE "{column}" IS NOT NULL'
                    f' AND "{column}" NOT IN (SELECT "{key}" FROM "{parent}")'
                )
        if db.total_changes == before:
            return


def _unused_labels(db: sqlite3.Connection) -> None:
    """Labels that nothing bears go, with what is compiled of them. The rest come in the order of their ids: in which
    order they came is told by those that are not there any more."""
    used: set[str] = set()
    about = [table for table in _tables(db) if _columns(db, table).get("label_id", ("", False))[1]]
    for table in (t for t in _tables(db) if t not in about):
        columns = _columns(db, table)
        for column in (c for c in GONE_WHEN_NOT_READ if c in columns):
            used.update(i for (i,) in db.execute(f'SELECT DISTINCT "{column}" FROM "{table}"'))
        if "labels" in columns:
            used.update(i for (text,) in db.execute(f'SELECT labels FROM "{table}"') for i in json.loads(text))
    for table in about:
        names = list(_columns(db, table))
        at = names.index("label_id")
        kept = [row for row in db.execute(f'SELECT * FROM "{table}" ORDER BY label_id').fetchall() if row[at] in used]
        db.execute(f'DELETE FROM "{table}"')
        db.executemany(f'INSERT INTO "{table}" VALUES ({",".join("?" * len(names))})', kept)


def _renumber(db: sqlite3.Connection) -> None:
    """Numbers that the database gave, from 1 on without gaps, in the same order; those who refer to them follow."""
    for table in _tables(db):
        key = [c for c, (kind, primary) in _columns(db, table).items() if primary and kind == "INTEGER"]
        if len(key) != 1 or _of_the_house(table):
            continue
        ids = [i for (i,) in db.execute(f'SELECT "{key[0]}" FROM "{table}" ORDER BY 1')]
        moved = [(new, old) for new, old in enumerate(ids, 1) if new != old]
        db.executemany(f'UPDATE "{table}" SET "{key[0]}" = ? WHERE "{key[0]}" = ?', moved)
        for child in _tables(db):
            for column in (c for parent, c, k in _parents(db, child) if (parent, k) == (table, key[0])):
                db.executemany(f'UPDATE "{child}" SET "{column}" = ? WHERE "{column}" = ?', moved)
        if table == "writings" and moved:  # how far somebody has looked is a place among them
            _moved_places(db, ids)
        if table == "batches" and moved:  # a second reading of what a batch set aside says which one
            renamed = {old: new for new, old in moved}
            for batch, text in db.execute("SELECT batch_id, descriptor FROM batches").fetchall():
                described = json.loads(text)
                if described.get("retries") is not None:
                    described["retries"] = renamed.get(described["retries"], described["retries"])
                    kept = json.dumps(described, ensure_ascii=False, sort_keys=True)
                    db.execute("UPDATE batches SET descriptor = ? WHERE batch_id = ?", (kept, batch))
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (len(ids), table))


def _moved_places(db: sqlite3.Connection, ids: list[int]) -> None:
    """:param ids: of writings as they were, in order"""
    for id, text in db.execute("SELECT id, content FROM writings WHERE kind = 'seen'").fetchall():
        place = bisect.bisect_right(ids, json.loads(text)["seq"])
        db.execute("UPDATE writings SET content = ? WHERE id = ?", (json.dumps({"seq": place}), id))


def _mentioned(db: sqlite3.Connection) -> tuple[set[str], set[str], str]:
    """Paths of segments, hashes of originals, and the text of all writings."""
    paths = {path for (path,) in db.execute("SELECT path FROM segments")}
    lists = [text for table in ("batches", "held") for (text,) in db.execute(f"SELECT files FROM {table}")]
    originals = {file["sha256"] for text in lists for file in json.loads(text)}
    there = "writings" in _tables(db)
    return paths, originals, "\n".join(t for (t,) in db.execute("SELECT content FROM writings")) if there else ""


def _files(
    folder: Path, audience: Audience, paths: set[str], originals: set[str], told: str, *, keep_derived: bool
) -> int:
    stray = [p for p in folder.glob("ledger/*/*") if str(p.relative_to(folder / "ledger")) not in paths]
    stray += [p for p in folder.glob("blobs/*/*") if p.name not in originals]
    stray += [p for p in folder.glob("models/*") if p.name not in told]
    for path in folder.iterdir():
        if path.name in _FILES or path.name == "models":
            continue
        if path.name == "kept":  # files of customers, each of one audience
            own = folder / "kept" / audience.name
            stray += [p for p in path.rglob("*") if p.is_file() and not p.is_relative_to(own)]
        elif path.name in _REBUILT:
            stray += [] if keep_derived else [path]
        else:
            raise Uncovered(f"a workspace holds {path.name}: say in {__name__} whose it is")
    for path in stray:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return len(stray)


def _of_the_house(table: str) -> bool:
    return table in HOUSE or table.startswith("identity_")


def _tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    return [name for (name,) in found]


def _columns(db: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """Column → type, and whether it is the whole primary key or part of it."""
    return {row[1]: (row[2], bool(row[5])) for row in db.execute(f'PRAGMA table_info("{table}")')}


def _parents(db: sqlite3.Connection, table: str) -> Iterable[tuple[Any, Any, Any]]:
    """(table, column here, column there) of what its rows belong to."""
    return [(row[2], row[3], row[4] or row[3]) for row in db.execute(f'PRAGMA foreign_key_list("{table}")')]
