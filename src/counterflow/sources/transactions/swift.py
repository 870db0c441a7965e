"""SWIFT FIN messages: orders MT103 (core, STP, REMIT), MT202 and MT205 with their covers, and statements MT940, MT942
and MT950; one or many to a file, with their headers or as bare text blocks.

Each order and each line of a statement becomes a row of the payments table. By the standard's own rules the sender of a
message is the payer's bank where field 52a is absent, and its receiver the payee's bank where field 57a is absent; with
the headers absent too, nobody is put there. Field 86 of a statement is taken apart in the two forms that banks use
most (``?20…`` and ``/IBAN/…``). Where opening balance, lines and closing balance disagree, that is reported.

Written after SWIFT's user handbook for categories 1, 2 and 9 and the rules of German and Dutch banks for field 86; no
bank's own file was at hand, so the tests' files are of our own making. Text is UTF-8, or what ``encoding`` of a mapping
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile
from counterflow.sources import descriptors
from counterflow.sources.mapping import from_options
from counterflow.sources.payment import Payments
from counterflow.sources.reader import Head, Record, Rejected, open_text
from counterflow.sources.stream import Lines
from counterflow.sources.transactions import swift_orders as orders
from counterflow.sources.transactions import swift_statements as statements
from counterflow.sources.transactions.swift_fin import Message, messages

__all__ = ["READER"]

_ORDERS, _STATEMENTS = ("103", "202", "205"), ("940", "942", "950")
_FIELDS: Mapping[str, str] = {
    "block 1, block 2": "payments.from_bank, payments.to_bank where fields 52a and 57a are absent",
    "block 3: 121": "payments.uetr",
    "block 3: 108": "payments.batch",
    "block 3: 119; message type; 20; 28C": "payments.message",
    "block 5": "left out: checksums of the network",
    "20; of statements the bank's reference in 61": "payments.payment_id",
    "21; /ROC/ in 70; the owner's reference in 61; EREF in 86": "payments.reference",
    "13C, 13D": "left out: times of processing",
    "23B, 23E, 26T; type of 61; first digits and ?34 of 86": "payments.purpose_code",
    "32A": "payments.timestamp, payments.value_date, payments.amount, payments.currency, payments.amount_usd",
    "33B": "payments.instructed_amount, payments.instructed_currency",
    "36": "payments.exchange_rate",
    "50A, 50F, 50K": "payments.from_account, payments.from_name, payments.from_address, payments.from_country, "
    "payments.from_id",
    "50C, 50L, 51A, 53a, 54a, 55a, 56a": "payments.intermediaries",
    "52a": "payments.from_bank, payments.from_bank_name, payments.from_bank_country",
    "57a": "payments.to_bank, payments.to_bank_name, payments.to_bank_country",
    "58a": "payments.to_name, payments.to_account, payments.to_bank",
    "59, 59A, 59F": "payments.to_account, payments.to_name, payments.to_address, payments.to_country, payments.to_id",
    "sequence B of a cover: 50a, 52a, 57a, 59a": "payments.ultimate_from, payments.ultimate_to, payments.method",
    "70, 72, 77B, 77T; ?20-?29 and ?60-?63, or the words, of 86": "payments.purpose",
    "71A, 71F, 71G": "payments.charges",
    "/RETN/ and /REJT/ in 72; mark of 61; message type": "payments.status",
    "25, 25P": "payments.from_account, payments.to_account, payments.from_bank, payments.to_bank: on its side",
    "60F, 60M, 62F, 62M, 34F, 90C, 90D": "payments.currency; the balances are held against the lines",
    "64, 65": "left out: balances to come",
    "61": "payments.timestamp, payments.value_date, payments.amount",
    "86: ?30, ?31, ?32, ?33; /IBAN/, /BIC/, /NAME/": "payments.from_bank, payments.from_account, payments.from_name, "
    "payments.to_bank, payments.to_account, payments.to_name: on its side",
    "86: ?00, /TRTP/": "payments.method",
    "86: ABWA, ABWE, /UDTR/, /UCRD/": "payments.ultimate_from, payments.ultimate_to",
}


class SwiftReader:
    """Reads SWIFT FIN messages; options: ``mapping``, of which only ``encoding`` counts."""

    name = "swift"
    descriptor = descriptors.load("swift")
    fields: Mapping[str, str] = _FIELDS

    def recognises(self, head: Head) -> float:
        """By the blocks of a message, or by the fields that an order or a statement must have."""
        text = head.text
        if re.search(r"\{1:[AFL]\d\d[A-Z0-9]{12}", text) and "{4:" in text and re.search(r"^:20:", text, re.MULTILINE):
            return 0.95
        if not re.search(r"^(\{4:)?:20:", text, re.MULTILINE):
            return 0.0
        order = re.search(r"^:32A:\d{6}[A-Z]{3}", text, re.MULTILINE)
        lines = re.search(r"^:61:\d{6}", text, re.MULTILINE) or re.search(r"^:60[FM]:[CD]\d{6}", text, re.MULTILINE)
        return 0.9 if order or lines else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.PAYMENTS`."""
        encoding = from_options(options, ()).encoding
        payments = Payments()
        found = 0
        with open_text(path, encoding, "replace") as stream:
            for message in messages(Lines(stream, path)):
                found += bool(message.fields)
                yield from _message(message, payments)
        if not found:
            raise UnreadableFile("no SWIFT message in it: no block {4: and no field :20:", file=str(path))
        yield from payments.rest()


def _message(message: Message, payments: Payments) -> Iterator[Record]:
    message.kind = message.kind or _kind(message)
    if not message.whole:
        yield Rejected(
            message.line, "block 4", f"MT{message.kind} is cut short: its block is never closed", _raw(message)
        )
        return
    for field in message.fields:
        if "\ufffd" in field.value:
            reason = (
                "is not text in the encoding named; `encoding` of a mapping names another. It is kept as far as read"
            )
            yield Rejected(field.line, field.tag, reason, field.value)
    if message.kind in _ORDERS:
        yield from payments.add(orders.order(message), message.line, orders.NAMES, _raw(message))
    elif message.kind in _STATEMENTS:
        for told in statements.statement(message):
            if isinstance(told, Rejected):
                yield told
            else:
                yield from payments.add(told[0], told[1], statements.NAMES, told[2])
    else:
        valid = ", ".join(f"MT{kind}" for kind in (*_ORDERS, *_STATEMENTS))
        yield Rejected(
            message.line, "message type", f"MT{message.kind or '?'} is not read (read: {valid})", _raw(message)
        )


def _kind(message: Message) -> str:
    """What a text block without headers is, by the fields that only such a message has."""
    tags = {f.tag for f in message.fields}
    if tags & {"60F", "60M", "62F", "62M"}:
        return "940" if "86" in tags or "28C" in tags else "950"
    if "61" in tags and "34F" in tags:
        return "942"
    if any(tag.startswith("58") for tag in tags):
        return "202"
    return "103" if any(tag.startswith("59") for tag in tags) else ""


def _raw(message: Message) -> str:
    return "\n".join(f":{f.tag}:{f.value}" for f in message.fields)[:2000]


READER = SwiftReader()
