"""Lists that need a module of their own: counts and fields of the real files; parties counted by hand."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.sanctions import (
    ch_seco,
    csl,
    eu_fsf_csv,
    eu_fsf_xml,
    fincen_311,
    jp_export_ban,
    my_moha,
    ofac_csv,
)
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"


def whole(told: Told, subject: str) -> dict[str, list[str]]:
    return values(told.by_subject[subject])


def sanctions(told: Told) -> list[dict[str, list[str]]]:
    return [values(r) for r in told.statements if r.schema == "Sanction"]


# -- Consolidated Screening List ---------------------------------------------------------------------------------------


def test_csl_of_2022(shared_data: Path) -> None:
    """Counts by list and programme as in the README; the one row that repeats another says nothing new."""
    told = Told(csl.READER, shared_data / "sanctions-us" / "csl_consolidated_2022-04.csv.gz")
    assert told.rejected == []
    assert told.dangling() == set()
    assert sum(told.unclean().values()) < 10
    assert sum(told.parties().values()) == 14_048
    lists = Counter(v["publisher"][0].partition(" (")[0] for v in sanctions(told))
    assert sum(lists.values()) == 14_159
    assert lists["Specially Designated Nationals"] == 10_026
    assert (lists["Entity List"], lists["ITAR Debarred"], lists["Denied Persons List"]) == (2_001, 727, 462)
    assert lists["Sectoral Sanctions Identifications List"] == 290
    assert (lists["Unverified List"], lists["Nonproliferation Sanctions"]) == (201, 163)
    programs = Counter(p for v in sanctions(told) for p in v.get("program", ()))
    assert [programs[p] for p in ("NPWMD", "DPRK", "DPRK2", "DPRK3", "DPRK4")] == [789, 50, 94, 129, 160]
    office = whole(told, "12209")
    assert office["name"] == ["OFFICE 39"]
    assert len(office["alias"]) == 6
    assert (office["ofacId"], len(office["addressEntity"])) == (["12209"], 3)


def test_csl_says_of_a_party_what_ofac_says(shared_data: Path) -> None:
    """Ships of the list of 2022 have the number, flag and call sign that OFAC's own list of that year gives them."""
    theirs = Told(ofac_csv.READER, shared_data / "sanctions-us" / "sdn_2022-11")
    ours = Told(csl.READER, shared_data / "sanctions-us" / "csl_consolidated_2022-04.csv.gz")
    both = [r.subject for r in ours.statements if r.schema == "Vessel" and r.subject in theirs.by_subject]
    assert len(both) > 350
    same = Counter(
        property
        for subject in both
        for property in ("name", "imoNumber", "callSign", "type")
        if ours[subject, property] == theirs[subject, property]
    )
    assert min(same.values()) > 0.95 * len(both)


def test_csl_json_says_what_the_csv_says() -> None:
    one, other = (Told(csl.READER, FIXTURES / "csl" / name) for name in ("list.csv", "list.json"))
    assert one.by_subject.keys() - {k for k in one.by_subject if "address" in k} <= other.by_subject.keys()
    assert whole(one, "90002") == whole(other, "90002")
    assert whole(one, "deb7a1d5-sanction-1b5faa08af") == whole(other, "deb7a1d5-sanction-1b5faa08af")
    assert one.links("UnknownLink") == other.links("UnknownLink") == [("90003", "90002", "Linked To")]


# -- European Union ----------------------------------------------------------------------------------------------------


