"""Rows of CSV: lines are told, what is broken is set aside with its lines, nothing is passed over."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import Rejected, read_head
from counterflow.sources.rows import header_of, rows


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a, b\n1,"two\nlines"\n\n3,4\n5\n6,7,8\n9,10\n')
    assert header_of(read_head(path)) == ["a", "b"]
    found = list(rows(path))
    assert [r for r in found if not isinstance(r, Rejected)] == [
        (1, ["a", " b"]), (2, ["1", "two\nlines"]), (5, ["3", "4"]), (8, ["9", "10"]),
    ]  # fmt: skip
    assert [(r.line, r.raw) for r in found if isinstance(r, Rejected)] == [(6, "5"), (7, "6,7,8")]


def test_what_is_no_text_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a,b\n1,2\n\x00,3\n항구,4\n".encode() + b"\xff,5\n" + "부두,7\n".encode() * 50)
    assert [r.line for r in rows(path) if isinstance(r, Rejected)] == [3, 5]


def test_a_quote_that_does_not_end_costs_its_lines_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,2\n3,"' + "x" * 60 + "\n" + "4,5\n" * 60_000)
    found = list(rows(path))
    broken = next(r for r in found if isinstance(r, Rejected))
    assert broken.line == 3 and broken.reason.startswith("lines 3 to ")
    assert len(found) > 20_000, "after it the others are read"


def test_empty_and_endless_are_clear_errors(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("")
    with pytest.raises(UnreadableFile):
        list(rows(path))
    path.write_text("a,b\n" + "x" * (2 << 20))
    with pytest.raises(InputError):
        list(rows(path))


_CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), max_size=8)


@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *table])
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert [r[1] for r in rows(path) if not isinstance(r, Rejected)] == [["a", "b"], *table]
