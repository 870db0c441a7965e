"""Convergence on a cash-out address: branches into which stolen or listed funds were split meet there again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.crypto import telling
from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.telling import Group
from counterflow.findings.crypto.trace import Arrival, Trace, arrivals, trace
from counterflow.findings.crypto.waypoints import branches
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each holder of marked addresses and each address where enough branches meet."""
    book = data.book
    for group in telling.groups(book):
        found = trace(book, group.seeds, hops=int(dial["hops"]), days=dial["days"])
        left = float(found.carried[found.hop == 1].sum())
        by_name: dict[int, list[Arrival]] = {}
        for arrival in arrivals(found):
            if not book.stops[arrival.name] and len(arrival.senders) >= int(dial["branches"]):
                by_name.setdefault(arrival.name, []).append(arrival)
        for name, arrived in sorted(by_name.items()):
            share = max(a.share for a in arrived)
            if share < dial["share"] or not telling.enough(arrived, left, dial):
                continue
            ends = branches(found, {i for a in arrived for i in a.transfers})
            if len(ends) >= int(dial["branches"]):
                yield _finding(found, group, name, arrived, share, ends)


def _finding(
    found: Trace, group: Group, name: int, arrived: list[Arrival], share: float, ends: Mapping[int, int]
) -> Finding:
    book, t = found.book, found.book.transfers
    members, more = telling.way(found, sorted({i for a in arrived for i in a.transfers}))
    told = telling.rows(book, members, "on a branch")
    cashed = _cashed(book, name)
    seeds = {int(t.sender[i]) for i in members} & set(group.seeds)
    rests = max(a.rests for a in arrived)
    factors = {
        f"{len(ends)} branches meet": 1 + len(ends) / 3,
        f"{share:.0%} of what it received of an asset is tainted, by {found.method}": 0.5 + 3 * share,
        "it pays on to a service" if cashed else f"{rests:.0%} of it rests there": 1.5 if cashed else 1.0,
    }
    label = book.label(name)
    onward = f", which pays on to {telling.said(book, cashed[0])}" if cashed else ""
    whom = f"{label.caption[:1].upper()}{label.caption[1:]}{onward}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{whom}{',' * bool(onward)} received {telling.billed(arrived)} over {len(ends)} branches that all "
        f"come from {group.label.caption}.",
        subjects=tuple(dict.fromkeys([label.entity, group.label.entity, *(book.label(n).entity for n in cashed[:3])])),
        probability=weigh(0.3, factors),
        evidence=(
            *told.evidence,
            *telling.sources(book, seeds or group.seeds[:1], "who holds the marked address"),
            *telling.sources(book, {name, *cashed[:3]} - set(group.seeds), "who holds the address"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=told.start,
        end=told.end,
        transfers=told.transfers,
        accounts=told.accounts,
        detail={
            "address": t.names[name].as_py(),
            "branches": len(ends),
            "method": found.method,
            "share": round(share, 4),
            "tainted_usd": round(sum(a.usd for a in arrived), 2),
            "pays_on_to": [t.names[n].as_py() for n in cashed],
            "transfers_not_told": told.left_out + more,
            "holdings_cut_off": found.exhausted,
            "factors": factors,
        },
    )


def _cashed(book: Book, name: int) -> list[int]:
    """Services that the address itself pays, those it pays most often first."""
    t = book.transfers
    paid = t.receiver[(t.sender == name) & book.stops[t.receiver]]
    names, counts = np.unique(paid, return_counts=True)
    return [int(n) for n in names[np.lexsort((names, -counts))]]


TYPOLOGY = Typology(
    name="cash_out_convergence",
    title="Branches of stolen funds meet at one address",
    kind="crypto",
    what="Funds that left a marked address, split over several branches, meet again at one address: a deposit address "
    "at an exchange, or a trader's.",
    why="Splitting hides the size of a sum; where it is turned into money it has to come together, and there "
    "somebody knows the customer.",
    standard="FATF, Virtual Assets Red Flag Indicators (September 2020): many wallets to one account; UN Panel of "
    "Experts on the DPRK, S/2024/215, and the Multilateral Sanctions Monitoring Team (2025) on traders "
    "who cash out for the DPRK",
    needs=("transfers", "claims"),
    parameters={
        "branches": Parameter(3, "branches", "fewest that meet"),
        "hops": Parameter(20, "transfers", "farthest from the marked address; swaps and bridges are none"),
        "days": Parameter(365, "days", "longest time since the funds left the marked address"),
        "share": Parameter(0.1, "share", "least tainted part of what the address received of an asset"),
        "usd": Parameter(1000, "US dollars", "least sum, where the source gives the value"),
        "part": Parameter(0.001, "share", "least part of what left the marked addresses, where no value is given"),
    },
    benign=(
        "a service without a label, which many use who have nothing to do with each other",
        "a recovery address to which finders or exchanges return the funds",
    ),
    refutes="Who holds the address, and that many customers of one service stand behind it.",
    detect=detect,
)
