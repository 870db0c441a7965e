"""Multiple invoicing: the same goods, under one bill of lading or in one container, invoiced more than once.

The same: commodity, quantity and value alike. Two invoices for two parts of a load differ in quantity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_COLUMNS = ("row_id", "day", "carried", "ware", "load", "invoice_number", "seller", "buyer", "shipper_name",
            "consignee_name", "seller_claims", "buyer_claims", "value", "currency", "description",
            "hs_code")  # fmt: skip


def invoices(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Invoices for the same goods on the same voyage: those of `_COLUMNS`, of every group with several numbers.

    carried: bill of lading, else container; ware: commodity or words; load: quantity or mass
    """
    import ibis

    rows = goods.consignments(
        data, "shipment_id", "invoice", "bill_of_lading", "container", "hs_code", "description", "quantity", "net_mass",
        "value", "currency",
    )  # fmt: skip
    number = ibis.coalesce(rows.invoice, ibis.ifelse(rows.what == goods.INVOICED, rows.shipment_id, None))
    rows = rows.mutate(
        invoice_number=number.upper().re_replace("[^0-9A-Z]", ""),
        bill=rows.bill_of_lading.upper().re_replace("[^0-9A-Z]", "").nullif(""),
        ware=ibis.coalesce(rows.hs_code[0:6], rows.description.lower()),
        load=ibis.coalesce(rows.quantity, rows.net_mass),
    )
    rows = rows.filter(rows.invoice_number.notnull() & rows.ware.notnull() & rows.load.notnull() & (rows.value > 0))
    billed = rows.filter(rows.bill.notnull()).mutate(carried="bill of lading " + rows.bill)
    boxed = goods.containers(rows.filter(rows.bill.isnull()))
    boxed = boxed.mutate(carried="container " + boxed.box)
    told = ibis.union(billed.select(*_COLUMNS), boxed.select(*_COLUMNS), distinct=False)
    by = ["carried", "ware", "load", "currency"]
    told = told.mutate(currency=told.currency.fill_null(""))
    groups = told.group_by(by).agg(
        several=told.invoice_number.nunique(), least=told.value.min(), most=told.value.max(), first=told.day.min(),
        last=told.day.max(),
    )  # fmt: skip
    groups = groups.filter(
        (groups.several >= int(dial["invoices"])) & (groups.most <= groups.least * (1 + dial["alike"]))
        & (groups["last"] - groups["first"] <= int(dial["days"]))
    )  # fmt: skip
    return told.semi_join(groups, by).order_by(*by, "day", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each load that is invoiced again."""
    rows = data.run(invoices(data, dial)).to_pylist()
    if not rows:
        return
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["carried"], row["ware"], row["load"], row["currency"]), []).append(row)
    quoting = goods.quoting(data, (row["invoice_number"] for row in rows))
    told: set[frozenset[str]] = set()  # a load in several containers is one
    for _, group in sorted(groups.items(), key=lambda g: (g[0][0], str(g[0]))):
        alike = frozenset(row["row_id"] for row in group)
        if alike not in told:
            told.add(alike)
            yield _finding(data, group, quoting)


def _finding(data: Data, rows: list[dict[str, Any]], quoting: Mapping[str, list[dict[str, Any]]]) -> Finding:
    first = rows[0]
    numbers = list(dict.fromkeys(row["invoice_number"] for row in rows))
    money = {p["row_id"]: p for number in numbers for p in quoting.get(number, ())}
    paid = sorted(money.values(), key=lambda p: (p["day"], p["row_id"]))
    payers, banks = {p["payer"] for p in paid}, {p["from_bank"] for p in paid if p["from_bank"]}
    buyers = list(dict.fromkeys(row["buyer"] for row in rows))
    sellers = list(dict.fromkeys(row["seller"] for row in rows))
    factors = {
        f"{len(numbers)} invoices for one load": 2.0 * (len(numbers) - 1),
        **({"they ask different buyers to pay": 2.0} if len(buyers) > 1 else {}),
        **({f"{len(payers)} different payers paid": 2.5} if len(payers) > 1 else {}),
        **({f"payments came through {len(banks)} banks": 1.5} if len(banks) > 1 else {}),
    }
    seller = goods.caption(data, sellers[0], first["shipper_name"])
    buyer = " and ".join(
        goods.caption(data, b, next(r["consignee_name"] for r in rows if r["buyer"] == b)) for b in buyers[:2]
    )
    each = f"{first['value']:,.0f} {first['currency'] or 'units of a currency that is not stated'}"
    claims = {id for row in rows for k in ("seller", "buyer") for id in row[f"{k}_claims"] or ()}
    claims |= {id for p in paid for id in p["payer_claims"] or ()}
    paid_words = f"; {len(paid)} payments by {len(payers)} payers quote them" if paid else ""
    days = [goods.iso_day(p["day"]) for p in paid] or [goods.iso_day(row["day"]) for row in rows]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{seller} invoiced {goods.sold(rows)} under {first['carried']} to {buyer} {len(numbers)} times, "
        f"{each} each, with different numbers{paid_words}.",
        subjects=tuple(dict.fromkeys([*sellers, *buyers, *(p["payer"] for p in paid)])),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "an invoice for the same load"),
            *evidence.of_rows("payments", (p["row_id"] for p in paid), "quotes the number of one of them"),
            *evidence.claims(claims, "who the names and accounts are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min(days),
        end=max(days),
        payments=tuple(p["payment_id"] for p in paid),
        accounts=tuple(dict.fromkeys(p["from_account"] for p in paid if p["from_account"])),
        detail={"invoices": numbers, "load": first["load"], "value": first["value"], "currency": first["currency"],
                "payers": len(payers), "banks": len(banks), "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="multiple_invoicing",
    title="One load invoiced several times",
    kind="trade",
    what="The same goods, in the same quantity and on the same voyage, are invoiced under several numbers.",
    why="Each further invoice justifies a payment abroad for which nothing is delivered.",
    standard="FATF, Trade-Based Money Laundering (2006), multiple invoicing of goods and services; FATF and Egmont "
    "Group, Trade-Based Money Laundering: Risk Indicators (2021)",
    needs=("shipments",),
    parameters={
        "invoices": Parameter(2, "invoices", "for one load"),
        "alike": Parameter(0.02, "share", "how far their values may be apart"),
        "days": Parameter(60, "days", "from the first to the last, at most: a container is used again"),
    },
    benign=(
        "an invoice that was cancelled and issued anew",
        "a pro-forma invoice followed by the invoice itself",
        "loads of equal size in one container, each with an invoice of its own",
    ),
    refutes="A credit note for all but one of them, or papers of a second load.",
    detect=detect,
)
