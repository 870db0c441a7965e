"""Ports, terminals and other sites with a place: each row a `Facility`.

Known without a mapping: the World Port Index, and lists with name, country and degrees; any other by a mapping. The
subject is the list's own id, else its UN/LOCODE, else name and country. No real file was at hand: the World Port Index
is read as its publisher describes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.sources import descriptors
from counterflow.sources.claim_table import ClaimTableReader, Row, parted
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Record, Statements

__all__ = ["READER"]

_PLAIN = {
    "name": "name", "country": "country", "type": "facilityType", "address": "address", "activity": "activity",
    "sources": "sourceUrl", "rest": "notes",
}  # fmt: skip
_LIMITS = {"lat": ("latitude", 90.0), "lon": ("longitude", 180.0)}


class FacilitiesReader(ClaimTableReader):
    """Reads lists of places; options: ``mapping``."""

    name = "facilities"
    descriptor = descriptors.load("facilities")
    says = {  # noqa: RUF012, never written to
        **{ours: f"Facility.{property}" for ours, property in _PLAIN.items()},
        "facility_id": "Facility.registrationNumber", "code": "Facility.otherId", "aliases": "Facility.alias",
        "lat": "Facility.latitude", "lon": "Facility.longitude", "operator": "Facility.operator, Organization.name",
    }  # fmt: skip

    def tell(self, row: Row, line: int) -> Iterator[Record]:
        """The site and who runs it."""
        own = row.get("facility_id") or row.get("code") or digest(row["name"], row.get("country"))
        main = Statements(f"site-{re.sub(r'[^0-9A-Za-z]+', '-', own)}", "Facility", locator=f"line {line}", line=line)
        for name, property in _PLAIN.items():
            main.say(property, row.get(name))
        main.say("registrationNumber", row.get("facility_id"))
        main.say("otherId", row.get("code"))
        for alias in parted(row.get("aliases"), (";", "|", "/")):
            main.say("alias", alias)
        for name, (property, limit) in _LIMITS.items():
            if name in row:
                main.say(property, _degrees(row[name], limit))
        party = Party(main)
        if "operator" in row:
            main.say("operator", party.named(row["operator"], "Organization", f"party-{digest(row['operator'])}"))
        yield from party.records()


def _degrees(text: str, limit: float) -> str:
    """Decimal degrees. :raises ValueError: it is no place on earth"""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not in decimal degrees") from None
    if not -limit <= value <= limit:
        raise ValueError(f"'{text}' is beyond ±{limit:g} degrees")
    return text


READER = FacilitiesReader()
