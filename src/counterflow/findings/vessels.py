"""Identities of ships: what registers say of each IMO number, and what was sent under it over AIS, and when.

A register's facts are claims about a `Vessel`; what a ship sends is grouped into sightings: one MMSI, IMO number,
name and size, from when to when. Both are brought together by IMO number, for an MMSI changes with the flag and a
name with the owner; a number is what a ship is meant to keep for life.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence as of
from counterflow.model.dates import latest
from counterflow.model.finding import Evidence

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["Fact", "Sighting", "Vessel", "day", "first_day", "numbered", "vessels"]

_FACTS = (
    "imoNumber", "mmsi", "name", "alias", "previousName", "flag", "pastFlags", "buildDate", "type", "callSign",
    "grossRegisteredTonnage", "deadweightTonnage", "registrationDate", "country",
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One claim of a register. :param since, until: partial ISO dates between which it held; None: not said"""

    claim_id: str
    dataset: str
    property: str
    value: str
    since: str | None
    until: str | None


@dataclass(frozen=True)
class Sighting:
    """What a ship sent of herself. :param first, last: seconds since 1970; :param rows: the first row, and the last
    :param count: of rows; :param table: that they are of; :param ends: place of the first, and of the last, where
        they are positions"""

    mmsi: str
    imo: str | None
    name: str | None
    length: float | None
    width: float | None
    first: int
    last: int
    count: int
    table: str
    rows: tuple[str, ...]
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None


@dataclass
class Vessel:
    """All under one IMO number. :param entity: canonical id of the ship, or ``imo:NUMBER`` where no register knows
    her"""

    imo: str
    entity: str
    caption: str
    listed: bool
    facts: list[Fact] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    claim_ids: tuple[str, ...] = ()

    def told(self, *properties: str) -> list[Fact]:
        """Facts of these properties, in order of time, then as claimed."""
        found = [fact for fact in self.facts if fact.property in properties]
        return sorted(found, key=lambda fact: (fact.since or "", fact.claim_id))

    def evidence(self, sightings: Iterable[Sighting], facts: Iterable[Fact], role: str) -> tuple[Evidence, ...]:
        """Of these, and of who answers to the number; each once."""
        rows = dict.fromkeys((s.table, id) for s in sightings for id in s.rows)
        ids = {fact.claim_id for fact in facts}
        return (
            *(Evidence(table, id, role) for table, id in rows),
            *of.claims(ids, role),
            *of.claims(set(self.claim_ids) - ids, "which ship answers to the number"),
        )


