"""Payment orders of SWIFT: MT103 (core, STP, REMIT), MT202, MT205 and their covers."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from counterflow.sources.payment import Side, said
from counterflow.sources.transactions.swift_fin import Field, Message, day, number

__all__ = ["NAMES", "bank", "customer", "order"]

NAMES = {"timestamp": "32A", "amount": "32A", "currency": "32A", "instructed_amount": "33B", "from_account": "50a",
         "instructed_currency": "33B", "exchange_rate": "36", "to_account": "59a"}  # fmt: skip
"""Column → field, for what is set aside."""

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_VALUED = re.compile(r"(\d{6})([A-Z]{3})(.+)")
_BETWEEN = (
    ("50", "instructing party", "CL"),
    ("51", "sending institution", "A"),
    ("53", "sender's correspondent", "ABD"),
    ("54", "receiver's correspondent", "ABD"),
    ("55", "third reimbursement institution", "ABD"),
    ("56", "intermediary", "ACD"),
)
_COUNTRY = re.compile(r"[A-Z]{2}")


def _split(field: Field) -> tuple[str | None, list[str]]:
    """(account, further lines) of a party field. ``/C/`` and ``/D/`` before an account say whose side is meant."""
    lines = field.lines
    if lines and lines[0].startswith("/"):
        number = re.sub(r"^/[CD](?=/)", "", lines[0]).lstrip("/")
        return number or None, lines[1:]
    return None, lines


def customer(field: Field | None) -> Side:
    """A party of options A (BIC), F (coded lines), K or none (name and address)."""
    if field is None:
        return Side()
    account, lines = _split(field)
    option = field.tag[2:]
    if option == "F":
        return _coded(account, lines)
    if option == "A" and lines and _BIC.fullmatch(lines[0]):
        return Side(said(lines[1:], ", ") or lines[0], account, country=lines[0][4:6].lower(), id=f"bic {lines[0]}")
    return Side(lines[0] if lines else None, account, address=said(lines[1:], ", "))


def _coded(account: str | None, lines: list[str]) -> Side:
    """Option F: ``1/`` name, ``2/`` street, ``3/`` country and town, ``4/`` birth, ``5/`` its place, ``6/``… numbers.

    Without an account the first line may be an identifier: ``CCPT/DE/12345``.
    """
    parts: dict[str, list[str]] = {}
    numbers: list[str | None] = []
    last = "1"
    for text in lines:
        if re.match(r"[1-8]/", text):
            last = text[0]
            parts.setdefault(last, []).append(text[2:])
        elif re.match(r"[A-Z]{4}/[A-Z]{2}/", text) and not parts:
            kind, issuer, number = text.split("/", 2)
            numbers.append(f"{kind} {number} ({issuer})")
        else:
            parts.setdefault(last, []).append(text)
    where = parts.get("3", [])
    country = where[0][:2].lower() if where and _COUNTRY.fullmatch(where[0][:2]) else None
    towns = [re.sub(r"^[A-Z]{2}/?", "", text) for text in where[:1]] + where[1:]
    if "4" in parts:
        born = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", parts["4"][0])
        numbers.append("born " + (said([born, *parts.get("5", [])], " ") or ""))
    numbers += [
        f"{kind} {text}"
        for code, kind in (("6", "customer"), ("7", "national"), ("8", ""))
        for text in parts.get(code, [])
    ]
    return Side(
        said(parts.get("1", []), " "), account, address=said([*parts.get("2", []), *towns], ", "), country=country,
        id=said(n.strip() if n else None for n in numbers),
    )  # fmt: skip


def bank(field: Field | None) -> Side:
    """An institution of options A (BIC), B (place), C (clearing number), D (name and address). `account` is its own."""
    if field is None:
        return Side()
    account, lines = _split(field)
    option = field.tag[2:]
    if option == "A" and lines:
        code = lines[0].strip()
        return Side(None, account, code, bank_country=code[4:6].lower() if _BIC.fullmatch(code) else None)
    if option == "C":
        return Side(None, None, account)
    name = lines[0] if lines and option == "D" else None
    place = said(lines if option == "B" else lines[1:], ", ")
    return Side(name, account, account if option == "D" else None, address=place, bank_name=name)


def _institution(fields: list[Field], number: str, default: str | None) -> Side:
    found = next((f for f in fields if f.tag[:2] == number and len(f.tag) == 3), None)
    held = bank(found)
    if found is None and default:
        held.bank = default  # by the standard's rule: whoever sent, or received, the message
        held.bank_country = default[4:6].lower()
    return held


def order(message: Message) -> dict[str, Any]:
    """A message as a row of payments."""
    begins = next((n for n, f in enumerate(message.fields) if f.tag[:2] == "50"), len(message.fields))
    cover = message.kind in ("202", "205") and begins < len(message.fields)
    fields = message.fields[:begins] if cover else message.fields
    top = Message(message.line, message.kind, message.sender, message.receiver, message.headers, fields)
    row = _common(top)
    if message.kind in ("202", "205"):
        payer, payee = _institution(fields, "52", message.sender), bank(top.first("58A", "58D"))
        held = _institution(fields, "57", None)
        payer.name, payee.name = payer.bank_name or payer.bank, payee.bank_name or payee.bank
        if held.bank or held.bank_name:  # the payee's account stands there
            payee.bank, payee.bank_name, payee.bank_country = held.bank, held.bank_name, held.bank_country
    else:
        payer, payee = customer(top.first("50A", "50F", "50K")), customer(top.first("59", "59A", "59F"))
        for who, number, default in ((payer, "52", message.sender), (payee, "57", message.receiver)):
            held = _institution(fields, number, default)
            who.bank, who.bank_name, who.bank_country = held.bank, held.bank_name or held.address, held.bank_country
    row |= {**payer.columns("from"), **payee.columns("to")}
    if cover:
        row |= _covered(Message(message.line, fields=message.fields[begins:]))
    return row


def _common(message: Message) -> dict[str, Any]:
    """What messages of both kinds say."""
    valued = _VALUED.fullmatch(message.text("32A") or "")
    date = day(valued[1]) if valued else None
    at = dt.datetime.combine(date, dt.time(), dt.UTC) if date else None
    ordered = re.fullmatch(r"([A-Z]{3})(.+)", message.text("33B") or "")
    rate = message.text("36")
    notes = message.text("72") or ""
    charges = [f"{f.value[:3]} {number(f.value[3:].strip())}" for f in message.fields if f.tag in ("71F", "71G")]
    codes = [" ".join(f.value.split()) for f in message.fields if f.tag in ("23E", "26T")]
    return {
        "payment_id": message.text("20"),
        "timestamp": at,
        "value_date": date.isoformat() if date else None,
        "amount": (number(valued[3])) if valued else None,
        "currency": valued[2] if valued else None,
        "instructed_amount": (number(ordered[2])) if ordered else None,
        "instructed_currency": ordered[1] if ordered else None,
        "exchange_rate": (number(rate)) if rate else None,
        "charges": said((message.text("71A"), *charges)),
        "purpose": said((message.text("70"), message.text("77T"), message.text("77B"), notes)),
        "purpose_code": said((message.text("23B"), *codes)),
        "reference": message.text("21") or _told_apart(message.first("70")),
        "uetr": message.headers.get("121"),
        "batch": message.headers.get("108"),
        "message": said((f"MT{message.kind}", message.headers.get("119"), message.text("20")), " "),
        "method": None,
        "status": "returned" if "/RETN/" in notes else "rejected" if "/REJT/" in notes else None,
        "intermediaries": _intermediaries(message),
    }


def _told_apart(remittance: Field | None) -> str | None:
    """The end-to-end reference that a line of field 70 may bring after ``/ROC/``."""
    found = re.search(r"/ROC/([^/\n]+)", remittance.value) if remittance else None
    return found[1].strip() if found else None


def _intermediaries(message: Message) -> str | None:
    words = []
    for code, role, options in _BETWEEN:
        for found in (f for f in message.fields if f.tag[:2] == code and f.tag[2:] and f.tag[2:] in options):
            who = bank(found) if code != "50" else customer(found)
            own = who.account if who.account != who.bank else None
            told = said((who.bank, who.name, own and f"account {own}", who.address, who.bank_country), ", ")
            words += [f"{role}: {told}"] if told else []
    return said(words)


def _covered(message: Message) -> dict[str, Any]:
    """The customer transfer that a cover pays for: sequence B."""
    payer, payee = customer(message.first("50A", "50F", "50K")), customer(message.first("59", "59A", "59F"))
    payer.bank, payee.bank = bank(message.first("52A", "52D")).bank, bank(message.first("57A", "57C", "57D")).bank
    ordered = re.fullmatch(r"([A-Z]{3})(.+)", message.text("33B") or "")
    found: dict[str, Any] = {
        "ultimate_from": payer.in_words(),
        "ultimate_to": payee.in_words(),
        "purpose": said((message.text("70"), message.text("72"))),
        "method": "cover",
    }
    if ordered:
        found |= {"instructed_amount": number(ordered[2]), "instructed_currency": ordered[1]}
    return found
