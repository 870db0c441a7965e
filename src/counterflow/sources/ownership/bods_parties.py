"""Persons and entities of the Beneficial Ownership Data Standard, versions 0.2 to 0.4, as parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.model import dates
from counterflow.model.values import clean
from counterflow.sources.party import Party
from counterflow.sources.reader import Statements

__all__ = ["FIELDS", "entity_schema", "reason_words", "source_words", "tell_entity", "tell_person", "words"]

_ENTITY = {
    "registeredEntity": "Company",
    "legalEntity": "Organization",
    "arrangement": "Organization",
    "state": "PublicBody",
    "stateBody": "PublicBody",
    "anonymousEntity": "LegalEntity",
    "unknownEntity": "LegalEntity",
}
_NAMES = {"former": "previousName", "birth": "previousName"}
_PARTS = {"givenName": "firstName", "familyName": "lastName", "patronymicName": "fatherName"}
_REGISTERS = {"XI-LEI": "leiCode", "OpenCorporates": "opencorporatesUrl", "XI-DUNS": "dunsCode"}
_SINCE = {"valid_from": "startDate", "valid_to": "endDate"}
_PERSONAL = {"PASSPORT": "passportNumber", "TAXID": "taxNumber"}
_SECURITIES = {"isin": "isin", "figi": "figiCode"}
_EXCHANGE = ("stockExchangeName", "marketIdentifierCode", "operatingMarketIdentifierCode", "stockExchangeJurisdiction")


def entity_schema(told: Mapping[str, Any]) -> str | None:
    """Schema of an entity by its type; None where the type is not of the code list."""
    return _ENTITY.get(_kind(told)["type"])


def tell_entity(party: Party, told: Mapping[str, Any]) -> None:
    """Everything that an entity record says, shaped as `bods_shape.ENTITY`."""
    main = party.main
    main.say("name", told.get("name"))
    for name in told.get("alternateNames", ()):
        main.say("alias", name)
    kind, subtype = _kind(told), told.get("entitySubtype", {})
    main.say("classification", words(kind["type"]))
    main.say("legalForm", words(kind.get("subtype") or subtype.get("generalCategory")))
    main.say("classification", kind.get("details") or subtype.get("localTerm"))
    _country(main, "jurisdiction", told.get("jurisdiction") or told.get("incorporatedInJurisdiction"))
    main.say("incorporationDate", told.get("foundingDate"))
    main.say("dissolutionDate", told.get("dissolutionDate"))
    main.say("notes", reason_words(told.get("unspecifiedEntityDetails", {})))
    main.say("notes", told.get("missingInfoReason"))
    statute = ", ".join(told.get("formedByStatute", {}).values())
    main.say("notes", f"formed by statute: {statute}" if statute else None)
    main.say("sourceUrl", told.get("uri"))
    for number in told.get("identifiers", ()):
        _register_number(main, number)
    _addresses(party, told)
    _listed(party, told.get("publicListing", {}))


def tell_person(party: Party, told: Mapping[str, Any]) -> None:
    """Everything that a person record says, shaped as `bods_shape.PERSON`."""
    main = party.main
    for n, name in enumerate(told.get("names", ())):
        kind = name.get("type")
        property = _NAMES.get(kind, "name" if n == 0 or kind in ("legal", "individual") else "alias")
        full = name.get("fullName") or " ".join(name[part] for part in _PARTS if part in name)
        main.say(property, full, note=words(kind))
        for part, ours in _PARTS.items():
            main.say(ours, name.get(part))
    kind = told.get("personType")
    main.say("summary", None if kind == "knownPerson" else words(kind))
    main.say("notes", reason_words(told.get("unspecifiedPersonDetails", {})))
    main.say("notes", told.get("missingInfoReason"))
    main.say("birthDate", told.get("birthDate"))
    main.say("deathDate", told.get("deathDate"))
    for place in told.get("nationalities", ()):
        _country(main, "nationality", place)
    for place in told.get("taxResidencies", ()):
        _country(main, "country", place, note="tax residence")
    for number in told.get("identifiers", ()):
        _personal_number(party, number)
    _addresses(party, told)
    _exposure(party, told)


def words(code: str | None) -> str | None:
    """A code of the standard as words: ``noBeneficialOwners`` → ``no beneficial owners``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in code or "").strip().replace("-", " ") or None


def _kind(told: Mapping[str, Any]) -> dict[str, str]:
    kind = told.get("entityType", "")
    return {"type": "", **kind} if isinstance(kind, dict) else {"type": kind}


def reason_words(told: Mapping[str, str]) -> str:
    """A reason with its description."""
    return ": ".join(part for part in (words(told.get("reason")), told.get("description")) if part)


def _place(place: str | Mapping[str, str] | None) -> tuple[str | None, str | None]:
    """(country, as given where that differs) of a code (``GB``, ``US-DE``), a name, or an object with both."""
    texts = [place.get("code"), place.get("name")] if isinstance(place, Mapping) else [place]
    given = [text for text in texts if text]
    for text in given:
        for found in (text, text.partition("-")[0]):
            if clean("country", found):
                return found, None if found == text else text
    return (given[0] if given else None), None


def _country(main: Statements, property: str, place: str | Mapping[str, str] | None, note: str | None = None) -> None:
    found, original = _place(place)
    main.say(property, found, original=original, note=note)


