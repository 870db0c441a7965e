"""The search index: whole tokens, a prefix at the end, the surest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.storage.search import SqliteSearch

ROWS = [
    ("o39", ["office", "39"], 1.0),
    ("o39", ["39", "39호", "호실"], 0.5),
    ("o38", ["office", "38"], 1.0),
    ("bank", ["korea", "daesong", "bank"], 1.0),
]


@pytest.fixture
def index(tmp_path: Path) -> SqliteSearch:
    SqliteSearch.build(tmp_path / "s.sqlite", ROWS)
    return SqliteSearch(tmp_path / "s.sqlite")


def test_every_word_must_be_there(index: SqliteSearch) -> None:
    assert [e for e, _ in index.find([["office", "39"]], 9)] == ["o39"]


def test_the_last_word_may_be_unfinished(index: SqliteSearch) -> None:
    assert [e for e, _ in index.find([["korea", "dae"]], 9)] == ["bank"]


def test_two_syllables_of_hangul_are_enough(index: SqliteSearch) -> None:
    assert [e for e, _ in index.find([["호실"]], 9)] == ["o39"]


def test_where_no_entry_has_all_words_those_with_some_come(index: SqliteSearch) -> None:
    assert {e for e, _ in index.find([["office", "daesong"]], 9)} == {"o39", "o38", "bank"}


@pytest.mark.parametrize("tokens", [[], [""], ['"'], ['a"b OR c'], ["*"], ["NEAR("]])
def test_no_text_breaks_the_query_language(index: SqliteSearch, tokens: list[str]) -> None:
    assert isinstance(index.find([tokens], 5), list)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        SqliteSearch.build(tmp_path / name, ROWS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_any_one_way_of_asking_is_enough(index: SqliteSearch) -> None:
    found = [e for e, _ in index.find([["buero", "39"], ["korea", "bank"]], 9)]
    assert found == ["bank"]
