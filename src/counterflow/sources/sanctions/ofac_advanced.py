"""Reader of OFAC's advanced XML (``SDN_ADVANCED.XML``, ``CONS_ADVANCED.XML``): distinct parties, and beside them, by
number, the places, documents, relationships and listings that belong to them.

What belongs to a party stands partly before and partly behind it, so the file is read twice: once for everything
beside the parties, once for the parties, one at a time.

Of the list in this format a cut of 37 parties was at hand.

Format: the UN's sanctions data model, namespace ``http://www.un.org/sanctions/1.0``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.model.source import Descriptor
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, open_binary
from counterflow.sources.sanctions import ofac_terms
from counterflow.sources.sanctions.ofac_dates import moment, period
from counterflow.sources.sanctions.ofac_entry import Entry, Fact
from counterflow.sources.sanctions.ofac_terms import ADDRESS_PARTS, language
from counterflow.sources.xml_stream import children, elements, line, root_name, tag, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "OfacAdvancedReader"]

_PERSON_PARTS = {"Middle Name": "middleName", "Patronymic": "fatherName", "Matronymic": "motherName"}
_FIRST_NAMES = ("First Name", "Middle Name", "Patronymic", "Matronymic", "Nickname")
_LAST_NAMES = ("Last Name", "Maiden Name")
_LISTED = re.compile(rb'<(?:\w+:)?SanctionsEntry\s[^>]*\bListID="(\d+)"')
_SDN_LIST = re.compile(rb'<(?:\w+:)?List\s+ID="(\d+)"[^>]*>\s*SDN List\s*<')


@dataclass
class _Beside:
    """Everything in the file that is not a party. :ivar words: (kind, ID) → text of the reference values;
    other keys: ID of the profile or identity concerned"""

    words: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[dict[str, str | None], str | None]] = field(default_factory=dict)
    documents: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    relations: dict[str, list[tuple[int, str, str, str | None]]] = field(default_factory=lambda: defaultdict(list))
    listings: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    parties: dict[str, str] = field(default_factory=dict)

    def word(self, kind: str, id: str | None) -> str:
        """The text of a reference value; empty where there is none."""
        return self.words.get((kind, id or ""), "")


class OfacAdvancedReader:
    """See the module."""

    name = "ofac_advanced"
    descriptor = load("ofac")
    fields = ofac_terms.fields("ofac_advanced")

    def describe(self, path: Path) -> Descriptor:
        """The list that the first listing names: SDN List, or else the consolidated one."""
        sdn, tail = b"", b""
        with open_binary(path) as stream:
            while block := stream.read(1 << 20):
                found, tail = tail + block, block[-400:]
                own, listed = _SDN_LIST.search(found), _LISTED.search(found)
                sdn = own[1] if own else sdn
                if listed:
                    return self.descriptor if listed[1] == sdn else load("ofac-cons")
        return self.descriptor

    def recognises(self, head: Head) -> float:
        """By the root element Sanctions and its namespace."""
        name, rest = root_name(head.text)
        return 0.95 if name == "Sanctions" and "un.org/sanctions" in rest else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no party could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        beside = _beside(path)
        seen: set[str] = set()
        for element, _ in elements(path, ("DistinctParty",)):
            uid = element.get("FixedRef") or ""
            if not uid or uid in seen:
                reason = f"FixedRef {uid} was given to an earlier party" if uid else "a party needs a FixedRef"
                yield Rejected(line(element), "FixedRef", reason)
                continue
            seen.add(uid)
            entry = _entry(element, uid, beside)
            if not any(said.property == "name" for said in entry.main.said):
                yield Rejected(line(element), "Identity", f"party {uid} has no primary name", raw=uid)
                continue
            yield from entry.records()


def _beside(path: Path) -> _Beside:
    beside = _Beside()
    wanted = (
        "ReferenceValueSets",
        "Location",
        "IDRegDocument",
        "DistinctParty",
        "ProfileRelationship",
        "SanctionsEntry",
    )
    for element, _ in elements(path, wanted):
        kind = tag(element)
        if kind == "ReferenceValueSets":
            for value in element.iter():
                beside.words[tag(value), value.get("ID") or ""] = text(value) or ""
                if tag(value) == "PartySubType":
                    beside.kinds[value.get("ID") or ""] = value.get("PartyTypeID") or ""
        elif kind == "Location":
            beside.places[element.get("ID") or ""] = _place(element, beside)
        elif kind == "IDRegDocument":
            beside.documents[element.get("IdentityID") or ""].append(_document(element, beside))
        elif kind == "DistinctParty":
            for profile in children(element, "Profile"):
                beside.parties[profile.get("ID") or ""] = element.get("FixedRef") or ""
        elif kind == "ProfileRelationship":
            type = beside.word("RelationType", element.get("RelationTypeID"))
            quality = beside.word("RelationQuality", element.get("RelationQualityID"))
            status = "former" if element.get("Former") == "true" else None
            status = status or (f"quality: {quality}" if quality not in ("", "Unknown") else None)
            found = line(element), type, element.get("To-ProfileID") or "", status
            beside.relations[element.get("From-ProfileID") or ""].append(found)
        else:
            beside.listings[element.get("ProfileID") or ""] += _listing(element, beside)
    return beside


def _place(element: Element, beside: _Beside) -> tuple[dict[str, str | None], str | None]:
    parts: dict[str, str | None] = {}
    for part in children(element, "LocationPart"):
        key = ADDRESS_PARTS.get(beside.word("LocPartType", part.get("LocPartTypeID")), "remarks")
        values = [parts.get(key), *(text(value) for value in children(part, "LocationPartValue/Value"))]
        parts[key] = ", ".join(value for value in values if value)
    countries = [beside.word("Country", c.get("CountryID")) for c in children(element, "LocationCountry")]
    return parts, next(filter(None, countries), None)


def _document(element: Element, beside: _Beside) -> Fact:
    dates = {
        beside.word("IDRegDocDateType", date.get("IDRegDocDateTypeID")): period(spell)
        for date in children(element, "DocumentDate")
        for spell in children(date, "DatePeriod")
    }
    validity = beside.word("Validity", element.get("ValidityID"))
    note = [text(element, "Comment"), validity.lower() if validity != "Valid" else None]
    return Fact(
        beside.word("IDRegDocType", element.get("IDRegDocTypeID")),
        text(element, "IDRegistrationNo") or "",
        beside.word("Country", element.get("IssuedBy-CountryID")) or None,
        dates.get("Issue Date"),
        dates.get("Expiration Date"),
        text(element, "IssuingAuthority"),
        ", ".join(part for part in note if part) or None,
    )


def _listing(element: Element, beside: _Beside) -> Iterator[tuple[str, str]]:
    """(property of Sanction, value) of one listing."""
    for event in children(element, "EntryEvent"):
        for date in children(event, "Date"):
            yield "listingDate", moment(date)
        yield "reason", beside.word("LegalBasis", event.get("LegalBasisID"))
    for measure in children(element, "SanctionsMeasure"):
        type = beside.word("SanctionsType", measure.get("SanctionsTypeID"))
        comment = text(measure, "Comment")
        if type == "Program":
            yield "program", comment or ""
        else:
            yield "provisions", " ".join(part for part in (type, comment) if part)
    yield "provisions", beside.word("List", element.get("ListID"))


def _entry(element: Element, uid: str, beside: _Beside) -> Entry:
    profiles = children(element, "Profile")
    subtype = profiles[0].get("PartySubTypeID") if profiles else None
    kind = beside.word("PartyType", beside.kinds.get(subtype or ""))
    kind = beside.word("PartySubType", subtype) if kind == "Transport" else kind
    entry = Entry(uid, kind, f"DistinctParty {uid}", line(element))
    entry.main.say("notes", text(element, "Comment"))
    for profile in profiles:
        for identity in children(profile, "Identity"):
            _identity(entry, identity, beside)
        for feature in children(profile, "Feature"):
            _feature(entry, feature, beside)
        for identity in children(profile, "Identity"):
            for fact in beside.documents.get(identity.get("ID") or "", ()):
                entry.fact(fact)
        profile_id = profile.get("ID") or ""
        for property, value in beside.listings.get(profile_id, ()):
            entry.listing.say(property, value if value != "Unknown" else None)
        for at, type, other, status in beside.relations.get(profile_id, ()):
            if other in beside.parties:
                entry.relationship(type, beside.parties[other], status)
            else:
                reason = f"profile {other} is not in the file ({type})"
                entry.rejected.append(Rejected(at, "To-ProfileID", reason, raw=f"{uid} {type} {other}"))
    return entry


def _identity(entry: Entry, identity: Element, beside: _Beside) -> None:
    groups = {
        group.get("ID"): beside.word("NamePartType", group.get("NamePartTypeID"))
        for group in children(identity, "NamePartGroups/MasterNamePartGroup/NamePartGroup")
    }
    for alias in children(identity, "Alias"):
        primary = alias.get("Primary") == "true" and identity.get("Primary") != "false"
        kind = beside.word("AliasType", alias.get("AliasTypeID"))
        for name in children(alias, "DocumentedName"):
            values = children(name, "DocumentedNamePart/NamePartValue")
            parts = [(groups.get(v.get("NamePartGroupID"), ""), text(v) or "") for v in values]
            script = beside.word("Script", values[0].get("ScriptID")) if values else ""
            full = _full(parts)
            if primary and script in ("Latin", ""):
                entry.name(full)
                _parts(entry, parts)
            else:
                weak = alias.get("LowQuality") == "true" or identity.get("False") == "true"
                note = f"script: {script}" if script not in ("Latin", "") else None
                entry.alias(full, kind, weak=weak, note=note, lang=language(script))


def _full(parts: list[tuple[str, str]]) -> str:
    """The name as the CSV files have it: ``LAST, First Middle`` for a person."""
    last = " ".join(value for kind, value in parts if kind in _LAST_NAMES)
    first = " ".join(value for kind, value in parts if kind in _FIRST_NAMES)
    if last or first:
        return ", ".join(part for part in (last, first) if part)
    return " ".join(value for _, value in parts)


def _parts(entry: Entry, parts: list[tuple[str, str]]) -> None:
    for kind, value in parts:
        if kind in _PERSON_PARTS and entry.main.schema == "Person":
            entry.main.say(_PERSON_PARTS[kind], value)


def _feature(entry: Entry, feature: Element, beside: _Beside) -> None:
    type = beside.word("FeatureType", feature.get("FeatureTypeID"))
    for version in children(feature, "FeatureVersion"):
        reliability = beside.word("Reliability", version.get("ReliabilityID"))
        note = [text(version, "Comment"), reliability if reliability not in ("", "Unknown") else None]
        remark = ", ".join(part for part in note if part) or None
        for spell in children(version, "DatePeriod"):
            entry.fact(Fact(type, period(spell), note=remark))
        for detail in children(version, "VersionDetail"):
            value = text(detail) or beside.word("DetailReference", detail.get("DetailReferenceID"))
            entry.fact(Fact(type, value, note=remark))
        for place in children(version, "VersionLocation"):
            uid = place.get("LocationID") or ""
            parts, country = beside.places.get(uid, ({}, None))
            if type == "Location":
                entry.address(parts, country, uid)
            else:
                entry.fact(Fact(type, ", ".join(p for p in (*parts.values(), country) if p), note=remark))


READER = OfacAdvancedReader()
