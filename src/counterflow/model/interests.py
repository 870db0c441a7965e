"""Kinds of interest in an entity: shares, votes, and control by other means, which a test of control keeps apart.

The codes are those of the Beneficial Ownership Data Standard 0.4 (``shareholding``, ``votingRights``,
``appointmentOfBoard``…); older spellings of the same codes (``voting-rights``, ``settlor-of-trust``) are understood. A
relationship bears its code in `Ownership.ownershipType` or `Control.controlType`; the table is data, beside `values`.

Standard: https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from counterflow.model.values import table

__all__ = ["Interest", "all", "find"]

Counts = Literal["shares", "votes", "control", "benefit", "unknown"]

_OLDER = {
    "settlor-of-trust": "settlor",
    "trustee-of-trust": "trustee",
    "protector-of-trust": "protector",
    "beneficiary-of-trust": "beneficiaryOfLegalArrangement",
    "other-influence-or-control-of-trust": "otherInfluenceOrControl",
    "rights-to-surplus-assets": "rightsToSurplusAssetsOnDissolution",
    "influence-or-control": "otherInfluenceOrControl",
}


@dataclass(frozen=True, slots=True)
class Interest:
    """:param code: as recorded; :param schema: relationship it is recorded as; :param counts: what it adds to, where
    holdings are added up: shares, votes, control by other means, benefit without control, or not known"""

    code: str
    label: str
    schema: str
    counts: Counts


@cache
def all() -> Mapping[str, Interest]:
    """Every kind by code, in the order of the code list."""
    return {code: Interest(code, **row) for code, row in table("interests").items()}


@cache
def find(text: str) -> Interest | None:
    """The kind that a code stands for, in any version's spelling; None where it is no code."""
    known = all()
    camel = re.sub(r"-(\w)", lambda m: m[1].upper(), _OLDER.get(text, text))
    return known.get(camel)
