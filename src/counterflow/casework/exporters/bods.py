"""Beneficial Ownership Data Standard 0.4: who holds what of whom, as registers of owners exchange it.

One statement for each entity and person that a holding names, and one for each holding, in an order in which what is
named comes first. Ids are our own; a statement's id says what it states, so a change makes another statement. The
handling is an annotation on each.

Format: https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import interests
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]

_HOLDINGS = ("Ownership", "Control", "Directorship")
_PARTIES = {"PublicBody": "stateBody", "Company": "registeredEntity", "LegalEntity": "legalEntity"}
"""Schema, most specific first → type of entity; a company without a number is still one that some register keeps."""


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    out.write(b"[\n")
    for n, one in enumerate(_statements(selection, tally)):
        out.write((b",\n" if n else b"") + json.dumps(one, ensure_ascii=False).encode())
    out.write(b"\n]\n")


def _statements(selection: Selection, tally: Tally) -> Iterator[dict[str, Any]]:
    holdings = []
    for row in selection.links:
        if row["schema"] not in _HOLDINGS:
            tally.left_out["links"] += 1
        elif row["stance"] != "asserts":
            tally.left_out["stance"] += 1
        elif not all(_kind(selection.entities[row[end]]["schema"]) for end in ("source", "target")):
            tally.left_out["assets"] += 1
        else:
            holdings.append(row)
    for id, claims in selection.told():
        if id not in selection.entities:  # a relationship
            continue
        row = selection.entities[id]
        if not _kind(row["schema"]):
            tally.left_out["assets"] += 1
            continue
        day: str | None = f"{max(c['recorded_at'] for c in claims):%Y-%m-%d}"
        kind = "person" if _kind(row["schema"]) == "person" else "entity"
        yield _statement(selection, tally, row["entity"], row["label_ids"], kind, day, _party(row, claims))
    for row in holdings:
        day = row["start"] if row["start"] and len(row["start"]) == 10 else None
        yield _statement(selection, tally, row["link"], row["label_ids"], "relationship", day, _holding(row))


def _kind(schema: str) -> str | None:
    """``person``, a type of entity, or None: neither."""
    found = vocabulary.get(schema)
    if found.is_a("Person"):
        return "person"
    return next((type for name, type in _PARTIES.items() if found.is_a(name)), None)


def _statement(
    selection: Selection, tally: Tally, record: str, label_ids: Sequence[str], kind: str, day: str | None,
    details: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    tally.wrote(label_ids)
    handling = selection.handling(label_ids)
    said = json.dumps([kind, record, details, handling], ensure_ascii=False, sort_keys=True)
    return {
        "statementId": hashlib.blake2b(said.encode(), digest_size=20).hexdigest(),
        "declarationSubject": record,
        **({"statementDate": day} if day else {}),
        "publicationDetails": {"bodsVersion": "0.4", "publisher": {"name": "Counterflow"}},
        "annotations": [{
            "motivation": "commenting", "statementPointerTarget": "/", "description": f"handling: {handling}",
        }],
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": {"isComponent": False, **details},
    }  # fmt: skip


def _party(row: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    said: dict[str, list[str]] = {}
    for claim in claims:
        if claim["stance"] == "asserts" and claim["value"] not in said.setdefault(claim["property"], []):
            said[claim["property"]].append(claim["value"])
    schema = vocabulary.get(row["schema"])
    numbers = [
        {"id": value, "schemeName": schema.properties[name].label}
        for name, values in sorted(said.items())
        if name in schema.properties and schema.properties[name].type == "identifier"
        for value in values
    ]
    found: dict[str, Any] = {"identifiers": numbers} if numbers else {}
    if said.get("address"):
        found["addresses"] = [{"type": "registered", "address": text} for text in said["address"]]
    others = [name for name in row["names"] if name != row["caption"]]
    if _kind(row["schema"]) == "person":
        found |= {"personType": "knownPerson", "names": [
            {"type": "legal", "fullName": row["caption"]}, *({"type": "alternative", "fullName": n} for n in others)
        ]}  # fmt: skip
        if said.get("nationality"):
            found["nationalities"] = [{"name": code.upper(), "code": code.upper()} for code in said["nationality"]]
        if said.get("birthDate"):
            found["birthDate"] = said["birthDate"][0]
        return found
    found |= {"entityType": {"type": _kind(row["schema"])}, "name": row["caption"]}
    if others:
        found["alternateNames"] = others
    if places := said.get("jurisdiction") or said.get("country"):
        found["jurisdiction"] = {"name": places[0].upper(), "code": places[0].upper()}
    for name, property in (("foundingDate", "incorporationDate"), ("dissolutionDate", "dissolutionDate")):
        if said.get(property):
            found[name] = said[property][0]
    return found


def _holding(row: Mapping[str, Any]) -> dict[str, Any]:
    known = interests.find(row["interest"] or "")
    usual = {"Ownership": "shareholding", "Directorship": "seniorManagingOfficial"}.get(
        row["schema"], "unknownInterest"
    )
    one: dict[str, Any] = {"type": known.code if known else usual, "directOrIndirect": row["directness"] or "unknown"}
    if row["share_low"] is not None and row["share_high"] is not None:
        if row["share_low"] == row["share_high"]:
            one["share"] = {"exact": row["share_low"]}
        else:
            one["share"] = {
                ("exclusiveMinimum" if row["low_open"] else "minimum"): row["share_low"],
                ("exclusiveMaximum" if row["high_open"] else "maximum"): row["share_high"],
            }
    if row["role"]:
        one["details"] = row["role"]
    one |= {name: row[key] for name, key in (("startDate", "start"), ("endDate", "end")) if row[key]}
    return {"subject": row["target"], "interestedParty": row["source"], "interests": [one]}


EXPORTER = Exporter(
    name="bods",
    title="Beneficial Ownership Data Standard 0.4, JSON",
    media_type="application/json",
    extension=".bods.json",
    losses=(
        Loss("links", "the standard knows holdings and offices: family, payment and succession are left out"),
        Loss("assets", "ships, accounts and wallets are no parties, and who owns them is left out"),
        Loss("stance", "what a source denies or doubts is left out: a statement can only assert"),
        Loss("claims, sources", "each record is one statement of ours: which source says what, and its grade, is lost"),
        Loss("conflict", "rival accounts of one holding stand side by side as holdings"),
        Loss("properties", "of a party its names, numbers, places and dates; topics and the rest are left out"),
        Loss("handling", "an annotation on each statement: no tool enforces it"),
        Loss("payments, positions, shipments", "bulk observations are not statements"),
        Loss("findings", "conclusions are not statements"),
    ),
    write=_write,
)
"""The plug-in."""
