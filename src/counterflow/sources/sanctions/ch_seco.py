"""Reader of Switzerland's sanctions list in XML (``swiss-sanctions-list``): persons, bodies and ships under the
ordinances of the Federal Council, with every identity, spelling, document and change of the entry.

A target is a party; its number is its ssid. Each sanctions set under which it stands is a listing of its own. The whole
list also holds targets that were taken off it: their listings have an end, and they are not marked as sanctioned. Names
come in parts, each with spellings in several scripts; a name in another script is put together only from parts that
have that script. What a change added or removed is history and is not told.

Format: State Secretariat for Economic Affairs (SECO), schema ``swiss-sanctions-list.xsd``, by its public description.
No real file was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.model.values import clean
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, Statements
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.listed import Listed
from counterflow.sources.xml_stream import children, elements, line, root_name, tag, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "ChSecoReader"]

_PARTS = {"title": "title", "given-name": "firstName", "further-given-name": "secondName", "father-name": "fatherName",
          "family-name": "lastName", "suffix": "nameSuffix"}  # fmt: skip
_NAMES = {"primary-name": "name", "alias": "alias", "formerly-known-as": "previousName"}
_PASSPORTS = frozenset({"passport", "diplomatic-passport", "service-passport"})
_UN = re.compile(r"[A-Z]{2,3}[A-Za-z]?\.")
_SPELLINGS = 24
"""Combinations of spellings that are told of one name in Latin letters; parts beyond these are notes."""
_INFORMATION = {
    "imoNumber": r"IMO [Nn]umber ?: ?(\d{7})",
    "registrationNumber": r"(?:[Ss]tate |[Bb]usiness )?[Rr]egistration number ?: ?([\w/-]*\d[\w/-]*)",
    "innCode": r"Taxpayer [Ii]dentification [Nn]umber ?: ?(\d+)",
    "taxNumber": r"Tax [Rr]egistration [Nn]umber ?: ?(\d+)",
    "swiftBic": r"SWIFT(?:/BIC)?(?: codes?)? ?: ?([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
    "email": r"E-?mail(?: address)? ?: ?([^\s,;]+@[^\s,;]+\w)",
    "website": r"Website ?: ?(\S+[\w/])",
    "phone": r"(?:Tel\.|Telephone)(?: number)? ?: ?([+()\d][\d\s()/-]{4,})",
}
"""Numbers and addresses that "other information" holds in these words; the text stays a note."""


@dataclass
class _Beside:
    """What targets refer to. :param sets: sanctions set → properties of a listing; :param places: by ssid"""

    sets: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    places: dict[str, dict[str, str | None]] = field(default_factory=dict)


class ChSecoReader:
    """See the module."""

    name = "ch_seco"
    descriptor = load("ch-seco")
    fields = fields.load("ch_seco")

    def recognises(self, head: Head) -> float:
        """By the root element swiss-sanctions-list."""
        return 0.95 if root_name(head.text)[0] == "swiss-sanctions-list" else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Targets in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no target could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        beside = _beside(path)
        seen: set[str] = set()
        for element, _ in elements(path, ("target",)):
            above = element.getparent()
            if above is None or tag(above) != "swiss-sanctions-list":  # a copy within the history of another target
                continue
            uid = (element.get("ssid") or "").strip()
            if not uid or uid in seen:
                reason = f"ssid {uid} was given to an earlier target" if uid else "a target needs an ssid"
                yield Rejected(line(element), "ssid", reason)
                continue
            seen.add(uid)
            party = _party(element, uid, beside)
            if any(said.property in ("name", "alias", "weakAlias") for said in party.main.said):
                yield from party.records()
            else:
                yield Rejected(line(element), "name", f"target {uid} has no name", raw=uid, subject=uid)


def _beside(path: Path) -> _Beside:
    beside = _Beside()
    for element, _ in elements(path, ("sanctions-program", "place", "target")):
        if tag(element) == "place":
            beside.places[element.get("ssid") or ""] = _place(element)
        elif tag(element) == "sanctions-program":
            program = [("program", _english(element, "program-name")), ("programId", _english(element, "program-key")),
                       ("status", f"origin: {text(element, 'origin')}" if text(element, "origin") else "")]  # fmt: skip
            for entry in children(element, "sanctions-set"):
                told = beside.sets.setdefault(entry.get("ssid") or "", list(program))
                if entry.get("lang", "eng") == "eng":
                    told.append(("provisions", text(entry) or ""))
    return beside


def _english(element: Element, name: str) -> str:
    """The text of a child in English, else in the first language."""
    found = children(element, name)
    return next((text(e) or "" for e in found if e.get("lang") == "eng"), text(found[0]) or "" if found else "")


def _place(element: Element) -> dict[str, str | None]:
    nation = next(iter(children(element, "country")), None)
    return {
        "street": text(element, "address-details"),
        "postOfficeBox": text(element, "p-o-box"),
        "postalCode": text(element, "zip-code"),
        "city": text(element, "location"),
        "region": text(element, "area"),
        "remarks": ", ".join(t for t in (text(element, "c-o"), text(element, "remarks")) if t) or None,
        "country": (text(nation) or nation.get("iso-code")) if nation is not None else None,
    }


def _party(element: Element, uid: str, beside: _Beside) -> Listed:
    kinds = {"individual": "Person", "entity": "Organization", "object": "Vessel"}
    body = next((child for child in element if tag(child) in kinds), element)
    kind = kinds.get(tag(body), "LegalEntity")
    if kind == "Vessel" and body.get("object-type", "vessel") != "vessel":
        kind = "Airplane" if body.get("object-type") == "aircraft" else "Asset"
    party = Listed(uid, kind, f"target {uid}", line(element), "State Secretariat for Economic Affairs (SECO)", "ch")
    party.tell("gender", body.get("sex"), "sex")
    _listings(party, element, beside)
    for identity in children(body, "identity"):
        _identity(party, identity, beside)
    for entry in children(body, "justification"):
        for listing in _sanctions(party):
            party.tell("reason", text(entry), "justification", record=listing)
    for entry in children(body, "other-information"):
        _information(party, text(entry) or "")
    for entry in (*children(body, "generic-attribute"), *children(element, "generic-attribute")):
        words = text(entry)
        party.tell("notes", f"{entry.get('name') or 'attribute'}: {words}" if words else None, "generic-attribute")
    for entry in children(body, "relation"):
        other, role = entry.get("target-id"), entry.get("relation-type")
        if other:
            link = party.party.link("UnknownLink", other, role)
            party.tell("summary", text(entry, "remark"), "relation", record=link)
    return party


def _sanctions(party: Listed) -> list[Statements]:
    return [r for r in party.party.helpers.values() if r.schema == "Sanction"]


def _listings(party: Listed, element: Element, beside: _Beside) -> None:
    given = [element.get("sanctions-set-id"), *(text(e) for e in children(element, "sanctions-set-id"))]
    changes = children(element, "modification")
    latest = max(changes, key=lambda c: c.get("effective-date") or c.get("publication-date") or "", default=None)
    gone = latest is not None and latest.get("modification-type") == "de-listed"
    party.topic = "" if gone else party.topic
    for number in dict.fromkeys(n for n in given if n) or ("",):
        listing = party.listing_of(f"sanction-{number}" if number else "sanction")
        told = [("authorityId", party.uid), *beside.sets.get(number, ())]
        for foreign in map(text, children(element, "foreign-identifier")):
            told.append(("unscId" if _UN.match(foreign or "") else "authorityId", foreign or ""))
        if gone:
            told.append(("status", "de-listed"))
        for property, value in told:
            party.tell(property, value, property, record=listing)
        for change in changes:
            _change(party, listing, change, ended=gone and change is latest)
    for foreign in map(text, children(element, "foreign-identifier")):
        if _UN.match(foreign or ""):
            party.tell("unscId", foreign, "foreign-identifier")


def _change(party: Listed, listing: Statements, change: Element, *, ended: bool) -> None:
    kind = change.get("modification-type") or "changed"
    published, effective = change.get("publication-date"), change.get("effective-date")
    first, second = {
        "listed": ("listingDate", "startDate"),
        "de-listed": ("modifiedAt", "endDate" if ended else ""),
    }.get(kind, ("modifiedAt", ""))
    party.tell(first, published, "publication-date", record=listing, note=kind)
    if second:
        party.tell(second, effective, "effective-date", record=listing, note=kind)
    enacted = change.get("enactment-date")
    words = ", ".join(f"{w} {d}" for w, d in (("enacted", enacted), ("effective", effective)) if d)
    party.tell("description", f"{kind}: {words}" if words else None, "modification", record=listing)
    party.tell("summary", text(change, "remark"), "remark", record=listing)


def _identity(party: Listed, identity: Element, beside: _Beside) -> None:
    main = identity.get("main") != "false"
    note = None if main else "of another identity"
    for name in children(identity, "name"):
        _name(party, name, main=main)
    for birth in children(identity, "day-month-year"):
        _birth(party, birth, note)
    for entry in children(identity, "nationality"):
        nation = next(iter(children(entry, "country")), None)
        if nation is not None:
            words = text(nation) or nation.get("iso-code")
            party.tell(["nationality", "country"], words, "nationality", note=note)
    for entry in children(identity, "place-of-birth"):
        place = {**beside.places.get(entry.get("place-id") or "", {}), **{k: v for k, v in _place(entry).items() if v}}
        words = ", ".join(v for k in ("street", "city", "region", "country", "remarks") if (v := place.get(k)))
        party.tell(["birthPlace", "notes"], words, "place-of-birth", note=note)
        party.tell(["birthCountry", "country"], place.get("country"), "place-of-birth", note=note)
    for entry in children(identity, "address"):
        place = {**beside.places.get(entry.get("place-id") or "", {}), **{k: v for k, v in _place(entry).items() if v}}
        land = place.pop("country", None)
        party.address(place, land)
    for paper in children(identity, "identification-document"):
        _document(party, paper)


def _name(party: Listed, name: Element, *, main: bool) -> None:
    weak = name.get("quality") == "low"
    property = "weakAlias" if weak else _NAMES.get(name.get("name-type") or "", "alias")
    property = "alias" if property == "name" and not main else property
    parts = sorted(
        children(name, "name-part"), key=lambda p: int(p.get("order") or 0) if (p.get("order") or "").isdigit() else 0
    )
    lang = clean("language", (name.get("lang") or "").lower())
    spoken = [part for part in parts if part.get("name-part-type") != "title"]
    party.name(" ".join(v for part in spoken if (v := text(part, "value"))), property, lang=lang)
    for part in parts:
        own = _PARTS.get(part.get("name-part-type") or "")
        if party.schema == "Person" and (own == "title" or (own and property == "name")):
            party.tell(own, text(part, "value"), part.get("name-part-type") or "name-part")
    _spellings(party, spoken, "alias" if property == "name" else property)


def _spellings(party: Listed, parts: Sequence[Element], property: str) -> None:
    """The name in every other spelling: parts without one keep their value in Latin letters, and are left out of a name
    in another script."""
    variants: dict[tuple[str, str], list[list[str]]] = {}
    for n, part in enumerate(parts):
        for variant in children(part, "spelling-variant"):
            key = ((variant.get("lang") or "").lower(), variant.get("script") or "")
            told = variants.setdefault(key, [[] for _ in parts])
            told[n] += [word] if (word := text(variant)) else []
    for (lang, script), given in sorted(variants.items()):
        latin = script.upper() in ("", "LATN")
        choices = [
            words or ([text(part, "value") or ""] if latin else []) for words, part in zip(given, parts, strict=True)
        ]
        partly = None if latin or all(choices) else "in part"
        for words in islice(product(*(c for c in choices if c)), _SPELLINGS):
            note = ", ".join(n for n in (script, partly) if n) or None
            party.tell(property, " ".join(words), "spelling-variant", lang=clean("language", lang), note=note)


def _birth(party: Listed, birth: Element, note: str | None) -> None:
    numbers = [birth.get(name) for name in ("year", "month", "day")]
    date = "-".join(number.zfill(2) for number in numbers if number)
    calendar, quality = birth.get("calendar") or "Gregorian", birth.get("quality")
    remark = ", ".join(n for n in (note, f"quality: {quality}" if quality not in (None, "good") else None) if n) or None
    if calendar.lower() != "gregorian":
        party.tell("notes", f"Born {date} ({calendar} calendar)" if date else None, "day-month-year")
    else:
        party.tell(["birthDate", "incorporationDate", "buildDate"], date, "day-month-year", note=remark)


def _document(party: Listed, paper: Element) -> None:
    number = text(paper, "number")
    kind = (paper.get("document-type") or "document").replace("-", " ")
    nation = next(iter(children(paper, "issuer")), None)
    issuer = (text(nation) or nation.get("code")) if nation is not None else None
    remark = ", ".join(t for t in (text(paper, "remark"), text(paper, "place-of-issue")) if t) or None
    if number is None:
        party.tell("notes", ", ".join(t for t in (kind, issuer, remark) if t), "identification-document")
        return
    own = "passportNumber" if paper.get("document-type") in _PASSPORTS else "idNumber"
    details = {
        "country": issuer if clean("country", issuer or "") else None,
        "authority": issuer if issuer and not clean("country", issuer) else None,
        "startDate": party.day(text(paper, "date-of-issue"), "date-of-issue"),
        "endDate": party.day(text(paper, "expiry-date"), "expiry-date"),
        "summary": remark,
    }
    party.party.document(kind, number, own, details)


def _information(party: Listed, words: str) -> None:
    for property, pattern in _INFORMATION.items():
        for found in re.findall(pattern, words):
            party.tell([property, "notes"], found, "other-information")
    party.tell("notes", words, "other-information")


READER = ChSecoReader()
