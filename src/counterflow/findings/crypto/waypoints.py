"""What happened on the way of traced funds: crossings of bridges, branches that meet again, peel chains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.crypto import peels
from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.trace import DAY, Trace, path

__all__ = ["Chain", "branches", "chains", "crossed"]


def crossed(found: Trace) -> Iterator[tuple[int, float]]:
    """Crossings that traced funds were paid into, as numbers in the book's, and the tainted share of the deposit."""
    deposit = found.book.crossings.deposit
    if not len(deposit) or not len(found.part):
        return
    place = np.minimum(np.searchsorted(found.part, deposit), len(found.part) - 1)
    share = np.where(found.part[place] == deposit, found.share[place], 0.0)
    for c in np.flatnonzero(share > 0).tolist():
        yield c, float(share[c])


def branches(found: Trace, arrived: Iterable[int]) -> dict[int, int]:
    """sender → its transfer that brought most, of the senders that lie on no other's way.

    An address that lies on the way of another is the same branch, so the steps of one peel chain count once.

    :param arrived: transfers to one address, as numbers of the book
    """
    t, carried = found.book.transfers, found.carried
    best: dict[int, int] = {}
    between: set[int] = set()
    for place in np.searchsorted(found.part, sorted(arrived)).tolist():
        way = path(found, place)
        between.update(int(t.sender[i]) for i in way[:-1])
        sender = int(t.sender[way[-1]])
        if len(way) > 1 and (sender not in best or carried[place] > carried[best[sender]]):
            best[sender] = place
    return {sender: int(found.part[place]) for sender, place in best.items() if sender not in between}


@dataclass(frozen=True)
class Chain:
    """A peel chain: numbers of its transfers in order, and of each whether it goes on or is peeled off.

    :param uneven: how much the peels vary; :param off: the median share that is peeled off
    """

    members: Any
    role: Any
    uneven: float
    off: float

    @property
    def main(self) -> Any:
        """What goes on to the next address."""
        return self.members[self.role == peels.MAIN]

    @property
    def peeled(self) -> Any:
        """What is paid away."""
        return self.members[self.role == peels.PEEL]


def chains(book: Book, dial: Mapping[str, float]) -> list[Chain]:
    """Peel chains of the whole book whose peels are even enough. :param dial: of the typology `crypto_peel_chain`"""
    asked = ("chains", *(dial[name] for name in ("steps", "peel", "dust", "days", "uneven")))
    if asked not in book.kept:
        hits = peels.find(
            book.transfers, book.stops, steps=int(dial["steps"]), peel=dial["peel"], dust=dial["dust"],
            window=int(dial["days"] * DAY),
        )  # fmt: skip
        told = []
        for h, members in enumerate(hits):
            assert hits.role is not None
            role = hits.role[hits.starts[h] : hits.starts[h + 1]]
            uneven, off = peels.spread(book.transfers, members, role)
            if uneven <= dial["uneven"]:
                told.append(Chain(members, role, uneven, off))
        book.kept[asked] = told
    found: list[Chain] = book.kept[asked]
    return found
