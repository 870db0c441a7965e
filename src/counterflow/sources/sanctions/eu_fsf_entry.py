"""One entity of the European Union's Financial Sanctions Files, whatever form it came in: elements become statements.

The CSV files are the XML flattened, so both arrive here as `Part`: the name of an element, its attributes as the XML
calls them, and what stands inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from counterflow.model.values import clean
from counterflow.sources.party import digest
from counterflow.sources.sanctions.listed import Listed

__all__ = ["Part", "entry"]

_KINDS = {"person": "Person", "p": "Person", "enterprise": "Organization", "e": "Organization"}
_NOTHING = frozenset({"", "-", "n/a"})
_UNKNOWN = frozenset({"", "00", "unknown", "zzz"})
_NUMBERS = {
    "passport": "passportNumber", "diplomatic-passport": "passportNumber", "ssn": "socialSecurityNumber",
    "fiscalcode": "taxNumber", "tax": "taxNumber", "taxid": "taxNumber", "regnumber": "registrationNumber",
    "tradelic": "licenseNumber", "swiftbic": "swiftBic", "imo": "imoNumber",
}  # fmt: skip
"""Codes of identifications, by the property that takes the number; any other is an idNumber."""
_CONTACTS = {
    "phone": "phone",
    "fax": "phone",
    "mobile": "phone",
    "email": "email",
    "web": "website",
    "website": "website",
}
_STATES = {"diplomatic": "diplomatic", "knownExpired": "known to have expired", "knownFalse": "known to be false",
           "reportedLost": "reported lost", "revokedByIssuer": "revoked by the issuer"}  # fmt: skip


@dataclass
class Part:
    """An element. :param line: where it stands; :param remarks: texts of its ``remark`` elements;
    :param basis: attributes of its ``regulationSummary``; :param contacts: (key, value) of its ``contactInfo``"""

    tag: str
    values: Mapping[str, str]
    line: int
    remarks: list[str] = field(default_factory=list)
    basis: Mapping[str, str] = field(default_factory=dict)
    contacts: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of an attribute; None where it is blank."""
        found = " ".join(self.values.get(name, "").split())
        return None if found.casefold() in _NOTHING else found

    def note(self, *more: str | None) -> str | None:
        """What goes with its value: the legal act that gave it, its remarks, and more."""
        act, date = self.basis.get("numberTitle"), self.basis.get("publicationDate")
        told = f"{act} of {date}" if act and date else act
        return ", ".join(part for part in (*more, told, *self.remarks) if part) or None

    def country(self) -> str | None:
        """The country it names, in words where they are known, else its code."""
        names = (self.values.get("countryDescription", ""), self.values.get("countryIso2Code", ""))
        given = [name.strip() for name in names if name.strip().casefold() not in _UNKNOWN]
        return next((name for name in given if clean("country", name)), given[0] if given else None)

    def joined(self, *names: str) -> str | None:
        """Several attributes as one text, most exact first."""
        return ", ".join(value for name in names if (value := self.get(name))) or None


def entry(entity: Part, parts: Iterable[Part]) -> Listed:
    """The party in an entity and its parts.

    :param entity: ``sanctionEntity``, its logicalId in it, ``subjectType`` among its values
    """
    uid = entity.values["logicalId"]
    kind = _KINDS.get((entity.get("subjectType") or "").casefold(), "LegalEntity")
    party = Listed(uid, kind, f"logicalId {uid}", entity.line, "Council of the European Union", "eu")
    party.tell("unscId", entity.get("unitedNationId"), "unitedNationId")
    party.tell("notes", entity.get("designationDetails"), "designationDetails")
    for remark in entity.remarks:
        party.tell("notes", remark, "remark")
    for part in parts:
        party.line = part.line
        _PARTS[part.tag](party, part, entity)
    return party


def _regulation(party: Listed, part: Part, entity: Part) -> None:
    key = digest(part.get("numberTitle"), part.get("programme"))
    listing = party.listing_of(f"sanction-{key}")
    for property, value in {
        "authorityId": entity.get("euReferenceNumber"),
        "recordId": party.uid,
        "unscId": entity.get("unitedNationId"),
        "listingDate": entity.get("designationDate"),
        "program": part.get("programme"),
        "reason": part.get("numberTitle"),
        "programUrl": part.get("publicationUrl"),
        "modifiedAt": part.get("publicationDate"),
        "startDate": part.get("entryIntoForceDate"),
        "status": part.joined("organisationType", "regulationType"),
    }.items():
        party.tell(property, value, property, record=listing)
    for remark in part.remarks:
        party.tell("summary", remark, "remark", record=listing)


