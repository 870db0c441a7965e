"""Stack: a layer of payers, a layer of accounts between, a layer of payees, each paying several of the next.

Two bipartite layers on each other: the accounts between are paid by several and pay on to several, all for the first
time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import HOUR
from counterflow.findings.patterns import layers
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each stack that is no part of another."""
    hits = data.search(
        layers.find, window=2 * int(dial["hours"] * HOUR), stacked=True, most=int(dial["most"]), floor=dial["surprise"]
    )
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.1, roles=("into the middle", "out of the middle"))


def _told(a: Attempt) -> Told:
    upper, lower = a.role == 0, a.role == 1
    payers, middle, payees = (len(np.unique(x)) for x in (a.payer[upper], a.payee[upper], a.payee[lower]))
    first = int(a.payer[0])
    factors = a.unlikely("that strangers choose the same payees by chance, twice over")
    return Told(
        f"{a.name(first)} and {payers - 1} other account{'s' * (payers > 2)} paid {a.money(upper)} to {middle} "
        f"accounts, which paid {a.money(lower)} on to the same {payees} payees, within {a.span}.",
        factors=factors,
        lead=tuple(dict.fromkeys([*a.payer[upper].tolist(), *a.payer[lower].tolist()])),
        detail={"payers": payers, "between": middle, "payees": payees},
    )


TYPOLOGY = Typology(
    name="stack",
    title="Layers of accounts stacked on each other",
    kind="payment",
    what="Several accounts each begin to pay several others, which each pay several of the same accounts on.",
    why="Layering in the strict sense: after two layers no payment leads from one origin to one end.",
    standard="Altman et al., AMLworld (NeurIPS 2023), pattern 'stack'; FATF Professional Money Laundering (2018)",
    needs=("payments",),
    parameters={
        "hours": Parameter(72, "hours", "longest time of each layer"),
        "most": Parameter(32, "strangers", "an account with more within that time is a shop or a payroll, passed over"),
        "surprise": Parameter(4, "decimal orders of magnitude", "how unlikely the common payees must be by chance"),
    },
    benign=(
        "a group that pays its subsidiaries, which pay the same suppliers",
        "franchises, agents or branches that are paid and pay alike",
    ),
    refutes="Contracts or a group structure that explain why the accounts in the middle are paid and pay alike.",
    detect=detect,
)
