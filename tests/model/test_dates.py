"""Partial dates mean every day they can mean."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model import dates

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


@given(days, st.sampled_from([4, 7, 10]))
def test_a_shortened_date_still_covers_its_day(day: dt.date, length: int) -> None:
    text = day.isoformat()[:length]
    assert dates.clean(text) == text
    assert dates.earliest(text) <= day <= dates.latest(text)


@pytest.mark.parametrize("text", ["2016-13", "2016-02-30", "16", "2016-9", "", "circa 1970", "2016-02-29x"])
def test_what_is_no_date_is_not_bent_into_one(text: str) -> None:
    assert dates.clean(text) is None


@pytest.mark.parametrize(
    ("start", "end", "day", "held"),
    [
        ("2016-09", None, "2016-08", False),
        ("2016-09", None, "2016-10", True),
        ("2009", "2010-05", "2010", True),
        (None, "2016-03", "2016-04-01", False),
        (None, None, "1950", True),
    ],
)
def test_as_of(start: str | None, end: str | None, day: str, held: bool) -> None:
    assert dates.holds_on(start, end, day) is held
