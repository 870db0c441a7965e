"""Reader of the European Union's consolidated Financial Sanctions File in XML (``xmlFullSanctionsList_1_1``): persons
and bodies whose assets are frozen, with every name, address, birth, citizenship and document, each with the legal act
that gave it.

The subject's id is the logicalId, which does not change; the reference number (EU.27.28) is the listing's authorityId.
Each legal act under which a party is listed is a listing of its own.

Of the list in this format a cut of seven parties was at hand.

Format: European Commission, ``export`` of namespace ``http://eu.europa.ec/fpi/fsd/export``, schema 1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected
from counterflow.sources.sanctions import fields
from counterflow.sources.sanctions.eu_fsf_entry import Part, entry
from counterflow.sources.xml_stream import children, elements, line, root_name, tag, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER", "EuFsfXmlReader"]

_PARTS = frozenset({"regulation", "nameAlias", "citizenship", "birthdate", "address", "identification"})


class EuFsfXmlReader:
    """See the module."""

    name = "eu_fsf_xml"
    descriptor = load("eu-fsf")
    fields = fields.load("eu_fsf")

    def recognises(self, head: Head) -> float:
        """By the root element export and its namespace."""
        name, rest = root_name(head.text)
        return 0.95 if name == "export" and "fsd/export" in rest else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entities in file order. Takes no options.

        :raises InputError: the file is not well-formed to its end; UnreadableFile where no entity could be read
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        seen: set[str] = set()
        for element, _ in elements(path, ("sanctionEntity",)):
            uid = (element.get("logicalId") or "").strip()
            if not uid or uid in seen:
                reason = f"logicalId {uid} was given to an earlier entity" if uid else "an entity needs a logicalId"
                yield Rejected(line(element), "logicalId", reason)
                continue
            seen.add(uid)
            own = _part(element)
            kind = next(iter(children(element, "subjectType")), None)
            own.values = {**own.values, "subjectType": (kind.get("code") or "") if kind is not None else ""}
            party = entry(own, [_part(child) for child in element if tag(child) in _PARTS])
            if any(said.property in ("name", "weakAlias") for said in party.main.said):
                yield from party.records()
            else:
                yield Rejected(line(element), "nameAlias", f"entity {uid} has no name", raw=uid, subject=uid)


def _part(element: Element) -> Part:
    part = Part(tag(element), {str(k): str(v) for k, v in element.attrib.items()}, line(element))
    part.remarks = [found for child in children(element, "remark") if (found := text(child))]
    for child in children(element, "regulationSummary"):
        part.basis = {str(k): str(v) for k, v in child.attrib.items()}
    part.contacts = [(c.get("key") or "", c.get("value") or text(c) or "") for c in children(element, "contactInfo")]
    address = text(element, "publicationUrl")
    if address:
        part.values = {**part.values, "publicationUrl": address}
    return part


READER = EuFsfXmlReader()
