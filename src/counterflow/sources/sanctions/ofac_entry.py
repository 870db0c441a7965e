"""One entry of an OFAC list, whatever the file format it came in: facts in OFAC's words become statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from counterflow.model import crypto_address, schema
from counterflow.sources import written_dates
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Rejected, Statements
from counterflow.sources.sanctions import ofac_terms
from counterflow.sources.sanctions.listed import Names

__all__ = ["Entry", "Fact", "Names", "person_name"]

_SCHEMATA = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_LEI = re.compile(r"[A-Z0-9]{18}\d{2}")
_IMO = re.compile(r"IMO\s*(\d{7})")


@dataclass(frozen=True)
class Fact:
    """A document or feature as the list gives it. :param type: in OFAC's words; dates as written"""

    type: str
    value: str
    country: str | None = None
    issued: str | None = None
    expires: str | None = None
    authority: str | None = None
    note: str | None = None


def person_name(text: str) -> tuple[str, str | None, str | None]:
    """(full name, first names, last name) of ``LAST, First Middle``."""
    last, comma, first = (part.strip() for part in text.partition(","))
    return (f"{first} {last}", first, last) if comma and first and last else (text.strip(" ,"), None, None)


@dataclass
class Entry:
    """Collects one entry; `records` gives out its statements.

    :param uid: OFAC's number of the entry, the same in every format
    :param kind: ``individual``, ``vessel``, ``aircraft``; anything else is an organisation
    :param locator: stable from edition to edition; :param file, line: where it stands now
    :param by_name: id of the entry of that primary name, where there is exactly one
    :param ofac: whether it is OFAC that lists it; other US authorities share its words, not its numbers
    :param several: it may be on several lists: begin each with `list_under`
    """

    uid: str
    kind: str
    locator: str
    line: int
    file: str = ""
    by_name: Callable[[str], str | None] = field(default=lambda _: None)
    ofac: bool = True
    several: bool = False
    party: Party = field(init=False)
    listing: Statements = field(init=False)
    rejected: list[Rejected] = field(default_factory=list)

    def __post_init__(self) -> None:
        unknown = "Organization" if self.ofac else "LegalEntity"
        kind = _SCHEMATA.get(self.kind.strip().lower(), unknown if not self.kind else "Organization")
        self.party = Party(Statements(self.uid, kind, locator=self.locator, file=self.file, line=self.line))
        if not self.several:
            self.list_under(
                "sanction",
                {
                    "authority": "Office of Foreign Assets Control",
                    "authorityId": self.uid,
                    "sourceUrl": f"https://sanctionssearch.ofac.treas.gov/Details.aspx?id={self.uid}",
                },
            )

    def list_under(self, key: str, values: Mapping[str, str | None]) -> None:
        """A listing of the entry, to which what follows belongs. :param key: tells it from others of the same entry"""
        own = {"entity": self.uid, **values, "country": "us"}
        self.listing = self.party.helper(f"{self.uid}-{key}", "Sanction", own)

    @property
    def main(self) -> Statements:
        """The party's own statements."""
        return self.party.main

    def records(self) -> Iterator[Statements | Rejected]:
        """Everything collected, the party first."""
        if self.ofac:
            self.main.say("ofacId", self.uid)
        self.main.say("topics", "sanction")
        yield from self.party.records()
        yield from self.rejected

    def name(self, text: str, property: str = "name", **meta: str | None) -> None:
        """A name as the list writes it: ``LAST, First`` for a person."""
        full, first, last = person_name(text) if self.main.schema == "Person" else (text.strip(), None, None)
        self.main.say(property, full, original=text if full != text else None, **meta)
        if property == "name":
            self.main.say("firstName", first)
            self.main.say("lastName", last)

    def alias(self, text: str, kind: str, *, weak: bool = False, **meta: str | None) -> None:
        """Another name. :param kind: ``a.k.a.``, ``f.k.a.`` (former) or ``n.k.a.`` (now), with or without points"""
        word = kind.lower().replace(".", "").strip()
        note = {"nka": "now known as"}.get(word, meta.pop("note", None))
        self.name(text, "previousName" if word == "fka" else "weakAlias" if weak else "alias", note=note, **meta)

    def fact(self, fact: Fact) -> None:
        """A document or feature."""
        if ofac_terms.nothing(fact.value):
            return
        term = ofac_terms.find(fact.type)
        if term.kind == "document":
            self._document(fact, term.property)
        elif term.kind == "wallet":
            self._wallet(fact.value, term.property)
        elif term.kind == "named":
            self._named(fact, term.property)
        elif term.kind == "listing":
            self._listing(fact, term.property)
        elif term.property == "position":
            for post in fact.value.split(";"):
                self._say(term.property, replace(fact, value=post.strip()))
        else:
            self._say(term.property, fact)

    def address(self, parts: dict[str, str | None], country: str | None, uid: str | None) -> None:
        """An address in FollowTheMoney's parts. The whole is put together as OFAC's CSV has it, where city, state and
        postal code are one, so that it is the same in all formats. :param uid: OFAC's number of the address
        """
        place = None if ofac_terms.nothing(country) else country
        given = {key: None if ofac_terms.nothing(value) else value for key, value in parts.items()}
        self.party.address(given, place, f"address-{uid}" if uid else None, postal=" ")

    def relationship(self, type: str, other: str, status: str | None = None) -> None:
        """A relationship from this entry to another. :param other: the other entry's number"""
        name, reverse = ofac_terms.relationship(type)
        self.party.link(name, other, type, reverse=reverse).say("status", status)

    def linked_to(self, name: str) -> None:
        """A ``Linked To:`` remark: to the entry of that name, or to a party that is only named."""
        self.party.link("UnknownLink", self._by_name(name, "LegalEntity"), "Linked To")

    def programs(self, programs: Iterable[str]) -> None:
        """The programmes under which it is listed."""
        for program in programs:
            self.listing.say("program", program)

    def _by_name(self, name: str, kind: str) -> str:
        found = self.by_name(name)
        return found if found is not None else self.party.named(name, kind, f"named-{digest(name)}")

    def _document(self, fact: Fact, property: str) -> None:
        number, ship = fact.value.strip(), _IMO.fullmatch(fact.value.strip())
        own = schema.get(self.main.schema).properties
        if ship and "imoNumber" in own:
            property, number = "imoNumber", ship[1]
        elif property == "imoNumber":
            property = "registrationNumber"
        elif property == "registrationNumber" and _LEI.fullmatch(number):
            property = "leiCode"
        elif property not in own:
            property = "idNumber" if "idNumber" in own else "registrationNumber"
        details = {
            "country": None if ofac_terms.nothing(fact.country) else fact.country,
            "startDate": self._date(fact.issued, fact.type),
            "endDate": self._date(fact.expires, fact.type),
            "authority": fact.authority,
            "summary": fact.note,
        }
        self.party.document(fact.type, number, property, details)

    def _wallet(self, address: str, currency: str) -> None:
        subject = f"wallet-{digest(currency, address)}"
        values = {"publicKey": address, "currency": currency, "topics": "sanction"}
        holder = {"holder": self.uid} if schema.get(self.main.schema).is_a("LegalEntity") else {}
        record = self.party.helper(subject, "CryptoWallet", values | holder)
        doubt = crypto_address.doubt(address, currency)
        if doubt:  # cut short, or miswritten by OFAC itself: kept as it stands
            record.note = f"the address {doubt}"

    def _named(self, fact: Fact, property: str) -> None:
        other = self._by_name(fact.value.strip(), "LegalEntity")
        if property == "owner":
            self.party.link("Ownership", other, fact.type, reverse=True)
        else:
            self._say(property, Fact(fact.type, other))

    def _listing(self, fact: Fact, property: str) -> None:
        phrase = f"{fact.type.strip()} {fact.value.strip()}"
        written = written_dates.read(fact.value) if property.endswith("Date") else None
        if written is None:
            self.listing.say("provisions", phrase)
        else:
            self.listing.say(property, written.values[0], original=fact.value, note=fact.type.strip(" :"))

    def _say(self, property: str, fact: Fact) -> None:
        """A value of the party. A property that only companies have makes an organisation a company."""
        company = schema.get("Company").properties
        if (
            self.main.schema == "Organization"
            and property in company.keys() - schema.get("Organization").properties.keys()
        ):
            self.main.schema = "Company"
        known = schema.get(self.main.schema).properties.get(property)
        if known is None:
            self.main.say("notes", f"{fact.type.strip(' :')}: {fact.value}" if fact.type else fact.value)
        elif known.type == "date":
            written = written_dates.read(fact.value)
            if written is None:
                self.main.say("notes", f"{fact.type}: {fact.value}")
            for value in written.values if written else ():
                original = fact.value if fact.value != value else None
                self.main.say(property, value, original=original, note=written.note if written else None)
        else:
            self.main.say(property, fact.value, note=fact.note)

    def _date(self, text: str | None, type: str) -> str | None:
        """One exact date; what is none becomes a note."""
        if ofac_terms.nothing(text) or text is None:
            return None
        written = written_dates.read(text)
        if written is None or len(written.values) > 1:
            self.main.say("notes", f"{type}: {text}")
            return None
        return written.values[0]
