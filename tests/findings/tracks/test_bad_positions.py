"""Positions as receivers garble them: what track rules make of them, and that none of it breaks or slows them."""

from __future__ import annotations

import datetime as dt

import pytest

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies import (
    ais_gap,
    dark_meeting,
    drawn_track,
    encounter,
    impossible_speed,
    loitering,
    outside_reception,
    shared_mmsi,
)
from counterflow.model.finding import Finding
from counterflow.testing.tables import scope_of, whole
from findings.world import World, moment

RULES = (ais_gap, dark_meeting, drawn_track, encounter, impossible_speed, loitering, outside_reception, shared_mmsi)
A, B = "211000001", "212000002"
START = "2017-09-01 00:00"


def found(w: World) -> list[Finding]:
    return detect(ScopeData(scope_of(whole(w.tables()))), [rule.TYPOLOGY for rule in RULES])


def sailing(days: int = 3) -> World:
    """Two ships under way in one sea, a message every twenty minutes."""
    w = World()
    for k in range(72 * days):
        when = moment(START) + dt.timedelta(minutes=20 * k)
        w.position(A, when, 30.0 + k * 0.02, 124.0, sog=3.6)
        w.position(B, when + dt.timedelta(minutes=7), 30.1 + k * 0.02, 124.2, sog=3.6)
    return w


@pytest.mark.parametrize(
    ("number", "later", "lat", "lon"),
    [
        (A, dt.timedelta(days=1), 0.0, 0.0),
        (A, dt.timedelta(days=1), 91.0, 181.0),
        ("000000000", dt.timedelta(days=1), 30.5, 124.0),
        (A, dt.timedelta(days=365 * 75), 31.44, 124.0),
        (A, -dt.timedelta(days=365 * 40), 31.44, 124.0),
    ],
    ids=["0, 0", "not available", "MMSI 0", "a clock far ahead", "a clock before there was AIS"],
)
def test_one_bad_message_is_nobodys_deed(number: str, later: dt.timedelta, lat: float, lon: float) -> None:
    w = sailing()
    w.position(number, moment(START) + later, lat, lon)
    w.rows["positions"][-1]["lon"] = lon  # as received
    assert [f.sentence for f in found(w)] == []


def test_a_clock_that_jumps_back_an_hour_tears_no_track() -> None:
    w = sailing()
    for row in w.rows["positions"][200:]:
        if row["mmsi"] == A:
            row["timestamp"] -= dt.timedelta(hours=1)
    assert all(f.probability < 0.5 for f in found(w))


def test_messages_told_twice_and_out_of_order_change_nothing() -> None:
    w = sailing()
    once = [f.to_dict() for f in found(w)]
    rows = w.rows["positions"]
    w.rows["positions"] = [dict(row, row_id=f"again-{row['row_id']}") for row in reversed(rows)] + rows
    assert [f.to_dict() for f in found(w)] == once


def test_a_year_of_silence_is_one_silence() -> None:
    w = sailing(2)
    for k in range(144):
        when = moment("2018-09-05 00:00") + dt.timedelta(minutes=20 * k)
        w.position(A, when, 32.5, 124.0 + k * 0.002, sog=1.0)
    for day in range(370):  # the other is heard all year
        w.stay(B, f"{(moment(START) + dt.timedelta(days=day)).date()} 00:00", 23, 32.5, 124.1, every=120, sog=3.0)
    gaps = [f for f in found(w) if f.typology == "ais_gap"]
    assert [(f.vessels, round(f.detail["hours"] / 24)) for f in gaps] == [((A,), 367)]
