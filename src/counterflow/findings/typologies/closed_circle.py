"""Closed circle: a few accounts that pay one another in all directions within days.

Whatever runs among so few (a ring, a fan of three, a return) is theirs, and no pattern of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import circles
from counterflow.findings.patterns.chance import enough
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each span in which such accounts dealt with one another."""
    hits = data.search(
        circles.find, window=int(dial["days"] * DAY), most=int(dial["most"]), largest=int(dial["largest"]),
        floor=enough(dial["surprise"], len(data.log)),
    )  # fmt: skip
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.05, roles=("between two of them", "to oneself"))


def _told(a: Attempt) -> Told:
    between = a.role == 0
    pairs = set(zip(a.payer[between].tolist(), a.payee[between].tolist(), strict=True))
    mutual = sum((y, x) in pairs for x, y in pairs) // 2
    factors = a.unlikely("that accounts with so few counterparties have these in common by chance")
    log = a.log
    last = int(np.searchsorted(log.at, a.at[-1], side="right"))
    dealt = sum(
        int(np.searchsorted(own, last) - np.searchsorted(own, int(a.members[0])))
        for side in (log.out, log.into)
        for own in (side.order[side.starts[x] : side.starts[x + 1]] for x in a.accounts)
    )
    share = 2 * len(a.at) / dealt
    # those who do other business as well may be friends; those who have none are tools
    factors[f"{share:.0%} of all that they paid and were paid in these days"] = 0.5 + 2.5 * share
    others = ", ".join(a.name(account) for account in a.accounts[1:5])
    if len(a.accounts) > 5:
        others += f" and {len(a.accounts) - 5} more"
    return Told(
        f"{a.name(a.accounts[0])} and {others} paid one another {len(a.at)} times ({a.money()}) within {a.span}, "
        f"{mutual} pair{'s' * (mutual > 1)} of them in both directions.",
        factors,
        lead=a.accounts,
        detail={
            "accounts_in_circle": len(a.accounts), "pairs_one_way": len(pairs), "pairs_both_ways": mutual,
            "share_of_their_payments": round(share, 3),
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="closed_circle",
    title="Closed circle of accounts",
    kind="payment",
    what="A few accounts pay one another in all directions within days: each pays at least two of the others and is "
    "paid by at least two.",
    why="Who controls several accounts moves money among them until nobody can say where it came from, and each shows "
    "turnover and papers.",
    standard="FATF Professional Money Laundering (2018), networks of companies and accounts under one control; FATF, "
    "layering",
    needs=("payments",),
    parameters={
        "days": Parameter(10, "days", "longest time from the first payment to the last"),
        "surprise": Parameter(
            3, "decimal orders of magnitude", "how unlikely it must be that they have these counterparties in common"
        ),
        "largest": Parameter(10, "accounts", "a circle of more accounts is a market and not told"),
        "most": Parameter(150, "payments", "busier accounts on either side in that time are passed over; declared"),
    },
    benign=(
        "companies of one group that settle among themselves, or share a cash pool",
        "a family, flatmates or a travelling party who share out costs",
        "partners on one market who supply one another",
    ),
    refutes="A group structure, a cash pool agreement or invoices that explain the payments in both directions.",
    detect=detect,
)
