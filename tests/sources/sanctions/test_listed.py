"""One listed party: what its values' types refuse is kept, documents are read out of sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.sources.reader import Rejected, Statements
from counterflow.sources.sanctions.listed import Document, Listed, Names, country, document, homes
from sources.lists import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2255278 (Syria)", Document("2255278", "Syria")),
        ("Passport No: 592667 (Qatari passport issued on 3 May 2007).", Document("592667", None, "2007-05-03")),
        ("D 000974 (Afghan)", Document("D 000974", "Afghan")),
        ("TR-M842033 (Turkish).", Document("TR-M842033", "Turkish")),
        ("S/26/3963. Issued on 8 November 2012", Document("S/26/3963", None, "2012-11-08")),
        ("no 3603251708570001", Document("3603251708570001")),
        ("Saudi Arabia 2135314355", Document("2135314355", "Saudi Arabia")),
        ("Italian Fiscal Code DAOMMD74T11Z352Z", Document("DAOMMD74T11Z352Z", "Italian")),
        (
            "CAR Diplomatic Passport No D00000897 issued 5 April 2013, valid until 4 April 2018",
            Document("D00000897", "CAR", "2013-04-05", "2018-04-04"),
        ),
        ("(Egypt). Issued 1993.", None),
        ("unknown", None),
        ("1 63 08 4 01 001 005E", None),
    ],
)
def test_a_document_is_read_out_of_a_sentence(text: str, expected: Document | None) -> None:
    assert document(text) == expected


@given(st.text(max_size=200))
def test_any_sentence_is_taken(text: str) -> None:
    found = document(text)
    assert found is None or any(c.isdigit() for c in found.number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pakistan", ("Pakistan", None)),
        ("Pakistan (since 2009)", ("Pakistan", "since 2009")),
        ("Moldavian SSR (now Republic of Moldova)", ("Republic of Moldova", "Moldavian SSR (now Republic of Moldova)")),
        ("Latakia Province, Syria", ("Syria", "Latakia Province, Syria")),
        ("Iranian citizenship", ("Iranian", "Iranian citizenship")),
        ("Congolese", (None, None)),
        ("Atlantis", (None, None)),
    ],
)
def test_countries(text: str, expected: tuple[str | None, str | None]) -> None:
    assert country(text) == expected


def listed(schema: str = "Person") -> Listed:
    return Listed("7", schema, "number 7", 3, "An authority", "gb")


def told(party: Listed) -> tuple[dict[str, list[str]], list[Rejected]]:
    records = list(party.records())
    first = records[0]
    assert isinstance(first, Statements)
    return values(first), [r for r in records if isinstance(r, Rejected)]


def test_what_a_type_refuses_is_a_note_and_set_aside_once() -> None:
    party = listed()
    for _ in range(2):
        party.tell("birthDate", "the year dot", "DOB")
        party.tell("nationality", "Atlantis", "Nationality")
    party.tell("birthDate", "1961", "DOB")
    said, aside = told(party)
    assert said["birthDate"] == ["1961"]
    assert said["notes"] == ["DOB: the year dot", "Nationality: Atlantis"]
    assert [(r.line, r.field) for r in aside] == [(3, "DOB"), (3, "Nationality")]
    assert "kept as a note" in aside[0].reason


def test_what_the_kind_of_party_does_not_have_is_a_note() -> None:
    party = listed("Vessel")
    party.tell(["birthDate", "buildDate"], "1961", "Date")
    party.tell("position", "Captain", "Position")
    said, aside = told(party)
    assert (said["buildDate"], said["notes"], aside) == (["1961"], ["Position: Captain"], [])


def test_a_name_bears_its_language_and_its_remarks() -> None:
    party = listed()
    party.name("Example; Russian: Пример (born 1961)", "alias", packed=True)
    said = [s for s in party.main.said if s.property == "alias"]
    assert [(s.value, s.lang) for s in said] == [("Example", None), ("Пример", "rus")]


def test_what_has_an_owner_is_a_company() -> None:
    party = listed("Organization")
    party.link("Ownership", "Example Group", "parent company", reverse=True)
    assert party.main.schema == "Company"


def test_names_that_two_bear_say_nothing() -> None:
    names = Names([("Example Ltd.", "1"), ("TWIN", "2"), ("Twin", "3")])
    assert (names("EXAMPLE  LTD"), names("twin"), names("nobody")) == ("1", None, None)


def test_where_a_property_stands() -> None:
    assert homes("registrationNumber", ("Person", "Vessel")) == [
        "LegalEntity.registrationNumber",
        "Vehicle.registrationNumber",
    ]


def test_two_countries_in_one_cell_are_two() -> None:
    party = Listed("1", "Person", "entry 1", 1, "Ministry", "xx")
    for text in ("Russian and Ukrainian", "Malian / Mauritanian", "Bosnia and Herzegovina", "Russian and Ruritanian"):
        party.tell("nationality", text, "Nationality")
    said = [(s.value, s.note) for s in party.main.said if s.property == "nationality"]
    assert [value for value, _ in said] == ["Russian", "Ukrainian", "Malian", "Mauritanian", "Bosnia and Herzegovina"]
    assert said[0][1] == "Russian and Ukrainian"
    assert [r.raw for r in party.rejected] == ["1: Russian and Ruritanian"]
