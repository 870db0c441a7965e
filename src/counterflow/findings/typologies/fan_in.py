"""Fan-in: an account that strangers suddenly pay, more of them within days than it is used to.

How many are odd depends on the account: on how many strangers paid it before, how long it has been watched, and whether
these strangers do anything else. A hit's surprise says it, and findings rank by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import fans, strangers
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each window of strangers that no other holds."""
    hits = data.search(
        fans.find, window=int(dial["days"] * DAY), side="in", least=int(dial["payers"]), usual=dial["usual"],
        history=int(dial["history"] * DAY), floor=min(dial["surprise"], dial["early"]) - strangers.LIKENESS,
    )  # fmt: skip
    hits = hits.raised(strangers.alike(data.log, hits, data.log.payee))
    hits = fans.settled(data.log, hits, int(dial["watched"] * DAY), dial["surprise"], dial["early"])
    yield from findings(
        data, TYPOLOGY, hits, _told, prior=0.05, roles=("payment of a stranger",), per_1000=dial["per_1000"]
    )


def _told(a: Attempt) -> Told:
    sink, payers = int(a.payee[0]), len(np.unique(a.payer))
    watched = int(a.at[0] - a.log.at[0]) / DAY
    factors = a.unlikely("so many strangers, and such, within days")
    if watched < 30:
        factors[f"payments are known for only {watched:.0f} days before, when everybody is a stranger"] = 0.7
    return Told(
        f"{a.name(sink)} was paid {a.money()} by {payers} first-time payers within {a.span}.",
        factors=factors,
        lead=(sink,),
        detail={"payers": payers, "days_known_before": round(watched, 1)},
    )


TYPOLOGY = Typology(
    name="fan_in",
    title="Sudden fan-in of first-time payers",
    kind="payment",
    what="Many accounts pay one account for the first time within days, more than it is used to.",
    why="Proceeds are gathered from many hands into a collecting account before they are moved abroad.",
    standard="Egmont Group and FATF, funnel accounts; FATF Trade-Based Money Laundering: Risk Indicators (2021)",
    needs=("payments",),
    parameters={
        "payers": Parameter(3, "payers", "fewest first-time payers within the window"),
        "days": Parameter(5, "days", "length of the window"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely so many strangers must be"),
        "early": Parameter(1.5, "decimal orders of magnitude", "the same where the data are too short to know better"),
        "per_1000": Parameter(9, "findings per 1,000 accounts", "the most surprising are told, and the others counted"),
        "usual": Parameter(4, "payers", "first-time payers in a window at an account of which nothing is known"),
        "history": Parameter(60, "days", "time before the window that says what the account is used to"),
        "watched": Parameter(
            30, "days", "days at the data's beginning that are not told of, for all are strangers; if twice as long"
        ),
    },
    benign=(
        "a shop, school or event that opened or had a sale",
        "a new supplier of a large group, whose companies begin to pay it together",
        "a collection for charity",
    ),
    refutes="Invoices or a campaign that explain why these payers began to pay in these days.",
    detect=detect,
)
