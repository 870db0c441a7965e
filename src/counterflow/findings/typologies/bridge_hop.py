"""Bridge hop: stolen or listed funds leave for another chain, and the payout there that is them.

A crossing that is the only one of its size within the minutes is followed by every trace; of an ambiguous one the best
candidate is told, with how many there were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.crypto import telling
from counterflow.findings.crypto.telling import Group
from counterflow.findings.crypto.trace import Trace, trace
from counterflow.findings.crypto.waypoints import crossed
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each holder of marked addresses and each address that sends their funds over a bridge."""
    book = data.book
    crossings = book.crossings
    if not len(crossings):
        return
    t = book.transfers
    minutes = (t.at[crossings.payout] - t.at[crossings.deposit]) / 60
    told = (crossings.chance <= dial["chance"]) & (minutes <= dial["minutes"])
    for group in telling.groups(book):
        found = trace(book, group.seeds, hops=int(dial["hops"]), days=dial["days"])
        by_sender: dict[int, dict[int, float]] = {}
        for c, share in crossed(found):
            usd = float(t.usd[crossings.deposit[c]])
            if told[c] and share >= dial["share"] and not usd < dial["usd"]:
                by_sender.setdefault(int(t.sender[crossings.deposit[c]]), {})[c] = share
        for sender, mine in sorted(by_sender.items()):
            yield _finding(found, group, sender, list(mine), mine)


def _finding(found: Trace, group: Group, sender: int, mine: list[int], share: Mapping[int, float]) -> Finding:
    book, t, crossings = found.book, found.book.transfers, found.book.crossings
    ends = [(int(crossings.deposit[c]), int(crossings.payout[c])) for c in mine]
    sure = [bool(crossings.unique[c]) for c in mine]
    before, more = telling.way(found, [d for d, _ in ends])
    told = telling.rows(
        book, sorted({*before, *(i for pair in ends for i in pair)}), "before, into or out of the bridge"
    )
    first, last = (t.row(i) for i in ends[0])
    chance = max(float(crossings.chance[c]) for c in mine)
    most = max(share.values())
    factors = {
        f"{most:.0%} of what crosses is tainted, by {found.method}": 0.5 + 4 * most,
        f"{sum(sure)} of {len(sure)} crossings have one candidate only": 2.0
        if all(sure)
        else 1.0
        if any(sure)
        else 0.4,
        f"a payout of that size by chance: {chance:.0%}": 1.5 if chance < 0.05 else 1.0 if chance < 0.3 else 0.6,
    }
    names = {int(t.receiver[d]) for d, _ in ends} | {int(t.receiver[p]) for _, p in ends} | {sender}
    seeds = {int(t.sender[i]) for i in before} & set(group.seeds)
    whom, got_it = book.label(sender).caption, "got it" if sure[0] else "probably got it"
    sent = f"{first['amount']:,.6g} {first['asset']}"
    got = f"{last['amount']:,.6g} {last['asset']}"
    again = f" and crossed {len(mine) - 1} more time{'s' * (len(mine) > 2)}" if len(mine) > 1 else ""
    receivers = [book.label(int(t.receiver[p])) for _, p in ends]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{whom[:1].upper() + whom[1:]} sent {sent} from {group.label.caption} over "
        f"{telling.said(book, int(t.receiver[ends[0][0]]))}; {receivers[0].caption} {got_it} "
        f"as {got} on {last['chain']} after {evidence.span(last['at'] - first['at'])}{again}.",
        subjects=tuple(
            dict.fromkeys([book.label(sender).entity, *(r.entity for r in receivers[:5]), group.label.entity])
        ),
        probability=weigh(0.3, factors),
        evidence=(
            *told.evidence,
            *telling.sources(book, seeds or group.seeds[:1], "who holds the marked address"),
            *telling.sources(book, names - set(group.seeds), "who holds the address"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=told.start,
        end=told.end,
        transfers=told.transfers,
        accounts=told.accounts,
        detail={
            "crossings": [
                {"deposit": t.row(d)["tx"], "payout": t.row(p)["tx"], "to": t.names[int(t.receiver[p])].as_py(),
                 "unique": bool(crossings.unique[c]), "candidates": int(crossings.candidates[c]),
                 "chance_of_such_a_payout": round(float(crossings.chance[c]), 4), "tainted_share": round(share[c], 4),
                 "minutes": round((int(t.at[p]) - int(t.at[d])) / 60, 1)}
                for c, (d, p) in zip(mine, ends, strict=True)
            ],
            "method": found.method,
            "transfers_not_told": told.left_out + more,
            "holdings_cut_off": found.exhausted,
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="bridge_hop",
    title="Stolen funds change chain over a bridge",
    kind="crypto",
    what="Funds from a marked address are paid into a bridge, and within the hour a payment of the same value less a "
    "fee leaves it on another chain.",
    why="Nothing in the books ties the two sides together; who does not match them loses the trace there.",
    standard="FATF, Virtual Assets Red Flag Indicators (September 2020): chain-hopping; FBI notice on Bybit "
    "(26 February 2025): funds turned into Bitcoin and other assets over many chains",
    needs=("transfers", "claims"),
    parameters={
        "minutes": Parameter(60, "minutes", "longest time from deposit to payout, up to an hour"),
        "chance": Parameter(0.5, "probability", "most that so good a payout may be there by chance"),
        "share": Parameter(0.1, "share", "least tainted part of what crosses"),
        "usd": Parameter(1000, "US dollars", "least sum, where the source gives the value"),
        "hops": Parameter(20, "transfers", "farthest from the marked address; swaps and bridges are none"),
        "days": Parameter(365, "days", "longest time since the funds left the marked address"),
    },
    benign=(
        "another customer of the bridge who took out the same sum in the same minutes",
        "a customer who received the funds in good faith and changes chain for lower fees",
    ),
    refutes="The bridge's own record of which deposit was paid out to whom.",
    detect=detect,
)
