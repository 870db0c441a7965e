"""Stolen vehicle: a number of a list of stolen vehicles in a consignment after the theft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.serials import carried, vin_key
from counterflow.findings.traders import Trade, trades
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model import check_digits
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def shipped(data: Data) -> ibis.Table:
    """vin, theft (row), stolen, end, report (its country), row_id, date, names and countries of each consignment with a
    number of a list of stolen vehicles."""
    listed = data.table("vehicles")
    listed = listed.filter(listed.kind == "stolen")
    listed = listed.select(
        vin=vin_key(listed.vin), theft=listed.row_id, stolen=listed.date, end=listed.end, report=listed.country,
        make=listed.make, model=listed.model,
    )  # fmt: skip
    goods = data.table("shipments").select(
        "row_id", "date", "shipper_name", "consignee_name", "departure_country", "dest_country"
    )
    # the list is short beside the goods: their numbers are looked up in it, and only then the rest of the row
    hits = carried(data).join(listed, "vin")
    return hits.join(goods, "row_id").order_by("vin", "theft", "date", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each vehicle."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(shipped(data)).to_pylist():
        if not _before(row["date"], row["stolen"]) and not _before(row["end"], row["date"]):
            found.setdefault(row["vin"], []).append(row)
    known = trades(data, {row["row_id"] for rows in found.values() for row in rows})
    for vin, rows in found.items():
        yield _finding(vin, rows, [known[id] for id in dict.fromkeys(row["row_id"] for row in rows)], dial)


def _before(one: str | None, other: str | None) -> bool:
    """Whether one partial date is surely before another."""
    return bool(one and other) and latest(str(one)) < earliest(str(other))


def _days(row: Mapping[str, Any]) -> int | None:
    """Days from the theft, or its latest day, to the consignment."""
    if not row["stolen"] or not row["date"]:
        return None
    return max(0, (earliest(row["date"]) - latest(row["stolen"])).days)


def _finding(vin: str, rows: list[dict[str, Any]], by: list[Trade], dial: Mapping[str, float]) -> Finding:
    first = rows[0]
    days = _days(first)
    soon = days is not None and days <= dial["days"]
    factors = {"the number stands on a list of stolen vehicles": 6.0}
    if soon:
        factors[f"shipped within {dial['days']:.0f} days of the theft"] = 3.0
    if check_digits.vin(vin):
        factors["its check digit is right"] = 1.5
    elif len(vin) < 17:
        factors["a short number, which another vehicle may bear"] = 0.5
    ways = {(row["departure_country"], row["dest_country"]) for row in rows}
    if len({row["row_id"] for row in rows}) > 1 and len(ways) > 1:
        factors["it was sent on"] = 1.5
    what = " ".join(word for word in (first["make"], first["model"]) if word) or "vehicle"
    when = f"{days} days after it was reported stolen" if days is not None else "although it is reported stolen"
    places = [p.upper() for p in dict.fromkeys((first["departure_country"], first["dest_country"])) if p]
    way = f" ({' to '.join(places)})" if places else ""
    where = f" in {first['report'].upper()}" if first["report"] else ""
    sender, receiver = first["shipper_name"] or "a sender not named", first["consignee_name"] or "a receiver not named"
    goods = dict.fromkeys(row["row_id"] for row in rows)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"The {what} {vin} was shipped {when}{where}, by {sender} to {receiver}{way}.",
        subjects=(f"vin:{vin}", *dict.fromkeys(party for trade in by for party in trade.parties)),
        probability=weigh(0.3, factors),
        evidence=(
            *evidence.of_rows("shipments", goods, "the consignment"),
            *evidence.of_rows("vehicles", (row["theft"] for row in rows), "the report of the theft"),
            *evidence.claims({id for trade in by for id in trade.claim_ids}, "whose name it is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["stolen"] or first["date"],
        end=max(row["date"] for row in rows),
        detail={"vin": vin, "days_after_theft": days, "consignments": len(goods), "factors": factors},
    )


TYPOLOGY = Typology(
    name="stolen_vehicle",
    title="Stolen vehicle in a consignment",
    kind="trade",
    what="A vehicle's number that police list as stolen stands in an export, transit or import consignment after the "
    "theft.",
    why="Stolen cars leave in containers within weeks, often under true numbers, and pay for other goods.",
    standard="Interpol, Stolen Motor Vehicle database; Interpol and World Customs Organization on its use at borders; "
    "ISO 3779 (the number)",
    needs=("shipments", "vehicles"),
    parameters={"days": Parameter(90, "days", "after the theft: sooner tells more; later is still told")},
    benign=(
        "the vehicle was found, and the list not cleared",
        "a number copied wrongly into the papers, or a cloned plate on the listed one",
        "an insurer that sells a recovered vehicle",
    ),
    refutes="The police file that closed the case before the shipment; an inspection that reads another number.",
    detect=detect,
)