def test_eu_xml_sample(shared_data: Path) -> None:
    """Seven elements, two of them with one logicalId (an artefact of the copy): six parties."""
    told = Told(eu_fsf_xml.READER, shared_data / "sanctions-eu" / "eu_fsf_xml_1_1_sample.xml.gz")
    assert told.parties() == {"Person": 6}
    assert [r.field for r in told.rejected] == ["logicalId"]
    assert told.unclean() == Counter()
    assert told.dangling() == set()
    hammadou = whole(told, "5295")
    assert hammadou["name"] == ["Abid Hammadou"]
    assert hammadou["alias"] == ["Abdelhamid Abou Zeid", "Youcef Adel", "Amor Mohamed Ghedeir", "Abou Abdellah"]
    assert (hammadou["birthDate"], hammadou["nationality"]) == (["1965-12-12", "1958"], ["ALGERIA"])
    assert [s.note for s in told.said("5295", "birthDate")][1].startswith("circa")
    (listing,) = [v for v in sanctions(told) if v["entity"] == ["5295"]]
    assert (listing["authorityId"], listing["program"], listing["listingDate"]) == (
        ["EU.2026.82"], ["TAQA"], ["2008-07-03"],
    )  # fmt: skip
    assert whole(told, "191")["passportNumber"] == ["488555"]


def test_eu_csv_of_2018(shared_data: Path) -> None:
    """A thousand lines in the old layout, each as a whole between quotes, commas as tabs."""
    path = shared_data / "sanctions-eu" / "eu_fsf_csv_v1_2018-07-04_first1000.csv.gz"
    told = Told(eu_fsf_csv.READER, path)
    with gzip.open(path, "rt", encoding="cp1252") as stream:
        rows = [line.strip().strip('"').split(";") for line in stream][1:]
    assert len(rows) == 999
    kinds = {row[1]: row[2] for row in rows}
    assert told.parties() == {
        "Person": list(kinds.values()).count("P"),
        "Organization": list(kinds.values()).count("E"),
    }
    names = {(row[1], row[17].replace("\t", ",").strip()) for row in rows if any(c.isalnum() for c in row[17])}
    told_names = {(r.subject, s.value) for r in told.statements for s in r.said if s.property in ("name", "alias")}
    assert {(uid, " ".join(name.split())) for uid, name in names} == told_names
    assert {r.field for r in told.rejected} == {"wholeName"}  # question marks for other scripts
    assert told.unclean() == Counter()
    mugabe = whole(told, "1")
    assert (mugabe["name"], mugabe["birthDate"]) == (["Robert Gabriel Mugabe"], ["1924-02-21"])
    assert (mugabe["passportNumber"], mugabe["position"]) == (["AD001095"], ["Former President", "president"])
    saddam = whole(told, "13")
    assert (saddam["alias"], saddam["birthPlace"]) == (["Abu Ali", "Abou Ali"], ["al-Awja, near Tikrit, IRQ"])


def test_eu_csv_and_xml_agree() -> None:
    xml = Told(eu_fsf_xml.READER, FIXTURES / "eu_fsf_xml" / "list.xml")
    for name in ("list.csv", "old.csv"):
        told = Told(eu_fsf_csv.READER, FIXTURES / "eu_fsf_csv" / name)
        assert told.parties() == xml.parties()
        assert whole(told, "9001")["name"] == whole(xml, "9001")["name"]
        assert whole(told, "9001")["passportNumber"] == whole(xml, "9001")["passportNumber"]
        assert {r.subject for r in told.statements if r.schema == "Sanction"} == {
            r.subject for r in xml.statements if r.schema == "Sanction"
        }


# -- Switzerland -------------------------------------------------------------------------------------------------------


def test_swiss_names_come_together_by_script() -> None:
    told = Told(ch_seco.READER, FIXTURES / "ch_seco" / "list.xml")
    person = whole(told, "1000")
    assert (person["name"], person["weakAlias"], person["previousName"]) == (
        ["Harbour Example"], ["HE"], ["Old Harbour"],
    )  # fmt: skip
    assert [(s.value, s.lang) for s in told.said("1000", "alias")] == [
        ("Harbor Example", "eng"), ("Гавань Пример", "rus"), ("Hafen Beispiel", None),
    ]  # fmt: skip
    assert person["unscId"] == ["KPi.999"]
    assert "Not told" not in repr(told.statements)


