"""Scatter-gather: one account pays several, and each of them pays one and the same account on.

The set-based step is a self-join of payments in time order (Ibis; runs unchanged on Spark) with a guard on hubs: an
account that pays or is paid by very many is no relay, and joining through it would cost the square of its degree. How
many accounts the guard left out is stated in every finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, payments
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def hubs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Accounts with more than `degree` payments in or out."""
    every = payments(data).filter(lambda t: t.amount >= dial["amount"])
    out = every.group_by("payer").agg(n=every.count()).rename(account="payer")
    into = every.group_by("payee").agg(n=every.count()).rename(account="payee")
    return out.union(into).filter(lambda t: t.n > int(dial["degree"])).select("account").distinct()


def legs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Payment pairs source → relay → sink in time order within the window, of sources and sinks with enough relays."""
    every = payments(data).filter(lambda t: t.amount >= dial["amount"])
    hub = hubs(data, dial)
    first = every.anti_join(hub, every.payee == hub.account)
    second = every.view()
    joined = first.join(
        second,
        [
            first.payee == second.payer,
            second["at"] > first["at"],
            second["at"] <= first["at"] + int(dial["days"] * DAY),
            first.payer != second.payee,
        ],
    ).select(
        source=first.payer, source_number=first.from_account, relay=first.payee, relay_number=first.to_account,
        sink=second.payee, sink_number=second.to_account,
        out_id=first.row_id, out_payment=first.payment_id, out_at=first["at"], out_amount=first.amount,
        out_currency=first.currency,
        in_id=second.row_id, in_payment=second.payment_id, in_at=second["at"], in_amount=second.amount,
        in_currency=second.currency,
    )  # fmt: skip
    wide = joined.group_by(["source", "sink"]).agg(relays=joined.relay.nunique())
    wide = wide.filter(wide.relays >= int(dial["relays"]))
    rows = joined.semi_join(wide, ["source", "sink"])
    return rows.order_by("source", "sink", "out_at", "in_at", "out_id", "in_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each source, sink and span in which enough relays carried."""
    window = int(dial["days"] * DAY)
    found = []
    for _, group in groupby(data.run(legs(data, dial)).to_pylist(), key=itemgetter("source", "sink")):
        found += _spans(list(group), window, int(dial["relays"]), dial["even"])
    keys = {evidence.number_key(r[f"{role}_number"]) for rows in found for r in rows for role in _ROLES}
    held = evidence.holders(data, keys)
    left_out = len(data.run(hubs(data, dial)))
    for rows in found:
        yield _finding(rows, held, left_out)


_ROLES = ("source", "relay", "sink")


def _spans(rows: list[dict[str, Any]], window: int, relays: int, even: float) -> list[list[dict[str, Any]]]:
    """Runs of legs that fit in a window with enough relays whose amounts are alike; greedy from the earliest."""
    spans, start = [], 0
    while start < len(rows):
        inside = [r for r in rows[start:] if r["in_at"] <= rows[start]["out_at"] + window]
        middle = sorted(r["out_amount"] for r in inside)[len(inside) // 2]
        best: dict[str, dict[str, Any]] = {}
        for row in inside:
            alike = middle / even <= row["out_amount"] <= middle * even
            kept = row["in_amount"] / row["out_amount"] if row["out_amount"] else 0.0
            if alike and (row["relay"] not in best or abs(kept - 1) < abs(_kept(best[row["relay"]]) - 1)):
                best[row["relay"]] = row
        if len(best) >= relays:
            spans.append(sorted(best.values(), key=itemgetter("out_at", "in_at")))
            last = max(r["in_at"] for r in best.values())
            start = next((i for i, r in enumerate(rows) if i > start and r["out_at"] > last), len(rows))
        else:
            start += 1
    return spans


def _kept(row: dict[str, Any]) -> float:
    return float(row["in_amount"] / row["out_amount"]) if row["out_amount"] else 0.0


def _finding(rows: list[dict[str, Any]], held: Mapping[str, evidence.Holder], left_out: int) -> Finding:
    parties = {role: [held[evidence.number_key(r[f"{role}_number"])] for r in rows] for role in _ROLES}
    source, sink = parties["source"][0], parties["sink"][0]
    same = [r for r in rows if r["out_currency"] == r["in_currency"]]
    conserved = sum(0.8 <= _kept(r) <= 1.02 for r in same)
    factors = {
        f"{len(rows)} relays": 1 + len(rows) / 3,
        # conservation ranks and never filters: laundering through trade keeps no amount
        f"{conserved} of them passed on about what they got": 0.4 + 2.5 * conserved / len(rows),
    }
    listed = sorted({h.caption for h in (source, sink) if h.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    legs = sorted({(r["out_at"], r["out_id"], r["out_payment"]) for r in rows}
                  | {(r["in_at"], r["in_id"], r["in_payment"]) for r in rows})  # fmt: skip
    total = evidence.money([{"amount": r["out_amount"], "currency": r["out_currency"]} for r in rows])
    everybody = [source, sink, *parties["relay"]]
    accounts = [rows[0]["source_number"], *(r["relay_number"] for r in rows), rows[0]["sink_number"]]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{source.caption} sent {total} through {len(rows)} accounts that all paid {sink.caption} within "
            f"{evidence.span(legs[-1][0] - legs[0][0])}."
        ),
        subjects=tuple(dict.fromkeys([source.entity, sink.entity, *(h.entity for h in everybody[2:] if h.known)])),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("payments", (id for _, id, _ in legs), "leg over a relay"),
            *evidence.claims({id for h in everybody for id in h.claim_ids}, "who holds the account"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(legs[0][0]),
        end=evidence.iso(legs[-1][0]),
        payments=tuple(payment for _, _, payment in legs),
        accounts=tuple(dict.fromkeys(accounts)),
        detail={"relays": len(rows), "relays_conserving": conserved, "hubs_left_out": left_out, "factors": factors},
    )


TYPOLOGY = Typology(
    name="scatter_gather",
    title="Scatter-gather over relays",
    kind="payment",
    what="One account pays several accounts, and each of these pays one and the same account on, within days.",
    why="Splitting a sum over straw accounts and joining it again hides that one party pays another.",
    standard="FATF, layering; named in Altman et al., Realistic Synthetic Financial Transactions for Anti-Money "
    "Laundering Models (NeurIPS 2023)",
    needs=("payments",),
    parameters={
        "relays": Parameter(4, "accounts", "fewest relays between source and sink"),
        "days": Parameter(5, "days", "longest time from the first payment out to the last one in"),
        "even": Parameter(3, "times", "how far a relay's amount may be from the middle one, as a factor"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
        "degree": Parameter(2000, "payments", "accounts with more payments in or out are not taken for relays"),
    },
    benign=(
        "a group that pays its branches, which all buy from the same supplier",
        "a buyer and a seller who share agents",
    ),
    refutes="Goods or services that each relay gave for what it received.",
    detect=detect,
)
