"""Companies House: natures of control as bands, parties of every kind, and companies with their former names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile
from counterflow.model.share import Share
from counterflow.sources.ownership import uk_companies, uk_psc
from counterflow.sources.ownership.uk_natures import nature
from counterflow.sources.reader import Rejected, Statements
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"
SNAPSHOT = FIXTURES / "uk_psc" / "snapshot.json"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(uk_psc.READER, SNAPSHOT)


@pytest.mark.parametrize(
    ("code", "found"),
    [("ownership-of-shares-25-to-50-percent", ("shareholding", Share(25, 50, True))),
     ("ownership-of-shares-50-to-75-percent-as-trust", ("shareholding", Share(50, 75, True, True))),
     ("voting-rights-75-to-100-percent-limited-liability-partnership", ("votingRights", Share(75, 100))),
     ("part-right-to-share-surplus-assets-75-to-100-percent", ("rightsToSurplusAssetsOnDissolution", Share(75, 100))),
     ("ownership-of-shares-more-than-25-percent-registered-overseas-entity", ("shareholding", Share(25, 100, True))),
     ("right-to-appoint-and-remove-members-as-firm-limited-liability-partnership", ("appointmentOfBoard", None)),
     ("significant-influence-or-control", ("otherInfluenceOrControl", None)), ("rule-by-decree", None)],
)  # fmt: skip
def test_natures_of_control(code: str, found: tuple[str, Share | None] | None) -> None:
    assert nature(code) == found


def test_a_person_and_what_it_controls(told: Told) -> None:
    id = "01234567-aaaa1"
    assert told[id, "name"] == ["Mr Harbour Example Master"]
    assert (told[id, "firstName"], told[id, "lastName"], told[id, "birthDate"]) == (
        ["Harbour"],
        ["Master"],
        ["1977-02"],
    )
    assert told[id, "nationality"] == ["British"]
    (strange,) = told.said(id, "notes")
    assert (strange.value, strange.note) == ("Atlantean", "nationality")
    shares = values(told.by_subject[f"{id}-ownership-of-shares-50-to-75-percent"])
    assert (shares["owner"], shares["asset"]) == ([id], ["uk-companies::01234567"])
    assert (shares["percentage"], shares["startDate"], shares["endDate"]) == (
        [">50-<75"],
        ["2016-04-06"],
        ["2018-05-14"],
    )
    votes = told.by_subject[f"{id}-voting-rights-25-to-50-percent-as-trust"]
    assert (votes.schema, values(votes)["percentage"]) == ("Control", [">25-50"])
    assert values(votes)["summary"] == ["voting rights 25 to 50 percent as trust"]
    board = values(told.by_subject[f"{id}-right-to-appoint-and-remove-directors"])
    assert board["controlType"] == ["appointmentOfBoard"] and "percentage" not in board


def test_other_parties(told: Told) -> None:
    firm = "01234567-bbbb2"
    (number,) = told.said(firm, "registrationNumber")
    assert (number.value, number.note) == ("987654321", "Brønnøysund")
    assert (told[firm, "jurisdiction"], told[firm, "legalForm"]) == (["Norway"], ["AS"])
    assert told["01234568-cccc3", "notes"] == ["Atlantis", "legal authority: Royal charter", "registered at: Hull"]
    hidden = "01234568-dddd4"
    assert told[hidden, "summary"] == ["super secure persons with significant control"]
    assert told[f"{hidden}-control", "summary"] == ["nature of control not told"]
    owner = "OE000001-eeee5"
    assert told[owner, "topics"] == ["sanction"]
    nominee = f"{owner}-registered-owner-as-nominee-person-england-wales-registered-overseas-entity"
    assert told[nominee, "controlType"] == ["nominee"]
    assert told.parties() == {"Person": 3, "Company": 1, "Organization": 1}


def test_statements_and_exemptions_are_said_of_the_company(told: Told) -> None:
    said = [
        (s.value, s.valid_from, s.valid_to)
        for r in told.statements if r.subject.startswith("uk-companies::") for s in r.said if s.property == "notes"
    ]  # fmt: skip
    assert said == [
        ("control: psc exists but not identified", "2017-01-01", "2018-01-01"),
        ("control: no individual or entity with signficant control, Nobody", "2018-01-01", None),
        ("control: psc exempt as trading on regulated market", "2017-06-30", "2020-06-30"),
    ]
    assert told["01234569-ffff6", "summary"] == ["psc exists but not identified"], "somebody is there, nobody knows who"
    assert told["01234569-ffff6-unknown", "object"] == ["uk-companies::01234569"]
    assert told.rejected == []


def test_what_cannot_be_is_set_aside() -> None:
    told = Told(uk_psc.READER, FIXTURES / "uk_psc" / "spoilt.json")
    assert [(r.line, r.field) for r in told.rejected] == [
        (1, "data.date_of_birth"), (1, "natures_of_control"), (2, "data.kind"), (3, "company_number"), (4, None),
        (5, "data.kind"), (6, "persons_of_significant_control_count"),
    ]  # fmt: skip
    (end,) = told.said("01234567-aaaa1-ownership-of-shares-25-to-50-percent", "endDate")
    assert end.note == "as told, before its beginning"
    assert told["01234567-aaaa1-rule-by-decree", "role"] == ["Unknown interest"]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda s: st.lists(s, max_size=2) | st.dictionaries(st.text(max_size=4), s, max_size=2),
    max_leaves=5,
)


@given(data=st.data())
def test_any_value_in_any_field_is_read_or_named(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows: list[Any] = [json.loads(line) for line in SNAPSHOT.read_text("utf-8").splitlines()]
    at = data.draw(st.sampled_from(rows[:8]))["data"]
    at[data.draw(st.sampled_from(sorted(at)))] = data.draw(_ANY)
    path = tmp_path_factory.mktemp("psc") / "x.json"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    found = list(uk_psc.READER.read(path, {}))
    assert len({r.subject for r in found if isinstance(r, Statements)}) > 15
    assert all(r.reason for r in found if isinstance(r, Rejected))


# -- basic company data ----------------------------------------------------------------------------------------------


def test_a_company() -> None:
    told = Told(uk_companies.READER, FIXTURES / "uk_companies" / "companies.csv")
    number = "01234567"
    assert told.parties() == {"Company": 2}
    assert told[number, "name"] == ["EXAMPLE SHIPPING LTD"]
    (former,) = told.said(number, "previousName")
    assert (former.value, former.valid_to) == ("EXAMPLE COMMERCE LIMITED", "2015-02-01")
    assert told[number, "incorporationDate"] == ["2010-05-09"]
    assert told[number, "sector"] == ["50200 - Sea and coastal freight water transport",
                                      "52290 - Other transportation support activities"]  # fmt: skip
    assert told[number, "notes"] == [
        "accounts: category DORMANT, reference day 31, reference month 12, made up to 2022-12-31, next due 2024-09-30",
        "returns: made up to 2015-05-10, next due 2016-06-07",
        "confirmation statement: made up to 2023-05-10, next due 2024-05-24",
        "charges: all 2, outstanding 1, satisfied 1",
    ]
    assert told["SL001234", "notes"] == ["accounts: category NO ACCOUNTS FILED", "partners: general 1, limited 2"]
    assert told["SL001234", "dissolutionDate"] == ["2023-12-31"]
    assert not told.said("SL001234", "sector")
    assert not told.unclean()


def test_a_bad_company_row_is_set_aside() -> None:
    told = Told(uk_companies.READER, FIXTURES / "uk_companies" / "spoilt.csv")
    assert [(r.line, r.field) for r in told.rejected] == [
        (2, "IncorporationDate"), (3, "CompanyName"), (4, "CompanyNumber"), (5, None),
    ]  # fmt: skip
    assert told["00000001", "name"] == ["GOOD LTD"]


def test_both_files_tell_of_one_company(tmp_path: Path) -> None:
    psc = {s.subject for s in Told(uk_psc.READER, SNAPSHOT).statements if s.subject.startswith("uk-companies::")}
    assert "uk-companies::01234567" in psc
    assert uk_companies.READER.descriptor.dataset == "uk-companies"
    path = tmp_path / "x.csv"
    path.write_text("CompanyName,CompanyNumber\nA,1\n")
    with pytest.raises(UnreadableFile):
        list(uk_companies.READER.read(path, {}))
    path.write_text("")
    with pytest.raises(InputError):
        list(uk_psc.READER.read(path, {}))
