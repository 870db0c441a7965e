from pathlib import Path
from typing import Any

import pytest

from counterflow.sources.reader import Observations, Rejected, read_head
from counterflow.sources.ships.ais import READER

HEADER = "mmsi,timestamp,lat,lon,sog,cog,heading,imo\n"


def read(path: Path, **options: Any) -> tuple[list[dict[str, Any]], list[Rejected]]:
    records = list(READER.read(path, options))
    positions = [r for r in records if isinstance(r, Observations) and r.table == "positions"]
    rows = [row for r in positions for row in r.rows.to_pylist()]
    return rows, [r for r in records if isinstance(r, Rejected)]


def written(folder: Path, text: str) -> Path:
    path = folder / "positions.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("477105700,2025-07-17T20:45:00,91,124.9,1,1,1,", "lat"),
        ("477105700,2025-07-17T20:45:00,-90.5,124.9,1,1,1,", "lat"),
        ("477105700,2025-07-17T20:45:00,31,181,1,1,1,", "lon"),
        ("477105700,2025-07-17T20:45:00,0,0,1,1,1,", "lat"),
        ("477105700,2025-07-17T20:45:00,,0,1,1,1,", "lat"),
        ("4771057,2025-07-17T20:45:00,31,124.9,1,1,1,", "mmsi"),
        ("000000000,2025-07-17T20:45:00,31,124.9,1,1,1,", "mmsi"),
        ("477105700,2025-07-17T25:45:00,31,124.9,1,1,1,", "timestamp"),
        ("477105700,2025-07-17T20:45:00,31,124.9,fast,1,1,", "sog"),
    ],
)
def test_what_cannot_be_a_position_is_set_aside(tmp_path: Path, row: str, field: str) -> None:
    good = "477105700,2025-07-17T20:46:00,31,124.9,1,1,1,"
    rows, rejected = read(written(tmp_path, f"{HEADER}{row}\n{good}\n"))
    assert len(rows) == 1
    assert [(r.line, r.field, r.raw) for r in rejected] == [(2, field, row)]


def test_not_available_becomes_null_and_nonsense_is_counted(tmp_path: Path) -> None:
    text = HEADER + (
        "477105700,2025-07-17T20:45:00,31,124.9,102.3,360,511,IMO 9322451\n"
        "477105700,2025-07-17T20:46:00,31,124.9,-3,400,359.9,9322451.0\n"
        "477105700,2025-07-17T20:47:00,31,124.9,0,0,0,0\n"
    )
    rows, rejected = read(written(tmp_path, text))
    assert [(r["sog"], r["cog"], r["heading"], r["imo"]) for r in rows] == [
        (None, None, None, "9322451"), (None, None, 359.9, None), (0.0, 0.0, 0.0, None)]  # fmt: skip
    assert [(r.field, r.reason[:8]) for r in rejected] == [
        ("cog", "1 values"),
        ("imo", "1 values"),
        ("sog", "1 values"),
    ]


def test_repeated_messages_are_counted_and_kept_once(tmp_path: Path) -> None:
    row = "477105700,2025-07-17T20:45:00,31,124.9,1,1,1,\n"
    elsewhere = "477105700,2025-07-17T20:45:00,32,124.9,1,1,1,\n"  # the same second in two places is evidence: kept
    rows, [note] = read(written(tmp_path, HEADER + row * 3 + elsewhere))
    assert [r["locator"] for r in rows] == ["line 2", "line 5"]
    assert note.reason.startswith("2 rows repeat")


OURS = "lon,lat,cog,sog,timestamp,mmsi\n124.9,31.5,12.5,3.25,2025-11-01 00:30:00,477105700\n"
MARINE_CADASTRE = """MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO
477105700,2025-11-01T00:30:00,31.5,124.9,3.25,12.5,511.0,YUE CHI,IMO9322451
"""
DANISH = """# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG
01/11/2025 00:30:00,Class A,477105700,31.5,124.9,Moored,0,3.25,12.5
"""
EPOCH = "mmsi;ts;latitude;longitude;speed;course\n477105700;1761957000;31.5;124.9;3.25;12.5\n"


