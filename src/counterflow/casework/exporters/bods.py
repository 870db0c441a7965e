"""Beneficial Ownership Data Standard 0.4: who holds what of whom, as registers of owners exchange it.

One statement for each entity and person that a holding names, and one for each holding, in an order in which what is
named comes first. Ids are our own; a statement's id says what it states, so a change makes another statement. A
statement is of the day on which the ledger last learnt something of it; all are published on the last such day. The
handling is an annotation on each; so is a partial date as given, where the standard wants a day.

Format: https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import dates, interests
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]

_HOLDINGS = ("Ownership", "Control", "Directorship")
_PARTIES = {"PublicBody": "stateBody", "Company": "registeredEntity", "LegalEntity": "legalEntity"}
"""Schema, most specific first → type of entity; a company without a number is still one that some register keeps."""

_DAYS = {
    "foundingDate": dates.earliest, "dissolutionDate": dates.latest, "startDate": dates.earliest,
    "endDate": dates.latest,
}  # fmt: skip


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
        elif None in (kinds := [_kind(selection.entities[row[end]]["schema"]) for end in ("source", "target")]) or (
            kinds[1] == "person"  # nobody holds a person
        ):
            tally.left_out["assets"] += 1
        else:
            holdings.append(row)
    published, days = selection.last_recorded(), dict[str, str]()
    for id, claims in selection.told():
        days[id] = f"{max(c['recorded_at'] for c in claims):%Y-%m-%d}"
        if id not in selection.entities:  # a relationship
            continue
        row = selection.entities[id]
        kind = _kind(row["schema"])
        if kind is None:
            tally.left_out["assets"] += 1
            continue
        tally.wrote(row["label_ids"])
        details = _party(row, claims)
        yield _statement(selection, row, "person" if kind == "person" else "entity", (days[id], published), details)
    for row in holdings:
        tally.wrote(row["label_ids"])
        when = (days.get(row["link"], published), published)
        yield _statement(selection, {**row, "entity": row["link"]}, "relationship", when, _holding(row))


def _kind(schema: str) -> str | None:
    """``person``, a type of entity, or None: neither."""
    found = vocabulary.get(schema)
    if found.is_a("Person"):
        return "person"
    return next((type for name, type in _PARTIES.items() if found.is_a(name)), None)


def _statement(
    selection: Selection, row: Mapping[str, Any], kind: str, when: tuple[str, str], details: dict[str, Any]
) -> dict[str, Any]:
    """:param when: days on which it was stated and published"""
    record, handling, given = row["entity"], selection.handling(row["label_ids"]), _whole(details)
    said = json.dumps([kind, record, details, given, handling], ensure_ascii=False, sort_keys=True)
    notes = {"": f"handling: {handling}", **{f"/recordDetails/{at}": f"as given: {day}" for at, day in given.items()}}
    return {
        "statementId": hashlib.blake2b(said.encode(), digest_size=20).hexdigest(),
        "declarationSubject": details.get("subject", record),  # of a holding, what is held
        "statementDate": when[0],
        "publicationDetails": {
            "publicationDate": when[1], "bodsVersion": "0.4", "publisher": {"name": "Counterflow"},
        },
        "annotations": [
            {"motivation": "commenting", "statementPointerTarget": at, "description": text}
            for at, text in notes.items()
        ],
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": {"isComponent": False, **details},
    }  # fmt: skip


def _whole(details: dict[str, Any]) -> dict[str, str]:
    """Make days of partial dates, in place: of a beginning the first that it may mean, of an end the last. The standard
    wants days, and only of a birth less.

    :returns: pointer into the record's details → the date as given, of each that was changed
    """
    given = {}
    for at, part in (("", details), *((f"interests/{n}/", one) for n, one in enumerate(details.get("interests", ())))):
        for name, day in _DAYS.items():
            if len(part.get(name, "")) in (4, 7):
                given[f"{at}{name}"] = part[name]
                part[name] = day(part[name]).isoformat()
    return given


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
        place = "residence" if _kind(row["schema"]) == "person" else "registered"
        found["addresses"] = [{"type": place, "address": text} for text in said["address"]]
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
        Loss("assets", "ships, accounts and wallets are no parties, nor is a person held: who owns them is left out"),
        Loss("stance", "what a source denies or doubts is left out: a statement can only assert"),
        Loss("claims, sources", "each record is one statement of ours: which source says what, and its grade, is lost"),
        Loss("conflict", "rival accounts of one holding stand side by side as holdings"),
        Loss("properties", "of a party its names, numbers, places and dates; topics and the rest are left out"),
        Loss(
            "dates", "but of births whole days: a partial one is its first day, of an end its last; beside it as given"
        ),
        Loss("handling", "an annotation on each statement: no tool enforces it"),
        Loss("payments, positions, shipments", "bulk observations are not statements"),
        Loss("findings", "conclusions are not statements"),
    ),
    write=_write,
)
"""The plug-in."""
