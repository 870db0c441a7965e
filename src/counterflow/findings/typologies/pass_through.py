"""Pass-through account: what comes in goes out within hours, and little stays.

Amounts must answer to each other here, since that is what the pattern says; the share of all inflow that is passed on
ranks the accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import HOUR
from counterflow.findings.patterns import passing
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account and currency."""
    hits = passing.find(
        data.log, window=int(dial["hours"] * HOUR), kept=dial["kept"], least=dial["amount"], times=int(dial["times"]),
        share=dial["share"],
    )  # fmt: skip

    def told(a: Attempt) -> Told:
        came, went = np.flatnonzero(a.role == 0), np.flatnonzero(a.role == 1)
        account, times = int(a.payee[came[0]]), len(came)
        passed, kept = float(a.amount[came].sum()), 1 - float(a.amount[went].sum() / a.amount[came].sum())
        inflow, incoming = passing.inflow(a.log, int(a.members[came[0]]), dial["amount"])
        # in the order of time each in has its out: money is not told apart
        delay = float(np.median(a.at[went] - a.at[came]))
        factors = {
            f"{times} payments in were answered by one out": round(1 + times / dial["times"], 3),
            f"{passed / inflow:.0%} of all inflow was passed on": round(1 + 2 * passed / inflow, 3),
        }
        return Told(
            f"{a.name(account)} passed on {times} of {incoming} payments received ({passed:,.0f} {a.currency[0]}) "
            f"within {evidence.span(delay)} at the median, keeping {kept:.1%}.",
            factors,
            lead=(account,),
            detail={
                "relays": times, "payments_in": incoming, "passed_on": round(passed, 2), "inflow": round(inflow, 2),
                "currency": a.currency[0], "share_passed_on": round(passed / inflow, 4),
                "share_kept": round(kept, 4), "median_hours": round(delay / HOUR, 2),
            },
        )  # fmt: skip

    yield from findings(data, TYPOLOGY, hits, told, prior=0.3, roles=("payment in", "payment out"))


TYPOLOGY = Typology(
    name="pass_through",
    title="Pass-through account",
    kind="payment",
    what="An account that passes on most of what it receives within hours, to somebody else, keeping almost nothing.",
    why="Layering moves money through accounts that have no business of their own; front companies live on the margin.",
    standard="FATF, Trade-Based Money Laundering: Risk Indicators (2021), account and transaction activity; "
    "FinCEN advisory FIN-2017-A008 on North Korea, front companies passing payments through",
    needs=("payments",),
    parameters={
        "hours": Parameter(48, "hours", "longest time between a payment in and the one out that answers to it"),
        "kept": Parameter(0.9, "share", "least part of an amount that must go on"),
        "times": Parameter(3, "payments", "fewest payments that were passed on"),
        "share": Parameter(0.6, "share", "least part of all inflow, by amount, that was passed on"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
    },
    benign=(
        "an agent, notary or payment firm that collects for others by contract",
        "a treasury account that sweeps balances of a group",
        "back-to-back trade with a fixed margin",
    ),
    refutes="A contract, licence or group structure that makes passing on money the account's business.",
    detect=detect,
)
