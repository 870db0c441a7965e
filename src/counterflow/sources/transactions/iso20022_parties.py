"""Parties, accounts, banks and remittance of ISO 20022 messages, whatever the message and its version.

Names of elements have moved between versions (``BIC`` → ``BICFI``, ``BICOrBEI`` → ``AnyBIC``, a party's ``Pty``
wrapper since 2019); each is read where it stands.
"""

from __future__ import annotations

from counterflow.sources.payment import Side, said
from counterflow.sources.transactions.iso20022_node import Node, children, first, text, words

__all__ = ["account", "agent", "choice", "identifiers", "intermediaries", "party", "remittance", "side"]

_STREET = ("Dept", "SubDept", "StrtNm", "BldgNb", "BldgNm", "Flr", "UnitNb", "PstBx", "Room", "PstCd", "TwnNm",
           "TwnLctnNm", "DstrctNm", "CtrySubDvsn", "AdrLine")  # fmt: skip


def choice(element: Node | None, path: str = "") -> str | None:
    """The code or proprietary word of a choice: ``Cd``, ``Prtry``, or the text itself."""
    at = element if element is None or not path else first(element, path)
    if at is None:
        return None
    return text(at, "Cd") or text(at, "Prtry/Cd") or text(at, "Prtry/Id") or text(at, "Prtry") or text(at)


def account(element: Node | None) -> str | None:
    """Number of an account: IBAN, else any other, else the alias that stands for it."""
    if element is None:
        return None
    paths = ("Id/IBAN", "Id/BBAN", "Id/UPIC", "Id/Othr/Id", "Id/PrtryAcct/Id", "Prxy/Id")
    return next((found for path in paths if (found := text(element, path))), None)


def identifiers(element: Node) -> str | None:
    """Numbers of a party: ``lei 5299…; bic DEUTDEFF; CCPT X1 (issuer)``; a birth as ``born 1960-01-02 Rason, kp``."""
    found = [(kind, number) for kind, path in _NUMBERS for e in children(element, path) if (number := text(e))]
    told = [f"{kind} {number}" for kind, number in found]
    for other in (
        *children(element, "Id/OrgId/Othr"),
        *children(element, "Id/PrvtId/Othr"),
        *children(element, "Othr"),
    ):
        number, issuer = text(other, "Id"), text(other, "Issr")
        if number:
            told.append(f"{choice(other, 'SchmeNm') or 'id'} {number}" + (f" ({issuer})" if issuer else ""))
    birth = first(element, "Id/PrvtId/DtAndPlcOfBirth")
    if birth is not None:
        place = said((text(birth, "CityOfBirth"), (text(birth, "CtryOfBirth") or "").lower()), ", ")
        told.append(said(("born", text(birth, "BirthDt"), place), " ") or "")
    return said(told)


_NUMBERS = (("lei", "Id/OrgId/LEI"), ("bic", "Id/OrgId/AnyBIC"), ("bic", "Id/OrgId/BICOrBEI"), ("lei", "LEI"))


def _address(element: Node) -> tuple[str | None, str | None]:
    """(address in one line, country) of a party or bank."""
    place = first(element, "PstlAdr")
    if place is None:
        return None, None
    parts = [text(e) for name in _STREET for e in children(place, name)]
    country = text(place, "Ctry")
    return said(parts, ", "), country.lower() if country else None


def party(element: Node | None) -> Side:
    """A party; a bank where a bank stands in its place (pacs.009)."""
    if element is None:
        return Side()
    bank = first(element, "FinInstnId")
    if bank is None:
        bank = first(element, "Agt/FinInstnId")
    if bank is not None:
        number, name, country = agent_of(bank)
        address, _ = _address(bank)
        return Side(name or number, None, number, address, country, identifiers(bank), name, country)
    inner = first(element, "Pty")
    if inner is not None:
        element = inner
    address, country = _address(element)
    resident = text(element, "CtryOfRes")
    return Side(
        text(element, "Nm"), address=address, country=country or (resident.lower() if resident else None),
        id=identifiers(element),
    )  # fmt: skip


