"""Invented payments: five months of ordinary business, and six attempts among it.

The background has the habits that detectors mistake for laundering: payrolls fan out, shops fan in, treasuries sweep
out and back on the same day, suppliers are paid in instalments. Amounts of the attempts are of the background's size.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from counterflow.sources.synthetic.cast import BANK, CASHBOX, COLLECTOR, CORRESPONDENT, FRONTS, Cast

__all__ = ["Paid", "play"]

FIRST = dt.datetime(2017, 5, 1, tzinfo=dt.UTC)
DAYS = 153  # to 30 September
_ADJECTIVES = [
    "Amber",
    "Brisk",
    "Cedar",
    "Delta",
    "Eastern",
    "Fairway",
    "Granite",
    "Harbour",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Lantern",
    "Meadow",
    "Northern",
]
_NOUNS = [
    "Textiles",
    "Foods",
    "Machinery",
    "Timber",
    "Ceramics",
    "Packaging",
    "Optics",
    "Tools",
    "Garments",
    "Furniture",
    "Paper",
    "Seafood",
]
_BANKS = ("FIRSTXHK", "HARBXSGS", "NORTXCNB", "EASTXKRS", "RIVRXDEF")
_CURRENCIES = ("USD", "CNY", "USD", "HKD", "SGD", "EUR", "USD")


@dataclass(frozen=True)
class Party:
    """One account and whose it is."""

    bank: str
    account: str
    name: str


@dataclass
class Paid:
    """:param rows: rows of payments.csv, in time order; :param attempts: what was planted, by payment ids"""

    rows: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)


class _Book:
    """Payments as they are thought of, tagged with the attempt they belong to; numbered once all are in time order."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.entries: list[tuple[dt.datetime, int, dict[str, Any], str]] = []

    def pay(
        self, when: dt.datetime, payer: Party, payee: Party, amount: float, currency: str, purpose: str, tag: str = ""
    ) -> None:
        row = {
            "payment_id": "", "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "from_bank": payer.bank,
            "from_account": payer.account, "from_name": payer.name, "to_bank": payee.bank, "to_account": payee.account,
            "to_name": payee.name, "amount": f"{amount:.2f}", "currency": currency, "purpose": purpose,
        }  # fmt: skip
        self.entries.append((when, len(self.entries), row, tag))

    def day(self, number: int, first: int = 7, last: int = 17) -> dt.datetime:
        """Some second of a working day."""
        seconds = first * 3600 + int(self.rng.random() * (last - first) * 3600)
        return FIRST + dt.timedelta(days=number, seconds=seconds)

    def around(self, middle: float, spread: float = 0.5) -> float:
        """An amount near `middle`, skewed upwards as invoices are."""
        return round(middle * self.rng.lognormvariate(0, spread), 2)

    def finished(self) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
        rows, members = [], dict[str, list[str]]()
        for number, (_when, _order, row, tag) in enumerate(sorted(self.entries, key=lambda e: e[:2]), 1):
            row["payment_id"] = f"X{number:07}"
            rows.append(row)
            if tag:
                members.setdefault(tag, []).append(row["payment_id"])
        return rows, members


