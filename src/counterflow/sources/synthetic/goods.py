"""Invented consignments: ordinary trade of the region, and coal and cars that may not be sent.

Source of the bans: UN Security Council resolutions 2371 (2017), coal and iron, and 1718 (2006), luxury goods.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from counterflow.sources.synthetic.cast import COLLECTOR, RENAMED, SHIPS, Cast

__all__ = ["Sent", "play"]

_GOODS = (
    ("640399", "leather footwear", 18.0), ("610910", "cotton T-shirts", 9.0), ("841391", "parts of pumps", 24.0),
    ("030389", "frozen fish", 2.6), ("440710", "sawn timber", 0.5), ("690721", "ceramic tiles", 0.7),
    ("853710", "control panels", 55.0), ("940360", "wooden furniture", 4.2), ("392690", "articles of plastic", 6.0),
)  # fmt: skip
_PORTS = {
    "cn": ("Dalian", "Qingdao", "Shanghai"), "kr": ("Incheon", "Busan"), "jp": ("Hakata", "Osaka"),
    "hk": ("Hong Kong",), "sg": ("Singapore",), "ru": ("Vladivostok", "Nakhodka"),
}  # fmt: skip


@dataclass
class Sent:
    """:param rows: rows of shipments.csv, by date; :param planted: what was planted, by shipment ids"""

    rows: list[dict[str, Any]] = field(default_factory=list)
    planted: list[dict[str, Any]] = field(default_factory=list)


def play(cast: Cast, rng: random.Random, size: int) -> Sent:
    """About `size` consignments of January to September 2017."""
    rows = [_ordinary(rng) for _ in range(size - 9)]
    banned = [_coal(cast, rng, n) for n in range(6)] + [_car(cast, rng, n) for n in range(3)]
    sent = Sent()
    for number, row in enumerate(sorted([*rows, *banned], key=lambda r: (r["date"], r["description"])), 1):
        kind = row.pop("planted", "")
        row["shipment_id"] = f"XS{number:06}"
        if kind:
            sent.planted.append({"typology": kind, "shipment": row["shipment_id"], "imo": row["imo"]})
        sent.rows.append(row)
    return sent


def _row(date: dt.date, **more: Any) -> dict[str, Any]:
    return {"shipment_id": "", "date": date.isoformat(), **more}


def _ordinary(rng: random.Random) -> dict[str, Any]:
    hs, what, price = rng.choice(_GOODS)
    origin, destination = rng.sample(sorted(_PORTS), 2)
    quantity = round(800 * rng.lognormvariate(0, 0.8))
    return _row(
        dt.date(2017, 1, 2) + dt.timedelta(days=int(rng.random() * 270)),
        shipper_name=f"Exporter {int(rng.random() * 60):02} ({origin.upper()})",
        consignee_name=f"Importer {int(rng.random() * 60):02} ({destination.upper()})",
        vessel_name=f"EX FEEDER {1 + int(rng.random() * 12)}", imo="", origin_country=origin, dest_country=destination,
        load_port=rng.choice(_PORTS[origin]), discharge_port=rng.choice(_PORTS[destination]), hs_code=hs,
        description=what, quantity=quantity, unit="kg", value=f"{quantity * price * rng.lognormvariate(0, 0.12):.2f}",
        currency="USD",
    )  # fmt: skip


def _coal(cast: Cast, rng: random.Random, n: int) -> dict[str, Any]:
    ship = cast.ships[SHIPS[2 + n % 3]]
    tonnes = round(3_000 + 4_000 * rng.random())
    return _row(
        dt.date(2017, 8, 9) + dt.timedelta(days=6 * n), shipper_name="Exercise Mining Export 3",
        consignee_name=cast.names[RENAMED if n % 2 else COLLECTOR], vessel_name=ship.name, imo=ship.imo,
        origin_country="ru", dest_country="cn", load_port="Kholmsk", discharge_port="Dalian", hs_code="270111",
        description="anthracite", quantity=tonnes * 1000, unit="kg", value=f"{tonnes * 58:.2f}", currency="USD",
        planted="sanctioned_commodity",
    )  # fmt: skip


def _car(cast: Cast, rng: random.Random, n: int) -> dict[str, Any]:
    return _row(
        dt.date(2017, 6, 3) + dt.timedelta(days=19 * n), shipper_name="Exercise Motors 7",
        consignee_name=cast.names[COLLECTOR], vessel_name="EX FEEDER 3", imo="", origin_country="jp",
        dest_country="cn", load_port="Osaka", discharge_port="Dalian", hs_code="870324",
        description="armoured limousine", quantity=1, unit="pcs", value=f"{420_000 + 60_000 * rng.random():.2f}",
        currency="USD", planted="luxury_goods",
    )  # fmt: skip
