"""A listed party and what hangs on it: its addresses, documents, wallets, relationships and listing.

Each of those becomes a subject of its own, so that each keeps its own dates, issuer and place in the file. Their ids
are made from the party's id and their content: the same in every edition that says the same. So must locators be: they
name the record by the publisher's number, never by a row, which moves with every party added above it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from counterflow.model import schema
from counterflow.sources.reader import Statements

__all__ = ["Party", "digest"]

_FULL = ("street", "street2", "postOfficeBox", "city", "state", "region", "postalCode")


def digest(*parts: str | None) -> str:
    """Ten hexadecimal digits that stand for these texts, without regard to case and spaces."""
    text = "\x1f".join(" ".join((part or "").casefold().split()) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


@dataclass
class Party:
    """Collects statements about one party; `records` gives them out, the party first.

    :param main: the party's own statements
    """

    main: Statements
    helpers: dict[str, Statements] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The party's id."""
        return self.main.subject

    def records(self) -> Iterator[Statements]:
        """The party, then its helpers in the order in which they were first told."""
        yield self.main
        yield from self.helpers.values()

    def helper(self, subject: str, name: str, values: Mapping[str, str | None]) -> Statements:
        """A subject beside the party; told twice, it is one.

        :param name: its schema; :param values: property → value, None and blank left out
        """
        record = self.helpers.get(subject)
        if record is None:
            main = self.main
            record = Statements(
                subject, name, locator=main.locator, party=False, note=main.note, file=main.file, line=main.line
            )
            self.helpers[subject] = record
        told = {(said.property, said.value) for said in record.said}
        for key, value in values.items():
            if value and (key, value.strip()) not in told:
                record.say(key, value)
        return record

    def address(
        self,
        parts: Mapping[str, str | None],
        country: str | None,
        subject: str | None = None,
        note: str | None = None,
        *,
        postal: str = ", ",
    ) -> None:
        """An address in parts (FollowTheMoney's names); a country alone is said of the party itself.

        :param subject: the publisher's id of the address, where it has one; :param note: what kind of address it is
        :param postal: what the publisher puts before the postal code
        """
        given = {key: " ".join(value.split()) for key, value in parts.items() if value and value.strip()}
        self.main.say("country", country)
        full = ", ".join(given[key] for key in _FULL[:-1] if key in given)
        full = postal.join(part for part in (full, given.get("postalCode")) if part)
        if not full:
            return self.main.say("notes", given.get("remarks"))
        full = ", ".join(part for part in (full, country) if part)
        subject = subject or f"{self.id}-address-{digest(*(f'{k}={given[k]}' for k in sorted(given)), country)}"
        self.helper(subject, "Address", {**given, "country": country, "full": full})
        self.main.say("address", full, note=note)
        self.main.say("addressEntity", subject, note=note)
        return None

    def document(self, kind: str, number: str, property: str, details: Mapping[str, str | None]) -> None:
        """A number given to the party by an authority.

        :param kind: type of document as the publisher words it
        :param property: property of the party that takes the number, where its schema has it
        :param details: properties of Identification (country, authority, startDate, endDate, summary); where any is
            known the document is a subject of its own, which keeps issuer and dates with the number
        """
        known = {key: value for key, value in details.items() if value and value.strip()}
        own = schema.get(self.main.schema)
        self.main.say(property if property in own.properties else "notes", number, note=kind)
        if known and own.is_a("LegalEntity"):
            passport = property == "passportNumber"
            values = {"holder": self.id, "type": kind, "number": number, **known}
            values |= {"passportNumber": number} if passport else {}
            subject = f"{self.id}-id-{digest(kind, number, known.get('country'))}"
            self.helper(subject, "Passport" if passport else "Identification", values)

    def link(self, name: str, other: str, role: str | None, *, reverse: bool = False) -> Statements:
        """A relationship of schema `name` from the party to `other`, or from it to the party where `reverse`."""
        edge = schema.get(name).edge
        assert edge is not None, name
        ends = (edge.target, edge.source) if reverse else (edge.source, edge.target)
        subject = f"{self.id}-{name.lower()}-{other}"
        word = "role" if "role" in schema.get(name).properties else "relationship"
        return self.helper(subject, name, {ends[0]: self.id, ends[1]: other, word: role})

    def named(self, name: str, kind: str, subject: str) -> str:
        """A party that is only named, not described; returns its id."""
        self.helper(subject, kind, {"name": name})
        return subject
