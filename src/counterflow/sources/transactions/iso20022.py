"""ISO 20022 payment messages: pain.001, pain.008, pacs.003, pacs.004, pacs.008, pacs.009 (core and cover), camt.052,
camt.053 and camt.054, of any version, one or many to a file, bare or in an envelope with a business header (head.001).

Each payment becomes a row of the payments table: an order of pain or pacs is one, and so is each payment of an entry of
camt; a batch that is booked in one sum and gives no sums of its own is one row, its payments being listed as set aside.
Payer and payee are put on their sides: a credit comes to the account of the statement, a debit leaves it, a return and
a reversal go back the way the money came. Times without a zone are taken for UTC. One payment that an order, an
interbank message and a statement tell of is three rows; sums and findings count those of one UETR once.

Written after the message definitions of ISO 20022 (payments initiation, payments clearing and settlement, bank-to-
customer cash management); no bank's own file was at hand, so the tests' files are of our own making.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.sources import descriptors
from counterflow.sources.payment import Payments
from counterflow.sources.reader import Head, Record, Rejected
from counterflow.sources.transactions import iso20022_orders as orders
from counterflow.sources.transactions import iso20022_statements as statements
from counterflow.sources.transactions.iso20022_node import Node, node, words
from counterflow.sources.xml_stream import elements, tag

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["READER"]

_KIND = re.compile(r"\b(pain\.00[18]|pacs\.00[3489]|camt\.05[234])\.\d{3}\.\d{2,3}")
_ROOTS = {
    "CstmrCdtTrfInitn": "pain.001", "CstmrDrctDbtInitn": "pain.008", "FIToFICstmrDrctDbt": "pacs.003",
    "PmtRtr": "pacs.004", "FIToFICstmrCdtTrf": "pacs.008", "FICdtTrf": "pacs.009", "FinInstnCdtTrf": "pacs.009",
    "BkToCstmrAcctRpt": "camt.052", "BkToCstmrStmt": "camt.053", "BkToCstmrDbtCdtNtfctn": "camt.054",
    "pain.001.001.01": "pain.001", "pain.001.001.02": "pain.001", "pacs.008.001.01": "pacs.008",
}  # fmt: skip
"""Element of a message → what it is; the first versions had the message's own name for an element."""
_RECORDS = ("CdtTrfTxInf", "DrctDbtTxInf", "TxInf", "Ntry")
_NAMED = re.compile("<(?:[A-Za-z0-9_.-]+:)?(" + "|".join(map(re.escape, _ROOTS)) + r")[\s/>]")


