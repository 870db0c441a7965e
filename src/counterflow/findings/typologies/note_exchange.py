"""Note exchange: bulk cash in dollars becomes casino chips, and the chips a cheque, with hardly any play between.

False notes and small notes of the street are rid of where much cash is counted fast: at an exchange, or at the cage of
a casino. What comes back is a cheque of the casino, which no bank asks about. A casino is known by its name, in the
network or as payments print it; the customer by his account, or by who is known to hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.cash import among_payments, in_cash, words
from counterflow.findings.observations import HOUR
from counterflow.findings.patterns.hits import Hits, gathered
from counterflow.findings.roles import CASINO, casinos
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.patterns.log import Log

__all__ = ["TYPOLOGY"]

Ints = np.ndarray[Any, np.dtype[np.int64]]

_CHEQUE = r"cheque|check|scheck|chèque|assegno|чек|支票|수표"
_SMALL = (
    r"(small|low)[- ](denomination|note|bill)|singles|(^|[^a-z0-9])(ones|fives|tens|twenties)([^a-z]|$)|"
    r"(^|[^0-9.,])(1|5|10|20)[- ]?(dollar|usd|us\$) ?(bill|note)|\$(1|5|10|20) ?(bill|note)|\$(1|5|10|20)s([^a-z0-9]|$)"
)
_EXCHANGE = r"exchange|bureau de change|casa de cambio|wechsel|обмен|兑换|환전"


def at_casino(data: Data, rows: ibis.Table, side: str) -> Any:
    """Whether one side of a payment is a casino. :param side: from or to"""
    holders = data.table("holders").semi_join(casinos(data), "entity").select("key")
    key = "account:" + rows[f"{side}_account"].upper().re_replace("[^0-9A-Z]", "")
    printed = rows[f"{side}_name"].lower().re_search(CASINO).fill_null(False)
    return printed | key.isin(holders.key)


def dollars_in_cash(rows: ibis.Table) -> Any:
    """Whether a payment is of dollars in cash."""
    return in_cash(rows) & (rows.currency == "USD")


def search(data: Data, dial: Mapping[str, float]) -> Hits:
    """Cash exchanged (role 0), chips (1) and cheques (2) of one customer at one casino."""
    import pyarrow as pa

    log = data.log
    cheques = among_payments(data, lambda t: t.filter(words(t).re_search(_CHEQUE) & at_casino(data, t, "from")))
    if not len(cheques):
        return gathered(())
    chips = among_payments(data, lambda t: t.filter(at_casino(data, t, "to")))
    players = pa.array(np.unique(np.concatenate([log.payee[cheques], log.payer[chips]])))
    numbers = sorted({name.partition("/")[2] for name in log.accounts.take(players).to_pylist()})
    cash = among_payments(data, lambda t: evidence.among(t.filter(dollars_in_cash(t)), "from_account", numbers))
    customers, of = _customers(data, log, cheques, chips, cash)
    found: list[tuple[Ints, Ints, Ints]] = []
    for customer in customers:
        paid = {name: of[name][customer] for name in ("cheques", "chips", "cash") if customer in of[name]}
        if len(paid) == 3:
            found += _sequences(log, paid, dial)
    return gathered(sorted(found, key=lambda parts: (int(parts[2][0]), int(log.payee[parts[2][0]]))))


def _customers(
    data: Data, log: Log, cheques: Ints, chips: Ints, cash: Ints
) -> tuple[list[str], dict[str, dict[str, Ints]]]:
    """Customers who had a cheque, and by kind of payment what each paid or was paid, in order."""
    import pyarrow as pa

    sides = {"cheques": (cheques, log.payee), "chips": (chips, log.payer), "cash": (cash, log.payer)}
    accounts = np.unique(np.concatenate([side[own] for own, side in sides.values()]))
    names = log.accounts.take(pa.array(accounts)).to_pylist()
    parties = data.parties.of(names)
    who = {int(a): parties[name].holder.entity for a, name in zip(accounts, names, strict=True)}
    of: dict[str, dict[str, Ints]] = {}
    for kind, (own, side) in sides.items():
        lists: dict[str, list[int]] = {}
        for place, account in zip(own.tolist(), side[own].tolist(), strict=True):
            lists.setdefault(who[account], []).append(place)
        of[kind] = {customer: np.array(places, np.int64) for customer, places in lists.items()}
    return sorted(of["cheques"]), of


def _sequences(log: Log, paid: Mapping[str, Ints], dial: Mapping[str, float]) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Cash exchanged, chips and cheques of each stretch of time that begins with cash and ends with a cheque."""
    window = int(dial["hours"] * HOUR)
    used = -1
    for cheque in paid["cheques"].tolist():
        end, casino = log.at[cheque], log.payer[cheque]
        chips, cash = (_within(log, paid[kind], end - window, end, used) for kind in ("chips", "cash"))
        chips = chips[log.payee[chips] == casino]
        exchanged = np.setdiff1d(cash, chips)
        bulk = float(log.amount[np.union1d(exchanged, np.intersect1d(chips, cash))].sum())
        bought, back = float(log.worth[chips].sum()), float(log.worth[cheque])
        if len(chips) and bulk >= dial["bulk"] and back >= dial["kept"] * bought:
            yield exchanged, chips, np.array([cheque], np.int64)
            used = cheque


