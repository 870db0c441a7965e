"""Dormant, then active: an account silent for months through which money suddenly goes in and out.

Bought, borrowed or opened for the purpose and left to age, so that it looks established when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import dormancy
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each awakening."""
    hits = data.search(
        dormancy.find, window=int(dial["days"] * DAY), dormant=int(dial["silent"] * DAY), least=int(dial["payments"]),
        floor=dial["surprise"],
    )  # fmt: skip
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.1, roles=("into the account", "out of the account"))


def _told(a: Attempt) -> Told:
    into, out = a.role == dormancy.IN, a.role == dormancy.OUT
    account = int(a.payee[into][0])
    first = a.members[0]
    silent = int(a.log.quiet_payee[first] if into[0] else a.log.quiet_payer[first]) // DAY
    factors = a.unlikely("so many payments within days, by the account's own pace before")
    share = a.usd[out].sum() / a.usd[into].sum()
    if 0.7 <= share <= 1.05:
        factors[f"{share:.0%} of what came in went out again"] = 2.0
    return Told(
        f"{a.name(account)}, silent for {silent} days, was paid {a.money(into)} and paid {a.money(out)} within "
        f"{a.span}.",
        factors=factors,
        lead=(account,),
        detail={"days_silent": silent, "payments_in": int(into.sum()), "payments_out": int(out.sum())},
    )


TYPOLOGY = Typology(
    name="dormant_then_active",
    title="Dormant account suddenly active",
    kind="payment",
    what="After months of silence many payments come to and leave an account within days.",
    why="Accounts are bought, borrowed or left to age, for an old account is asked fewer questions than a new one.",
    standard="FATF Guidance for Financial Institutions in Detecting Terrorist Financing (2002), annex 1",
    needs=("payments",),
    parameters={
        "silent": Parameter(90, "days", "time without any payment before"),
        "days": Parameter(10, "days", "time within which it is busy"),
        "payments": Parameter(4, "payments", "fewest payments in that time, in and out together"),
        "surprise": Parameter(3, "decimal orders of magnitude", "how unlikely so many are by its own pace before"),
    },
    benign=(
        "a seasonal business, or a project that was resumed",
        "the sale of a house, an inheritance, a wedding",
        "an owner who came home from abroad",
    ),
    refutes="What happened in the owner's life or trade in these days that explains the payments.",
    detect=detect,
)
