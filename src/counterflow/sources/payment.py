"""A payment as messages tell it: two sides, amounts, dates and references, gathered into rows of the payments table.

Invariant: a payment without date, amount or currency, or of a negative amount, is set aside with line and field; one
whose account number fails its own check digits is kept, and the failure reported beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from counterflow.model import check_digits, currencies
from counterflow.sources.reader import Observations, Record, Rejected
from counterflow.storage.tables import OBSERVATIONS

__all__ = ["Payments", "Side", "amount_of", "moment", "said"]

_ROWS = 5000
_LONG = 366
"""Days between booking and value that no bank leaves: one of the two dates is wrong."""
_SCHEMA = OBSERVATIONS["payments"].schema
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,17})?")
_IBAN_LIKE = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")


@dataclass(slots=True)
class Side:
    """One side of a payment: the party, its account and the bank that holds it.

    :param bank: BIC, else a clearing number; :param id: other numbers of the party: ``lei 5299…; passport X1 (de)``
    """

    name: str | None = None
    account: str | None = None
    bank: str | None = None
    address: str | None = None
    country: str | None = None
    id: str | None = None
    bank_name: str | None = None
    bank_country: str | None = None

    def columns(self, side: str) -> dict[str, str | None]:
        """Columns of the payments table. :param side: ``from`` or ``to``"""
        return {f"{side}_{f.name}": getattr(self, f.name) for f in fields(self)}

    def in_words(self) -> str | None:
        """All of it in one text, for parties that have no columns of their own."""
        account = self.account and f"account {self.account}"
        return said((self.name, account, self.bank, self.bank_name, self.id, self.address, self.country))


def said(parts: Iterable[str | None], mark: str = "; ") -> str | None:
    """Those parts that say something, joined; None where none does."""
    return mark.join(part for part in parts if part) or None


def moment(text: str | None) -> dt.datetime | None:
    """A date or time of ISO 8601, in UTC where it states no zone; None where it is neither.

    A zone after a bare date (XML allows it) does not move the day.
    """
    if not text:
        return None
    bare = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", text)
    try:
        found = dt.datetime.fromisoformat(bare[1] if bare else text)
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def amount_of(text: str | None) -> float | None:
    """A decimal number as messages write it; None where it is none."""
    return float(text) if text and _NUMBER.fullmatch(text) else None


class Payments:
    """Rows of the payments table, checked one by one and given out in batches."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(self, row: Mapping[str, Any], line: int, names: Mapping[str, str], raw: str = "") -> Iterator[Record]:
        """Take a payment, or set it aside; what is reported of it, and a batch where one is full.

        :param row: column → value; ``amount`` may still be text
        :param names: ``timestamp``, ``amount``, ``currency`` → what the publisher calls them
        """
        row = {**row, "locator": f"line {line}"}
        wrong = _wrong(row)
        if wrong is not None:
            column, reason = wrong
            yield Rejected(line, names.get(column, column), reason, raw)
            return
        row["amount_usd"] = _in_dollars(row)
        self._rows.append(row)
        for side in ("from_account", "to_account"):
            number = re.sub(r"[\s-]", "", row.get(side) or "").upper()
            if _IBAN_LIKE.fullmatch(number) and not check_digits.iban(number):
                yield Rejected(
                    line, names.get(side, side), f"'{number}' fails its check digits; the payment is kept", raw
                )
        apart = _apart(row)
        if apart > _LONG:
            reason = f"value date {row['value_date']} is {apart} days from the booking; the payment is kept"
            yield Rejected(line, names.get("value_date", "value_date"), reason, raw)
        if len(self._rows) >= _ROWS:
            yield from self.rest()

    def rest(self) -> Iterator[Observations]:
        """The rows not given out yet."""
        if self._rows:
            columns = {f.name: pa.array([r.get(f.name) for r in self._rows], f.type) for f in _SCHEMA}
            told = {name: values for name, values in columns.items() if name in _TOLD}
            self._rows = []
            yield Observations("payments", pa.table(told))


_TOLD = frozenset(_SCHEMA.names) - {"row_id", "dataset", "source_id", "label_id", "recorded_at"}


def _wrong(row: dict[str, Any]) -> tuple[str, str] | None:
    """The first thing wrong with a payment: (column, reason). Numbers given as text become numbers."""
    if row.get("timestamp") is None:
        return "timestamp", "no date that exists"
    for column in ("amount", "instructed_amount", "received_amount", "exchange_rate"):
        given = row.get(column)
        if isinstance(given, str):
            row[column] = amount_of(given)
            if row[column] is None:
                return column, f"'{given[:80]}' is not a number"
    if row.get("amount") is None:
        return "amount", "is missing"
    if row["amount"] < 0:
        return "amount", f"'{row['amount']}' is negative"
    for column in ("currency", "instructed_currency", "received_currency"):
        code = row.get(column)
        if code is not None and code not in currencies.codes():
            return column, f"'{code[:20]}' is not an ISO 4217 code"
    return ("currency", "is missing") if row.get("currency") is None else None


def _apart(row: Mapping[str, Any]) -> int:
    """Days between booking and value date."""
    counted = moment(row.get("value_date"))
    return abs((counted - row["timestamp"]).days) if counted else 0


def _in_dollars(row: Mapping[str, Any]) -> float | None:
    """What the payment is in US dollars, where the source itself states an amount in them."""
    for amount, currency in (
        ("amount", "currency"),
        ("instructed_amount", "instructed_currency"),
        ("received_amount", "received_currency"),
    ):
        if row.get(currency) == "USD" and row.get(amount) is not None:
            return float(row[amount])
    return None
