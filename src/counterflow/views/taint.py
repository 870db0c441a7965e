"""Taint on request: where the money of some addresses went, who received how much of it, over which ways, by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import NotFound, UnknownName, UsageError
from counterflow.findings.evidence import iso
from counterflow.views.network import checked_date

if TYPE_CHECKING:
    from counterflow.findings.crypto.book import Book
    from counterflow.findings.crypto.trace import Arrival, Trace
    from counterflow.views.picture import Picture

__all__ = ["ends", "followed", "marking", "ranked", "taint", "who"]

MOST = 1000
"""Receivers in one answer at most."""

ASSUMES = (
    "What an address had before the first transfer that is known is taken to be clean, and the least with which it is "
    "never overdrawn. Had it more, more of the taint rests there and less was passed on; most is what poison allows, "
    "whatever it had. Fees are not subtracted."
)


def taint(
    picture: Picture,
    addresses: Sequence[str] = (),
    method: str = "haircut",
    hops: int = 20,
    days: float = 365,
    as_of: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Receivers of what left these addresses, those that kept it or cash it out first, most first.

    :param addresses: addresses, transactions whose outputs are followed, or ids of entities that hold addresses; none:
        every address that a source ties to theft, crime or sanctions
    :raises NotFound: one of them has no transfer here; UsageError: a number out of range; UnknownName: no such method
    """
    if not 1 <= limit <= MOST:
        raise UsageError(f"limit must be 1 to {MOST}, not {limit}")
    found = followed(picture, addresses, method, hops, days, as_of)
    book, every = found.book, ranked(found)
    return {
        "asked": [_marked(picture, book, found, n) for n in found.seeds],
        "method": found.method,
        "hops": hops,
        "days": days,
        "as_of": checked_date(as_of),
        "transfers": len(book.transfers),
        "left_out": dict(book.transfers.left_out),
        "reached": found.reached,
        "cut_off": found.exhausted,
        "ambiguous_crossings": int((~book.crossings.unique).sum()),
        "assumes": ASSUMES,
        "total": len(every),
        "arrivals": [_arrival(picture, found, a) for a in every[:limit]],
        **marking(picture),
    }


def followed(
    picture: Picture, addresses: Sequence[str], method: str, hops: int, days: float, as_of: str | None
) -> Trace:
    """The trace that is asked for. :raises: as `taint`"""
    from counterflow.findings.crypto.taint import METHODS
    from counterflow.findings.crypto.trace import trace
    from counterflow.findings.run import ScopeData

    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    for name, value, most in (("hops", hops, 100), ("days", days, 36_500)):
        if not 1 <= value <= most:
            raise UsageError(f"{name} must be 1 to {most}, not {value}")
    day = checked_date(as_of)
    book: Book = picture.once(("book", day), lambda: ScopeData(picture.scope, day).book)
    return trace(book, _asked(picture, book, addresses), method=method, hops=hops, days=days)


def ranked(found: Trace) -> list[Arrival]:
    """Receivers: those that kept it or cash it out first, most first."""
    from counterflow.findings.crypto.trace import arrivals

    return sorted(arrivals(found), key=lambda a: _rank(found.book, a))


def marking(picture: Picture) -> dict[str, Any]:
    """The handling of whatever rests on all transfers."""
    table = picture.scope.table("transfers")
    labels = picture.once(("transfer-labels",), lambda: picture.scope.run(table.select("label_id").distinct()))
    return picture.handling(labels.column("label_id").to_pylist())


def _asked(picture: Picture, book: Book, addresses: Sequence[str]) -> list[int]:
    from counterflow.findings.crypto.transfers import key

    if not addresses:
        return book.seeds()
    found: set[int] = set()
    for text in addresses:
        known = book.transfers.numbers({text, key(text)})
        held = {n for n, label in book.labels.items() if label.entity == picture.canonical(text)}
        if not known and not held:
            raise NotFound("address with transfers", text)
        found |= set(known.values()) | held
    return sorted(found)


def _rank(book: Book, a: Arrival) -> tuple[bool, float, float, int, str]:
    return not ends(book, a), -a.usd, -a.tainted, a.name, a.asset


def ends(book: Book, a: Arrival) -> bool:
    """Whether the trace ends there: a service, or most of it rests."""
    return bool(book.kind(a.name)) or a.rests >= 0.5


def _marked(picture: Picture, book: Book, found: Trace, name: int) -> dict[str, Any]:
    t, label = book.transfers, book.label(name)
    mine = found.part[(found.hop == 1) & (t.sender[found.part] == name)] if len(found.part) else found.part
    left: dict[str, float] = {}
    for i in mine.tolist():
        asset = t.tickers[int(t.ticker[i])] or t.assets[int(t.asset[i])]
        left[asset] = left.get(asset, 0.0) + float(np.nan_to_num(t.amount[i]))
    return {
        **who(picture, book, name),
        "listed": label.listed,
        "topics": list(label.topics),
        "since": label.since,
        "until": label.until,
        "left": [{"asset": asset, "amount": amount} for asset, amount in sorted(left.items())],
        "left_usd": float(np.nansum(t.usd[mine])),
        "transfers": len(mine),
        "claim_ids": list(label.claim_ids),
    }


def who(picture: Picture, book: Book, name: int) -> dict[str, Any]:
    """An address, who holds it, and what kind of service it is."""
    label = book.label(name)
    entity = label.entity if label.entity in picture.entities else None
    return {"address": book.transfers.names[name].as_py(), "entity": entity, "caption": label.caption,
            "kind": book.kind(name) or None}  # fmt: skip


def _arrival(picture: Picture, found: Trace, a: Arrival) -> dict[str, Any]:
    from counterflow.findings.crypto.trace import path

    book, t = found.book, found.book.transfers
    dated = [int(t.at[i]) for i in a.transfers if t.dated[i]]
    places = np.searchsorted(found.part, np.array(a.transfers))
    best = int(places[np.argmax(found.carried[places])])
    return {
        **who(picture, book, a.name),
        "listed": book.label(a.name).listed,
        "end": ends(book, a),
        "chain": a.chain,
        "asset": a.asset,
        "tainted": a.tainted,
        "tainted_usd": a.usd,
        "most": a.most,
        "received": a.of,
        "share": a.share,
        "rests": a.rests,
        "hops": a.hops,
        "first": iso(min(dated)) if dated else None,
        "last": iso(max(dated)) if dated else None,
        "senders": len(a.senders),
        "transfers": len(a.transfers),
        "path": [_step(found, i) for i in path(found, best)],
    }


def _step(found: Trace, i: int) -> dict[str, Any]:
    row = found.book.transfers.row(i)
    share = float(found.share[int(np.searchsorted(found.part, i))])
    return {
        "row_id": row["row_id"], "tx": row["tx"], "chain": row["chain"], "from": row["sender"], "to": row["receiver"],
        "amount": row["amount"], "asset": row["asset"], "usd": row["usd"], "share": share,
        "at": iso(row["at"]) if row["at"] is not None else None,
    }  # fmt: skip
