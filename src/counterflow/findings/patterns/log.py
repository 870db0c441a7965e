"""Payments in time order, as columns of numbers: what every kernel of this package works on.

The set-based step (which payments moved, of what, between whom) is an Ibis expression that runs unchanged on Spark; the
rest is columns. Order: by time, and within a second by `row_id`, a content hash, so that the order of rows in a file
decides nothing. What cannot be used is left out of the log and counted, never dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.kernels import chosen
from counterflow.findings.patterns.links import linked
from counterflow.findings.turns import shared
from counterflow.model.rates import dollars
from counterflow.network.flows import told_once

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["Adjacency", "Log", "considered", "from_rows", "read"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Adjacency:
    """Payments of each account on one side, in time order.

    :param starts: int64[accounts + 1]; payments of account a are ``order[starts[a]:starts[a + 1]]``
    :param order: int32[n], indices into the log
    """

    starts: Ints
    order: Codes


@dataclass(frozen=True)
class Log:
    """n payments in time order.

    :param payer: int32[n], number of the paying account in `accounts`; `payee` likewise. A payment to oneself has both
        alike: it is a row of the log and a step of no pattern
    :param at: int64[n], seconds since 1970, never falling
    :param amount: float64[n], above 0, in the payment's own currency
    :param currency: int32[n], number of the currency in `currencies`
    :param usd: float64[n], amount in US dollars where a source states it, else NaN
    :param accounts: ``BANK/NUMBER`` of each account, sorted: numbers are only unique within a bank
    :param currencies: ISO 4217, sorted
    :param rows: row_id and payment_id of each payment, in this order
    :param left_out: reason, in words → payments left out of the log for it
    """

    payer: Codes
    payee: Codes
    at: Ints
    amount: Floats
    currency: Codes
    usd: Floats
    accounts: pa.Array
    currencies: pa.Array
    rows: pa.Table
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    @shared
    def out(self) -> Adjacency:
        """What each account paid."""
        return _adjacency(self.payer, len(self.accounts))

    @shared
    def into(self) -> Adjacency:
        """What each account was paid."""
        return _adjacency(self.payee, len(self.accounts))

    @shared
    def debut(self) -> Flags:
        """bool[n]: the payer had never paid the payee before (at an earlier second)."""
        return self.since_pair < 0

    @shared
    def since_pair(self) -> Ints:
        """int64[n]: seconds since the payer last paid the payee, -1: never before."""
        found: Ints = chosen(_since, len(self))(self.payee, self.at, self.out.starts, self.out.order)
        return found

    @shared
    def quiet_payer(self) -> Ints:
        """int64[n]: seconds since the paying account last paid or was paid, -1: never before."""
        return self._quiet[0]

    @shared
    def quiet_payee(self) -> Ints:
        """int64[n]: seconds since the paid account last paid or was paid, -1: never before."""
        return self._quiet[1]

    @shared
    def _quiet(self) -> tuple[Ints, Ints]:
        found: tuple[Ints, Ints] = chosen(_quiet, len(self))(self.payer, self.payee, self.at, len(self.accounts))
        return found

    @shared
    def opened(self) -> Codes:
        """int32[n]: which payment was the first from this payer to this payee; itself, where it is; -1 to oneself."""
        found: Codes = chosen(_opened, len(self))(self.payer, self.payee, self.out.starts, self.out.order)
        return found

    @shared
    def fresh_out(self) -> Adjacency:
        """The first payments of each account to each of its payees, others than itself."""
        return Adjacency(*chosen(_only, len(self))(self.opened, self.out.starts, self.out.order))

    @shared
    def fresh_into(self) -> Adjacency:
        """The first payments to each account by each of its payers, others than itself."""
        return Adjacency(*chosen(_only, len(self))(self.opened, self.into.starts, self.into.order))

    @shared
    def links(self) -> tuple[Ints, Ints]:
        """Each payment as a row that leads onward, and one that leads backward: see `patterns.links`."""
        return linked(self)

    @shared
    def worth(self) -> Floats:
        """float64[n]: US dollars, to compare payments of different currencies: as stated, else by the year's average
        rate (`model.rates`); NaN where neither is known."""
        if not len(self):
            return self.usd
        years = self.at.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
        rates = dollars(self.currencies.to_pylist(), int(years[0]), int(years[-1]))
        rated: Floats = self.amount * rates[self.currency, years - years[0]]
        return np.where(np.isnan(self.usd), rated, self.usd)

    @shared
    def bank(self) -> Codes:
        """int32[accounts]: number of each account's bank, the part of its name before the slash."""
        import pyarrow as pa
        import pyarrow.compute as pc

        banks = pc.list_element(pc.split_pattern(self.accounts, "/", max_splits=1), 0)
        coded = pa.array(banks).dictionary_encode()
        return np.asarray(coded.indices, dtype=np.int32)


