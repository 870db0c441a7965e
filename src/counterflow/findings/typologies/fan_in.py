"""Fan-in: an account that strangers suddenly pay, many within days, after weeks in which hardly any stranger did.

The set-based steps (first payments of each pair, counts over time ranges) are Ibis and run unchanged on Spark. Strictly
causal: a count at a payment looks only back.
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


def debuts(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """First payments of a payer to a payee, with how many others began to pay the payee in the window up to it
    (`strangers`) and in the quiet time before the window (`before`). Only rows where the window is full.

    Counting first payments counts distinct payers: each pair has one.
    """
    import ibis

    window, quiet = int(dial["days"] * DAY), int(dial["quiet"] * DAY)
    every = payments(data)
    ranked = every.mutate(nth=ibis.row_number().over(group_by=["payer", "payee"], order_by=["at", "row_id"]))
    first = ranked.filter((ranked.nth == 0) & (ranked.amount >= dial["amount"])).drop("nth")
    back = ibis.range_window(group_by="payee", order_by="at", preceding=window, following=0)
    # counted up to the window's start, not in a window that ends in the past: engines differ on those
    long_back = ibis.range_window(group_by="payee", order_by="at", preceding=window + quiet, following=0)
    counted = first.mutate(strangers=first.row_id.count().over(back), longer=first.row_id.count().over(long_back))
    counted = counted.mutate(before=counted.longer - counted.strangers)
    since = every.agg(since=every["at"].min())
    counted = counted.cross_join(since)
    full = counted.filter(
        (counted.strangers >= int(dial["payers"]))
        & (counted.before * 4 <= counted.strangers)
        # at the edge of the data everybody is a stranger
        & (counted["at"] - window - quiet >= counted.since)
    )
    return full.select("payee", "to_account", "at", "strangers", "before").order_by("payee", "at")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each burst: full windows that overlap are one."""
    window = int(dial["days"] * DAY)
    bursts: list[dict[str, Any]] = []
    for _, group in groupby(data.run(debuts(data, dial)).to_pylist(), key=itemgetter("payee")):
        for row in group:
            last = bursts[-1] if bursts else None
            if last and last["payee"] == row["payee"] and row["at"] - last["until"] <= window:
                last["until"] = row["at"]
                last["before"] = min(last["before"], row["before"])
            else:
                bursts.append({**row, "since": row["at"] - window, "until": row["at"]})
    if not bursts:
        return
    every = payments(data)
    rows = data.run(every.filter(every.payee.isin(sorted({b["payee"] for b in bursts}))).order_by("at", "row_id"))
    by_payee: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        by_payee.setdefault(row["payee"], []).append(row)
    found = [(burst, _members(burst, by_payee[burst["payee"]], dial)) for burst in bursts]
    keys = {evidence.number_key(n) for _, rows in found for r in rows for n in (r["to_account"], r["from_account"])}
    held = evidence.holders(data, keys)
    for burst, members in found:
        yield _finding(burst, members, held)


def _members(burst: dict[str, Any], rows: list[dict[str, Any]], dial: Mapping[str, float]) -> list[dict[str, Any]]:
    """Payments within the burst by payers who had not paid before it."""
    known = {r["payer"] for r in rows if r["at"] < burst["since"]}
    return [
        r
        for r in rows
        if burst["since"] <= r["at"] <= burst["until"] and r["payer"] not in known and r["amount"] >= dial["amount"]
    ]


def _finding(burst: dict[str, Any], rows: list[dict[str, Any]], held: Mapping[str, evidence.Holder]) -> Finding:
    sink = held[evidence.number_key(burst["to_account"])]
    payers = {r["payer"]: held[evidence.number_key(r["from_account"])] for r in rows}
    factors = {f"{len(payers)} first-time payers, {burst['before']} in the weeks before": round(1 + len(payers) / 6, 3)}
    listed = sorted({h.caption for h in (sink, *payers.values()) if h.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    numbers = dict.fromkeys([burst["to_account"], *(r["from_account"] for r in rows)])
    entities = dict.fromkeys([sink.entity, *sorted(h.entity for h in payers.values() if h.known)])
    claims = {id for h in (sink, *payers.values()) for id in h.claim_ids}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{sink.caption} was paid {evidence.money(rows)} by {len(payers)} first-time payers within "
            f"{evidence.span(rows[-1]['at'] - rows[0]['at'])}, after weeks with {burst['before'] or 'none'}."
        ),
        subjects=tuple(entities),
        probability=weigh(0.3, factors),
        evidence=(
            *evidence.of_rows("payments", (r["row_id"] for r in rows), "first payment of a stranger"),
            *evidence.claims(claims, "who holds the account"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(rows[0]["at"]),
        end=evidence.iso(rows[-1]["at"]),
        payments=tuple(r["payment_id"] for r in rows),
        accounts=tuple(numbers),
        detail={"payers": len(payers), "payers_in_quiet_time": burst["before"], "factors": factors},
    )


TYPOLOGY = Typology(
    name="fan_in",
    title="Sudden fan-in of first-time payers",
    kind="payment",
    what="Many accounts pay one account for the first time within days, after weeks in which hardly any did.",
    why="Proceeds are gathered from many hands into a collecting account before they are moved abroad.",
    standard="Egmont Group and FATF, funnel accounts; FATF Trade-Based Money Laundering: Risk Indicators (2021)",
    needs=("payments",),
    parameters={
        "payers": Parameter(8, "payers", "fewest first-time payers within the window"),
        "days": Parameter(5, "days", "length of the window"),
        "quiet": Parameter(30, "days", "time before the window that must have been quiet"),
        "amount": Parameter(1000, "currency units", "payments below this are not looked at"),
    },
    benign=(
        "a shop, school or event that opened or had a sale",
        "a new supplier of a large group, whose companies begin to pay it together",
        "a collection for charity",
    ),
    refutes="Invoices or a campaign that explain why these payers began to pay in these days.",
    detect=detect,
)
