"""Identifiers: numbers that are meant to be one party's own, evened out, checked and weighed.

A number that fails its own check digit is kept (the list did print it) but counts for little. Strength says how much an
agreement tells, and what a *disagreement* tells: two ships never share an IMO number and a ship has only one, but a
person may hold five passports.

Sources: IMO Resolution A.1117(30); ITU-R M.585 (MMSI); ISO 17442 (LEI) with ISO 7064 mod 97-10; ISO 13616 (IBAN);
ISO 9362 (BIC); GB 32100-2015 (USCC) mod 31; Russian Tax Service orders (INN, OGRN); for wallets see
`counterflow.model.crypto_address`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from counterflow.model import crypto_address
from counterflow.model.check_digits import iban, mod97

__all__ = ["PROPERTIES", "PUBLISHERS", "SCHEMES", "Identifier", "Scheme", "parse", "scheme_of"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of number.

    :param label: to print
    :param check: whether a normalised number is well formed, check digits included; None: nothing to check
    :param agree: log-odds that an agreement is worth (natural logarithm)
    :param differ: log-odds, negative or zero, of two different valid numbers: how exclusive the number is
    :param exclusive: a party has at most one; two different ones are two parties
    """

    label: str
    check: Callable[[str], bool] | None
    agree: float
    differ: float
    exclusive: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """:param scheme: key of the scheme; :param value: normalised; :param valid: passes the scheme's check;
    :param printed: as the source writes it (two that differ only here are one number);
    :param quoted: a list's own number (`PUBLISHERS`) as somebody else repeats it: lists copy each other's references
    wrongly, so it tells less, and it never parts two parties either"""

    scheme: str
    value: str
    valid: bool
    printed: str = field(default="", compare=False)
    quoted: bool = False

    @property
    def key(self) -> str:
        """``scheme:value``: equal keys are the same number."""
        return f"{self.scheme}:{self.value}"


def _imo(n: str) -> bool:
    return (
        len(n) == 7
        and n.isdigit()
        and sum(int(d) * w for d, w in zip(n, range(7, 1, -1), strict=False)) % 10 == int(n[6])
    )


def _imo_company(n: str) -> bool:
    """Owners and managers have numbers from the same register with a check digit of their own (modulo 11)."""
    if len(n) != 7 or not n.isdigit():
        return False
    return (11 - sum(int(d) * w for d, w in zip(n, (8, 6, 4, 2, 9, 7), strict=False)) % 11) % 10 == int(n[6])


def _mmsi(n: str) -> bool:
    return len(n) == 9 and n.isdigit() and n[0] in "234567"


def _lei(n: str) -> bool:
    return re.fullmatch(r"[0-9A-Z]{18}\d{2}", n) is not None and mod97(n)


def _bic(n: str) -> bool:
    return re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", n) is not None


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _uscc(n: str) -> bool:
    if len(n) != 18 or any(c not in _USCC for c in n):
        return False
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(n[:17]))
    return _USCC[(31 - total % 31) % 31] == n[17]


def _weighted(n: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(n, weights, strict=False)) % 11 % 10


def _inn(n: str) -> bool:
    if not n.isdigit():
        return False
    ten = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(n) == 10:
        return _weighted(n, ten) == int(n[9])
    return len(n) == 12 and _weighted(n, (7, *ten)) == int(n[10]) and _weighted(n, (3, 7, *ten)) == int(n[11])


def _ogrn(n: str) -> bool:
    if not n.isdigit() or len(n) not in (13, 15):
        return False
    return int(n[:-1]) % (len(n) - 2) % 10 == int(n[-1])


