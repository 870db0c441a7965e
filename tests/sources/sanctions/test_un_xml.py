"""The UN list: every field arrives somewhere; counts agree with the real editions."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from counterflow.errors import InputError
from counterflow.sources.reader import Rejected, Statements
from counterflow.sources.sanctions.un_xml import READER
from sources.lists import Told, values

FIXTURE = Path(__file__).parents[2] / "fixtures" / "un_xml" / "list.xml"
DPRK = "Democratic People's Republic of Korea"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, FIXTURE)


def test_a_person_with_all_the_list_says_of_him(told: Told) -> None:
    assert told["100", "name"] == ["HARBOUR MASTER EXAMPLE"]
    assert told["100", "firstName"] == ["HARBOUR"]
    assert told["100", "secondName"] == ["MASTER", "EXAMPLE"]
    assert told["100", "unscId"] == ["KPi.900"]
    assert told["100", "topics"] == ["sanction"]
    assert told["100", "gender"] == ["Male"]
    assert told["100", "title"] == ["Captain"]
    assert told["100", "position"] == ["Port officer", "Deputy of the Example Bureau"]
    assert told["100", "sourceUrl"] == ["https://www.example.org/notice/1"]
    assert told["100", "country"] == [DPRK, "China"]


def test_names_are_unpacked_by_quality_and_script(told: Told) -> None:
    assert told["100", "alias"] == ["항구", "Harbor Master", "Hafen Meister", "항구장"]
    packed = told.said("100", "alias")[2]
    assert packed.original == "Harbor Master; Hafen Meister (original script: 항구장)"
    assert packed.note == "previously listed as"
    assert told["100", "weakAlias"] == ["The Pilot"]
    assert told["200", "alias"] == ["Bureau of Examples"]
    assert told["200", "previousName"] == ["Sample Office"]


def test_dates_of_birth_in_all_their_forms(told: Told) -> None:
    born = [(s.value, s.note) for s in told.said("100", "birthDate")]
    assert born == [
        ("1963-08-24", "under the name Harbor Master"),
        ("1963-08-24", None),
        ("1962", "between"),
        ("1964", "between"),
        ("1960", "approximately"),
    ]
    assert "Date of birth: 24/06/1402 (Hijri Calendar)" in told["100", "notes"]
    assert told["100", "birthPlace"][-1] == f"Nampo, {DPRK}"
    assert told["100", "birthCountry"] == [DPRK]


def test_a_remark_behind_a_country_is_no_part_of_its_name(told: Told) -> None:
    said = told.said("100", "nationality")[1]
    assert (said.value, said.original, said.note) == ("USSR", "USSR (until 1991)", "until 1991")


def test_documents_addresses_and_the_listing_are_subjects_of_their_own(told: Told) -> None:
    passport = told.one("Passport")
    assert passport["holder"] == ["100"]
    assert passport["number"] == ["X0000001"]
    assert passport["country"] == [DPRK]
    assert (passport["startDate"], passport["endDate"]) == (["2011-12-07"], ["2016-12-06"])
    assert passport["authority"] == ["issued in Pyongyang"]
    assert told["100", "passportNumber"] == ["X0000001"]
    (address,) = told["100", "addressEntity"]
    assert told[address, "street"] == ["1 Pier Road"]
    assert told[address, "remarks"] == ["as of 2015"]
    listing = values(told.by_subject["100-sanction"])
    assert listing["entity"] == ["100"]
    assert listing["program"] == ["DPRK"]
    assert listing["unscId"] == ["KPi.900"]
    assert listing["listingDate"] == ["2016-03-02"]
    assert listing["modifiedAt"] == ["2017-06-05", "2022-07-26"]
    assert listing["description"] == ["version of the entry: 2", "submitted by: Italy"]


def test_every_text_of_the_file_arrives(told: Told) -> None:
    """Whatever stands in an element is found in a value, an original or a note, but for words that say nothing."""
    words = {w.strip() for w in re.findall(r">([^<>]+)<", FIXTURE.read_text("utf-8")) if w.strip()}
    silent = {"na", "EXACT", "National Identification Number"}  # the last stands without a number
    said = [s for r in told.statements for s in r.said]
    heard = " | ".join(f"{s.value} {s.original or ''} {s.note or ''}" for s in said).replace("&", "&amp;").lower()
    quality = {"Good", "Low", "a.k.a.", "f.k.a."}  # becomes the property itself
    assert {w for w in words - silent - quality if " ".join(w.split()).lower() not in heard} == set()


def test_a_bare_ampersand_is_mended_and_noted_on_that_party_alone() -> None:
    records = list(READER.read(FIXTURE.with_name("spoilt.xml"), {}))
    (rejected,) = [r for r in records if isinstance(r, Rejected)]
    assert (rejected.line, rejected.field, rejected.reason) == (4, "DATAID", "a party needs a DATAID")
    bureau = next(r for r in records if isinstance(r, Statements) and r.subject == "200")
    assert bureau.note == "mended while reading: unescaped & in line 91"
    assert "Trades in pilots & piers" in values(bureau)["notes"]


def test_locators_do_not_move_when_a_party_is_added_above(tmp_path: Path) -> None:
    text = FIXTURE.read_text("utf-8")
    party = text[text.index("<INDIVIDUAL>") : text.index("</INDIVIDUAL>") + len("</INDIVIDUAL>")]
    path = tmp_path / "list.xml"
    path.write_text(text.replace(party, party.replace("<DATAID>100<", "<DATAID>99<") + party), encoding="utf-8")
    longer = Told(READER, path)
    before = Told(READER, FIXTURE).by_subject["200"]
    after = longer.by_subject["200"]
    assert (after.locator, after.said) == (before.locator, before.said)
    assert longer.parties() == {"Person": 2, "Organization": 1}


@pytest.mark.parametrize(
    ("edition", "persons", "entities"),
    [("2018-08-24", 701, 397), ("2024-10-16", 684, 193), ("2026-02-27", 730, 273)],
)
def test_real_editions(shared_data: Path, edition: str, persons: int, entities: int) -> None:
    """Counts of the publisher's own records; 80 + 75 of them North Korean in each; Office 39 with its six aliases."""
    told = Told(READER, shared_data / "sanctions-un" / f"un_consolidated_{edition}.xml.gz")
    assert told.parties() == {"Person": persons, "Organization": entities}
    assert told.rejected == []
    assert told.dangling() == set()
    listed = [values(r) for r in told.statements if r.schema == "Sanction"]
    assert len(listed) == persons + entities
    assert sum(v["program"] == ["DPRK"] for v in listed) == 155
    office = "6908524"
    assert told[office, "unscId"] == ["KPe.030"]
    assert told[f"{office}-sanction", "listingDate"] == ["2016-03-02"]
    aliases = ["Office #39", "Office No. 39", "Bureau 39", "Central Committee Bureau 39", "Third Floor", "Division 39"]
    assert told[office, "alias"] == aliases
    assert all(property in ("birthCountry", "country", "nationality") for property, _ in told.unclean())
    assert sum(told.unclean().values()) <= 16
    mended = {r.subject for r in told.statements if r.party and r.note}
    assert len(mended) == (5 if edition == "2024-10-16" else 0)


def test_a_real_edition_cut_short_is_an_error(shared_data: Path, tmp_path: Path) -> None:
    whole = gzip.decompress((shared_data / "sanctions-un" / "un_consolidated_2026-02-27.xml.gz").read_bytes())
    path = tmp_path / "cut.xml"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cut short"):
        list(READER.read(path, {}))