def _within(log: Log, places: Ints, start: int, end: int, after: int) -> Ints:
    at = log.at[places]
    return places[(at >= start) & (at <= end) & (places > after)]


def _told(data: Data, pattern: str) -> set[int]:
    """Places in the log of payments to whose method or purpose a pattern applies."""
    return set(among_payments(data, lambda t: t.filter(words(t).re_search(pattern))).tolist())


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each cheque."""
    hits = search(data, dial)
    if not len(hits):
        return
    small, changed = (_told(data, pattern) for pattern in (_SMALL, _EXCHANGE))

    def told(a: Attempt) -> Told:
        cash, chips, cheque = (a.role == role for role in range(3))
        customer, casino = int(a.payee[cheque][0]), int(a.payer[cheque][0])
        kept = float(a.usd[cheque].sum() / a.usd[chips].sum()) if not np.isnan(a.usd[chips | cheque]).any() else None
        members = set(a.members.tolist())
        factors = {"cash becomes chips, and chips a cheque": 3.0}
        if members & small:
            factors["the notes are small"] = 2.0
        if members & changed or cash.any():
            factors["the cash was exchanged first"] = 1.5
        if kept is not None:
            factors[f"the cheque is {kept:.0%} of the chips"] = 1.5 if kept >= 0.9 else 1.0
        exchanged = f"exchanged {a.money(cash)} in cash, " if cash.any() else ""
        return Told(
            f"{a.name(customer)} {exchanged}bought chips for {a.money(chips)} at {a.name(casino)} and had a cheque for "
            f"{a.money(cheque)} from it, all within {a.span}.",
            factors,
            lead=(customer, casino),
            detail={
                "exchanged": a.sums(cash), "chips": a.sums(chips), "cheque": a.sums(cheque),
                "cheque_of_chips": None if kept is None else round(kept, 3), "small_notes": bool(members & small),
            },
        )  # fmt: skip

    yield from findings(data, TYPOLOGY, hits, told, prior=0.15, roles=("cash exchanged", "chips bought", "cheque"))


TYPOLOGY = Typology(
    name="note_exchange",
    title="Cash to chips to cheque",
    kind="payment",
    what="A customer exchanges or brings bulk dollars in cash, buys chips of a casino, and has most of it back as a "
    "cheque within three days.",
    why="A casino's cheque is clean money: false and street notes go in, and nobody asks again.",
    standard="FATF and APG, Vulnerabilities of Casinos and Gaming Sector (2009): chips bought for cash and redeemed by "
    "cheque with minimal play; 31 CFR part 1021 (reports of casinos)",
    needs=("payments",),
    parameters={
        "bulk": Parameter(10_000, "US dollars", "least cash in the time"),
        "hours": Parameter(72, "hours", "from the first cash to the cheque, at most"),
        "kept": Parameter(0.7, "share", "of the chips that the cheque is for, at least: the less, the more was played"),
    },
    benign=("a player who won, or stopped early", "a junket that settles for its guests"),
    refutes="The casino's record of play (table, hours, average bet) for that visit; where the cash was drawn.",
    detect=detect,
)
