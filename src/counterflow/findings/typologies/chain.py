"""Chain: money handed on from account to account, each step the first between the two, nearly the same worth each time.

Called a random walk where the way has no plan. Worth is compared in US dollars, for a chain may change currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.patterns import chains
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each chain that is no part of a longer one."""
    hits = data.search(
        chains.find, window=int(dial["days"] * DAY), gap=int(dial["hours"] * HOUR), least=int(dial["payments"]),
        floor=dial["surprise"],
    )  # fmt: skip
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.1, roles=("step of the chain",))


def _told(a: Attempt) -> Told:
    first, last = int(a.payer[0]), int(a.payee[-1])
    kept = a.usd[-1] / a.usd[0]
    factors = a.unlikely("that accounts pay on by chance what they received, so soon and so alike")
    if (currencies := len(set(a.currency))) > 1:
        factors[f"money changed {currencies - 1} time{'s' * (currencies > 2)} or more on the way"] = 1.5
    banks = {a.parties[n].bank for n in a.accounts}
    if len(banks) > 2:
        factors[f"{len(banks)} banks, each of which sees a part"] = 1.3
    return Told(
        f"{a.name(first)} paid {a.money(np.arange(len(a.at)) == 0)}, which went through {len(a.at) - 1} accounts to "
        f"{a.name(last)} within {a.span}; {kept:.0%} of its worth arrived.",
        factors=factors,
        lead=(first, last),
        detail={"steps": len(a.at), "worth_arrived": round(float(kept), 3)},
    )


TYPOLOGY = Typology(
    name="chain",
    title="Chain of accounts that hand money on",
    kind="payment",
    what="Accounts hand on nearly what they received, one to the next, each soon after the one before.",
    why="Each step puts a bank and a name between the money and its origin; no bank sees more than two of them.",
    standard="FATF, layering through chains of accounts; Altman et al., AMLworld (NeurIPS 2023), pattern 'random'",
    needs=("payments",),
    parameters={
        "payments": Parameter(3, "payments", "fewest payments of a chain"),
        "days": Parameter(5, "days", "longest time from its first payment to its last"),
        "hours": Parameter(60, "hours", "longest time an account may hold the money"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely the steps must be by chance"),
    },
    benign=(
        "a supply chain in which each pays its supplier as it is paid",
        "a group's treasury that moves money through its companies",
        "an escrow agent, a broker or a payment institution between the two",
    ),
    refutes="Invoices or contracts that explain each step by itself.",
    detect=detect,
)
