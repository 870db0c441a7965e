"""Sites: places with a name and degrees that claims tell of: ports, terminals, yards, oil berths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["PORTS", "Site", "located", "sites"]

PORTS = ("port", "harbor", "harbour", "terminal", "anchorage", "berth", "pier", "shipyard")
"""Words one of which the kind, activity or name of a place has where ships lie as a matter of course."""
_SAID = ("latitude", "longitude", "facilityType", "country", "activity")


@dataclass(frozen=True)
class Site:
    """A place. :param kind, activity: as claimed; :param country: ISO 3166-1 alpha-2, lower case, empty: not said
    :param claim_ids: that say where it is"""

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


def _first(said: dict[str, list[tuple[str, str]]], name: str) -> str:
    return said[name][0][0] if name in said else ""


def _degrees(values: Sequence[tuple[Any, str]]) -> float | None:
    try:
        return float(values[0][0]) if values else None
    except ValueError:
        return None
