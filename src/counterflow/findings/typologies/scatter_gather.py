"""Scatter-gather: one account pays several, and each of them pays one and the same account on.

The search is `patterns.scatter_gather`. A self-join in SQL finds the same where nobody is a hub and takes several times
as long (`benchmarks/README.md`), so there is one search and no switch between two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import scatter_gather
from counterflow.findings.patterns.chance import enough
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each source, sink and span in which enough relays carried."""
    hits = data.search(
        scatter_gather.find, window=int(dial["days"] * DAY), relays=int(dial["relays"]), least=dial["amount"],
        degree=int(dial["degree"]), floor=0.0,
    )  # fmt: skip
    surprise = scatter_gather.surprises(data.log, hits)
    hits = replace(hits, surprise=surprise).select(surprise >= enough(dial["surprise"], len(data.log)))
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.03, roles=("leg to a relay", "leg from a relay"))


def _told(a: Attempt) -> Told:
    out, into = a.role == 0, a.role == 1
    source, sink = int(a.payer[out][0]), int(a.payee[into][0])
    relays = list(dict.fromkeys(a.payee[out].tolist()))
    got = np.array([np.nansum(a.usd[out & (a.payee == r)]) for r in relays])
    gave = np.array([np.nansum(a.usd[into & (a.payer == r)]) for r in relays])
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = int(((gave >= 0.8 * got) & (gave <= 1.02 * got) & (got > 0)).sum())
    new = float(a.log.debut[a.members].mean())
    factors = a.unlikely("that such relays, and the worth they keep, come about by chance")
    factors |= {
        # conservation ranks and never filters: laundering through trade keeps no amount
        f"{kept} of them passed on about what they got": 0.7 + 2.2 * kept / len(relays),
        f"{new:.0%} of the payments between parties who had no dealings before": 0.5 + 1.5 * new,
    }
    if len(got) > 1 and got.min() > 0 and got.max() <= 3 * got.min():
        factors["like amounts to all relays"] = 1.4
    return Told(
        f"{a.name(source)} sent {a.money(out)} through {len(relays)} accounts that all paid {a.name(sink)} within "
        f"{a.span}.",
        factors,
        lead=(source, sink),
        detail={"relays": len(relays), "relays_conserving": kept, "share_between_strangers": round(new, 3)},
    )


TYPOLOGY = Typology(
    name="scatter_gather",
    title="Scatter-gather over relays",
    kind="payment",
    what="One account pays several accounts, and each of these pays one and the same account on, within days; some may "
    "pay in advance.",
    why="Splitting a sum over straw accounts and joining it again hides that one party pays another.",
    standard="FATF, layering; named in Altman et al., Realistic Synthetic Financial Transactions for Anti-Money "
    "Laundering Models (NeurIPS 2023)",
    needs=("payments",),
    parameters={
        "relays": Parameter(3, "accounts", "fewest relays that pay on after they were paid"),
        "days": Parameter(7, "days", "longest time from the first payment out to the last one in"),
        "amount": Parameter(0, "currency units", "payments below this are not looked at"),
        "surprise": Parameter(
            3, "decimal logarithm", "how unlikely such relays, and the worth they keep, must be by chance"
        ),
        "degree": Parameter(300, "payments", "busier accounts alone do not make a pattern as its relays; declared"),
    },
    benign=(
        "a group that pays its branches, which all buy from the same supplier",
        "a buyer and a seller who share agents",
    ),
    refutes="Goods or services that each relay gave for what it received.",
    detect=detect,
)