class _Town:
    """Accounts of parties that are not in any register."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.opened = rng, 0

    def open(self, name: str) -> Party:
        self.opened += 1
        return Party(_BANKS[self.opened % len(_BANKS)], f"77{self.opened:08}", name)

    def company(self) -> Party:
        name = f"{self.rng.choice(_ADJECTIVES)} {self.rng.choice(_NOUNS)} No. {self.opened + 1} Ltd"
        return self.open(name)


def play(cast: Cast, rng: random.Random, size: int) -> Paid:
    """About `size` payments; opens the accounts of the case's parties in `cast`."""
    book, town = _Book(rng), _Town(rng)
    companies = [town.company() for _ in range(max(20, size // 160))]
    cast_accounts = {
        id: _account(cast, n, id) for n, id in enumerate((*FRONTS, COLLECTOR, BANK, CORRESPONDENT, CASHBOX), 1)
    }
    for n, company in enumerate(companies[:24], 1):  # ordinary companies are in the register too
        id = cast.entity(f"x-company-{n:02}", "Company", company.name, countries="hk")
        cast.account(id, company.bank, company.account)
    attempts = [
        *_layering(book, town, cast_accounts), *_scatter_gather(book, town, cast_accounts),
        *_structuring(book, town, cast), *_round_trip(book, town, cast_accounts), *_fan_in(book, town, cast_accounts),
    ]  # fmt: skip
    _background(book, town, companies, size)
    _front_business(book, companies, cast_accounts)
    rows, members = book.finished()
    touches = {row["payment_id"]: {row["from_account"], row["to_account"]} for row in rows}
    for attempt in attempts:
        own = set(attempt["accounts"])
        attempt["payments"] = [id for tag in attempt.pop("tags") for id in members[tag] if touches[id] & own]
        attempt["subjects"] = sorted({cast.accounts[a] for a in attempt["accounts"] if a in cast.accounts})
    return Paid(rows, sorted(attempts, key=lambda a: str(a["id"])))


def _account(cast: Cast, number: int, id: str) -> Party:
    bank = f"XBANK{number:03}"
    return Party(bank, cast.account(id, bank, f"39{number:08}"), cast.names[id])


def _hours(rng: random.Random, low: float, high: float) -> dt.timedelta:
    return dt.timedelta(seconds=int((low + rng.random() * (high - low)) * 3600))


def _attempt(id: str, typology: str, accounts: list[str], tags: list[str]) -> dict[str, Any]:
    return {"id": id, "typology": typology, "accounts": accounts, "tags": tags}


def _layering(book: _Book, town: _Town, held: dict[str, Party]) -> Iterator[dict[str, Any]]:
    """Buyers pay the first front; each front passes it on within hours, keeping about a hundredth; the end is the
    cash-box. Three runs, so that passing through is a habit."""
    rng = book.rng
    chain = [*(held[id] for id in FRONTS), held[CORRESPONDENT], held[CASHBOX]]
    buyers = [town.company() for _ in range(3)]
    tags = []
    for run, start in enumerate((96, 110, 127), 1):
        tag = f"layer-{run}"
        tags.append(tag)
        amount = book.around(420_000, 0.2)
        when = book.day(start)
        book.pay(when, buyers[run - 1], chain[0], amount, "USD", "payment for goods", tag)
        for payer, payee in pairwise(chain):
            when += _hours(rng, 5, 26)
            amount = round(amount * (0.985 + 0.01 * rng.random()), 2)
            book.pay(when, payer, payee, amount, "USD", "service fee", tag)
    for front in (*FRONTS, CORRESPONDENT):
        yield _attempt(f"pass-through-{front}", "pass_through", [held[front].account], tags)


def _scatter_gather(book: _Book, town: _Town, held: dict[str, Party]) -> Iterator[dict[str, Any]]:
    """The collector splits one sum over six shells in two days; all pay the bank's account within the next three, and
    that pays the cash-box."""
    rng = book.rng
    shells = [town.company() for _ in range(6)]
    source, sink = held[COLLECTOR], held[BANK]
    total = 0.0
    for shell in shells:
        amount = book.around(61_000, 0.1)
        out = book.day(118) + _hours(rng, 0, 30)
        back = out + _hours(rng, 10, 60)
        book.pay(out, source, shell, amount, "USD", "advance", "scatter")
        book.pay(back, shell, sink, round(amount * 0.98, 2), "USD", "settlement", "scatter")
        total += amount * 0.98
    book.pay(book.day(124), sink, held[CASHBOX], round(total * 0.99, 2), "USD", "transfer", "scatter-on")
    accounts = [source.account, *(s.account for s in shells), sink.account]
    yield _attempt("scatter-gather", "scatter_gather", accounts, ["scatter"])


def _structuring(book: _Book, town: _Town, cast: Cast) -> Iterator[dict[str, Any]]:
    """Cash just below 10,000 at nine counters in six days."""
    rng = book.rng
    id = cast.entity("x-blueheron", "Company", "Blue Heron Exchange Limited", countries="hk")
    account = Party("HARBXSGS", cast.account(id, "HARBXSGS", "3990000001"), "Blue Heron Exchange Limited")
    counters = [town.open(f"Cash counter {n}") for n in range(9)]
    for n in range(14):
        amount = round(9_050 + 900 * rng.random(), 2)
        book.pay(book.day(101 + n * 6 // 14), counters[n % 9], account, amount, "USD", "cash deposit", "structuring")
    yield _attempt("structuring", "structuring", [account.account], ["structuring"])


def _round_trip(book: _Book, town: _Town, held: dict[str, Party]) -> Iterator[dict[str, Any]]:
    """A sum that comes home over four strangers in four days, dressed as trade."""
    home = held[FRONTS[1]]
    strangers = [town.company() for _ in range(4)]
    ring = [home, *strangers, home]
    amount, when = 188_000.0, book.day(74)
    for payer, payee in pairwise(ring):
        book.pay(when, payer, payee, amount, "USD", "invoice", "ring")
        amount = round(amount * (0.97 + 0.02 * book.rng.random()), 2)
        when += _hours(book.rng, 9, 26)
    yield _attempt("round-trip", "round_trip", [p.account for p in ring[:-1]], ["ring"])


def _fan_in(book: _Book, town: _Town, held: dict[str, Party]) -> Iterator[dict[str, Any]]:
    """Twelve strangers pay the collector within three days, after weeks without a payment."""
    payers = [town.company() for _ in range(12)]
    sink = held[COLLECTOR]
    for payer in payers:
        book.pay(
            book.day(114 + int(book.rng.random() * 3)), payer, sink, book.around(30_000, 0.15), "USD", "deposit", "fan"
        )
    yield _attempt("fan-in", "fan_in", [sink.account, *(p.account for p in payers)], ["fan"])


def _front_business(book: _Book, companies: list[Party], held: dict[str, Party]) -> None:
    """A little ordinary trade of the fronts, so that they are not told by being otherwise silent."""
    for id in FRONTS:
        for day in sorted(int(book.rng.random() * 70) for _ in range(12)):
            other = book.rng.choice(companies)
            payer, payee = (held[id], other) if book.rng.random() < 0.5 else (other, held[id])
            book.pay(book.day(day), payer, payee, book.around(9_000), "USD", "invoice")


def _background(book: _Book, town: _Town, companies: list[Party], size: int) -> None:
    rng = book.rng
    for n, company in enumerate(companies):
        staff = [town.open(f"Staff {n}-{k}") for k in range(2 + int(rng.random() ** 2 * 20))]
        wages = [book.around(2_400, 0.3) for _ in staff]
        currency = _CURRENCIES[n % len(_CURRENCIES)]
        for month_end in (28, 59, 89, 120, 150):
            for member, wage in zip(staff, wages, strict=True):
                book.pay(book.day(month_end, 8, 10), company, member, wage, currency, "salary")
        suppliers = [rng.choice(companies) for _ in range(3)]
        for supplier in suppliers:
            if supplier is not company:
                every, price = 9 + int(rng.random() * 25), book.around(14_000, 0.7)
                for day in range(int(rng.random() * every), DAYS, every):
                    book.pay(book.day(day), company, supplier, book.around(price, 0.1), currency, "invoice")
    for n in range(max(1, size // 4000)):
        _shop(book, town, companies[n])
    for group in range(3):
        _treasury(book, companies[30 + 6 * group : 35 + 6 * group] or companies[:5])
    while len(book.entries) < size:
        payer, payee = rng.choice(companies), rng.choice(companies)
        if payer is not payee:
            book.pay(
                book.day(int(rng.random() * DAYS)),
                payer,
                payee,
                book.around(6_500, 0.9),
                rng.choice(_CURRENCIES),
                "order",
            )


def _shop(book: _Book, town: _Town, shop: Party) -> None:
    """New customers every day of the year: a fan-in that is none."""
    for day in range(DAYS):
        for _ in range(2 + int(book.rng.random() * 4)):
            customer = town.open("Card customer")
            book.pay(book.day(day, 6, 22), customer, shop, book.around(60, 0.8), "USD", "card purchase")


def _treasury(book: _Book, group: list[Party]) -> None:
    """Balances swept to the parent at night and given back in the morning, every week."""
    parent, *daughters = group
    for day in range(4, DAYS - 1, 7):
        for daughter in daughters:
            amount = book.around(35_000, 0.4)
            book.pay(book.day(day, 18, 20), daughter, parent, amount, "USD", "cash pooling")
            book.pay(book.day(day + 1, 5, 6), parent, daughter, amount, "USD", "cash pooling")
