"""Dark meetings: what a silence, a stay and a meeting say together that each does not say alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.encounters import Meeting, meetings
from counterflow.findings.tracks.gaps import Gap, gaps, silent, within_range
from counterflow.findings.tracks.geometry import KNOT, METRES_PER_DEGREE, MILE, apart, metres
from counterflow.findings.tracks.reception import Reception, learn
from counterflow.findings.tracks.ships import Key
from counterflow.findings.tracks.stays import Stay, stays
from counterflow.findings.tracks.traffic import Traffic

__all__ = ["Chain", "chains"]

_CRUISE = 8 * KNOT
"""Metres a second that a ship is taken to sail at least, where she is not heard."""


@dataclass(frozen=True)
class Chain:
    """Steps of two ships that belong together.

    :param kind: ``visited``: one lay while the other was silent nearby, with the time to come, lie and leave; ``both
        silent``: two fell silent near each other and came back near each other; ``met``: they were heard beside each
        other, one of them after or before a silence, one of them lying on before or after
    :param start, end: seconds between which they can have been together, or were
    :param lat, lon: where; :param reach: metres, how far from there at most
    """

    kind: str
    ships: tuple[int, int]
    start: int
    end: int
    lat: float
    lon: float
    reach: float
    silences: tuple[Gap, ...]
    stay: Stay | None = None
    meeting: Meeting | None = None

    @property
    def hours(self) -> float:
        """How long they can have been together, or were."""
        return (self.end - self.start) / HOUR

    @property
    def messages(self) -> tuple[Key, ...]:
        """What all of it rests on."""
        found = [end for gap in self.silences for end in gap.ends]
        found += self.stay.messages if self.stay else ()
        found += self.meeting.messages if self.meeting else ()
        return tuple(dict.fromkeys(found))


def chains(traffic: Traffic, dial: Mapping[str, float]) -> Iterator[Chain]:
    """Every chain, those of two heard ships first.

    :param dial: as for `meetings`, `stays` and `gaps`, and: dark, long (hours, of a silence), both (hours, of two),
        about (hours, between two), near (nautical miles from a silence's ends), ships (others that make a roadstead)
    """
    longest = dial["long"] * HOUR
    every = [
        gap for tracks in traffic.spans() for gap in silent(tracks, dial["dark"] * HOUR)
        if gap.seconds <= longest and not gap.lay_still
    ]  # fmt: skip
    lain = [stay for stay in stays(traffic, dial) if stay.others < dial["ships"]]
    met = [meeting for meeting in meetings(traffic, dial) if meeting.others < dial["ships"]]
    together = {meeting.ships for meeting in met}
    yield from _met(met, lain, every)
    if every and lain:
        reception = learn(traffic.spans(), dial["cell"] * METRES_PER_DEGREE)
        for chain in _visited(lain, every, reception, dial):
            if tuple(sorted(chain.ships)) not in together:
                yield chain
    both = dict(dial) | {"hours": dial["both"]}
    yield from _both_silent([gap for gap in gaps(traffic, both) if gap.seconds <= dial["long"] * HOUR], dial)


def _met(met: Sequence[Meeting], lain: Sequence[Stay], every: Sequence[Gap]) -> Iterator[Chain]:
    """A meeting of two heard ships beside a silence of one and a stay of one that is longer than the meeting."""
    by_ship: dict[int, list[Gap]] = {}
    for gap in every:
        by_ship.setdefault(gap.mmsi, []).append(gap)
    stayed: dict[int, list[Stay]] = {}
    for stay in lain:
        stayed.setdefault(stay.mmsi, []).append(stay)
    for m in met:
        around = [
            gap for ship in m.ships for gap in by_ship.get(ship, ())
            if gap.seconds >= 6 * HOUR and gap.at <= m.end + 12 * HOUR and gap.then_at >= m.start - 12 * HOUR
        ]  # fmt: skip
        on = [
            stay for ship in m.ships for stay in stayed.get(ship, ())
            if stay.start <= m.end and stay.end >= m.start and stay.seconds >= m.seconds + 2 * HOUR
        ]  # fmt: skip
        if around and on:
            reach = float(m.metres.max())
            yield Chain("met", m.ships, m.start, m.end, m.lat, m.lon, reach, tuple(around), on[0], m)


def _visited(
    lain: Sequence[Stay], every: Sequence[Gap], reception: Reception, dial: Mapping[str, float]
) -> Iterator[Chain]:
    """A stay, and a ship silent nearby that had the time to come, lie for `hours`, and be heard again where she was."""
    at, then = (np.array([getattr(gap, name) for gap in every]) for name in ("at", "then_at"))
    here = tuple(np.array([getattr(gap, name) for gap in every]) for name in ("lat", "lon"))
    there = tuple(np.array([getattr(gap, name) for gap in every]) for name in ("then_lat", "then_lon"))
    speed = np.array([_speed(gap) for gap in every])
    mmsi = np.array([gap.mmsi for gap in every])
    for stay in lain:
        few = np.flatnonzero(
            (at + dial["hours"] * HOUR <= stay.end) & (then - dial["hours"] * HOUR >= stay.start) & (mmsi != stay.mmsi)
        )
        come = metres(here[0][few], here[1][few], stay.lat, stay.lon)
        go = metres(there[0][few], there[1][few], stay.lat, stay.lon)
        begin = np.maximum(stay.start, at[few] + come / speed[few])
        end = np.minimum(stay.end, then[few] - go / speed[few])
        fits = (end - begin >= dial["hours"] * HOUR) & (np.maximum(come, go) <= dial["near"] * MILE)
        for k in np.flatnonzero(fits).tolist():
            gap = every[few[k]]
            if (
                _bound_for(stay, gap)
                and _listened(stay, gap, reception) >= dial["heard"]
                and within_range(gap, reception, dial)
            ):
                ships = stay.mmsi, gap.mmsi
                span = int(begin[k]), int(end[k])
                yield Chain("visited", ships, *span, stay.lat, stay.lon, stay.reach, (gap,), stay)


def _speed(gap: Gap) -> float:
    said = [knots * KNOT for knots in (gap.sog, gap.then_sog) if np.isfinite(knots)]
    return max([_CRUISE, gap.knots * KNOT, *said])


def _bound_for(stay: Stay, gap: Gap) -> bool:
    """Whether the silent ship sailed towards the place, within sixty degrees, before, and away from it after; nothing
    is asked of one that was within two miles, or not under way."""
    for lat, lon, knots, course, way in (
        (gap.lat, gap.lon, gap.sog, gap.cog, 1.0),
        (gap.then_lat, gap.then_lon, gap.then_sog, gap.then_cog, -1.0),
    ):
        off = apart(lat, lon, stay.lat, stay.lon)
        if not knots > 2.0 or not np.isfinite(course) or off < 2 * MILE:
            continue
        north = (stay.lat - lat) * METRES_PER_DEGREE
        degrees = (stay.lon - lon + 540.0) % 360.0 - 180.0
        east = degrees * METRES_PER_DEGREE * np.cos(np.radians(lat))
        towards = (north * np.cos(np.radians(course)) + east * np.sin(np.radians(course))) / np.hypot(north, east)
        if way * towards < 0.5:
            return False
    return True


def _listened(stay: Stay, gap: Gap, reception: Reception) -> float:
    """Share of the ships heard where one lay while the other was silent."""
    first, last = max(stay.start, gap.at) // HOUR, min(stay.end, gap.then_at) // HOUR + 1
    heard, expected = reception.around(reception.near(stay.lat, stay.lon, 1), first, last)
    # the silent one was expected too, wherever she was
    return float(np.minimum(1.0, heard / np.maximum(1, expected - 1)).mean())


def _both_silent(found: Sequence[Gap], dial: Mapping[str, float]) -> Iterator[Chain]:
    """Two silences that begin at about one time and place, and end so."""
    near, about = dial["near"] * MILE, dial["about"] * HOUR
    ordered = sorted(found, key=lambda gap: (gap.at, gap.mmsi))
    for k, one in enumerate(ordered):
        for other in ordered[k + 1 :]:
            start, end = other.at, min(one.then_at, other.then_at)
            if other.at - one.at > about:
                break
            if one.mmsi == other.mmsi or abs(one.then_at - other.then_at) > about:
                continue
            begin = apart(one.lat, one.lon, other.lat, other.lon)
            close = apart(one.then_lat, one.then_lon, other.then_lat, other.then_lon)
            if begin <= near and close <= near:
                ships = one.mmsi, other.mmsi
                reach = max(begin, close, one.near, other.near)
                yield Chain("both silent", ships, start, end, one.lat, one.lon, reach, (one, other))
