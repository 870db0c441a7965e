"""Sequences: what ships did one after the other about a transfer at sea, as found here and as told by others.

A step is a silence, a stay, a meeting or a call, of one ship or of two. About each meeting, and each stay that is part
of none, the steps of its ships within some hours before and after are put together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterflow.findings.evidence import among, iso
from counterflow.findings.observations import HOUR
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["Passage", "Step", "passages", "steps"]

_FOUND = {
    "ais_gap": ("silence",), "loitering": ("stay",), "encounter": ("meeting",), "dark_meeting": ("silence", "stay"),
    "terminal_visit": ("call",),
}  # fmt: skip
_TOLD = {"gap": ("silence",), "loitering": ("stay",), "encounter": ("meeting",), "sts_transfer": ("meeting",)}


@dataclass(frozen=True)
class Step:
    """Something that ships did.

    :param kinds: of silence, stay, meeting, call; :param ships: their MMSI
    :param start, end: seconds since 1970; :param lat, lon: degrees, where told
    :param by: ``us``, or the dataset that tells of it; :param evidence: the records behind it
    :param numbers: keys of the ships as in `evidence.holders`, of each
    """

    kinds: tuple[str, ...]
    ships: tuple[str, ...]
    start: int
    end: int
    lat: float | None
    lon: float | None
    by: str
    evidence: tuple[Evidence, ...]
    numbers: tuple[tuple[str, ...], ...]

    def to_dict(self) -> dict[str, object]:
        """In print."""
        return {
            "step": " and ".join(self.kinds), "mmsi": list(self.ships), "start": iso(self.start), "end": iso(self.end),
            "lat": self.lat, "lon": self.lon, "told_by": self.by, "evidence": [item.id for item in self.evidence],
        }  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """Steps that belong together, in order of time. :param about: the one they are put together about"""

    about: Step
    steps: tuple[Step, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """Of all steps."""
        return frozenset(kind for step in self.steps for kind in step.kinds)

    @property
    def ships(self) -> tuple[str, ...]:
        """Those of what it is about."""
        return self.about.ships


def steps(data: Data, found: Sequence[Finding]) -> list[Step]:
    """Every step, in order of time; of ships that only others tell of, those of which they tell more than one kind."""
    own = [_of_finding(f) for f in found if f.typology in _FOUND and f.start and f.end]
    return sorted([*own, *_told(data, {ship for step in own for ship in step.ships})], key=_order)


def _order(step: Step) -> tuple[int, int, tuple[str, ...], str, tuple[str, ...]]:
    return step.start, step.end, step.ships, step.by, step.kinds


def _of_finding(f: Finding) -> Step:
    numbers = f.detail["mmsi"]
    ships = tuple(numbers) if isinstance(numbers, list) else (numbers,)
    keys = tuple(
        (f"mmsi:{mmsi}", *([f"imo:{vessel}"] if vessel != mmsi else []))
        for mmsi, vessel in zip(ships, f.vessels, strict=True)
    )
    start, end = (int(dt.datetime.fromisoformat(str(when)).timestamp()) for when in (f.start, f.end))
    return Step(_FOUND[f.typology], ships, start, end, f.lat, f.lon, "us", f.evidence, keys)


def _told(data: Data, ships: set[str]) -> Iterator[Step]:
    import ibis

    events = data.table("ship_events")
    events = events.filter(events.kind.isin(list(_TOLD)) & events.mmsi.notnull())
    every = ibis.union(*(events.select("kind", ship=events[side]) for side in ("mmsi", "other_mmsi")))
    every = every.filter(every.ship.notnull())
    several = every.group_by("ship").agg(kinds=every.kind.nunique())
    wanted = several.filter(several.kinds > 1).select("ship")
    if ships:
        wanted = ibis.union(wanted, among(every, "ship", sorted(ships)).select("ship"), distinct=True)
    begin, end = (events[name].epoch_seconds().cast("int64") for name in ("timestamp", "end"))
    events = events.select(
        "row_id", "dataset", "kind", "mmsi", "imo", "other_mmsi", "other_imo", "lat", "lon", begin=begin, until=end
    )
    kept = [events.semi_join(wanted, events[side] == wanted.ship) for side in ("mmsi", "other_mmsi")]
    rows = ibis.union(*kept, distinct=True).order_by("row_id")
    for r in data.run(rows).to_pylist():
        pair = sorted((m, i or "") for m, i in ((r["mmsi"], r["imo"]), (r["other_mmsi"], r["other_imo"])) if m)
        keys = tuple((f"mmsi:{m}", *([f"imo:{i}"] if i else [])) for m, i in pair)
        ends = r["begin"], max(r["begin"], r["until"] or r["begin"])
        told = (Evidence("ship_events", r["row_id"], r["kind"].replace("_", " ")),)
        yield Step(_TOLD[r["kind"]], tuple(m for m, _ in pair), *ends, r["lat"], r["lon"], r["dataset"], told, keys)


def passages(every: Sequence[Step], between: float) -> Iterator[Passage]:
    """About each meeting and each lone stay, once. :param between: hours before and after that belong to it"""
    of: dict[str, list[Step]] = {}
    for step in every:
        for ship in step.ships:
            of.setdefault(ship, []).append(step)
    about = sorted((s for s in every if {"meeting", "stay"} & set(s.kinds)), key=lambda s: (-len(s.ships), *_order(s)))
    told: dict[str, list[Step]] = {}
    for step in about:
        if any(s.start <= step.end and s.end >= step.start for ship in step.ships for s in told.get(ship, ())):
            continue
        near = {
            id(s): s for ship in step.ships for s in of[ship]
            if s.start <= step.end + between * HOUR and s.end >= step.start - between * HOUR
        }  # fmt: skip
        for ship in step.ships:
            told.setdefault(ship, []).append(step)
        yield Passage(step, tuple(sorted(near.values(), key=_order)))
