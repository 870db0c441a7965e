"""Bipartite: several accounts each pay several of the same accounts, all for the first time, within days.

Without anybody in the middle, and so without a hub that would stand out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import HOUR
from counterflow.findings.patterns import layers, strangers
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]

PRIOR = 0.01
"""Low, for who shares an employer, a street or a taste shares payees too, however unlikely that is by chance."""


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each group that is no part of another."""
    hits = data.search(
        layers.find, window=int(dial["hours"] * HOUR), stacked=False, most=int(dial["most"]), floor=dial["surprise"]
    )
    hits = hits.raised(strangers.alike(data.log, hits))
    yield from findings(
        data, TYPOLOGY, hits, _told, prior=PRIOR, roles=("first payment between the two",), per_1000=dial["per_1000"]
    )


def _told(a: Attempt) -> Told:
    payers, payees = np.unique(a.payer), np.unique(a.payee)
    first = int(a.payer[0])
    factors = a.unlikely("that strangers choose the same payees by chance")
    return Told(
        f"{a.name(first)} and {len(payers) - 1} other account{'s' * (len(payers) > 2)} paid {a.money()} to the same "
        f"{len(payees)} payees, all for the first time, within {a.span}.",
        factors=factors,
        lead=tuple(dict.fromkeys(a.payer.tolist())),
        detail={"payers": len(payers), "payees": len(payees), "pairs": len(a.at)},
    )


TYPOLOGY = Typology(
    name="bipartite",
    title="Several payers of the same payees",
    kind="payment",
    what="Several accounts each begin within days to pay several of the same accounts.",
    why="Who controls both sides spreads a sum so that each pair looks like a payment of its own.",
    standard="Altman et al., AMLworld (NeurIPS 2023), pattern 'bipartite'; FATF Professional Money Laundering (2018)",
    needs=("payments",),
    parameters={
        "hours": Parameter(72, "hours", "longest time from the first payment to the last"),
        "most": Parameter(32, "strangers", "an account with more within that time is a shop or a payroll, passed over"),
        "surprise": Parameter(4, "decimal orders of magnitude", "how unlikely the common payees must be by chance"),
        "per_1000": Parameter(1, "findings per 1,000 accounts", "the most surprising are told, and the others counted"),
    },
    benign=(
        "companies of one group that take on the same suppliers",
        "colleagues or neighbours who begin to use the same shops and services",
        "members of a club who share out its costs",
    ),
    refutes="What the payers have in common that is lawful: an employer, a house, a contract with the payees.",
    detect=detect,
)
