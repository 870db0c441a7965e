"""Payment orders of ISO 20022: pain.001, pain.008, pacs.003, pacs.004, pacs.008, pacs.009 and its cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterflow.sources import xml_stream
from counterflow.sources.payment import moment, said
from counterflow.sources.transactions.iso20022_node import Node, children, first, node, text
from counterflow.sources.transactions.iso20022_parties import choice, intermediaries, party, remittance, side

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["NAMES", "header", "order", "returned"]

NAMES = {"timestamp": "IntrBkSttlmDt or ReqdExctnDt", "amount": "IntrBkSttlmAmt or InstdAmt", "currency": "Ccy",
         "from_account": "DbtrAcct", "to_account": "CdtrAcct", "exchange_rate": "XchgRate",
         "instructed_amount": "InstdAmt", "instructed_currency": "InstdAmt/Ccy"}  # fmt: skip
"""Column → element, for what is set aside."""


def header(parent: Element) -> dict[str, Any]:
    """What holds for every payment below `parent`: the group header, and the payment information block of pain."""
    info = node(parent) if xml_stream.tag(parent) == "PmtInf" else None
    message = parent.getparent() if info is not None else parent
    groups = xml_stream.children(message, "GrpHdr") if message is not None else []
    group = node(groups[0]) if groups else None
    return {
        "id": text(group, "MsgId"),
        "batch": text(info, "PmtInfId"),
        "created": text(group, "CreDtTm"),
        "day": _day(info, ("ReqdExctnDt", "ReqdColltnDt")) or _day(group, ("IntrBkSttlmDt",)),
        "payer": side(*(first(info, n) for n in ("Dbtr", "DbtrAcct", "DbtrAgt"))) if info is not None else None,
        "payee": side(*(first(info, n) for n in ("Cdtr", "CdtrAcct", "CdtrAgt"))) if info is not None else None,
        "ultimate_from": party(first(info, "UltmtDbtr")).in_words() if info is not None else None,
        "ultimate_to": party(first(info, "UltmtCdtr")).in_words() if info is not None else None,
        "between": intermediaries(group, info),
        "bearer": text(info, "ChrgBr"),
        "method": _method(info, group),
        "purpose_code": choice(info, "PmtTpInf/CtgyPurp") if info is not None else None,
    }


def _day(holder: Node | None, names: tuple[str, ...]) -> str | None:
    """A date that is said outright, or as ``Dt`` or ``DtTm``."""
    if holder is None:
        return None
    return next((found for n in names for p in (f"{n}/DtTm", f"{n}/Dt", n) if (found := text(holder, p))), None)


def _method(*holders: Node | None) -> str | None:
    words = [choice(h, p) for h in holders if h is not None for p in ("PmtTpInf/SvcLvl", "PmtTpInf/LclInstrm")]
    return said(dict.fromkeys(words))


def _money(element: Node | None) -> tuple[str | None, str | None]:
    return (None, None) if element is None else (text(element), element.attributes.get("Ccy"))


def _known(reference: str | None) -> str | None:
    return None if reference in (None, "NOTPROVIDED", "NONREF") else reference


def order(element: Node, common: dict[str, Any], kind: str) -> dict[str, Any]:
    """One CdtTrfTxInf or DrctDbtTxInf as a row of payments.

    :param common: from `header` of its parent; :param kind: the message: ``pacs.008.001.08``
    """
    settled = _money(first(element, "IntrBkSttlmAmt"))
    ordered = _money(first(element, "InstdAmt"))
    for path in ("Amt/InstdAmt", "Amt/EqvtAmt/Amt"):
        if ordered[0] is None:
            ordered = _money(first(element, path))
    counted = settled if settled[0] is not None else ordered
    day = _day(element, ("IntrBkSttlmDt", "ReqdExctnDt")) or common["day"]
    at = moment(day or common["created"])
    payer = side(*(first(element, n) for n in ("Dbtr", "DbtrAcct", "DbtrAgt")))
    payee = side(*(first(element, n) for n in ("Cdtr", "CdtrAcct", "CdtrAgt")))
    payer, payee = _filled(payer, common["payer"]), _filled(payee, common["payee"])
    ids = {
        name: _known(text(element, f"PmtId/{name}")) for name in ("TxId", "InstrId", "EndToEndId", "UETR", "ClrSysRef")
    }
    covered = first(element, "UndrlygCstmrCdtTrf")
    inner = element if covered is None else covered
    row = {
        "payment_id": ids["TxId"] or ids["InstrId"] or ids["EndToEndId"] or ids["ClrSysRef"],
        "timestamp": at,
        "value_date": at.date().isoformat() if at is not None and day else None,
        **payer.columns("from"),
        **payee.columns("to"),
        "ultimate_from": party(first(element, "UltmtDbtr")).in_words() or common["ultimate_from"],
        "ultimate_to": party(first(element, "UltmtCdtr")).in_words() or common["ultimate_to"],
        "amount": counted[0],
        "currency": counted[1],
        "instructed_amount": ordered[0] if settled[0] is not None else None,
        "instructed_currency": ordered[1] if settled[0] is not None else text(element, "Amt/EqvtAmt/CcyOfTrf"),
        "exchange_rate": text(element, "XchgRate") or text(element, "XchgRateInf/XchgRate"),
        "charges": _charges(element, common["bearer"]),
        "purpose": remittance(inner),
        "purpose_code": choice(element, "Purp") or choice(element, "PmtTpInf/CtgyPurp") or common["purpose_code"],
        "reference": ids["EndToEndId"],
        "uetr": ids["UETR"],
        "batch": common["batch"],
        "message": said((kind, common["id"]), " "),
        "intermediaries": said((intermediaries(element), common["between"])),
        "method": "cover" if covered is not None else _method(element) or common["method"],
        "status": "ordered" if kind.startswith("pain") else None,
    }
    if covered is not None:
        row |= _covered(covered)
    return row


def _filled(own: Any, common: Any) -> Any:
    """The side as the payment gives it, else as its block does."""
    return own if common is None or own.in_words() else common


def _covered(element: Node) -> dict[str, Any]:
    """The customer transfer that a cover pays for: its two parties are those on whose behalf the banks act."""
    payer = side(*(first(element, n) for n in ("Dbtr", "DbtrAcct", "DbtrAgt")))
    payee = side(*(first(element, n) for n in ("Cdtr", "CdtrAcct", "CdtrAgt")))
    ordered = _money(first(element, "InstdAmt"))
    return {
        "ultimate_from": said((payer.in_words(), party(first(element, "UltmtDbtr")).in_words()), "; for "),
        "ultimate_to": said((payee.in_words(), party(first(element, "UltmtCdtr")).in_words()), "; for "),
        "instructed_amount": ordered[0],
        "instructed_currency": ordered[1],
    }


def _charges(element: Node, bearer: str | None) -> str | None:
    words: list[str | None] = [text(element, "ChrgBr") or bearer]
    for charge in children(element, "ChrgsInf"):
        amount, currency = _money(first(charge, "Amt"))
        bank = first(charge, "Agt") if first(charge, "Agt") is not None else first(charge, "Pty")
        words.append(said((currency, amount, party(bank).bank), " "))
    return said(words)


def returned(element: Node, common: dict[str, Any], kind: str) -> dict[str, Any]:
    """One TxInf of pacs.004: the money goes back, so payer and payee of the original change places."""
    chain, original = first(element, "RtrChain"), first(element, "OrgnlTxRef")
    settled = _money(first(element, "RtrdIntrBkSttlmAmt"))
    ordered = _money(first(element, "RtrdInstdAmt"))
    at = moment(_day(element, ("IntrBkSttlmDt",)) or common["day"] or common["created"])
    holder = original if original is not None else element
    payer = side(*(first(holder, n) for n in ("Cdtr", "CdtrAcct", "CdtrAgt")))
    payee = side(*(first(holder, n) for n in ("Dbtr", "DbtrAcct", "DbtrAgt")))
    if original is None and chain is not None:
        payer, payee = (side(*(first(chain, n) for n in names)) for names in
                        (("Dbtr", "DbtrAcct", "DbtrAgt"), ("Cdtr", "CdtrAcct", "CdtrAgt")))  # fmt: skip
    reasons = [
        said((choice(r, "Rsn"), *(text(e) for e in children(r, "AddtlInf"))), " ")
        for r in children(element, "RtrRsnInf")
    ]
    return {
        "payment_id": text(element, "RtrId") or text(element, "OrgnlTxId"),
        "timestamp": at,
        "value_date": at.date().isoformat() if at is not None else None,
        **payer.columns("from"),
        **payee.columns("to"),
        "amount": settled[0],
        "currency": settled[1],
        "instructed_amount": ordered[0],
        "instructed_currency": ordered[1],
        "exchange_rate": text(element, "XchgRate"),
        "charges": _charges(element, None),
        "purpose": said(("returned", *reasons, remittance(holder))),
        "reference": _known(text(element, "OrgnlEndToEndId")),
        "uetr": text(element, "OrgnlUETR"),
        "message": said((kind, common["id"]), " "),
        "intermediaries": said((intermediaries(element, chain), common["between"])),
        "status": "returned",
    }
