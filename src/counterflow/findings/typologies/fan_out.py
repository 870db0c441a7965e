"""Fan-out: an account that suddenly pays strangers, more of them within days than it is used to.

The mirror of a fan-in, and the commoner of the two in honest business: a payroll, a refund, a dividend. So it weighs
whether these payees do anything else, and what the account did before.
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
        fans.find, window=int(dial["days"] * DAY), side="out", least=int(dial["payees"]), usual=dial["usual"],
        history=int(dial["history"] * DAY), floor=min(dial["surprise"], dial["early"]) - strangers.LIKENESS,
    )  # fmt: skip
    hits = hits.raised(strangers.alike(data.log, hits, data.log.payer))
    hits = fans.settled(data.log, hits, int(dial["watched"] * DAY), dial["surprise"], dial["early"])
    yield from findings(
        data, TYPOLOGY, hits, _told, prior=0.05, roles=("payment to a stranger",), per_1000=dial["per_1000"]
    )


def _told(a: Attempt) -> Told:
    source, payees = int(a.payer[0]), len(np.unique(a.payee))
    watched = int(a.at[0] - a.log.at[0]) / DAY
    factors = a.unlikely("so many strangers, and such, within days")
    if watched < 30:
        factors[f"payments are known for only {watched:.0f} days before, when everybody is a stranger"] = 0.7
    if payees >= 5 and len(set(a.amount.tolist())) == 1:
        factors["all of one amount, as a payroll or a refund would be"] = 0.5
    return Told(
        f"{a.name(source)} paid {a.money()} to {payees} first-time payees within {a.span}.",
        factors=factors,
        lead=(source,),
        detail={"payees": payees, "days_known_before": round(watched, 1)},
    )


TYPOLOGY = Typology(
    name="fan_out",
    title="Sudden fan-out to first-time payees",
    kind="payment",
    what="One account pays many accounts for the first time within days, more than it is used to.",
    why="Proceeds are spread over many hands, so that no one of the sums stands out and mules can draw them.",
    standard="FATF Money Laundering Using New Payment Methods (2010), mule networks; FinCEN advisory FIN-2020-A003",
    needs=("payments",),
    parameters={
        "payees": Parameter(3, "payees", "fewest first-time payees within the window"),
        "days": Parameter(5, "days", "length of the window"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely so many strangers must be"),
        "early": Parameter(1.5, "decimal orders of magnitude", "the same where the data are too short to know better"),
        "per_1000": Parameter(6, "findings per 1,000 accounts", "the most surprising are told, and the others counted"),
        "usual": Parameter(4, "payees", "first-time payees in a window of an account of which nothing is known"),
        "history": Parameter(60, "days", "time before the window that says what the account is used to"),
        "watched": Parameter(
            30, "days", "days at the data's beginning that are not told of, for all are strangers; if twice as long"
        ),
    },
    benign=(
        "a first payroll, or a new firm that engages its suppliers",
        "refunds, prizes or dividends paid to many",
        "an estate or a fund that is being distributed",
    ),
    refutes="A payroll, a register of shareholders or invoices that name these payees.",
    detect=detect,
)
