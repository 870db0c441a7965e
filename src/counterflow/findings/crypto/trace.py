"""A trace: where funds that left marked addresses went, who received how much of them and by when.

Cheap first, exact second: one pass by poison over everything finds what can be reached at all within hops and days;
the method asked for runs over that part, with every other transfer of the holdings in it, which thin the taint out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from typing import Any

import numpy as np

from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.taint import SEEDED, STOPPED, Carried, carry

__all__ = ["Arrival", "Trace", "arrivals", "behind", "path", "trace"]

DAY = 86_400
Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Trace:
    """Taint of some marked addresses, over m of the book's transfers.

    :param part: int64[m], the transfers looked at, in order
    :param share: float64[m], tainted part of each; `hop` and `previous` as in `taint.Carried`, the latter into `part`
    :param method: the one used: ``structure`` where no amounts are known
    :param exhausted: holdings at which the trace was cut short by its caps
    :param reached: how many transfers can be reached at all (poison)
    """

    book: Book
    part: Ints
    share: Floats
    hop: Codes
    previous: Codes
    seeds: tuple[int, ...]
    method: str
    exhausted: int
    reached: int

    @property
    def carried(self) -> Floats:
        """float64[m]: tainted amount that arrives, in the asset that arrives; the share where no amounts are known."""
        found: Floats = self.share if self.method == "structure" else self.share * _sure(self.book.arriving[self.part])
        return found

    @cached_property
    def into(self) -> tuple[Ints, Codes]:
        """Tainted transfers by the holding that they arrive at, in order; and these holdings."""
        tainted = np.flatnonzero(self.share > 0)
        target = self.book.target[self.part[tainted]]
        order = np.argsort(target, kind="stable")
        return tainted[order], target[order]


@dataclass(frozen=True)
class Arrival:
    """Tainted funds at one address, of one asset.

    :param name: number of the address; :param transfers: those that brought them, in order, as numbers of the book
    :param tainted: in units of the asset; :param usd: in US dollars, of those transfers whose value is known
    :param of: what the address received of the asset in all; :param most: by poison
    :param passed: what it paid on of it; :param hops: fewest
    """

    name: int
    chain: str
    asset: str
    tainted: float
    usd: float
    of: float
    most: float
    passed: float
    hops: int
    senders: tuple[int, ...]
    transfers: tuple[int, ...]

    @property
    def share(self) -> float:
        """Tainted part of what it received."""
        return min(1.0, self.tainted / self.of) if self.of > 0 else 0.0

    @property
    def rests(self) -> float:
        """Part that it had not paid on at the end of the data."""
        return max(0.0, 1 - self.passed / self.tainted) if self.tainted > 0 else 0.0


def trace(book: Book, seeds: Iterable[int], *, method: str = "haircut", hops: int = 5, days: float = 90) -> Trace:
    """Follow what left these addresses."""
    chosen = tuple(sorted(set(seeds)))
    asked = (chosen, method, hops, days)
    if asked not in book.kept:
        book.kept[asked] = _traced(book, chosen, method, hops, int(days * DAY))
    found: Trace = book.kept[asked]
    return found


@dataclass(frozen=True)
class _Area:
    """Some transfers of the book, in order, their holdings numbered anew, those of swaps and crossings from `free` on.

    :param mark: int8, `taint.STOPPED` where a transfer leaves a service
    """

    index: Ints
    source: Codes
    target: Codes
    mark: Any
    holdings: int
    free: int


def _whole(book: Book) -> _Area:
    if "whole" not in book.kept:
        t = book.transfers
        mark = np.where(book.stops[t.sender] & ~book.own(book.source), np.int8(STOPPED), np.int8(0))
        index = np.arange(len(t), dtype=np.int64)
        book.kept["whole"] = _Area(index, book.source, book.target, mark, book.holdings, t.holdings)
    found: _Area = book.kept["whole"]
    return found


def _marked(book: Book, hops: int, window: int) -> _Area:
    """What can be reached from all marked addresses together: the traces of single holders look no farther."""
    asked = ("marked", hops, window)
    if asked not in book.kept:
        area = _whole(book)
        book.kept[asked], _ = _narrowed(book, area, _among(book, book.seeds()), hops, window, none=())
    found: _Area = book.kept[asked]
    return found


def _among(book: Book, seeds: Iterable[int]) -> Any:
    names = np.zeros(len(book.transfers.names), dtype=np.bool_)
    names[list(seeds)] = True
    return names


def _narrowed(
    book: Book, area: _Area, names: Any, hops: int, window: int, none: Iterable[int]
) -> tuple[_Area, Carried]:
    """The transfers of an area that can be reached at all, and every other one of their holdings, which thins out.

    :param none: addresses whose holdings nobody keeps the books of: what they pay is tainted whole anyway
    """
    t = book.transfers
    mark = area.mark.copy()
    mark[book.seeded(names, area.index)] = SEEDED
    wide = carry(
        "poison", area.source, area.target, book.leaving[area.index], book.arriving[area.index], t.at[area.index], mark,
        area.holdings, hops=hops, window=window, free=area.free,
    )  # fmt: skip
    reached = wide.hop > 0
    inside = np.zeros(area.holdings, dtype=np.bool_)
    inside[area.source[reached]] = inside[area.target[reached]] = True
    closed = book.stops.copy()
    closed[list(none)] = True
    of_closed = closed[t.name[np.minimum(book.source[area.index], t.holdings - 1)]] & (area.source < area.free)
    to_closed = closed[t.name[np.minimum(book.target[area.index], t.holdings - 1)]] & (area.target < area.free)
    inside[area.source[of_closed]] = inside[area.target[to_closed]] = False
    kept = np.flatnonzero(inside[area.source] | inside[area.target] | reached)
    source, target, holdings, free = _renumbered(area.source[kept], area.target[kept], area.free)
    where = np.zeros(len(area.index), dtype=np.int32)
    where[kept] = np.arange(len(kept), dtype=np.int32)
    before = wide.previous[kept]
    previous = np.where(before >= 0, where[before], -1).astype(np.int32)
    found = Carried(wide.share[kept], wide.hop[kept], previous, wide.exhausted)
    return _Area(area.index[kept], source, target, area.mark[kept], holdings, free), found


def _traced(book: Book, seeds: tuple[int, ...], method: str, hops: int, window: int) -> Trace:
    known = set(book.seeds())
    area = _marked(book, hops, window) if known.issuperset(seeds) else _whole(book)
    names = _among(book, seeds)
    area, found = _narrowed(book, area, names, hops, window, seeds)
    part, reached = area.index, int((found.hop > 0).sum())
    if method != "poison" and len(part):
        method = method if np.isfinite(book.leaving[part]).any() else "structure"
        mark = area.mark.copy()
        mark[book.seeded(names, part)] = SEEDED
        found = carry(
            method, area.source, area.target, book.leaving[part], book.arriving[part], book.transfers.at[part], mark,
            area.holdings, hops=hops, window=window, free=area.free,
        )  # fmt: skip
    return Trace(book, part, found.share, found.hop, found.previous, seeds, method, found.exhausted, reached)


def _renumbered(source: Codes, target: Codes, free: int) -> tuple[Codes, Codes, int, int]:
    used, numbers = np.unique(np.concatenate((source, target)), return_inverse=True)
    both: Codes = numbers.astype(np.int32)
    return both[: len(source)], both[len(source) :], len(used), int(np.searchsorted(used, free))


def _sure(amounts: Floats) -> Floats:
    found: Floats = np.nan_to_num(amounts)
    return found


def path(found: Trace, i: int) -> list[int]:
    """Transfers by which the most of what number `i` of the trace carries came, from the marked address on."""
    way = []
    while i >= 0:
        way.append(int(found.part[i]))
        i = int(found.previous[i])
    return way[::-1]


def behind(found: Trace, arrived: Iterable[int], most: int = 5000) -> list[int]:
    """Tainted transfers that led to these, and they themselves, those that carried most first.

    :param arrived: numbers in the book; :param most: how many are looked for
    """
    into, holding = found.into
    book, usd = found.book, found.book.transfers.usd
    weight = np.where(np.isfinite(usd[found.part]), found.share * usd[found.part], found.carried)
    places = np.searchsorted(found.part, np.fromiter(arrived, dtype=np.int64)).tolist()
    queue = [(-weight[i], i) for i in places]
    queue.sort()
    seen = set(places)
    told: list[int] = []
    while queue and len(told) < most:
        _, i = heappop(queue)
        told.append(int(found.part[i]))
        if found.previous[i] < 0:
            continue
        source = book.source[found.part[i]]
        low, high = np.searchsorted(holding, source), np.searchsorted(holding, source, side="right")
        earlier = into[low:high]
        for j in earlier[earlier < i].tolist():
            if j not in seen:
                seen.add(j)
                heappush(queue, (-weight[j], j))
    return told


def arrivals(found: Trace) -> Iterator[Arrival]:
    """Tainted funds at every address but the marked ones, in order of the addresses' numbers; an address that has
    several assets once for each. What runs through swaps and crossings is told where it comes out."""
    book, t = found.book, found.book.transfers
    part = found.part
    tainted = np.flatnonzero((found.share > 0) & ~book.own(book.target[part]))
    marked = np.zeros(len(t.names), dtype=np.bool_)
    marked[list(found.seeds)] = True
    tainted = tainted[~marked[t.receiver[part[tainted]]]]
    if not len(tainted):
        return
    carried, counted = found.carried, found.method == "structure"
    kind = _keys(book, t.receiver[part], part)
    sent = _keys(book, t.sender[part], part)
    out = np.flatnonzero((found.share > 0) & ~book.own(book.source[part]))
    lost = _measure(found, out, book.leaving)
    keys, inverse = np.unique(kind[tainted], return_inverse=True)
    passed = np.zeros(len(keys))
    at = np.searchsorted(keys, sent[out])
    known = (at < len(keys)) & (keys[np.minimum(at, len(keys) - 1)] == sent[out])
    np.add.at(passed, at[known], lost[known])
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(keys) + 1))
    usd = _sure(found.share * t.usd[part])
    amount = _measure(found, np.arange(len(part)), book.arriving, whole=True)
    for k, key in enumerate(keys.tolist()):
        mine = tainted[order[bounds[k] : bounds[k + 1]]]
        first = int(part[mine[0]])
        received = _received(book, int(t.receiver[first]), counted=counted)
        yield Arrival(
            int(t.receiver[first]), t.chains[int(t.chain[first])], _asset(book, first),
            float(carried[mine].sum()), float(usd[mine].sum()), received[key],
            float(amount[mine].sum()), float(passed[k]), int(found.hop[mine].min()),
            tuple(sorted({int(x) for x in t.sender[part[mine]]})), tuple(int(x) for x in part[mine]),
        )  # fmt: skip


def _asset(book: Book, i: int) -> str:
    """Ticker of a transfer's asset, the contract's address where it has none."""
    t = book.transfers
    return t.tickers[int(t.ticker[i])] or t.assets[int(t.asset[i])]


def _keys(book: Book, name: Codes, part: Ints) -> Ints:
    """One number for each address, chain and asset."""
    t = book.transfers
    found: Ints = (name.astype(np.int64) * len(t.chains) + t.chain[part]) * len(t.assets) + t.asset[part]
    return found


def _measure(found: Trace, where: Ints, amounts: Floats, whole: bool = False) -> Floats:
    share = np.ones(len(where)) if whole else found.share[where]
    return share if found.method == "structure" else share * _sure(amounts[found.part[where]])


def _received(book: Book, name: int, *, counted: bool) -> dict[int, float]:
    """What an address received in all, by its key for chain and asset. :param counted: transfers, not amounts"""
    asked = ("received", name, counted)
    if asked not in book.kept:
        t = book.transfers
        order, starts = t.by_receiver
        rows = order[starts[name] : starts[name + 1]].astype(np.int64)
        rows = rows[t.sender[rows] != name]
        keys, inverse = np.unique(_keys(book, t.receiver[rows], rows), return_inverse=True)
        amount = np.ones(len(rows)) if counted else _sure(book.arriving[rows])
        sums = np.bincount(inverse, amount, minlength=len(keys))
        book.kept[asked] = dict(zip(keys.tolist(), sums.tolist(), strict=True))
    found: dict[int, float] = book.kept[asked]
    return found
