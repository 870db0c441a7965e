"""Account reports of ISO 20022: camt.052, camt.053, camt.054, entry by entry.

An entry says only whether the account was credited or debited; the other side stands in its details. In a reversal the
parties keep the roles of the payment that is reversed, so that the account's owner is payee of a reversed debit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from counterflow.sources import xml_stream
from counterflow.sources.payment import Side, amount_of, moment, said
from counterflow.sources.reader import Rejected
from counterflow.sources.transactions.iso20022_node import Node, children, first, node, text
from counterflow.sources.transactions.iso20022_parties import (
    agent,
    choice,
    intermediaries,
    party,
    remittance,
    side,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["NAMES", "account_of", "entry"]

NAMES = {"timestamp": "BookgDt", "amount": "Amt", "currency": "Ccy", "from_account": "Acct or RltdPties",
         "to_account": "Acct or RltdPties", "exchange_rate": "XchgRate", "instructed_amount": "AmtDtls/InstdAmt",
         "instructed_currency": "AmtDtls/InstdAmt/Ccy"}  # fmt: skip
"""Column → element, for what is set aside."""

_STATUS = {"BOOK": "booked", "PDNG": "pending", "INFO": "information", "FUTR": "pending"}


def account_of(statement: Element) -> dict[str, Any]:
    """What holds for every entry of a statement: the account it is of, its owner and bank, the statement's id."""
    accounts = xml_stream.children(statement, "Acct")
    own = node(accounts[0]) if accounts else None
    message = statement.getparent()
    owner = party(first(own, "Ownr")) if own is not None else Side()
    bank = agent(first(own, "Svcr")) if own is not None else (None, None, None)
    found = side(None, own, None)
    found.name = owner.name or found.name
    found.address, found.country, found.id = owner.address, owner.country, owner.id
    found.bank, found.bank_name, found.bank_country = bank
    return {
        "own": found,
        "id": xml_stream.text(statement, "Id")
        or (xml_stream.text(message, "GrpHdr/MsgId") if message is not None else None),
        "currency": text(own, "Ccy"),
        "created": xml_stream.text(statement, "CreDtTm"),
    }