_FIELDS: Mapping[str, str] = {
    "GrpHdr/MsgId, Stmt/Id": "payments.message",
    "InitgPty, InstgAgt, InstdAgt, PrvsInstgAgt, IntrmyAgt, reimbursement agents": "payments.intermediaries",
    "GrpHdr/NbOfTxs, CtrlSum, TxsSummry": "left out: sums of what the message itself lists",
    "AppHdr (head.001)": "left out: sender, receiver and kind of the message, which the message repeats",
    "Stmt/Bal": "left out: balances move no money; the entries between them do",
    "PmtInf/PmtInfId, Btch/PmtInfId, Btch/MsgId": "payments.batch",
    "PmtId/TxId, InstrId; Refs/TxId, AcctSvcrRef, InstrId; NtryRef; RtrId": "payments.payment_id",
    "EndToEndId, OrgnlEndToEndId": "payments.reference",
    "UETR, OrgnlUETR": "payments.uetr",
    "ReqdExctnDt, ReqdColltnDt, IntrBkSttlmDt, BookgDt, CreDtTm": "payments.timestamp",
    "IntrBkSttlmDt, ReqdExctnDt, ValDt": "payments.value_date",
    "IntrBkSttlmAmt, Amt, TxAmt, RtrdIntrBkSttlmAmt": "payments.amount, payments.currency, payments.amount_usd "
    "where it is in dollars",
    "InstdAmt, EqvtAmt, RtrdInstdAmt": "payments.instructed_amount, payments.instructed_currency",
    "XchgRate, CcyXchg/XchgRate": "payments.exchange_rate",
    "ChrgBr, ChrgsInf, Chrgs": "payments.charges",
    "Dbtr, Cdtr: Nm": "payments.from_name, payments.to_name",
    "PstlAdr": "payments.from_address, payments.to_address",
    "PstlAdr/Ctry, CtryOfRes": "payments.from_country, payments.to_country",
    "Id/OrgId, Id/PrvtId (LEI, BIC, other numbers, birth)": "payments.from_id, payments.to_id",
    "DbtrAcct, CdtrAcct, Acct (IBAN, other, proxy)": "payments.from_account, payments.to_account",
    "DbtrAgt, CdtrAgt, Acct/Svcr: BICFI, BIC, ClrSysMmbId": "payments.from_bank, payments.to_bank",
    "DbtrAgt, CdtrAgt: Nm": "payments.from_bank_name, payments.to_bank_name",
    "DbtrAgt, CdtrAgt: PstlAdr/Ctry": "payments.from_bank_country, payments.to_bank_country",
    "UltmtDbtr, UltmtCdtr; UndrlygCstmrCdtTrf of a cover": "payments.ultimate_from, payments.ultimate_to",
    "RmtInf, RgltryRptg, InstrForCdtrAgt, AddtlTxInf, AddtlNtryInf, RtrRsnInf, ChqNb, MndtId": "payments.purpose",
    "Purp, CtgyPurp, BkTxCd": "payments.purpose_code",
    "SvcLvl, LclInstrm": "payments.method",
    "Sts, RvslInd, RtrInf; the kind of message": "payments.status",
    "SplmtryData, CtctDtls, Tax": "left out: free extensions, contacts, tax forms; the original is kept",
}


class Iso20022Reader:
    """Reads ISO 20022 payment messages; no options."""

    name = "iso20022"
    descriptor = descriptors.load("iso20022")
    fields: Mapping[str, str] = _FIELDS

    def recognises(self, head: Head) -> float:
        """By the element of a message, in whatever envelope; surer where its namespace says so too."""
        found = _NAMED.search(head.text)
        if not found:
            return 0.0
        return 0.97 if _KIND.search(head.text) else 0.8

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.PAYMENTS`."""
        if options:
            raise UsageError(f"This reader has no option '{min(options)}'; it takes none.")
        payments = Payments()
        parent: Element | None = None
        common: dict[str, Any] = {}
        kind = ""
        for element, _ in elements(path, _RECORDS):
            above = element.getparent()
            if above is None:
                continue
            if above is not parent:
                parent, kind = above, _kind(above)
                common = statements.account_of(above) if tag(element) == "Ntry" else orders.header(above)
            yield from _told(element, common, kind, payments)
        yield from payments.rest()


def _told(element: Element, common: dict[str, Any], kind: str, payments: Payments) -> Iterator[Record]:
    """What one order, return or entry says."""
    record = node(element)
    for told in _read(record, common, kind, payments):
        if isinstance(told, Rejected):
            told.raw = told.raw or " ".join(words(record))[:2000]
        yield told


def _read(record: Node, common: dict[str, Any], kind: str, payments: Payments) -> Iterator[Record]:
    if record.name == "Ntry":
        for found in statements.entry(record, common, kind):
            if isinstance(found, Rejected):
                yield found
            else:
                yield from payments.add(found[0], found[1], statements.NAMES)
    elif record.name != "TxInf":
        yield from payments.add(orders.order(record, common, kind), record.line, orders.NAMES)
    elif kind.startswith("pacs.004"):  # elsewhere a status report's, not a payment
        yield from payments.add(orders.returned(record, common, kind), record.line, orders.NAMES)


def _kind(element: Element) -> str:
    """The message an element stands in, with its version where the namespace gives it: ``pacs.008.001.08``."""
    at: Element | None = element
    while at is not None:
        named = _ROOTS.get(tag(at))
        if named:
            space = _KIND.search(str(at.tag))
            return space[0] if space else named
        at = at.getparent()
    return "ISO 20022"


READER = Iso20022Reader()
