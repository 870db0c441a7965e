"""Round trip: money that comes back to the account it left, over others, each payment later than the one before.

The set-based step selects the payments (Ibis; runs unchanged on Spark); the cycles are found by the kernel
`findings.cycles`, whose search budget is declared in every finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, payments
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.findings.cycles import Cycles

__all__ = ["TYPOLOGY"]


def considered(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Payments large enough, by accounts that are both paid and pay."""
    every = payments(data).filter(lambda t: t.amount >= dial["amount"])
    paying, paid = every.select(account=every.payer).distinct(), every.select(account=every.payee).distinct()
    rows = every.semi_join(paid, every.payer == paid.account).semi_join(paying, every.payee == paying.account)
    return rows.order_by("at", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each cycle; of cycles that share a payment the first found stands."""
    rows = data.run(considered(data, dial))
    if not len(rows):
        return
    cycles = _cycles(rows, dial)
    taken: set[int] = set()
    found = []
    for members in cycles.members:
        if taken.isdisjoint(members):
            taken.update(members)
            found.append([rows.slice(i, 1).to_pylist()[0] for i in members])
    held = evidence.holders(data, {evidence.number_key(r["from_account"]) for cycle in found for r in cycle})
    for cycle in found:
        yield _finding(cycle, held, cycles.exhausted)


def _cycles(rows: pa.Table, dial: Mapping[str, float]) -> Cycles:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from counterflow.findings.cycles import find

    names = pc.unique(pa.chunked_array([*rows.column("payer").chunks, *rows.column("payee").chunks]))
    payer, payee = (np.asarray(pc.index_in(rows.column(n), names), dtype=np.int64) for n in ("payer", "payee"))
    return find(
        payer, payee,
        np.asarray(rows.column("at"), dtype=np.int64), np.asarray(rows.column("amount"), dtype=np.float64),
        np.asarray(pc.index_in(rows.column("currency"), pc.unique(rows.column("currency"))), dtype=np.int64),
        window=int(dial["days"] * DAY), low=int(dial["shortest"]), high=int(dial["longest"]), kept=dial["kept"],
        budget=int(dial["budget"]),
    )  # fmt: skip


def _finding(rows: list[dict[str, Any]], held: Mapping[str, evidence.Holder], exhausted: int) -> Finding:
    parties = [held[evidence.number_key(r["from_account"])] for r in rows]
    home = parties[0]
    share = rows[-1]["amount"] / rows[0]["amount"] if rows[0]["currency"] == rows[-1]["currency"] else None
    factors = {f"{len(rows)} payments": 1 + 0.4 * (len(rows) - 2)}
    if share is not None:
        factors[f"{share:.0%} of the amount came back"] = 3.0 if share >= 0.9 else 1.2 if share >= 0.7 else 0.7
    listed = sorted({h.caption for h in parties if h.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    if all(r["amount"] == rows[0]["amount"] for r in rows):
        factors["the very same amount throughout, as pooled cash is"] = 0.5
    others = ", ".join(h.caption for h in parties[1:])
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{home.caption} sent out {rows[0]['amount']:,.0f} {rows[0]['currency']} and got "
            f"{rows[-1]['amount']:,.0f} {rows[-1]['currency']} back over {others} within "
            f"{evidence.span(rows[-1]['at'] - rows[0]['at'])}."
        ),
        subjects=tuple(dict.fromkeys([home.entity, *(h.entity for h in parties[1:] if h.known)])),
        probability=weigh(0.3, factors),
        evidence=(
            *evidence.of_rows("payments", (r["row_id"] for r in rows), "a step of the round"),
            *evidence.claims({id for h in parties for id in h.claim_ids}, "who holds the account"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(rows[0]["at"]),
        end=evidence.iso(rows[-1]["at"]),
        payments=tuple(r["payment_id"] for r in rows),
        accounts=tuple(r["from_account"] for r in rows),
        detail={
            "hops": len(rows), "share_returned": None if share is None else round(share, 4),
            "searches_out_of_budget": exhausted, "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="round_trip",
    title="Round trip",
    kind="payment",
    what="A sum leaves an account and comes back to it over others within days.",
    why="Round trips give money a history: loans that are one's own funds, turnover that is no trade.",
    standard="FATF, round-tripping; Egmont Group, circular transactions",
    needs=("payments",),
    parameters={
        "shortest": Parameter(3, "payments", "fewest payments of a round; 2 finds plain returns"),
        "longest": Parameter(10, "payments", "most payments of a round"),
        "days": Parameter(7, "days", "longest time from the first payment to the last"),
        "kept": Parameter(0.8, "share", "least part of an amount that each next payment must have; 0: any amount"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
        "budget": Parameter(20_000, "payments", "most payments looked at from one start; beyond it is declared"),
    },
    benign=(
        "cash pooling and intra-group loans",
        "goods returned and refunded, or mutual supply of partners",
        "currency conversion through several banks",
    ),
    refutes="Goods, loans or a pooling agreement behind each step.",
    detect=detect,
)