def test_swiss_targets_that_were_taken_off_are_not_sanctioned() -> None:
    told = Told(ch_seco.READER, FIXTURES / "ch_seco" / "list.xml")
    assert "topics" not in whole(told, "1100")
    listing = whole(told, "1100-sanction-901")
    assert (listing["listingDate"], listing["endDate"], listing["status"]) == (
        ["2016-05-18"], ["2021-03-01"], ["origin: UN", "de-listed"],
    )  # fmt: skip
    assert whole(told, "1200")["imoNumber"] == ["9562233"]
    assert whole(told, "1100")["swiftBic"] == ["EXAMKPPY"]
    assert told.links("UnknownLink") == [("1000", "1100", "related-to")]


# -- others ------------------------------------------------------------------------------------------------------------


def test_special_measures(shared_data: Path) -> None:
    path = shared_data / "sanctions-other" / "us_fincen_special_measures_311.csv.gz"
    told = Told(fincen_311.READER, path)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 490
    assert sum(told.parties().values()) == len({" ".join(r["Name"].casefold().split()) for r in rows})
    assert told.unclean() == Counter()
    assert told.dangling() == set()
    names = {values(r)["name"][0]: r.subject for r in told.statements if r.schema != "Sanction" and "name" in values(r)}
    bank = names["Banco Delta Asia"]
    assert whole(told, bank)["alias"] == ["Banco Delta Asia SARL", "Banco Hang Sang"]
    assert sum(v["entity"] == [bank] for v in sanctions(told)) == 3
    owners = {source for source, target, _ in told.links("Ownership") if target == bank}
    assert owners == {names["Delta Asia Group (Holdings) Ltd."], names["Stanley Au"]}
    assert (names["Office 39"], names["Democratic People’s Republic of Korea"], "related") in told.links("UnknownLink")


def test_malaysia(shared_data: Path) -> None:
    told = Told(my_moha.READER, shared_data / "sanctions-other" / "my_moha_sample.xml.gz")
    assert told.parties() == {"Person": 77, "Organization": 24}
    assert told.rejected == []
    assert told.unclean() == Counter()
    person = whole(told, "KDN.I.30-2014")
    assert person == {
        "name": ["Anas Faizal bin Abdul Malek"],
        "birthDate": ["1977-03-02"],
        "birthPlace": ["Batu Maung, Pulau Pinang"],
        "nationality": ["Malaysia"],
        "passportNumber": ["A3610171"],
        "idNumber": ["770302-07-6053"],
        "address": ["No. 5, Jalan Nipah, Taman Lip Sin, MK 13, 11900, Bayan Lepas, Pulau Pinang"],
        "addressEntity": person["addressEntity"],
        "topics": ["sanction"],
    }
    assert whole(told, "KDN.K.1-2019-sanction")["listingDate"] == ["2019-05-21"]


def test_japans_export_ban(shared_data: Path) -> None:
    """56 entries, of which two are one body in two places."""
    told = Told(jp_export_ban.READER, shared_data / "sanctions-other" / "jp_meti_third_country_2025-09-12.txt.gz")
    assert told.parties() == {"Organization": 55}
    assert told.rejected == []
    by_name = {values(r)["name"][0]: values(r) for r in told.statements if r.party}
    jet = by_name["I JET GLOBAL DMCC"]
    assert (len(jet["alias"]), len(jet["address"])) == (11, 2)
    assert by_name["Chang Guang Satellite Technology Co., Ltd"]["alias"][-3:] == [
        "Charming Globe", "Changguang Satellite Co., Ltd.", "CGST",
    ]  # fmt: skip
    assert by_name["Kvantek Limited"]["alias"] == [
        "クバンテク有限会社", "クバンテク", "クバンテク(HK)有限会社", "Kvantek", "Kvantek (HK) Limited",
    ]  # fmt: skip
    assert len(by_name["Si2 Microsystems Private Limited"]["address"]) == 5
    assert sanctions(told)[0]["modifiedAt"] == ["2025-09-12"]


@pytest.mark.parametrize("reader", [csl.READER, eu_fsf_csv.READER, fincen_311.READER, jp_export_ban.READER])
def test_a_text_of_another_kind_is_an_error(reader: object, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableFile, match=r"file\.csv"):
        list(reader.read(path, {}))  # type: ignore[attr-defined]
