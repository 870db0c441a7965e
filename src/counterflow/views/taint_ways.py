"""The ways of traced money: the transfers by which it came, drawn in time, and what happened to it on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import NotFound
from counterflow.findings.evidence import iso
from counterflow.views.attempt import drawn
from counterflow.views.attempt_on_chain import transfers
from counterflow.views.taint import ends, followed, marking, ranked, who

if TYPE_CHECKING:
    from counterflow.findings.crypto.book import Book
    from counterflow.findings.crypto.trace import Arrival, Trace
    from counterflow.findings.crypto.waypoints import Chain
    from counterflow.views.picture import Picture

__all__ = ["ways"]

Row = dict[str, Any]

DRAWN = 12
"""Receivers whose ways are drawn where none is named."""
TOLD = 100
"""Crossings, meeting points and peel chains in one answer at most, each; how many there are is told."""
MEETING = 3
"""Branches from which an address counts as one where they meet."""


def ways(
    picture: Picture, addresses: Sequence[str] = (), method: str = "haircut", hops: int = 20, days: float = 365,
    as_of: str | None = None, to: str | None = None,
) -> Row:  # fmt: skip
    """``flow``: the transfers by which most of it came, in the shape of an attempt, ``usd`` the tainted part of each.
    Then ``crossings`` of bridges, ``meetings`` of branches and ``peel_chains`` of the whole trace, largest first.

    :param to: address of the one receiver whose ways are drawn; None: of those that got the most
    :raises NotFound: `to` received nothing; others as `views.taint`
    """
    found = followed(picture, addresses, method, hops, days, as_of)
    every = ranked(found)
    chains = _chains(found)
    return {
        "to": to,
        "flow": _flow(picture, found, _wanted(found.book, every, to), chains),
        **_listed("crossings", _crossings(picture, found), lambda c: -(c["tainted_usd"] or 0)),
        **_listed("meetings", _meetings(picture, found, every), lambda m: (-m["branches"], -m["tainted_usd"])),
        **_listed(
            "peel_chains", (_chain(picture, found.book, *told) for told in chains), lambda c: (-c["share"], -c["steps"])
        ),
        **marking(picture),
    }


def _listed(name: str, rows: Iterable[Row], order: Any) -> Row:
    every = sorted(rows, key=order)
    return {name: every[:TOLD], f"{name}_in_all": len(every)}


def _wanted(book: Book, every: Sequence[Arrival], to: str | None) -> list[Arrival]:
    """The receivers whose ways are drawn: the one named, else the largest at which something ends."""
    from counterflow.findings.crypto.transfers import key

    if to is None:
        return [a for a in every[:DRAWN] if ends(book, a)] or list(every[:DRAWN])
    names = set(book.transfers.numbers({to, key(to)}).values())
    if not (found := [a for a in every if a.name in names]):
        raise NotFound("receiver of these funds", to)
    return found


def _flow(picture: Picture, found: Trace, arrived: Sequence[Arrival], chains: Sequence[tuple[Chain, float]]) -> Row:
    """Transfers on the ways to these receivers, each with what it is, and its tainted part."""
    from counterflow.findings.crypto import telling

    book, t = found.book, found.book.transfers
    last = {i for a in arrived for i in a.transfers}
    members, more = telling.way(found, sorted(last)) if last else ([], 0)
    share = dict(zip(members, found.share[np.searchsorted(found.part, members)].tolist(), strict=True))
    steps = {int(i): what for chain, _ in chains for what, some in _steps(chain) for i in some.tolist()}
    crossing = {
        int(i): what
        for what, some in (("into a bridge", book.crossings.deposit), ("out of a bridge", book.crossings.payout))
        for i in some[book.crossings.unique].tolist()
    }
    roles, parts = {}, {}
    for i in members:
        seeded = int(t.sender[i]) in found.seeds
        what = "leaves the marked address" if seeded else crossing.get(i) or ("swap" if book.swap[i] >= 0 else "")
        row_id = t.row(i)["row_id"]
        roles[row_id] = what or steps.get(i) or ("arrives" if i in last else "on the way")
        parts[row_id] = share[i]
    moved = transfers(picture, roles)
    for row in moved:
        part = parts[row["id"]]
        row |= {"role": f"{row['role']}, {part:.0%} tainted"}
        if row["usd"] is not None:
            row |= {"usd": round(part * row["usd"], 2), "usd_basis": "tainted part of what is stated"}
    flow = drawn(picture, moved)
    return {**flow, "left_out": flow["left_out"] + more}


def _steps(chain: Chain) -> tuple[tuple[str, Any], ...]:
    return ("goes on in a peel chain", chain.main), ("peeled off", chain.peeled)


def _crossings(picture: Picture, found: Trace) -> Iterator[Row]:
    """Deposits of traced money with a bridge, and their best candidates on another chain."""
    from counterflow.findings.crypto.waypoints import crossed

    book, t = found.book, found.book.transfers
    for c, share in crossed(found):
        deposit, payout = int(book.crossings.deposit[c]), int(book.crossings.payout[c])
        paid, got = (_transfer(book, i) for i in (deposit, payout))
        yield {
            "by": who(picture, book, int(t.sender[deposit])),
            "bridge": who(picture, book, int(t.receiver[deposit])),
            "to": who(picture, book, int(t.receiver[payout])),
            "deposit": paid,
            "payout": got,
            "minutes": round((int(t.at[payout]) - int(t.at[deposit])) / 60, 1),
            "share": share,
            "tainted_usd": None if paid["usd"] is None else share * paid["usd"],
            "followed": bool(book.crossings.unique[c]),
            "candidates": int(book.crossings.candidates[c]),
            "chance": float(book.crossings.chance[c]),
        }


def _transfer(book: Book, i: int) -> Row:
    row = book.transfers.row(i)
    return {
        **{key: row[key] for key in ("row_id", "tx", "chain", "amount", "asset", "usd")},
        "at": None if row["at"] is None else iso(row["at"]),
    }


def _meetings(picture: Picture, found: Trace, every: Sequence[Arrival]) -> Iterator[Row]:
    """Addresses at which branches of one trace meet: where it has to come together to be turned into money."""
    from counterflow.findings.crypto.waypoints import branches

    book, t = found.book, found.book.transfers
    by_name: dict[int, list[Arrival]] = {}
    for arrival in every:
        if len(arrival.senders) >= MEETING:
            by_name.setdefault(arrival.name, []).append(arrival)
    for name, arrived in by_name.items():
        met = branches(found, {i for a in arrived for i in a.transfers})
        if len(met) < MEETING:
            continue
        dated = [int(t.at[i]) for a in arrived for i in a.transfers if t.dated[i]]
        yield {
            **who(picture, book, name),
            "branches": len(met),
            "by": [who(picture, book, n) for n in sorted(met)[:5]],
            "tainted": [{"asset": a.asset, "chain": a.chain, "amount": a.tainted} for a in arrived],
            "tainted_usd": sum(a.usd for a in arrived),
            "share": max(a.share for a in arrived),
            "first": iso(min(dated)) if dated else None,
            "last": iso(max(dated)) if dated else None,
        }


def _chains(found: Trace) -> list[tuple[Chain, float]]:
    """Peel chains that traced money runs through, by the dials of their typology, and the tainted share of each."""
    from counterflow import registry
    from counterflow.findings.crypto.waypoints import chains

    dial = {name: p.default for name, p in registry.get("typologies", "crypto_peel_chain").parameters.items()}
    share = dict(zip(found.part.tolist(), found.share.tolist(), strict=True))
    every = [(chain, share.get(int(chain.main[0]), 0.0)) for chain in chains(found.book, dial)]
    return [told for told in every if told[1] > 0]


def _chain(picture: Picture, book: Book, chain: Chain, share: float) -> Row:
    t, main, peeled = book.transfers, chain.main, chain.peeled
    dated = t.at[chain.members][t.dated[chain.members]]
    receivers = np.unique(t.receiver[peeled])
    return {
        "begins": who(picture, book, int(t.sender[main[0]])),
        "ends": who(picture, book, int(t.receiver[main[-1]])),
        "chain": t.row(int(main[0]))["chain"],
        "asset": t.row(int(main[0]))["asset"],
        "steps": len(main),
        "peels": len(peeled),
        "whole": float(t.amount[chain.members][t.sender[chain.members] == t.sender[main[0]]].sum()),
        "peeled": float(t.amount[peeled].sum()),
        "off": chain.off,
        "share": share,
        "receivers": [who(picture, book, int(n)) for n in receivers[:5]],
        "receivers_in_all": len(receivers),
        "start": iso(int(dated.min())) if len(dated) else None,
        "end": iso(int(dated.max())) if len(dated) else None,
        "rows": [t.row(int(i))["row_id"] for i in chain.members[:40]],
    }
