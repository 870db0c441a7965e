"""Reader of the basic data of all live companies of the United Kingdom, CSV, whole or in its parts.

No real file was at hand: it follows the public description of the columns.

Format: https://resources.companieshouse.gov.uk/toolsToHelp/pdf/freeDataProductDataset.pdf
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import dates
from counterflow.model.values import clean
from counterflow.sources.descriptors import load
from counterflow.sources.party import Party
from counterflow.sources.reader import Head, Record, Rejected, Statements
from counterflow.sources.rows import header_of, rows

__all__ = ["READER", "UkCompaniesReader"]

_MARKS = {"CompanyName", "CompanyNumber", "CompanyCategory", "CompanyStatus", "IncorporationDate"}
_PARTS = {
    "RegAddress.AddressLine1": "street", "RegAddress.AddressLine2": "street2", "RegAddress.POBox": "postOfficeBox",
    "RegAddress.PostTown": "city", "RegAddress.County": "region", "RegAddress.PostCode": "postalCode",
    "RegAddress.CareOf": "remarks",
}  # fmt: skip
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_REMARKS = {
    "accounts": {"Accounts.AccountCategory": "category", "Accounts.AccountRefDay": "reference day",
                 "Accounts.AccountRefMonth": "reference month", "Accounts.LastMadeUpDate": "made up to",
                 "Accounts.NextDueDate": "next due"},
    "returns": {"Returns.LastMadeUpDate": "made up to", "Returns.NextDueDate": "next due"},
    "confirmation statement": {"ConfStmtLastMadeUpDate": "made up to", "ConfStmtNextDueDate": "next due"},
    "charges": {"Mortgages.NumMortCharges": "all", "Mortgages.NumMortOutstanding": "outstanding",
                "Mortgages.NumMortPartSatisfied": "satisfied in part", "Mortgages.NumMortSatisfied": "satisfied"},
    "partners": {"LimitedPartnerships.NumGenPartners": "general", "LimitedPartnerships.NumLimPartners": "limited"},
}  # fmt: skip
_NOTHING = ("", "0")


class UkCompaniesReader:
    """See the module."""

    name = "uk_companies"
    descriptor = load("uk-companies")
    fields: ClassVar[Mapping[str, str]] = {
        "CompanyName": "Thing.name",
        "CompanyNumber": "LegalEntity.registrationNumber; the id of the subject",
        "RegAddress.…": "Thing.address, Thing.addressEntity, Thing.country, Address.full, Address.street, "
        "Address.street2, Address.postOfficeBox, Address.city, Address.region, Address.postalCode, Address.country, "
        "Address.remarks",
        "CompanyCategory": "LegalEntity.legalForm",
        "CompanyStatus": "LegalEntity.status",
        "CountryOfOrigin": "LegalEntity.jurisdiction",
        "IncorporationDate, DissolutionDate": "LegalEntity.incorporationDate, LegalEntity.dissolutionDate",
        "SICCode.SicText_1 to 4": "LegalEntity.sector",
        "PreviousName_1 to 10": "Thing.previousName, up to the date of the change",
        "Accounts.…, Returns.…, ConfStmt…, Mortgages.…, LimitedPartnerships.…": "Thing.notes",
        "URI": "Thing.sourceUrl",
    }

    def recognises(self, head: Head) -> float:
        """By its columns."""
        return 0.95 if set(header_of(head)) >= _MARKS else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Companies in file order; takes no options.

        :raises UnreadableFile: not the table that it should be; InputError: it ends inside its packing
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        names: list[str] = []
        for row in rows(path):
            if isinstance(row, Rejected):
                yield row
            elif not names:
                names = [name.strip() for name in row[1]]
                missing = sorted(_MARKS - set(names))
                if missing:
                    raise UnreadableFile(f"has no column {', '.join(missing)}", file=str(path), line=1)
            else:
                told = {name: text for name, cell in zip(names, row[1], strict=True) if (text := cell.strip())}
                yield from _company(told, row[0])


def _company(told: Mapping[str, str], line: int) -> Iterator[Record]:
    number, name = told.get("CompanyNumber"), told.get("CompanyName")
    if not number or not name:
        field = "CompanyName" if number else "CompanyNumber"
        yield Rejected(line, field, "a company needs a number and a name", raw=",".join(told.values())[:500])
        return
    main = Statements("_".join(number.split()), "Company", locator=f"company {number}", line=line)
    party = Party(main)
    main.say("name", name)
    main.say("registrationNumber", number, note="Companies House")
    country = told.get("RegAddress.Country")
    known = clean("country", country) if country else None
    parts = {ours: told.get(column) for column, ours in _PARTS.items()}
    if country and not known:
        parts["remarks"] = ", ".join(text for text in (parts["remarks"], country) if text)
    party.address(parts, country if known else None, note="registered office")
    main.say("legalForm", told.get("CompanyCategory"))
    main.say("status", told.get("CompanyStatus"))
    main.say("jurisdiction", told.get("CountryOfOrigin"))
    for column, ours in (("IncorporationDate", "incorporationDate"), ("DissolutionDate", "dissolutionDate")):
        day = _day(told.get(column))
        main.say(ours, day, original=told.get(column))
        if column in told and day is None:
            yield Rejected(line, column, f"'{told[column]}' is no date: dd/mm/yyyy is expected", raw=number)
    for n in range(1, 5):
        sector = told.get(f"SICCode.SicText_{n}")
        main.say("sector", None if sector == "None Supplied" else sector)
    for n in range(1, 11):
        main.say("previousName", told.get(f"PreviousName_{n}.CompanyName"),
                 valid_to=_day(told.get(f"PreviousName_{n}.CONDATE")))  # fmt: skip
    for what, columns in _REMARKS.items():
        found = [f"{word} {_day(told[c]) or told[c]}" for c, word in columns.items() if told.get(c, "") not in _NOTHING]
        main.say("notes", f"{what}: {', '.join(found)}" if found else None)
    main.say("sourceUrl", told.get("URI"))
    yield from party.records()


def _day(text: str | None) -> str | None:
    """``31/12/2020`` as an ISO date."""
    found = _DAY.fullmatch(text or "")
    return dates.clean(f"{found[3]}-{found[2]}-{found[1]}") if found else None


READER = UkCompaniesReader()
