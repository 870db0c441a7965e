"""Lists that are plain tables: counts and fields of the real files; parties counted by hand."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import read_head
from counterflow.sources.sanctions import plain_lists
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"


def read(name: str, path: Path) -> Told:
    told = Told(getattr(plain_lists, name), path)
    assert told.unclean() == Counter()
    assert told.dangling() == set()
    return told


def whole(told: Told, subject: str) -> dict[str, list[str]]:
    return values(told.by_subject[subject])


# -- United Kingdom ----------------------------------------------------------------------------------------------------


def test_uk_rows_of_one_group_are_one_party() -> None:
    told = read("uk_conlist", FIXTURES / "uk_conlist" / "list.csv")
    assert told.parties() == {"Person": 1, "Organization": 1}
    person = whole(told, "90002")
    assert person["name"] == ["Example Middle HARBOUR"]
    assert person["previousName"] == ["Example HAFEN"]
    assert person["birthDate"] == ["1961", "1962-05-12"]
    assert person["title"] == ["General", "Doctor"]
    assert person["birthPlace"] == ["Nampo", "Wonsan"]
    assert person["nationality"] == ["DPRK", "Syrian"]
    assert person["passportNumber"] == ["X000001", "D00000897"]
    assert person["position"] == ["Captain", "Port officer"]
    assert person["unscId"] == ["QI.A.99.01"]
    listing = whole(told, "90002-sanction")
    assert (listing["listingDate"], listing["modifiedAt"], listing["authorityId"]) == (
        ["2016-04-01"], ["2016-04-01"], ["90002"],
    )  # fmt: skip
    (address,) = (values(r) for r in told.statements if r.schema == "Address")
    assert address["full"] == ["1 Pier Road, Quay, Nampo, South Pyongan, 12345, DPRK"]
    assert address["remarks"] == ["since 2009"]


def test_uk_list_of_2020(shared_data: Path) -> None:
    """Counts of the README; Office 39 and two others counted by hand."""
    path = shared_data / "sanctions-uk" / "hmt_conlist_2020-04-27.csv.gz"
    told = read("uk_conlist", path)
    assert told.parties() == {"Person": 1_523, "Organization": 565, "Vessel": 26}  # 591 by its own word entities
    programs = Counter(p for r in told.statements if r.schema == "Sanction" for p in set(values(r)["program"]))
    assert programs["North Korea (Democratic People's Republic of Korea)"] == 248
    with gzip.open(path, "rt", encoding="cp1252", newline="") as stream:
        stream.readline()
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9_492
    given = {(r["Group ID"], " ".join(" ".join(r[f"Name {n}"] for n in (1, 2, 3, 4, 5, 6)).split())) for r in rows}
    names = ("name", "alias", "previousName", "weakAlias")
    assert given == {(r.subject, s.value) for r in told.statements if r.party for s in r.said if s.property in names}
    born = {(r["Group ID"], r["DOB"][-4:]) for r in rows if r["DOB"]}
    assert born == {(r.subject, s.value[:4]) for r in told.statements for s in r.said if s.property == "birthDate"}
    shared = [r.subject for r in told.rejected if r.field == "Other Information"]
    assert len(shared) == 12  # references that OFSI put to several parties
    assert [v for uid in ("13484", "11286", "13341") for v in whole(told, uid).get("unscId", [])] == []
    assert whole(told, "13562")["unscId"] == ["KPi.067"]  # KPI.067 in the file
    assert (whole(told, "13556")["imoNumber"], whole(told, "13556")["mmsi"]) == (["8937675"], ["445539000"])
    assert whole(told, "13637")["imoNumber"] == ["5434358"]  # a company's
    assert {f for r in told.rejected if (f := r.field)} == {"Nationality", "Country of Birth", "Other Information"}
    assert len(told.rejected) < 50

    office = whole(told, "12453")
    assert office == {
        "name": ["OFFICE 39"],
        "alias": [
            "BUREAU 39",
            "CENTRAL COMMITTEE BUREAU 39",
            "DIVISION 39",
            "OFFICE #39",
            "OFFICE NO. 39",
            "THIRD FLOOR",
        ],
        "unscId": ["KPe.030"],
        "notes": ["Annex XIII. UN listing. UN Ref KPe.030. DPRK government entity."],
        "country": ["DPRK"],
        "topics": ["sanction"],
    }
    assert whole(told, "12453-sanction")["listingDate"] == ["2011-12-21"]
    qahtani = whole(told, "13349")
    assert qahtani["name"] == ["Nayef Salam Muhammad Ujaym AL-HABABI"]
    assert len(qahtani["alias"]) == 7
    assert (qahtani["birthDate"], qahtani["birthCountry"]) == (["1980", "1981"], ["Saudi Arabia"])
    assert (qahtani["nationality"], qahtani["passportNumber"]) == (["Saudi Arabia", "Qatar"], ["592667"])
    assert (qahtani["unscId"], told.said("13349", "country")[0].note) == (["QDe.004"], "since 2009")
    exchange = whole(told, "12703")
    assert exchange["unscId"] == ["TE.H.10.12"]
    addresses = {(*(r[f"Address {n}"] for n in (1, 2, 3, 4, 5, 6)), r["Country"]) for r in rows
                 if r["Group ID"] == "12703"}  # fmt: skip
    assert len(exchange["addressEntity"]) == len(addresses)


def test_uk_sanctions_list_in_both_forms(shared_data: Path) -> None:
    folder = shared_data / "sanctions-uk" / "format_2026"
    (ship,) = (
        values(r) for r in read("uk_sanctions_list", folder / "UK-Sanctions-List.sample.csv").statements if r.party
    )
    assert ship["name"] == ["KOROLEV PROSPECT"]
    assert (ship["imoNumber"], ship["flag"], ship["buildDate"]) == (["IMO9826902"], ["Gabon"], ["2019"])
    told = read("uk_sanctions_list", folder / "UK-Sanctions-List.sample.xml")
    assert told.parties() == {"Person": 1, "Organization": 1, "Vessel": 1}
    person = whole(told, "AFG0006")
    assert person["name"] == ["MOHAMMAD HASSAN AKHUND"]
    assert person["alias"] == ["Mohammad Hassan Akhund", "Haji Mohammad Hassan", "محمد حسن آخوند"]
    assert (person["birthDate"], person["title"], person["unscId"]) == (
        ["1945", "1946"],
        ["Mullah", "Haji"],
        ["TAi.002"],
    )
    assert whole(told, "AFG0006-sanction")["provisions"] == ["Asset freeze", "Travel Ban"]
    assert whole(told, "AFG0006-sanction")["authorityId"] == ["AFG0006", "7172"]
    assert whole(told, "DPR0075")["imoNumber"] == ["IMO9562233"]
    assert told.links("Ownership")[0][1:] == ("DPR0075", "current owner or operator")
    assert len(whole(told, "AFG0001")["addressEntity"]) == 2


# -- European Union ----------------------------------------------------------------------------------------------------


def test_eu_regulation_on_north_korea(shared_data: Path) -> None:
    told = read("eu_acts", shared_data / "sanctions-eu" / "consolidated" / "32017R1509.csv.gz")
    assert sum(told.parties().values()) == 326
    assert told.parties()["Vessel"] == 75
    annexes = Counter(p for r in told.statements if r.schema == "Sanction" for p in values(r)["provisions"])
    assert (annexes["Annex: XIII.A"], annexes["Annex: XIV.A"], annexes["Annex: XIV.B"], annexes["Annex: XV.F"]) == (
        80, 15, 36, 2,
    )  # fmt: skip
    assert annexes["Annex: XIII.B"] == 75 + 22
    ships = {s.value for r in told.statements for s in r.said if s.property == "imoNumber"}
    with gzip.open(shared_data / "sanctions-vessels" / "vessels.csv.gz", "rt", encoding="utf-8") as stream:
        listed = {r["imo"] for r in csv.DictReader(stream) if r["list"] == "eu-32017R1509" and r["imo"].isdigit()}
    assert ships == listed
    office = whole(told, "32017R1509-XIII.B-30")
    assert office["name"] == ["Office 39"]
    assert office["alias"] == [
        "Office #39", "Office No. 39", "Bureau 39", "Central Committee Bureau 39", "Third Floor", "Division 39",
    ]  # fmt: skip
    assert len(office["address"]) == 3
    assert whole(told, "32017R1509-XIII.B-30-sanction")["startDate"] == ["2016-03-02"]
    assert whole(told, "32017R1509-XIII.B-35")["swiftBic"] == ["KDBKKPPY"]
    (nowhere,) = (r for r in told.statements if r.party and "Does not exist" in values(r).get("notes", ()))
    assert nowhere.schema == "Vessel"


def test_all_consolidated_acts(shared_data: Path) -> None:
    """6,600 rows of 34 files, each a party of its own; an act without listings is no error."""
    rows = parties = aside = 0
    for path in sorted((shared_data / "sanctions-eu" / "consolidated").glob("*.gz")):
        told = Told(plain_lists.eu_acts, path)
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            rows += sum(1 for _ in csv.DictReader(stream))
        parties += sum(told.parties().values())
        aside += len(told.rejected)
    assert (rows, parties) == (6_600, 6_600)
    assert aside < 400


# -- Canada, Australia, Japan ------------------------------------------------------------------------------------------


def test_canada_of_2025(shared_data: Path) -> None:
    told = read("ca_sema", shared_data / "sanctions-other" / "ca_sema_2025-05.xml.gz")
    parties = told.parties()
    assert sum(parties.values()) == 4_759
    assert parties["Person"] == 3_334
    assert parties["Vessel"] == sum(1 for r in told.statements if "imoNumber" in values(r) and r.schema == "Vessel")
    assert len(told.rejected) == 2
    assert {r.field for r in told.rejected} == {"DateOfBirthOrShipBuildDate"}
    person = whole(told, "Belarus-Bélarus-1-Part-1-117")
    assert person["name"] == ["Henadz Ivanavich KUDLASEVICH"]
    assert [(s.value, s.lang) for s in told.said("Belarus-Bélarus-1-Part-1-117", "alias")][2:] == [
        ("Генадзь Iванавiч Кудласевiч", "bel"), ("Геннадий Иванович Кудласевич", "rus"),
    ]  # fmt: skip
    assert person["birthDate"] == ["1973-05-05"]


def test_australia_parsed_of_2025(shared_data: Path) -> None:
    told = read("au_dfat_parsed", shared_data / "sanctions-other" / "au_dfat_parsed_2025-05.csv.gz")
    assert sum(told.parties().values()) == 9_983
    (office,) = (r for r in told.statements if r.party and values(r)["name"] == ["OFFICE 39"])
    assert whole(told, f"{office.subject}-sanction")["program"] == ["1718 (DPRK)"]


def test_australia_as_published() -> None:
    told = read("au_dfat", FIXTURES / "au_dfat" / "list.csv")
    assert told.parties() == {"Person": 1, "Organization": 1, "Vessel": 1}
    person = whole(told, "101")
    assert (person["name"], person["alias"], person["weakAlias"]) == (
        ["HARBOUR Example"], ["HAFEN Beispiel", "항구 예시"], ["HE"],
    )  # fmt: skip
    assert person["birthDate"] == ["1944-10-13", "1945"]
    assert person["nationality"] == ["DPRK", "Syria"]
    assert whole(told, "101-sanction")["provisions"] == ["Targeted financial sanction", "Travel ban"]


@pytest.mark.parametrize("name", ["au_dfat", "jp_mof"])
def test_a_spreadsheet_says_what_its_csv_says(name: str, tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    with (FIXTURES / name / "list.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            sheet.append(row)
    book.save(path)
    reader = getattr(plain_lists, name)
    assert reader.recognises(read_head(path)) == 0.9
    assert plain_lists.uk_conlist.recognises(read_head(path)) == 0
    told, plain = Told(reader, path), Told(reader, FIXTURES / name / "list.csv")
    said = [(r.subject, [(s.property, s.value) for s in r.said if s.property != "program"]) for r in told.statements]
    assert said == [
        (r.subject, [(s.property, s.value) for s in r.said if s.property != "program"]) for r in plain.statements
    ]
    path.write_bytes(path.read_bytes()[:3000])
    assert reader.recognises(read_head(path)) == 0
    with pytest.raises(UnreadableFile, match="spreadsheet"):
        list(reader.read(path, {}))


def test_japan_by_sheets(tmp_path: Path) -> None:
    """Columns with spaces in their names, a title above them, a sheet without a list."""
    import openpyxl

    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["目次"])
    sheet = book.create_sheet("14")
    sheet.append(["北朝鮮のミサイル又は大量破壊兵器計画に関連する者（個人）"])
    sheet.append(["告示日付", "告示 番号", "日 本 語 表 記", "英 語 表 記", "別 名", "生 年 月 日"])
    sheet.append(["2009.7.16", 365, "ハーバー", "Harbour Example", "Hafen Beispiel", "1944年10月13日"])
    book.save(path)
    told = read("jp_mof", path)
    (party,) = (r for r in told.statements if r.party)
    assert party.schema == "Person"
    assert values(party)["birthDate"] == ["1944-10-13"]
    assert told.one("Sanction")["program"] == ["北朝鮮のミサイル又は大量破壊兵器計画に関連する者（個人）"]


# -- others ------------------------------------------------------------------------------------------------------------


def test_chinese_military_companies(shared_data: Path) -> None:
    told = read("us_dod_cmc", shared_data / "sanctions-other" / "us_dod_chinese_milcorps.csv.gz")
    assert told.rejected == []
    assert sum(1 for r in told.statements if r.schema == "Sanction") == len(
        {(s.subject) for s in told.statements if s.schema == "Sanction"}
    )
    by_name = {values(r)["name"][0]: r.subject for r in told.statements if r.party}
    owner, asset = (
        by_name["China Electronics Technology Group Corporation"],
        by_name["Hangzhou Hikvision Digital Technology Co., Ltd."],
    )
    assert (owner, asset, "parent company") in told.links("Ownership")


def test_chinese_countermeasures(shared_data: Path) -> None:
    path = shared_data / "sanctions-other" / "cn_countersanctions.csv.gz"
    told = read("cn_countersanctions", path)
    assert told.rejected == []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 610
    assert sum(told.parties().values()) == len({(r["Type"], r["Name"], r["Chinese name"]) for r in rows})
    dates = Counter(s.value for r in told.statements for s in r.said if s.property == "listingDate")
    assert dates["2023-02-16"] >= 2


def test_israeli_wallets(shared_data: Path) -> None:
    """Rows with a wallet or account number, and persons by their papers; orders stand above their rows."""
    path = shared_data / "sanctions-other" / "il_mod_crypto_wallets.csv.gz"
    told = read("il_mod_crypto", path)
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.reader(stream) if len(row) == 6][1:]
    given = {row[4].strip() for row in rows} - {"", "-"}
    told_ids = {s.value for r in told.statements for s in r.said if s.property in ("publicKey", "accountId")}
    assert given == told_ids
    assert len(told.rejected) == 1  # a row of dashes
    wallet = next(r for r in told.statements if "TWB9xgNG9nmJuwW4etsQEb9RRnrnVnoNnJ" in values(r).get("publicKey", ()))
    assert whole(told, f"{wallet.subject}-sanction")["program"] == ["צ.ת 18/26"]


def test_ukrainian_catalogue(shared_data: Path) -> None:
    told = read("opensanctions_simple", shared_data / "sanctions-vessels" / "ua_war_sanctions_targets.csv.gz")
    assert sum(told.parties().values()) == 3_322
    rosalin = whole(told, "NK-24cf2zYe7LEKhr2zFck73j")
    assert (rosalin["name"], rosalin["imoNumber"]) == (["ROSALIN"], ["IMO9253325"])
    assert rosalin["alias"] == ["Ceram Sea", "Gold Sun", "Nurkez"]


def test_an_unknown_column_is_kept_and_said_once(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO((FIXTURES / "us_dod_cmc" / "list.csv").read_text("utf-8"))))
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[*row, "Colour" if n == 0 else "blue"] for n, row in enumerate(rows)])
    told = Told(plain_lists.us_dod_cmc, path)
    (aside,) = told.rejected
    assert aside.field == "Colour"
    assert all("Colour: blue" in values(r)["notes"] for r in told.statements if r.party)


def test_the_last_line_without_an_end_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((FIXTURES / "us_dod_cmc" / "list.csv").read_bytes().rstrip(b"\n"))
    (aside,) = Told(plain_lists.us_dod_cmc, path).rejected
    assert "cut short" in aside.reason


def test_endless_lines_and_columns_are_refused(tmp_path: Path) -> None:
    head = "Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url\n"
    path = tmp_path / "list.csv"
    path.write_text(head + "x" * 3_000_000)
    with pytest.raises(InputError, match="a line of more than"):
        list(plain_lists.us_dod_cmc.read(path, {}))
    path.write_text(head + "," * 500_000 + "\n")
    (aside,) = Told(plain_lists.us_dod_cmc, path).rejected
    assert "500,001 columns" in aside.reason


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    whole = (FIXTURES / "us_dod_cmc" / "list.csv").read_bytes()
    path.write_bytes(whole + b"Bad \xff,Bad \xff,,,,,2021-06-03,,\n")
    told = Told(plain_lists.us_dod_cmc, path)
    assert [(r.line, r.reason) for r in told.rejected] == [(5, "holds bytes that are no text")]
    assert sum(told.parties().values()) == 2
