from pathlib import Path

import pytest

from counterflow.sources.reader import read_head
from counterflow.sources.ships.ship_events import READER
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ship_events"


def test_events_without_time_or_ship_are_set_aside_and_oddities_noted() -> None:
    path = FIXTURES / "spoilt.csv"
    assert READER.recognises(read_head(path)) == 0.9
    found = Observed(READER, path)
    assert [(r.line, r.field) for r in found.rejected] == [(3, "start"), (5, "mmsi")]
    met, drifting = found["ship_events"]
    assert met["note"] == "other_mmsi: '20' is not an MMSI of nine digits; it ends before it begins, as written"
    assert met["details"] == '{"note2": "why"}'
    assert (drifting["kind"], drifting["lat"], drifting["vessel_name"]) == ("drifting", None, "EX TWO")
    assert drifting["note"] == "the kind of event is as written; latitude and longitude 0: no place"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            "ssvid,seg_id,loitering_start_timestamp,loitering_end_timestamp,loitering_hours,start_lon,start_lat,end_lon,"
            "end_lat,avg_speed_knots,tot_distance_nm,avg_distance_from_shore_nm\n"
            "200000001,s1,2019-01-01 00:00:00 UTC,2019-01-01 06:00:00 UTC,6,130,40,130.1,40.1,0.5,10,30\n",
            "loitering",
            {"duration": 6.0, "travelled": 18.52, "shore_distance": 55.56, "end_lat": 40.1, "speed": 0.5},
        ),
        (
            "gap_id,mmsi,vessel_class,flag,vessel_length_m,vessel_tonnage_gt,gap_start_timestamp,gap_start_lat,"
            "gap_start_lon,gap_start_distance_from_shore_m,gap_end_timestamp,gap_end_lat,gap_end_lon,"
            "gap_end_distance_from_shore_m,gap_hours\n"
            "g1,200000001,squid_jigger,CHN,60,900,2019-01-01 00:00:00 UTC,40,130,95000,2019-01-02,41,131,9,24\n",
            "gap",
            {"event_id": "g1", "flag": "cn", "shore_distance": 95.0, "end_lon": 131.0, "duration": 24.0},
        ),
        (
            "visit_id,vessel_id,ssvid,start_timestamp,end_timestamp,duration_hrs,start_lat,start_lon,end_lat,end_lon,"
            "start_anchorage_id,confidence\n"
            "v1,x,200000001,2019-01-01T00:00:00Z,2019-01-02T00:00:00Z,24,41.7,129.8,41.7,129.8,356c9,4\n",
            "port_visit",
            {"event_id": "v1", "vessel_id": "x", "place": "356c9", "confidence": "4"},
        ),
    ],
)
def test_layouts_of_global_fishing_watch(tmp_path: Path, text: str, kind: str, expected: dict[str, object]) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text)
    assert READER.recognises(read_head(path)) > 0.9
    assert READER.describe(path).dataset == "gfw-events"
    [row] = Observed(READER, path)["ship_events"]
    assert (row["kind"], row["mmsi"]) == (kind, "200000001")
    assert {key: row[key] for key in expected} == pytest.approx(expected)


def test_real_encounters_in_full(shared_data: Path) -> None:
    counts = {}
    for fleet in ("carrier", "bunker"):
        found = Observed(READER, shared_data / "gfw-encounters" / f"{fleet}_encounters.parquet")
        assert found.rejected == []
        rows = found["ship_events"]
        assert {(r["kind"], r["vessel_type"]) for r in rows} == {("encounter", fleet)}
        assert all(r["mmsi"] and r["distance"] <= 0.5 and r["speed"] <= 2 and r["end"] > r["timestamp"] for r in rows)
        korea = [r for r in rows if 30 <= r["lat"] <= 46 and 118 <= r["lon"] <= 142]
        counts[fleet] = (len(rows), sum(r["other_mmsi"] is None for r in rows), len(korea))
    assert counts == {"carrier": (18_683, 11, 218), "bunker": (10_287, 22, 47)}


def test_dark_candidates_and_the_simulated_transfer(shared_data: Path) -> None:
    gaps = Observed(READER, shared_data / "shadow-fleet-baltic" / "ais_dark_candidates.parquet")["ship_events"]
    assert len(gaps) == 46
    first = gaps[0]  # by hand: 90 minutes, 16.16 nautical miles
    assert (first["mmsi"], first["duration"], round(first["travelled"], 2)) == ("249566000", 1.5, 29.93)
    assert (first["lat"], first["end_lat"]) == (54.840158, 54.926282)
    path = shared_data / "dprk-sts-simulated" / "ground_truth_events.parquet"
    assert READER.describe(path).label["caveats"] == ["EXERCISE"]
    found = Observed(READER, path)
    assert [r["kind"] for r in found["ship_events"]] == ["gap", "sts_transfer", "reappearance"] * 2
    assert [(r["label"], r["attempt"]) for r in found["labels"]][:2] == [
        ("go_dark", "simplified_001"), ("sts_transfer", "simplified_001")]  # fmt: skip
