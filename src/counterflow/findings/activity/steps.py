"""The steps of a pattern in time: its findings, and where they rest on a few dated records, each of these.

Rows are looked up for all patterns at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.activity.words import goods

if TYPE_CHECKING:
    from counterflow.findings.typology import Data
    from counterflow.model.finding import Finding

__all__ = ["FEW", "amounts_of", "goods_of", "rows_of", "timeline"]

FEW = 6
"""Dated records of a finding up to which each is a step of its own."""
_DATES = {
    "payments": ("timestamp", "payment_id", "amount", "currency", "from_name", "from_account", "to_name", "to_account"),
    "shipments": ("date", "shipper_name", "consignee_name", "description", "hs_code", "vessel_name", "value",
                  "currency", "container", "load_port", "discharge_port"),
    "seizures": ("date", "goods", "category", "quantity", "unit", "place", "carrier", "lat", "lon"),
    "ship_events": ("timestamp", "end", "kind", "vessel_name", "mmsi", "other_name", "other_mmsi", "place", "lat",
                    "lon"),
    "transfers": ("timestamp", "chain", "amount", "asset", "from_address", "to_address"),
}  # fmt: skip
"""Tables whose rows are steps, the first column being their date."""

Row = Mapping[str, Any]
Rows = Mapping[str, Row]
"""row_id → its columns and table."""


def rows_of(findings: Sequence[Finding], data: Data) -> dict[str, Row]:
    """The dated records of all findings that rest on few of them, and the goods and containers of the others."""
    wanted: dict[str, set[str]] = {}
    for f in findings:
        own = [e for e in f.evidence if e.kind in _DATES]
        if len(own) <= FEW:
            for e in own:
                wanted.setdefault(e.kind, set()).add(e.id)
    found: dict[str, Row] = {}
    for table, ids in sorted(wanted.items()):
        rows = evidence.among(data.table(table), "row_id", sorted(ids)).select("row_id", *_DATES[table])
        found |= {row["row_id"]: {**row, "table": table} for row in data.run(rows).to_pylist()}
    return found


def timeline(
    findings: Sequence[tuple[Finding, str, str]], parties: Mapping[str, Sequence[str]], rows: Rows
) -> list[dict[str, Any]]:
    """Steps in the order of time, those without a date last. :param findings: each with its kind and activity
    :param parties: finding → its parties"""
    found = []
    for f, kind, activity in findings:
        common = {"finding": f.id, "kind": kind, "activity": activity, "parties": list(parties[f.id])}
        own = [rows[e.id] for e in f.evidence if e.id in rows]
        steps: list[dict[str, Any]] = [
            _step(f.start or f.end, f.end, f.sentence, [e.id for e in f.evidence][:12], f.lat, f.lon)
        ]
        if len(own) > 1 or (own and own[0]["table"] == "seizures"):
            steps += [_row_step(row) for row in own]
        found += [common | step for step in steps]
    return sorted(
        found,
        key=lambda s: (s["start"] is None, s["start"] or "", s["record"] is not None, s["finding"], s["record"] or ""),
    )


def _step(
    start: str | None,
    end: str | None,
    what: str,
    ids: list[str],
    lat: float | None,
    lon: float | None,
    record: str | None = None,
) -> dict[str, Any]:
    return {"start": start, "end": end, "what": what, "record": record, "evidence": ids, "lat": lat, "lon": lon}


def _row_step(row: Row) -> dict[str, Any]:
    date = row[_DATES[row["table"]][0]]
    start, end = (x if x is None or isinstance(x, str) else evidence.iso(x.timestamp()) for x in (date, row.get("end")))
    return _step(start, end, _SAID[row["table"]](row), [row["row_id"]], row.get("lat"), row.get("lon"), row["row_id"])


def _sum(amount: float | None, unit: str | None) -> str:
    return (
        "an amount that is not given"
        if amount is None
        else f"{amount:,.2f}".rstrip("0").rstrip(".") + f" {unit or ''}".rstrip()
    )


_SAID = {
    "payments": lambda r: (
        f"{_sum(r['amount'], r['currency'])} from {r['from_name'] or r['from_account'] or '?'} to "
        f"{r['to_name'] or r['to_account'] or '?'}"
    ),
    "shipments": lambda r: (
        f"{r['description'] or r['hs_code'] or 'goods'} from {r['shipper_name'] or r['load_port'] or '?'} to "
        f"{r['consignee_name'] or r['discharge_port'] or '?'}"
        + (f", on {r['vessel_name']}" if r["vessel_name"] else "")
    ),
    "seizures": lambda r: (
        f"{_sum(r['quantity'], r['unit'])} of {r['goods'] or r['category'] or 'goods'} seized"
        + (f" at {r['place']}" if r["place"] else "") + (f", carried by {r['carrier']}" if r["carrier"] else "")
    ),
    "ship_events": lambda r: (
        f"{str(r['kind']).replace('_', ' ')} of {r['vessel_name'] or r['mmsi'] or 'a ship'}"
        + (f" with {r['other_name'] or r['other_mmsi']}" if r["other_name"] or r["other_mmsi"] else "")
        + (f" at {r['place']}" if r["place"] else "")
    ),
    "transfers": lambda r: (
        f"{_sum(r['amount'], r['asset'])} from {r['from_address']} to {r['to_address']} on {r['chain']}"
    ),
}  # fmt: skip


def goods_of(f: Finding, rows: Rows) -> str | None:
    """The activity that the goods of a finding tell of."""
    for e in f.evidence:
        row = rows.get(e.id)
        if row is not None and (told := goods(row.get("category"), row.get("hs_code"))):
            return told
    return goods(f.detail.get("category"), f.detail.get("hs_code"))


def amounts_of(findings: Sequence[Finding], rows: Rows) -> list[dict[str, Any]]:
    """Sums of payments by currency, goods by unit. What findings have in common is counted once: of those that share
    payments, the largest."""
    found: dict[tuple[str, str], float] = {}
    counted: set[str] = set()
    for f in sorted(findings, key=lambda f: (-sum((f.detail.get("sums") or {}).values()), f.id)):
        paid = {e.id for e in f.evidence if e.kind == "payments"}
        if paid and not paid & counted:
            for currency, amount in (f.detail.get("sums") or {}).items():
                found["paid", currency] = found.get(("paid", currency), 0.0) + amount
            counted |= paid
    for id in dict.fromkeys(e.id for f in findings for e in f.evidence if e.id in rows):
        row = rows[id]
        if row["table"] == "seizures" and row["quantity"] is not None:
            what = "seized", f"{row['unit'] or ''} of {row['goods'] or row['category'] or 'goods'}".strip()
            found[what] = found.get(what, 0.0) + row["quantity"]
        elif row["table"] == "shipments" and row["value"] is not None:
            what = "shipped", str(row["currency"] or "")
            found[what] = found.get(what, 0.0) + row["value"]
    return [{"what": what, "amount": round(amount, 2), "unit": unit} for (what, unit), amount in found.items()]
