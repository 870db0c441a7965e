"""A record of the LEI Common Data File, versions 2.1 and 3.1, as a party."""

from __future__ import annotations

from counterflow.model.values import clean
from counterflow.sources.ownership.gleif_nodes import Node
from counterflow.sources.party import Party, digest

__all__ = ["CATEGORIES", "FIELDS", "tell"]

CATEGORIES = {
    "GENERAL": "Company",
    "FUND": "Company",
    "BRANCH": "Company",
    "SOLE_PROPRIETOR": "LegalEntity",
    "RESIDENT_GOVERNMENT_ENTITY": "PublicBody",
    "INTERNATIONAL_ORGANIZATION": "Organization",
}
"""EntityCategory → schema; GENERAL where none is told."""
_NAMES = {
    "PREVIOUS_LEGAL_NAME": "previousName",
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": "name",
    "TRADING_OR_OPERATING_NAME": "alias",
}


def tell(party: Party, record: Node) -> None:
    """Everything that a record says of an entity and of its registration."""
    main, entity = party.main, record.node("Entity")
    main.say("leiCode", party.id)
    _names(party, entity)
    _address(party, entity.node("LegalAddress"), "legal address")
    _address(party, entity.node("HeadquartersAddress"), "headquarters")
    for outer in ("OtherAddresses", "TransliteratedOtherAddresses"):
        for other in entity.many(outer, outer.removesuffix("es")):
            _address(party, other, words(other.attribute("type")))
    _registered(party, entity)
    place = entity.text("LegalJurisdiction")
    country = (place or "").partition("-")[0]
    main.say("jurisdiction", country, original=place if place != country else None)
    main.say("classification", words(entity.text("EntityCategory")))
    main.say("classification", words(entity.text("EntitySubCategory")))
    code = entity.text("LegalForm", "EntityLegalFormCode")
    main.say("legalForm", f"ELF {code}" if code else None)
    main.say("legalForm", entity.text("LegalForm", "OtherLegalForm"))
    main.say("status", words(entity.text("EntityStatus")))
    main.say("incorporationDate", entity.text("EntityCreationDate"))
    ended = entity.text("EntityExpirationDate")
    main.say("dissolutionDate", ended)
    reason = words(entity.text("EntityExpirationReason"))
    main.say("notes", f"ended: {reason}" if reason else None)
    _others(party, entity, ended)
    _events(party, entity)
    _registration(party, record.node("Registration"))


def words(code: str | None) -> str | None:
    """``FULLY_CORROBORATED`` → ``fully corroborated``."""
    return code.replace("_", " ").lower() if code else None


def language(code: str | None) -> str | None:
    """ISO 639-3 code of a language tag (``en``, ``zh-Hant``); the tag itself where it is not known."""
    return (clean("language", code.partition("-")[0]) or code) if code else None


def _names(party: Party, entity: Node) -> None:
    legal = entity.node("LegalName")
    party.main.say("name", entity.text("LegalName"), lang=language(legal.attribute("lang")))
    for name in entity.many("OtherEntityNames", "OtherEntityName"):
        kind = name.attribute("type")
        lang = language(name.attribute("lang"))
        party.main.say(_NAMES.get(kind or "", "alias"), name.text("$"), lang=lang, note=words(kind))
    for name in entity.many("TransliteratedOtherEntityNames", "TransliteratedOtherEntityName"):
        kind = words(name.attribute("type"))
        party.main.say("alias", name.text("$"), lang=language(name.attribute("lang")), note=kind)


def _address(party: Party, place: Node, note: str | None) -> None:
    numbers = (("number", "AddressNumber"), ("within building", "AddressNumberWithinBuilding"))
    remarks = [f"{word} {found}" for word, tag in numbers if (found := place.text(tag))]
    remarks += [f"mail routing {found}" for found in [place.text("MailRouting")] if found]
    more = [text for line in place.many("AdditionalAddressLine") if (text := line.text("$"))]
    parts = {
        "street": place.text("FirstAddressLine"), "street2": ", ".join(more), "city": place.text("City"),
        "region": place.text("Region"), "postalCode": place.text("PostalCode"), "remarks": ", ".join(remarks),
    }  # fmt: skip
    if any(parts.values()) or place.text("Country"):
        party.address(parts, place.text("Country"), note=note)


def _registered(party: Party, entity: Node) -> None:
    authority = entity.node("RegistrationAuthority")
    names = [authority.text("RegistrationAuthorityID"), authority.text("OtherRegistrationAuthorityID")]
    issuer = ", ".join(name for name in names if name) or None
    number = authority.text("RegistrationAuthorityEntityID")
    party.main.say("registrationNumber", number, note=issuer)
    party.main.say("notes", f"registration authority: {issuer}" if issuer and not number else None)


