"""MISP event: an object for each entity and relationship, by MISP's own templates for FollowTheMoney, with references
from a relationship to its ends.

A relationship that has no template is the template of an unknown link, with its kind as the role. The event is tagged
with the marking of all of it and shared with nobody (distribution 0: the organisation that takes it in decides); each
attribute has the tag of its own Traffic Light Protocol level, and each object its whole marking as a comment. Nothing
is flagged for detection systems. UUIDs are version 5 of our own ids: the same record has the same one in every event.

Format: MISP core format (draft-dulaunoy-misp-core-format), object templates of the misp-objects repository.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.followthemoney import written
from counterflow.casework.selection import Selection
from counterflow.entities.profile import most_specific
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]

_NAMES = uuid.UUID("7d1c0c0a-8f1e-5c53-8d2c-2f6f7a5f0b39")
"""Of our ids among all UUIDs version 5."""
_CATEGORY = {
    "email-src": "Payload delivery", "float": "Other", "iban": "Financial fraud", "ip-src": "Network activity",
    "mime-type": "Artifacts dropped", "phone-number": "Person", "sha1": "Payload delivery", "text": "Other",
    "url": "Network activity",
}  # fmt: skip
"""Type of attribute → the category that MISP gives it by default."""
_LINK = "UnknownLink"


@cache
def _templates() -> Mapping[str, tuple[str, int, Mapping[str, str]]]:
    """Schema → uuid and version of its template, and relation → type of attribute."""
    import yaml

    text = resources.files("counterflow.casework.exporters").joinpath("misp_templates.yaml").read_text("utf-8")
    return {
        name: (row["uuid"], row["version"], {rel: type for type, rels in row["relations"].items() for rel in rels})
        for name, row in yaml.safe_load(text).items()
    }


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    objects = list(_objects(selection, tally))
    handling = selection.handling(tally.label_ids)
    last = max((int(o["timestamp"]) for o in objects), default=0)
    event = {
        "uuid": str(uuid.uuid5(_NAMES, "event " + " ".join(o["uuid"] for o in objects))),
        "info": f"Counterflow: {len(objects)} records, {handling}",
        "date": f"{dt.datetime.fromtimestamp(last, dt.UTC):%Y-%m-%d}", "timestamp": str(last),
        "threat_level_id": "4", "analysis": "0", "distribution": "0", "published": False,
        "Tag": [{"name": _tag(handling)}, *({"name": f'counterflow:caveat="{c}"'} for c in handling.split("//")[1:])],
        "Object": objects,
    }  # fmt: skip
    out.write(json.dumps({"Event": event}, ensure_ascii=False, indent=1).encode() + b"\n")


def _objects(selection: Selection, tally: Tally) -> Iterator[dict[str, Any]]:
    known = {}
    for id, claims in selection.told():
        row = selection.entities.get(id)
        name = _template(row["schema"] if row else most_specific(c["schema"] for c in claims))
        if name is None:
            tally.left_out["schema"] += 1
        else:
            known[id] = name
    for id, claims in selection.told():
        if id in known:
            one = _object(selection, id, known, claims, tally)
            if one is not None:
                tally.wrote(sorted({c["label_id"] for c in claims}))
                yield one


@cache
def _template(schema: str) -> str | None:
    found = vocabulary.get(schema)
    target = vocabulary.get(found.ftm)
    names = (target.name, *(name for name in _templates() if target.is_a(name) and name != "Asset"))
    name = next((n for n in names if n in _templates()), None)
    return name or (_LINK if found.edge else None)


def _object(
    selection: Selection, id: str, known: Mapping[str, str], claims: Sequence[Mapping[str, Any]], tally: Tally
) -> dict[str, Any] | None:
    own, version, relations = _templates()[known[id]]
    schema = vocabulary.get(claims[0]["schema"])
    as_link = known[id] == _LINK and schema.name != _LINK
    attributes: dict[tuple[str, str], dict[str, Any]] = {}
    references = []
    times = [claim["recorded_at"] for claim in claims]
    for claim in claims:
        if claim["stance"] != "asserts":
            tally.left_out["stance"] += 1
        elif claim["prop_type"] == "entity":
            other = selection.canonical(claim["value"])
            if other in known:
                references.append((claim["property"], other))
            else:
                tally.left_out["references"] += 1
        else:
            place = written(claim["schema"], claim["property"], claim["value"])
            if place is None or place[0] not in relations:
                tally.left_out["properties"] += 1
            else:
                attributes.setdefault(place, _attribute(selection, id, place, relations[place[0]], claim))
    if as_link:
        place = ("role", schema.edge.label if schema.edge else schema.label)
        attributes.setdefault(place, _attribute(selection, id, place, relations["role"], claims[0]))
    if not attributes and not references:
        return None
    handling = selection.handling({claim["label_id"] for claim in claims})
    return {
        "uuid": _own(id), "name": f"ftm-{known[id]}", "meta-category": "followthemoney", "template_uuid": own,
        "template_version": str(version), "distribution": "0", "comment": handling,
        "timestamp": str(int(max(times).timestamp())),
        "Attribute": [attributes[key] for key in sorted(attributes)],
        "ObjectReference": [
            {"uuid": _own(f"{id} {name} {other}"), "object_uuid": _own(id), "referenced_uuid": _own(other),
             "relationship_type": name, "comment": ""}
            for name, other in sorted(set(references))
        ],
    }  # fmt: skip


def _attribute(
    selection: Selection, id: str, place: tuple[str, str], type: str, claim: Mapping[str, Any]
) -> dict[str, Any]:
    relation, value = place
    grade = f"{claim['reliability']}{claim['credibility']}"
    return {
        "uuid": _own(f"{id} {relation} {value}"), "object_relation": relation, "type": type,
        "category": _CATEGORY[type], "value": value, "to_ids": False, "disable_correlation": False,
        "distribution": "0", "comment": f"{claim['source_id']}, {grade}",
        "timestamp": str(int(claim["recorded_at"].timestamp())),
        "Tag": [{"name": _tag(selection.handling([claim["label_id"]]))}],
    }  # fmt: skip


def _tag(handling: str) -> str:
    """The tag of MISP's taxonomy for a marking in print: ``tlp:amber+strict``."""
    return handling.partition("//")[0].lower()


def _own(id: str) -> str:
    return str(uuid.uuid5(_NAMES, id))


EXPORTER = Exporter(
    name="misp",
    title="MISP event with FollowTheMoney objects",
    media_type="application/json",
    extension=".misp.json",
    losses=(
        Loss("schema", "MISP has no template for it: addresses, positions, estimates, measures and the like"),
        Loss("references", "to an object that has no template"),
        Loss("properties", "the template of the object has no such relation"),
        Loss("stance", "MISP can only assert: what a source denies or doubts is left out"),
        Loss("valid_from, valid_to", "a value has no dates of its own"),
        Loss("claims, sources", "one source and grade for each value, as a comment; further sources of it are lost"),
        Loss("handling beyond TLP", "a comment on the object and a tag on the event: no tool enforces it"),
        Loss("payments, positions, shipments", "bulk observations are not objects"),
        Loss("findings", "conclusions are not objects"),
    ),
    write=_write,
)
"""The plug-in."""