def considered(data: Data) -> ibis.Table:
    """Payments that moved, each once: row_id, payment_id, at, payer, payee, amount, currency, usd. Unsorted; null where
    a source leaves out an account, an amount or a currency.

    Dollars are stated where the source gives them, or where the payment was ordered or credited in them.
    """
    import ibis

    table = told_once(data.table("payments"))
    table = table.mutate(
        at=table.timestamp.epoch_seconds().cast("int64"),
        payer=ibis.coalesce(table.from_bank, "") + "/" + table.from_account,
        payee=ibis.coalesce(table.to_bank, "") + "/" + table.to_account,
        usd=ibis.coalesce(
            table.amount_usd,
            ibis.ifelse(table.currency == "USD", table.amount, ibis.null("float64")),
            ibis.ifelse(table.received_currency == "USD", table.received_amount, ibis.null("float64")),
            ibis.ifelse(table.instructed_currency == "USD", table.instructed_amount, ibis.null("float64")),
        ),
    )
    return table.select("row_id", "payment_id", "at", "payer", "payee", "amount", "currency", "usd")


def read(data: Data) -> Log:
    """The log of all payments that `data` shows."""
    return from_rows(data.run(considered(data).order_by("at", "row_id")))


def from_rows(rows: pa.Table) -> Log:
    """A log of the columns of `considered`, in any order.

    Payments without an account on both sides, a time, or an amount above zero are left out and counted.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    sided = pc.and_(pc.is_valid(rows["payer"]), pc.is_valid(rows["payee"]))
    sound = pc.and_(pc.greater(rows["amount"], 0.0), pc.is_finite(rows["amount"]))
    tests = {"no account on one side": sided, "no time": pc.is_valid(rows["at"]), "no amount above zero": sound}
    left_out: dict[str, int] = {}
    kept = np.ones(len(rows), dtype=np.bool_)
    for reason, test in tests.items():
        good = np.asarray(pc.fill_null(test, False), dtype=np.bool_)
        if (n := int((kept & ~good).sum())) > 0:
            left_out[reason] = n
        kept &= good
    if not kept.all():
        rows = rows.filter(pa.array(kept))
    if not _in_order(rows):
        rows = rows.take(pa.array(_time_order(rows)))
    payer, payee, accounts = _coded(rows["payer"], rows["payee"])
    currency, _, currencies = _coded(pc.fill_null(rows["currency"], ""))
    return Log(
        payer, payee, _ints(rows["at"]), _floats(rows["amount"]), currency, _floats(rows["usd"]), accounts, currencies,
        rows.select(["row_id", "payment_id"]).combine_chunks(), left_out,
    )  # fmt: skip


def _ints(column: pa.ChunkedArray) -> Ints:
    return np.ascontiguousarray(column.to_numpy(), dtype=np.int64)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.ascontiguousarray(column.to_numpy(), dtype=np.float64)


def _in_order(rows: pa.Table) -> bool:
    """Whether rows come by time, then by row_id: engines sort in parallel, and faster than is done here."""
    import pyarrow.compute as pc

    step, ids = np.diff(_ints(rows["at"])), rows["row_id"].combine_chunks()
    if len(rows) < 2 or (step < 0).any():
        return len(rows) < 2
    rising = pc.less_equal(ids.slice(0, len(ids) - 1), ids.slice(1))
    return bool(np.asarray(rising)[step == 0].all())


def _time_order(rows: pa.Table) -> Ints:
    """Indices by time, then by row_id."""
    import pyarrow.compute as pc

    at = _ints(rows["at"])
    order = np.argsort(at, kind="stable")
    tied = np.flatnonzero(np.diff(at[order]) == 0)
    if not len(tied):
        return order
    ranked = _ints(pc.rank(rows["row_id"], sort_keys="ascending", tiebreaker="first"))
    return np.lexsort((ranked, at))


def _coded(*columns: pa.ChunkedArray) -> tuple[Codes, Codes, pa.Array]:
    """Of one or two columns of text the number of each value, and the values, sorted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.chunked_array([c for column in columns for c in column.chunks], pa.string()).combine_chunks()
    coded = whole.dictionary_encode()
    order = pc.sort_indices(coded.dictionary)
    place = np.empty(len(order), dtype=np.int32)
    place[np.asarray(order)] = np.arange(len(order), dtype=np.int32)
    numbers = place[np.asarray(coded.indices)] if len(whole) else np.zeros(0, dtype=np.int32)
    n = len(columns[0])
    return np.ascontiguousarray(numbers[:n]), np.ascontiguousarray(numbers[n:]), coded.dictionary.take(order)


