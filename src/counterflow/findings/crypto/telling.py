"""From traces to findings: whose funds they are, who got them, in what words, and on which rows and claims it rests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.labels import Label
from counterflow.findings.crypto.trace import Arrival, Trace, behind, path
from counterflow.model.finding import Evidence

__all__ = ["ROWS", "Group", "Rows", "billed", "enough", "groups", "rows", "said", "sources", "way"]

ROWS = 200
"""Transfers that a finding lists at most, those that brought the most first; how many more there are is told."""

_KINDS = {"mixer": "a mixer", "bridge": "a bridge", "dex": "an exchange on the chain", "exchange": "an exchange",
          "service": "a service", "hub": "a service, by its size", "vault": "a bridge, by what it pays"}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Marked addresses of one holder, of one theft.

    :param label: of the first of them; :param seeds: their numbers
    """

    label: Label
    seeds: tuple[int, ...]

    @property
    def listed(self) -> bool:
        """Whether a sanctions list names the holder or the addresses."""
        return self.label.listed


@dataclass(frozen=True)
class Rows:
    """:param evidence: rows of transfers, in order; :param transfers: their transactions; :param accounts: addresses
    :param start: ISO time of the first, where it has one; :param left_out: how many more there are"""

    evidence: tuple[Evidence, ...]
    transfers: tuple[str, ...]
    accounts: tuple[str, ...]
    start: str | None
    end: str | None
    left_out: int


def groups(book: Book) -> list[Group]:
    """Marked addresses that sent anything, by their holder, in order of the holders' ids."""
    sent = set(book.transfers.sender.tolist()) if len(book.transfers) else set()
    found: dict[str, list[int]] = {}
    for n in book.seeds():
        if n in sent:
            found.setdefault(book.labels[n].entity, []).append(n)
    return [Group(book.labels[found[key][0]], tuple(found[key])) for key in sorted(found)]


def said(book: Book, name: int) -> str:
    """An address in print: its holder's name, and what kind of service it is."""
    label, kind = book.label(name), book.kind(name)
    return f"{label.caption} ({_KINDS[kind]})" if kind else label.caption


def billed(arrivals: Sequence[Arrival]) -> str:
    """Tainted sums by asset, largest first, and together in dollars where known: ``12.5 ETH (31,000 US dollars)``."""
    sums: dict[str, float] = {}
    for a in arrivals:
        sums[a.asset] = sums.get(a.asset, 0.0) + a.tainted
    told = [f"{_figure(amount)} {asset}" for asset, amount in sorted(sums.items(), key=lambda s: (-s[1], s[0]))]
    usd = sum(a.usd for a in arrivals)
    return " and ".join(told) + (f" ({usd:,.0f} US dollars)" if usd >= 1 else "")


def _figure(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 1000 else f"{amount:,.4g}"


def enough(arrivals: Sequence[Arrival], left: float, dial: Any) -> bool:
    """Whether it is a sum to speak of: in dollars where known, else as a part of what left the marked addresses."""
    usd = sum(a.usd for a in arrivals)
    if usd > 0:
        return usd >= float(dial["usd"])
    return left <= 0 or sum(a.tainted for a in arrivals) >= float(dial["part"]) * left


def way(found: Trace, arrived: Sequence[int]) -> tuple[list[int], int]:
    """Transfers on the ways to these, in order: the main way of those that brought most, then what carried most, `ROWS`
    in all; and how many more there are."""
    every = behind(found, arrived)
    carried = found.carried
    ends = np.searchsorted(found.part, np.array(sorted(arrived), dtype=np.int64)).tolist()
    told: set[int] = set()
    for i in sorted(ends, key=lambda i: (-carried[i], i))[:20]:
        told.update(path(found, i))
    for i in every:
        if len(told) >= ROWS:
            break
        told.add(i)
    return sorted(told), len(set(every) - told)


def rows(book: Book, members: Sequence[int], role: str) -> Rows:
    """Evidence of transfers. :param members: numbers in the book, in order"""
    shown = list(members)[:ROWS]
    told = [book.transfers.row(i) for i in shown]
    dated = [row["at"] for row in told if row["at"] is not None]
    return Rows(
        evidence.of_rows("transfers", (row["row_id"] for row in told), role),
        tuple(dict.fromkeys(row["tx"] for row in told if row["tx"])),
        tuple(dict.fromkeys(a for row in told for a in (row["sender"], row["receiver"]))),
        evidence.iso(min(dated)) if dated else None,
        evidence.iso(max(dated)) if dated else None,
        len(members) - len(shown),
    )


def sources(book: Book, names: Iterable[int], role: str) -> tuple[Evidence, ...]:
    """Evidence of what is said of addresses."""
    ids = {claim for n in names for claim in (book.labels[n].claim_ids if n in book.labels else ())}
    return evidence.claims(ids, role)
