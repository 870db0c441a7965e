"""Several names in one field, and what is no name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.sources.packed_names import unpack


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Office #39", ("Office #39",)),
        ("Azim Adhajani; Azim Agha-Jani", ("Azim Adhajani", "Azim Agha-Jani")),
        ("M. Sabet; Mohammad Sabet b) M. Javad", ("M. Sabet", "Mohammad Sabet", "M. Javad")),
        ("أبو شيماء (Abu-Shaima; Abu- Shayma)", ("أبو شيماء", "Abu-Shaima", "Abu- Shayma")),
        ("Al-Kadari (original script: Аль-Кадари)", ("Al-Kadari", "Аль-Кадари")),
        ("AFGHAN SUPPORT COMMITTEE (ASC)", ("AFGHAN SUPPORT COMMITTEE (ASC)",)),
        ("Tahrir (T) (تحرير (original script); Tahreer; X (Y))", ("Tahrir (T)", "تحرير", "Tahreer", "X (Y)")),
        ("Son of Noor (اختر محمد ), ", ("Son of Noor", "اختر محمد")),
        ("A\n     B", ("A B",)),
        (" ; ", ()),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert unpack(text).names == names


@pytest.mark.parametrize(
    ("text", "name", "remark"),
    [
        ("Khirullah Said, born in Kandahar on 01 Jan.1967", "Khirullah Said", "born in Kandahar on 01 Jan.1967"),
        ("Abdel Sabri (false identity, document 6910275)", "Abdel Sabri", "false identity, document 6910275"),
    ],
)
def test_remarks_are_kept_apart(text: str, name: str, remark: str) -> None:
    packed = unpack(text)
    assert packed.names == (name,)
    assert packed.remarks == (remark,)
    assert packed.original(name) == text


@given(st.text(alphabet="ab;()) 1Ж\n", max_size=40))
def test_nothing_but_marks_is_lost(text: str) -> None:
    packed = unpack(text)
    told = "".join(packed.names) + "".join(packed.remarks)
    assert {c for c in text if c in "1Ж"} <= set(told)
    assert all(name == name.strip() for name in packed.names)
