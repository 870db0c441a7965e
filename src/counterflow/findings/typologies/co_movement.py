"""Co-movement: companies with the same payers and payees, surging on the same days, tied by an agent or address.

Accounts are taken by the company that holds them. Alike is a Jaccard measure of counterparties, each counted once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, payments
from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def sides(data: Data) -> ibis.Table:
    """entity, key (its account), other (counterparty's account and the direction), day, row_id, payment_id."""
    import ibis

    paid = payments(data)
    entities, holders = data.table("entities"), data.table("holders")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select("entity")
    held = holders.semi_join(companies, "entity").select("key", "entity")
    parts = [
        paid.select("row_id", "payment_id", day=paid["at"] // DAY, account=own, other=ibis.literal(direction) + theirs,
                    key="account:" + own.upper().re_replace("[^0-9A-Z]", ""))
        for own, theirs, direction in (
            (paid.from_account, paid.payee, ">"), (paid.to_account, paid.payer, "<"),
        )
    ]  # fmt: skip
    return ibis.union(*parts, distinct=False).join(held, "key")


def pairs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """left, right, common and all counterparties, days on which both surged, of companies tied by an agent, officer or
    address."""
    import ibis

    moved = sides(data)
    who = moved.select("entity", "other").distinct()
    sizes = who.group_by("entity").agg(size=who.other.nunique())
    # with a tax office everybody deals: it would pair all with all
    shared = who.group_by("other").agg(companies=who.entity.nunique())
    who = who.semi_join(shared.filter(shared.companies <= int(dial["crowd"])), "other")
    one, two = who.view(), who.view()
    common = one.join(two, one.other == two.other).filter(lambda t: t.entity < t.entity_right)
    common = common.group_by(left=common.entity, right=common.entity_right).agg(common=common.other.nunique())
    one, two = sizes.view(), sizes.view()
    rows = common.join(one, common.left == one.entity).select(common, left_size=one["size"])
    rows = rows.join(two, rows.right == two.entity).select(rows, right_size=two["size"])
    rows = rows.mutate(alike=rows.common / (rows.left_size + rows.right_size - rows.common))
    rows = rows.filter((rows.common >= int(dial["counterparties"])) & (rows.alike >= dial["alike"]))
    busy = surges(moved, dial)
    first, second = busy.view(), busy.view()
    days = first.join(second, first.day == second.day).filter(lambda t: t.entity < t.entity_right)
    days = days.group_by(left=days.entity, right=days.entity_right).agg(days=days.day.nunique())
    rows = rows.join(days, ["left", "right"]).filter(lambda t: t.days >= int(dial["days"]))
    tied = data.table("ties")
    tied = tied.filter(tied.what.isin(["agent", "officer", "address"])).select("entity", "via", "what", "claim_ids")
    mine = rows.join(tied, rows.left == tied.entity).drop("entity")
    its = tied.view()
    same = (mine.right == its.entity) & (mine.via == its.via) & (mine.what == its.what)
    rows = mine.join(its, same).select(mine, theirs=its.claim_ids)
    columns = ("left", "right", "common", "alike", "days", "via", "claim_ids", "theirs")
    return rows.select(*columns).order_by("left", "right", "via", ibis.desc("alike"))


def surges(moved: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """entity, day on which a company has several times its usual number of payments."""
    per_day = moved.group_by(["entity", "day"]).agg(number=moved.row_id.nunique())
    usual = per_day.group_by("entity").agg(mean=per_day.number.mean(), active=per_day.day.nunique())
    rows = per_day.join(usual, "entity")
    busy = rows.filter((rows.number >= dial["surge"] * rows["mean"]) | (rows.active <= int(dial["few"])))
    return busy.select("entity", "day")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each pair of companies, with the payments to and from what they have in common."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    claims: dict[tuple[str, str], set[str]] = {}
    for row in data.run(pairs(data, dial)).to_pylist():
        key = (row["left"], row["right"])
        found.setdefault(key, row)
        claims.setdefault(key, set()).update([*row["claim_ids"], *row["theirs"]])
    if not found:
        return
    moved: dict[str, list[dict[str, Any]]] = {}
    companies = evidence.among(sides(data), "entity", sorted({e for pair in found for e in pair}))
    for movement in data.run(companies.order_by("day", "row_id", "entity")).to_pylist():
        moved.setdefault(movement["entity"], []).append(movement)
    held = evidence.holders(data, {r["key"] for rows in moved.values() for r in rows})
    for (left, right), row in sorted(found.items()):
        common = {r["other"] for r in moved[left]} & {r["other"] for r in moved[right]}
        both_rows = (r for company in (left, right) for r in moved[company] if r["other"] in common)
        rows = sorted(both_rows, key=lambda r: (r["day"], r["row_id"], r["entity"]))
        both = f"{data.caption(left)} and {data.caption(right)}"
        says = (
            f"moves with another company: {both} pay and are paid by the same {row['common']} parties and surge "
            f"together on {row['days']} days"
        )
        holding = {id for r in rows for id in held[r["key"]].claim_ids}
        stamps = {"start": evidence.iso(rows[0]["day"] * DAY), "end": evidence.iso(rows[-1]["day"] * DAY)}
        yield sign(
            TYPOLOGY, data, [left, right], says, 4.0, claims[left, right] | holding,
            records=evidence.of_rows("payments", (r["row_id"] for r in rows), "to or from a common counterparty"),
            payments=tuple(dict.fromkeys(r["payment_id"] for r in rows)),
            accounts=tuple(sorted({r["account"] for r in rows})), **stamps,
            detail={"common_counterparties": row["common"], "jaccard": round(float(str(row["alike"])), 4)},
        )  # fmt: skip


TYPOLOGY = Typology(
    name="co_movement",
    title="Companies that move together",
    kind="payment",
    what="Companies that share an agent, officer or address pay and are paid by the same parties on the same days.",
    why="One hand moves them: what looks like a market is a ledger.",
    standard="FinCEN advisory FIN-2017-A008: front companies that transact with the same set of others, in surges; "
    "FATF and Egmont Group, Concealment of Beneficial Ownership (2018)",
    needs=("payments", "holders", "links", "entities"),
    parameters={
        "counterparties": Parameter(3, "parties", "in common, in the same direction"),
        "alike": Parameter(0.5, "Jaccard", "of their counterparties"),
        "days": Parameter(2, "days", "on which both surge"),
        "surge": Parameter(2, "times", "a company's usual number of payments on a day"),
        "few": Parameter(5, "days", "with at most so many active days, each counts as a surge"),
        "crowd": Parameter(200, "companies", "a counterparty of more than so many tells nothing"),
    },
    benign=("branches of one group with common suppliers", "clients of one payroll or tax office"),
    refutes="Invoices that show separate goods and prices.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=True,
)