def agent_of(bank: Node) -> tuple[str | None, str | None, str | None]:
    """(BIC or clearing number, name, country) of a FinInstnId."""
    clearing = said((text(bank, "ClrSysMmbId/ClrSysId/Cd"), text(bank, "ClrSysMmbId/MmbId")), " ")
    clearing = clearing or text(bank, "ClrSysMmbId/Id")
    number = text(bank, "BICFI") or text(bank, "BIC") or clearing or text(bank, "LEI") or text(bank, "Othr/Id")
    _, country = _address(bank)
    return number, text(bank, "Nm"), country


def agent(element: Node | None) -> tuple[str | None, str | None, str | None]:
    """(BIC or clearing number, name, country) of a bank; nothing where there is none."""
    bank = first(element, "FinInstnId") if element is not None else None
    return agent_of(bank) if bank is not None else (None, None, None)


def side(who: Node | None, number: Node | None, bank: Node | None) -> Side:
    """One side of a payment. :param who, number, bank: its party, account and agent elements"""
    found = party(who)
    found.account = account(number) or found.account
    owner = text(number, "Ownr/Nm") if number is not None else None
    found.name = found.name or owner or (text(number, "Nm") if number is not None else None)
    held = agent(bank)
    if any(held):
        found.bank, found.bank_name, found.bank_country = held
    return found


_BETWEEN = {
    "InitgPty": "initiating party", "FwdgAgt": "forwarding bank", "InstgAgt": "instructing bank",
    "PrvsInstgAgt": "previous bank", "PrvsInstgAgt1": "previous bank", "PrvsInstgAgt2": "previous bank",
    "PrvsInstgAgt3": "previous bank", "InstgRmbrsmntAgt": "reimbursing bank of the sender",
    "InstdRmbrsmntAgt": "reimbursing bank of the receiver", "ThrdRmbrsmntAgt": "third reimbursing bank",
    "IntrmyAgt1": "intermediary", "IntrmyAgt2": "intermediary", "IntrmyAgt3": "intermediary",
    "RcvgAgt": "receiving bank", "InstdAgt": "instructed bank", "DlvrgAgt": "delivering bank",
    "IssgAgt": "issuing bank", "SttlmPlc": "place of settlement",
}  # fmt: skip


def intermediaries(*holders: Node | None) -> str | None:
    """Banks and parties in between, in the order of the standard: ``intermediary: BIC, name, country``.

    :param holders: elements whose children they are
    """
    told = []
    there = [holder.below for holder in holders if holder is not None]
    for name, role in _BETWEEN.items():
        for below in there:
            for element in below.get(name, ()):
                who = party(element)
                one = said((who.bank, who.name if who.name != who.bank else None, who.id, who.country), ", ")
                told += [f"{role}: {one}"] if one else []
    return said(dict.fromkeys(told))


def remittance(element: Node) -> str | None:
    """What a payment says it is for: free text, then structured references, then regulatory and additional notes."""
    told = [text(e) for path in ("RmtInf/Ustrd", "AddtlTxInf", "Purp/Prtry") for e in children(element, path)]
    for block in children(element, "RmtInf/Strd"):
        for document in children(block, "RfrdDocInf"):
            kind = choice(document, "Tp/CdOrPrtry") or "document"
            told.append(
                said((kind, text(document, "Nb"), text(document, "RltdDt/Dt") or text(document, "RltdDt")), " ")
            )
        amounts = (a for holder in children(block, "RfrdDocAmt") for below in holder.below.values() for a in below)
        told += [said((amount.name, amount.attributes.get("Ccy"), amount.value), " ") for amount in amounts]
        told.append(said(("reference", text(block, "CdtrRefInf/Ref")), " ") if text(block, "CdtrRefInf/Ref") else None)
        told += [f"{role} {text(e)}" for role, path in (("invoicer", "Invcr/Nm"), ("invoicee", "Invcee/Nm"))
                  for e in children(block, path)]  # fmt: skip
        told += [text(e) for e in children(block, "AddtlRmtInf")]
    for report in children(element, "RgltryRptg"):
        told.append(said(("regulatory", *words(report)), " "))
    told += [
        said(("for the payee's bank:", text(e, "Cd"), text(e, "InstrInf")), " ")
        for e in children(element, "InstrForCdtrAgt")
    ]
    return said(told)
