"""Typologies of cars, arms, missions, couriers, partners and proceeds over generated tables: CPU of each, planted cases
found, twins silent.

Run: ``.venv/bin/python benchmarks/covert.py [ROWS…]``, default 100,000 and 1,000,000 rows in each of shipments,
vehicles, trips and payments. Among them stand ten thefts, trails and couriers each, and as many near misses.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pyarrow as pa

from counterflow import registry
from counterflow.findings.run import ScopeData, dials
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import DERIVED, LEDGER
from counterflow.testing import scope_of, whole
from measured import tell

PLANTED = 10
ALONE = ("criminal_logistics", "stolen_vehicle", "courier_travel", "mission_income", "arms_broker_payment")
GATHERING = ("vehicle_trail", "arms_freight", "proceeds_to_cash_box")
DAY = 86_400
START = 1_483_228_800  # 2017-01-01


def texts(prefix: str, numbers: Any) -> pa.Array:
    """A text for each number."""
    return pa.array([f"{prefix}{n}" for n in numbers.tolist()], pa.string())


def picked(words: list[str], at: Any) -> pa.Array:
    """One of the words for each row."""
    return pa.array(words, pa.string()).take(pa.array(at))


def days(seconds: Any) -> pa.Array:
    """ISO dates."""
    return pa.array(np.datetime_as_string(seconds.astype("datetime64[s]"), unit="D"), pa.string())


def table(name: str, n: int, columns: dict[str, Any]) -> pa.Table:
    """Rows of a ledger table."""
    common = {"row_id": texts(f"{name}-", np.arange(n)), "locator": texts("line ", np.arange(n)),
              "dataset": pa.array(["d"] * n), "source_id": pa.array(["d"] * n),
              "label_id": pa.array([PUBLIC.id] * n)}  # fmt: skip
    return LEDGER[name].conform(pa.table({**common, **columns}))


def shipments(rng: Any, n: int) -> pa.Table:
    """A third of them cars with numbers; ordinary parties, prices and ways."""
    when = START + rng.integers(0, 365 * DAY, n)
    firm, car = rng.integers(0, max(10, n // 20), n), rng.random(n) < 0.33
    code = np.where(car, 0, rng.integers(1, 200, n))
    vins = [f"VSS{k:014}" if c else None for k, c in enumerate(car.tolist())]
    goods = np.where(car, "motor car", "goods")
    start, to = rng.integers(0, 8, n), rng.integers(0, 8, n)
    mass = np.round(rng.lognormal(7, 0.4, n))
    value = np.round(mass * (code + 5) * rng.lognormal(0, 0.1, n), 2)
    places = ["de", "nl", "cn", "jp", "ae", "pl", "us", "ye"]
    columns = {
        "shipment_id": texts("G", np.arange(n)), "date": days(when), "serials": pa.array(vins, pa.string()),
        "shipper_name": texts("Ordinary Export ", firm), "consignee_name": texts("Ordinary Import ", firm),
        "hs_code": pa.array([f"{870300 + 23 if c == 0 else 100000 + c * 1000}" for c in code.tolist()]),
        "description": pa.array(goods.tolist()), "net_mass": mass, "value": value, "currency": pa.array(["USD"] * n),
        "departure_country": picked(places, start), "dest_country": picked(places, to),
        "carrier_name": texts("Line ", firm % 50),
    }  # fmt: skip
    found = table("shipments", n, columns)
    planted: list[dict[str, Any]] = []
    for k in range(2 * PLANTED):  # stolen: shipped after the theft, or before it
        planted.append({"date": "2017-08-01" if k < PLANTED else "2017-06-01", "serials": f"STX{k:014}"})
    for k in range(2 * PLANTED):  # trail: two legs; registered there at the end, or not
        vin = f"TRL{k:014}"
        planted += [
            {"date": "2017-02-01", "serials": vin, "departure_country": "nl", "dest_country": "cn"},
            {"date": "2017-03-01", "serials": vin, "departure_country": "cn", "dest_country": "ru"},
        ]
    rows = [
        {"row_id": f"planted-{k}", "shipment_id": f"P{k}", "shipper_name": "X", "consignee_name": "Y",
         "hs_code": "870323", "locator": "", "dataset": "d", "source_id": "d", "label_id": PUBLIC.id, **row}
        for k, row in enumerate(planted)
    ]  # fmt: skip
    return pa.concat_tables([found, pa.Table.from_pylist(rows, LEDGER["shipments"].schema)])


def vehicles(rng: Any, n: int, goods: pa.Table) -> pa.Table:
    """Registers of three countries, in which the cars of these consignments are, and a tenth as many stolen."""
    stolen = rng.random(n) < 0.1
    columns = {
        "vin": texts("REG", 10**14 + np.arange(n)), "kind": picked(["registered", "stolen"], stolen.astype(int)),
        "date": days(START + rng.integers(0, 700 * DAY, n)),
        "country": picked(["de", "ru", "us"], rng.integers(0, 3, n)),
    }  # fmt: skip
    rows = [{"vin": f"STX{k:014}", "kind": "stolen", "date": "2017-07-01", "country": "de"} for k in range(2 * PLANTED)]
    rows += [{"vin": f"TRL{k:014}", "kind": "registered", "date": "2017-04-01", "country": "ru"}
             for k in range(PLANTED, 2 * PLANTED)]  # fmt: skip
    cars = zip(*(goods.column(c).to_pylist() for c in ("serials", "dest_country")), strict=True)
    rows += [{"vin": vin, "kind": "registered", "date": "2018-12-01", "country": to}
             for vin, to in cars if vin and vin.startswith("VSS") and to in ("de", "ru", "us")]  # fmt: skip
    more = [{"row_id": f"v-{k}", "locator": "", "dataset": "d", "source_id": "d", "label_id": PUBLIC.id, **row}
            for k, row in enumerate(rows)]  # fmt: skip
    return pa.concat_tables([table("vehicles", n, columns), pa.Table.from_pylist(more, LEDGER["vehicles"].schema)])


def trips(rng: Any, n: int) -> pa.Table:
    """There and back, a fiftieth on official passports, and couriers: with cash, or the same without."""
    half = n // 2
    who, left = np.repeat(rng.integers(0, n // 6 + 1, half), 2), np.repeat(START + rng.integers(0, 365 * DAY, half), 2)
    back = np.tile([0, 1], half)
    left = left + back * np.repeat(rng.integers(1, 20, half), 2) * DAY
    places = ["PEK", "SIN", "DAC", "FRA", "DXB", "SVO"]
    home, away = np.repeat(rng.integers(0, 3, half), 2), np.repeat(rng.integers(3, 6, half), 2)
    official = who % 50 == 0
    columns = {
        "name": texts("Traveller Number ", who), "document": texts("D", who),
        "document_type": picked(["ordinary", "service"], official.astype(int)),
        "departure": pa.array((left * 10**6).astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC")),
        "arrival": pa.array(((left + 14_400) * 10**6).astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC")),
        "from_place": picked(places, np.where(back, away, home)),
        "to_place": picked(places, np.where(back, home, away)),
    }  # fmt: skip
    found = table("trips", 2 * half, columns)
    rows = []
    for k in range(2 * PLANTED):
        for visit in range(3):
            for leg, (start, to) in enumerate((("PEK", "DAC"), ("DAC", "PEK"))):
                at = START + (30 * visit + 2 * leg) * DAY
                cash = 50_000.0 if k < PLANTED and visit == 1 and not leg else 100.0
                stamp = np.datetime64(at, "s").astype("datetime64[us]").item()
                rows.append({"row_id": f"c-{k}-{visit}-{leg}", "name": f"Courier {k}", "document": f"C{k}",
                             "document_type": "diplomatic", "departure": stamp, "arrival": stamp, "from_place": start,
                             "to_place": to, "cash": cash, "currency": "USD", "locator": "", "dataset": "d",
                             "source_id": "d", "label_id": PUBLIC.id})  # fmt: skip
    return pa.concat_tables([found, pa.Table.from_pylist(rows, LEDGER["trips"].schema)])


def payments(rng: Any, n: int) -> pa.Table:
    """Between a twentieth as many accounts."""
    at = np.sort(START + rng.integers(0, 365 * DAY, n))
    columns = {
        "payment_id": texts("P", np.arange(n)),
        "timestamp": pa.array((at * 10**6).astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC")),
        "from_bank": pa.array(["B"] * n), "to_bank": pa.array(["B"] * n),
        "from_account": texts("A", rng.integers(0, max(10, n // 20), n)),
        "to_account": texts("A", rng.integers(0, max(10, n // 20), n)),
        "amount": np.round(rng.lognormal(6, 1, n), 2), "currency": pa.array(["USD"] * n),
        "purpose": picked(["invoice", "salary", "consulting", "rent"], rng.integers(0, 4, n)),
    }  # fmt: skip
    return table("payments", n, columns)


def register(rng: Any, n: int) -> dict[str, pa.Table]:
    """Entities that hold accounts and bear printed names: companies, missions, a bureau, a gang, a broker's circle."""
    rows: dict[str, list[dict[str, Any]]] = {"entities": [], "members": [], "claims": [], "holders": [], "links": []}

    def claim(subject: str, schema: str, property: str, value: str) -> str:
        id = f"c{len(rows['claims'])}"
        rows["claims"].append({"claim_id": id, "subject": subject, "schema": schema, "property": property,
                               "value": value,
                               "prop_type": "string", "stance": "asserts", "reliability": "B", "credibility": 2,
                               "verified": True, "dataset": "d", "source_id": "d", "label_id": PUBLIC.id})  # fmt: skip
        return id

    def entity(id: str, schema: str, listed: bool = False, topics: tuple[str, ...] = (), **said: str) -> None:
        rows["entities"].append({"entity": id, "schema": schema, "caption": id, "names": [id], "listed": listed,
                                 "countries": [], "topics": list(topics), "label_ids": [PUBLIC.id]})  # fmt: skip
        rows["members"].append({"subject": id, "entity": id, "score": 1.0, "basis": "first", "reasons": []})
        for property, value in {"name": id, **said}.items():
            claim(id, schema, property, value)

    def holds(id: str, *keys: str) -> None:
        for key in keys:
            rows["holders"].append({"key": key, "entity": id, "claim_ids": [claim(id, "Thing", "notes", key)],
                                    "label_ids": [PUBLIC.id]})  # fmt: skip

    for k in range(n):
        entity(f"firm-{k}", "Company")
        holds(f"firm-{k}", f"account:A{k}", f"name:ordinary export {k}")
    for k in range(20):
        entity(f"Embassy of State {k}", "PublicBody")
        holds(f"Embassy of State {k}", f"account:A{n + k}")
    entity("Bureau", "PublicBody", listed=True)
    holds("Bureau", f"account:A{n + 30}")
    entity("Gang", "Organization", topics=("crime",))
    holds("Gang", f"account:A{n + 31}")
    entity("Arms Corporation", "Company", listed=True, summary="Primary arms dealer")
    entity("Representative", "Person")
    entity("Relative", "Person")
    holds("Relative", f"account:A{n + 32}")
    for schema, source, target in (("Representation", "Representative", "Arms Corporation"),
                                   ("Family", "Representative", "Relative")):  # fmt: skip
        rows["links"].append({"link": f"{source}-{target}", "schema": schema, "source": source, "target": target,
                              "claim_ids": [claim(source, "Person", "notes", target)], "stance": "asserts",
                              "origins": 1,
                              "label_ids": [PUBLIC.id]})  # fmt: skip
    del rng
    return {name: pa.Table.from_pylist(found, (LEDGER | DERIVED)[name].schema) for name, found in rows.items()}


