"""Reception: what was heard of what must have been there."""

from __future__ import annotations

import pytest

from counterflow.findings.tracks.columns import from_rows
from counterflow.findings.tracks.gaps import gaps
from counterflow.findings.tracks.reception import learn
from counterflow.findings.tracks.steps import silences
from counterflow.findings.tracks.ways import ways
from counterflow.findings.typologies.ais_gap import TYPOLOGY
from findings.tracks.seas import BEGIN, A, B, C, rows, traffic

HOUR = 3600
DIALS = {name: dial.default for name, dial in TYPOLOGY.parameters.items()}


def hourly(ship, hours, lat=33.0, lon=125.0, sog=3.0):
    return [(ship, h * HOUR + 60 * (ship % 7), lat + 0.002 * h, lon, sog, 0.0) for h in hours]


def test_a_ship_is_expected_between_her_messages_and_heard_in_their_hours():
    reception = learn([from_rows(rows(hourly(A, [0, 1, 2, 6, 7])))], 30_000)
    heard, expected = reception.around(reception.near(33.0, 125.0, 2), BEGIN // HOUR, BEGIN // HOUR + 8)
    assert expected.tolist() == [1, 1, 1, 1, 1, 1, 1, 0]
    assert heard.tolist() == [1, 1, 1, 0, 0, 0, 1, 0]


def test_an_outage_hides_everybody_and_proves_nothing():
    out = [h for h in range(80) if not 20 <= h < 40]
    assert list(gaps(traffic(hourly(A, out) + hourly(B, out, 33.1) + hourly(C, out, 33.2)), DIALS)) == []


@pytest.mark.parametrize("most", [1 << 30, 50])
def test_a_silence_among_others_is_a_gap_and_is_the_same_span_by_span(most):
    out = [h for h in range(80) if not 20 <= h < 40]
    sea = traffic(hourly(A, out) + hourly(B, range(80), 33.1) + hourly(C, range(80), 33.2), most)
    [gap] = gaps(sea, DIALS)
    assert gap.mmsi == A
    assert gap.seconds == 21 * HOUR
    assert gap.reception == 1.0
    assert gap.habit == 1.0


def test_a_ship_that_is_seldom_heard_anyway_is_no_dark_one():
    seldom = [h for h in range(0, 200, 9) if not 60 <= h < 80]
    others = hourly(B, range(200), 33.1) + hourly(C, range(200), 33.2)
    assert list(gaps(traffic(hourly(A, seldom) + others), DIALS)) == []


def test_a_silence_belongs_to_the_span_of_its_end():
    tracks = from_rows(rows(hourly(A, [0, 1, 30, 31])))
    assert silences(tracks, 12 * HOUR).tolist() == [1]
    assert silences(tracks.within(BEGIN, BEGIN + 20 * HOUR), 12 * HOUR).tolist() == []
    assert silences(tracks.within(BEGIN + 20 * HOUR, BEGIN + 40 * HOUR), 12 * HOUR).tolist() == [1]


@pytest.mark.parametrize("most", [1 << 30, 30])
def test_a_ships_way_is_gathered_whole_over_all_spans(most):
    sea = traffic(hourly(A, range(40)) + hourly(B, range(40), 33.1), most)
    way = ways(sea, [A, C])[A]
    assert len(way) == 40
    assert way.at.tolist() == sorted(way.at.tolist())
    part = way.between(BEGIN + 10 * HOUR, BEGIN + 20 * HOUR)
    assert [part.key(k)[2] for k in range(len(part))] == pytest.approx([33.0 + 0.002 * h for h in range(10, 20)])
