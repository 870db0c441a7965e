"""The fields of the Beneficial Ownership Data Standard, versions 0.2, 0.3 and 0.4 together.

Standard: https://standard.openownership.org/en/0.4.0/standard/reference.html
"""

from __future__ import annotations

from counterflow.sources.json_shape import ANY, FLAG, TEXT

__all__ = ["ENTITY", "FRAME", "PERSON", "RELATIONSHIP"]

_PLACE = (TEXT, {"code": TEXT, "name": TEXT})
_ADDRESS = {"type": TEXT, "address": TEXT, "postCode": TEXT, "postcode": TEXT, "country": _PLACE}
_NUMBER = {"id": TEXT, "scheme": TEXT, "schemeName": TEXT, "uri": TEXT}
_REASON = {"reason": TEXT, "description": TEXT}
_SOURCE = {
    "type": [TEXT], "description": TEXT, "url": TEXT, "retrievedAt": TEXT, "assertedBy": [{"name": TEXT, "uri": TEXT}],
}  # fmt: skip

FRAME = {
    "statementID": TEXT, "statementId": TEXT, "statementType": TEXT, "statementDate": TEXT, "recordId": TEXT,
    "recordType": TEXT, "recordStatus": TEXT, "recordDetails": ANY, "replacesStatements": [TEXT], "source": _SOURCE,
    "publicationDetails": {"publicationDate": TEXT, "license": TEXT, "publisher": {"name": TEXT, "url": TEXT}},
    "annotations": [{"motivation": TEXT, "statementPointerTarget": TEXT, "description": TEXT, "url": TEXT,
                     "creationDate": TEXT, "createdBy": {"name": TEXT, "uri": TEXT}}],
}  # fmt: skip
"""What every statement has around its details."""

ENTITY = {
    "name": TEXT, "alternateNames": [TEXT], "entityType": (TEXT, {"type": TEXT, "subtype": TEXT, "details": TEXT}),
    "entitySubtype": {"generalCategory": TEXT, "localTerm": TEXT}, "jurisdiction": _PLACE,
    "incorporatedInJurisdiction": _PLACE, "foundingDate": TEXT, "dissolutionDate": TEXT, "uri": TEXT,
    "unspecifiedEntityDetails": _REASON, "missingInfoReason": TEXT, "formedByStatute": {"name": TEXT, "date": TEXT},
    "identifiers": [_NUMBER], "addresses": [_ADDRESS], "isComponent": FLAG,
    "publicListing": {
        "hasPublicListing": FLAG, "companyFilingsURLs": [TEXT],
        "securitiesListings": [{
            "marketIdentifierCode": TEXT, "operatingMarketIdentifierCode": TEXT, "stockExchangeJurisdiction": TEXT,
            "stockExchangeName": TEXT, "security": {"idScheme": TEXT, "id": TEXT, "ticker": TEXT},
        }],
    },
}  # fmt: skip

PERSON = {
    "personType": TEXT, "unspecifiedPersonDetails": _REASON, "missingInfoReason": TEXT,
    "names": [{"type": TEXT, "fullName": TEXT, "givenName": TEXT, "familyName": TEXT, "patronymicName": TEXT}],
    "identifiers": [_NUMBER], "nationalities": [_PLACE], "taxResidencies": [_PLACE], "birthDate": TEXT,
    "deathDate": TEXT, "placeOfBirth": _ADDRESS, "placeOfResidence": _ADDRESS, "addresses": [_ADDRESS],
    "isComponent": FLAG, "hasPepStatus": FLAG,
    "pepStatusDetails": [{"reason": TEXT, "missingInfoReason": TEXT, "jurisdiction": _PLACE, "startDate": TEXT,
                          "endDate": TEXT, "source": _SOURCE}],
    "politicalExposure": {
        "status": TEXT,
        "details": [{"reason": TEXT, "missingInfoReason": TEXT, "jurisdiction": _PLACE, "startDate": TEXT,
                     "endDate": TEXT, "source": _SOURCE}],
    },
}  # fmt: skip

RELATIONSHIP = {
    "subject": (TEXT, {"describedByEntityStatement": TEXT, **_REASON}),
    "interestedParty": (TEXT, {"describedByEntityStatement": TEXT, "describedByPersonStatement": TEXT,
                               "unspecified": _REASON, **_REASON}),
    "interests": [{"type": TEXT, "directOrIndirect": TEXT, "interestLevel": TEXT, "details": TEXT, "share": ANY,
                   "beneficialOwnershipOrControl": FLAG, "startDate": TEXT, "endDate": TEXT}],
    "componentRecords": [TEXT], "componentStatementIDs": [TEXT], "isComponent": FLAG,
}  # fmt: skip
