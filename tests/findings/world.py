"""A small world for typologies: say who there is, who paid whom, which ship was where; get the tables."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pyarrow as pa

from counterflow.model import schema as vocabulary
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import DERIVED, LEDGER

RECORDED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
COMMON = {"dataset": "d", "source_id": "d", "label_id": PUBLIC.id, "recorded_at": RECORDED}


def moment(text: str) -> dt.datetime:
    """``2017-05-01 08:30`` in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class World:
    """Collects rows; `tables` are those of `storage.tables`."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def _add(self, table: str, **row: Any) -> dict[str, Any]:
        self.rows.setdefault(table, []).append(row)
        return row

    def claim(
        self, subject: str, schema: str, property: str, value: str, prop_type: str = "string", grade: Any = ("B", 2)
    ) -> str:
        id = hashlib.blake2b(f"{subject} {schema} {property} {value}".encode(), digest_size=8).hexdigest()
        self._add(
            "claims", claim_id=id, subject=subject, schema=schema, property=property, value=value, prop_type=prop_type,
            stance="asserts", reliability=grade[0], credibility=grade[1], verified=True, **COMMON,
        )  # fmt: skip
        return id

    def entity(
        self, id: str, caption: str, schema: str = "Company", *, listed: bool = False, country: str = "", **said: str
    ) -> str:
        """:param said: property=value claims, beside that of its name"""
        places, topics = [country] if country else [], [said["topics"]] if "topics" in said else []
        self._add(
            "entities", entity=id, schema=schema, caption=caption, names=[caption], listed=listed, countries=places,
            topics=topics, label_ids=[PUBLIC.id],
        )  # fmt: skip
        self._add("members", subject=id, entity=id, score=1.0, basis="first", reasons=[])
        for property, value in {"name": caption, **said}.items():
            kind = vocabulary.get(schema).property(property).type if schema != "Address" else "string"
            self.claim(id, schema, property, value, kind)
        return id

    def link(self, schema: str, source: str, target: str, **more: Any) -> None:
        number = len(self.rows.get("links", [])) + 1
        row = {"stance": "asserts", "reliability": "B", "credibility": 1, "verified": True, "origins": 1, **more}
        grade = row["reliability"], row["credibility"]
        claim = self.claim(f"d:link-{number}", schema, "role", f"{source} {target}", grade=grade)
        self._add(
            "links", link=f"d:link-{number}", schema=schema, source=source, target=target, claim_ids=[claim],
            label_ids=[PUBLIC.id], **row,
        )  # fmt: skip

    def designate(self, entity: str, day: str) -> None:
        self.claim(f"s:{entity}", "Sanction", "entity", entity, "entity")
        self.claim(f"s:{entity}", "Sanction", "startDate", day, "date")

    def holds(self, entity: str, *keys: str) -> None:
        """:param keys: ``account:N``, ``imo:N``, ``mmsi:N``"""
        for key in keys:
            claim = self.claim(f"d:{key}", "Ownership", "owner", entity, "entity")
            self._add("holders", key=key, entity=entity, claim_ids=[claim], label_ids=[PUBLIC.id])

    def pay(
        self, when: str | dt.datetime, payer: str, payee: str, amount: float, currency: str = "USD", **more: Any
    ) -> str:
        """From account to account; returns the payment's id. :param more: other columns of the table"""
        number = len(self.rows.get("payments", [])) + 1
        stamp = moment(when) if isinstance(when, str) else when
        self._add(
            "payments", row_id=f"row-p{number:05}", payment_id=f"P{number}", timestamp=stamp,
            from_account=payer, to_account=payee, amount=float(amount), currency=currency,
            locator=f"line {number}", **COMMON, **({"from_bank": "BANK", "to_bank": "BANK"} | more),
        )  # fmt: skip
        return f"P{number}"

    def position(
        self, mmsi: str, when: dt.datetime, lat: float, lon: float, sog: float = 0.1, cog: float = 0.0, imo: str = ""
    ) -> None:
        number = len(self.rows.get("positions", [])) + 1
        self._add(
            "positions", row_id=f"row-s{number:05}", timestamp=when, mmsi=mmsi, imo=imo or None, lat=lat,
            lon=(lon + 180) % 360 - 180, sog=sog, cog=cog, locator=f"line {number}", **COMMON,
        )  # fmt: skip

    def static(self, mmsi: str, when: str, imo: str, **said: Any) -> None:
        """What a ship says of herself: vessel_name, length, width, draught, destination…"""
        number = len(self.rows.get("ship_statics", [])) + 1
        self._add(
            "ship_statics", row_id=f"row-t{number:05}", timestamp=moment(when), mmsi=mmsi, imo=imo, **said,
            locator=f"line {number}", **COMMON,
        )  # fmt: skip

    def ship_event(self, kind: str, mmsi: str, start: str, end: str, lat: float, lon: float, other: str = "",
                   **more: Any) -> None:  # fmt: skip
        """What another service worked out from a track."""
        number = len(self.rows.get("ship_events", [])) + 1
        self._add(
            "ship_events", row_id=f"row-e{number:05}", kind=kind, mmsi=mmsi, timestamp=moment(start), end=moment(end),
            lat=lat, lon=lon, other_mmsi=other or None, locator=f"line {number}", **COMMON, **more,
        )  # fmt: skip

    def stay(
        self,
        mmsi: str,
        start: str,
        hours: float,
        lat: float,
        lon: float,
        every: int = 10,
        imo: str = "",
        sog: float = 0.1,
    ) -> None:
        """A ship at one place, a message every so many minutes."""
        first = moment(start)
        for minute in range(0, int(hours * 60) + 1, every):
            self.position(mmsi, first + dt.timedelta(minutes=minute), lat, lon, sog, imo=imo)

    def ship(
        self, shipper: str, consignee: str, hs_code: str, description: str, day: str = "2017-03-01", **more: Any
    ) -> str:
        """:param more: other columns of the table; returns the row's id"""
        number = len(self.rows.get("shipments", [])) + 1
        row = self._add(
            "shipments", row_id=f"row-g{number:05}", shipment_id=f"G{number}", date=day, shipper_name=shipper,
            consignee_name=consignee, hs_code=hs_code, description=description, locator=f"line {number}", **more,
            **COMMON,
        )  # fmt: skip
        return str(row["row_id"])

    def vehicle(self, vin: str, kind: str, date: str | None = None, country: str = "de", **more: Any) -> None:
        """What a register or police list says of a vehicle."""
        number = len(self.rows.get("vehicles", [])) + 1
        self._add(
            "vehicles", row_id=f"row-v{number:05}", vin=vin, kind=kind, date=date, country=country,
            locator=f"line {number}", **more, **COMMON,
        )  # fmt: skip

    def figure(self, reporter: str, partner: str, date: str, flow: str, hs_code: str | None, value: float,
               **said: Any) -> None:  # fmt: skip
        """What one country reports of its trade with another, in dollars."""
        number = len(self.rows.get("trade_figures", [])) + 1
        row = {
            "row_id": f"row-f{number:05}", "date": date, "reporter": reporter, "partner": partner, "flow": flow,
            "hs_code": hs_code, "level": len(hs_code or ""), "nomenclature": "HS", "value": value, "currency": "USD",
            "locator": f"line {number}", **COMMON,
        }  # fmt: skip
        self._add("trade_figures", **(row | said))

    def trip(self, name: str, start: str, end: str, left: str, came: str, **more: Any) -> None:
        """A journey from one place to another. :param start, end: places; left, came: times"""
        number = len(self.rows.get("trips", [])) + 1
        self._add(
            "trips", row_id=f"row-j{number:05}", name=name, from_place=start, to_place=end, departure=moment(left),
            arrival=moment(came), locator=f"line {number}", **more, **COMMON,
        )  # fmt: skip

    def seize(self, day: str, country: str | None, category: str, goods: str, **more: Any) -> None:
        """:param more: other columns of the table"""
        number = len(self.rows.get("seizures", [])) + 1
        row = {
            "row_id": f"row-z{number:05}", "seizure_id": f"Z{number}", "date": day, "country": country,
            "category": category, "goods": goods, "repeat": 1, "locator": f"line {number}", **COMMON,
        }  # fmt: skip
        self._add("seizures", **(row | more))

    def transfer(self, when: str | None, sender: str, receiver: str, amount: float | None, asset: str = "ETH",
                 **more: Any) -> str:  # fmt: skip
        """From address to address on Ethereum; returns the transaction. :param more: other columns of the table"""
        number = len(self.rows.get("transfers", [])) + 1
        row = {
            "row_id": f"row-t{number:05}", "chain": "ethereum", "tx": f"T{number}", "from_address": sender,
            "to_address": receiver, "amount": amount, "asset": asset, "repeat": 1,
            "timestamp": moment(when) if when else None, "locator": f"line {number}", **COMMON,
        } | more  # fmt: skip
        self._add("transfers", **row)
        return str(row["tx"])

    def wallet(self, address: str, holder: str = "", **said: str) -> None:
        """What a source says of an address. :param holder: id of an entity; :param said: topics, keywords, name"""
        subject = f"d:wallet-{address}"
        self._add("members", subject=subject, entity=subject, score=1.0, basis="first", reasons=[])
        self.claim(subject, "CryptoWallet", "publicKey", address, "identifier")
        if holder:
            self.claim(subject, "CryptoWallet", "holder", holder, "entity")
        for property, value in said.items():
            self.claim(subject, "CryptoWallet", property, value)

    def tables(self) -> dict[str, pa.Table]:
        schemas = {name: (LEDGER | DERIVED)[name].schema for name in self.rows}
        return {name: pa.Table.from_pylist(rows, schemas[name]) for name, rows in self.rows.items()}
