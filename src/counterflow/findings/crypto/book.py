"""The book: all transfers of an audience with swaps and bridge crossings joined up, and what is known of addresses.

Made once for every trace. Where value goes on in another asset (`swaps`) or on another chain (`bridges`, unique
matches only), the transfers run over a holding of their own, so that a trace follows it; where it cannot be told, it
ends at the service, which is named. An address with very many transfers that no source names is taken for a service
too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.crypto import bridges, swaps
from counterflow.findings.crypto.bridges import Crossings
from counterflow.findings.crypto.labels import Label, labels, nameless
from counterflow.findings.crypto.transfers import Transfers, read
from counterflow.model.dates import latest

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["Book", "made", "of"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MINUTES, FEE, HUB = 60.0, 0.02, 5000
"""Longest crossing of a bridge, most that it keeps, and transfers from which an address without a name is a service."""


@dataclass(frozen=True)
class Book:
    """:param labels: number of an address → what is said of it
    :param source: int32[n], holding that a transfer leaves, `target` where it arrives: those of the transfers, but over
        a holding of its own in a swap or crossing
    :param leaving: float64[n], amount in the source's asset; `arriving` in the target's
    :param crossings: deposits with bridges and their best candidates
    :param swap: int32[n], number of the swap that a transfer is part of, -1 for none
    :param stops: bool[names], services, which carry no taint on
    :param holdings: how many there are, those of swaps and crossings at the end
    """

    transfers: Transfers
    labels: dict[int, Label]
    source: Codes
    target: Codes
    leaving: Floats
    arriving: Floats
    crossings: Crossings
    swap: Codes
    stops: Flags
    holdings: int
    kept: dict[Any, Any] = field(default_factory=dict)

    def label(self, name: int) -> Label:
        """What is said of an address."""
        return self.labels.get(name) or nameless(self.transfers.names[name].as_py())

    def kind(self, name: int) -> str:
        """Kind of service; ``vault`` where only its payments say that it is a bridge's, ``hub`` where only its size
        says that it is a service; else empty."""
        told = self.labels.get(name)
        guessed = "vault" if name in self.crossings.vaults else "hub"
        return (told.kind if told else "") or (guessed if self.stops[name] else "")

    def seeds(self) -> list[int]:
        """Numbers of the addresses that a source ties to theft, crime or sanctions."""
        return sorted(n for n, label in self.labels.items() if label.seed)

    def own(self, holding: Codes) -> Flags:
        """Which holdings are those of a swap or crossing."""
        return holding >= self.transfers.holdings

    def seeded(self, names: Flags, index: Ints) -> Flags:
        """Which of some transfers leave one of these addresses while it is one: a label that ended is none after."""
        t = self.transfers
        sender = t.sender[index]
        found = names[sender] & ~self.own(self.source[index])
        for n in np.flatnonzero(names):
            label = self.labels.get(int(n))
            if label is not None and label.until is not None:
                last = _second(latest(label.until))
                found &= ~((sender == n) & t.dated[index] & (t.at[index] > last))
        return found


def _second(day: Any) -> int:
    import datetime as dt

    return int(dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC).timestamp())


def of(data: Data) -> Book:
    """The book of what `data` shows."""
    transfers = read(data)
    return made(transfers, labels(data, transfers.names))


def made(transfers: Transfers, known: dict[int, Label], *, hub: int = HUB) -> Book:
    """A book of these transfers and labels."""
    kinds = np.zeros((3, len(transfers.names)), dtype=np.bool_)  # any service, pools and the like, bridges
    for n, label in known.items():
        kinds[:, n] = label.kind != "", label.kind not in ("", "bridge"), label.kind == "bridge"
    stops = kinds[0] | ((transfers.size >= hub) & ~_seeds(known, len(transfers.names)))
    swap, side = swaps.find(transfers, kinds[0])
    late = _late(swap, side)
    if late is not None:
        transfers, swap, side = transfers.take(late), swap[late], side[late]
    found = bridges.find(transfers, kinds[2], minutes=MINUTES, fee=FEE)
    stops[list(found.vaults)] = True
    source, target = transfers.source.copy(), transfers.target.copy()
    leaving, arriving = transfers.amount.copy(), transfers.amount.copy()
    holdings = transfers.holdings
    given, got = side == 1, side == 2
    target[given], source[got] = holdings + swap[given], holdings + swap[got]
    count = int(swap.max(initial=-1)) + 1
    if count:
        whole = np.bincount(swap[given], transfers.amount[given], minlength=count)
        back = np.bincount(swap[got], transfers.amount[got], minlength=count)
        leaving[got] = transfers.amount[got] * (whole / back)[swap[got]]
    holdings += count
    follow = found.unique & ~(got[found.payout] | given[found.deposit])
    deposit, payout = found.deposit[follow], found.payout[follow]
    target[deposit] = source[payout] = holdings + np.arange(len(deposit), dtype=np.int32)
    leaving[payout] = transfers.amount[deposit]
    holdings += len(deposit)
    return Book(transfers, known, source, target, leaving, arriving, found, swap, stops, holdings)


def _seeds(known: dict[int, Label], names: int) -> Flags:
    found = np.zeros(names, dtype=np.bool_)
    found[[n for n, label in known.items() if label.seed]] = True
    return found


def _late(swap: Codes, side: Ints) -> Ints | None:
    """An order in which what is got in a swap comes after what is given; None where it does."""
    got = np.flatnonzero(side == 2)
    if not len(got):
        return None
    given = np.flatnonzero(side == 1)
    last = np.zeros(int(swap.max()) + 1, dtype=np.int64)
    np.maximum.at(last, swap[given], given)
    before = got < last[swap[got]]
    if not before.any():
        return None
    place = np.arange(len(swap), dtype=np.float64)
    place[got[before]] = last[swap[got[before]]] + 0.5
    return np.argsort(place, kind="stable")