def _others(party: Party, entity: Node, ended: str | None) -> None:
    for other in entity.many("SuccessorEntity"):
        found = _other(party, other, "SuccessorLEI", "SuccessorEntityName")
        if found:
            party.helper(
                f"{party.id}-succession-{found}", "Succession",
                {"predecessor": party.id, "successor": found, "date": ended},
            )  # fmt: skip
    for other in entity.many("AssociatedEntity"):
        found = _other(party, other, "AssociatedLEI", "AssociatedEntityName")
        if found:
            role = words(other.attribute("type")) or "associated entity"
            party.link("UnknownLink", found, role)


def _other(party: Party, other: Node, lei: str, name: str) -> str | None:
    """Id of an entity that is named by its LEI, or only by its name."""
    number, called = other.text(lei), other.text(name)
    if number:
        record = party.helper(number, "LegalEntity", {"leiCode": number, "name": called})
    elif called:
        record = party.helper(f"{party.id}-named-{digest(called)}", "LegalEntity", {"name": called})
    else:
        return None
    return record.subject


def _events(party: Party, entity: Node) -> None:
    for event in entity.many("LegalEntityEvents", "LegalEntityEvent"):
        effective, recorded = event.text("LegalEntityEventEffectiveDate"), event.text("LegalEntityEventRecordedDate")
        parts = [words(event.text("LegalEntityEventType")), words(event.attribute("event_status"))]
        parts += [
            f"effective {effective[:10]}" if effective else None,
            f"recorded {recorded[:10]}" if recorded else None,
        ]
        parts += [words(event.attribute("group_type")), words(event.text("ValidationDocuments"))]
        parts += [event.text("ValidationReference")]
        text = ", ".join(part for part in parts if part)
        party.main.say("notes", f"event: {text}" if text else None)


def _registration(party: Party, registration: Node) -> None:
    main = party.main
    main.say("createdAt", registration.text("InitialRegistrationDate"))
    main.say("modifiedAt", registration.text("LastUpdateDate"))
    status = words(registration.text("RegistrationStatus"))
    main.say("status", f"LEI {status}" if status else None)
    main.say("publisher", registration.text("ManagingLOU"), note="managing local operating unit")
    main.say("notes", validation(registration))


def validation(registration: Node) -> str | None:
    """How a registration was checked and until when, in one sentence."""
    renewal = registration.text("NextRenewalDate")
    parts = [f"to be renewed by {renewal[:10]}" if renewal else None]
    sources = words(registration.text("ValidationSources"))
    parts += [f"validation {sources}" if sources else None, words(registration.text("ValidationDocuments"))]
    authorities = [registration.node("ValidationAuthority")]
    authorities += registration.many("OtherValidationAuthorities", "OtherValidationAuthority")
    for authority in authorities:
        found = [authority.text(tag) for tag in _AUTHORITY]
        if any(found):
            parts.append("by " + " ".join(part for part in found if part))
    text = ", ".join(part for part in parts if part)
    return f"registration: {text}" if text else None


_AUTHORITY = ("ValidationAuthorityID", "OtherValidationAuthorityID", "ValidationAuthorityEntityID")

FIELDS = {
    "LEI": "LegalEntity.leiCode; the id of the subject",
    "Entity.LegalName": "Thing.name, with its language",
    "Entity.OtherEntityNames": "Thing.previousName, Thing.name, Thing.alias by their type, with their language",
    "Entity.TransliteratedOtherEntityNames": "Thing.alias",
    "Entity.LegalAddress, HeadquartersAddress, OtherAddresses, TransliteratedOtherAddresses": "Thing.address, "
    "Thing.addressEntity, Thing.country, Address.full, Address.street, Address.street2, Address.city, Address.region, "
    "Address.postalCode, Address.country, Address.remarks",
    "Entity.RegistrationAuthority": "LegalEntity.registrationNumber, Thing.notes; the authority in the note",
    "Entity.LegalJurisdiction": "LegalEntity.jurisdiction",
    "Entity.EntityCategory, EntitySubCategory": "LegalEntity.classification; it chooses the schema too",
    "Entity.LegalForm": "LegalEntity.legalForm: the ISO 20275 code as `ELF 8888`, and the other legal form",
    "Entity.AssociatedEntity": "UnknownLink.subject, UnknownLink.object, Interest.role",
    "Entity.EntityStatus": "LegalEntity.status",
    "Entity.EntityCreationDate, EntityExpirationDate": "LegalEntity.incorporationDate, LegalEntity.dissolutionDate",
    "Entity.EntityExpirationReason, LegalEntityEvents": "Thing.notes",
    "Entity.SuccessorEntity": "Succession.predecessor, Succession.successor, Interval.date",
    "Registration.InitialRegistrationDate, LastUpdateDate": "Thing.createdAt, Thing.modifiedAt",
    "Registration.RegistrationStatus": "LegalEntity.status, as `LEI issued`",
    "Registration.ManagingLOU": "Thing.publisher, Interval.publisher",
    "Registration.NextRenewalDate, Validation…": "Thing.notes, Interval.description",
    "Extension": "left out: GLEIF's own geocoding of the addresses",
}
"""Where each field of level 1 arrives."""
