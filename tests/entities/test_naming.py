"""Names are found where they stand, in any script, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities.naming import Names, pieces

KNOWN = [
    ("o39", "Organization", ["Office 39", "Central Committee Bureau 39"]),
    ("o38", "Organization", ["Office 38"]),
    ("kju", "Person", ["Kim Jong Un", "김정은", "金正恩"]),
    ("koryo", "Company", ["Air Koryo"]),
    ("dhid", "Company", ["Dandong Hongxiang Industrial Development Co., Ltd.", "丹东鸿祥实业发展有限公司"]),
    ("komid", "Company", ["KOMID", "Korea Mining Development Trading Corporation"]),
    ("glocom", "Company", ["Glocom"]),
    ("bank", "Company", ["Внешторгбанк"]),
    ("sas", "Organization", ["Société Générale de Surveillance"]),
    ("mid", "Organization", ["MID"]),
    ("two", "Person", ["Kim Jong Un"]),
]
NAMES = Names(KNOWN)


def named(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[n.start : n.end], n.bearers) for n in NAMES.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In Office #39, and Office No. 39.", ["Office #39", "Office No. 39"]),
        ("Office Number 39 and Office 38 merged", ["Office Number 39", "Office 38"]),
        ("Office 390 is another, and Office. 38 years later", ["Office. 38"]),
        ("KIM, Jong Un’s money", ["KIM, Jong Un"]),
        ("Jong Un Kim", ["Jong Un Kim"]),
        ("Kim Jong-un and\nKim  Jong\nUn", ["Kim Jong-un", "Kim  Jong\nUn"]),
        ("Koryolink is not Air Koryo, nor air koryolink", ["Air Koryo"]),
        ("Dandong Hongxiang Industrial Development was named", ["Dandong Hongxiang Industrial Development"]),
        ("KOMID sold; komid is a word; Komid too", ["KOMID"]),
        ("Glocom sold; glocom did not", ["Glocom"]),
        ("in the mid of it, MID", ["MID"]),
        ("김정은은 말했다", ["김정은"]),
        ("据悉，金正恩访问了丹东鸿祥实业发展有限公司。", ["金正恩", "丹东鸿祥实业发展有限公司"]),
        ("банк Внешторгбанк", ["Внешторгбанк"]),
        ("Societe Generale de Surveillance", ["Societe Generale de Surveillance"]),
        ("", []),
        ("39", []),
    ],
)
def test_where_a_name_stands(text: str, found: list[str]) -> None:
    assert [part for part, _ in named(text)] == found


def test_all_who_bear_a_name_are_told() -> None:
    assert named("Kim Jong Un") == [("Kim Jong Un", ("kju", "two"))]


def test_the_longest_name_wins() -> None:
    names = Names(
        [("a", "Company", ["Bank of China"]), ("b", "Company", ["Bank of China (Beijing)", "Bank of China Beijing"])]
    )
    [one] = names.find("at the Bank of China (Beijing) they")
    assert one.bearers == ("b",)


def test_one_word_is_less_sure_than_several() -> None:
    [one], [several] = NAMES.find("Glocom"), NAMES.find("Air Koryo")
    assert several.sure and not one.sure


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_pieces_stand_where_they_say(text: str) -> None:
    last = 0
    for piece in pieces(text):
        assert last <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end] == piece.written
        last = piece.end


@given(
    st.text(max_size=60), st.sampled_from(["Central Committee Bureau 39", "金正恩", "Air Koryo"]), st.text(max_size=60)
)
@settings(max_examples=200, deadline=None)
def test_a_name_is_found_in_any_company(before: str, name: str, after: str) -> None:
    text = f"{before} . {name} . {after}"
    at = len(before) + 3
    assert any(n.start <= at and n.end >= at + len(name) for n in NAMES.find(text))


def test_many_names_are_looked_for_at_once() -> None:
    """Time does not grow with the number of names: a page takes milliseconds among 50,000 of them."""
    names = Names((str(n), "Company", [f"Trading House {n} of Harbour {n % 97}"]) for n in range(50_000))
    text = "The Trading House 4711 of Harbour 55 sold coal. " * 100
    began = time.process_time()
    assert len(names.find(text)) == 100
    assert time.process_time() - began < 1