def _adjacency(side: Codes, accounts: int) -> Adjacency:
    starts, order = chosen(_bucket, len(side))(side, accounts)
    return Adjacency(starts, order)


def _bucket(side: Codes, accounts: int) -> tuple[Ints, Codes]:
    starts = np.zeros(accounts + 1, dtype=np.int64)
    for a in side:
        starts[a + 1] += 1
    for a in range(accounts):
        starts[a + 1] += starts[a]
    place = starts[:-1].copy()
    order = np.empty(len(side), dtype=np.int32)
    for i in range(len(side)):
        order[place[side[i]]] = i
        place[side[i]] += 1
    return starts, order


def _opened(payer: Codes, payee: Codes, starts: Ints, order: Codes) -> Codes:
    accounts = len(starts) - 1
    opened = np.full(len(payer), -1, dtype=np.int32)
    whose = np.full(accounts, -1, dtype=np.int32)
    first = np.zeros(accounts, dtype=np.int32)
    for a in range(accounts):
        for k in range(starts[a], starts[a + 1]):
            i = order[k]
            b = payee[i]
            if b == a:
                continue
            if whose[b] != a:
                whose[b] = a
                first[b] = i
            opened[i] = first[b]
    return opened


def _only(opened: Codes, starts: Ints, order: Codes) -> tuple[Ints, Codes]:
    begins = np.zeros_like(starts)
    kept = np.empty_like(order)
    n = 0
    for a in range(len(starts) - 1):
        for k in range(starts[a], starts[a + 1]):
            if opened[order[k]] == order[k]:
                kept[n] = order[k]
                n += 1
        begins[a + 1] = n
    return begins, kept[:n].copy()


def _since(payee: Codes, at: Ints, starts: Ints, order: Codes) -> Ints:
    """Per payer in time order; `last` and `before` hold of each payee the last second and the one before it."""
    n, accounts = len(at), len(starts) - 1
    since = np.full(n, -1, dtype=np.int64)
    whose = np.full(accounts, -1, dtype=np.int32)
    last = np.zeros(accounts, dtype=np.int64)
    before = np.zeros(accounts, dtype=np.int64)
    for a in range(accounts):
        for k in range(starts[a], starts[a + 1]):
            i = order[k]
            b = payee[i]
            if whose[b] != a:
                whose[b] = a
                last[b] = at[i]
                before[b] = -1
            elif last[b] < at[i]:
                before[b] = last[b]
                last[b] = at[i]
            if before[b] >= 0:
                since[i] = at[i] - before[b]
    return since


def _quiet(payer: Codes, payee: Codes, at: Ints, accounts: int) -> tuple[Ints, Ints]:
    n = len(at)
    quiet_payer = np.full(n, -1, dtype=np.int64)
    quiet_payee = np.full(n, -1, dtype=np.int64)
    last = np.full(accounts, -1, dtype=np.int64)
    begin = 0
    while begin < n:  # payments of one second see none of each other
        end = begin
        while end < n and at[end] == at[begin]:
            if last[payer[end]] >= 0:
                quiet_payer[end] = at[end] - last[payer[end]]
            if last[payee[end]] >= 0:
                quiet_payee[end] = at[end] - last[payee[end]]
            end += 1
        for i in range(begin, end):
            last[payer[i]] = at[i]
            last[payee[i]] = at[i]
        begin = end
    return quiet_payer, quiet_payee
