"""Round trip: money that comes back, over others, to whoever sent it: keeping its amount, or to another own account.

Accounts of one holder count as one here: what leaves by one and comes back by another has come back. The search is
`patterns.cycles`, whose budget is declared in every finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.observations import DAY
from counterflow.findings.patterns import cycles
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each round; of rounds that share a payment the first found stands."""
    dials: dict[str, Any] = {
        "window": int(dial["days"] * DAY), "high": int(dial["longest"]), "least": dial["amount"],
        "budget": int(dial["budget"]),
    }  # fmt: skip
    kept = data.search(cycles.find, low=int(dial["shortest"]), kept=dial["kept"], **dials)
    yield from findings(data, TYPOLOGY, _apart(kept), _told, prior=0.3, roles=_ROLES)
    log, several = _held_together(data)
    if several is None:
        return
    hits = cycles.find(log, low=2, homes=several, **dials)
    # the last payment home goes to another account: else it is no more than a return
    elsewhere = data.log.payer[hits.members[hits.starts[:-1]]] != data.log.payee[hits.members[hits.starts[1:] - 1]]
    yield from findings(data, TYPOLOGY, _apart(hits.select(elsewhere)), _told, prior=0.3, roles=_ROLES)


_ROLES = ("a step of the round",)


def _held_together(data: Data) -> tuple[Log, np.ndarray[Any, np.dtype[np.bool_]] | None]:
    """The log with one account for all of a holder; and which accounts stand for several, None: none do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    log = data.log
    holders = data.run(data.table("holders").select("key", "entity").order_by("key"))
    numbers = pc.replace_substring_regex(log.accounts, "^[^/]*/", "")
    plain = pc.replace_substring_regex(pc.utf8_upper(numbers), "[^0-9A-Z]", "")
    keys = pc.binary_join_element_wise("account:", plain, "")
    place = pc.index_in(keys, pa.array(holders["key"].combine_chunks()))
    entity = pc.take(holders["entity"], place).combine_chunks().dictionary_encode()
    held = np.flatnonzero(np.asarray(place.is_valid()))
    codes = np.asarray(entity.indices.drop_null(), dtype=np.int64)
    one = np.arange(len(log.accounts), dtype=np.int32)
    first = np.full(len(entity.dictionary), -1, dtype=np.int32)
    first[codes[::-1]] = held[::-1]
    one[held] = first[codes]
    several = np.bincount(one, minlength=len(one)) > 1
    if not several.any():
        return log, None
    return replace(log, payer=one[log.payer], payee=one[log.payee]), several


def _apart(hits: Hits) -> Hits:
    """Without those that share a payment with an earlier one."""
    taken: set[int] = set()
    stands = np.zeros(len(hits), dtype=np.bool_)
    for h, members in enumerate(hits):
        own = members.tolist()
        if taken.isdisjoint(own):
            taken.update(own)
            stands[h] = True
    return hits.select(stands)


def _told(a: Attempt) -> Told:
    hops = int(a.role.max()) + 1
    ring = [int(a.payer[np.flatnonzero(a.role == n)[0]]) for n in range(hops)]
    back = int(a.payee[-1])
    out, into = float(a.amount[a.role == 0].sum()), float(a.amount[a.role == hops - 1].sum())
    share = into / out if a.currency[0] == a.currency[-1] else None
    factors = {f"{hops} payments": 1 + 0.4 * (hops - 2)}
    if share is not None:
        factors[f"{share:.0%} of the amount came back"] = 3.0 if share >= 0.9 else 1.2 if share >= 0.7 else 0.7
    if len(a.members) == hops and (a.amount == a.amount[0]).all():
        factors["the very same amount throughout, as pooled cash is"] = 0.5
    others = ", ".join(dict.fromkeys(a.name(account) for account in ring[1:]))
    where = "" if back == ring[0] else f" to another account of the same holder, {a.parties[back].number},"
    return Told(
        f"{a.name(ring[0])} sent out {a.money(a.role == 0)} and got {a.money(a.role == hops - 1)} back{where} over "
        f"{others} within {a.span}.",
        factors,
        lead=ring,
        detail={
            "hops": hops, "share_returned": None if share is None else round(share, 4),
            "to_another_account": back != ring[0],
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="round_trip",
    title="Round trip",
    kind="payment",
    what="A sum leaves an account and comes back over others within days: nearly whole, or to another account of the "
    "same holder.",
    why="Round trips give money a history: loans that are one's own funds, turnover that is no trade.",
    standard="FATF, round-tripping; Egmont Group, circular transactions",
    needs=("payments",),
    parameters={
        "shortest": Parameter(3, "payments", "fewest payments of a round back to the same account; 2: plain returns"),
        "longest": Parameter(10, "payments", "most payments of a round"),
        "days": Parameter(7, "days", "longest time from the first payment to the last"),
        "kept": Parameter(0.8, "share", "least part of an amount that each next payment must have; 0: any amount"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
        "budget": Parameter(2000, "payments", "most payments looked at from one start; beyond it is declared"),
    },
    benign=(
        "cash pooling and intra-group loans",
        "goods returned and refunded, or mutual supply of partners",
        "currency conversion through several banks",
    ),
    refutes="Goods, loans or a pooling agreement behind each step.",
    detect=detect,
)
