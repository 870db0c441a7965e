"""Ships behind numbers: from messages of tracks to rows of the ledger, and to who answers to their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterflow.findings import evidence
from counterflow.findings.tracks.geometry import Floats
from counterflow.findings.tracks.traffic import Message, Traffic

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["Key", "Ship", "Told", "mean_lon", "place", "told"]

Key = tuple[int, int, float, float]
"""A message: MMSI, second, latitude, longitude."""


@dataclass(frozen=True)
class Ship:
    """Who sails under a number.

    :param vessel: IMO number where her messages have one, else MMSI; :param holder: as in `evidence.holders`
    """

    mmsi: str
    vessel: str
    holder: evidence.Holder

    @property
    def caption(self) -> str:
        """The name to print."""
        return self.holder.caption


@dataclass(frozen=True)
class Told:
    """Messages as rows, and ships by MMSI."""

    rows: Mapping[Key, Message]
    ships: Mapping[int, Ship]

    def ids(self, keys: Iterable[Key]) -> list[str]:
        """row_id of each message."""
        return [self.rows[key]["row_id"] for key in keys]


def told(data: Data, traffic: Traffic, keys: Sequence[Key]) -> Told:
    """The rows of messages, and the ships that sent them."""
    found = traffic.rows([(mmsi, at) for mmsi, at, _, _ in keys])
    rows: dict[Key, Message] = {}
    for key in dict.fromkeys(keys):
        mmsi, at, lat, lon = key
        rows[key] = next(row for row in found[mmsi, at] if row["lat"] == lat and row["lon"] == lon)
    numbers: dict[int, tuple[str | None, str | None]] = {}
    for key, row in rows.items():
        imo, name = numbers.get(key[0], (None, None))
        numbers[key[0]] = _later(imo, row["imo"]), _later(name, row["vessel_name"])
    wanted = {f"mmsi:{mmsi}" for mmsi in numbers} | {f"imo:{imo}" for imo, _ in numbers.values() if imo}
    held = evidence.holders(data, wanted)
    ships = {mmsi: _ship(str(mmsi), imo, name, held) for mmsi, (imo, name) in numbers.items()}
    return Told(rows, ships)


def _later(one: str | None, other: str | None) -> str | None:
    return max((text for text in (one, other) if text), default=None)


def _ship(mmsi: str, imo: str | None, name: str | None, held: Mapping[str, evidence.Holder]) -> Ship:
    """By IMO number, else by MMSI, else as she calls herself."""
    for key in (f"imo:{imo}", f"mmsi:{mmsi}"):
        holder = held.get(key)
        if holder is not None and holder.known:
            return Ship(mmsi, imo or mmsi, holder)
    own = held[f"imo:{imo}" if imo else f"mmsi:{mmsi}"]
    if name:
        own = evidence.Holder(own.key, own.entity, f"{name} ({mmsi})", False, False)
    return Ship(mmsi, imo or mmsi, own)


def place(lat: float, lon: float) -> str:
    """``38.35°N 124.35°E``."""
    return f"{abs(lat):.2f}°{'N' if lat >= 0 else 'S'} {abs(lon):.2f}°{'E' if lon >= 0 else 'W'}"


def mean_lon(lon: Floats) -> float:
    """Mean longitude of places that are near together, on either side of the date line too."""
    east = (lon - lon[0] + 540.0) % 360.0 - 180.0
    return float((lon[0] + east.mean() + 180.0) % 360.0 - 180.0)
