"""Stolen or listed funds arriving: money that left a marked address, at who got it, over swaps and bridges, in time.

One finding for each marked holder and each receiver at which the trace ends: a service, a party that a source names, an
address where the funds rest. Addresses on the way are members, not findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.crypto import telling
from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.telling import Group
from counterflow.findings.crypto.trace import Arrival, Trace, arrivals, trace
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each holder of marked addresses and each end of the trace."""
    book = data.book
    for group in telling.groups(book):
        found = trace(book, group.seeds, hops=int(dial["hops"]), days=dial["days"])
        left = float(found.carried[found.hop == 1].sum())
        ends: dict[str, list[Arrival]] = {}
        for arrival in arrivals(found):
            if _ends(book, arrival):
                ends.setdefault(book.label(arrival.name).entity, []).append(arrival)
        for entity, arrived in sorted(ends.items()):
            service = any(book.kind(a.name) for a in arrived)
            share = max(a.share for a in arrived)
            # a service mixes everybody's funds: there the sum speaks, not the share
            if telling.enough(arrived, left, dial) and (service or share >= dial["share"]):
                yield _finding(found, group, entity, arrived, share, service)


def _ends(book: Book, arrival: Arrival) -> bool:
    known = arrival.name in book.labels and not book.labels[arrival.name].entity.startswith("wallet:")
    return bool(book.kind(arrival.name)) or known or arrival.rests >= 0.5


def _finding(found: Trace, group: Group, entity: str, arrived: list[Arrival], share: float, service: bool) -> Finding:
    book, t = found.book, found.book.transfers
    last = sorted({i for a in arrived for i in a.transfers})
    members, more = telling.way(found, last)
    told = telling.rows(book, members, "on the way from the marked address")
    seeds = {int(t.sender[i]) for i in members} & set(group.seeds)
    names = {a.name for a in arrived}
    hops, kinds = min(a.hops for a in arrived), {book.kind(n) for n in names} - {""}
    after = _after(book, group, members)
    factors = {
        f"{share:.0%} of what it got of an asset is tainted, by {found.method}": 1.0 if service else 0.5 + 4 * share,
        f"{hops} transfers from the marked address": 2.0 if hops <= 3 else 1.0,
        f"credibility {group.label.credibility} of what marks the address": 2.0 if group.label.credibility <= 2 else
        0.5 if group.label.credibility >= 5 else 1.0,
    }  # fmt: skip
    if "mixer" in kinds:
        factors["it is a mixer"] = 2.0
    whom = telling.said(book, min(names))
    deposits = sorted({t.names[n].as_py() for a in arrived for n in a.senders}) if service else []
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{whom[:1].upper() + whom[1:]} received {telling.billed(arrived)} that had left "
        f"{group.label.caption} {hops} transfer{'s' * (hops != 1)} before, the last of it by "
        f"{(told.end or 'an unknown day')[:10]}.",
        subjects=tuple(dict.fromkeys([entity, group.label.entity])),
        probability=weigh(0.3, factors),
        evidence=(
            *told.evidence,
            *telling.sources(book, seeds or group.seeds[:1], "who holds the marked address"),
            *telling.sources(book, names - set(group.seeds), "who holds the address that received"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=told.start,
        end=told.end,
        transfers=told.transfers,
        accounts=told.accounts,
        detail={
            "method": found.method,
            "arrived": [
                {"address": t.names[a.name].as_py(), "chain": a.chain, "asset": a.asset, "tainted": round(a.tainted, 8),
                 "tainted_usd": round(a.usd, 2), "share": round(a.share, 4), "most_by_poison": round(a.most, 8)}
                for a in arrived
            ],
            "hops": hops,
            "service": sorted(kinds),
            "paid_in_by": deposits[:50],
            "transfers_after_listing": after,
            "transfers_not_told": told.left_out + more,
            "holdings_cut_off": found.exhausted,
            "factors": factors,
        },
    )  # fmt: skip


def _after(book: Book, group: Group, members: list[int]) -> int | None:
    """How many of the transfers out of the marked address came after the day from which it is marked."""
    since = group.label.since
    if since is None:
        return None
    first = int(np.datetime64(since).astype("datetime64[s]").astype(np.int64))
    t = book.transfers
    return sum(bool(t.dated[i]) and int(t.at[i]) >= first for i in members if int(t.sender[i]) in group.seeds)


TYPOLOGY = Typology(
    name="crypto_taint",
    title="Stolen or listed funds arriving",
    kind="crypto",
    what="Funds that left an address tied to a theft, a crime or a sanctions list arrive, over other addresses, swaps "
    "and bridges, at a service, at a known party, or where they rest.",
    why="Whoever receives them may be dealing in blocked or stolen property, and a service can still stop them.",
    standard="FATF, Virtual Assets Red Flag Indicators of Money Laundering and Terrorist Financing (September 2020); "
    "OFAC, Sanctions Compliance Guidance for the Virtual Currency Industry (October 2021); FBI notice on Bybit "
    "(26 February 2025)",
    needs=("transfers", "claims"),
    parameters={
        "hops": Parameter(20, "transfers", "farthest from the marked address; swaps and bridges are none"),
        "days": Parameter(365, "days", "longest time since the funds left the marked address"),
        "share": Parameter(0.1, "share", "least tainted part of what a receiver that is no service got of an asset"),
        "usd": Parameter(1000, "US dollars", "least sum, where the source gives the value"),
        "part": Parameter(0.001, "share", "least part of what left the marked addresses, where no value is given"),
    },
    benign=(
        "an exchange, a broker or a customer of theirs who did not know where the funds came from",
        "funds returned to the victim, or seized",
        "an address marked by a source that was wrong, or that its holder has given up since",
        "dust that somebody sends to everybody",
    ),
    refutes="What the receiver had before, with which the funds paid on were another's; or who else used the addresses "
    "in between.",
    detect=detect,
)