def _name(party: Listed, part: Part, entity: Part) -> None:  # noqa: ARG001
    whole = part.get("wholeName") or part.joined("firstName", "middleName", "lastName")
    weak = part.get("strong") == "false" or any("low quality" in remark.casefold() for remark in part.remarks)
    first = not any(said.property == "name" for said in party.main.said)
    lang, note = clean("language", part.get("nameLanguage") or ""), part.note()
    property = "weakAlias" if weak else "name" if first else "alias"
    party.tell(property, whole, "wholeName", lang=lang, note=note)
    if property == "name" and party.schema == "Person":
        for name, own in (("firstName", "firstName"), ("middleName", "middleName"), ("lastName", "lastName")):
            party.tell(own, part.get(name), name)
    party.tell(["title", "notes"], part.get("title"), "title", note=note, lang=lang)
    party.tell(["position", "notes"], part.get("function"), "function", note=note, lang=lang)
    party.tell("gender", part.get("gender"), "gender", note=note)


def _citizenship(party: Listed, part: Part, entity: Part) -> None:  # noqa: ARG001
    region = part.get("region")
    party.tell(["nationality", "country"], part.country(), "citizenship", note=part.note(region))


def _birth(party: Listed, part: Part, entity: Part) -> None:  # noqa: ARG001
    calendar = part.get("calendarType") or "GREGORIAN"
    circa = "circa" if part.get("circa") == "true" else None
    exact = part.get("birthdate")
    numbers = [part.get(name) for name in ("year", "monthOfYear", "dayOfMonth")]
    date = exact or "-".join(n.zfill(2) for n in numbers if n and n != "0")
    if calendar != "GREGORIAN":
        party.tell("notes", f"Born {date} ({calendar.lower()} calendar)" if date else None, "birthdate")
    else:
        party.tell(["birthDate", "incorporationDate"], date, "birthdate", note=part.note(circa))
    years = part.get("yearRangeFrom"), part.get("yearRangeTo")
    if any(years):
        party.tell("birthDate", " to ".join(y for y in years if y), "yearRange", note=part.note(circa))
    place = ", ".join(p for p in (part.joined("place", "city", "zipCode", "region"), part.country()) if p)
    party.tell(["birthPlace", "notes"], place, "birthplace", note=part.note())
    party.tell(["birthCountry", "country"], part.country(), "birth country", note=part.note())


def _address(party: Listed, part: Part, entity: Part) -> None:  # noqa: ARG001
    listed = "as at the time of listing" if part.get("asAtListingTime") == "true" else None
    parts = {
        "street": part.joined("number", "street", "place"),
        "postOfficeBox": part.get("poBox"),
        "city": part.get("city"),
        "postalCode": part.get("zipCode"),
        "region": part.get("region"),
        "remarks": part.note(listed, part.get("other")),
    }
    if any(value for key, value in parts.items() if key != "remarks") or part.country():
        party.address(parts, part.country())
    else:
        for text in (*part.remarks, part.get("other")):
            party.tell("notes", text, "address")
    for key, value in part.contacts:
        for piece in value.replace(";", ",").split(","):
            party.tell(_CONTACTS.get(key.casefold(), "notes"), piece, key, note=part.note())


def _identification(party: Listed, part: Part, entity: Part) -> None:  # noqa: ARG001
    code = (part.get("identificationTypeCode") or "").casefold()
    kind = part.get("identificationTypeDescription") or part.get("identificationTypeCode") or "Identification"
    number, latin = part.get("number"), part.get("latinNumber")
    states = [words for name, words in _STATES.items() if part.get(name) == "true"]
    bearer = part.get("nameOnDocument")
    until = part.get("validTo")
    summary = ", ".join(p for p in (*states, f"in the name of {bearer}" if bearer else None, part.note()) if p)
    own = _NUMBERS.get(code, "idNumber")
    for given in dict.fromkeys(n for n in (number, latin) if n):
        party.party.document(
            kind,
            given,
            own,
            {
                "country": party.known(part.country(), "identification country"),
                "authority": part.joined("issuedBy", "region"),
                "startDate": party.day(part.get("issueDate") or part.get("validFrom"), "issueDate"),
                "endDate": party.day(until, "validTo"),
                "summary": summary,
            },
        )


_PARTS: dict[str, Callable[[Listed, Part, Part], None]] = {
    "regulation": _regulation,
    "nameAlias": _name,
    "citizenship": _citizenship,
    "birthdate": _birth,
    "address": _address,
    "identification": _identification,
}
