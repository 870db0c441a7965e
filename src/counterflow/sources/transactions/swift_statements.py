"""Account statements of SWIFT: MT940, MT942 and MT950, line by line.

Field 61 says whether the account was credited or debited (``RC`` takes a credit back, ``RD`` a debit); the other side
stands in field 86, in the form that the bank's country uses: ``?20…?31…?32…`` (Germany, Austria, Switzerland, Poland)
or words between slashes (``/IBAN/…/NAME/…``: Netherlands and others). Where it has neither form, it is purpose.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from counterflow.sources.payment import Side, said
from counterflow.sources.reader import Rejected
from counterflow.sources.transactions.swift_fin import Field, Message, day, decimal, number

__all__ = ["NAMES", "statement"]

NAMES = {"timestamp": "61", "amount": "61", "currency": "60F", "from_account": "25 or 86", "to_account": "25 or 86"}
"""Column → field, for what is set aside."""

_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,15},\d{0,2}\d*)"
    r"(?P<code>[A-Z][A-Z0-9]{3})(?P<ref>[^\n/]*(?:/(?!/)[^\n/]*)*)(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.DOTALL,
)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")
_GERMAN = re.compile(r"(\d{3})?\s*\?(?=\d{2})")
_PURPOSE = (*range(20, 30), *range(60, 64))
_SLASHED = re.compile(r"/([A-Z]{3,4}[0-9A-Z]{0,2})/")
_SEPA = re.compile(r"(?:^|\x1f|(?<=\s))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|NAME)[+:]")


def statement(message: Message) -> Iterator[tuple[dict[str, Any], int, str] | Rejected]:
    """Each line of a statement as (row of payments, line, field as received), or as set aside."""
    own, currency = _own(message), _currency(message)
    moved = 0.0
    unread = False
    total = [f for f in message.fields if f.tag in ("61", "86")]
    for n, found in enumerate(total):
        if found.tag != "61":
            continue
        parsed = _LINE.fullmatch(found.value.rstrip())
        if parsed is None:
            unread = True
            yield Rejected(found.line, "61", "is not date, mark, amount, type and reference", found.value)
            continue
        follows = total[n + 1] if n + 1 < len(total) and total[n + 1].tag == "86" else None
        credited = parsed["mark"] in ("C", "RD", "EC")
        moved += (1 if credited else -1) * float(decimal(parsed["amount"]) or 0)
        yield _row(message, parsed, follows, own, currency, credited), found.line, found.value
    if not unread:
        yield from _unbalanced(message, moved)


def _own(message: Message) -> Side:
    """The account of the statement: ``IBAN``, ``BLZ/NUMBER``, or with the bank's BIC below (25P)."""
    lines = (message.first("25", "25P") or Field("25", "", 0)).lines
    number = lines[0].lstrip("/") if lines else None
    bank = lines[1] if len(lines) > 1 else message.sender
    german = re.fullmatch(r"(\d{8}|[A-Z0-9]{8}|[A-Z0-9]{11})/([0-9A-Z]+)", number or "")
    if german:
        bank, number = german[1], german[2]
    return Side(None, number, bank)


def _currency(message: Message) -> str | None:
    for tags, pattern in (
        (("60F", "60M", "62F", "62M"), r"[CD]\d{6}([A-Z]{3})"),
        (("34F",), r"([A-Z]{3})"),
        (("90C", "90D"), r"\d+([A-Z]{3})"),
    ):
        found = re.match(pattern, message.text(*tags) or "")
        if found:
            return found[1]
    return None


def _booked(value: dt.date | None, entry: str | None) -> dt.date | None:
    """Entry date MMDD in the year that brings it nearest to the value date."""
    if value is None or not entry:
        return value
    near = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            near.append(dt.date(year, int(entry[:2]), int(entry[2:])))
        except ValueError:
            continue
    return min(near, key=lambda d: abs((d - value).days)) if near else None


def _row(
    message: Message, parsed: re.Match[str], follows: Field | None, own: Side, currency: str | None, credited: bool
) -> dict[str, Any]:
    value = day(parsed["value"])
    booked = _booked(value, parsed["entry"])
    told = _described(follows.value if follows else "")
    other = told.pop("other", Side())
    payer, payee = (other, own) if credited else (own, other)
    sides = {**payer.columns("from"), **payee.columns("to")}
    reference = parsed["ref"].strip()
    behind = told.pop("behind", None)
    row = {
        "payment_id": (parsed["bank"] or "").strip() or (reference if reference not in ("", "NONREF") else None),
        "timestamp": dt.datetime.combine(booked, dt.time(), dt.UTC) if booked else None,
        "value_date": value.isoformat() if value else None,
        "amount": number(parsed["amount"]),
        "currency": currency,
        "status": "reversed" if parsed["mark"] in ("RC", "RD") else "pending" if message.kind == "942" else "booked",
        "purpose_code": parsed["code"],
        "reference": reference if reference not in ("", "NONREF") else None,
        "message": said((f"MT{message.kind or '940'}", message.text("20"), message.text("28C", "28")), " "),
        "ultimate_from" if credited else "ultimate_to": behind,
        **sides,
        **{key: text for key, text in told.items() if text},
    }
    row["purpose"] = said((told.get("purpose"), " ".join((parsed["more"] or "").split()) or None))
    return row


