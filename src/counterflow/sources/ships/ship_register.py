"""Ship registers and lists of identities: what a ship was called, numbered, flagged, owned by, and when.

Known without a mapping: Global Fishing Watch's vessel lists (an identity in each row, with the time in which it was
heard), the War and Sanctions portal's list with earlier numbers and names, sightings set against it, lists of
sanctioned ships, and the vessels of MarineCadastre's files of 2009 to 2014 (by their public description: none was at
hand; numbers of 2010 and 2011 were encrypted before publication); any other by a mapping. A row's dates are the
validity of all it says; rows of one ship are one subject, by the register's own number, else by an IMO number whose
check digit is right, else by MMSI. Nothing is resolved: two numbers are two subjects until somebody judges otherwise.

Source: IMO Resolution A.1117(30) (the number and its check digit).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.sources import descriptors
from counterflow.sources.claim_table import ClaimTableReader, Row, date, parted
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Record, Statements

__all__ = ["READER"]

_PLAIN = {"type": "type", "call_sign": "callSign", "tonnage": "grossRegisteredTonnage",
          "deadweight": "deadweightTonnage", "port": "registrationPort"}  # fmt: skip
_LISTS = {"ofac": "OFAC", "uk": "United Kingdom", "eu": "European Union"}
_NOBODY = frozenset({"unknown", "none", "none identified", "n/a", "false", "0"})


class ShipRegisterReader(ClaimTableReader):
    """Reads registers of ships; options: ``mapping``."""

    name = "ship_register"
    descriptor = descriptors.load("ship-register")
    says = {  # noqa: RUF012, never written to
        "record_list": "Vessel.notes", "record_id": "Vessel.otherId", "imo": "Vessel.imoNumber", "mmsi": "Vessel.mmsi",
        "former_mmsi": "Vessel.mmsi, with a note", "name": "Vessel.name", "aliases": "Vessel.alias",
        "former_names": "Vessel.previousName", "flag": "Vessel.flag", "former_flags": "Vessel.pastFlags",
        "type": "Vessel.type", "call_sign": "Vessel.callSign", "build_date": "Vessel.buildDate",
        "tonnage": "Vessel.grossRegisteredTonnage", "deadweight": "Vessel.deadweightTonnage",
        "port": "Vessel.registrationPort",
        "owner": "Ownership.owner, Ownership.asset, Ownership.role, Vessel.owner, LegalEntity.name",
        "operator": "Vessel.operator, LegalEntity.name",
        "linked_to": "UnknownLink.subject, UnknownLink.object, UnknownLink.role, LegalEntity.name",
        "programs": "Sanction.program, Sanction.entity, Vessel.topics", "status": "Vessel.notes",
        "valid_from": "Vessel.notes where it is no date; else the validity of all that the row says",
        "valid_to": "Vessel.notes where it is no date; else the validity of all that the row says",
        "ofac": "Sanction.authority, Sanction.entity, Vessel.topics", "uk": "Sanction.authority",
        "eu": "Sanction.authority",
        "rest": "Vessel.notes",
    }  # fmt: skip

    def tell(self, row: Row, line: int) -> Iterator[Record]:
        """The ship, and whoever owns, runs or is linked to it."""
        given = {name: value for name, value in row.items() if value.casefold() not in _NOBODY}
        for name in ("imo", "mmsi", "former_mmsi"):
            if name in given:
                given[name] = re.sub(r"\.0$", "", given[name].removeprefix("IMO").strip())
        main = Statements(_subject(given), "Vessel", locator=f"line {line}", line=line,
                          valid_from=date(given.get("valid_from")), valid_to=date(given.get("valid_to")))  # fmt: skip
        party = Party(main)
        _identity(main, given)
        for name, property in _PLAIN.items():
            main.say(property, given.get(name))
        main.say("buildDate", date(given.get("build_date")), original=given.get("build_date"))
        _relations(party, given)
        _listings(party, given)
        for name in ("record_list", "status", "rest"):
            main.say("notes", given.get(name))
        for name in ("valid_from", "valid_to", "build_date"):
            if name in given and date(given[name]) is None:
                main.say("notes", f"{name.replace('_', ' ')} as written: {given[name]}")
        for record in party.records():
            record.valid_from, record.valid_to = main.valid_from, main.valid_to
            yield record


def _subject(row: Row) -> str:
    """Id of the ship: the register's, else the number by which it can be known again."""
    if "record_id" in row:
        if "record_list" in row:  # entries of a law's annex share a number
            which = row.get("imo") or digest(row.get("name"))
            return "-".join(re.sub(r"[^\w.]+", "-", part) for part in (row["record_list"], row["record_id"], which))
        return re.sub(r"\s+", "-", row["record_id"])
    if _is_imo(row.get("imo", "")):
        return f"imo-{row['imo']}"
    if row.get("mmsi", "").isdigit():
        return f"mmsi-{row['mmsi']}"
    if "name" in row:
        return f"name-{digest(row['name'], row.get('flag'), row.get('imo'))}"
    raise ValueError("names no ship: neither a number nor a name")


def _is_imo(text: str) -> bool:
    """Seven digits, the last of which checks the others."""
    if len(text) != 7 or not text.isdigit() or text == "0000000":
        return False
    return sum(int(d) * weight for d, weight in zip(text[:6], range(7, 1, -1), strict=True)) % 10 == int(text[6])


def _identity(main: Statements, row: Row) -> None:
    main.say("otherId", row.get("record_id"))
    main.say("name", row.get("name"))
    wrong = "imo" in row and not _is_imo(row["imo"])
    main.say("imoNumber", row.get("imo"), note="its check digit is wrong" if wrong else None)
    main.say("mmsi", row.get("mmsi"))
    for number in parted(row.get("former_mmsi"), (";", ",", "/", "|")):
        main.say("mmsi", number, note="an earlier number")
    for name in parted(row.get("aliases")):
        main.say("alias", name)
    for name in parted(row.get("former_names")):
        main.say("previousName", name)
    main.say("flag", row.get("flag"))
    for flag in parted(row.get("former_flags"), (";", ",", "/", "|")):
        main.say("pastFlags", flag)


def _relations(party: Party, row: Row) -> None:
    for name in parted(row.get("owner"), (";", "|")):
        owner = party.named(name, "LegalEntity", f"party-{digest(name)}")
        party.main.say("owner", owner)
        party.link("Ownership", owner, "owner", reverse=True)
    for name in parted(row.get("operator"), (";", "|")):
        party.main.say("operator", party.named(name, "LegalEntity", f"party-{digest(name)}"))
    for name in parted(row.get("linked_to"), (";", "|")):
        party.link("UnknownLink", party.named(name, "LegalEntity", f"party-{digest(name)}"), "linked to")


def _listings(party: Party, row: Row) -> None:
    listed: list[tuple[str | None, str | None]] = [(program, None) for program in parted(row.get("programs"))]
    listed += [(None, body) for name, body in _LISTS.items() if row.get(name, "").casefold() in ("true", "1", "yes")]
    for program, authority in listed:
        subject = f"{party.id}-sanction-{digest(program, authority)}"
        party.helper(subject, "Sanction", {"entity": party.id, "program": program, "authority": authority})
    if listed:
        party.main.say("topics", "sanction")


READER = ShipRegisterReader()
