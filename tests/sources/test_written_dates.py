"""Dates in English words: exact, about, ranges; what could be two dates is none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model import dates
from counterflow.sources.written_dates import day_first, read, year_first


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2016-03-02", ("2016-03-02",)),
        ("1951", ("1951",)),
        ("Dec 1948", ("1948-12",)),
        ("10 Dec 1948", ("1948-12-10",)),
        ("24 Aug. 1963.", ("1963-08-24",)),
        ("1st of September 1970", ("1970-09-01",)),
        ("March 17, 2020", ("2020-03-17",)),
        ("circa 1951", ("1951",)),
        ("Approximately Nov. 1973", ("1973-11",)),
        ("1951 to 1953", ("1951", "1953")),
        ("between 1963 and 1968", ("1963", "1968")),
        ("circa 1979-1982", ("1979", "1982")),
        ("01 Jan 1973 to 31 Dec 1973", ("1973",)),
        ("01 Jan 1961 to 31 Dec 1963", ("1961", "1963")),
    ],
)
def test_forms_of_the_lists(text: str, values: tuple[str, ...]) -> None:
    written = read(text)
    assert written is not None
    assert written.values == values


@pytest.mark.parametrize(
    "text", ["", "01/02/1960", "31 Feb 2000", "24/06/1402 (Hijri Calendar)", "30-35 years old", "1960 to soon", "circa"]
)
def test_what_is_no_date_or_two(text: str) -> None:
    assert read(text) is None


def test_what_is_left_out_is_noted() -> None:
    exact, about, spell = read("1951"), read("circa 1951"), read("1951 to 1953")
    assert exact is not None
    assert exact.note is None
    assert about is not None
    assert about.note == "as written: circa 1951"
    assert spell is not None
    assert spell.note == "as written: 1951 to 1953"


@given(st.dates())
def test_every_day_is_read_back(day: dt.date) -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    written = read(f"{day.day:02d} {months[day.month - 1]} {day.year:04d}")
    assert written is not None
    assert written.values == (day.isoformat(),)


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    written = read(text)
    assert written is None or all(dates.clean(value) == value for value in written.values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21/12/2011", ("2011-12-21",)),
        ("4.2.1938", ("1938-02-04",)),
        ("00/00/1980", ("1980",)),
        ("00/02/1938", ("1938-02",)),
        ("dd/mm/1945", ("1945",)),
        ("dd/11/1945", ("1945-11",)),
        ("02/00/1938", None),
        ("30/02/1938", None),
        ("16.02.23", None),
        ("1980", None),
    ],
)
def test_a_list_that_puts_the_day_first(text: str, expected: tuple[str, ...] | None) -> None:
    found = day_first(text)
    assert (found and found.values) == expected


def test_years_of_two_digits_need_a_century() -> None:
    found = day_first("16.02.23", "20")
    assert found is not None
    assert found.values == ("2023-02-16",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2009.7.16", ("2009-07-16",)),
        ("1944/10/13", ("1944-10-13",)),
        ("1945年", ("1945",)),
        ("1961年3月", ("1961-03",)),
        ("1961年3月2日生", ("1961-03-02",)),
        ("1945年頃", ("1945",)),
        ("1961年13月", None),
        ("昭和20年", None),
    ],
)
def test_a_list_that_puts_the_year_first(text: str, expected: tuple[str, ...] | None) -> None:
    found = year_first(text)
    assert (found and found.values) == expected
