"""OFAC's three XML formats: one entry told the same way in each, and what only the later two know."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import Reader, read_head
from counterflow.sources.sanctions import ofac_advanced, ofac_csv, ofac_enhanced, ofac_xml
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"
CLASSIC = FIXTURES / "ofac_xml" / "sdn.xml"
ENHANCED = FIXTURES / "ofac_enhanced" / "sdn_enhanced.xml"
ADVANCED = FIXTURES / "ofac_advanced" / "sdn_advanced.xml"

FORMATS = [(ofac_xml.READER, CLASSIC), (ofac_enhanced.READER, ENHANCED), (ofac_advanced.READER, ADVANCED)]
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(("reader", "path"), FORMATS)
def test_the_same_person_in_each_format(reader: Reader, path: Path) -> None:
    """Ids, names, listing, address and passport agree, so that a change of format is not a change of the list."""
    told = Told(reader, path)
    assert told.by_subject["102"].schema == "Person"
    assert told["102", "lastName"] == ["MASTER"]
    assert told["102", "name"][0].startswith("Harbour Exampl")
    assert "THE PILOT" in told["102", "weakAlias"]
    assert told["102", "birthDate"][0].startswith("1963")
    assert told["102", "ofacId"] == ["102"]
    assert told["102", "passportNumber"] == ["X0000001"]
    assert told["address-13", "city"] == ["Nampo"]
    assert told["address-13", "country"] == ["Korea, North"]
    passport = told.one("Passport")
    assert (passport["country"], passport["startDate"]) == (["Korea, North"], ["2011-12-07"])
    assert "DPRK3" in told["102-sanction", "program"]
    assert told["101", "name"] == ["EXAMPLE TRADING CORP."]
    assert told.dangling() == set()
    assert told.rejected == []


@pytest.mark.parametrize(("reader", "path"), FORMATS)
def test_an_entity_bomb_is_refused(reader: Reader, path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    declaration, _, rest = text.partition("?>")
    bomb = tmp_path / path.name
    bomb.write_text(f"{declaration}?>{BOMB}{rest.replace('EXAMPLE TRADING', '&b;')}", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        list(reader.read(bomb, {}))


def test_classic_entries_of_each_kind() -> None:
    told = Told(ofac_xml.READER, CLASSIC)
    assert told.parties() == {"Person": 1, "Organization": 1, "Vessel": 1}
    assert told["102", "previousName"] == ["Hafen MASTER"]
    assert told["102-sanction", "program"] == ["DPRK3", "SDGT"]
    assert told["address-13", "street"] == ["1 Pier Road, Second Floor"]
    assert told["103", "imoNumber"] == ["1234567"]
    assert told["103", "grossRegisteredTonnage"] == ["1850"]
    assert told.links("Ownership") == [("101", "103", "Vessel Owner")]
    assert told.links("UnknownLink") == [("102", "101", "Linked To")]
    assert told.one("CryptoWallet")["publicKey"] == ["1ExampleOfAnAddress"]


def test_enhanced_relationships_scripts_and_validity() -> None:
    told = Told(ofac_enhanced.READER, ENHANCED)
    assert told.links("Representation") == [("102", "101", "Acting for or on behalf of")]
    assert told.links("Control") == [("999", "102", "Owned or Controlled By")]
    assert told["102-control-999", "status"] == ["quality: High"]
    assert (told["999", "name"], told["999", "ofacId"]) == (["A BODY ELSEWHERE"], ["999"])
    assert told.by_subject["999"].party is False
    korean = next(said for said in told.said("102", "alias") if said.value == "항구")
    assert korean.lang == "kor"
    assert told.one("Passport")["summary"] == ["not valid"]
    assert told["102-sanction", "reason"] == ["Executive Order 13722 (North Korea)"]
    assert told["102-sanction", "listingDate"] == ["2016-12-02"]
    assert told["102", "middleName"] == ["Example"]


def test_advanced_relationships_places_and_uncertain_dates() -> None:
    told = Told(ofac_advanced.READER, ADVANCED)
    assert told.links("Directorship") == [("102", "101", "Leader or official of")]
    assert told["102-directorship-101", "status"] == ["former"]
    assert told.links("Control") == [("102", "101", "Owned or Controlled By")]
    (born,) = told.said("102", "birthDate")
    assert (born.value, born.note) == ("1963", "as written: circa 1963")
    assert told["102", "nationality"] == ["Korea, North"]
    assert told["102", "birthPlace"] == ["Nampo, Korea, North"]
    assert told["102", "gender"] == ["Male"]
    assert told["102", "fatherName"] == ["Examplovich"]
    assert told.one("Passport")["summary"] == ["fraudulent"]
    listing = values(told.by_subject["102-sanction"])
    assert listing["program"] == ["DPRK3"]
    assert listing["listingDate"] == ["2016-12-02"]
    assert listing["provisions"] == ["Block", "SDN List"]
    spoilt = Told(ofac_advanced.READER, ADVANCED.with_name("spoilt.xml"))
    (rejected,) = spoilt.rejected
    assert rejected.reason == "profile 555 is not in the file (Owned or Controlled By)"


def test_which_list_it_is(tmp_path: Path) -> None:
    for reader, path in FORMATS:
        assert reader.describe(path).dataset == "ofac"  # type: ignore[attr-defined]
        assert reader.recognises(read_head(path)) == 0.95
    for reader, path, old, new in (
        (ofac_xml.READER, CLASSIC, "<program>SDGT</program>", ""),
        (ofac_enhanced.READER, ENHANCED, ">SDN List<", ">Consolidated List<"),
        (ofac_advanced.READER, ADVANCED, 'ListID="1550"', 'ListID="91512"'),
    ):
        other = tmp_path / path.name
        other.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
        assert reader.describe(other).dataset == "ofac-cons"  # type: ignore[attr-defined]


def test_real_consolidated_lists(shared_data: Path) -> None:
    """Record_Count of the classic file, entities and relationships of the enhanced one, as counted in the raw files."""
    folder = shared_data / "sanctions-us"
    classic = Told(ofac_xml.READER, folder / "cons_sdnlist_2020-03-17.xml.gz")
    assert sum(classic.parties().values()) == 375
    assert ofac_xml.READER.describe(folder / "cons_sdnlist_2020-03-17.xml.gz").dataset == "ofac-cons"
    enhanced = Told(ofac_enhanced.READER, folder / "cons_enhanced_2025-01-10.xml.gz")
    assert sum(enhanced.parties().values()) == 443
    assert enhanced.parties()["Person"] == 80
    assert len(enhanced.links("Control")) == 282
    assert len(enhanced.links("Representation")) == 1
    assert ofac_enhanced.READER.describe(folder / "cons_enhanced_2025-01-10.xml.gz").dataset == "ofac-cons"
    for told in (classic, enhanced):
        assert told.rejected == []
        assert told.dangling() == set()
        assert set(told.unclean()) == {("email", "PRIYEMNAYA@YGDU")}


def test_the_same_list_in_two_formats_names_the_same_parties(shared_data: Path) -> None:
    """The CSV of December and the enhanced XML of January 2025 share nearly all entries, under the same ids."""
    folder = shared_data / "sanctions-us"
    enhanced = Told(ofac_enhanced.READER, folder / "cons_enhanced_2025-01-10.xml.gz")
    legacy = Told(ofac_csv.READER, folder / "cons_2025-12")
    names = [{r.subject: values(r)["name"][0] for r in t.statements if r.party} for t in (enhanced, legacy)]
    shared = names[0].keys() & names[1].keys()
    assert len(shared) > 430
    assert sum(names[0][uid] == names[1][uid] for uid in shared) / len(shared) > 0.97


def test_real_cut_of_the_advanced_list(shared_data: Path) -> None:
    told = Told(ofac_advanced.READER, shared_data / "sanctions-us" / "sdn_advanced_sample_2024-02-23.xml.gz")
    assert told.parties() == {"Person": 21, "Organization": 11, "Vessel": 5}
    assert told.unclean() == {}
    assert told["36368", "name"] == ["Ilya Anatolyevich Markov"]
    assert told["36368", "birthDate"] == ["1976-08-30"]
    assert told["36368", "alias"] == ["Илья Анатольевич Марков", "Ilya Anatolevich Markov"]


def test_an_address_reads_the_same_in_every_format(shared_data: Path) -> None:
    """So that an edition in another format withdraws nothing for a comma: 2025-01 against 2025-12, by OFAC's number."""
    folder = shared_data / "sanctions-us"
    told = [Told(ofac_csv.READER, folder / "cons_2025-12")]
    told.append(Told(ofac_enhanced.READER, folder / "cons_enhanced_2025-01-10.xml.gz"))
    by_number, again = ({r.subject: values(r)["full"] for r in t.statements if r.schema == "Address"} for t in told)
    both = by_number.keys() & again.keys()
    assert len(both) == 513
    assert sum(by_number[number] == again[number] for number in both) == 510  # three were changed meanwhile
