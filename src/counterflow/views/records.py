"""Entities and relationships in FollowTheMoney's own shape, alone or with what is next to them: what clients of yente
and OpenRefine read.

Ids are ours (``dataset:id``), of entities canonical; a publisher's own id is understood where only one dataset has it.
Beside what yente gives, a record has ``handling`` and ``exercise``, as every answer here has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from counterflow.casework.followthemoney import seen, written
from counterflow.entities.profile import most_specific
from counterflow.errors import NotFound, UsageError
from counterflow.model import schema as vocabulary
from counterflow.views.picture import Picture

__all__ = [
    "MOST",
    "adjacent",
    "adjacent_by",
    "concerns",
    "datasets",
    "find_id",
    "nested",
    "ordered",
    "record",
    "records",
]

MOST = 9_999
"""Records next to one that an answer holds at most, and the last place of a paged answer; yente has the same limit."""

_OF_CONCERN = (
    "sanction", "crime", "debarment", "wanted", "poi", "role.pep", "role.rca", "role.oligarch", "export.control",
    "export.risk", "asset.frozen", "reg.action", "reg.warn", "mare.detained", "mare.shadow", "forced.labor",
    "corp.disqual", "corp.clone", "invest.ban", "invest.risk", "geo.risk",
)  # fmt: skip
"""Topics, each with those below it, that make a party one that people screen for."""


def record(picture: Picture, id: str) -> dict[str, Any]:
    """One entity or relationship. :raises NotFound: not readable, or not there"""
    found = records(picture, [id]).get(id)
    if found is None:
        raise NotFound("entity", id)
    return found


def records(picture: Picture, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Id → record, of canonical ids and of relationships' own subjects; what is not readable is not among them."""
    wanted = list(dict.fromkeys(ids))
    subjects = {s: id for id in wanted for s in _subjects(picture, id)}
    claims: dict[str, list[dict[str, Any]]] = {}
    for claim in picture.scope.find("claims", "subject", subjects).to_pylist():
        claims.setdefault(subjects[claim["subject"]], []).append(claim)
    made = ((id, _record(picture, id, claims[id])) for id in wanted if id in claims)
    return {id: found for id, found in made if found is not None}