def day(seconds: int) -> str:
    """ISO date of a second."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()


def vessels(data: Data) -> list[Vessel]:
    """Every IMO number that a register or a ship tells, in order."""
    facts = _facts(data)
    seen: dict[str, list[Sighting]] = {}
    for sighting in [*_sightings(data, "positions"), *_sightings(data, "ship_statics")]:
        if sighting.imo:
            seen.setdefault(sighting.imo, []).append(sighting)
    of_entity: dict[str, set[str]] = {}
    for entity, fact in facts:
        if fact.property == "imoNumber":
            of_entity.setdefault(_digits(fact.value), set()).add(entity)
    by_entity: dict[str, list[Fact]] = {}
    for entity, fact in facts:
        by_entity.setdefault(entity, []).append(fact)
    numbers = sorted({*of_entity, *seen} - {""})
    held = of.holders(data, [f"imo:{imo}" for imo in numbers])
    found = []
    for imo in numbers:
        holder = held[f"imo:{imo}"]
        own = [fact for entity in sorted(of_entity.get(imo, ())) for fact in by_entity[entity]]
        sightings = sorted(seen.get(imo, []), key=lambda s: (s.first, s.last, s.mmsi, s.table, s.rows))
        name = next((s.name for s in reversed(sightings) if s.name), None)
        caption = holder.caption if holder.known or not name else f"{name} (IMO {imo})"
        found.append(Vessel(imo, holder.entity, caption, holder.listed, own, sightings, holder.claim_ids))
    return found


def _facts(data: Data) -> list[tuple[str, Fact]]:
    claims, members = data.table("claims"), data.table("members")
    said = claims.filter((claims["schema"] == "Vessel") & claims.property.isin(_FACTS) & (claims.stance == "asserts"))
    rows = said.join(members, said.subject == members.subject).select(
        members.entity, said.claim_id, said.dataset, said.property, said.value, said.valid_from, said.valid_to
    )
    return [
        (r["entity"], Fact(r["claim_id"], r["dataset"], r["property"], r["value"], r["valid_from"], r["valid_to"]))
        for r in data.run(rows.order_by("entity", "claim_id")).to_pylist()
    ]


def _sightings(data: Data, name: str) -> Iterator[Sighting]:
    """One MMSI, IMO number and name (and size) each, with its first row and its last."""
    table = data.table(name)
    table = table.mutate(at=table.timestamp.epoch_seconds().cast("int64"))
    sizes = ["length", "width"] if name == "ship_statics" else []
    keys = ["mmsi", "imo", "vessel_name", *sizes]
    rows = table.filter(table.imo.notnull())
    spans = rows.group_by(keys).agg(first=rows["at"].min(), last=rows["at"].max(), count=rows.count())
    groups = data.run(spans).to_pylist()
    if not groups:
        return
    ends = _ends(data, table, groups, keys)
    for group in groups:
        key = tuple(group[k] for k in keys)
        first, last = ends[(*key, group["first"])], ends[(*key, group["last"])]
        places = ((first["lat"], first["lon"]), (last["lat"], last["lon"])) if not sizes else None
        yield Sighting(
            group["mmsi"], group["imo"], group["vessel_name"], group.get("length"), group.get("width"),
            group["first"], group["last"], group["count"], name,
            tuple(dict.fromkeys((first["row_id"], last["row_id"]))), places,
        )  # fmt: skip


def _ends(
    data: Data, table: ibis.Table, groups: list[dict[str, Any]], keys: list[str]
) -> Mapping[tuple[Any, ...], dict[str, Any]]:
    """The row of each group at its first second and at its last, by key and second; the lowest id of several."""
    import ibis
    import pyarrow as pa

    wanted = sorted({(g["mmsi"], g[end]) for g in groups for end in ("first", "last")})
    asked = ibis.memtable(
        pa.table(
            {"m": pa.array([m for m, _ in wanted], pa.string()), "t": pa.array([t for _, t in wanted], pa.int64())}
        )
    )
    places = ["lat", "lon"] if "lat" in table.columns else []
    rows = table.semi_join(asked, [table.mmsi == asked.m, table["at"] == asked.t]).select(
        *keys, "at", "row_id", *places
    )
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in data.run(rows.order_by("row_id")).to_pylist():
        found.setdefault((*(row[k] for k in keys), row["at"]), row)
    return found


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


_NUMBERED = {90: 1990, 91: 1994, 92: 1999, 93: 2004, 94: 2007, 95: 2009, 96: 2011, 97: 2013, 98: 2016, 99: 2019}
"""Years in which IMO numbers that begin so were given, about: before 90 the two digits are those of the year."""


def numbered(imo: str) -> int:
    """The year in which an IMO number was given, about."""
    begins = int(imo[:2])
    return _NUMBERED.get(begins, 1900 + begins)


def first_day(vessel: Vessel) -> tuple[str, Fact | Sighting] | None:
    """The first day on which anything is told of a ship, and by what: a dated fact or a sighting."""
    told: list[tuple[str, str, Fact | Sighting]] = [
        (latest(fact.since).isoformat(), fact.claim_id, fact) for fact in vessel.facts if fact.since
    ]
    told += [(day(s.first), s.rows[0], s) for s in vessel.sightings]
    if not told:
        return None
    when, _, what = min(told, key=lambda t: t[:2])
    return when, what
