"""STIX 2.1 bundle, for threat-intelligence platforms: parties are identities, things are infrastructure, places are
locations, links are relationships; each bears its Traffic Light Protocol 2.0 marking.

What STIX has no field for (birth dates, numbers, shares, grades) stands in an extension of ours on the object, under
the names of FollowTheMoney; a reader that does not know the extension keeps it. Ids are UUIDs version 5 of our own ids:
the same record has the same id in every bundle. `confidence` is that of the Admiralty digit (STIX 2.1, appendix A).

Format: OASIS, STIX Version 2.1 (2021); TLP 2.0 as the extension definition that OASIS publishes for it.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import dates
from counterflow.model import schema as vocabulary
from counterflow.model.handling import TLP

__all__ = ["EXPORTER"]

_NAMES = uuid.UUID("5b6ff3b5-6b0c-5e2c-9a52-1b9d6a0f7c39")
"""Of our ids among all UUIDs version 5."""
_PUBLISHED = "2026-01-01T00:00:00.000Z"
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP = {
    TLP.CLEAR: ("94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
    TLP.GREEN: ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
    TLP.AMBER: ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
    TLP.AMBER_STRICT: ("939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
    TLP.RED: ("e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
}
_CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}  # Admiralty credibility; 6 cannot be judged
_MAKER = f"identity--{uuid.uuid5(_NAMES, 'counterflow')}"
_OURS = f"extension-definition--{uuid.uuid5(_NAMES, 'extension')}"
_KINDS = (
    ("Person", "identity", "individual"), ("LegalEntity", "identity", "organization"),
    ("Position", "identity", "class"), ("Address", "location", ""), ("Territory", "location", ""),
    ("Asset", "infrastructure", ""), ("CryptoWallet", "infrastructure", ""), ("UserAccount", "infrastructure", ""),
)  # fmt: skip
"""Schema, most specific first → type, and class of an identity."""


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    bundle = f"bundle--{uuid.uuid5(_NAMES, 'bundle ' + ' '.join(selection.entities))}"
    out.write(f'{{"type": "bundle", "id": "{bundle}", "objects": [\n'.encode())
    for n, one in enumerate(_objects(selection, tally)):
        out.write((",\n" if n else "").encode() + json.dumps(one, ensure_ascii=False).encode())
    out.write(b"\n]}\n")


def _objects(selection: Selection, tally: Tally) -> Iterator[dict[str, Any]]:
    yield {
        "type": "identity", "spec_version": "2.1", "id": _MAKER, "created": _PUBLISHED, "modified": _PUBLISHED,
        "name": "Counterflow", "identity_class": "system",
    }  # fmt: skip
    yield {
        "type": "extension-definition", "spec_version": "2.1", "id": _OURS, "created": _PUBLISHED,
        "modified": _PUBLISHED, "created_by_ref": _MAKER, "name": "Counterflow claims", "version": "1.0.0",
        "schema": "FollowTheMoney properties of the object, each a list of texts, with its Admiralty grade",
        "extension_types": ["property-extension"],
    }  # fmt: skip
    marked: set[str] = set()
    written: dict[str, str] = {}
    learnt: dict[str, tuple[str, str]] = {}
    for id, claims in selection.told():
        learnt[id] = _learnt(claims)
        row = selection.entities.get(id)
        one = _entity(selection, row, claims, tally) if row else None
        if one is not None and row is not None:
            written[id] = one["id"]
            yield from _marked(one, selection.handling(row["label_ids"]), marked)
            tally.wrote(row["label_ids"])
        elif row is None and vocabulary.get(claims[0]["schema"]).edge is None:
            tally.left_out["one-ended records"] += 1
    for row in selection.links:
        if row["stance"] != "asserts":
            tally.left_out["stance"] += 1
        elif row["source"] not in written or row["target"] not in written:
            tally.left_out["schema"] += 1
        else:
            one = _relationship(row, written, learnt.get(row["link"], (_PUBLISHED, _PUBLISHED)))
            yield from _marked(one, selection.handling(row["label_ids"]), marked)
            tally.wrote(row["label_ids"])


def _marked(one: dict[str, Any], handling: str, marked: set[str]) -> Iterator[dict[str, Any]]:
    """The object with its markings, after those that have not been in the bundle yet."""
    level = TLP.parse(handling.partition("//")[0])
    refs = [_marking(level, marked)]
    yield from refs[0][1]
    if "//" in handling:  # caveats, compartments and releases have no marking of their own in STIX
        refs.append(_statement(handling, marked))
        yield from refs[1][1]
    yield one | {"object_marking_refs": [id for id, _ in refs]}


def _marking(level: TLP, marked: set[str]) -> tuple[str, list[dict[str, Any]]]:
    own, word = _TLP[level]
    id = f"marking-definition--{own}"
    if id in marked:
        return id, []
    marked.add(id)
    return id, [{
        "type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2022-10-01T00:00:00.000Z",
        "name": level.text,
        "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": word}},
    }]  # fmt: skip


def _statement(handling: str, marked: set[str]) -> tuple[str, list[dict[str, Any]]]:
    id = f"marking-definition--{uuid.uuid5(_NAMES, 'marking ' + handling)}"
    if id in marked:
        return id, []
    marked.add(id)
    return id, [{
        "type": "marking-definition", "spec_version": "2.1", "id": id, "created": _PUBLISHED,
        "created_by_ref": _MAKER, "definition_type": "statement", "definition": {"statement": handling},
    }]  # fmt: skip


def _entity(
    selection: Selection, row: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], tally: Tally
) -> dict[str, Any] | None:
    """An identity, infrastructure or location; None where STIX has no such object."""
    schema = vocabulary.get(row["schema"])
    found = next((kind for kind in _KINDS if schema.is_a(kind[0])), None)
    if found is None:
        tally.left_out["schema"] += 1
        return None
    _, type, of_class = found
    said: dict[str, set[str]] = {}
    kept = []
    for claim in claims:
        if claim["stance"] != "asserts":
            tally.left_out["stance"] += 1
            continue
        value = claim["value"]
        if claim["prop_type"] == "entity":
            value = f"{type}--{_own(selection.canonical(value))}" if value in selection.entities else value
        said.setdefault(claim["property"], set()).add(value)
        kept.append(claim)
    if not kept:
        return None
    one: dict[str, Any] = {
        "type": type, "spec_version": "2.1", "id": f"{type}--{_own(row['entity'])}",
        **dict(zip(("created", "modified"), _learnt(kept), strict=True)), "created_by_ref": _MAKER,
        "name": row["caption"],
    }  # fmt: skip
    own = _location(said) if type == "location" else _fields(type, of_class, schema, said)
    if own is None:
        tally.left_out["address without country"] += 1
        return None
    one |= own
    if "topics" in said:
        one["labels"] = sorted(said["topics"])
    confidence = _CONFIDENCE.get(min(c["credibility"] for c in kept))
    if confidence is not None:
        one["confidence"] = confidence
    one["external_references"] = [
        {"source_name": dataset, "external_id": own} for dataset, _, own in (s.partition(":") for s in row["referents"])
    ]
    return one | {"extensions": {_OURS: {
        "extension_type": "property-extension", "schema": schema.name,
        "properties": {name: sorted(values) for name, values in sorted(said.items())},
        "grade": min(c["reliability"] for c in kept) + str(min(c["credibility"] for c in kept)),
        "verified": all(c["verified"] for c in kept),
    }}}  # fmt: skip


def _fields(type: str, of_class: str, schema: vocabulary.Schema, said: Mapping[str, set[str]]) -> dict[str, Any]:
    """What is peculiar to an identity or to infrastructure."""
    if type == "identity":
        reached = sorted(said.get("email", set()) | said.get("phone", set()))
        return {"identity_class": of_class, **({"contact_information": "; ".join(reached)} if reached else {})}
    named = sorted(said.get("alias", ()))
    return {"infrastructure_types": [_kebab(schema.name)], **({"aliases": named} if named else {})}


def _location(said: Mapping[str, set[str]]) -> dict[str, Any] | None:
    """What is peculiar to a location; None: neither country nor degrees, one of which STIX wants."""
    countries = sorted(said.get("country", ()))
    found: dict[str, Any] = {"country": countries[0].upper()} if countries else {}
    try:
        lat, lon = (float(sorted(said[name])[0]) for name in ("latitude", "longitude"))
    except (KeyError, ValueError):
        pass
    else:
        found |= {"latitude": lat, "longitude": lon}
    for name, property in (("city", "city"), ("street_address", "full"), ("postal_code", "postalCode")):
        if property in said:
            found[name] = sorted(said[property])[0]
    return found if {"country", "latitude"} & found.keys() else None


def _relationship(row: Mapping[str, Any], written: Mapping[str, str], learnt: tuple[str, str]) -> dict[str, Any]:
    schema = vocabulary.get(row["schema"])
    reference = schema.properties.get(row["role"] or "")
    verb = schema.edge.label if schema.edge else reference.name if reference else "related-to"
    one: dict[str, Any] = {
        "type": "relationship", "spec_version": "2.1", "id": f"relationship--{_own(row['link'])}",
        "created": learnt[0], "modified": learnt[1], "created_by_ref": _MAKER,
        "relationship_type": _kebab(verb),
        "source_ref": written[row["source"]], "target_ref": written[row["target"]],
    }  # fmt: skip
    if schema.edge and row["role"]:
        one["description"] = row["role"]
    # a partial date is its first or last moment here; as written it stands in the extension
    start = row["start"] and dates.earliest(row["start"])
    last = row["end"] and dates.latest(row["end"])
    end = last + dt.timedelta(days=1) if last and last < dt.date.max else None  # "for ever", as some registers write it
    if start:
        one["start_time"] = f"{start.isoformat()}T00:00:00.000Z"
    if end and not (start and end <= start):
        one["stop_time"] = f"{end.isoformat()}T00:00:00.000Z"
    if row["credibility"] in _CONFIDENCE:
        one["confidence"] = _CONFIDENCE[row["credibility"]]
    told = ("start", "end", "share", "share_low", "share_high", "amount", "currency", "origins", "conflict", "verified")
    return one | {"extensions": {_OURS: {
        "extension_type": "property-extension", "schema": schema.name,
        **{name: row[name] for name in told if row[name] is not None},
        "grade": f"{row['reliability']}{row['credibility']}",
    }}}  # fmt: skip


def _own(id: str) -> uuid.UUID:
    return uuid.uuid5(_NAMES, id)


def _learnt(claims: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """When the ledger learnt the first and the last of them."""
    times = [claim["recorded_at"] for claim in claims]
    return _time(min(times)), _time(max(times))


def _time(recorded_at: dt.datetime) -> str:
    return f"{recorded_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}.{recorded_at.microsecond // 1000:03}Z"


def _kebab(words: str) -> str:
    """``BankAccount`` and ``works for`` as STIX writes vocabulary: ``bank-account``, ``works-for``."""
    spaced = "".join(f" {c}" if c.isupper() else c for c in words)
    return "-".join(spaced.lower().split())


EXPORTER = Exporter(
    name="stix",
    title="STIX 2.1 bundle, marked with TLP 2.0",
    media_type="application/stix+json;version=2.1",
    extension=".stix.json",
    losses=(
        Loss("schema", "documents, events, estimates and measures are no object of STIX, and so no link to them is"),
        Loss("address without country", "a location wants a country or degrees"),
        Loss("stance", "STIX can only assert: what a source denies or doubts is left out"),
        Loss("one-ended records", "a designation or a passport is no relationship between two objects"),
        Loss("properties", "in an extension of ours, which a platform keeps but may not show"),
        Loss("valid_from, valid_to", "a value has no dates of its own; a relationship keeps its start and end"),
        Loss("claims, sources", "an object has the best grade of its claims, and the publishers' own ids"),
        Loss("handling beyond TLP", "caveats, compartments and releases are a statement in print: no tool enforces it"),
        Loss("payments, positions, shipments", "bulk observations are not objects"),
        Loss("findings", "conclusions are not objects"),
    ),
    write=_write,
)
"""The plug-in."""
