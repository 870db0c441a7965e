"""Dormant, then active: a company without business for long, through whose account a large sum then runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, payments
from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Evidence, Finding
from counterflow.network.ties import COMPANIES, facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def movements(data: Data) -> ibis.Table:
    """entity, at, row_id, payment_id, usd of every payment in or out of an account that a company holds."""
    import ibis

    paid, rows = payments(data), data.table("payments")
    usd = rows.select(
        "row_id",
        usd=ibis.coalesce(rows.amount_usd, ibis.ifelse(rows.currency == "USD", rows.amount, ibis.null("float64"))),
    )
    paid = paid.join(usd, "row_id")
    holders, entities = data.table("holders"), data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select("entity")
    held = holders.semi_join(companies, "entity").select("key", "entity", "claim_ids")
    sides = [
        paid.select("at", "row_id", "payment_id", "usd", account=side,
                    key="account:" + side.upper().re_replace("[^0-9A-Z]", ""))
        for side in (paid.from_account, paid.to_account)
    ]  # fmt: skip
    both = ibis.union(*sides, distinct=False)
    return both.join(held, "key")


def wakings(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """entity and the first payment after a silence: at, before (the last one, or the day of formation)."""
    import ibis

    rows = movements(data)
    order = ibis.window(group_by="entity", order_by=["at", "row_id"])
    rows = rows.mutate(previous=rows["at"].lag().over(order))
    formed = facts(data, "incorporationDate")
    formed = formed.filter(formed.value.length() == 10)
    formed = formed.mutate(born=formed.value.cast("timestamp").epoch_seconds().cast("int64"))
    formed = formed.group_by("entity").agg(born=formed.born.min(), formed_claim=formed.claim_id.min())
    rows = rows.left_join(formed, "entity")
    rows = rows.mutate(before=ibis.coalesce(rows.previous, rows.born))
    quiet = rows.filter(rows["at"] - rows.before >= int(dial["silence"]) * DAY)
    return quiet.select(
        "entity",
        woke=quiet["at"],
        before=quiet.before,
        formed_claim=ibis.ifelse(quiet.previous.isnull(), quiet.formed_claim, ibis.null("string")),
    )


def surges(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Payments within the span after a waking, where they add up to enough."""
    woke = wakings(data, dial)
    moved = movements(data).drop("claim_ids")
    rows = woke.join(moved, "entity")
    rows = rows.filter((rows["at"] >= rows.woke) & (rows["at"] <= rows.woke + int(dial["span"]) * DAY))
    sums = rows.group_by(["entity", "woke"]).agg(total=rows.usd.sum())
    rows = rows.join(sums.filter(sums.total >= dial["amount"]), ["entity", "woke"])
    columns = ("entity", "woke", "before", "formed_claim", "total", "at", "row_id", "payment_id", "account", "key")
    return rows.select(*columns).order_by("entity", "woke", "at", "row_id", "account")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and waking."""
    found: dict[tuple[str, int], list[dict[str, object]]] = {}
    for row in data.run(surges(data, dial)).to_pylist():
        found.setdefault((row["entity"], row["woke"]), []).append(row)
    for (company, woke), rows in sorted(found.items()):
        first = rows[0]
        days = (woke - int(str(first["before"]))) // DAY
        holders = evidence.holders(data, {str(row["key"]) for row in rows})
        claims = {id for holder in holders.values() for id in holder.claim_ids}
        claims |= {str(first["formed_claim"])} if first["formed_claim"] else set()
        records: tuple[Evidence, ...] = evidence.of_rows("payments", (str(row["row_id"]) for row in rows), "the surge")
        moved = f"{float(str(first['total'])):,.0f} USD from {evidence.iso(woke)[:10]} on"
        says = f"moved {moved}, after {days} days without a payment"
        yield sign(
            TYPOLOGY, data, [company], says, 4.0, claims, records=records,
            payments=tuple(dict.fromkeys(str(row["payment_id"]) for row in rows)),
            accounts=tuple(sorted({str(row["account"]) for row in rows})),
            start=evidence.iso(woke), end=evidence.iso(int(str(rows[-1]["at"]))), detail={"silent_days": days},
        )  # fmt: skip


TYPOLOGY = Typology(
    name="dormant_company",
    title="Dormant, then active",
    kind="payment",
    what="A company whose accounts were silent for long, or since it was formed, moves a large sum within days.",
    why="Shelf companies wait until a scheme needs a name that no list has.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021); FinCEN advisory "
    "FIN-2017-A008: transfers that surge and stop",
    needs=("payments", "holders", "entities"),
    parameters={
        "silence": Parameter(180, "days", "without a payment, or since the company was formed"),
        "span": Parameter(30, "days", "after the first payment"),
        "amount": Parameter(250_000, "USD", "moved within the span, in and out together"),
    },
    benign=("a seasonal trade", "a project company that begins to build", "an account moved from another bank"),
    refutes="Statements of another account with steady business.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
