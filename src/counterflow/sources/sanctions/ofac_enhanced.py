"""Reader of OFAC's enhanced XML (``SDN_ENHANCED.XML``, ``CONS_ENHANCED.XML``): entities with names in every script,
dated features, documents, and relationships to other entities by their number.

Format: ``sanctionsData``, namespace ``…/exports/ENHANCED_XML``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.model.source import Descriptor
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, Statements, read_head
from counterflow.sources.sanctions import ofac_remarks, ofac_terms
from counterflow.sources.sanctions.ofac_entry import Entry, Fact
from counterflow.sources.sanctions.ofac_terms import ADDRESS_PARTS, language
from counterflow.sources.xml_stream import children, elements, line, root_name, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "OfacEnhancedReader"]

_NAME_PARTS = {
    "Last Name": "lastName",
    "First Name": "firstName",
    "Middle Name": "middleName",
    "Maiden Name": "lastName",
    "Patronymic": "fatherName",
    "Matronymic": "motherName",
}


class OfacEnhancedReader:
    """See the module."""

    name = "ofac_enhanced"
    descriptor = load("ofac")
    fields = ofac_terms.fields("ofac_enhanced")

    def describe(self, path: Path) -> Descriptor:
        """The list that the publication names: SDN List, or else the consolidated one."""
        start = read_head(path).text.partition("</publicationInfo>")[0]
        return self.descriptor if ">SDN List<" in start else load("ofac-cons")

    def recognises(self, head: Head) -> float:
        """By the root element sanctionsData and its namespace."""
        name, rest = root_name(head.text)
        return 0.95 if name == "sanctionsData" and "ENHANCED_XML" in rest else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entities in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no entity could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        seen: set[str] = set()
        mentioned: dict[str, str] = {}
        for element, _ in elements(path, ("entity",)):
            uid = element.get("id") or ""
            if not uid or uid in seen:
                reason = f"id {uid} was given to an earlier entity" if uid else "an entity needs an id"
                yield Rejected(line(element), "id", reason)
                continue
            seen.add(uid)
            entry = _entry(element, uid, mentioned)
            if not any(said.property == "name" for said in entry.main.said):
                yield Rejected(line(element), "names", f"entity {uid} has no primary name", raw=uid)
                continue
            yield from entry.records()
        for uid, name in mentioned.items():
            if uid not in seen:  # an entity of OFAC's other list: named here, described there
                other = Statements(uid, "LegalEntity", locator=f"relatedEntity {uid}", party=False)
                other.say("name", name)
                other.say("ofacId", uid)
                yield other


def _entry(element: Element, uid: str, mentioned: dict[str, str]) -> Entry:
    entry = Entry(uid, text(element, "generalInfo/entityType") or "", f"entity {uid}", line(element))
    _listing(entry, element)
    for name in children(element, "names/name"):
        _name(entry, name)
    for place in children(element, "addresses/address"):
        _address(entry, place)
    for feature in children(element, "features/feature"):
        note = ", ".join(t for t in (text(feature, "reliability"), text(feature, "comments")) if t) or None
        entry.fact(Fact(text(feature, "type") or "", text(feature, "value") or "", note=note))
    for paper in children(element, "identityDocuments/identityDocument"):
        _document(entry, paper)
    for link in children(element, "relationships/relationship"):
        _relationship(entry, link, mentioned)
    entry.fact(Fact("Title", text(element, "generalInfo/title") or ""))
    ofac_remarks.tell(entry, text(element, "generalInfo/remarks") or "")
    return entry


def _listing(entry: Entry, element: Element) -> None:
    entry.programs(filter(None, map(text, children(element, "sanctionsPrograms/sanctionsProgram"))))
    for item in children(element, "sanctionsLists/sanctionsList"):
        entry.listing.say("listingDate", item.get("datePublished"), note=text(item))
    for item in children(element, "sanctionsTypes/sanctionsType"):
        entry.listing.say("provisions", item.text)
    for item in children(element, "legalAuthorities/legalAuthority"):
        entry.listing.say("reason", item.text)


def _name(entry: Entry, name: Element) -> None:
    primary = text(name, "isPrimary") == "true"
    weak = text(name, "isLowQuality") == "true"
    note = text(name, "comments")
    for translation in children(name, "translations/translation"):
        full = text(translation, "formattedFullName")
        script = text(translation, "script") or "Latin"
        if not full:
            continue
        if primary and script == "Latin" and text(translation, "isPrimary") != "false":
            entry.name(full, note=note)
            _parts(entry, translation)
        elif primary:
            entry.alias(full, "a.k.a.", note=note or f"script: {script}", lang=language(script))
        else:
            lang = language(script)
            entry.alias(full, text(name, "aliasType") or "a.k.a.", weak=weak, note=note, lang=lang)


def _parts(entry: Entry, translation: Element) -> None:
    """Parts beyond first and last name, which the full name does not tell apart."""
    for part in children(translation, "nameParts/namePart"):
        property = _NAME_PARTS.get(text(part, "type") or "")
        if property and property not in ("firstName", "lastName") and entry.main.schema == "Person":
            entry.main.say(property, text(part, "value"))


def _address(entry: Entry, place: Element) -> None:
    country = text(place, "country")
    translations = children(place, "translations/translation") or [place]
    for n, translation in enumerate(translations):
        parts: dict[str, str | None] = {}
        for part in children(translation, "addressParts/addressPart"):
            key = ADDRESS_PARTS.get(text(part, "type") or "", "remarks")
            parts[key] = ", ".join(t for t in (parts.get(key), text(part, "value")) if t)
        uid = place.get("id")
        entry.address(parts, country, uid if n == 0 else f"{uid}-{n}")


def _document(entry: Entry, paper: Element) -> None:
    note = ", ".join(
        t for t in (text(paper, "comments"), "not valid" if text(paper, "isValid") == "false" else None) if t
    )
    entry.fact(
        Fact(
            text(paper, "type") or "",
            text(paper, "documentNumber") or "",
            text(paper, "issuingCountry"),
            text(paper, "issueDate"),
            text(paper, "expirationDate"),
            text(paper, "issuingAuthority") or text(paper, "issuingLocation"),
            note or None,
        )
    )


def _relationship(entry: Entry, link: Element, mentioned: dict[str, str]) -> None:
    for other in children(link, "relatedEntity"):
        uid, name = other.get("entityId"), text(other)
        if uid and name:
            quality = text(link, "quality")
            entry.relationship(text(link, "type") or "", uid, f"quality: {quality}" if quality else None)
            mentioned.setdefault(uid, name)


READER = OfacEnhancedReader()
