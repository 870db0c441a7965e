"""Peel chain: sums are paid away bit by bit while the rest runs on over addresses that were never used before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.crypto import telling
from counterflow.findings.crypto.book import Book
from counterflow.findings.crypto.trace import trace
from counterflow.findings.crypto.waypoints import Chain, chains
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each chain whose peels are even enough."""
    book = data.book
    found = chains(book, dial)
    marked = _marked(book, dial) if found else {}
    for chain in found:
        yield _finding(book, chain, marked)


def _marked(book: Book, dial: Mapping[str, float]) -> dict[int, tuple[int, float]]:
    """transfer → the marked address from which it came, and the tainted share, of transfers with enough of it."""
    found: dict[int, tuple[int, float]] = {}
    for group in telling.groups(book):
        made = trace(book, group.seeds, hops=int(dial["hops"]), days=365)
        for i in np.flatnonzero(made.share >= dial["share"]).tolist():
            told = group.seeds[0], float(made.share[i])
            found[int(made.part[i])] = max(found.get(int(made.part[i]), told), told, key=lambda m: m[1])
    return found


def _finding(book: Book, chain: Chain, marked: Mapping[int, tuple[int, float]]) -> Finding:
    t, members, main, peeled = book.transfers, chain.members, chain.main, chain.peeled
    told = telling.rows(book, members.tolist(), "step of the chain")
    start = int(t.sender[main[0]])
    receivers = np.unique(t.receiver[peeled])
    asset = t.row(int(main[0]))["asset"]
    factors = {
        f"{len(main)} steps": 1 + len(main) / 5,
        f"what is peeled varies by {chain.uneven:.0%}": 2.0 - 2 * chain.uneven,
        f"{len(peeled)} peels went to {len(receivers)} addresses": 2.0 if len(peeled) >= 2 * len(receivers) else 1.0,
    }
    seed, share = marked.get(int(main[0]), (-1, 0.0))
    if seed >= 0:
        factors[f"{share:.0%} of it came from {book.label(seed).caption}"] = 2 + 6 * share
    label = book.label(start)
    sums = t.amount[peeled].sum()
    span = f" within {evidence.span(int(t.at[members[-1]] - t.at[members[0]]))}" if t.dated[members].all() else ""
    from_whom = f", from {book.label(seed).caption}" if seed >= 0 else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{label.caption[:1].upper() + label.caption[1:]} began a chain of {len(main)} addresses that peeled "
        f"{sums:,.6g} {asset} off {t.amount[main].max() + t.amount[peeled[0]]:,.6g} {asset}{from_whom}, about "
        f"{chain.off:.1%} at a time{span}.",
        subjects=tuple(dict.fromkeys([label.entity, *([book.label(seed).entity] if seed >= 0 else [])])),
        probability=weigh(0.15, factors),
        evidence=(
            *told.evidence,
            *telling.sources(book, {start}, "who holds the first address"),
            *(telling.sources(book, {seed} - {start}, "who holds the marked address") if seed >= 0 else ()),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=told.start,
        end=told.end,
        transfers=told.transfers,
        accounts=told.accounts,
        detail={
            "steps": len(main),
            "peels": len(peeled),
            "peeled": float(sums),
            "asset": asset,
            "receivers": [t.names[int(n)].as_py() for n in receivers[:50]],
            "peel_share_median": round(chain.off, 4),
            "variation": round(chain.uneven, 4),
            "tainted_share": round(share, 4),
            "transfers_not_told": told.left_out,
            "factors": factors,
        },
    )


TYPOLOGY = Typology(
    name="crypto_peel_chain",
    title="Peel chain",
    kind="crypto",
    what="A sum runs over addresses each of which is new, pays a small part away, and sends the rest on to the next; "
    "the parts are alike.",
    why="Small sums draw no attention where they are cashed, and each new address hides that they are one person's.",
    standard="FATF, Virtual Assets Red Flag Indicators (September 2020); indictment in United States v. Tian and Li "
    "(D.D.C., March 2020): peel chains of the funds stolen for the DPRK",
    needs=("transfers",),
    parameters={
        "steps": Parameter(5, "addresses", "shortest chain"),
        "peel": Parameter(0.35, "share", "most that a step pays away of what it pays"),
        "dust": Parameter(0.002, "share", "least that a step pays away"),
        "days": Parameter(7, "days", "longest that a step takes"),
        "uneven": Parameter(
            0.5, "ratio", "most that the peels vary, as standard deviation by mean, of amounts or shares"
        ),
        "share": Parameter(0.1, "share", "least tainted part for which a chain counts as coming from a marked address"),
        "hops": Parameter(20, "transfers", "farthest from a marked address"),
    },
    benign=(
        "a wallet that makes regular payments and gives change to a new address each time, as Bitcoin wallets do",
        "an exchange or a payment service that pays its customers one by one",
        "a payroll",
    ),
    refutes="Who holds the addresses, and goods, wages or customers behind the single payments.",
    detect=detect,
)
