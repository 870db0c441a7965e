"""Precursor without a buyer: chemicals for making drugs, imported by a company that has no use for them.

Its registered business is neither chemistry nor medicine, or is not known while it takes more than nearly all others
who import the same; and it does not send the goods on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence, goods
from counterflow.findings.business import chapters
from counterflow.findings.commodities import rules, under
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_USERS = frozenset({"28", "29", "30"})
"""Chapters of chemicals and medicines: who deals in these has a use for a precursor."""


def imported(data: Data) -> ibis.Table:
    """Declared consignments of precursors, each once for each list that names them."""
    rows = goods.consignments(data, "hs_code", "hs_edition", "date", "description", "net_mass", "quantity", "unit")
    return under(rows.filter(rows.what == goods.DECLARED), "precursor")


def totals(rows: ibis.Table) -> ibis.Table:
    """buyer, rule_goods, kg: how much of each precursor each buyer took and did not send on."""
    import ibis

    mass = ibis.coalesce(rows.net_mass, ibis.ifelse(rows.unit == "kg", rows.quantity, None))
    # whole grams: adding floats in parallel gives another last digit each time
    rows = rows.mutate(grams=(mass * 1000).round().cast("int64")).distinct(on=["row_id", "rule_goods"], keep="first")
    rows = rows.select("buyer", "seller", "rule_goods", "grams")
    taken = rows.group_by(["buyer", "rule_goods"]).agg(taken=rows.grams.sum().fill_null(0), times=rows.count())
    sent = rows.group_by(["seller", "rule_goods"]).agg(sent=rows.grams.sum().fill_null(0), out=rows.count())
    sent = sent.rename(sender="seller", sent_goods="rule_goods")
    both = taken.left_join(sent, (taken.buyer == sent.sender) & (taken.rule_goods == sent.sent_goods))
    return both.select("buyer", "rule_goods", "times", taken=both.taken / 1000, sent=both.sent.fill_null(0) / 1000)


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company and precursor."""
    rows = imported(data)
    sums = data.run(totals(rows).order_by("rule_goods", "buyer")).to_pylist()
    if not sums:
        return
    sectors = _sectors(data, {row["buyer"] for row in sums})
    peers: dict[str, list[float]] = {}
    for row in sums:
        peers.setdefault(row["rule_goods"], []).append(row["taken"])
    wrong = []
    for row in sums:
        said = sectors.get(row["buyer"], [])
        fits = chapters(" ".join(value for value, _ in said))
        others = np.array(peers[row["rule_goods"]])
        rank = float((others < row["taken"]).sum() / max(len(others) - 1, 1))
        large = len(others) >= dial["peers"] and rank >= dial["rank"]
        odd = bool(fits) and not fits & _USERS
        alone = odd and row["rule_goods"] not in _industrial()
        if not row["sent"] and (alone or (large and (odd or not fits))):
            wrong.append(row | {"said": said, "odd": odd, "rank": rank if large else None, "peers": len(others)})
    if not wrong:
        return
    told = evidence.among(rows, "buyer", sorted({row["buyer"] for row in wrong}))
    of: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    columns = (
        "row_id",
        "buyer",
        "rule_goods",
        "rule_cite",
        "day",
        "description",
        "hs_code",
        "consignee_name",
        "buyer_claims",
    )
    for each in data.run(told.select(*columns).order_by("day", "row_id", "rule_cite")).to_pylist():
        of.setdefault((each["buyer"], each["rule_goods"]), {}).setdefault(each["row_id"], each)
    for row in wrong:
        yield _finding(data, row, list(of[row["buyer"], row["rule_goods"]].values()))


@cache
def _industrial() -> frozenset[str]:
    """Goods that are listed with a proviso: industry needs nearly all of them, so that only much of them is odd."""
    return frozenset(rule.goods for rule in rules() if rule.kind == "precursor" and rule.unless)


def _sectors(data: Data, buyers: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Company → its lines of business as registers say them, with the claim."""
    said = evidence.among(facts(data, "sector"), "entity", sorted(buyers))
    found: dict[str, list[tuple[str, str]]] = {}
    for row in data.run(said.order_by("entity", "value", "claim_id")).to_pylist():
        found.setdefault(row["entity"], []).append((row["value"], row["claim_id"]))
    return found


def _finding(data: Data, told: Mapping[str, Any], rows: list[dict[str, Any]]) -> Finding:
    buyer, ware = told["buyer"], told["rule_goods"]
    name = goods.caption(data, buyer, rows[0]["consignee_name"])
    business = told["said"][0][0] if told["said"] else ""
    amount = f"{told['taken']:,.0f} kg of {ware}" if told["taken"] else ware
    factors = {
        **({f"its business is {business}": 4.0} if told["odd"] else {}),
        **(
            {f"it took more than {told['rank']:.0%} of {told['peers']:,} importers of it": 2.5}
            if told["rank"] is not None
            else {}
        ),
        **({f"{len(rows)} consignments": 1.5} if len(rows) > 1 else {}),
        **({"it is named by a sanctions list": 3.0} if data.listed(buyer) else {}),
    }
    more = f", more than {told['rank']:.0%} of {told['peers']:,} importers" if told["rank"] is not None else ""
    claims = {id for row in rows for id in row["buyer_claims"] or ()}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{name}, {f'registered for {business}' if business else 'whose business is not known'}, imported "
        f"{amount} ({rows[0]['rule_cite']}) in {len(rows)} consignments{more}, and sent none of it on.",
        subjects=(buyer,),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "the precursor"),
            *evidence.claims((claim for _, claim in told["said"]), "its line of business"),
            *evidence.claims(claims - {claim for _, claim in told["said"]}, "who the consignee is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(rows[0]["day"]),
        end=goods.iso_day(rows[-1]["day"]),
        detail={"goods": ware, "kg": told["taken"], "consignments": len(rows), "business": business,
                "rank": None if told["rank"] is None else round(told["rank"], 4), "importers": told["peers"],
                "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="precursor_without_buyer",
    title="Drug precursor imported without a use for it",
    kind="trade",
    what="A company outside chemistry and medicine, or one of which nothing is known that takes more than nearly all "
    "others, imports a chemical that drugs are made from, and does not export it.",
    why="Methamphetamine and heroin need tonnes of chemicals that are traded openly: who has no use for them has "
    "another.",
    standard="United Nations Convention against Illicit Traffic in Narcotic Drugs and Psychotropic Substances (1988), "
    "article 12 and Tables I and II",
    needs=("shipments",),
    parameters={
        "rank": Parameter(0.99, "share", "of the importers of it that took less"),
        "peers": Parameter(20, "importers", "of the same precursor, for the share to say anything"),
    },
    benign=(
        "a distributor whose registered business is general trade",
        "a maker of paint, plastics, cosmetics or tanned leather, who uses solvents and reagents",
        "a wrong commodity code",
    ),
    refutes="A licence for the chemical, customers in the trade, or stock that agrees with the books.",
    detect=detect,
)
