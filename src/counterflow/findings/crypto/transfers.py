"""Transfers on blockchains in order, as columns of numbers: what every kernel of this package works on.

A *holding* is what one address has of one asset on one chain; where a source names transactions and not addresses
(Bitcoin's own book), the holding is what one transaction received. Order: by time, block and place in the block. Chains
that say no place, and rows of one second, are put so that what is received comes before what is paid on, for nobody can
pay what has not arrived; a circle within one second is broken at its smallest `row_id`, a content hash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import compiled
from counterflow.model import crypto_address

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["Transfers", "considered", "from_rows", "kernel", "key", "read"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

COMPILE_FROM = 100_000
"""Transfers from which compiling a kernel (some seconds, once) is quicker than interpreting it."""

FAILED = ("failed", "fail", "error", "error(0)", "error(1)", "reverted", "0")
PLACED = ("ethereum", "bsc", "polygon", "arbitrum", "optimism", "avalanche", "ethereum-classic", "base")
"""Chains whose `position` is a place in the whole block (log index), not in one transaction."""


@dataclass(frozen=True)
class Transfers:
    """n transfers in order.

    :param source: int32[n], number of the holding that it leaves; `target` likewise where it arrives
    :param sender: int32[n], number in `names` of the address that sends (of the transaction that is spent, where none
        is named); `receiver` likewise
    :param at: int64[n], seconds since 1970; the block's height where a whole chain has no times
    :param dated: bool[n], whether `at` is a time
    :param amount: float64[n], in units of the asset; NaN where the source gives none
    :param usd: float64[n], in US dollars where the source gives it, else NaN
    :param chain: int32[n], number in `chains`; `asset` likewise, number in `assets`
    :param name: int32[holdings], number in `names` of each holding's address or transaction
    :param order: int64[n], place of each transfer in `rows`
    :param left_out: reason, in words → transfers left out for it
    """

    source: Codes
    target: Codes
    sender: Codes
    receiver: Codes
    at: Ints
    dated: Flags
    amount: Floats
    usd: Floats
    chain: Codes
    asset: Codes
    name: Codes
    names: pa.Array
    chains: tuple[str, ...]
    assets: tuple[str, ...]
    order: Ints
    rows: pa.Table
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    @property
    def holdings(self) -> int:
        """How many holdings there are."""
        return len(self.name)

    @cached_property
    def tx(self) -> Codes:
        """int32[n]: number of the transaction; of rows without one its own."""
        import pyarrow as pa
        import pyarrow.compute as pc

        coded = pc.fill_null(pc.dictionary_encode(self.rows["tx"].combine_chunks()).indices, -1)
        codes = np.asarray(coded, dtype=np.int64)[self.order] * len(self.chains) + self.chain
        without = codes < 0
        codes[without] = codes.max(initial=0) + 1 + np.flatnonzero(without)
        found = pa.array(codes).dictionary_encode()
        return np.asarray(found.indices, dtype=np.int32)

    @cached_property
    def size(self) -> Codes:
        """int32[names]: transfers that an address sent or received."""
        both = np.bincount(self.sender, minlength=len(self.names)) + np.bincount(
            self.receiver, minlength=len(self.names)
        )
        return both.astype(np.int32)

    @cached_property
    def by_receiver(self) -> tuple[Codes, Ints]:
        """Transfers by who receives, in order; and where those of each address begin, int64[names + 1]."""
        order = np.argsort(self.receiver, kind="stable").astype(np.int32)
        return order, np.searchsorted(self.receiver[order], np.arange(len(self.names) + 1))

    @cached_property
    def ticker(self) -> Codes:
        """int32[n]: number in `tickers` of the asset's ticker, in capitals; an asset without one has an empty one."""
        return self._tickers[0][self.order]

    @property
    def tickers(self) -> tuple[str, ...]:
        """Tickers that occur, sorted."""
        return self._tickers[1]

    @cached_property
    def _tickers(self) -> tuple[Codes, tuple[str, ...]]:
        import pyarrow.compute as pc

        return _coded(pc.fill_null(pc.utf8_upper(self.rows["asset"]), ""))

    def take(self, order: Ints) -> Transfers:
        """The same in another order."""
        columns = ("source", "target", "sender", "receiver", "at", "dated", "amount", "usd", "chain", "asset", "order")
        return replace(self, **{name: getattr(self, name)[order] for name in columns})

    def row(self, i: int) -> dict[str, Any]:
        """One transfer as the ledger has it: row_id, tx, asset (its ticker), amount, usd, sender, receiver, at."""
        table = self.rows.slice(int(self.order[i]), 1).to_pylist()[0]
        return {
            **{name: table[name] for name in ("row_id", "tx", "asset", "amount", "usd", "chain")},
            "sender": self.names[int(self.sender[i])].as_py(),
            "receiver": self.names[int(self.receiver[i])].as_py(),
            "at": int(self.at[i]) if self.dated[i] else None,
        }

    def numbers(self, wanted: Mapping[str, Any] | set[str]) -> dict[str, int]:
        """name → its number, of those names that occur."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values = pa.array(sorted(wanted), pa.string())
        found = pc.index_in(values, value_set=self.names).to_pylist()
        return {name: n for name, n in zip(values.to_pylist(), found, strict=True) if n is not None}


def kernel(plain: Callable[..., Any], size: int) -> Callable[..., Any]:
    """A kernel compiled, where there is enough to do."""
    return compiled(plain) if size >= COMPILE_FROM else plain


def key(address: str) -> str:
    """An address in the form that tables compare."""
    return crypto_address.parse(address).value


def considered(data: Data) -> ibis.Table:
    """Transfers, those that failed marked; each once where several data sets tell of it."""
    import ibis

    table = data.table("transfers")
    told = data.run(table.select("dataset").distinct())
    if len(told) > 1:
        same = ["chain", "tx", "from_address", "to_address", "spent_tx", "amount", "asset", "position", "repeat"]
        order = ibis.window(group_by=same, order_by="row_id")
        named = table.mutate(nth=ibis.ifelse(table.tx.isnull(), 0, ibis.row_number().over(order)))
        table = named.filter(named.nth == 0)
    return table.select(
        "row_id", "tx", "position", "spent_tx", "from_address", "to_address", "amount", "asset", "contract", "block",
        chain=ibis.coalesce(table.chain.lower(), ""),
        usd=table.amount_usd,
        at=table.timestamp.epoch_seconds().cast("int64"),
        failed=ibis.coalesce(table.status.lower().isin(FAILED), False),
    )  # fmt: skip


def read(data: Data) -> Transfers:
    """All transfers that `data` shows."""
    return from_rows(data.run(considered(data)))


def from_rows(rows: pa.Table) -> Transfers:
    """Transfers of the columns of `considered`, in any order.

    Left out and counted: what failed, what names no sender or receiver, what has neither time nor block. A time that
    is missing is that of the last block before it with one.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = rows.combine_chunks()
    sided = pc.and_(
        pc.or_(pc.is_valid(rows["from_address"]), pc.is_valid(rows["spent_tx"])),
        pc.or_(pc.is_valid(rows["to_address"]), pc.is_valid(rows["tx"])),
    )
    tests = {
        "it failed": pc.invert(rows["failed"]),
        "no sender or no receiver": sided,
        "neither time nor block": pc.or_(pc.is_valid(rows["at"]), pc.is_valid(rows["block"])),
        "an amount below zero": pc.invert(pc.less(rows["amount"], 0.0)),
    }
    kept = np.ones(len(rows), dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, test in tests.items():
        good = np.asarray(pc.fill_null(test, True), dtype=np.bool_)
        if (n := int((kept & ~good).sum())) > 0:
            left_out[reason] = n
        kept &= good
    if not kept.all():
        rows = rows.filter(pa.array(kept)).combine_chunks()
    chain, chains = _coded(rows["chain"])
    asset, assets = _coded(pc.coalesce(rows["contract"], pc.utf8_upper(rows["asset"]), pa.scalar("")))
    at, dated = _times(rows, chain, len(chains))
    parties, names = _parties(rows)
    order, ties = _order(rows, at, chain, chains)
    parties, chain, asset = [p[order] for p in parties], chain[order], asset[order]
    source, target, owner = _holdings(parties[0], parties[1], chain, asset, len(names), len(assets))
    if len(ties):
        inner = kernel(_settled, len(rows))(source, target, ties, len(owner))
        order, parties, chain, asset = order[inner], [p[inner] for p in parties], chain[inner], asset[inner]
        source, target = source[inner], target[inner]
    parties, owner, names = _by_sight(parties, owner, names)
    amount = np.asarray(pc.fill_null(rows["amount"], np.nan), dtype=np.float64)[order]
    usd = np.asarray(pc.fill_null(rows["usd"], np.nan), dtype=np.float64)[order]
    return Transfers(
        source, target, parties[2], parties[3], at[order], dated[order], amount, usd, chain, asset, owner, names,
        chains, assets, order, rows.select(["row_id", "tx", "asset", "amount", "usd", "chain"]), left_out,
    )  # fmt: skip


def _coded(column: pa.ChunkedArray) -> tuple[Codes, tuple[str, ...]]:
    """Number of each value in the sorted values."""
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(column.combine_chunks())
    order = np.asarray(pc.sort_indices(coded.dictionary))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[np.asarray(coded.indices)], tuple(coded.dictionary.take(order).to_pylist())


def _times(rows: pa.Table, chain: Codes, chains: int) -> tuple[Ints, Flags]:
    import pyarrow.compute as pc

    at = np.asarray(pc.fill_null(rows["at"], 0), dtype=np.int64).copy()
    block = np.asarray(pc.fill_null(rows["block"], -1), dtype=np.int64)
    timed = np.asarray(pc.is_valid(rows["at"]), dtype=np.bool_)
    dated = timed.copy()
    if timed.all():
        return at, dated
    for c in range(chains):
        mine, missing = chain == c, (chain == c) & ~timed
        known = np.flatnonzero(mine & timed & (block >= 0))
        if not missing.any():
            continue
        if not len(known):
            at[missing] = block[missing]
            continue
        known = known[np.lexsort((at[known], block[known]))]
        place = np.searchsorted(block[known], block[missing], side="right") - 1
        at[missing] = at[known[np.maximum(place, 0)]]
        dated[missing] = True
    return at, dated


def _parties(rows: pa.Table) -> tuple[list[Codes], pa.Array]:
    """Numbers of: what is spent (transaction or address), what receives, sender, receiver; and the names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [pc.coalesce(rows["from_address"], rows["spent_tx"]), pc.coalesce(rows["to_address"], rows["tx"])]
    spent = rows["spent_tx"]
    if spent.null_count < len(spent):
        by_tx = pc.is_valid(spent)
        columns += [
            pc.if_else(by_tx, spent, rows["from_address"]),
            pc.if_else(
                pc.and_(by_tx, pc.is_valid(rows["tx"])), rows["tx"], pc.coalesce(rows["to_address"], rows["tx"])
            ),
        ]
    whole = pa.chunked_array([c for column in columns for c in column.chunks], pa.string()).combine_chunks()
    coded = pc.dictionary_encode(whole)
    names = coded.dictionary
    numbers = np.asarray(coded.indices, dtype=np.int32) if len(whole) else np.zeros(0, dtype=np.int32)
    parts = [np.ascontiguousarray(numbers[k * len(rows) : (k + 1) * len(rows)]) for k in range(len(columns))]
    return [*parts[-2:], *parts[:2]], names


def _by_sight(parties: list[Codes], owner: Codes, names: pa.Array) -> tuple[list[Codes], Codes, pa.Array]:
    """The same with names numbered in order of first sight: what order they have in a file decides nothing."""
    import pyarrow as pa

    n = len(parties[0])
    first = np.full(len(names), 4 * n, dtype=np.int64)
    for k, codes in enumerate(parties[2:] + parties[:2]):
        np.minimum.at(first, codes, np.arange(n) * 4 + k)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(names), dtype=np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    return [place[codes] for codes in parties], place[owner], names.take(pa.array(order))


def _order(rows: pa.Table, at: Ints, chain: Codes, chains: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Places by time, chain, block and place in the block; and the bounds of runs that these leave tied, each run of
    which is in order of row_id: int64[runs, 2]."""
    import pyarrow.compute as pc

    block = np.asarray(pc.fill_null(rows["block"], -1), dtype=np.int64)
    placed = np.isin(chain, [n for n, name in enumerate(chains) if name in PLACED])
    position = np.where(placed, _positions(rows["position"]), 0)
    first = (at - at.min(initial=0)) * len(chains) + chain
    second = (block + 1) * (1 << 24) + np.minimum(position + 1, (1 << 24) - 1)
    order = np.lexsort((second, first))
    same = (np.diff(first[order]) == 0) & (np.diff(second[order]) == 0)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    ties = np.column_stack((edges[::2], edges[1::2] + 1)).astype(np.int64) if len(edges) else np.zeros((0, 2), np.int64)
    if len(ties):
        tied = np.concatenate([[False], same]) | np.concatenate([same, [False]])
        inside = np.flatnonzero(tied)
        ids = rows["row_id"].take(order[inside])
        rank = np.asarray(pc.rank(ids, sort_keys="ascending", tiebreaker="first"), dtype=np.int64)
        run = np.repeat(np.arange(len(ties)), ties[:, 1] - ties[:, 0])
        order[inside] = order[inside][np.lexsort((rank, run))]
    return order.astype(np.int64), ties


def _positions(column: pa.ChunkedArray) -> Ints:
    """Whole numbers written as text; what is none is -1."""
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(column.combine_chunks())
    values = np.array([int(t) if t.isdigit() else -1 for t in coded.dictionary.to_pylist()] + [-1], dtype=np.int64)
    found: Ints = values[np.asarray(pc.fill_null(coded.indices, len(values) - 1))]
    return found


def _holdings(
    spent: Codes, received: Codes, chain: Codes, asset: Codes, names: int, assets: int
) -> tuple[Codes, Codes, Codes]:
    """Number of the holding on both sides, in order of first sight, and the name of each holding."""
    import pyarrow as pa

    kind = (chain.astype(np.int64) * max(assets, 1) + asset) * max(names, 1)
    coded = pa.array(np.concatenate((kind + spent, kind + received))).dictionary_encode()
    codes = np.asarray(coded.indices, dtype=np.int32)
    owner = (np.asarray(coded.dictionary, dtype=np.int64) % max(names, 1)).astype(np.int32)
    n = len(spent)
    return np.ascontiguousarray(codes[:n]), np.ascontiguousarray(codes[n:]), owner


def _settled(source: Codes, target: Codes, ties: Ints, holdings: int) -> Ints:  # noqa: C901, a kernel is one nest of loops
    """Order in which, within each run of ties, a holding receives before it pays; linear in rows."""
    n = len(source)
    order = np.arange(n)
    waits = np.zeros(holdings, dtype=np.int32)  # receipts of the run still to come
    first = np.full(holdings, -1, dtype=np.int32)  # payments of the run, linked, latest first
    after = np.full(n, -1, dtype=np.int32)
    ready = np.empty(n, dtype=np.int32)
    done = np.zeros(n, dtype=np.bool_)
    for r in range(len(ties)):
        begin, end = ties[r, 0], ties[r, 1]
        for i in range(end - 1, begin - 1, -1):
            after[i] = first[source[i]]
            first[source[i]] = i
            if source[i] != target[i]:
                waits[target[i]] += 1
        head, tail, put, scan = 0, 0, begin, begin
        for i in range(begin, end):
            if waits[source[i]] == 0 and first[source[i]] == i:
                ready[tail] = source[i]
                tail += 1
        while put < end:
            if head == tail:  # a circle: its first payment goes ahead
                while done[scan]:
                    scan += 1
                ready[tail] = source[scan]
                tail += 1
            here = ready[head]
            head += 1
            i = first[here]
            first[here] = -1
            while i >= 0:
                order[put] = i
                put += 1
                done[i] = True
                there = target[i]
                if there != here:
                    waits[there] -= 1
                    if waits[there] == 0 and first[there] >= 0:
                        ready[tail] = there
                        tail += 1
                i = after[i]
        for i in range(begin, end):
            waits[target[i]] = 0
    return order
