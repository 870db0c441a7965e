"""Street cash: many small cash deposits from all over into one account, and a transfer abroad at once.

Retail sale of drugs brings small notes in many places. They are paid in at many counters, each time below what must be
reported, to the account of a trading firm, and leave as the price of goods before anybody has added them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.cash import abroad, among_payments, in_cash
from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.patterns.hits import Hits, gathered
from counterflow.findings.thresholds import thresholds
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.patterns.log import Log

__all__ = ["TYPOLOGY"]

Ints = np.ndarray[Any, np.dtype[np.int64]]


def small_deposits(rows: ibis.Table, lines: Mapping[str, float], counters: int) -> Any:
    """Which payments are cash below the line of their currency, into an account that so many paid cash into.

    :param lines: ISO 4217 → amount from which it is reported
    """
    import ibis

    line = rows.currency.cases(*lines.items(), else_=None).cast("float64")
    small = in_cash(rows) & (rows.amount < line)
    source = ibis.coalesce(rows.from_bank, "") + "/" + rows.from_account
    paid = rows.filter(small).group_by(["to_bank", "to_account"]).agg(n=source.nunique())
    many = paid.filter(paid.n >= counters)
    return small & rows.to_account.isin(many.to_account)


def deposits(log: Log, cash: Ints, counters: int, window: int) -> Iterator[Ints]:
    """Deposits into one account within `window` seconds from at least so many counters, as places in the log.

    :param cash: places in the log
    """
    cash = cash[log.payer[cash] != log.payee[cash]]
    order = cash[np.lexsort((cash, log.payee[cash]))]
    ends = np.flatnonzero(np.diff(log.payee[order])) + 1
    for own in np.split(order, ends) if len(order) >= counters else ():
        at, payers = log.at[own].tolist(), log.payer[own].tolist()
        start = end = 0
        inside: Counter[int] = Counter()
        while start < len(own):
            while end < len(own) and at[end] - at[start] <= window:
                inside[payers[end]] += 1
                end += 1
            if len(inside) >= counters:
                yield own[start:end]
                start, inside = end, Counter()
                continue
            inside[payers[start]] -= 1
            if not inside[payers[start]]:
                del inside[payers[start]]
            start += 1


def search(data: Data, lines: Mapping[str, float], dial: Mapping[str, float]) -> Hits:
    """Deposits with the transfers abroad that follow; role 1 for these."""
    log, counters, hours = data.log, int(dial["counters"]), dial["hours"] * HOUR
    cash = among_payments(data, lambda rows: rows.filter(small_deposits(rows, lines, counters)))
    followed: list[tuple[Ints, Ints]] = []
    for own in deposits(log, cash, counters, int(dial["days"] * DAY)):
        account = int(log.payee[own[0]])
        out = log.out.order[log.out.starts[account] : log.out.starts[account + 1]].astype(np.int64)
        last = np.searchsorted(own, out) - 1  # the deposit before
        out = out[(last >= 0) & (log.at[out] - log.at[own[np.maximum(last, 0)]] <= hours)]
        if _enough(log, own, out, dial):
            followed.append((own, out))
    if not followed:
        return gathered(())
    out = np.concatenate([wires for _, wires in followed])
    far = abroad(data, log.payer[out].astype(np.int64), log.payee[out].astype(np.int64))
    ends = np.cumsum([len(wires) for _, wires in followed])[:-1]
    found = [(own, wires[mask]) for (own, wires), mask in zip(followed, np.split(far, ends), strict=True)]
    return gathered((own, wires) for own, wires in found if _enough(log, own, wires, dial))


def _enough(log: Log, own: Ints, wires: Ints, dial: Mapping[str, float]) -> bool:
    """Whether enough of the cash left."""
    return bool(len(wires)) and float(log.worth[wires].sum()) >= dial["share"] * float(log.worth[own].sum())


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account and week."""
    one = dial["threshold"]
    lines = {currency: one or amount for currency, (amount, _) in thresholds().items()}
    hits = search(data, lines, dial)

    def told(a: Attempt) -> Told:
        cash, wires = a.role == 0, a.role == 1
        account = int(a.payee[cash][0])
        counters = len(set(a.payer[cash].tolist()))
        first, last = a.at[cash][0], a.at[wires][0]
        new = float(a.log.debut[a.members[cash]].mean())
        payees = list(dict.fromkeys(a.payee[wires].tolist()))
        countries = list(dict.fromkeys(c for p in payees for c in a.parties[p].countries[:1]))
        hours = float((last - a.at[cash][a.at[cash] <= last][-1]) / HOUR)
        factors = {
            f"{int(cash.sum())} cash deposits from {counters} counters, each below what is reported": 1 + counters / 4,
            f"abroad {hours:.0f} hours after a deposit": 2.0,
        }
        if new >= 0.8:
            factors["most counters had never paid into it before"] = 1.5
        elif new <= 0.2:
            factors["the same counters paid into it before, as a shop's branches do"] = 0.4
        return Told(
            f"{a.name(account)} received {int(cash.sum())} cash deposits ({a.money(cash)}) from {counters} counters, "
            f"each below what must be reported, and sent {a.money(wires)} abroad "
            f"({', '.join(c.upper() for c in countries)}), all within {a.span}.",
            factors,
            lead=(account, *payees),
            detail={
                "deposits": int(cash.sum()), "counters": counters, "wires_abroad": int(wires.sum()),
                "countries": countries, "hours_to_wire": round(hours, 2), "first_time_counters": round(new, 3),
                "first_deposit_to_wire_hours": round(float(last - first) / HOUR, 2),
            },
        )  # fmt: skip

    yield from findings(data, TYPOLOGY, hits, told, prior=0.15, roles=("cash paid in", "sent abroad"))


TYPOLOGY = Typology(
    name="street_cash",
    title="Street cash to trade",
    kind="payment",
    what="Cash is paid into one account at many counters within a week, each time below what must be reported, and "
    "most of it leaves for another country within two days.",
    why="Proceeds of retail drug sales become the price of goods: in the trading account they are all in one place.",
    standard="FinCEN, advisory FIN-2010-A001, and FATF-Egmont, Trade-Based Money Laundering (2020): exchange of drug "
    "cash on the black market through deposits of third parties and payments for goods; 31 CFR 1010.311",
    needs=("payments",),
    parameters={
        "counters": Parameter(5, "counters", "fewest branches or accounts that cash comes from within the time"),
        "days": Parameter(7, "days", "in which it is paid in"),
        "hours": Parameter(48, "hours", "from a deposit to the transfer abroad, at most"),
        "share": Parameter(0.5, "share", "of the cash that must leave"),
        "threshold": Parameter(0, "currency units", "one amount for all currencies; 0: that of each currency's law"),
    },
    benign=(
        "takings of a chain of shops that pays a supplier abroad",
        "a collection for relatives or a charity abroad",
        "a money transfer office whose agents pay in what they took",
    ),
    refutes="Till rolls of the branches for each deposit; invoice, bill of lading and customs entry for what was paid "
    "abroad.",
    detect=detect,
)