def _record(picture: Picture, id: str, claims: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None where nothing is asserted, as of an ownership that is denied."""
    row = picture.entities.get(id)
    ours = vocabulary.get(row["schema"] if row else most_specific(c["schema"] for c in claims))
    schema = vocabulary.get(ours.ftm)
    properties: dict[str, set[str]] = {}
    others: set[str] = set()
    kept = [claim for claim in claims if claim["stance"] == "asserts"]
    if not kept:
        return None
    for claim in kept:
        value = picture.canonical(claim["value"]) if claim["prop_type"] == "entity" else claim["value"]
        if claim["property"] == "otherId":
            others.add(value)
        place = written(claim["schema"], claim["property"], value)
        if place is not None and place[0] in schema.properties:
            properties.setdefault(place[0], set()).add(place[1])
    caption = row["caption"] if row else _caption(schema, properties)
    times = [claim["recorded_at"] for claim in kept]
    topics = properties.get("topics", ())
    return {
        "id": id,
        "caption": caption,
        "schema": schema.name,
        "properties": {key: sorted(v, key=lambda x: (x != caption, x)) for key, v in sorted(properties.items())},
        "datasets": sorted({claim["dataset"] for claim in kept}),
        "referents": sorted(({*row["referents"]} if row else set()) - {id} | others),
        "target": bool(row and row["listed"]) or any(concerns(topic) for topic in topics),
        "first_seen": seen(min(times)),
        "last_seen": seen(max(_last_seen(picture, claim) for claim in kept)),
        "last_change": seen(max(times)),
        **picture.handling(claim["label_id"] for claim in claims),
    }


def concerns(topic: str) -> bool:
    """Whether a party with this topic is one that people screen for."""
    return topic.startswith(_OF_CONCERN)


def _caption(schema: vocabulary.Schema, properties: Mapping[str, set[str]]) -> str:
    return next((min(properties[p]) for p in schema.caption if properties.get(p)), schema.label)


def _last_seen(picture: Picture, claim: Mapping[str, Any]) -> dt.datetime:
    """When its dataset last said so: where each edition is the whole list, on the day of the last one."""

    def editions() -> dict[str, dt.datetime]:
        whole = [b for b in picture.settled.line.batches() if b["descriptor"].get("complete")]
        return {batch["dataset"]: dt.datetime.fromisoformat(batch["recorded_at"]) for batch in whole}

    last: Mapping[str, dt.datetime] = picture.once(("last seen",), editions)
    told: dt.datetime = claim["recorded_at"]
    return max(told, last.get(claim["dataset"], told))


def _subjects(picture: Picture, id: str) -> list[str]:
    row = picture.entities.get(id)
    return list(row["referents"]) if row else [id]


def find_id(picture: Picture, id: str) -> str:
    """The id under which a record is kept: canonical for any referent of an entity, or for its publisher's own id where
    only one dataset has that; a relationship's own subject as it is.

    :raises NotFound: not readable, or not there
    """
    if id in picture.members:
        return picture.canonical(id)
    if picture.scope.find("claims", "subject", [id]).num_rows:
        return id
    with_name = [f"{dataset}:{id}" for dataset in datasets(picture)]
    named = set(picture.scope.find("claims", "subject", with_name).column("subject").to_pylist())
    if not named:
        claims = picture.scope.table("claims")
        other = claims.filter((claims.property == "otherId") & (claims.value == id))
        named = set(picture.scope.run(other.select("subject").distinct()).column("subject").to_pylist())
    found = {picture.canonical(subject) for subject in named}
    if len(found) != 1:
        raise NotFound("entity", id)
    return found.pop()


def datasets(picture: Picture) -> list[str]:
    """Datasets of which some claim is readable."""

    def named() -> list[str]:
        claims = picture.scope.table("claims")
        return sorted(picture.scope.run(claims.select("dataset").distinct()).column("dataset").to_pylist())

    found: list[str] = picture.once(("datasets",), named)
    return found


# -- what is next to a record ----------------------------------------------------------------------------------------


def nested(picture: Picture, id: str) -> dict[str, Any]:
    """A record with what is next to it in place of ids: what it names, what names it (under the name of the way back,
    such as ``ownershipOwner``), and behind a relationship its other ends.

    :raises NotFound: not readable, or not there
    """
    root = record(picture, id)
    beside = {name: ids[:MOST] for name, ids in _beside(picture, root).items()}
    whole = _filled(picture, root, beside)
    kept = {name: values for name, values in root["properties"].items() if name not in whole}
    return {**root, "properties": {**kept, **{name: values for name, values in whole.items() if values}}}


def adjacent(picture: Picture, id: str, sort: Sequence[str], limit: int, offset: int) -> dict[str, Any]:
    """``{"entity", "adjacent": {property: {"results", "total", "limit", "offset"}}}``: one page a property.

    :raises NotFound: not readable, or not there
    """
    root = record(picture, id)
    pages = {name: _page(picture, root, name, ids, sort, limit, offset) for name, ids in _beside(picture, root).items()}
    return {"entity": root, "adjacent": pages}


def adjacent_by(picture: Picture, id: str, name: str, sort: Sequence[str], limit: int, offset: int) -> dict[str, Any]:
    """One page of what is next to a record by one property.

    :raises NotFound: no such record, or its schema has no such property
    """
    root = record(picture, id)
    if name not in _directions(root["schema"]):
        raise NotFound("property", name)
    return _page(picture, root, name, _beside(picture, root, name).get(name, []), sort, limit, offset)


def _page(
    picture: Picture, root: dict[str, Any], name: str, ids: list[str], sort: Sequence[str], limit: int, offset: int
) -> dict[str, Any]:
    if sort:
        known = records(picture, ids)
        ids = [found["id"] for found in ordered([known[i] for i in ids if i in known], sort)]
    shown = _filled(picture, root, {name: ids[offset : offset + limit]})[name]
    return {"limit": limit, "offset": offset, "total": {"value": len(ids), "relation": "eq"}, "results": shown}


def _filled(picture: Picture, root: dict[str, Any], beside: Mapping[str, list[str]]) -> dict[str, list[Any]]:
    """Property → records, relationships with the records at their other ends; an id that is no record stays."""
    near = records(picture, (i for ids in beside.values() for i in ids))
    edges = {i: r for i, r in near.items() if vocabulary.get(r["schema"]).edge is not None}
    far = records(picture, (value for r in edges.values() for value in _named(r) if value != root["id"]))

    def whole(id: str) -> Any:
        found = near.get(id)
        if found is None or id not in edges:
            return found or id
        ends = {
            name: [far.get(v, v) for v in values] if _is_reference(found["schema"], name) else values
            for name, values in found["properties"].items()
        }
        return {**found, "properties": ends}

    return {name: [whole(id) for id in ids] for name, ids in beside.items()}


def _beside(picture: Picture, root: dict[str, Any], only: str | None = None) -> dict[str, list[str]]:
    """Property → ids of what is next to a record in that direction, in alphabetical order."""
    found = {
        name: set(values)
        for name, values in root["properties"].items()
        if only in (None, name) and _is_reference(root["schema"], name)
    }
    if only is None or only not in found:
        claims = picture.scope.table("claims")
        naming = (claims.prop_type == "entity") & (claims.stance == "asserts")
        naming &= claims.value.isin(_subjects(picture, root["id"]))
        rows = picture.scope.run(claims.filter(naming).select("subject", "schema", "property").distinct())
        for row in rows.to_pylist():
            reverse = _reverse(row["schema"], row["property"])
            if reverse is not None and only in (None, reverse):
                found.setdefault(reverse, set()).add(picture.canonical(row["subject"]))
    return {name: sorted(ids - {root["id"]}) for name, ids in sorted(found.items()) if ids - {root["id"]}}


def _named(found: Mapping[str, Any]) -> Iterable[str]:
    return (v for name, values in found["properties"].items() if _is_reference(found["schema"], name) for v in values)


def _is_reference(schema: str, name: str) -> bool:
    known = vocabulary.get(schema).properties.get(name)
    return known is not None and known.type == "entity"


def _reverse(schema: str, name: str) -> str | None:
    """What the direction towards the record that is named is called, as FollowTheMoney has it."""
    ours = vocabulary.get(schema)
    place = ours.properties[name].ftm if name in ours.properties else None
    target = vocabulary.get(ours.ftm).properties.get(place) if place else None
    return target.reverse if target else None


def _directions(schema: str) -> set[str]:
    """Every property by which something may be next to a record of this schema."""
    mine = vocabulary.get(schema)
    own = {p.name for p in mine.properties.values() if p.type == "entity"}
    others = (p for s in vocabulary.all().values() if not s.extension for p in s.properties.values())
    return own | {p.reverse for p in others if p.reverse and p.range and mine.is_a(p.range)}


# -- order -----------------------------------------------------------------------------------------------------------


def ordered(found: Sequence[dict[str, Any]], sort: Sequence[str]) -> list[dict[str, Any]]:
    """Records by ``field`` or ``field:desc``, the first sort counting most; those without a value come last.

    :param sort: fields of a record, or ``properties.name``
    :raises UsageError: no such field
    """
    rows = sorted(found, key=lambda r: str(r["id"]))
    for text in reversed(sort):
        field, _, order = text.partition(":")
        key = _key(field)
        known = [r for r in rows if key(r) not in (None, "")]
        without = [r for r in rows if key(r) in (None, "")]
        rows = sorted(known, key=key, reverse=order == "desc") + without
    return rows


def _key(field: str) -> Callable[[Mapping[str, Any]], Any]:
    if field.startswith("properties."):
        name = field.removeprefix("properties.")
        return lambda r: min(map(str, r["properties"].get(name, ())), default=None)
    name = {"entity_id": "id", "_id": "id"}.get(field, field)
    if name not in ("id", "caption", "schema", "first_seen", "last_seen", "last_change"):
        raise UsageError(f"'{field}' is nothing to sort by. Valid: id, caption, schema, first_seen, last_seen, "
                         "last_change, properties.NAME; with :desc for the greatest first.")  # fmt: skip
    return lambda r: r[name]
