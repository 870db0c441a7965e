"""Reader of OFAC's classic XML (``sdn.xml``, ``consolidated.xml``): one ``sdnEntry`` after another.

The same facts as in the CSV files, already taken apart. Relationships are still words in the remarks ("Linked To:");
the other two XML formats (`ofac_advanced`, `ofac_enhanced`) have them as records.

Format: ``sdnList``, OFAC's "sdn.xsd".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.model.source import Descriptor
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, open_binary
from counterflow.sources.sanctions import ofac_remarks, ofac_terms
from counterflow.sources.sanctions.listed import Names
from counterflow.sources.sanctions.ofac_entry import Entry, Fact
from counterflow.sources.xml_stream import children, elements, line, root_name, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "OfacXmlReader"]

_FACTS = {
    "dateOfBirthList/dateOfBirthItem/dateOfBirth": "Birthdate",
    "placeOfBirthList/placeOfBirthItem/placeOfBirth": "Place of Birth",
    "nationalityList/nationality/country": "Nationality Country",
    "citizenshipList/citizenship/country": "Citizenship Country",
    "title": "Title",
    "vesselInfo/callSign": "Vessel Call Sign",
    "vesselInfo/vesselType": "Vessel Type",
    "vesselInfo/vesselFlag": "Vessel Flag",
    "vesselInfo/vesselOwner": "Vessel Owner",
    "vesselInfo/tonnage": "Vessel Tonnage",
    "vesselInfo/grossRegisteredTonnage": "Vessel Gross Registered Tonnage",
}
_SDN_PROGRAMS = b"<program>SDGT</program>", b"<program>SDNTK</program>", b"<program>CUBA</program>"
"""Programmes that the SDN list has held in every edition, and the other list, but for strays, in none."""


class OfacXmlReader:
    """See the module."""

    name = "ofac_xml"
    descriptor = load("ofac")
    fields = ofac_terms.fields("ofac_xml")

    def describe(self, path: Path) -> Descriptor:
        """The two lists share this format and the file does not say which it is: the SDN list is the one that holds two
        of three programmes found in each of its editions and never together in the other."""
        with open_binary(path) as stream:
            found: set[bytes] = set()
            tail = b""
            while len(found) < 2 and (block := stream.read(1 << 20)):
                found |= {program for program in _SDN_PROGRAMS if program in tail + block}
                tail = block[-64:]
        return self.descriptor if len(found) >= 2 else load("ofac-cons")

    def recognises(self, head: Head) -> float:
        """By the root element sdnList."""
        return 0.95 if root_name(head.text)[0] == "sdnList" else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entries in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no entry could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        names = Names((_name(e), text(e, "uid") or "") for e, _ in elements(path, ("sdnEntry",)))
        seen: set[str] = set()
        for element, _ in elements(path, ("sdnEntry",)):
            uid = text(element, "uid")
            if not uid or uid in seen:
                reason = f"uid {uid} was given to an earlier entry" if uid else "an entry needs a uid"
                yield Rejected(line(element), "uid", reason, raw=_name(element))
                continue
            seen.add(uid)
            if not text(element, "lastName"):
                yield Rejected(line(element), "lastName", f"entry {uid} has no name", raw=uid)
                continue
            yield from _entry(element, uid, names).records()


def _entry(element: Element, uid: str, names: Names) -> Entry:
    entry = Entry(uid, text(element, "sdnType") or "", f"sdnEntry {uid}", line(element), by_name=names)
    entry.name(_name(element))
    entry.programs(filter(None, map(text, children(element, "programList/program"))))
    for aka in children(element, "akaList/aka"):
        entry.alias(_name(aka), text(aka, "type") or "a.k.a.", weak=text(aka, "category") == "weak")
    for place in children(element, "addressList/address"):
        street = [text(place, f"address{n}") for n in (1, 2, 3)]
        parts = {
            "street": ", ".join(part for part in street if part),
            "city": text(place, "city"),
            "state": text(place, "stateOrProvince"),
            "postalCode": text(place, "postalCode"),
        }
        entry.address(parts, text(place, "country"), text(place, "uid"))
    for path, type in _FACTS.items():
        for found in children(element, path):
            entry.fact(Fact(type, text(found) or ""))
    for found in children(element, "idList/id"):
        dates = text(found, "issueDate"), text(found, "expirationDate")
        number, country = text(found, "idNumber") or "", text(found, "idCountry")
        entry.fact(Fact(text(found, "idType") or "", number, country, *dates))
    ofac_remarks.tell(entry, text(element, "remarks") or "")
    return entry


def _name(element: Element) -> str:
    """The name as the CSV files have it: ``LAST, First``."""
    return ", ".join(part for part in (text(element, "lastName"), text(element, "firstName")) if part)


READER = OfacXmlReader()
