"""Temporal cycle: payments round a ring of accounts and back to the first, each later than the one before.

The search is `patterns.cycles`, whose budget is declared in every finding. Amounts may change on the way: laundering
through trade keeps none, so what comes back ranks a cycle and never filters it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import cycles
from counterflow.findings.patterns.chance import enough
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each first payment and way round."""
    hits = data.search(
        cycles.find, window=int(dial["days"] * DAY), low=int(dial["shortest"]), high=int(dial["longest"]),
        least=dial["amount"], budget=int(dial["budget"]), degree=int(dial["degree"]),
    )  # fmt: skip
    hits = hits.select(
        cycles.surprises(data.log, hits, int(dial["days"] * DAY)) >= enough(dial["surprise"], len(data.log))
    )
    yield from findings(data, TYPOLOGY, hits, _told, prior=0.04, roles=[f"step {n + 1} of the ring" for n in range(64)])


def _told(a: Attempt) -> Told:
    hops = int(a.role.max()) + 1
    ring = [int(a.payer[np.flatnonzero(a.role == n)[0]]) for n in range(hops)]
    new = float(a.log.debut[a.members].mean())
    banks = len(set(a.log.bank[ring].tolist()))
    factors = a.unlikely("that such a ring, and the worth it keeps, comes about by chance")
    factors[f"{new:.0%} of the payments between parties who had no dealings before"] = 0.5 + 2 * new
    if banks > 1:
        factors[f"over {banks} banks"] = 1 + 0.5 * banks / hops
    if len(a.members) > 2 * hops:
        factors["the same steps many times over, as trade goes"] = 0.4
    first, last = float(a.usd[0]), float(a.usd[-1])
    if first > 0 and 0.8 <= last / first <= 1.02:
        factors["about the first amount came back"] = 2.0
    others = ", ".join(a.name(account) for account in ring[1:5])
    if hops > 5:
        others += f" and {hops - 5} more"
    return Told(
        f"{a.name(ring[0])} paid {a.money(a.role == 0)} away, and money came back to the same account over {others} "
        f"within {a.span}.",
        factors,
        lead=ring,
        detail={"hops": hops, "share_between_strangers": round(new, 3)},
    )


TYPOLOGY = Typology(
    name="temporal_cycle",
    title="Temporal cycle",
    kind="payment",
    what="Payments go round a ring of accounts and back to the first within days, each later than the one before.",
    why="Money that goes round changes its papers at each step and comes back with a history; whoever follows one "
    "payment sees ordinary business.",
    standard="FATF, layering; named in Altman et al., Realistic Synthetic Financial Transactions for Anti-Money "
    "Laundering Models (NeurIPS 2023)",
    needs=("payments",),
    parameters={
        "shortest": Parameter(3, "payments", "fewest payments of a ring; 2 finds plain returns"),
        "longest": Parameter(12, "payments", "most payments of a ring"),
        "days": Parameter(7, "days", "longest time from the first payment to the last"),
        "amount": Parameter(0, "currency units", "payments below this are not looked at"),
        "surprise": Parameter(
            3, "decimal logarithm", "how unlikely such a ring, and the worth that it keeps, must be by chance"
        ),
        "budget": Parameter(2000, "payments", "most payments looked at from one start; beyond it is declared"),
        "degree": Parameter(100, "payments", "accounts with more within the window are not looked through; declared"),
    },
    benign=(
        "cash pooling and loans within a group",
        "partners who supply one another",
        "clearing between banks and brokers",
    ),
    refutes="Goods, services or loans behind each step that have nothing to do with the other steps.",
    detect=detect,
    long=True,
)
