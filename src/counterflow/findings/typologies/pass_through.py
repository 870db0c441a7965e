"""Pass-through account: what comes in goes out within hours, and little stays.

The set-based step is one self-join of payments (Ibis; runs unchanged on Spark). Amounts must answer to each other here,
since that is what the pattern says; the share of all inflow that is passed on ranks the accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR, payments
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def relays(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Pairs of an incoming payment and the outgoing one that answers to it, with all inflow of that account."""
    every = payments(data).filter(lambda t: t.amount >= dial["amount"])
    came, went = every.view(), _onward(every, int(dial["hours"] * HOUR))
    joined = came.join(
        went,
        [
            came.payee == went.payer,
            came.currency == went.currency,
            went["at"] > came["at"],
            went["at"] <= came["at"] + int(dial["hours"] * HOUR),
            went.amount >= came.amount * dial["kept"],
            went.amount <= came.amount * 1.005,
        ],
    ).select(
        account=came.payee, number=came.to_account, currency=came.currency,
        in_id=came.row_id, in_payment=came.payment_id, in_at=came["at"], in_amount=came.amount,
        out_id=went.row_id, out_payment=went.payment_id, out_at=went["at"], out_amount=went.amount,
    )  # fmt: skip
    inflow = every.group_by(["payee", "currency"]).agg(inflow=every.amount.sum(), incoming=every.count())
    inflow = inflow.rename(account="payee", of="currency")
    rows = joined.join(inflow, [joined.account == inflow.account, joined.currency == inflow.of])
    return rows.select(joined, rows.inflow, rows.incoming).order_by("account", "currency", "in_at", "out_at", "out_id")


def _onward(every: ibis.Table, window: int) -> ibis.Table:
    """Payments to somebody who has not paid the payer within the window before: no refunds, no cash pooling."""
    paid, back = every.view(), every.view()
    returned = paid.join(
        back,
        [
            paid.payer == back.payee,
            paid.payee == back.payer,
            back["at"] <= paid["at"],
            back["at"] >= paid["at"] - window,
        ],
    ).select(returned=paid.row_id)
    going = every.view()
    return going.anti_join(returned, going.row_id == returned.returned)


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account and currency."""
    rows = data.run(relays(data, dial)).to_pylist()
    found = []
    for _, group in groupby(rows, key=itemgetter("account", "currency")):
        pairs = _answered(list(group))
        passed = sum(p["in_amount"] for p in pairs)
        if len(pairs) >= dial["times"] and passed >= dial["share"] * pairs[0]["inflow"]:
            found.append(pairs)
    held = evidence.holders(data, (evidence.number_key(pairs[0]["number"]) for pairs in found))
    for pairs in found:
        yield _finding(pairs, held[evidence.number_key(pairs[0]["number"])], dial)


def _answered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each payment in at most one pair: the earliest outgoing one that is still free."""
    taken: set[str] = set()
    pairs = []
    for row in rows:
        if row["in_id"] not in taken and row["out_id"] not in taken:
            taken |= {row["in_id"], row["out_id"]}
            pairs.append(row)
    return pairs


def _finding(pairs: list[dict[str, Any]], holder: evidence.Holder, dial: Mapping[str, float]) -> Finding:
    passed, inflow = sum(p["in_amount"] for p in pairs), pairs[0]["inflow"]
    delay = median(p["out_at"] - p["in_at"] for p in pairs)
    kept = 1 - sum(p["out_amount"] for p in pairs) / passed
    factors = {
        f"{len(pairs)} payments in were answered by one out": round(1 + len(pairs) / dial["times"], 3),
        f"{passed / inflow:.0%} of all inflow was passed on": round(1 + 2 * passed / inflow, 3),
    }
    if holder.listed:
        factors["the holder is named by a sanctions list"] = 4.0
    legs = sorted({(p["in_at"], p["in_id"], p["in_payment"]) for p in pairs}
                  | {(p["out_at"], p["out_id"], p["out_payment"]) for p in pairs})  # fmt: skip
    sentence = (
        f"{holder.caption} passed on {len(pairs)} of {pairs[0]['incoming']} payments received "
        f"({passed:,.0f} {pairs[0]['currency']}) within {evidence.span(delay)} at the median, keeping {kept:.1%}."
    )
    return Finding(
        typology=TYPOLOGY.name,
        sentence=sentence,
        subjects=(holder.entity,),
        probability=weigh(0.3, factors),
        evidence=(
            *evidence.of_rows("payments", (id for _, id, _ in legs), "payment in or out"),
            *evidence.claims(holder.claim_ids, "who holds the account"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(legs[0][0]),
        end=evidence.iso(legs[-1][0]),
        payments=tuple(payment for _, _, payment in legs),
        accounts=(pairs[0]["number"],),
        detail={
            "relays": len(pairs), "payments_in": pairs[0]["incoming"], "passed_on": round(passed, 2),
            "inflow": round(inflow, 2), "currency": pairs[0]["currency"], "share_passed_on": round(passed / inflow, 4),
            "share_kept": round(kept, 4), "median_hours": round(delay / HOUR, 2), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="pass_through",
    title="Pass-through account",
    kind="payment",
    what="An account that passes on most of what it receives within hours, to somebody else, keeping almost nothing.",
    why="Layering moves money through accounts that have no business of their own; front companies live on the margin.",
    standard="FATF, Trade-Based Money Laundering: Risk Indicators (2021), account and transaction activity; "
    "FinCEN advisory FIN-2017-A008 on North Korea, front companies passing payments through",
    needs=("payments",),
    parameters={
        "hours": Parameter(48, "hours", "longest time between a payment in and the one out that answers to it"),
        "kept": Parameter(0.9, "share", "least part of an amount that must go on"),
        "times": Parameter(3, "payments", "fewest payments that were passed on"),
        "share": Parameter(0.6, "share", "least part of all inflow, by amount, that was passed on"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
    },
    benign=(
        "an agent, notary or payment firm that collects for others by contract",
        "a treasury account that sweeps balances of a group",
        "back-to-back trade with a fixed margin",
    ),
    refutes="A contract, licence or group structure that makes passing on money the account's business.",
    detect=detect,
)
