"""Lists of dated events: missile tests, provocations, incidents, and the sites where they happened.

Known without a mapping: the North Korea Missile Test Database (CNS/NTI) and CSIS Beyond Parallel's provocations; any
other by a mapping. A row is an `Event`; the site it names is a `Facility` of its own. Dates are read as they are
written, to the day, month or year; a two-digit year is of the last hundred years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.sources import descriptors, written_dates
from counterflow.sources.claim_table import ClaimTableReader, Row, date, parted
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Record, Statements

__all__ = ["READER"]

_URL = re.compile(r"https?://[^\s;,<>\"]+")
_SHORT = re.compile(r"(?:(\d{1,2})-)?([A-Z][a-z]{2})-(\d{2})")
_NEWEST = 30
"""Two-digit years up to this one are of this century: lists of the field begin in the 1950s."""
_UNKNOWN = frozenset({"unknown", "n/a", "none", "not applicable"})


class EventListReader(ClaimTableReader):
    """Reads lists of events; options: ``mapping``."""

    name = "event_list"
    descriptor = descriptors.load("event-list")
    says = {  # noqa: RUF012, never written to
        "event_id": "Event.recordId", "date": "Event.date", "end_date": "Event.endDate", "event": "Event.name",
        "type": "Event.eventType", "description": "Event.description", "location": "Event.location",
        "country": "Event.country, Facility.country", "lat": "Event.latitude", "lon": "Event.longitude",
        "sources": "Event.sourceUrl; what is no address, Event.notes",
        "facility": "Facility.name, Event.location, UnknownLink.subject, UnknownLink.object, UnknownLink.role",

        "facility_location": "Facility.address", "facility_alias": "Facility.alias",
        "facility_lat": "Facility.latitude, Event.latitude", "facility_lon": "Facility.longitude, Event.longitude",
        "organizer": "Event.organizer, Organization.name", "modified": "Event.modifiedAt", "rest": "Event.notes",
    }  # fmt: skip

    def tell(self, row: Row, line: int) -> Iterator[Record]:
        """The event, its site and who is named as its author."""
        given = {name: value for name, value in row.items() if value.casefold() not in _UNKNOWN}
        when = _date(given.get("date"))
        if when is None:
            raise ValueError(f"'{given.get('date', '')}' is not a date that exists")
        own = given.get("event_id") or digest(when, given.get("event"), given.get("description"))
        main = Statements(re.sub(r"\s+", "-", f"event-{own}"), "Event", locator=f"line {line}", line=line)
        party = Party(main)
        main.say("recordId", given.get("event_id"))
        main.say("name", given.get("event") or given.get("description", "")[:80])
        main.say("date", when, original=given["date"] if given["date"] != when else None)
        main.say("endDate", _date(given.get("end_date")))
        for property, name in (("eventType", "type"), ("description", "description"), ("country", "country")):
            main.say(property, given.get(name))
        main.say("modifiedAt", _date(given.get("modified")), original=given.get("modified"))
        main.say("location", given.get("location") or _together(given.get("facility"), given.get("facility_location")))
        for property, name in (("latitude", "lat"), ("longitude", "lon")):
            main.say(property, given.get(name) or given.get(f"facility_{name}"))
        _sources(main, given.get("sources", ""))
        _facility(party, given)
        if "organizer" in given:
            main.say(
                "organizer", party.named(given["organizer"], "Organization", f"party-{digest(given['organizer'])}")
            )
        main.say("notes", given.get("rest"))
        yield from party.records()


def _date(text: str | None) -> str | None:
    """ISO, ``9-Apr-84``, ``Sep-84``, or as English writes it."""
    short = _SHORT.fullmatch(text or "")
    if short:
        century = "20" if int(short[3]) <= _NEWEST else "19"
        text = " ".join(part for part in (short[1], short[2], century + short[3]) if part)
    found = written_dates.read(text) if text else None
    return date(text) or (found.values[0] if found else None)


def _together(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _sources(main: Statements, text: str) -> None:
    """Addresses, and what else stands there."""
    for url in dict.fromkeys(_URL.findall(text)):
        main.say("sourceUrl", url.rstrip(".)"))
    main.say("notes", "; ".join(parted(_URL.sub("", text), (";",))))


def _facility(party: Party, row: Row) -> None:
    if "facility" not in row:
        return
    values = {
        "name": row["facility"], "country": row.get("country"), "address": row.get("facility_location"),
        "latitude": row.get("facility_lat"), "longitude": row.get("facility_lon"),
    }  # fmt: skip
    subject = f"facility-{digest(row['facility'])}"
    site = party.helper(subject, "Facility", values)
    for name in parted(row.get("facility_alias"), (";", "/")):
        site.say("alias", name)
    party.link("UnknownLink", subject, "took place at")


READER = EventListReader()