SCHEMES: dict[str, Scheme] = {
    "imo": Scheme("IMO number", _imo, 11.0, -9.0, exclusive=True),
    "imo-company": Scheme("IMO company number", _imo_company, 8.0, -3.0),
    "mmsi": Scheme("MMSI", _mmsi, 6.0, -0.5),
    "lei": Scheme("LEI", _lei, 11.0, -6.0, exclusive=True),
    "iban": Scheme("IBAN", iban, 8.0, 0.0),
    "bic": Scheme("SWIFT/BIC", _bic, 8.0, -2.0),
    "uscc": Scheme("unified social credit code", _uscc, 11.0, -6.0, exclusive=True),
    "inn": Scheme("INN", _inn, 10.0, -5.0, exclusive=True),
    "ogrn": Scheme("OGRN", _ogrn, 10.0, -5.0, exclusive=True),
    "un": Scheme(
        "UN reference", lambda n: re.fullmatch(r"[A-Z]{2,3}[IE]\d{3}", n) is not None, 11.0, -9.0, exclusive=True
    ),
    "ofac": Scheme("OFAC number", str.isdigit, 11.0, -9.0, exclusive=True),
    "account": Scheme("account number", None, 6.0, -1.0),
    "wallet": Scheme("blockchain address", lambda n: crypto_address.parse(n).valid is not False, 11.0, -9.0, True),
    "passport": Scheme("passport", None, 6.0, -0.3),
    "aircraft": Scheme("aircraft registration", None, 6.0, -2.0),
    "callsign": Scheme("call sign", None, 3.0, -0.3),
    "registration": Scheme("registration number", None, 5.0, -0.7),
    "other": Scheme("identification number", None, 4.0, 0.0),
    "elsewhere": Scheme("id in another data set", None, 8.0, 0.0),
}
"""Every kind of number. What one agreement is worth is capped in `scoring` where the names disagree."""

_BY_PROPERTY = {
    "imoNumber": "imo", "mmsi": "mmsi", "leiCode": "lei", "iban": "iban", "swiftBic": "bic", "bic": "bic",
    "uscCode": "uscc", "innCode": "inn", "ogrnCode": "ogrn", "unscId": "un", "ofacId": "ofac",
    "accountNumber": "account", "publicKey": "wallet",
    "cryptoAddress": "wallet", "passportNumber": "passport", "callSign": "callsign",
    "registrationNumber": "registration", "taxNumber": "registration", "vatCode": "registration",
    "dunsCode": "registration", "idNumber": "other", "serialNumber": "other",
    "otherId": "elsewhere",
}  # fmt: skip


PUBLISHERS = {"un": frozenset({"un"}), "ofac": frozenset({"ofac", "ofac-cons", "csl"})}
"""Scheme → datasets of those who give such numbers out (the US screening list prints OFAC's by machine). The UK's list
quotes SSi.007 and SSi.008, KPi.074 and KPi.076 for each other: only what a publisher says of its own entry is sure.
"""

PROPERTIES = tuple(_BY_PROPERTY)
"""Every property that holds an identifier."""


def scheme_of(property: str, schema: str = "") -> str | None:
    """Key of the scheme that a property's values follow; None where it is not one that parties are told apart by."""
    if schema == "Airplane" and property == "registrationNumber":
        return "aircraft"
    if schema != "Vessel" and property == "imoNumber":
        return "imo-company"
    return _BY_PROPERTY.get(property)


def parse(property: str, value: str, schema: str = "", dataset: str = "") -> Identifier | None:
    """The identifier in a property's value; None where the property is not one or nothing is left of the value.

    ``IMO 9314650`` → 9314650; ``KPe.030`` → KPE030; blanks, dots and hyphens do not count.

    :param dataset: who says so, which decides whether a list's own number is `Identifier.quoted`
    """
    scheme = scheme_of(property, schema)
    if scheme is None:
        return None
    if scheme == "wallet":  # in base58 capitals and small letters are different digits
        address = crypto_address.parse(value)
        return Identifier(scheme, address.value, address.valid is not False, value.strip()) if address.value else None
    text = re.sub(r"[^0-9A-Z]", "", value.upper())
    if scheme in ("imo", "imo-company", "mmsi"):
        text = re.sub(r"[^0-9]", "", text)
    if scheme == "bic" and len(text) == 11 and text.endswith("XXX"):
        text = text[:8]
    if len(text) < 3:
        return None
    if SCHEMES[scheme].check is None and not (len(text) <= 34 and any(c.isdigit() for c in text)):
        return None  # a remark where a number was meant
    if scheme == "other" and len(text) < 5:
        return None
    check = SCHEMES[scheme].check
    quoted = scheme in PUBLISHERS and dataset not in PUBLISHERS[scheme]
    return Identifier(scheme, text, check is None or check(text), value.strip(), quoted)
