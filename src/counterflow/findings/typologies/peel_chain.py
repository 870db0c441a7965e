"""Peel chain: at every account a small part is paid away and the rest goes on to a fresh one.

Known best from stolen coins, and as old as couriers: what is peeled off is spent or cashed, a little at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.patterns import peels
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each chain that is no part of a longer one."""
    hits = data.search(
        peels.find, window=int(dial["days"] * DAY), gap=int(dial["hours"] * HOUR), least=int(dial["peels"]),
        fee=dial["fee"], steady=dial["steady"], floor=dial["surprise"],
    )  # fmt: skip
    roles = ("what is carried on", "what is peeled off")
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.15, roles=roles)


def _told(a: Attempt) -> Told:
    carried, peeled = a.role == peels.CARRIED, a.role == peels.PEELED
    first, last = int(a.payer[0]), int(a.payee[carried][-1])
    peels_told, share = int(peeled.sum()), a.usd[peeled].sum() / a.usd[carried][0]
    factors = a.unlikely("that two payments add up to what came, and the larger goes to a fresh account, each time")
    return Told(
        f"{a.name(first)} paid {a.money(np.arange(len(a.at)) == 0)}, of which {peels_told} accounts one after the "
        f"other paid {share:.0%} away in small parts and the rest to a fresh account, within {a.span}.",
        factors=factors,
        lead=(first, last, *map(int, a.payee[peeled])),
        detail={"peels": peels_told, "share_peeled": round(float(share), 3)},
    )


TYPOLOGY = Typology(
    name="peel_chain",
    title="Peel chain",
    kind="payment",
    what="Again and again an account pays a small part of what it received away, and the rest to a fresh account.",
    why="The sum melts in amounts that nobody asks about, while the bulk never rests at an account that is known.",
    standard="FATF Virtual Assets Red Flag Indicators (2020); US v. 280 Virtual Currency Accounts (D.D.C. 2020)",
    needs=("payments",),
    parameters={
        "peels": Parameter(3, "peels", "fewest parts peeled off"),
        "days": Parameter(30, "days", "longest time from the first payment to the last"),
        "hours": Parameter(72, "hours", "longest time an account may hold the money"),
        "fee": Parameter(0.05, "share", "most that both parts may lack of what was received, or have too much"),
        "steady": Parameter(2, "times", "most by which the share peeled off may change"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely the chain must be by chance"),
    },
    benign=(
        "an exchange or payment institution whose change goes to a new address each time",
        "a chain of agents each of whom keeps its commission",
    ),
    refutes="That the accounts are one institution's own, or that each part peeled off is a commission agreed before.",
    detect=detect,
)
