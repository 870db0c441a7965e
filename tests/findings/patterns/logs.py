"""Rows of a log in short: (second, payer, payee, amount, currency)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

NAMES = ("row_id", "payment_id", "at", "payer", "payee", "amount", "currency", "usd")
KINDS = (pa.string(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.float64(), pa.string(), pa.float64())


def rows(payments: Iterable[tuple[Any, ...]]) -> pa.Table:
    """As `patterns.log.considered` has them."""
    found = [
        {"row_id": f"r{n:05}", "payment_id": f"P{n}", "at": at, "payer": f"B/{payer}", "payee": f"B/{payee}",
         "amount": amount, "currency": currency, "usd": amount if currency == "USD" else None}
        for n, (at, payer, payee, amount, currency) in enumerate(payments)
    ]  # fmt: skip
    return pa.Table.from_pylist(found, pa.schema(list(zip(NAMES, KINDS, strict=True))))
