"""Structuring: payments cut up so that each stays just below the amount from which they must be reported.

The amount is that of the currency's law (`findings.thresholds`), or one for all where the dial sets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import below
from counterflow.findings.thresholds import thresholds
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account, currency and series."""
    log, one = data.log, dial["threshold"]
    laws = {c: amount for c, (amount, _) in thresholds().items()}
    lines = dict.fromkeys(log.currencies.to_pylist(), one) if one else laws
    hits = below.find(
        log, lines=lines, window=int(dial["days"] * DAY), times=int(dial["times"]), below=dial["below"],
        hole=dial["hole"],
    )  # fmt: skip

    def told(a: Attempt) -> Told:
        currency, sink = a.currency[0], int(a.payee[0])
        line, law = lines[currency], "" if one else thresholds()[currency][1]
        above, payers = below.above(log, a.members, line), len(set(a.payer.tolist()))
        least, most = float(a.amount.min()), float(a.amount.max())
        factors = {
            f"{len(a.at)} payments just below {line:,.0f} {currency}, {above} above": 1 + len(a.at) / (2 + 4 * above),
            f"from {payers} accounts": 1 + min(payers, 8) / 4,
        }
        if most - least < 0.001 * most:
            factors["all of one amount, as rents and fees are"] = 0.3
        return Told(
            f"{a.name(sink)} received {len(a.at)} payments between {least:,.0f} and {most:,.0f} {currency}, each below "
            f"the threshold of {line:,.0f}, within {a.span}.",
            factors,
            lead=(sink,),
            detail={
                "payments_below": len(a.at), "payments_just_above": above, "payers": payers, "threshold": line,
                "law": law,
            },
        )  # fmt: skip

    yield from findings(data, TYPOLOGY, hits, told, prior=0.2, roles=("just below the threshold",))


TYPOLOGY = Typology(
    name="structuring",
    title="Structuring below a reporting threshold",
    kind="payment",
    what="Several payments into one account within days, each a little below the amount that must be reported.",
    why="Cash is broken up so that no single deposit is reported.",
    standard="31 U.S.C. 5324 and 31 CFR 1010.311 (reports of cash above 10,000 USD), and the laws of other currencies "
    "in thresholds.yaml; FATF, structuring or smurfing",
    needs=("payments",),
    parameters={
        "threshold": Parameter(0, "currency units", "one amount for all currencies; 0: that of each currency's law"),
        "below": Parameter(0.8, "share", "how far below the threshold still counts"),
        "times": Parameter(6, "payments", "fewest of them within the window"),
        "days": Parameter(7, "days", "length of the window"),
        "hole": Parameter(4, "times", "how many times more below than just above the threshold there must be"),
    },
    benign=(
        "takings of a shop whose days are alike",
        "rents, fees or instalments of a fixed amount",
        "a limit that the bank itself sets on a single transfer",
    ),
    refutes="Till rolls or contracts that give each amount; deposits above the threshold made as readily.",
    detect=detect,
)
