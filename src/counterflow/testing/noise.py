"""Innocent rows around a planted case: what a typology must see through.

Nobody in them is anybody of the case. Each kind of row is drawn as ordinary life draws it: firms pay firms whom they
know, ships sail straight on in open water, goods go at their usual price, a company has one owner and one director.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import DERIVED, LEDGER

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["noisy"]

Row = dict[str, Any]
Rows = Iterator[Row]

_COUNTRIES = ("de", "fr", "jp", "br", "in", "za", "pl", "mx")
_GOODS = (("610910", "cotton shirts", 14.0), ("847130", "computers", 90.0), ("940360", "furniture", 4.0),
          ("300490", "medicaments", 60.0), ("090111", "coffee", 3.5))  # fmt: skip
_DAYS = 10  # the noise begins so long before the case, and ends so long after


def noisy(tables: Mapping[str, pa.Table], times: int = 10, most: int = 2000, seed: int = 1) -> dict[str, pa.Table]:
    """The tables with `times` as many innocent rows in each table of the ledger that has any, and companies in
    proportion to the entities.

    :param most: rows added to one table, at most
    """
    import pyarrow as pa

    rng = random.Random(seed)
    found = dict(tables)
    for name, draw in _KINDS.items():
        given = tables.get(name)
        if given is None or not len(given):
            continue
        rows = [
            {"row_id": f"noise-{name}-{n}", "locator": f"noise {n}", **_COMMON, **row}
            for n, row in enumerate(draw(_Draw(rng, min(most, times * len(given)), *_span(given), given)))
        ]
        found[name] = pa.concat_tables([given, pa.Table.from_pylist(rows, given.schema)])
    entities = tables.get("entities")
    if entities is not None and len(entities):
        for name, rows in _register(rng, min(most, times * len(entities))).items():
            schema = (LEDGER | DERIVED)[name].schema
            drawn = pa.Table.from_pylist(rows, schema)
            found[name] = pa.concat_tables([found[name], drawn]) if name in found else drawn
    return found


_COMMON: Row = {
    "dataset": "noise", "source_id": "noise", "label_id": PUBLIC.id,
    "recorded_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
}  # fmt: skip


def _span(table: pa.Table) -> tuple[dt.datetime, dt.datetime]:
    """First and last time of a table, or a year without any."""
    name = next((c for c in ("timestamp", "departure", "date") if c in table.column_names), None)
    times = [t for t in table.column(name).to_pylist() if t is not None] if name else []
    days = [t if isinstance(t, dt.datetime) else _day(t) for t in times]
    first = min(days, default=dt.datetime(2017, 1, 1, tzinfo=dt.UTC))
    return first, max(days, default=first)


def _day(partial: str) -> dt.datetime:
    return dt.datetime.fromisoformat((partial + "-01-01")[:10]).replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class _Draw:
    """What a kind of row is drawn from. :param n: rows wanted; :param first, last: times of the case"""

    rng: random.Random
    n: int
    first: dt.datetime
    last: dt.datetime
    given: pa.Table

    def when(self) -> dt.datetime:
        """Some time around the case."""
        first, last = self.first - dt.timedelta(days=_DAYS), self.last + dt.timedelta(days=_DAYS)
        return first + dt.timedelta(seconds=self.rng.randrange(int((last - first).total_seconds())))


def _firm(n: int) -> str:
    return f"Ordinary Firm {n}"


def _payments(draw: _Draw) -> Rows:
    """Customers who pay their supplier again and again."""
    currencies = [c for c in draw.given.column("currency").unique().to_pylist() if c] or ["USD"]
    pairs = max(2, draw.n // 8)
    for number in range(draw.n):
        pair = draw.rng.randrange(pairs)
        amount = round(draw.rng.lognormvariate(5, 0.8), 2)
        yield {
            "payment_id": f"N{number}", "timestamp": draw.when(), "from_bank": "NOISEBANK", "to_bank": "NOISEBANK",
            "from_account": f"noise-payer-{pair}", "to_account": f"noise-payee-{pair}", "amount": amount,
            "currency": currencies[pair % len(currencies)], "method": "transfer",
        }  # fmt: skip


def _positions(draw: _Draw) -> Rows:
    """Ships that cross the southern Indian Ocean, each in a lane of its own, heard every ten minutes."""
    each = 72
    for number in range(draw.n):
        ship, step = divmod(number, each)
        yield {
            "timestamp": draw.first + dt.timedelta(minutes=10 * step), "mmsi": f"24400{ship:04}", "sog": 12.0,
            "cog": 90.0, "lat": -30.0 - ship * 0.2, "lon": 70.0 + step * 2 / 60 / 0.8, "heading": 90.0,
        }  # fmt: skip


def _statics(draw: _Draw) -> Rows:
    for number in range(draw.n):
        yield {
            "timestamp": draw.first, "mmsi": f"24400{number:04}", "vessel_name": f"ORDINARY {number}", "length": 120.0,
            "width": 20.0, "draught": 7.0, "destination": "FREMANTLE",
        }  # fmt: skip


def _shipments(draw: _Draw) -> Rows:
    pairs = max(2, draw.n // 8)
    for number in range(draw.n):
        pair = draw.rng.randrange(pairs)
        code, description, price = _GOODS[pair % len(_GOODS)]
        mass = round(draw.rng.lognormvariate(8, 0.5))
        yield {
            "shipment_id": f"N{number}", "date": draw.when().date().isoformat(), "kind": "import declaration",
            "shipper_name": f"{_firm(pair)} Export", "consignee_name": f"{_firm(pair)} Import", "hs_code": code,
            "description": description, "net_mass": float(mass), "quantity": float(mass), "unit": "kg",
            "value": round(mass * price * draw.rng.lognormvariate(0, 0.1), 2), "currency": "USD",
            "origin_country": _COUNTRIES[pair % 8], "departure_country": _COUNTRIES[pair % 8],
            "dest_country": _COUNTRIES[(pair + 3) % 8],
        }  # fmt: skip


def _trade_figures(draw: _Draw) -> Rows:
    """Pairs that report alike of each other: imports a tenth over exports, for freight."""
    for number in range(draw.n // 2):
        year = str(draw.first.year - number % 5)
        code, description, price = _GOODS[number % len(_GOODS)]
        one, other = draw.rng.sample(_COUNTRIES, 2)
        mass = float(round(draw.rng.lognormvariate(12, 0.5)))
        for reporter, partner, flow, margin in ((one, other, "export", 1.0), (other, one, "import", 1.1)):
            yield {
                "date": year, "reporter": reporter, "partner": partner, "flow": flow, "hs_code": code, "level": 6,
                "nomenclature": "HS", "description": description, "net_weight": mass,
                "value": round(mass * price * margin), "currency": "USD",
            }  # fmt: skip


def _seizures(draw: _Draw) -> Rows:
    goods = ("cannabis", "heroin", "cocaine", "khat", "tramadol")
    for number in range(draw.n):
        yield {
            "seizure_id": f"N{number}", "date": draw.when().date().isoformat(), "category": "drugs",
            "country": draw.rng.choice(_COUNTRIES), "place": f"Town {draw.rng.randrange(60)}",
            "goods": draw.rng.choice(goods), "quantity": round(draw.rng.lognormvariate(0, 1), 3), "unit": "kg",
            "repeat": 1,
        }  # fmt: skip


def _trips(draw: _Draw) -> Rows:
    """Holidays of a week or more, on ordinary passports."""
    for number in range(draw.n):
        left = draw.when()
        yield {
            "trip_id": f"N{number}", "name": f"Jo Ordinary {number}", "document": f"N{number:07}",
            "document_type": "ordinary", "nationality": draw.rng.choice(_COUNTRIES), "from_place": "HOME",
            "to_place": f"Town {draw.rng.randrange(60)}", "departure": left, "arrival": left + dt.timedelta(hours=3),
        }  # fmt: skip


def _vehicles(draw: _Draw) -> Rows:
    """Cars as registered, none of them stolen."""
    for number in range(draw.n):
        yield {
            "record_id": f"N{number}", "vin": f"N0SE{number:013}", "kind": "registered", "make": "Ordinary",
            "date": draw.when().date().isoformat(), "country": draw.rng.choice(_COUNTRIES),
        }  # fmt: skip


def _transfers(draw: _Draw) -> Rows:
    pairs = max(2, draw.n // 8)
    for number in range(draw.n):
        pair = draw.rng.randrange(pairs)
        yield {
            "chain": "ethereum", "tx": f"NT{number}", "from_address": f"0xnoise-a{pair}", "asset": "ETH", "repeat": 1,
            "to_address": f"0xnoise-b{pair}", "amount": round(draw.rng.lognormvariate(0, 1), 4),
            "timestamp": draw.when(),
        }  # fmt: skip


_KINDS: Mapping[str, Callable[[_Draw], Rows]] = {
    "payments": _payments, "positions": _positions, "ship_statics": _statics, "shipments": _shipments,
    "trade_figures": _trade_figures, "seizures": _seizures, "transfers": _transfers, "trips": _trips,
    "vehicles": _vehicles,
}  # fmt: skip


def _register(rng: random.Random, n: int) -> dict[str, list[Row]]:
    """Companies of one owner and one director each, whom nothing ties to anybody else."""
    tables: dict[str, list[Row]] = {"entities": [], "members": [], "claims": [], "links": []}

    def entity(id: str, schema: str, caption: str, **said: str) -> None:
        tables["entities"].append({
            "entity": id, "schema": schema, "caption": caption, "names": [caption], "listed": False,
            "countries": [rng.choice(_COUNTRIES)], "topics": [], "label_ids": [PUBLIC.id],
        })  # fmt: skip
        tables["members"].append({"subject": id, "entity": id, "score": 1.0, "basis": "first", "reasons": []})
        for property, value in {"name": caption, **said}.items():
            claim(id, schema, property, value)

    def claim(subject: str, schema: str, property: str, value: str, kind: str = "string") -> str:
        id = f"noise-claim-{len(tables['claims'])}"
        tables["claims"].append({
            "claim_id": id, "subject": subject, "schema": schema, "property": property, "value": value,
            "prop_type": kind, "stance": "asserts", "reliability": "B", "credibility": 2, "verified": True, **_COMMON,
        })  # fmt: skip
        return id

    for number in range(max(1, n // 2)):
        company, person = f"noise:company-{number}", f"noise:person-{number}"
        year = 1960 + number % 40
        entity(company, "Company", _firm(number), incorporationDate=f"{year}-05-02")
        entity(person, "Person", f"Jo Ordinary {number}", birthDate=f"{year - 40}-01-02")
        for schema, start in (("Ownership", f"{year}-05-02"), ("Directorship", f"{year}-05-02")):
            id = f"noise:{schema}-{number}"
            tables["links"].append({
                "link": id, "schema": schema, "source": person, "target": company, "start": start, "stance": "asserts",
                "reliability": "B", "credibility": 2, "verified": True, "origins": 1,
                "claim_ids": [claim(id, schema, "role", f"{person} {company}")], "label_ids": [PUBLIC.id],
            })  # fmt: skip
    return tables
