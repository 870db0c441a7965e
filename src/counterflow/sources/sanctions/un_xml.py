"""Reader of the United Nations Security Council's consolidated list in XML, all its fields.

An INDIVIDUAL becomes a Person, an ENTITY an Organization; each brings its listing as a Sanction, and addresses and
documents as subjects of their own. The subject's id is the DATAID; the reference number (KPe.030) is its `unscId`.

Copies of this list are met in which ``&`` is not escaped. That is mended while reading (`xml_stream.Mended`), and the
statements of a party in whose lines it happened carry a note that says so.

Format: ``https://scsanctions.un.org/resources/xsd/en/sc-sanctions.xsd``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.model.values import clean
from counterflow.sources import written_dates
from counterflow.sources.descriptors import load
from counterflow.sources.packed_names import unpack
from counterflow.sources.party import Party
from counterflow.sources.reader import MENDED, Head, Record, Rejected, Statements
from counterflow.sources.sanctions import fields
from counterflow.sources.xml_stream import elements, line, root_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "UnXmlReader"]

_NOTHING = frozenset({"", "na", "n/a", "none", "unknown", "-"})
"""How the list writes that a field has no value."""

_ENUMERATED = re.compile(r"(?:^|[\s;,])\(?[a-z]\)\s*")
_REMARKED = re.compile(r"(?P<name>[^()]+?)\s*\((?P<remark>[^()]+)\)")
_ZONE = re.compile(r"(?<=\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$")
"""Dates of 2018 carry a time zone: the day is the day of New York."""

_URL = re.compile(r"https?://[^\s<>\"]+")
_EXPIRES = re.compile(
    r"(?:expir\w*(?:\s+date)?|valid until)(?:\s+(?:on|date))?\s*:?\s*(?P<date>[^;()]+?)\.?\s*(?:$|[;(])", re.I
)
_QUALITY = {"good": "alias", "low": "weakAlias", "a.k.a.": "alias", "f.k.a.": "previousName"}


class UnXmlReader:
    """See the module."""

    name = "un_xml"
    descriptor = load("un")
    fields = fields.load("un_xml")

    def recognises(self, head: Head) -> float:
        """By the root element CONSOLIDATED_LIST."""
        return 1.0 if root_name(head.text)[0] == "CONSOLIDATED_LIST" else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no party could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        seen: set[str] = set()
        told = 0
        for element, mended in elements(path, ("INDIVIDUAL", "ENTITY"), mend=True):
            last = max(line(e) for e in element.iter())
            lines = [n for n in mended[told:] if n <= last]
            told += len(lines)
            uid = _text(element, "DATAID")
            if uid is None or uid in seen:
                reason = "a party needs a DATAID" if uid is None else f"DATAID {uid} was given to an earlier party"
                yield Rejected(line(element), "DATAID", reason, raw=_text(element, "FIRST_NAME") or "")
                continue
            seen.add(uid)
            note = f"{MENDED}: unescaped & in line {', '.join(map(str, lines))}" if lines else None
            yield from _party(element, uid, note)


def _party(element: Element, uid: str, note: str | None) -> Iterator[Record]:
    person = element.tag == "INDIVIDUAL"
    kind = "Person" if person else "Organization"
    main = Statements(uid, kind, locator=f"{element.tag} {uid}", note=note, line=line(element))
    parts = [_text(element, f"{n}_NAME") for n in ("FIRST", "SECOND", "THIRD", "FOURTH")]
    full = " ".join(part for part in parts if part)
    if not full:
        yield Rejected(line(element), "FIRST_NAME", f"party {uid} has no name", raw=uid, subject=uid)
        return
    party = Party(main)
    main.say("name", full)
    if person:
        main.say("firstName", parts[0])
        for part in parts[1:]:
            main.say("secondName", part)
    main.say("alias", _text(element, "NAME_ORIGINAL_SCRIPT"), note="original script")
    main.say("topics", "sanction")
    main.say("unscId", _text(element, "REFERENCE_NUMBER"))
    main.say("gender" if person else "notes", _text(element, "GENDER"))
    rejected: list[Rejected] = []
    for child in element:
        kind = str(child.tag).removeprefix("INDIVIDUAL_").removeprefix("ENTITY_")
        if kind in _CHILDREN:
            rejected += _CHILDREN[kind](party, child)
    comments = _text(element, "COMMENTS1")
    main.say("notes", comments)
    for url in _URL.findall(comments or ""):
        main.say("sourceUrl", url.rstrip(".,;)"))
    _listing(party, element)
    yield from party.records()
    yield from rejected


def _listing(party: Party, element: Element) -> None:
    listing = party.helper(
        f"{party.id}-sanction",
        "Sanction",
        {
            "entity": party.id,
            "authority": "United Nations Security Council",
            "program": _text(element, "UN_LIST_TYPE"),
            "unscId": _text(element, "REFERENCE_NUMBER"),
            "listingDate": _date(_text(element, "LISTED_ON")),
            "endDate": _date(_text(element, "DELISTED_ON")),
            "recordId": party.id,
        },
    )
    for value in element.iterfind("LAST_DAY_UPDATED/VALUE"):
        listing.say("modifiedAt", _date(value.text))
    for value in element.iterfind("LIST_TYPE/VALUE"):
        listing.say("provisions", value.text)
    for name, words in {
        "VERSIONNUM": "version of the entry",
        "SUBMITTED_BY": "submitted by",
        "SUBMITTED_ON": "submitted on",
        "SORT_KEY": "sort key",
        "SORT_KEY_LAST_MOD": "sort key last changed",
    }.items():
        found = _text(element, name)
        listing.say("description", f"{words}: {found}" if found else None)


def _alias(party: Party, element: Element) -> Iterator[Rejected]:
    quality, note = (_text(element, "QUALITY") or "").casefold(), _text(element, "NOTE")
    names = unpack(_text(element, "ALIAS_NAME") or "")
    for name in names.names:
        party.main.say(_QUALITY.get(quality, "alias"), name, original=names.original(name), note=note)
    for remark in names.remarks:
        party.main.say("notes", f"{names.names[0]}: {remark}" if names.names else remark)
    under = f"under the name {names.names[0]}" if names.names else "under an alias"
    born = _text(element, "DATE_OF_BIRTH")
    written = written_dates.read(born) if born else None
    for value in written.values if written else ():
        party.main.say("birthDate", value, original=born, note=under)
    if born and written is None:
        party.main.say("notes", f"Born {under}: {born}")
    place = _joined(element, "CITY_OF_BIRTH", "COUNTRY_OF_BIRTH")
    party.main.say("birthPlace", place, note=under)
    if quality not in ("", *_QUALITY):
        yield Rejected(line(element), "QUALITY", f"'{quality}' is not one of {', '.join(_QUALITY)}", raw=str(names),
                       subject=party.id, property="alias")  # fmt: skip


def _birth(party: Party, element: Element) -> Iterator[Rejected]:
    kind, note = _text(element, "TYPE_OF_DATE"), _text(element, "NOTE")
    remark = ", ".join(part for part in (kind.lower() if kind and kind != "EXACT" else None, note) if part) or None
    given = [(tag, _text(element, tag)) for tag in ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR")]
    found = False
    for name, text in given:
        written = written_dates.read(_ZONE.sub("", text)) if text else None
        for value in written.values if written else ():
            found = True
            party.main.say("birthDate", value, original=text if value != text else None, note=remark)
        if text and written is None:
            yield Rejected(line(element), name, f"'{text}' is not a date", raw=f"{party.id} {text}", subject=party.id,
                           property="birthDate")  # fmt: skip
    if note and not found:
        written = written_dates.read(note)
        for value in written.values if written else ():
            party.main.say("birthDate", value, original=note, note=remark)
        if written is None:
            party.main.say("notes", f"Date of birth: {note}")


def _birth_place(party: Party, element: Element) -> Iterator[Rejected]:
    note = _text(element, "NOTE")
    party.main.say("birthPlace", _joined(element, "STREET", "CITY", "STATE_PROVINCE", "COUNTRY"), note=note)
    _country(party.main, "birthCountry", _text(element, "COUNTRY"), note)
    yield from ()


def _address(party: Party, element: Element) -> Iterator[Rejected]:
    yield from ()
    party.address(
        {
            "street": _text(element, "STREET"),
            "city": _text(element, "CITY"),
            "state": _text(element, "STATE_PROVINCE"),
            "postalCode": _text(element, "ZIP_CODE"),
            "remarks": _text(element, "NOTE"),
        },
        _text(element, "COUNTRY"),
    )


def _document(party: Party, element: Element) -> Iterator[Rejected]:
    yield from ()
    first, second = _text(element, "TYPE_OF_DOCUMENT"), _text(element, "TYPE_OF_DOCUMENT2")
    kind = " ".join(dict.fromkeys(part for part in (first, second) if part)) or "document"
    number, note = _text(element, "NUMBER"), _text(element, "NOTE")
    country = _text(element, "ISSUING_COUNTRY") or _text(element, "COUNTRY_OF_ISSUE")
    place = _joined(element, "CITY_OF_ISSUE", "COUNTRY_OF_ISSUE")
    if number is None:
        words = ", ".join(part for part in (kind, country, note) if part)
        party.main.say("notes", words if country or note else None)
        return
    until = _EXPIRES.search(note or "")
    passport = re.search(r"passp|pasap", kind, re.IGNORECASE) is not None
    party.document(
        kind,
        number,
        "passportNumber" if passport and party.main.schema == "Person" else "idNumber",
        {
            "country": country,
            "startDate": _date(_text(element, "DATE_OF_ISSUE")),
            "endDate": _date(until["date"]) if until else None,
            "authority": f"issued in {place}" if place and place != country else None,
            "summary": note,
        },
    )


def _title(party: Party, element: Element) -> Iterator[Rejected]:
    yield from ()
    for value in element.iterfind("VALUE"):
        party.main.say("title" if party.main.schema == "Person" else "notes", _clean(value.text))


def _designation(party: Party, element: Element) -> Iterator[Rejected]:
    """Posts held; one field may hold several, as ``a) … b) …``."""
    yield from ()
    for value in element.iterfind("VALUE"):
        text = _clean(value.text) or ""
        for part in _ENUMERATED.split(text) if re.match(r"\(?a\)", text) else [text]:
            post = part.strip(" ;,")
            name = "position" if party.main.schema == "Person" else "notes"
            party.main.say(name, post, original=text if post != text else None)


def _nationality(party: Party, element: Element) -> Iterator[Rejected]:
    yield from ()
    for value in element.iterfind("VALUE"):
        _country(party.main, "nationality" if party.main.schema == "Person" else "country", _clean(value.text), None)


def _country(main: Statements, name: str, text: str | None, note: str | None) -> None:
    """A country; what stands behind it in parentheses is a remark."""
    match = _REMARKED.fullmatch(text or "")
    if match and clean("country", match["name"]):
        note = ", ".join(part for part in (match["remark"], note) if part)
        main.say(name, match["name"], original=text, note=note)
    else:
        main.say(name, text, note=note)


_CHILDREN: dict[str, Callable[[Party, Element], Iterator[Rejected]]] = {
    "ADDRESS": _address,
    "ALIAS": _alias,
    "DATE_OF_BIRTH": _birth,
    "DESIGNATION": _designation,
    "DOCUMENT": _document,
    "NATIONALITY": _nationality,
    "PLACE_OF_BIRTH": _birth_place,
    "TITLE": _title,
}


def _text(element: Element, name: str) -> str | None:
    return _clean(element.findtext(name))


def _clean(text: str | None) -> str | None:
    found = " ".join((text or "").split())
    return None if found.casefold() in _NOTHING else found


def _joined(element: Element, *names: str) -> str | None:
    return ", ".join(part for name in names if (part := _text(element, name))) or None


def _date(text: str | None) -> str | None:
    """One exact date, or None; a range is not one."""
    written = written_dates.read(_ZONE.sub("", text)) if text else None
    return written.values[0] if written and len(written.values) == 1 else None


READER = UnXmlReader()
