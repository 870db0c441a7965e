import json
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


def test_a_table_under_our_own_names_is_of_events_and_not_of_positions(tmp_path: Path) -> None:
    from counterflow.sources.ships.ais import READER as AIS

    path = tmp_path / "events.csv"
    path.write_text(
        "event_id,kind,timestamp,end,lat,lon,mmsi\ne1,gap,2017-09-03T00:00Z,2017-09-04T00:00Z,33,125,211000001\n"
    )
    assert READER.recognises(read_head(path)) > AIS.recognises(read_head(path))


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


EVENTS = {
    "metadata": {"total": 2},
    "entries": [
        {
            "id": "e1", "type": "encounter", "start": "2024-02-01T01:00:00.000Z", "end": "2024-02-01T04:30:00.000Z",
            "position": {"lat": 38.5, "lon": 131.25}, "boundingBox": [131.2, 38.4, 131.3, 38.6],
            "regions": {"eez": ["8328"], "mpa": [], "highSeas": []},
            "distances": {"startDistanceFromShoreKm": 150, "endDistanceFromShoreKm": 152,
                          "startDistanceFromPortKm": 200},
            "vessel": {"id": "v-1", "name": "ALPHA", "ssvid": "445000001", "flag": "PRK", "type": "carrier",
                       "nextPort": {"id": "chn-dalian", "flag": "CHN"}},
            "encounter": {
                "vessel": {"id": "v-2", "name": "BETA", "ssvid": "412000002", "flag": "CHN", "type": "fishing"},
                "medianDistanceKilometers": 0.05, "medianSpeedKnots": 0.9, "type": "carrier-fishing",
                "potentialRisk": True,
            },
        },
        {
            "id": "g1", "type": "gap", "start": "2024-02-02T00:00:00Z", "end": "2024-02-03T00:00:00Z",
            "position": {"lat": 38.0, "lon": 130.0}, "vessel": {"id": "v-1", "ssvid": "445000001", "name": None},
            "gap": {"intentionalDisabling": True, "distanceKm": "98.5", "durationHours": 24, "impliedSpeedKnots": "2.2",
                    "offPosition": {"lat": 38.0, "lon": 130.0}, "onPosition": {"lat": "38.7", "lon": "130.4"}},
        },
        {
            "id": "p1", "type": "port_visit", "start": "2024-02-05T00:00:00Z", "end": "2024-02-06T00:00:00Z",
            "position": {"lat": 38.9, "lon": 121.6}, "vessel": {"id": "v-1", "ssvid": "445000001", "flag": "PRK"},
            "port_visit": {"visitId": "p1", "confidence": "4", "durationHrs": 24.5,
                           "startAnchorage": {"anchorageId": "3571", "name": "DALIAN", "flag": "CHN", "atDock": True}},
        },
        "no event",
    ],
}  # fmt: skip


@pytest.mark.parametrize("lines", [False, True])
def test_nested_events_of_the_interface(tmp_path: Path, lines: bool) -> None:
    path = tmp_path / "events.json"
    whole = "\n".join(map(json.dumps, EVENTS["entries"])) if lines else json.dumps(EVENTS)
    path.write_text(whole)
    assert READER.recognises(read_head(path)) > 0.9
    assert READER.describe(path).dataset == "gfw-events"
    found = Observed(READER, path)
    met, gap, visit = found["ship_events"]
    assert [r.reason for r in found.rejected] == ["is no record of names and values"]
    assert (met["event_id"], met["kind"], met["mmsi"], met["other_mmsi"]) == (
        "e1",
        "encounter",
        "445000001",
        "412000002",
    )
    assert (met["vessel_name"], met["flag"], met["other_name"], met["other_flag"]) == ("ALPHA", "kp", "BETA", "cn")
    assert (met["distance"], met["speed"], met["shore_distance"], met["port_distance"]) == (0.05, 0.9, 150.0, 200.0)
    assert (met["lat"], met["lon"], str(met["end"])) == (38.5, 131.25, "2024-02-01 04:30:00+00:00")
    left = json.loads(json.loads(met["details"])["as received"])
    assert left == {
        "boundingBox": [131.2, 38.4, 131.3, 38.6], "regions": {"eez": ["8328"]},
        "distances": {"endDistanceFromShoreKm": 152}, "vessel": {"nextPort": {"id": "chn-dalian", "flag": "CHN"}},
        "encounter": {"type": "carrier-fishing", "potentialRisk": True},
    }  # fmt: skip
    assert (gap["kind"], gap["end_lat"], gap["end_lon"], gap["travelled"], gap["duration"]) == (
        "gap",
        38.7,
        130.4,
        98.5,
        24,
    )
    assert gap["speed"] == 2.2 and "intentionalDisabling" in gap["details"]
    assert (visit["kind"], visit["place"], visit["country"], visit["confidence"]) == ("port_visit", "DALIAN", "cn", "4")
    assert visit["duration"] == 24.5 and "atDock" in visit["details"]


def test_voyages_of_marinecadastre(tmp_path: Path) -> None:
    path = tmp_path / "Voyage.csv"
    path.write_text(
        "OID,VoyageID,Destination,Cargo,Draught,ETA,StartTime,EndTime,MMSI\n"
        "1,77,NEW YORK,70,85,2009-05-12 06:00:00,2009-05-01 00:10:00,2009-05-12 07:00:00,366000001\n"
    )
    assert READER.describe(path).dataset == "marinecadastre"
    [row] = Observed(READER, path)["ship_events"]
    assert (row["kind"], row["event_id"], row["mmsi"], row["place"]) == ("voyage", "77", "366000001", "NEW YORK")
    assert str(row["end"]) == "2009-05-12 07:00:00+00:00"
    assert json.loads(row["details"]) == {"OID": "1", "Cargo": "70", "Draught": "85", "ETA": "2009-05-12 06:00:00"}
