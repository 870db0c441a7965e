"""A workspace without what a reader may not see is, row for row, the one to which it was never brought."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from counterflow.testing.noninterference import Uncovered, build, forget


def _all(folder: Path) -> list[str]:
    """Every row that is not of the log, nor the number that is drawn at random with every change; and every file."""
    beside = ('INSERT INTO "audit', 'INSERT INTO "sqlite_seq', 'INSERT INTO "generation"')
    with closing(sqlite3.connect(folder / "casebook.sqlite")) as db:
        rows = [line for line in db.iterdump() if not line.startswith(beside)]
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.parent != folder]
    return rows + [f"{p.relative_to(folder)} {p.stat().st_size}" for p in files]


def _without(folder: Path, seed: int, hidden: int) -> list[str]:
    world = build(folder, seed, hidden)
    assert forget(folder, world.reader) > 0
    return _all(folder)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_does_not_depend_on_what_was_hidden(tmp_path: Path, seed: int) -> None:
    first, second = (_without(tmp_path / str(hidden), seed, hidden) for hidden in (0, 1))
    assert first == second


def test_where_nothing_is_hidden_nothing_goes_but_the_log(tmp_path: Path) -> None:
    world = build(tmp_path / "world", 1, hidden=None)
    before = _all(world.folder)
    forget(world.folder, world.reader)

    def kept(rows: list[str]) -> list[str]:  # labels that no record bears go
        return [row for row in rows if not row.startswith(('INSERT INTO "labels', 'INSERT INTO "rules'))]

    assert kept(before) == kept(_all(world.folder))


def test_what_nobody_thought_of_is_an_error(tmp_path: Path) -> None:
    world = build(tmp_path / "world", 1)
    strange = shutil.copytree(world.folder, tmp_path / "strange")
    (strange / "notebook.txt").write_text("whose is it?", encoding="utf-8")
    with pytest.raises(Uncovered, match=r"notebook\.txt"):
        forget(strange, world.reader)
    with closing(sqlite3.connect(world.folder / "casebook.sqlite")) as db:
        db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        db.commit()
    with pytest.raises(Uncovered, match="notes bears no label"):
        forget(world.folder, world.reader)
