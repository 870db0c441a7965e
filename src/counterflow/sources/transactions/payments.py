"""Payments: a table with one transfer in each row, CSV or Parquet.

A table with columns payment_id, timestamp, from_bank, from_account, to_bank, to_account, amount, currency needs no
mapping. Invariant: a payment without date, amount, currency or one of its two accounts is set aside with its line and
field; nothing is invented for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model import currencies
from counterflow.sources import descriptors, tabular
from counterflow.sources.mapping import from_options, plain
from counterflow.sources.reader import Head, Observations, Record

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "payment_id": (), "timestamp": (), "from_bank": (), "from_account": (), "from_name": (), "to_bank": (),
    "to_account": (), "to_name": (), "amount": (), "currency": (), "amount_usd": (), "purpose": (),
}  # fmt: skip
_REQUIRED = ("timestamp", "from_account", "to_account", "amount", "currency")


class PaymentsReader:
    """Reads payments; options: ``mapping``."""

    name = "payments"
    descriptor = descriptors.load("payments")
    fields: Mapping[str, str] = {name: f"payments.{name}" for name in _COLUMNS}

    def recognises(self, head: Head) -> float:
        """Sure where the header has our own column names."""
        names = {plain(n) for n in tabular.header_of(head)}
        wanted = [plain(n) for n in (*_REQUIRED, "payment_id", "from_bank", "to_bank")]
        share = sum(n in names for n in wanted) / len(wanted)
        return 0.95 if share == 1 else 0.5 if share >= 0.75 else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.PAYMENTS`; amounts in USD are filled where the payment is in USD."""
        mapping = from_options(options, _COLUMNS)
        for rows in tabular.read(path, mapping, _COLUMNS, _REQUIRED):
            table = _payments(rows)
            yield from rows.rejected()
            if len(table):
                yield Observations("payments", table)


def _payments(rows: tabular.Rows) -> pa.Table:
    times = rows.time("timestamp")
    rows.require("timestamp", times)
    amounts = rows.number("amount")
    rows.require("amount", amounts)
    rows.refuse(np.asarray(pc.fill_null(pc.less(amounts, 0.0), False)), "amount", "is negative; turn the parties round")
    columns = {name: rows.text(name) for name in _COLUMNS if name not in ("timestamp", "amount", "amount_usd")}
    for side in ("from_account", "to_account"):
        rows.require(side, columns[side])
    currency = columns["currency"] = pc.utf8_upper(columns["currency"])
    rows.require("currency", currency)
    known = pc.is_in(currency, pa.array(sorted(currencies.codes())))
    rows.refuse(~np.asarray(known), "currency", "is not an ISO 4217 code; translate it with `values:` in a mapping")
    in_usd = pc.if_else(pc.equal(currency, "USD"), amounts, pa.scalar(None, pa.float64()))
    numbered = pc.cast(pa.array(rows.batch.lines), pa.string())  # a file without ids: the line is the payment's name
    columns["payment_id"] = pc.coalesce(columns["payment_id"], numbered)
    usd = pc.coalesce(in_usd, rows.number("amount_usd"))
    return rows.table({**columns, "timestamp": times, "amount": amounts, "amount_usd": usd})


READER = PaymentsReader()
