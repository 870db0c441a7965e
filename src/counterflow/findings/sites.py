"""Sites: places with a name and degrees: ports, terminals, yards, oil berths.

Claims tell of them, and two tables that come with Counterflow: `ports.csv`, 3,961 ports of the world (those of the
package searoute 1.6.0, Apache-2.0; degrees to the minute of arc, a few of them of the town), and `terminals.yaml`,
those of North Korea. Claims come first: what a table has near a claimed site is left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.coast import ashore
from counterflow.findings.tracks.geometry import MILE, apart, metres

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["PORTS", "Harbours", "Site", "harbours", "located", "sites", "terminals"]

PORTS = ("port", "harbor", "harbour", "terminal", "anchorage", "berth", "pier", "shipyard")
"""Words one of which the kind, activity or name of a place has where ships lie as a matter of course."""
_SAID = ("latitude", "longitude", "facilityType", "country", "activity")


@dataclass(frozen=True)
class Site:
    """A place.

    :param entity: empty: of a table; :param kind, activity: as claimed
    :param country: ISO 3166-1 alpha-2, lower case, empty: not said; :param claim_ids: that say where it is
    """

    entity: str
    caption: str
    kind: str
    activity: str
    country: str
    lat: float
    lon: float
    listed: bool
    claim_ids: tuple[str, ...]


def located(data: Data) -> ibis.Table:
    """What claims say of entities that have degrees: entity, property, value, claim_id."""
    claims, members = data.table("claims"), data.table("members")
    said = claims.filter(claims.property.isin(_SAID) & (claims.stance == "asserts"))
    rows = said.join(members, said.subject == members.subject).select(
        members.entity, said.property, said.value, said.claim_id
    )
    placed = rows.filter(rows.property == "latitude").select("entity").distinct()
    return rows.semi_join(placed, "entity").order_by("entity", "property", "claim_id")


def sites(data: Data, kinds: Sequence[str] = ()) -> Iterator[Site]:
    """Every site, in order of id. :param kinds: words one of which its kind, activity or name must have; none: all"""
    told: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in data.run(located(data)).to_pylist():
        told.setdefault(row["entity"], {}).setdefault(row["property"], []).append((row["value"], row["claim_id"]))
    for entity, said in told.items():
        lat, lon = (_degrees(said.get(name, [])) for name in ("latitude", "longitude"))
        if lat is None or lon is None:
            continue
        kind, activity, country = (_first(said, name) for name in ("facilityType", "activity", "country"))
        caption = data.caption(entity)
        words = f"{kind} {activity} {caption}".casefold().replace("airport", "")
        if not kinds or any(word in words for word in kinds):
            ids = tuple(id for name in ("latitude", "longitude") for _, id in said[name][:1])
            yield Site(entity, caption, kind, activity, country, lat, lon, data.listed(entity), ids)


_SAME = 5 * MILE
"""Metres within which a site of a table is one that claims tell of."""


def terminals(data: Data) -> list[Site]:
    """Every site, and terminals of North Korea that no claim tells of."""
    told = list(sites(data))
    return told + [
        one for one in _terminals() if all(apart(one.lat, one.lon, s.lat, s.lon) > _SAME for s in told)
    ]  # fmt: skip


@dataclass(frozen=True)
class Harbours:
    """Ports, of claims and of the table."""

    every: tuple[Site, ...]

    @cached_property
    def _degrees(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        return np.array([s.lat for s in self.every]), np.array([s.lon for s in self.every])

    def nearest(self, lat: float, lon: float) -> tuple[float, Site]:
        """Metres to the nearest, and that."""
        away = metres(*self._degrees, lat, lon)
        k = int(away.argmin())
        return float(away[k]), self.every[k]

    def open_sea(self, lat: float, lon: float, dial: Mapping[str, float]) -> bool:
        """Whether a place is at sea. :param dial: offshore (from a port), coast; nautical miles"""
        return self.nearest(lat, lon)[0] > dial["offshore"] * MILE and not ashore(lat, lon, dial["coast"] * MILE)


def harbours(data: Data) -> Harbours:
    """All ports."""
    return Harbours((*sites(data, PORTS), *_ports()))


@cache
def _ports() -> tuple[Site, ...]:
    text = (resources.files("counterflow.findings") / "ports.csv").read_text("utf-8")
    return tuple(
        Site("", r["name"], "port", "", r["country"], float(r["lat"]), float(r["lon"]), False, ())
        for r in csv.DictReader(text.splitlines())
    )


@cache
def _terminals() -> tuple[Site, ...]:
    import yaml

    text = (resources.files("counterflow.findings") / "terminals.yaml").read_text("utf-8")
    return tuple(
        Site("", r["name"], "terminal", r["activity"], "kp", r["lat"], r["lon"], False, ())
        for r in yaml.safe_load(text)
    )


def _first(said: dict[str, list[tuple[str, str]]], name: str) -> str:
    return said[name][0][0] if name in said else ""


def _degrees(values: Sequence[tuple[Any, str]]) -> float | None:
    try:
        return float(values[0][0]) if values else None
    except ValueError:
        return None
