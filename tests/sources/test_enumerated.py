"""Values numbered within one field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.sources.enumerated import pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1) German (2) Moroccan", ["German", "Moroccan"]),
        ("1) Saudi Arabia 2) Qatar", ["Saudi Arabia", "Qatar"]),
        ("a) General b)Major General", ["General", "Major General"]),
        ("(1)-(2) Indonesia", ["Indonesia"]),
        ("(1) to (6) Algeria (7) Morocco", ["Algeria", "Morocco"]),
        ("(1) Germany (b) Algeria", ["Germany", "Algeria"]),
        ("(i) x (ii) y (iii) z", ["x", "y", "z"]),
        ("Jordanian passports (1) K048787 (2) 486298", ["Jordanian passports K048787", "Jordanian passports 486298"]),
        ("(a) 9003213 issued in Iran(b) 6620505", ["9003213 issued in Iran", "6620505"]),
        ("a) Ward (Korean-Dong), Pyongyang b) Kyongrim-Dong", ["Ward (Korean-Dong), Pyongyang", "Kyongrim-Dong"]),
        ("article 3(2) of the act", ["article 3(2) of the act"]),
        ("Office (a) of examples", ["Office (a) of examples"]),
        ("973406 (Yemeni) (b) 12", ["973406 (Yemeni) (b) 12"]),
        ("plain", ["plain"]),
        ("  ", []),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?", fullmatch=True), min_size=2, max_size=9))
def test_what_is_numbered_comes_apart_as_it_was(values: list[str]) -> None:
    for mark in ("({})", "{})"):
        for labels in ([str(n) for n in range(1, 10)], "abcdefghi"):
            text = " ".join(f"{mark.format(label)} {value}" for label, value in zip(labels, values, strict=False))
            assert pieces(text) == values


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    assert all(piece.strip() for piece in pieces(text))
