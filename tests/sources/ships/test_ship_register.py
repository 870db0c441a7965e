from pathlib import Path

from counterflow.sources.reader import read_head
from counterflow.sources.ships import ship_events
from counterflow.sources.ships.ship_register import READER, _is_imo
from sources.lists import Told, values
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ship_register"


def test_an_identity_holds_from_its_first_to_its_last_message() -> None:
    told = Told(READER, FIXTURES / "gfw.csv")
    assert [(r.subject, r.valid_from, r.valid_to) for r in told.statements] == [
        ("imo-9074729", "2012-01-01", "2012-06-07"),
        ("imo-9074729", "2012-06-09", "2012-07-14"),
        ("mmsi-200000003", "2013-01-01", "2013-02-01"),  # the check digit of its IMO number is wrong
    ]
    assert values(told.statements[1])["name"] == ["NEW EXAMPLE"]
    [said] = told.said("mmsi-200000003", "imoNumber")
    assert (said.value, said.note) == ("1234568", "its check digit is wrong")


def test_owners_earlier_names_and_listings_of_any_register() -> None:
    path = FIXTURES / "general.csv"
    assert READER.recognises(read_head(path)) == 0.6  # other lists have such columns too
    told = Told(READER, path)
    one = "annex-XIII-1-9074729"
    assert told[one, "previousName"] == ["OLD ONE", "OLDER ONE"]
    assert told[one, "alias"] == ["EX ONE", "E-1"]
    assert told[one, "imoNumber"] == ["9074729"]
    assert told.by_subject[one].valid_from == "2017-08-05"
    assert [role for _, _, role in told.links("Ownership")] == ["owner"]
    assert [target == one for _, target, _ in told.links("Ownership")] == [True]
    assert len(told.links("UnknownLink")) == 1
    assert [values(r)["program"] for r in told.statements if r.schema == "Sanction"] == [["DPRK"], ["DPRK"]]
    assert told["annex-XIII-1-9074731", "notes"] == ["annex", "valid from as written: soon"]
    [nobody] = told.rejected
    assert (nobody.line, nobody.reason) == (4, "names no ship: neither a number nor a name")
    assert not told.dangling()


def test_check_digits() -> None:
    assert _is_imo("9074729")  # the example of IMO Resolution A.1117(30): 9·7 + 0·6 + 7·5 + 4·4 + 7·3 + 2·2 = 139
    assert not _is_imo("9074728")
    assert not _is_imo("0000000")
    assert not _is_imo("907472")


def test_real_vessel_lists(shared_data: Path) -> None:
    counts = {}
    for fleet in ("carrier", "bunker"):
        told = Told(READER, shared_data / "gfw-encounters" / f"{fleet}_vessels.parquet")
        assert told.rejected == []
        korean = sum("PRK" in values(r).get("flag", []) for r in told.statements)
        several = sum(
            len({v for r in told.statements if r.subject == s for v in values(r).get("mmsi", [])}) > 1
            for s in {r.subject for r in told.statements if r.subject.startswith("imo-")}
        ) if fleet == "bunker" else None  # fmt: skip
        counts[fleet] = (len(told.statements), korean, several)
    assert counts["carrier"][:2] == (4_316, 25)
    assert counts["bunker"][:2] == (2_731, 14)
    # 245 IMO numbers stand with more than one MMSI; those with a wrong check digit are no subject of their own
    assert 200 <= (counts["bunker"][2] or 0) <= 245


def test_real_list_of_the_portal_and_its_sightings(shared_data: Path) -> None:
    folder = shared_data / "shadow-fleet-baltic"
    told = Told(READER, folder / "gur_listed_vessels.parquet")
    assert told.parties() == {"Vessel": 1_414}
    assert told.unclean() == {}
    assert told["1571", "previousName"] == ["Domus Aurea", "Minerva Emma"]
    assert READER.describe(folder / "gur_listed_vessels.parquet").dataset == "gur-vessels"
    assert len(Told(READER, folder / "detected_q1_2026.parquet").statements) == 255
    assert len(Told(READER, folder / "detected_2025.parquet").statements) == 210
    listed = Told(READER, folder / "sanctions_by_imo.parquet")
    assert listed.parties() == {"Vessel": 1_901}


def test_real_list_of_sanctioned_ships(shared_data: Path) -> None:
    told = Told(READER, shared_data / "sanctions-vessels" / "vessels.csv.gz")
    assert told.parties() == {"Vessel": 1_234}
    assert sum("imoNumber" in values(r) for r in told.statements) == 1_226
    assert not told.dangling()


def test_numbers_known_to_be_shared(shared_data: Path) -> None:
    path = shared_data / "vessel-identity" / "gfw_spoofing_mmsi.parquet"
    assert ship_events.READER.recognises(read_head(path)) > 0.9
    found = Observed(ship_events.READER, path)
    rows = found.table("ship_events")
    assert len(rows) + len(found.rejected) == 80_014
    assert len(rows) == 77_852  # the others have not nine digits
    per_year = rows.group_by([]).aggregate([("timestamp", "min"), ("timestamp", "max")]).to_pylist()[0]
    assert (per_year["timestamp_min"].year, per_year["timestamp_max"].year) == (2012, 2019)


def test_vessels_of_marinecadastre(tmp_path: Path) -> None:
    path = tmp_path / "Vessel.csv"
    path.write_text(
        "OID,MMSI,IMO,CallSign,Name,VesselType,Length,Width,DimensionComponents\n"
        '1,366000001,9074729,WDE1,EXAMPLE,70,180,30,"100,80,15,15"\n'
    )
    assert READER.recognises(read_head(path)) > 0.9 and READER.describe(path).dataset == "marinecadastre"
    told = Told(READER, path)
    assert told["imo-9074729", "mmsi"] == ["366000001"]
    assert told["imo-9074729", "callSign"] == ["WDE1"]
    assert told["imo-9074729", "notes"] == ["OID: 1; Length: 180; Width: 30; DimensionComponents: 100,80,15,15"]
