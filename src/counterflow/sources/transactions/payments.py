"""Payments: a table with one transfer in each row. CSV, Parquet or JSON.

A table with columns payment_id, timestamp, from_bank, from_account, to_bank, to_account, amount, currency needs no
mapping; nor do the data sets that detection is measured on: IBM AMLworld, AMLSim (its transactions, its raw log, its
official samples), SAML-D and PaySim, whose answers arrive as `labels`, apart, where no typology reads them. Any other
table is read by a mapping, which `counterflow mapping suggest` proposes; a statement of one account too, in which a
sign, a direction, or columns debit and credit say which way the money went.

A payment without date, amount, currency or an account that its table has a column for is set aside with its line and
field. A payment to oneself is kept. Amounts are in US dollars only where the file states so. XTS, which ISO 4217 keeps
for testing, stands for the money of simulations that name no currency. Of AMLSim's log and PaySim no file was at hand:
they are read as their publishers describe them.
"""

from __future__ import annotations

from counterflow.sources import tabular
from counterflow.sources.mapping import plain
from counterflow.sources.payment_table import PaymentTable
from counterflow.sources.reader import Head

__all__ = ["READER"]

_NAMES = ("payment_id", "timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount", "currency")


class PaymentsReader(PaymentTable):
    """Reads payments; options: ``mapping``."""

    def recognises(self, head: Head) -> float:
        """Sure where the header has our own column names, or those of a publisher."""
        names = {plain(name) for name in tabular.header_of(head)}
        share = sum(plain(name) in names for name in _NAMES) / len(_NAMES)
        own = 0.95 if share == 1 else 0.5 if share >= 0.75 else 0.0
        return max(own, super().recognises(head))


READER = PaymentsReader()
