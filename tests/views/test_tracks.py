"""Tracks of ships: thinned without losing a silence, and what happened on them by whoever told it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from counterflow.views import tracks as module
from counterflow.workspace import Workspace

SHIP, OTHER = "211000001", "212000002"
EVENTS = """event_id,kind,timestamp,end,lat,lon,end_lat,end_lon,mmsi,other_mmsi
e1,encounter,2017-09-02T00:00:00Z,2017-09-02T04:00:00Z,33.0,125.0,,,211000001,212000002
e2,gap,2017-09-03T00:00:00Z,2017-09-03T20:00:00Z,33.0,125.0,33.5,125.5,211000001,
e3,gap,2017-09-03T00:00:00Z,2017-09-03T20:00:00Z,33.0,125.0,33.5,125.5,219999999,
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """One ship sails east for five days, a message every ten minutes, silent for nine hours; another lies still."""
    folder = tmp_path_factory.mktemp("tracks")
    start = dt.datetime(2017, 9, 1, tzinfo=dt.UTC)
    lines = ["mmsi,timestamp,lat,lon,sog,cog"]
    for tenth in range(720):
        at = start + dt.timedelta(minutes=10 * tenth)
        if not 301 <= tenth < 355:
            lines.append(f"{SHIP},{at:%Y-%m-%dT%H:%M:%SZ},33.0,{120 + tenth / 100},6,90")
        if tenth % 6 == 0:
            lines.append(f"{OTHER},{at:%Y-%m-%dT%H:%M:%SZ},34.0,{120 + tenth / 1e6},0,0")
    (folder / "positions.csv").write_text("\n".join(lines))
    (folder / "events.csv").write_text(EVENTS)
    workspace = Workspace.create(folder / "w")
    for name in ("positions", "events"):
        workspace.ingest(folder / f"{name}.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "POINTS", 60)
        return workspace.view().map()["tracks"]


def test_a_long_track_is_thinned_and_keeps_its_ends_and_both_ends_of_a_silence(told: list[dict]) -> None:
    ship, other = told
    assert [t["vessel"]["mmsi"] for t in told] == [SHIP, OTHER]
    assert 55 <= len(ship["points"]) <= 66
    times = [point[2] for point in ship["points"]]
    assert (times[0], times[-1]) == ("2017-09-01T00:00:00Z", "2017-09-05T23:50:00Z")
    [silent] = [k for k, point in enumerate(ship["points"]) if point[4]]
    assert times[silent : silent + 2] == ["2017-09-03T02:00:00Z", "2017-09-03T11:10:00Z"]
    assert not any(point[4] for point in other["points"]), "points far apart in time are no silence"


def test_what_others_told_stands_on_the_track_of_its_ship(told: list[dict]) -> None:
    events = told[0]["events"]
    assert [(e["kind"], e["finding"], e["to"]) for e in events] == [
        ("encounter", None, None),
        ("gap", None, [125.5, 33.5]),
    ]
    assert events[0]["start"] == "2017-09-02T00:00:00Z"
    assert events[0]["told_by"]
    assert all(e["finding"] for e in told[1]["events"]), (
        "the ship met was not told of: only what she did herself is hers"
    )


def test_what_was_found_stands_on_it_with_its_uncertainty(demo: Path) -> None:
    tracks = Workspace.open(demo).view().map()["tracks"]
    by_name = {t["vessel"]["caption"]: {e["kind"]: e for e in t["events"]} for t in tracks}
    gap = by_name["Sam Ma 2"]["ais_gap"]
    assert gap["finding"] == gap["id"]
    assert gap["uncertainty_metres"] > 1852
    assert by_name["Sam Ma 2"]["encounter"]["id"] == by_name["Yuk Tung"]["encounter"]["id"], "one event, on both tracks"
