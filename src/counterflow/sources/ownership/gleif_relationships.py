"""Relationship records (RR Common Data File 1.1 and 2.1) and reporting exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.model import dates
from counterflow.sources.ownership import holding
from counterflow.sources.ownership.gleif_entities import validation, words
from counterflow.sources.ownership.gleif_nodes import Node
from counterflow.sources.ownership.holding import Holding
from counterflow.sources.reader import Record, Rejected, Statements

__all__ = ["FIELDS", "exception", "relationship"]

_TYPES = {
    "IS_DIRECTLY_CONSOLIDATED_BY": ("accountingConsolidation", "direct"),
    "IS_ULTIMATELY_CONSOLIDATED_BY": ("accountingConsolidation", "indirect"),
    "IS_INTERNATIONAL_BRANCH_OF": ("branch", "direct"),
    "IS_FUND-MANAGED_BY": ("otherInfluenceOrControl", "direct"),
    "IS_SUBFUND_OF": ("otherInfluenceOrControl", "direct"),
    "IS_FEEDER_TO": ("unknownInterest", "direct"),
}
"""Type → (kind of interest of the end node in the start node, directness)."""
_HIDDEN = {
    "NO_LEI", "NON_PUBLIC", "BINDING_LEGAL_COMMITMENTS", "LEGAL_OBSTACLES", "CONSENT_NOT_OBTAINED",
    "DETRIMENT_NOT_EXCLUDED", "DISCLOSURE_DETRIMENTAL",
}  # fmt: skip
"""Reasons for which a parent there is is not reported; the others say that there is none that consolidates."""
_URL = re.compile(r"https?://[^\s;,]+")


def relationship(record: Node) -> Iterator[Record]:
    """One relationship record, with its two ends as parties of which only the number is told."""
    told, registration = record.node("Relationship"), record.node("Registration")
    kind = told.text("RelationshipType")
    start, end = (_end(told.node(name)) for name in ("StartNode", "EndNode"))
    if start is None or end is None or kind is None:
        missing = "StartNode" if start is None else "EndNode" if end is None else "RelationshipType"
        yield Rejected(record.line, missing, "a relationship needs two ends and a type", raw=str(record.tags)[:500])
        return
    place = f"{start[1]} {kind} {end[1]}"
    code, directness = _TYPES.get(kind, ("unknownInterest", None))
    for n, (subject, number, scheme) in enumerate((start, end)):
        schema = "Company" if n == 0 and code in ("accountingConsolidation", "branch") else "LegalEntity"
        stub = Statements(subject, schema, locator=place, party=False, line=record.line)
        stub.say("leiCode" if scheme == "LEI" else "idNumber", number, note=None if scheme == "LEI" else scheme)
        yield stub
    found = Holding(code, details=words(kind), directness=directness)
    problems = _sizes(told, found)
    for at, reason in problems:
        yield Rejected(record.line, at, reason, raw=place)
    link = Statements(
        f"{start[1]}-{(words(kind) or '').replace(' ', '-')}-{end[1]}", "Ownership", locator=place, line=record.line
    )
    periods = list(_periods(told, found))
    holding.tell(link, end[0], start[0], found)
    link.party = True  # it is what the file lists
    for text in (*periods, *_qualifiers(told), validation(registration)):
        link.say("description", text)
    _standing(link, told, registration)
    yield link


def exception(record: Node) -> Iterator[Record]:
    """Why a parent is not reported; a parent that is there and withheld is an owner of which nothing is known."""
    lei, category = record.text("LEI"), record.text("ExceptionCategory")
    reasons = [text for reason in record.many("ExceptionReason") if (text := reason.text("$"))]
    if lei is None or category is None:
        missing = "LEI" if lei is None else "ExceptionCategory"
        yield Rejected(record.line, missing, "an exception needs an LEI and a category", raw=str(record.tags)[:500])
        return
    place = f"{lei} {category}"
    subject = f"gleif::{lei}"
    party = Statements(subject, "LegalEntity", locator=place, line=record.line)
    party.say("leiCode", lei)
    references = [text for reference in record.many("ExceptionReference") if (text := reference.text("$"))]
    what = words(category.removesuffix("_PARENT"))
    why = "; ".join(words(reason) or "" for reason in reasons) or "no reason told"
    party.say("notes", f"no {what} parent reported: {why}")
    for text in references:
        party.say("notes", f"reference for the missing {what} parent: {text}")
    party.say("retrievedAt", record.text("ContentDate"))
    yield party
    if _HIDDEN & set(reasons):
        owner = f"{lei}-{(what or '').replace(' ', '-')}-parent"
        hidden = Statements(owner, "LegalEntity", locator=place, party=False, line=record.line)
        hidden.say("summary", f"{what} parent of {lei}, not reported: {why}")
        yield hidden
        level = "direct" if category.startswith("DIRECT") else "indirect"
        link = Statements(f"{owner}-holding", "Ownership", locator=place, party=False, line=record.line)
        yield holding.tell(link, owner, subject, Holding("accountingConsolidation", directness=level, details=why))


def _end(node: Node) -> tuple[str, str, str] | None:
    """(subject, number, scheme) of a node."""
    number, scheme = node.text("NodeID"), node.text("NodeIDType") or "LEI"
    if number is None:
        return None
    number = "".join(number.split())
    return (f"gleif::{number}" if scheme == "LEI" else f"{scheme}-{number}", number, scheme)


def _sizes(told: Node, found: Holding) -> list[tuple[str, str]]:
    """Shares, where the record measures them; a branch is its head office. Returns what cannot be."""
    problems = []
    for size in told.many("RelationshipQuantifiers", "RelationshipQuantifier"):
        amount, unit = size.text("QuantifierAmount"), size.text("QuantifierUnits")
        if amount is None or unit not in (None, "PERCENTAGE"):
            continue
        found.share, wrong = holding.bounds({"exact": amount})
        if wrong:
            problems.append(("QuantifierAmount", wrong))
    if found.kind == "branch" and found.share is None:
        found.share, _ = holding.bounds({"exact": 100})
    return problems


def _periods(told: Node, found: Holding) -> Iterator[str]:
    """Dates of the relationship go into `found`; other periods come out in words."""
    for period in told.many("RelationshipPeriods", "RelationshipPeriod"):
        start, end, kind = period.text("StartDate"), period.text("EndDate"), period.text("PeriodType")
        if kind in (None, "RELATIONSHIP_PERIOD"):
            found.start, found.end = found.start or start, found.end or end
        else:
            yield f"{words(kind)}: {(start or '…')[:10]} to {(end or '…')[:10]}"


def _qualifiers(told: Node) -> Iterator[str]:
    for kind in told.many("RelationshipQualifiers", "RelationshipQualifier"):
        parts = [words(kind.text("QualifierDimension")), kind.text("QualifierCategory")]
        yield ": ".join(part for part in parts if part)
    for size in told.many("RelationshipQuantifiers", "RelationshipQuantifier"):
        parts = [
            words(size.text("MeasurementMethod")),
            size.text("QuantifierAmount"),
            words(size.text("QuantifierUnits")),
        ]
        yield "measured: " + " ".join(part for part in parts if part)


def _standing(link: Statements, told: Node, registration: Node) -> None:
    """Status, dates and source of the record itself."""
    status, updated = told.text("RelationshipStatus"), registration.text("LastUpdateDate")
    registered = registration.text("RegistrationStatus")
    link.say("status", words(status))
    link.say("status", f"record {words(registered)}" if registered else None)
    link.say("modifiedAt", updated)
    first = registration.text("InitialRegistrationDate")
    link.say("description", f"first registered {first[:10]}" if first else None)
    link.say("publisher", registration.text("ManagingLOU"))
    reference = registration.text("ValidationReference") or ""
    urls = _URL.findall(reference)
    for url in urls:
        link.say("sourceUrl", url)
    link.say("description", None if urls and reference == urls[0] else reference)
    if registered == "ANNULLED":
        link.stance, link.note = "doubts", "the record was annulled"
    elif status == "INACTIVE" and not any(said.property == "endDate" for said in link.said):
        link.valid_to, link.note = dates.clean(updated or ""), "inactive by then; its end is not told"


FIELDS = {
    "Relationship.StartNode, EndNode": f"LegalEntity.leiCode, LegalEntity.idNumber, {holding.FIELDS}",
    "Relationship.RelationshipType": "Ownership.ownershipType, Control.controlType, Interest.role, Interval.summary, "
    "Interest.directness",
    "Relationship.RelationshipPeriods": "Interval.startDate, Interval.endDate; accounting and filing periods "
    "Interval.description",
    "Relationship.RelationshipStatus, Registration.RegistrationStatus": "Interest.status; doubted where annulled",
    "Relationship.RelationshipQualifiers": "Interval.description",
    "Relationship.RelationshipQuantifiers": "Ownership.percentage, Control.percentage, Interval.description",
    "Registration.InitialRegistrationDate (level 2)": "Interval.description",
    "Registration.LastUpdateDate (level 2)": "Interval.modifiedAt",
    "Registration.ValidationReference": "Interval.sourceUrl, Interval.description",
    "ExceptionCategory, ExceptionReason, ExceptionReference": "Thing.notes; a withheld parent is an owner "
    "without name: LegalEntity.summary, Ownership.owner",
    "ContentDate": "Thing.retrievedAt",
}
"""Where each field of level 2 arrives."""
