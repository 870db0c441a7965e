"""Cash: which payments are of cash, and who of the payees is abroad, by what the payments themselves say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.attempts import placed
from counterflow.network.flows import told_once

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["abroad", "among_payments", "in_cash", "words"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_CASH = (
    r"(^|[^a-z])(cash|currency|bareinzahlung|barauszahlung|bargeld|esp[eè]ces|efectivo|contanti|contante|dinheiro|numer[aá]rio)"
    r"([^a-z]|$)|наличн|现金|現金|현금"
)
_NOT_CASH = r"cash (management|pool|sweep|concentration|back|flow|against documents)|petty cash book|non-?cash"


def words(rows: ibis.Table) -> Any:
    """Method and purpose of payments, as one text in lower case."""
    import ibis

    return (ibis.coalesce(rows.method, "") + " | " + ibis.coalesce(rows.purpose, "")).lower()


def in_cash(rows: ibis.Table) -> Any:
    """Whether a payment is of cash: its method says so, or its purpose where the method does not speak against it."""
    text = words(rows)
    return text.re_search(_CASH) & ~text.re_search(_NOT_CASH)


def among_payments(data: Data, chosen: Callable[[ibis.Table], ibis.Table]) -> Ints:
    """Places in the log of payments, each told once. :param chosen: those that are meant, of a table of payments"""
    rows = chosen(told_once(data.table("payments"))).select("row_id").order_by("row_id")
    return np.array(sorted(placed(data.log, data.run(rows).column("row_id").to_pylist()).values()), np.int64)


def abroad(data: Data, accounts: Ints, others: Ints) -> Flags:
    """Whether each of the other accounts is surely in another country than its account. All are looked up at once.

    :param accounts, others: numbers of accounts in the log, of the same length
    """
    import pyarrow as pa

    every = np.unique(np.concatenate([accounts, others]))
    names = data.log.accounts.take(pa.array(every)).to_pylist()
    parties = data.parties.of(names)
    places = dict(zip(every.tolist(), (parties[name].countries for name in names), strict=True))
    far = [
        bool(places[a] and places[b]) and places[a][0] not in places[b]
        for a, b in zip(accounts.tolist(), others.tolist(), strict=True)
    ]
    return np.array(far, np.bool_)