def _register_number(main: Statements, number: Mapping[str, str]) -> None:
    scheme = number.get("scheme") or number.get("schemeName", "")
    issuer = number.get("schemeName") or scheme or None
    property = _REGISTERS.get(scheme, "registrationNumber")
    main.say(property, number.get("id"), note=issuer if property == "registrationNumber" else None)
    main.say("sourceUrl", number.get("uri"), note=issuer)


def _personal_number(party: Party, number: Mapping[str, str]) -> None:
    scheme = number.get("scheme", "")
    property = _PERSONAL.get(scheme.rpartition("-")[2].upper(), "idNumber")
    where = scheme.partition("-")[0]
    details = {"country": where if clean("country", where) else None, "authority": number.get("schemeName")}
    if number.get("id"):
        party.document(number.get("schemeName") or scheme or "number", number["id"], property, details)


def _addresses(party: Party, told: Mapping[str, Any]) -> None:
    born = [told[key] for key in ("placeOfBirth",) if key in told]
    home = [told[key] for key in ("placeOfResidence",) if key in told]
    for place in (*told.get("addresses", ()), *home, *born):
        if place in born or place.get("type") == "placeOfBirth":
            party.main.say("birthPlace", place.get("address"))
            _country(party.main, "birthCountry", place.get("country"))
        else:
            parts = {"street": place.get("address"), "postalCode": place.get("postCode") or place.get("postcode")}
            party.address(parts, _place(place.get("country"))[0], note=words(place.get("type")))


def _exposure(party: Party, told: Mapping[str, Any]) -> None:
    exposure = told.get("politicalExposure", {})
    status = exposure.get("status")
    if status == "isPep" or told.get("hasPepStatus"):
        party.main.say("topics", "role.pep")
    elif status or "hasPepStatus" in told:
        party.main.say("notes", f"political exposure: {words(status) or 'none'}")
    for row in (*exposure.get("details", ()), *told.get("pepStatusDetails", ())):
        since = {ours: dates.clean(row.get(key, "")) for ours, key in _SINCE.items()}
        source = source_words(row.get("source", {})) or None
        reason = row.get("reason") or row.get("missingInfoReason") or "politically exposed"
        party.main.say("position", reason, note=source, **since)
        _country(party.main, "country", row.get("jurisdiction"), note="political exposure")


def source_words(told: Mapping[str, Any]) -> str:
    """What a source is, in words: its kinds, description, who asserted it, when it was retrieved."""
    by = [party.get("name") or party.get("uri") or "" for party in told.get("assertedBy", ())]
    parts = [", ".join(words(kind) or "" for kind in told.get("type", ())), told.get("description")]
    parts += [f"asserted by {', '.join(by)}" if by else None]
    parts += [f"retrieved {told['retrievedAt']}" if "retrievedAt" in told else None]
    return "; ".join(part for part in parts if part)


def _listed(party: Party, listing: Mapping[str, Any]) -> None:
    if listing.get("hasPublicListing"):
        party.main.say("topics", "corp.public")
    for url in listing.get("companyFilingsURLs", ()):
        party.main.say("sourceUrl", url, note="company filings")
    for row in listing.get("securitiesListings", ()):
        security = row.get("security", {})
        number = security.get("id") or security.get("ticker")
        if number:
            scheme = _SECURITIES.get(security.get("idScheme", "").lower(), "registrationNumber")
            values = {scheme: security.get("id"), "ticker": security.get("ticker"), "issuer": party.id}
            exchange = ", ".join(row[key] for key in _EXCHANGE if key in row)
            party.helper(f"{party.id}-security-{number}", "Security", {**values, "notes": exchange})


FIELDS = {
    "name (entity), names.fullName": "Thing.name, Thing.alias, Thing.previousName, by the type of the name",
    "alternateNames": "Thing.alias",
    "names.givenName, names.familyName, names.patronymicName": "Person.firstName, Person.lastName, Person.fatherName",
    "entityType, entitySubtype, personType": "LegalEntity.classification, LegalEntity.legalForm, Thing.summary; they "
    "choose the schema too",
    "jurisdiction, incorporatedInJurisdiction": "LegalEntity.jurisdiction",
    "foundingDate, dissolutionDate": "LegalEntity.incorporationDate, LegalEntity.dissolutionDate",
    "birthDate, deathDate": "Person.birthDate, Person.deathDate",
    "nationalities": "Person.nationality",
    "taxResidencies": "Thing.country, with a note",
    "placeOfBirth": "Person.birthPlace, Person.birthCountry",
    "addresses, placeOfResidence": "Thing.address, Thing.addressEntity, Thing.country, Address.full, Address.street, "
    "Address.postalCode, Address.country",
    "identifiers (entity)": "LegalEntity.leiCode, LegalEntity.dunsCode, LegalEntity.opencorporatesUrl, "
    "LegalEntity.registrationNumber, Thing.sourceUrl; the scheme in the note",
    "identifiers (person)": "LegalEntity.idNumber, LegalEntity.taxNumber, Person.passportNumber, "
    "Identification.holder, Identification.type, Identification.number, Identification.country, "
    "Identification.authority, Passport.passportNumber",
    "unspecifiedEntityDetails, unspecifiedPersonDetails, missingInfoReason, formedByStatute": "Thing.notes",
    "politicalExposure, hasPepStatus, pepStatusDetails": "Thing.topics, Person.position, Thing.country, Thing.notes",
    "uri": "Thing.sourceUrl",
    "publicListing": "Thing.topics, Thing.sourceUrl, Security.isin, Security.figiCode, Security.registrationNumber, "
    "Security.ticker, Security.issuer, Security.notes",
}
"""Where each field of a party arrives."""