def _described(text: str) -> dict[str, Any]:
    """What field 86 says: `other` side, purpose, reference, purpose_code, method, `behind`."""
    flat = text.replace("\n", "")
    if _GERMAN.match(flat):
        return _numbered(flat)
    if flat.startswith("/") and _SLASHED.match(flat):
        return _worded(flat)
    return {"purpose": " ".join(text.split()) or None}


def _numbered(text: str) -> dict[str, Any]:
    """``166?00CREDIT?20EREF+…?30BIC?31IBAN?32NAME``."""
    code = text[:3] if text[:3].isdigit() else None
    of: dict[str, list[str]] = {}
    for part in text.split("?")[1:]:
        of.setdefault(part[:2], []).append(part[2:])

    def joined(*numbers: int, mark: str = "") -> str:
        return mark.join(v for n in numbers for v in of.get(f"{n:02}", []))

    marks = _marked(joined(*_PURPOSE, mark="\x1f"))
    name = " ".join(joined(32, 33).split()) or marks.get("NAME")
    side = Side(name or None, joined(31).strip() or marks.get("IBAN"), joined(30).strip() or marks.get("BIC"))
    rest = marks.get("SVWZ") or ("" if marks else joined(*_PURPOSE))
    extra = [f"{key} {marks[key]}" for key in ("MREF", "CRED", "KREF", "DEBT") if marks.get(key)]
    return {
        "other": side,
        "purpose": said((" ".join(rest.split()) or None, *extra)),
        "method": joined(0).strip() or None,
        "purpose_code": said((code, joined(34).strip() and f"+{joined(34).strip()}"), " "),
        "reference": marks.get("EREF") if marks.get("EREF") not in (None, "NOTPROVIDED") else None,
        "behind": marks.get("ABWA") or marks.get("ABWE"),
    }


def _marked(words: str) -> dict[str, str]:
    """Parts of a purpose that begin with a mark such as ``EREF+``. :param words: subfields parted by U+001F"""
    at = list(_SEPA.finditer(words))
    ends = [m.start() for m in at[1:]] + [len(words)]
    told = ((m[1], words[m.end() : end]) for m, end in zip(at, ends if at else [], strict=True))
    return {mark: text.replace("\x1f", "").strip() for mark, text in told}


def _worded(text: str) -> dict[str, Any]:
    """``/TRTP/SEPA OVERBOEKING/IBAN/…/BIC/…/NAME/…/REMI/…/EREF/…``."""
    at = list(_SLASHED.finditer(text))
    ends = [m.start() for m in at[1:]] + [len(text)]
    of: dict[str, str] = {}
    for m, end in zip(at, ends, strict=True):
        of.setdefault(m[1], text[m.end() : end].strip("/ "))
    known = ("IBAN", "BIC", "NAME", "EREF", "TRTP", "UDTR", "UCRD", "PURP")
    rest = [f"{key} {value}" if key != "REMI" else value for key, value in of.items() if key not in known and value]
    return {
        "other": Side(of.get("NAME"), of.get("IBAN"), of.get("BIC")),
        "purpose": said(rest),
        "method": of.get("TRTP"),
        "reference": of.get("EREF") if of.get("EREF") != "NOTPROVIDED" else None,
        "behind": of.get("UDTR") or of.get("UCRD"),
    }


def _unbalanced(message: Message, moved: float) -> Iterator[Rejected]:
    """What is said where opening balance and lines do not come to the closing balance."""
    ends = [_BALANCE.match(message.text(*tags) or "") for tags in (("60F", "60M"), ("62F", "62M"))]
    closing = message.first("62F", "62M")
    if ends[0] is None or ends[1] is None or closing is None:
        return
    before, after = ((1 if m[1] == "C" else -1) * float(decimal(m[4]) or 0) for m in (ends[0], ends[1]))
    if abs(before + moved - after) > 0.005:
        reason = f"opening balance and lines come to {before + moved:.2f}, not to {after:.2f}; the lines are kept"
        yield Rejected(closing.line, closing.tag, reason, closing.value)
