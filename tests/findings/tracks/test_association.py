"""Association of messages without a number."""

from __future__ import annotations

import math
import random

import numpy as np

from counterflow.findings.tracks.association import associate


def test_ships_alongside_each_other_and_one_that_passes_are_told_apart():
    rng = random.Random(3)
    messages = []
    for berth in range(3):  # twenty metres apart, straying by decimetres
        for second in range(berth * 3, 3600, 10):
            lat = 36.9 + (berth * 20 + rng.gauss(0, 0.2)) / 111_195
            messages.append((second, lat, -76.0, 0.1, rng.uniform(0, 359), berth))
    for second in range(1, 3600, 10):  # fifteen knots past them
        messages.append((second, 36.85 + 15 * second / 3600 / 60, -76.0001, 15.0, 0.0, 3))
    messages.sort()
    at, lat, lon, sog, cog, truth = (np.array(column) for column in zip(*messages, strict=True))
    track = associate(np.array([0, len(at)]), at, lat, lon, sog.astype(np.float32), cog.astype(np.float32))
    for ship in range(4):
        of_her = track[truth == ship]
        assert len(set(of_her.tolist())) == 1, ship
    assert len(set(track.tolist())) == 4


def test_each_stretch_begins_anew():
    at = np.array([0, 10, 0, 10])
    lat = np.array([30.0, 30.0, 50.0, 50.0])
    none = np.full(4, math.nan, dtype=np.float32)
    assert associate(np.array([0, 2, 4]), at, lat, lat, none, none).tolist() == [0, 0, 0, 0]
    assert associate(np.array([0, 4]), np.sort(at), lat[[0, 2, 1, 3]], lat[[0, 2, 1, 3]], none, none).tolist() == [
        0,
        1,
        0,
        1,
    ]
