"""Reader of the snapshot of people with significant control over companies of the United Kingdom, JSON lines.

Persons, companies, legal persons and protected persons, of companies and of overseas entities that own land;
statements that nobody could be named; exemptions. Each nature of control is a relationship of its own, with the bounds
of its band: shares apart from votes, appointment and influence. A company is the subject that `uk_companies` describes,
so that both files tell of one. Dates of birth have no day. What the last line counts is held against the lines.

No real file was at hand: it follows the public specification of Companies House.

Format: https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/resources/individual
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import dates
from counterflow.model.values import clean
from counterflow.sources.descriptors import load
from counterflow.sources.json_shape import ANY, FLAG, TEXT, shaped
from counterflow.sources.json_stream import first, items
from counterflow.sources.ownership import holding
from counterflow.sources.ownership.holding import Holding
from counterflow.sources.ownership.uk_natures import nature
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Head, Record, Rejected, Statements

__all__ = ["READER", "UkPscReader"]

_PLACE = dict.fromkeys(
    ("care_of", "po_box", "premises", "address_line_1", "address_line_2", "locality", "region", "postal_code",
     "country"), TEXT,
)  # fmt: skip
_DATA = {
    **dict.fromkeys(("kind", "etag", "name", "ceased_on", "notified_on", "nationality", "country_of_residence",
                     "description", "statement", "linked_psc_name", "restrictions_notice_withdrawal_reason"), TEXT),
    "natures_of_control": [TEXT], "is_sanctioned": FLAG, "ceased": FLAG, "address": _PLACE, "exemptions": ANY,
    "principal_office_address": _PLACE, "links": {"self": TEXT},
    "date_of_birth": {"day": TEXT, "month": TEXT, "year": TEXT},
    "name_elements": dict.fromkeys(("title", "forename", "middle_name", "other_forenames", "surname"), TEXT),
    "identification": dict.fromkeys(("legal_authority", "legal_form", "place_registered", "country_registered",
                                     "registration_number"), TEXT),
}  # fmt: skip
_LINE = {"company_number": TEXT, "data": _DATA}
_TOTALS = {"persons_of_significant_control_count": "persons", "statements_count": "statements",
           "exemptions_count": "exemptions"}  # fmt: skip
_SCHEMATA = {
    "individual": "Person",
    "corporate-entity": "Company",
    "legal-person": "Organization",
    "super-secure": "Person",
}
_THERE = ("psc-exists-but-not-identified", "psc-details-not-confirmed", "psc-contacted-but-no-response")
"""Statements by which somebody controls the company whom it does not name."""
_ELEMENTS = {"title": "title", "forename": "firstName", "middle_name": "middleName", "other_forenames": "secondName",
             "surname": "lastName"}  # fmt: skip
_PARTS = {"address_line_1": "street", "address_line_2": "street2", "po_box": "postOfficeBox", "locality": "city",
          "region": "region", "postal_code": "postalCode"}  # fmt: skip


class UkPscReader:
    """See the module."""

    name = "uk_psc"
    descriptor = load("uk-psc")
    fields: ClassVar[Mapping[str, str]] = {
        "company_number": f"LegalEntity.registrationNumber of the company; {holding.FIELDS}",
        "data.kind": "left out: it chooses the schema",
        "data.name, data.name_elements": "Thing.name, Person.title, Person.firstName, Person.middleName, "
        "Person.secondName, Person.lastName",
        "data.date_of_birth": "Person.birthDate, to the month",
        "data.nationality": "Person.nationality; what is no country Thing.notes",
        "data.country_of_residence": "Thing.country",
        "data.address, data.principal_office_address": "Thing.address, Thing.addressEntity, Thing.country, "
        "Address.full, Address.street, Address.street2, Address.postOfficeBox, Address.city, Address.region, "
        "Address.postalCode, Address.country, Address.remarks",
        "data.identification": "LegalEntity.registrationNumber, LegalEntity.legalForm, LegalEntity.jurisdiction, "
        "Thing.notes",
        "data.natures_of_control": "Ownership.ownershipType, Ownership.percentage, Control.controlType, "
        "Control.percentage, Interest.role, Interval.summary",
        "data.notified_on, data.ceased_on": "Interval.startDate, Interval.endDate; of statements, their time",
        "data.description": "Thing.summary",
        "data.is_sanctioned": "Thing.topics",
        "data.statement, data.linked_psc_name, data.restrictions_notice_withdrawal_reason": "Thing.notes",
        "data.exemptions": "Thing.notes of the company, with their time",
        "data.ceased": "left out: ceased_on says when",
        "data.etag": "left out: changes with every change",
        "data.links.self": "Thing.sourceUrl; it gives the subject its id",
    }

    def recognises(self, head: Head) -> float:
        """By its first line: a company number beside data of a kind that the register knows."""
        found = first(head)
        if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
            return 0.0
        kind = found["data"].get("kind")
        return 0.95 if isinstance(kind, str) and _sort(kind) and ("company_number" in found or "#" in kind) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Lines in file order; takes no options.

        :raises UnreadableFile: not one line of the register in it; InputError: it ends inside its packing
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        counted: Counter[str] = Counter()
        for item in items(path):
            if item.problem:
                yield Rejected(item.line, None, item.problem, raw=item.raw)
                continue
            told, problems = shaped(item.value, _LINE)
            data = (told or {}).get("data", {})
            sort = _sort(data.get("kind", ""))
            if sort == "totals":
                yield from _totals(item.value["data"], counted, item.line)
                continue
            number = (told or {}).get("company_number", "").strip()
            if sort is None or not number:
                field = "company_number" if sort else "data.kind"
                yield Rejected(item.line, field, "a line needs a company number and a kind of the register",
                               raw=str(item.value)[:500])  # fmt: skip
                continue
            counted[sort] += 1
            for at, reason in problems:
                yield Rejected(item.line, at, reason, raw=number)
            yield from _line(number, sort, data, item.line)
        if not counted:
            raise UnreadableFile("not one line of the register of people with significant control", file=str(path))


def _sort(kind: str) -> str | None:
    """persons, statements, exemptions or totals; None for a kind that the register does not know."""
    if kind.startswith("totals#"):
        return "totals"
    if kind == "exemptions":
        return "exemptions"
    if kind.endswith("-statement"):
        return "statements"
    return "persons" if kind.startswith(tuple(_SCHEMATA)) else None


def _totals(data: Mapping[str, Any], counted: Counter[str], line: int) -> Iterator[Rejected]:
    for key, sort in _TOTALS.items():
        wanted = data.get(key)
        if isinstance(wanted, int) and wanted != counted[sort]:
            yield Rejected(
                line, key, f"the file announces {wanted:,} {sort} and holds {counted[sort]:,}: a part, or cut"
            )


def _line(number: str, sort: str, data: Mapping[str, Any], line: int) -> Iterator[Record]:
    company = Statements(f"uk-companies::{number}", "Company", party=False, line=line,
                         locator=f"company {number}")  # fmt: skip
    company.say("registrationNumber", number, note="Companies House")
    since = {"valid_from": dates.clean(data.get("notified_on", "")), "valid_to": dates.clean(data.get("ceased_on", ""))}
    if sort == "exemptions":
        for text, period in _exemptions(data.get("exemptions")):
            company.say("notes", text, **period)
        yield company
        return
    id = data.get("links", {}).get("self", "").rstrip("/").rpartition("/")[2] or digest(str(sorted(data.items())))
    subject = f"{number}-{id}"
    if sort == "statements":
        code = data.get("statement", "no statement")
        parts = [code.replace("-", " "), data.get("linked_psc_name"), data.get("restrictions_notice_withdrawal_reason")]
        company.say("notes", f"control: {', '.join(part for part in parts if part)}", **since)
        yield company
        if code.startswith(_THERE):
            yield _nobody(subject, code, line)
            yield _held(subject, number, "unknown", Holding("unknownInterest", details=code), data, line)
        return
    yield company
    yield from _person(subject, data, line).records()
    for code in data.get("natures_of_control", ()) or [""]:
        found = nature(code)
        if code and found is None:
            yield Rejected(line, "natures_of_control", f"'{code}' is no nature of control", raw=subject)
        kind, share = found or ("unknownInterest", None)
        details = code.replace("-", " ") or "nature of control not told"
        yield _held(subject, number, code or "control", Holding(kind, share, details), data, line)


def _held(subject: str, number: str, code: str, told: Holding, data: Mapping[str, Any], line: int) -> Statements:
    told.start, told.end = data.get("notified_on"), data.get("ceased_on")
    record = Statements(f"{subject}-{'-'.join(code.split())}", "UnknownLink", locator=f"company {number}", line=line)
    return holding.tell(record, subject, f"uk-companies::{number}", told)


def _nobody(subject: str, code: str, line: int) -> Statements:
    record = Statements(subject, "LegalEntity", locator=f"statement {subject}", line=line, party=False)
    record.say("summary", code.replace("-", " "))
    return record


def _exemptions(told: object) -> Iterator[tuple[str, dict[str, str | None]]]:
    for name, exemption in told.items() if isinstance(told, dict) else ():
        periods = exemption.get("items") if isinstance(exemption, dict) else None
        for period in periods if isinstance(periods, list) else [periods]:
            since, until = (
                (period or {}).get(k) if isinstance(period, dict) else None for k in ("exempt_from", "exempt_to")
            )
            yield f"control: {str(name).replace('_', ' ')}", {
                "valid_from": dates.clean(str(since or "")), "valid_to": dates.clean(str(until or "")),
            }  # fmt: skip


def _person(subject: str, data: Mapping[str, Any], line: int) -> Party:
    kind = data["kind"]
    schema = next(schema for start, schema in _SCHEMATA.items() if kind.startswith(start))
    main = Statements(subject, schema, locator=f"person {subject}", line=line)
    party = Party(main)
    main.say("name", data.get("name"))
    if schema == "Person":
        for part, ours in _ELEMENTS.items():
            main.say(ours, data.get("name_elements", {}).get(part))
        main.say("birthDate", _born(data.get("date_of_birth", {})))
        nationality = data.get("nationality", "")
        for word in nationality.split(","):
            known = clean("country", word)
            main.say("nationality" if known else "notes", word, note=None if known else "nationality")
    main.say("country", data.get("country_of_residence"), note="residence")
    main.say("summary", data.get("description", "").replace("-", " "))
    main.say("topics", "sanction" if data.get("is_sanctioned") else None, note="as the register says")
    path = data.get("links", {}).get("self", "")
    base = "https://find-and-update.company-information.service.gov.uk"
    main.say("sourceUrl", f"{base}{path}" if path.startswith("/") else None)
    for key, note in (("address", "service address"), ("principal_office_address", "principal office")):
        _address(party, data.get(key, {}), note)
    _identified(main, data.get("identification", {}))
    if not main.said:
        main.say("summary", kind.replace("-", " "))
    return party


def _born(told: Mapping[str, str]) -> str | None:
    parts = [told.get("year", ""), told.get("month", "").zfill(2), told.get("day", "").zfill(2)]
    return "-".join(parts[: 1 + ("month" in told) + ("month" in told and "day" in told)]) if parts[0] else None


def _address(party: Party, place: Mapping[str, str], note: str) -> None:
    parts: dict[str, str | None] = {ours: place.get(key) for key, ours in _PARTS.items()}
    street = " ".join(text for text in (place.get("premises"), parts["street"]) if text)
    parts |= {"street": street, "remarks": place.get("care_of")}
    country = place.get("country")
    known = clean("country", country) if country else None
    if country and not known:
        parts["remarks"] = ", ".join(text for text in (parts["remarks"], country) if text)
    if any(parts.values()) or known:
        party.address(parts, country if known else None, note=note)


def _identified(main: Statements, told: Mapping[str, str]) -> None:
    main.say("registrationNumber", told.get("registration_number"), note=told.get("place_registered"))
    main.say("legalForm", told.get("legal_form"))
    country = told.get("country_registered")
    if country:
        main.say("jurisdiction" if clean("country", country) else "notes", country, note="country registered")
    law = told.get("legal_authority")
    main.say("notes", f"legal authority: {law}" if law else None)
    place = told.get("place_registered")
    main.say("notes", f"registered at: {place}" if place and "registration_number" not in told else None)


READER = UkPscReader()
