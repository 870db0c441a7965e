"""Cells that a spreadsheet shows and does not run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.casework.spreadsheet import safe_cell

DANGEROUS = ("=1+1", "=cmd|' /C calc'!A0", "+cmd|'x'!A0", "-2+3+cmd|'x'!A0", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1")


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.5", "+850 2 381-2345", "-5", "Office 39", "", "a=b", "39호실", "'=1"])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert safe_cell(text) == text


def test_other_values() -> None:
    assert [safe_cell(v) for v in (None, True, False, 0.5, -1)] == ["", "true", "false", "0.5", "-1"]


@given(st.text())
def test_no_cell_begins_with_a_sign_unless_it_is_a_number(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    if cell.lstrip()[:1] in ("=", "@") or cell[:1] in ("\t", "\r", "\n"):
        raise AssertionError(cell)
    if cell.lstrip()[:1] in ("+", "-"):
        assert not any(c.isalpha() for c in cell)
        assert not set(cell) & set("|!'\"=")
