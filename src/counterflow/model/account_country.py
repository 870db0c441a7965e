"""The country that a bank's code and an account's number name: BIC (ISO 9362) and IBAN (ISO 13616)."""

from __future__ import annotations

import re

from counterflow.model import check_digits
from counterflow.model.values import table

__all__ = ["bic_country", "iban_country"]

_BIC = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}([A-Z0-9]{3})?")


def bic_country(bank: str) -> str | None:
    """ISO 3166-1 alpha-2, lower case, of a BIC; None: it is none."""
    found = _BIC.fullmatch(bank) if len(bank) in (8, 11) else None
    if found is None or bank.endswith("BANK"):  # CITIBANK is no bank in Bosnia
        return None
    code = found[1].lower()
    return code if code in table("countries") else None


def iban_country(number: str) -> str | None:
    """ISO 3166-1 alpha-2, lower case, of an IBAN whose check digits are right; None: it is none."""
    if len(number) < 15:  # as most numbers that are no IBAN
        return None
    bare = "".join(c for c in number if c.isalnum()).upper()
    return bare[:2].lower() if len(bare) > 14 and bare[:2].isalpha() and check_digits.iban(bare) else None
