"""Rival accounts of one fact, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.claims.conflicts import accounts, contested
from counterflow.model import dates
from counterflow.model import schema as vocabulary


def row(value: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "stance": "asserts", "valid_from": None, "valid_to": None, **more}


def told(prop_type: str, *rows: dict[str, Any]) -> list[list[str]]:
    return [[r["value"] for r in account] for account in accounts(prop_type, rows)]


@pytest.mark.parametrize(
    ("prop_type", "values"),
    [
        ("date", ["1946", "1946-03-01"]),
        ("date", ["1946", "1946-03", "1946-03-01"]),
        ("number", ["10000", "10,000", "1e4"]),
        ("identifier", ["IMO 9066978", "IMO-9066978"]),
        ("string", ["Male", "male "]),
        ("date", ["1946"]),
        ("date", []),
    ],
)
def test_what_may_be_one_value_is_no_conflict(prop_type: str, values: list[str]) -> None:
    assert told(prop_type, *map(row, values)) == []


def test_rival_values_stand_side_by_side_with_what_supports_each() -> None:
    assert told("date", *map(row, ["1946", "1945-02-01", "1946-03"])) == [["1945-02-01"], ["1946", "1946-03"]]
    assert told("date", *map(row, ["1946", "1946-03", "1946-05"])) == [["1946", "1946-03"], ["1946", "1946-05"]]
    assert told("number", *map(row, ["10000", "12000"])) == [["10000"], ["12000"]]


def test_what_held_at_different_times_is_no_conflict() -> None:
    before, after = row("51", valid_to="2009"), row("49", valid_from="2010")
    assert told("number", before, after) == []
    assert told("number", before, row("49", valid_from="2009-06")) == [["49"], ["51"]]


def test_a_denial_is_the_rival_of_what_it_denies() -> None:
    yes, no, unsure = row("x"), row("x", stance="denies"), row("x", stance="doubts")
    assert contested([yes]) == [] == contested([no])
    assert contested([yes, no, unsure]) == [[yes], [no], [unsure]]
    assert told("string", row("x"), row("y", stance="denies")) == []
    assert contested([row("x", valid_to="2001"), row("x", stance="denies", valid_from="2005")]) == []


DATES = st.sampled_from(["1945", "1946", "1946-03", "1946-03-01", "1946-03-02", "1946-05"])


@given(st.lists(DATES, max_size=5))
def test_dates_conflict_where_no_day_fits_them_all(values: list[str]) -> None:
    found = told("date", *map(row, values))
    spans = [(dates.earliest(v), dates.latest(v)) for v in values]
    one_day_fits = not spans or max(a for a, _ in spans) <= min(b for _, b in spans)
    assert bool(found) is not one_day_fits
    for account in found:
        own = [(dates.earliest(v), dates.latest(v)) for v in account]
        assert max(a for a, _ in own) <= min(b for _, b in own), "an account does not contradict itself"
    if found:
        assert {v for account in found for v in account} == set(values), "nothing that was said is left out"


def test_which_properties_have_one_value() -> None:
    single = {f"{s.name}.{p.name}" for s in vocabulary.all().values() for p in s.properties.values() if p.single}
    assert {"Person.birthDate", "Vessel.imoNumber", "Ownership.percentage", "Company.incorporationDate"} <= single
    assert not {"Person.nationality", "Thing.name", "LegalEntity.registrationNumber"} & single
