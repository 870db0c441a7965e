"""OFAC's CSV files: companions, remarks in full, and the counts of real editions."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from pathlib import Path

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import read_head
from counterflow.sources.sanctions.ofac_csv import READER
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"
TRIO = FIXTURES / "ofac_csv"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, TRIO)


def test_an_organisation(told: Told) -> None:
    assert told["101", "name"] == ["EXAMPLE TRADING CORP."]
    assert told["101", "alias"] == ["EXAMPLE COMMERCE COMPANY"]
    assert told["101", "previousName"] == ["SAMPLE TRADING"]
    assert told["101", "weakAlias"] == ["ETC"]
    assert told["101", "ofacId"] == ["101"]
    assert told["101", "website"] == ["www.example.org"]
    assert told["101", "email"] == ["office@example.org"]
    assert told["101", "phone"] == ["85021811"]
    assert told["101", "taxNumber"] == ["12345"]
    assert told["101", "imoNumber"] == ["5123456"]
    assert told["101", "swiftBic"] == ["EXAMKPPY"]
    assert told["101", "incorporationDate"] == ["2016-12-17"]
    assert told["101", "idNumber"] == ["77-A"]
    assert told["101", "notes"] == ["sells pilots"]
    assert told["101", "country"] == ["Korea, North", "China"]
    assert told["address-11", "street"] == ["1 Pier Road"]
    assert told.one("CryptoWallet") == {
        "publicKey": ["1ExampleOfAnAddress"],
        "currency": ["XBT"],
        "topics": ["sanction"],
        "holder": ["101"],
    }


def test_the_listing(told: Told) -> None:
    listing = values(told.by_subject["101-sanction"])
    assert listing["program"] == ["DPRK3", "NPWMD"]
    assert listing["authority"] == ["Office of Foreign Assets Control"]
    assert listing["authorityId"] == ["101"]
    assert listing["provisions"][0].startswith("Secondary sanctions risk: North Korea")
    other = Told(READER, FIXTURES / "ofac_cons")
    assert other["900-sanction", "listingDate"] == ["2022-02-24"]
    assert other["900-sanction", "startDate"] == ["2022-03-26"]


def test_a_person(told: Told) -> None:
    assert told["102", "name"] == ["Harbour Example MASTER"]
    assert told.said("102", "name")[0].original == "MASTER, Harbour Example"
    assert told["102", "position"] == ["Captain", "Port officer"]
    assert told["102", "birthDate"] == ["1963-08-24", "1960", "1962", "1964"]
    assert told["102", "birthPlace"] == ["Nampo, Korea, North"]
    assert told["102", "nationality"] == ["Korea, North"]
    assert told["102", "citizenship"] == ["Italy"]
    assert told["102", "gender"] == ["Male"]
    assert told["102", "idNumber"] == ["55 5"]
    assert told["102", "notes"] == ["DOB: unclear", "License to trade"]
    assert [s.note for s in told.said("102", "alias")] == [None, "now known as"]
    assert [s.locator for s in told.said("102", "alias")] == ["alt 3", "alt 4"]


def test_remarks_go_on_in_the_comments(told: Told) -> None:
    """Cut inside a name; the rest brings a second passport."""
    assert told["102", "passportNumber"] == ["X0000001", "X2"]
    first, second = (values(r) for r in told.statements if r.schema == "Passport")
    assert (first["country"], first["startDate"], first["endDate"]) == (
        ["Korea, North"],
        ["2011-12-07"],
        ["2016-12-06"],
    )
    assert second["country"] == ["Italy"]
    assert "A BODY ELSEWHERE" in [values(r)["name"][0] for r in told.statements if r.schema == "LegalEntity"]


def test_ships_and_aircraft(told: Told) -> None:
    assert told["103", "imoNumber"] == ["1234567"]
    assert told["103", "mmsi"] == ["445999000"]
    assert told["103", "callSign"] == ["HMZZ1"]
    assert told["103", "tonnage"] == ["3,200"]
    assert told["103", "flag"] == ["Korea, North"]
    assert told["103", "pastFlags"] == ["Togo"]
    assert told.links("Ownership") == [("101", "103", "Vessel Owner")]
    assert told["104", "model"] == ["IL-76TD"]
    assert told["104", "buildDate"] == ["1990"]
    assert told["104", "serialNumber"] == ["1003499999"]
    (operator,) = told["104", "operator"]
    assert told[operator, "name"] == ["EXAMPLE AIR"]


def test_links_go_to_the_entry_of_that_name_unless_two_bear_it(told: Told) -> None:
    links = {(source, target) for source, target, _ in told.links("UnknownLink")}
    assert {("102", "101"), ("103", "101")} <= links
    twin = next(target for source, target in links if source == "104")
    assert twin.startswith("named-")
    assert told[twin, "name"] == ["TWIN"]


def test_a_company_is_known_by_what_only_companies_have() -> None:
    other = Told(READER, FIXTURES / "ofac_cons")
    assert other.by_subject["900"].schema == "Company"
    assert other["900", "bikCode"] == ["044525187"]
    assert other["900", "leiCode"] == ["253400V1H6ART1UQ0N98"]


def test_bad_rows_are_named_by_file_line_and_field() -> None:
    told = Told(READER, FIXTURES / "ofac_spoilt")
    found = {(r.file, r.line, r.field): r.reason for r in told.rejected}
    assert found["sdn.csv", 5, "ent_num"] == "102 was given to an earlier entry that says otherwise"
    assert found["sdn.csv", 6, "ent_num"] == "'x12' is not a number"
    assert found["sdn.csv", 7, None] == "4 columns, expected 12"
    assert found["sdn.csv", 8, None] == "not UTF-8"
    assert found["alt.csv", 1, "ent_num"] == "entry 777 is not in sdn.csv"
    assert len(found) == 5  # the row that repeats an entry word for word says nothing new
    assert sum(told.parties().values()) == 6


def test_which_list_it_is(tmp_path: Path) -> None:
    assert READER.describe(TRIO).dataset == "ofac"
    assert READER.describe(FIXTURES / "ofac_cons").dataset == "ofac-cons"
    assert READER.recognises(read_head(TRIO)) == 1.0
    assert READER.recognises(read_head(TRIO / "sdn.csv")) == 0.9
    assert READER.recognises(read_head(TRIO / "add.csv")) == 0
    assert READER.recognises(read_head(tmp_path)) == 0
    with pytest.raises(UnreadableFile, match=r"none of sdn\.csv"):
        list(READER.read(tmp_path, {}))


def test_the_main_file_finds_its_companions() -> None:
    alone, folder = Told(READER, TRIO / "sdn.csv"), Told(READER, TRIO)
    assert [(r.subject, r.said) for r in alone.statements] == [(r.subject, r.said) for r in folder.statements]


def test_without_the_end_mark_it_says_that_rows_may_be_missing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TRIO, tmp_path / "sdn"))
    main = folder / "sdn.csv"
    main.write_bytes(main.read_bytes().rstrip(b"\x1a"))
    (warning,) = Told(READER, folder).rejected
    assert "Ctrl-Z" in warning.reason


def test_an_endless_line_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "sdn.csv"
    path.write_bytes(b'1,"' + b"x" * 3_000_000)
    with pytest.raises(InputError, match="a line of more than"):
        list(READER.read(path, {}))


def test_an_address_that_cannot_be_right_is_kept_and_said_to_be(shared_data: Path) -> None:
    told = Told(READER, shared_data / "sanctions-us" / "sdn_2021-07")
    wallets = [r for r in told.statements if r.schema == "CryptoWallet"]
    doubted = [(r.note, values(r)["publicKey"]) for r in wallets if "the address" in (r.note or "")]
    assert len({r.subject for r in wallets}) == 96
    assert doubted == [
        ("the address has not the form of an address of monero",  # it is the identifier of a payment
         ["5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320"]),
        ("the address has not the form of an address of ethereum", ["0xa7e5d5a720f06526557c513402f2e6b5fa20b00"]),
    ]  # fmt: skip


def test_sdn_list_of_2021(shared_data: Path) -> None:
    """Counts of the README and of the raw rows; Office 39 in full."""
    folder = shared_data / "sanctions-us" / "sdn_2021-07"
    told = Told(READER, folder)
    parties = told.parties()
    assert sum(parties.values()) == 8_976
    assert parties["Organization"] + parties["Company"] == 3_673
    assert (parties["Person"], parties["Vessel"], parties["Airplane"]) == (4_620, 406, 277)
    assert told.rejected == []
    assert told.dangling() == set()
    said = [s for r in told.statements for s in r.said]
    assert sum(s.locator is not None and s.locator.startswith("alt ") for s in said) == 11_910
    listings = [values(r) for r in told.statements if r.schema == "Sanction"]
    programs = [set(v["program"]) for v in listings if "program" in v]
    assert [sum(name in p for p in programs) for name in ("DPRK", "DPRK2", "DPRK3", "DPRK4", "NPWMD")] == [
        50, 87, 122, 160, 748,
    ]  # fmt: skip
    assert sum(any(name.startswith("DPRK") for name in p) for p in programs) == 414
    assert told["12209", "name"] == ["OFFICE 39"]
    assert sorted(told["12209", "alias"] + told["12209", "weakAlias"]) == [
        "BUREAU 39", "CENTRAL COMMITTEE BUREAU 39", "DIVISION 39", "OFFICE #39", "OFFICE NO. 39", "THIRD FLOOR",
    ]  # fmt: skip
    assert len(told["12209", "addressEntity"]) == 3
    assert sum(told.unclean().values()) < 40


def test_links_of_2022_agree_with_an_independent_extract(shared_data: Path) -> None:
    """4,737 "Linked To" remarks. Where the extract found one entry of that name, so do we, and it is the same."""
    folder = shared_data / "sanctions-us"
    told = Told(READER, folder / "sdn_2022-11")
    assert sum(told.parties().values()) == 11_509
    ours = {(source, target) for source, target, role in told.links("UnknownLink") if role == "Linked To"}
    assert len(ours) == 4_737
    with gzip.open(folder / "ofac_linked_to_edges_2022-11.csv.gz") as stream:
        rows = list(csv.DictReader(io.TextIOWrapper(stream, "utf-8")))
    theirs = {(r["from_id"], r["linked_to_ids"]) for r in rows if r["linked_to_ids"].isdigit()}
    assert len(theirs) > 3_500
    assert theirs <= ours


def test_consolidated_list_of_2025(shared_data: Path) -> None:
    told = Told(READER, shared_data / "sanctions-us" / "cons_2025-12")
    assert sum(told.parties().values()) == 442  # 443 lines, the last of them Ctrl-Z
    assert told.rejected == []
    assert told.dangling() == set()
