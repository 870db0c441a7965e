"""Gather-scatter: an account is paid by several strangers and then pays several strangers, within days.

The search is `patterns.gather_scatter`: how unlikely that is for the account, given whom it met before, whether these
strangers do anything else, and how alike they pay and are paid. What comes in and what goes out need not be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import fans, gather_scatter, strangers
from counterflow.findings.patterns.chance import enough
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]

LEAST = 1.0
"""From so much surprise at their number on, it is asked who the strangers are: that may make up for the rest."""


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account and span."""
    window, history = int(dial["days"] * DAY), int(dial["history"] * DAY)
    least = enough(dial["surprise"], len(data.log))
    hits = data.search(
        gather_scatter.find, window=window, each=int(dial["each"]), both=int(dial["both"]), history=history,
        floor=min(LEAST, least), most=int(dial["most"]),
    )  # fmt: skip
    about = strangers.alone(data.log, hits, window=window, history=history) + strangers.alike(
        data.log, hits, data.log.payee
    )
    hits = hits.raised(about)
    hits = fans.settled(data.log, hits, int(dial["watched"] * DAY), least, least)
    yield from findings(
        data, TYPOLOGY, hits, _told, prior=0.05, roles=("gathered", "scattered"), per_1000=dial["per_1000"]
    )


def _told(a: Attempt) -> Told:
    came, went = a.role == 0, a.role == 1
    hub = int(a.payee[came][0])
    payers, payees = len(set(a.payer[came].tolist())), len(set(a.payee[went].tolist()))
    got, gave = float(np.nansum(a.usd[came])), float(np.nansum(a.usd[went]))
    mixed = float((a.at[went] < a.at[came].max()).mean())
    factors = a.unlikely("so many strangers, and such, that pay it and then are paid")
    factors[f"{1 - mixed:.0%} of the payments out after the last one in"] = 1.5 - mixed
    if got > 0 and 0.7 <= gave / got <= 1.1:
        factors[f"{gave / got:.0%} of what was gathered was scattered"] = 2.0
    return Told(
        f"{a.name(hub)} was paid {a.money(came)} by {payers} accounts it had no dealings with before and paid "
        f"{a.money(went)} to {payees} others that were new to it within {a.span}.",
        factors,
        lead=(hub,),
        detail={"payers": payers, "payees": payees, "share_scattered": round(gave / got, 4) if got > 0 else None},
    )


TYPOLOGY = Typology(
    name="gather_scatter",
    title="Gather-scatter",
    kind="payment",
    what="An account is paid by several strangers and then pays several strangers, within days, more than it used to.",
    why="A collecting account takes proceeds from many hands and sends them to many: whoever sees one payment sees "
    "neither its origin nor its use.",
    standard="FATF, layering and money mules; named in Altman et al., Realistic Synthetic Financial Transactions for "
    "Anti-Money Laundering Models (NeurIPS 2023)",
    needs=("payments",),
    parameters={
        "each": Parameter(2, "accounts", "fewest payers, and fewest payees, that the account never dealt with before"),
        "both": Parameter(6, "accounts", "fewest payers and payees together"),
        "days": Parameter(10, "days", "longest time from the first payment in to the last one out"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely it is for the account, at least"),
        "per_1000": Parameter(2, "findings per 1,000 accounts", "the most surprising are told, and the others counted"),
        "history": Parameter(60, "days", "time before the window that says what the account is used to"),
        "watched": Parameter(
            30, "days", "days at the data's beginning that are not told of, for all are strangers; if twice as long"
        ),
        "most": Parameter(400, "payments", "accounts with more strangers in the window are not looked at; declared"),
    },
    benign=(
        "a business that opens, or a seasonal one",
        "a collection for a purpose, an estate or a project that is paid out",
        "an agent, a marketplace or a payment institution",
    ),
    refutes="A trade, mandate or licence of the account's holder that brings such payers and payees.",
    detect=detect,
)
