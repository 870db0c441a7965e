import datetime as dt
from functools import reduce
from pathlib import Path
from typing import Any

import pyais
import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import read_head
from counterflow.sources.ships.nmea import READER
from sources.observed import Observed

AT = {"defaults": {"timestamp": "2017-09-01T12:00:00Z"}}
SHIP = {"type": 1, "mmsi": 200000001, "lat": 33.1, "lon": 125.2, "speed": 8.5, "course": 170, "heading": 171}
VOYAGE = {
    "type": 5, "mmsi": 200000001, "imo": 9322451, "callsign": "EXAM1", "shipname": "EXAMPLE ONE", "ship_type": 80,
    "to_bow": 100, "to_stern": 20, "to_port": 8, "to_starboard": 9, "month": 9, "day": 3, "hour": 6, "minute": 30,
    "draught": 7.5, "destination": "NAMPO",
}  # fmt: skip


def sealed(body: str) -> str:
    return f"{body}*{reduce(lambda a, c: a ^ ord(c), body, 0):02X}"


def lines_of(message: dict[str, Any], seq: int = 1) -> list[str]:
    found: list[str] = pyais.encode_dict(message, seq_id=seq)
    return found


def written(folder: Path, *lines: str) -> Path:
    path = folder / "ais.nmea"
    path.write_text("".join(f"{line}\r\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("\\" + sealed("s:rx1,c:1504267200") + "\\", ""),
        ("\\" + sealed("c:1504267200000,s:rx1") + "\\", ""),
        ("2017-09-01T12:00:00Z ", ""),
        ("2017-09-01 12:00:00,rx1,", ""),
        ("1504267200 ", ""),
        ("", ",s22746,d-077,T09.14,x56950,r003669958,1504267200"),
        ("", " 2017-09-01T12:00:00.000Z"),
    ],
)
def test_receivers_write_the_time_in_many_ways(tmp_path: Path, before: str, behind: str) -> None:
    path = written(tmp_path, *(before + line + behind for line in lines_of(SHIP)))
    assert READER.recognises(read_head(path)) == 0.95
    found = Observed(READER, path)
    assert found.rejected == []
    [row] = found["positions"]
    assert row["timestamp"] == dt.datetime(2017, 9, 1, 12, tzinfo=dt.UTC)
    assert (row["mmsi"], row["sog"], row["cog"], row["heading"]) == ("200000001", 8.5, 170.0, 171.0)
    assert (round(row["lat"], 4), round(row["lon"], 4), row["message_type"], row["transceiver"]) == (
        33.1,
        125.2,
        1,
        "A",
    )


def test_without_a_time_the_error_says_what_is_needed(tmp_path: Path) -> None:
    path = written(tmp_path, *lines_of(SHIP))
    with pytest.raises(UnreadableFile, match=r"tag block.*defaults"):
        Observed(READER, path)
    assert len(Observed(READER, path, mapping=AT)["positions"]) == 1


def test_a_message_in_parts_is_put_together_and_changes_are_told_once(tmp_path: Path) -> None:
    first, second = lines_of(VOYAGE, 3)
    other = lines_of({**VOYAGE, "destination": "DALIAN"}, 4)
    path = written(tmp_path, f"1504267200 {first}", *(f"1504267201 {x}" for x in lines_of(SHIP)), second,
                   *(f"1504270000 {x}" for x in lines_of(VOYAGE, 5)), *(f"1504280000 {x}" for x in other))  # fmt: skip
    found = Observed(READER, path)
    assert found.rejected == []
    one, two = found["ship_statics"]
    assert (one["imo"], one["call_sign"], one["vessel_name"], one["ship_type"]) == (
        "9322451",
        "EXAM1",
        "EXAMPLE ONE",
        "80",
    )
    assert (one["length"], one["width"], one["to_bow"], one["to_starboard"]) == (120.0, 17.0, 100.0, 9.0)
    assert (one["draught"], one["destination"], one["eta"], one["locator"]) == (7.5, "NAMPO", "09-03T06:30", "line 1")
    assert (two["destination"], two["timestamp"].hour) == ("DALIAN", 15)


