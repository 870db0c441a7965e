"""Steps from one message of a track to the next: long silences, and where a ship was meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from counterflow.findings.tracks.columns import Tracks
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["near_silences", "silences"]

Ints = np.ndarray[Any, np.dtype[np.int64]]


def silences(tracks: Tracks, seconds: float) -> Ints:
    """int64: positions that are followed by silence of that length or more, and then by the next of their track."""
    if len(tracks) < 2:
        return np.zeros(0, dtype=np.int64)
    long = np.diff(tracks.at) >= seconds
    long[tracks.starts[1:-1] - 1] = False
    found: Ints = np.flatnonzero(long)
    begin, end = tracks.span
    later = tracks.at[found + 1]
    return found[(later >= begin) & (later < end)]


def near_silences(
    traffic: Traffic, seconds: float, spans: Sequence[tuple[int, int, int]]
) -> list[list[tuple[int, int, float, float]]]:
    """Of each (MMSI, from second, to second) the messages at both ends of every silence that overlaps it.

    :param seconds: shortest silence
    """
    found: list[list[tuple[int, int, float, float]]] = [[] for _ in spans]
    wanted: dict[int, list[int]] = {}
    for k, (mmsi, _, _) in enumerate(spans):
        wanted.setdefault(mmsi, []).append(k)
    if not wanted:
        return found
    for tracks in traffic.spans():
        rows = silences(tracks, seconds)
        rows = rows[np.isin(tracks.mmsi[tracks.track[rows]], list(wanted))]
        for i in rows.tolist():
            mmsi = int(tracks.mmsi[tracks.track[i]])
            ends = [(mmsi, int(tracks.at[k]), float(tracks.lat[k]), float(tracks.lon[k])) for k in (i, i + 1)]
            for k in wanted[mmsi]:
                if ends[0][1] <= spans[k][2] and ends[1][1] >= spans[k][1]:
                    found[k] += ends
    return found