def main() -> None:
    for n in [int(a) for a in sys.argv[1:]] or [100_000, 1_000_000]:
        rng = np.random.default_rng(7)
        goods = shipments(rng, n)
        made = {"shipments": goods, "vehicles": vehicles(rng, n, goods), "trips": trips(rng, n),
                "payments": payments(rng, n), **register(rng, min(5_000, n // 100))}  # fmt: skip
        data = ScopeData(scope_of(whole(made)))
        found: dict[str, list[Any]] = {}
        for name in (*ALONE, *GATHERING):
            typology = registry.get("typologies", name)
            begun = time.process_time()
            if typology.gather is None:
                found[name] = list(typology.detect(data, dials(typology, {})))
            else:
                parts = [f for of in found.values() for f in of]
                found[name] = list(typology.gather(data, parts, dials(typology, {})))
            seconds = time.process_time() - begun
            tell(f"{name}, {n:,} rows a table", cpu_seconds=round(seconds, 2), findings=len(found[name]),
                planted=_planted(name, found[name]))  # fmt: skip


def _planted(name: str, found: list[Any]) -> dict[str, int] | None:
    """Of the ten planted cases those found, and near misses told."""
    marks = {"stolen_vehicle": "STX", "vehicle_trail": "TRL", "courier_travel": "C"}
    if name not in marks:
        return None
    told = [s for f in found for s in f.subjects if s.partition(":")[2].startswith(marks[name])]
    numbers = [int("".join(c for c in s if c.isdigit())) for s in told]
    return {"found": sum(k < PLANTED for k in numbers), "near_misses": sum(k >= PLANTED for k in numbers)}


if __name__ == "__main__":
    main()