def test_class_b_statics_come_in_two_parts_that_complete_each_other(tmp_path: Path) -> None:
    craft = {"type": 24, "mmsi": 200000009}
    parts = [
        {**craft, "partno": 0, "shipname": "EXAMPLE B"},
        {**craft, "partno": 1, "ship_type": 37, "callsign": "EXB9", "to_bow": 6},
    ]
    lines = [f"150426720{n} {line}" for n in (0, 5) for part in parts for line in lines_of(part)]
    rows = Observed(READER, written(tmp_path, *lines))["ship_statics"]
    assert [(r["vessel_name"], r["call_sign"], r["ship_type"]) for r in rows] == [
        ("EXAMPLE B", None, None), ("EXAMPLE B", "EXB9", "37")]  # fmt: skip


def test_other_stations(tmp_path: Path) -> None:
    sent = [
        {"type": 4, "mmsi": 2190064, "lat": 56.7, "lon": 11.5, "epfd": 1},
        {"type": 9, "mmsi": 111000001, "lat": 40, "lon": 130, "speed": 120, "course": 90},
        {"type": 18, "mmsi": 200000002, "lat": -33.5, "lon": -70.5, "speed": 5.1, "course": 10.5, "heading": 511},
        {"type": 19, "mmsi": 200000003, "lat": 1, "lon": 2, "shipname": "EXAMPLE C", "ship_type": 37, "to_bow": 4},
        {"type": 21, "mmsi": 992190001, "lat": 56, "lon": 11, "name": "BUOY 7"},
        {"type": 27, "mmsi": 200000004, "lat": 10, "lon": 20, "speed": 12, "course": 200},
        {"type": 8, "mmsi": 200000004, "dac": 1, "fid": 1, "data": b"x"},
    ]
    path = written(tmp_path, *(f"1504267200 {line}" for n, m in enumerate(sent) for line in lines_of(m, n)))
    found = Observed(READER, path)
    rows = {r["mmsi"]: r for r in found["positions"]}
    assert [rows[m]["transceiver"] for m in ("002190064", "111000001", "200000002", "992190001", "200000004")] == [
        "base station", "search and rescue aircraft", "B", "aid to navigation", "A"]  # fmt: skip
    assert (rows["111000001"]["sog"], rows["200000002"]["heading"], rows["200000004"]["sog"]) == (120.0, None, 12.0)
    assert {(r["mmsi"], r["vessel_name"]) for r in found["ship_statics"]} == {
        ("200000003", "EXAMPLE C"), ("992190001", "BUOY 7")}  # fmt: skip
    assert [r.reason for r in found.rejected] == [
        "1 messages of type 8 carry neither position nor identity and were left out"]  # fmt: skip


def test_what_is_damaged_is_set_aside_with_its_line(tmp_path: Path) -> None:
    [good] = lines_of(SHIP)
    first, _ = lines_of(VOYAGE, 2)
    [nowhere] = lines_of({**SHIP, "lat": 91, "lon": 181})
    tag = "\\" + sealed("s:rx1,c:1504267200")[:-2] + "00\\"
    damaged = good[:-2] + f"{int(good[-2:], 16) ^ 1:02X}"
    short = "!" + sealed("AIVDM,1,1,,A,13,0")
    path = written(tmp_path, "# log", f"1504267200 {good}", f"1504267200 {damaged}", "hello", f"1504267200 {first}",
                   f"1504267200 {short}", f"1504267200 {nowhere}", good, "$GPGGA,1*00", tag + good)  # fmt: skip
    found = Observed(READER, path)
    assert len(found["positions"]) == 1
    told = {(r.line, r.field): r for r in found.rejected}
    assert {key for key in told if key[0]} == {
        (3, "checksum"), (4, None), (5, "payload"), (6, "payload"), (7, "lat"), (8, "timestamp"),
        (10, "tag block")}  # fmt: skip
    assert told[5, "payload"].reason == "of 2 parts only 1 came"
    assert told[7, "lat"].raw == f"1504267200 {nowhere}"
    assert told[None, "line"].reason.startswith("2 lines of another kind")


def test_the_sample_in_full(shared_data: Path) -> None:
    found = Observed(READER, shared_data / "ais-decoder-samples" / "nmea_sample_pyais.txt", mapping=AT)
    # 898 sentences: 100 empty, 20 first halves, 7 of type 15 and one of 20; of 770 messages 2 are statics, 4 have no
    # place and 19 repeat another
    assert len(found["positions"]) == 898 - 100 - 20 - 8 - 2 - 4 - 19
    assert [r["vessel_name"] for r in found["ship_statics"]] == ["SY-LUNDE", "SY-LUNDE"]
    reasons = [r.reason for r in found.rejected]
    assert sum(r == "of 2 parts only 1 came" for r in reasons) == 20
    assert "100 messages are empty, or of a type that does not exist, and were left out" in reasons
