from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.entities.records import LONGEST, read
from counterflow.errors import UsageError


def person(**properties: Any) -> dict[str, Any]:
    return {"schema": "Person", "properties": {"name": "Kim Jong Un", **properties}}


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("1984-01-08", ("1984-01-08",)),
        ("03 May 1964", ("1964-05-03",)),
        ("25/05/1968", ("1968-05-25",)),
        ("11/02/1949", ("1949-02-11", "1949-11-02")),  # either may be meant
        ("00/00/1957", ("1957",)),
        ("circa 1954", ("1954~",)),
        ("1963 to 1965", ("1963", "1965")),
    ],
)
def test_dates_as_people_write_them(written: str, means: tuple[str, ...]) -> None:
    profile, problems = read(person(birthDate=written))
    assert profile.dates == means
    assert not problems


def test_numbers_in_remarks() -> None:
    profile, _ = read(
        person(idNumber=["(1) 1990/345751 (Libyan) (2) 345741 (Libyan)", "KP, 2017-09-26, 472320665, Passport"])
    )
    assert {i.value for i in profile.identifiers} == {"1990345751", "345741", "472320665"}


def test_countries_in_enumerations() -> None:
    profile, _ = read(person(nationality="(1) German (2) Moroccan", country="Jordan (since July 2013)"))
    assert profile.countries == ("de", "jo", "ma")


def test_what_cannot_be_used_is_named_and_the_rest_counts() -> None:
    profile, problems = read(
        person(
            brithDate="1984",
            birthDate="1984-13-45",
            nationality="Atlantis",
            alias=["K\x00im\x1b Jong-un", "x", "y" * 10_000, {"a": 1}],
        )
    )
    assert [n.name.text for n in profile.names][:2] == ["Kim Jong Un", "Kim Jong-un"]
    assert all(len(n.name.text) <= LONGEST for n in profile.names)
    said = "\n".join(problems)
    for part in ("did you mean 'birthDate'", "1984-13-45", "Atlantis", "'x' is no name", "10,000", "must be text"):
        assert part in said, part


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (5, "must be an object"),
        ({}, "no properties"),
        ({"schema": "Persn", "properties": {"name": "Kim"}}, "did you mean 'Person'"),
        ({"schema": ["Person"], "properties": {"name": "Kim"}}, "schema must be a name"),
        ({"properties": {"name": "x"}}, "neither a name nor a number"),
        ({"properties": {"country": "kp"}}, "neither a name nor a number"),
    ],
)
def test_records_that_cannot_be_compared(record: Any, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        read(record)


def test_the_parts_of_a_name_are_a_name() -> None:
    profile, _ = read({"schema": "Person", "properties": {"firstName": "Jong Un", "lastName": "Kim"}})
    assert profile.names[0].name.text == "Jong Un Kim"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["name", "alias", "birthDate", "nationality", "idNumber", "imoNumber", "gender", "phone", "x"])


@given(record=JSON | st.fixed_dictionaries({"schema": JSON, "properties": st.dictionaries(KEYS, JSON)}))
def test_any_json_is_read_or_refused(record: Any) -> None:
    with contextlib.suppress(UsageError):
        profile, _ = read(record)
        assert profile.names or profile.identifiers