def entry(element: Node, common: dict[str, Any], kind: str) -> Iterator[tuple[dict[str, Any], int] | Rejected]:
    """One Ntry as rows of payments with their lines: one for each detail that states an amount, else one.

    :param common: from `account_of`; :param kind: the message: ``camt.053.001.08``
    """
    direction = text(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        yield Rejected(
            element.line, "CdtDbtInd", f"'{direction}' is neither CRDT nor DBIT", text(element, "NtryRef") or ""
        )
        return
    whole = _common(element, common, kind)
    details = children(element, "NtryDtls/TxDtls")
    amounts = [_amount(d) for d in details]
    total, currency = text(element, "Amt"), whole["currency"]
    if len(details) == 1 and amounts[0][0] is None:
        amounts = [(total, currency)]
    told = [(d, a) for d, a in zip(details, amounts, strict=True) if a[0] is not None]
    for detail, amount in zip(details, amounts, strict=True):
        if amount[0] is None and told:
            yield Rejected(detail.line, "TxDtls/Amt", "one payment of a batch without an amount of its own",
                           text(detail, "Refs/EndToEndId") or "")  # fmt: skip
    numbered = len(told) > 1
    if not numbered:
        whole |= {"charges": _charges(element), **_exchanged(element)}  # of the whole sum, not of its parts
    for n, (detail, amount) in enumerate(told, 1):
        row = {
            **whole,
            "amount": amount[0],
            "currency": amount[1],
            **_detail(detail, element, common["own"], direction),
        }
        row["payment_id"] = row["payment_id"] or (
            f"{whole['payment_id']}/{n}" if numbered and whole["payment_id"] else None
        )
        row["payment_id"] = row["payment_id"] or whole["payment_id"]
        row["purpose"] = said((row["purpose"], whole["purpose"]))
        yield row, detail.line
    if not told:
        yield {**whole, "amount": total, **_sides(None, common["own"], direction, _reversed(element))}, element.line
    elif numbered:
        yield from _unequal(element, told, total, currency)


def _unequal(element: Node, told: list[Any], total: str | None, currency: str | None) -> Iterator[Rejected]:
    parts = [amount_of(a[0]) for _, a in told if a[1] == currency]
    booked = amount_of(total)
    if len(parts) == len(told) and booked is not None and None not in parts:
        found = round(sum(p or 0.0 for p in parts), 4)
        if abs(found - booked) > 0.005:
            reason = (
                f"the {len(parts)} payments of the batch come to {found}, the entry to {booked}; the payments are kept"
            )
            yield Rejected(element.line, "Ntry/Amt", reason, text(element, "NtryRef") or "")


def _reversed(element: Node) -> bool:
    return (text(element, "RvslInd") or "").lower() in ("true", "1")


def _common(element: Node, common: dict[str, Any], kind: str) -> dict[str, Any]:
    """What an entry says of all its payments."""
    booked = text(element, "BookgDt/DtTm") or text(element, "BookgDt/Dt")
    counted = text(element, "ValDt/Dt") or text(element, "ValDt/DtTm")
    amount = first(element, "Amt")
    batch = first(element, "NtryDtls/Btch")
    value = moment(counted)
    state = _STATUS.get(choice(element, "Sts") or "", choice(element, "Sts"))
    return {
        "payment_id": text(element, "AcctSvcrRef") or text(element, "NtryRef"),
        "timestamp": moment(booked or counted),
        "value_date": value.date().isoformat() if value is not None else None,
        "currency": (amount.attributes.get("Ccy") if amount is not None else None) or common["currency"],
        "status": "reversed" if _reversed(element) else state,
        "purpose": text(element, "AddtlNtryInf"),
        "purpose_code": _code(element),
        "batch": (text(batch, "PmtInfId") or text(batch, "MsgId")) if batch is not None else None,
        "message": said((kind, common["id"]), " "),
    }


def _amount(detail: Node) -> tuple[str | None, str | None]:
    """Amount of one payment of an entry, as it moved the account."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = first(detail, path)
        if found is not None and text(found):
            return text(found), found.attributes.get("Ccy")
    return None, None


def _exchanged(holder: Node) -> dict[str, Any]:
    """The amount as ordered, and the rate between it and the amount booked."""
    ordered = first(holder, "AmtDtls/InstdAmt/Amt")
    rates = [
        text(e)
        for part in ("InstdAmt", "TxAmt", "CntrValAmt")
        for e in children(holder, f"AmtDtls/{part}/CcyXchg/XchgRate")
    ]
    found = {
        "instructed_amount": text(ordered) if ordered is not None else None,
        "instructed_currency": ordered.attributes.get("Ccy") if ordered is not None else None,
        "exchange_rate": rates[0] if rates else None,
    }
    return {k: v for k, v in found.items() if v}


def _detail(detail: Node, element: Node, own: Side, direction: str) -> dict[str, Any]:
    """What a TxDtls says; its own direction, where it states one, counts."""
    refs = {
        e: text(detail, f"Refs/{e}")
        for e in ("TxId", "AcctSvcrRef", "InstrId", "EndToEndId", "UETR", "PmtInfId", "ChqNb", "MndtId")
    }
    reference = refs["EndToEndId"] if refs["EndToEndId"] not in ("NOTPROVIDED", "NONREF") else None
    direction = text(detail, "CdtDbtInd") or direction
    cheque, mandate = refs["ChqNb"], refs["MndtId"]
    back = [
        said(("returned", choice(r, "Rsn"), *(text(e) for e in children(r, "AddtlInf"))), " ")
        for r in children(detail, "RtrInf")
    ]
    words = (remittance(detail), cheque and f"cheque {cheque}", mandate and f"mandate {mandate}", *back)
    found = {
        **_sides(detail, own, direction, _reversed(element)),
        "payment_id": refs["TxId"] or refs["AcctSvcrRef"] or refs["InstrId"],
        "reference": reference,
        "uetr": refs["UETR"],
        "batch": refs["PmtInfId"],
        "purpose_code": choice(detail, "Purp") or _code(detail),
        "charges": _charges(detail),
        "intermediaries": intermediaries(first(detail, "RltdAgts"), first(detail, "RltdPties")),
        "status": "returned" if back else None,
        **_exchanged(detail),
    }
    kept = {k: v for k, v in found.items() if v is not None}
    return {"payment_id": None, **kept, "purpose": said(words)}


def _sides(detail: Node | None, own: Side, direction: str, reverse: bool) -> dict[str, Any]:
    """Payer and payee of one movement of the account."""
    credited = direction == "CRDT"
    parties = first(detail, "RltdPties") if detail is not None else None
    banks = first(detail, "RltdAgts") if detail is not None else None
    role = "Dbtr" if credited != reverse else "Cdtr"  # of the payment that a reversal undoes
    other, behind = Side(), {}
    if parties is not None:
        other = side(
            first(parties, role),
            first(parties, f"{role}Acct"),
            first(banks, f"{role}Agt") if banks is not None else None,
        )
        behind = {name: party(first(parties, f"Ultmt{name}")).in_words() for name in ("Dbtr", "Cdtr")}
    elif banks is not None:
        other = side(None, None, first(banks, f"{role}Agt"))
    payer, payee = (other, own) if credited else (own, other)
    first_of, last_of = ("Cdtr", "Dbtr") if reverse else ("Dbtr", "Cdtr")
    return {
        **payer.columns("from"),
        **payee.columns("to"),
        "ultimate_from": behind.get(first_of),
        "ultimate_to": behind.get(last_of),
    }


def _code(holder: Node) -> str | None:
    """Bank transaction code: ``PMNT-RCDT-ESCT``, else the bank's own."""
    code = first(holder, "BkTxCd")
    if code is None:
        return None
    parts = (text(code, "Domn/Cd"), text(code, "Domn/Fmly/Cd"), text(code, "Domn/Fmly/SubFmlyCd"))
    return said(parts, "-") or said((text(code, "Prtry/Issr"), text(code, "Prtry/Cd")), " ")


def _charges(holder: Node) -> str | None:
    words = []
    for charge in [
        *children(holder, "Chrgs/Rcrd"),
        *(c for c in children(holder, "Chrgs") if first(c, "Amt") is not None),
    ]:
        amount = first(charge, "Amt")
        money = said((amount.attributes.get("Ccy"), text(amount)), " ") if amount is not None else None
        words.append(said((text(charge, "Br"), money, choice(charge, "Tp"), agent(first(charge, "Agt"))[0]), " "))
    return said(words)
