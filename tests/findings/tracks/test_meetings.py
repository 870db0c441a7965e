"""Ships at rest and beside each other, against a plain search; span by span as in the whole."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.tracks.columns import from_rows
from counterflow.findings.tracks.encounters import meetings
from counterflow.findings.tracks.geometry import apart, cells
from counterflow.findings.tracks.instants import Instants, at_rest
from counterflow.findings.tracks.meetings import beside
from counterflow.findings.typologies.encounter import TYPOLOGY
from findings.tracks.seas import A, B, C, rows, traffic

DIALS = {name: dial.default for name, dial in TYPOLOGY.parameters.items()}
LAT = st.one_of(st.floats(-89.9, 89.9), st.sampled_from([0.0, 60.0, -60.0, 85.0]))
LON = st.one_of(st.floats(-180, 179.999), st.sampled_from([-180.0, 179.9999, 0.0]))


@given(LAT, LON, st.floats(0, 2 * math.pi), st.floats(0, 0.999))
def test_places_within_a_cells_size_lie_in_it_or_in_one_beside_it(lat, lon, bearing, way):
    size = 700.0
    north = lat + math.cos(bearing) * way * size / 111_195.1
    east = (lon + math.sin(bearing) * way * size / 111_195.1 / math.cos(math.radians(lat)) + 180) % 360 - 180
    if apart(lat, lon, north, east) > size * 0.999:
        return
    here, there = (np.array([lat]), np.array([lon])), (np.array([north]), np.array([east]))
    around = {int(cells(*here, size, up, right)[0]) for up in (-1, 0, 1) for right in (-1, 0, 1)}
    assert int(cells(*there, size)[0]) in around


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)), max_size=25), LAT, LON,
    st.sampled_from([200.0, 1500.0]),
)  # fmt: skip
def test_the_sweep_finds_what_a_plain_search_finds(ships, lat, lon, within):
    tracks = from_rows(rows([(A + n, 0, 1.0, 1.0) for n in range(len(ships))]))
    slot = np.array([s for s, _, _ in ships], dtype=np.int64)
    lats = np.clip(np.array([lat + dy for _, dy, _ in ships]), -90, 90)
    lons = (np.array([lon + dx for _, _, dx in ships]) + 180) % 360 - 180
    order = np.lexsort((lats, slot)) if ships else np.zeros(0, dtype=np.int64)
    number = np.arange(len(ships), dtype=np.int32)
    rest = Instants(slot[order], number[order], number[order].astype(np.int64), lats[order], lons[order],
                    np.zeros(len(ships), dtype=bool))  # fmt: skip
    found = beside(rest, tracks, within)
    plain = {
        (int(rest.track[i]), int(rest.track[j]))
        for i in range(len(ships)) for j in range(len(ships))
        if rest.track[i] < rest.track[j] and rest.slot[i] == rest.slot[j]
        and apart(rest.lat[i], rest.lon[i], rest.lat[j], rest.lon[j]) <= within
    }  # fmt: skip
    assert {(int(rest.track[i]), int(rest.track[j])) for i, j in zip(found.one, found.other, strict=True)} == plain


def test_a_ship_is_at_rest_between_slow_messages_and_nowhere_else():
    lies = [(A, 600 * n, 33.0, 125.0, 0.1) for n in range(6)]
    goes = [(A, 3600 + 600 * n, 33.0 + 0.03 * n, 125.0, 11.0) for n in range(1, 6)]
    rest = at_rest(from_rows(rows([*lies, *goes])), 900, 2.0, 4 * 3600)
    assert [900 * int(s) + 450 - 1_500_000_000 // 3600 * 3600 for s in rest.slot] == [450, 1350, 2250]
    assert not rest.presumed.any()


@pytest.mark.parametrize(("gap", "found"), [(3.0, 1), (5.0, 0)])
def test_a_silence_between_rest_and_rest_is_bridged_up_to_a_length(gap, found):
    """Both lie for an hour before one of them is lost, and for half an hour after."""
    end = int(3600 * (1.5 + gap))
    two = [(A, t, 33.0, 125.0, 0.1) for t in range(0, end, 300)]
    two += [(B, t, 33.001, 125.0, 0.1) for t in range(0, end, 300) if not 3600 < t < 3600 * (1 + gap)]
    assert len(list(meetings(traffic(two), DIALS))) == found


def test_a_ship_that_comes_unheard_is_presumed_to_have_come_straight():
    """Heard ten miles off at ten knots, then beside the other two and a half hours later, for an hour."""
    two = [(A, t, 33.0, 125.0, 0.1) for t in range(0, 18_000, 300)]
    two += [(B, 0, 33.0 + 10 / 60, 125.0, 10.0), *((B, t, 33.001, 125.0, 0.2) for t in range(9000, 12_600, 300))]
    [met] = meetings(traffic(two), DIALS)
    assert met.ships == (A, B)
    assert met.seconds == pytest.approx(12_600 - 3600, abs=900)
    assert met.sure == pytest.approx(4, abs=1)


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 1000), st.sampled_from([40, 90, 200]))
def test_span_by_span_is_as_in_the_whole(seed, most):
    rng = random.Random(seed)
    messages = []
    for ship in (A, B, C):
        lat, lon, sog, at = 33.0, 125.0, 0.0, rng.randrange(3600)
        while at < 2 * 86_400:
            if rng.random() < 0.06:
                sog = rng.choice([0.0, 0.2, 9.0])
            step = rng.choice([600, 900, 1800, 9000])
            lat += sog * step / 3600 / 60 * rng.choice([-1, 1])
            messages.append((ship, at, round(lat, 5), lon + 0.001 * (ship == B), sog))
            at += step
    dials = DIALS | {"hours": 0.5, "roads": 500}
    whole = list(meetings(traffic(messages), dials))
    parts = list(meetings(traffic(messages, most), dials))
    assert [_plain(m) for m in parts] == [_plain(m) for m in whole]


def _plain(met):
    return (met.ships, met.start, met.end, met.together, met.sure, met.others, met.messages, round(met.lat, 9))
