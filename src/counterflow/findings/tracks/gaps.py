"""Gaps: silences of ships that the reception does not explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.columns import Tracks
from counterflow.findings.tracks.geometry import KNOT, METRES_PER_DEGREE, MILE, apart, cells, sailed
from counterflow.findings.tracks.reception import BRIDGE, Reception, learn
from counterflow.findings.tracks.steps import silences
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Gap", "gaps", "silent", "within_range"]

_HOURS = 24 * 30
"""Hours of a silence that are looked at, from each end: a longer one is judged by its first and last month."""


@dataclass(frozen=True)
class Gap:
    """A silence.

    :param at, lat, lon, sog, cog: of the last message before it; then_…: of the first after
    :param reception: share of ships that were heard of those expected near either end while it lasted, the lesser of
        the two; an hour in which none was expected counts as not listened to
    :param habit: share of the hours in which this ship was heard, of those in which she was expected, outside silences
    :param near: metres from one end to the other; :param others: ships expected near an end in an hour, the lesser mean
    """

    mmsi: int
    at: int
    lat: float
    lon: float
    sog: float
    cog: float
    then_at: int
    then_lat: float
    then_lon: float
    then_sog: float
    then_cog: float
    near: float
    habit: float
    reception: float = 0.0
    others: float = 0.0

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.then_at - self.at

    @property
    def knots(self) -> float:
        """Speed of the straight way from one end to the other."""
        return self.near / self.seconds / KNOT

    @property
    def lay_still(self) -> bool:
        """Whether the ship was moored or at anchor before and after, at one place: sets are switched off in port."""
        return not self.sog >= 0.5 and not self.then_sog >= 0.5 and self.near < MILE

    @property
    def ends(self) -> tuple[tuple[int, int, float, float], tuple[int, int, float, float]]:
        """The messages before and after."""
        return (self.mmsi, self.at, self.lat, self.lon), (self.mmsi, self.then_at, self.then_lat, self.then_lon)


def gaps(traffic: Traffic, dial: Mapping[str, float]) -> Iterator[Gap]:
    """Every silence that the reception does not explain, in order of ship and time.

    :param dial: hours, heard (share), cell (degrees), ahead (hours)
    """
    every = (gap for tracks in traffic.spans() for gap in silent(tracks, dial["hours"] * HOUR))
    found = sorted(every, key=lambda gap: (gap.mmsi, gap.at))
    found = [gap for gap in found if not gap.lay_still]
    if not found:
        return
    reception = learn(traffic.spans(), dial["cell"] * METRES_PER_DEGREE)
    for gap in found:
        if within_range(gap, reception, dial):
            told = [_share(gap, lat, lon, reception) for _, _, lat, lon in gap.ends]
            share, others = (min(column) for column in zip(*told, strict=True))
            if share * gap.habit >= dial["heard"]:
                yield replace(gap, reception=share, others=others)


def silent(tracks: Tracks, seconds: float) -> Iterator[Gap]:
    """Every silence of that length, whatever explains it. :param seconds: shortest"""
    rows = silences(tracks, seconds)
    if not len(rows):
        return
    messages = np.diff(tracks.starts)
    most = np.zeros(len(tracks.ships), dtype=np.int64)
    np.maximum.at(most, tracks.owner, messages)
    for i in rows.tolist():
        t = int(tracks.track[i])
        if messages[t] * 10 < most[tracks.owner[t]]:
            continue  # garbled messages, told to be of one track by chance
        ends = [[getattr(tracks, name)[k].item() for name in ("at", "lat", "lon", "sog", "cog")] for k in (i, i + 1)]
        (at, lat, lon, sog, cog), (then_at, then_lat, then_lon, then_sog, then_cog) = ends
        near = apart(lat, lon, then_lat, then_lon)
        yield Gap(
            int(tracks.mmsi[t]), at, lat, lon, sog, cog, then_at, then_lat, then_lon, then_sog, then_cog, near,
            _habit(tracks, t, seconds),
        )  # fmt: skip


def _habit(tracks: Tracks, track: int, silence: float) -> float:
    """Share of the hours of a track, silences apart, in which it was heard."""
    at = tracks.at[tracks.starts[track] : tracks.starts[track + 1]]
    hour = at // HOUR
    short = np.diff(at) < silence
    touched = int(np.diff(hour)[short].sum()) + 1 + int((~short).sum())
    return float(min(1.0, len(np.unique(hour)) / touched))


def within_range(gap: Gap, reception: Reception, dial: Mapping[str, float]) -> bool:
    """Whether ships were ever heard where it must have gone and come from: else it left the receivers' range."""
    for lat, lon, sog, course in (
        (gap.lat, gap.lon, gap.sog, gap.cog),
        (gap.then_lat, gap.then_lon, gap.then_sog, gap.then_cog + 180.0),
    ):
        if sog >= 0.5 and np.isfinite(course) and reception.rim(lat, lon, course):
            return False
    half = gap.seconds / HOUR / 2
    for hours in (1.0, dial["ahead"] / 2, dial["ahead"]):
        way = min(hours, half)
        for lat, lon, sog, cog, sign in (
            (gap.lat, gap.lon, gap.sog, gap.cog, 1),
            (gap.then_lat, gap.then_lon, gap.then_sog, gap.then_cog, -1),
        ):
            there = sailed(np.array([lat]), np.array([lon]), np.array([sog]), np.array([cog]), sign * way)
            if not reception.ever(float(there[0][0]), float(there[1][0]), 1):
                return False
    return True


def _share(gap: Gap, lat: float, lon: float, reception: Reception) -> tuple[float, float]:
    """Means over the whole hours of a silence: the share of other ships heard near one end of it, and how many were
    expected."""
    first, last = gap.at // HOUR + 1, gap.then_at // HOUR
    if last <= first:
        return 0.0, 0.0
    near = reception.near(lat, lon, 2)
    spans = [(first, last)] if last - first <= 2 * _HOURS else [(first, first + _HOURS), (last - _HOURS, last)]
    shares, others = [], []
    for begin, until in spans:
        heard, expected = reception.around(near, begin, until)
        if gap.seconds <= BRIDGE:  # she herself was expected somewhere
            part = (np.arange(begin, until) * HOUR + HOUR / 2 - gap.at) / gap.seconds
            east = (gap.then_lon - gap.lon + 540.0) % 360.0 - 180.0
            her = cells(gap.lat + part * (gap.then_lat - gap.lat), gap.lon + part * east, reception.size)
            expected = expected - np.isin(her, near)
        shares.append(np.where(heard > 0, heard / np.maximum(1, expected), 0.0))
        others.append(np.maximum(expected, 0))
    return float(np.concatenate(shares).mean()), float(np.concatenate(others).mean())