@pytest.mark.parametrize("text", [OURS, MARINE_CADASTRE, DANISH, EPOCH])
def test_publishers_columns_need_no_mapping(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    assert READER.recognises(read_head(path)) > 0.9
    [row], rejected = read(path)
    assert rejected == []
    assert row["timestamp"].isoformat() == "2025-11-01T00:30:00+00:00"
    assert (row["mmsi"], row["lat"], row["lon"], row["sog"], row["cog"]) == ("477105700", 31.5, 124.9, 3.25, 12.5)


@pytest.mark.parametrize("order", [(5, 3, 1, 0, 4, 2), (1, 0, 2, 3, 4, 5), (4, 5, 2, 0, 3, 1)])
@pytest.mark.parametrize("when", ["2025-07-17T20:45:00Z", "2025-07-17 20:45:00", "1752785100"])
def test_the_six_columns_in_any_order_need_no_mapping(tmp_path: Path, order: tuple[int, ...], when: str) -> None:
    names = ("mmsi", "timestamp", "lat", "lon", "sog", "cog")
    values = ("477105700", when, "31.5", "124.9", "7.5", "90")
    lines = [",".join(columns[k] for k in order) for columns in (names, values)]
    path = written(tmp_path, "\n".join(lines) + "\n")
    assert READER.recognises(read_head(path)) >= 0.9
    [row], rejected = read(path)
    assert rejected == []
    assert [row[name] for name in ("mmsi", "lat", "lon", "sog", "cog")] == ["477105700", 31.5, 124.9, 7.5, 90.0]
    assert row["timestamp"].isoformat() == "2025-07-17T20:45:00+00:00"


def test_a_column_that_has_no_place_is_said_not_passed_over(tmp_path: Path) -> None:
    text = "mmsi,timestamp,lat,lon,flag,empty\n477105700,2025-11-01T00:30:00Z,31.5,124.9,HK,\n"
    _, [note] = read(written(tmp_path, text))
    assert (note.line, note.field) == (None, "flag") and note.reason.startswith("1 values were not kept")


def test_real_parquet_of_three_makers(shared_data: Path) -> None:
    counts = {}
    for file in ("ais-kattegat/positions", "dprk-sts-simulated/ais_202507", "dprk-sts-simulated/tracks_dark_period"):
        rows, rejected = read(shared_data / f"{file}.parquet")
        counts[file] = len(rows)
        assert [r for r in rejected if r.line is not None] == []
    assert counts == {
        "ais-kattegat/positions": 28_996, "dprk-sts-simulated/ais_202507": 3_312,
        "dprk-sts-simulated/tracks_dark_period": 6_992,
    }  # fmt: skip


FIXTURES = Path(__file__).parents[2] / "fixtures" / "ais"


def statics(path: Path) -> list[dict[str, Any]]:
    found = [r for r in READER.read(path, {}) if isinstance(r, Observations) and r.table == "ship_statics"]
    return [row for r in found for row in r.rows.to_pylist()]


def test_what_a_ship_says_of_herself_is_told_when_it_changes() -> None:
    path = FIXTURES / "marinecadastre_2025.csv"
    assert READER.recognises(read_head(path)) > 0.9
    rows, rejected = read(path)
    assert (len(rows), rejected) == (3, [])
    assert (rows[0]["transceiver"], rows[0]["status"]) == ("A", "0")
    one, two = statics(path)
    assert (one["call_sign"], one["ship_type"], one["length"], one["cargo_type"]) == ("EXAM1", "80", 120.0, "80")
    assert (two["vessel_name"], two["imo"], two["locator"]) == (
        "EXAMPLE TWO",
        "9322451",
        "line 4",
    )  # not said: still so


def test_every_danish_column_arrives() -> None:
    path = FIXTURES / "danish.csv"
    rows, [nowhere] = read(path)
    assert (nowhere.line, nowhere.field) == (3, "Latitude")
    assert (rows[0]["rot"], rows[0]["fixing_device"], rows[0]["received_over"]) == (0.7, "GPS", "AIS")
    assert (rows[1]["mmsi"], rows[1]["transceiver"]) == ("002190064", "Base Station")  # its zeros were lost
    one, two = statics(path)  # the second position is none, what was said with it is
    assert [one[n] for n in ("to_bow", "to_stern", "to_port", "to_starboard")] == [100.0, 20.0, 8.0, 9.0]
    assert (one["destination"], one["eta"], one["cargo_type"]) == (
        "NAMPO",
        "03/11/2025 06:30:00",
        "No additional information",
    )
    assert two["destination"] == "DALIAN"


def test_an_impossible_size_loses_no_position(tmp_path: Path) -> None:
    text = HEADER.replace("imo", "length,imo") + "477105700,2025-07-17T20:45:00,31,124.9,1,1,1,-5,9322451\n"
    rows, [note] = read(written(tmp_path, text))
    assert (len(rows), note.field) == (1, "length")


def test_marine_cadastre_sample(shared_data: Path) -> None:
    path = shared_data / "ais-decoder-samples" / "marinecadastre_20230111_sample.parquet"
    rows, rejected = read(path)
    assert len(rows) + sum(r.line is not None for r in rejected) == 1000
    said = {r["mmsi"]: r for r in statics(path)}
    ship = said["636021061"]  # by hand, from the second row
    names = ("vessel_name", "imo", "call_sign", "ship_type", "length", "width", "draught", "cargo_type")
    assert [ship[name] for name in names] == [
        "MSC NAISHA III", "9307839", "5LCB4", "70", 208.0, 30.0, 8.0, "70"]  # fmt: skip


def test_raw_tracks_keep_what_can_be_a_position(shared_data: Path) -> None:
    rows, rejected = read(shared_data / "ais-tankers-singapore" / "positions.parquet")
    assert len(rows) == 67_513 - 114 - 2  # repeated rows; the two at 91, 181
    assert sorted(r.field for r in rejected if r.line) == ["lat", "lat"]
    assert {r["imo"] for r in rows if r["imo"]} and len({r["mmsi"] for r in rows}) == 5


NORWEGIAN = """mmsi;date_time_utc;lon;lat;sog;cog;true_heading;nav_status;rot;message_nr
257000001;2025-11-01T00:30:00;10.5;59.5;3.2;12.5;13;0;-3;1
"""
DANISH_BARE = """Timestamp,Type of mobile,MMSI,Latitude,Longitude
02/11/2025 00:30:00,Class B,219000001,56.5,11.5
"""


def test_norwegian_columns_and_danish_ones_without_their_mark(tmp_path: Path) -> None:
    [row], rejected = read(written(tmp_path, NORWEGIAN))
    assert rejected == []
    assert (row["heading"], row["rot"], row["message_type"], row["status"]) == (13.0, -3.0, 1.0, "0")
    [row], rejected = read(written(tmp_path, DANISH_BARE))
    assert rejected == []
    assert row["timestamp"].isoformat() == "2025-11-02T00:30:00+00:00"
    [row], rejected = read(written(tmp_path, DANISH_BARE.replace("02/11/2025", "2025-11-02")))  # somebody cleaned it
    assert (rejected, row["transceiver"]) == ([], "Class B")
