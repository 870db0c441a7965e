"""Tracks: order, what is left out, and the parting of a number that several ships use."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.tracks.columns import FASTEST, SLACK, from_rows
from counterflow.findings.tracks.geometry import apart
from findings.tracks.seas import BEGIN, A, B, rows, traffic

MESSAGE = st.tuples(
    st.sampled_from([A, B]), st.integers(0, 40).map(lambda n: n * 600), st.floats(30, 34), st.floats(120, 124),
    st.sampled_from([None, 0.0, 3.0]), st.sampled_from([None, 90.0]),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(MESSAGE, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_file_decides_nothing(messages, rng):
    once = from_rows(rows(messages))
    rng.shuffle(messages)
    again = from_rows(rows(messages))
    for name in ("at", "lat", "lon", "sog", "cog", "starts", "owner", "lane", "ships"):
        np.testing.assert_array_equal(getattr(once, name), getattr(again, name))
    assert once.left_out == again.left_out


@settings(deadline=None)
@given(st.lists(MESSAGE, max_size=30))
def test_every_message_is_in_one_track_that_a_ship_can_have_sailed(messages):
    tracks = from_rows(rows(messages))
    places = {(m, BEGIN + t, lat, lon) for m, t, lat, lon, *_ in messages}
    assert len(tracks) == len(places) == len(messages) - sum(tracks.left_out.values())
    found = zip(tracks.mmsi[tracks.track], tracks.at, tracks.lat, tracks.lon, strict=True)
    assert {(int(m), *map(float, rest)) for m, *rest in found} == {(m, float(t), la, lo) for m, t, la, lo in places}
    for t in range(len(tracks.owner)):
        for i in range(tracks.starts[t], tracks.starts[t + 1] - 1):
            seconds = tracks.at[i + 1] - tracks.at[i]
            assert seconds >= 0
            way = apart(tracks.lat[i], tracks.lon[i], tracks.lat[i + 1], tracks.lon[i + 1])
            assert way <= SLACK + FASTEST * seconds


def test_what_cannot_be_used_is_counted():
    good = (A, 0, 33.0, 125.0, 5.0, 90.0)
    tracks = from_rows(
        rows(
            [
                good, good, (0, 0, 33.0, 125.0), (992_351_000, 0, 33.0, 125.0), (A, 60, 0.0, 0.0), (A, 60, 91.0, 181.0),
                (A, 60, None, 125.0), (A, -BEGIN + 5, 33.0, 125.0), (A, 120, 33.0, 125.0, 102.3, 511.0),
            ]
        )
    )  # fmt: skip
    assert len(tracks) == 2
    assert np.isnan(tracks.sog[1])
    assert np.isnan(tracks.cog[1])
    assert tracks.left_out == {
        "no MMSI of a ship": 2, "no time since there has been AIS": 1, "no place on the globe": 2,
        "a receiver without a fix: latitude and longitude 0": 1, "speeds that are none": 1, "courses that are none": 1,
        "a place told again of the same ship and second": 1,
    }  # fmt: skip


def test_two_ships_on_one_number_are_two_tracks():
    one = [(A, 600 * n, 33.0 + 0.02 * n, 125.0) for n in range(40)]
    other = [(A, 600 * n + 300, 20.0, -60.0 + 0.02 * n) for n in range(40)]
    messages = one + other
    random.Random(1).shuffle(messages)
    tracks = from_rows(rows(messages))
    mine = np.flatnonzero(tracks.mmsi == A)
    assert [int(n) for n in np.diff(tracks.starts)[mine]] == [40, 40]
    assert [len(set(np.sign(tracks.lon[tracks.starts[t] : tracks.starts[t + 1]]))) for t in mine] == [1, 1]


def test_a_garbled_message_does_not_tear_a_track():
    track = [(A, 600 * n, 33.0 + 0.02 * n, 125.0) for n in range(40)]
    tracks = from_rows(rows([*track, (A, 6100, -33.0, 125.0)]))
    assert sorted(np.diff(tracks.starts).tolist()) == [1, 40]


def test_what_is_left_out_is_told_with_the_findings():
    sea = traffic([(A, 0, 33.0, 125.0), (A, 0, 33.0, 125.0), (A, 60, 0.0, 0.0)])
    data = sea._data
    assert data.left_out == {}
    list(data.traffic.spans())
    assert data.left_out == {
        "positions: a place told again of the same ship and second": 1,
        "positions: a receiver without a fix: latitude and longitude 0": 1,
    }


def test_nothing_is_no_tracks():
    assert len(from_rows(rows([]))) == 0
