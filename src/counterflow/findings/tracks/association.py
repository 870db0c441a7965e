"""Association: which of many messages are of one ship, told by how ships move, whatever number they were sent under.

Each message goes on the track that it fits best, or begins a new one where it fits none. How well it fits: how far it
is from where the mean of the two messages' speeds and courses leads, against what ships stray by in that time; and by
how much speed and course changed. Ships at a berth move by decimetres from message to message, so that two alongside
each other are told apart.

The figures were chosen on one half of a public set with true ids and are measured on the other:
``benchmarks/ships.py``.
"""

from __future__ import annotations

import numpy as np

from counterflow.findings.tracks.columns import Codes, Speeds
from counterflow.findings.tracks.geometry import KNOT, METRES_PER_DEGREE, Floats, Ints, fitting

__all__ = ["associate"]

_STILL = 1.5
"""Metres by which a ship strays that lies still; beside that"""
_WAY = 0.1
"""of the way she went,"""
_TURN = 1.0
"""seconds of her speed, and"""
_DRIFT = 0.05
"""metres a second."""
_CHANGE = 3.0
"""Knots by which her velocity changes in a minute."""
_MISFIT = 40.0
"""What fits worse begins a new track; in squares of such strays."""
_STALE = 20 * 60
"""Seconds after which a track is not gone on with."""


def associate(starts: Ints, at: Ints, lat: Floats, lon: Floats, sog: Speeds, cog: Speeds) -> Codes:
    """Number of the track of each message, from 0 in each stretch.

    :param starts: stretches that are told apart already: rows ``starts[k]:starts[k + 1]``, each in time order
    :param sog: knots; :param cog: degrees; NaN: not said, and taken as lying still
    """
    found: Codes = fitting(_associate, len(at))(starts, at, lat, lon, sog, cog)
    return found


def _associate(starts: Ints, at: Ints, lat: Floats, lon: Floats, sog: Speeds, cog: Speeds) -> Codes:
    n = len(at)
    north, east = np.zeros(n), np.zeros(n)
    for i in range(n):
        if sog[i] >= 0 and cog[i] >= 0:
            north[i] = sog[i] * KNOT * np.cos(np.radians(cog[i]))
            east[i] = sog[i] * KNOT * np.sin(np.radians(cog[i]))
    track = np.zeros(n, dtype=np.int32)
    last = np.zeros(512, dtype=np.int64)
    name = np.zeros(512, dtype=np.int32)
    for s in range(len(starts) - 1):
        open_, made = 0, 0
        for i in range(starts[s], starts[s + 1]):
            narrow = np.cos(np.radians(lat[i]))
            best, least = -1, _MISFIT
            k = 0
            while k < open_:
                b = last[k]
                dt = float(at[i] - at[b])
                if dt > _STALE:  # the last one takes its place
                    open_ -= 1
                    last[k], name[k] = last[open_], name[open_]
                    continue
                y = (lat[i] - lat[b]) * METRES_PER_DEGREE - (north[i] + north[b]) / 2 * dt
                degrees = (lon[i] - lon[b] + 540.0) % 360.0 - 180.0
                x = degrees * METRES_PER_DEGREE * narrow - (east[i] + east[b]) / 2 * dt
                speed = max(np.hypot(north[i], east[i]), np.hypot(north[b], east[b]))
                stray = _STILL + _WAY * speed * dt + _TURN * speed + _DRIFT * dt
                change = np.hypot(north[i] - north[b], east[i] - east[b]) / KNOT / (_CHANGE * (1 + dt / 60))
                misfit = (x * x + y * y) / (stray * stray) + change * change + 4 * np.log(stray / _STILL)
                if misfit < least or (misfit == least and best >= 0 and name[k] < name[best]):
                    best, least = k, misfit
                k += 1
            if best < 0:
                if open_ == len(last):
                    open_ -= 1
                best = open_
                open_ += 1
                name[best] = made
                made += 1
            last[best] = i
            track[i] = name[best]
    return track
