"""Structuring: payments cut up so that each stays just below the amount from which they must be reported.

The set-based step (counts over a time range) is Ibis and runs unchanged on Spark. An account that handles such amounts
every day is told apart by what it does just above the threshold, where structuring leaves a hole.
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


def near(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Payments around the threshold into accounts that have, at some time, enough of them below it in one window."""
    import ibis

    top = dial["threshold"]
    around = payments(data).filter(lambda t: (t.amount >= top * dial["below"]) & (t.amount < top * 1.2))
    around = around.mutate(under=(around.amount < top).cast("int64"))
    back = ibis.range_window(
        group_by=["payee", "currency"], order_by="at", preceding=int(dial["days"] * DAY), following=0
    )
    counted = around.mutate(n=around.under.sum().over(back))
    full = counted.filter(counted.n >= int(dial["times"])).select("payee", "currency").distinct()
    return around.semi_join(full, ["payee", "currency"]).order_by("payee", "currency", "at", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each account, currency and series."""
    window, times = int(dial["days"] * DAY), int(dial["times"])
    found = []
    for _, group in groupby(data.run(near(data, dial)).to_pylist(), key=itemgetter("payee", "currency")):
        rows = list(group)
        for series in _series([r for r in rows if r["under"]], window, times):
            span = (series[0]["at"], series[-1]["at"])
            above = sum(not r["under"] and span[0] <= r["at"] <= span[1] for r in rows)
            if len(series) >= dial["hole"] * above:
                found.append((series, above))
    keys = {evidence.number_key(r[n]) for rows, _ in found for r in rows for n in ("from_account", "to_account")}
    held = evidence.holders(data, keys)
    for series, above in found:
        yield _finding(series, above, held, dial)


def _series(rows: list[dict[str, Any]], window: int, times: int) -> Iterator[list[dict[str, Any]]]:
    """Rows of windows that hold enough; windows that overlap are one series."""
    inside: set[int] = set()
    for last in range(times - 1, len(rows)):
        if rows[last]["at"] - rows[last - times + 1]["at"] <= window:
            inside |= set(range(last - times + 1, last + 1))
    series: list[dict[str, Any]] = []
    for i in sorted(inside):
        if series and (i - 1 not in inside):
            yield series
            series = []
        series.append(rows[i])
    if series:
        yield series


def _finding(
    rows: list[dict[str, Any]], above: int, held: Mapping[str, evidence.Holder], dial: Mapping[str, float]
) -> Finding:
    sink = held[evidence.number_key(rows[0]["to_account"])]
    payers = {r["from_account"]: held[evidence.number_key(r["from_account"])] for r in rows}
    amounts = [r["amount"] for r in rows]
    factors = {
        f"{len(rows)} payments just below {dial['threshold']:,.0f}, {above} above": 1 + len(rows) / (2 + 4 * above),
        f"from {len(payers)} accounts": 1 + min(len(payers), 8) / 4,
    }
    if sink.listed:
        factors["the holder is named by a sanctions list"] = 4.0
    if max(amounts) - min(amounts) < 0.001 * max(amounts):
        factors["all of one amount, as rents and fees are"] = 0.3
    claims = {id for h in (sink, *payers.values()) for id in h.claim_ids}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{sink.caption} received {len(rows)} payments between {min(amounts):,.0f} and {max(amounts):,.0f} "
            f"{rows[0]['currency']}, each below the threshold of {dial['threshold']:,.0f}, within "
            f"{evidence.span(rows[-1]['at'] - rows[0]['at'])}."
        ),
        subjects=tuple(dict.fromkeys([sink.entity, *sorted(h.entity for h in payers.values() if h.known)])),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("payments", (r["row_id"] for r in rows), "just below the threshold"),
            *evidence.claims(claims, "who holds the account"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(rows[0]["at"]),
        end=evidence.iso(rows[-1]["at"]),
        payments=tuple(r["payment_id"] for r in rows),
        accounts=tuple(dict.fromkeys([rows[0]["to_account"], *payers])),
        detail={
            "payments_below": len(rows), "payments_just_above": above, "payers": len(payers),
            "sum": round(sum(amounts), 2), "currency": rows[0]["currency"], "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="structuring",
    title="Structuring below a reporting threshold",
    kind="payment",
    what="Several payments into one account within days, each a little below the amount that must be reported.",
    why="Cash is broken up so that no single deposit is reported.",
    standard="31 U.S.C. 5324 and 31 CFR 1010.311 (reports of cash above 10,000 USD); FATF, structuring or smurfing",
    needs=("payments",),
    parameters={
        "threshold": Parameter(10_000, "currency units", "amount from which a payment is reported"),
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
