"""Single consignments at size: cost and memory of each typology over generated papers and payments, and what it finds
of what was planted.

    .venv/bin/python benchmarks/trade.py [ROWS] [TYPOLOGY…]

Each typology runs in a process of its own over the same two Parquet files, so that its peak memory is its own. A tenth
of the rows are invoices, all but a few of which have a declaration that answers to them; buyers pay by number of the
invoice. Planted: twenty cases of each kind, of parties of their own.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow import registry
from counterflow.findings.run import ScopeData, detect
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import LEDGER
from counterflow.testing import scope_of, whole
from measured import tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from findings.world import World

EACH, PIECE = 20, 500_000
WORDS = (
    "shoes", "shirts", "furniture", "computers", "pumps", "cables",
    "tyres", "coffee", "paper", "toys", "lamps",
    "valves", "motors", "glass", "tiles", "paint",
    "plastics", "bearings", "medicaments", "wine",
)  # fmt: skip
COUNTRIES = ("cn", "de", "us", "jp", "kr", "in", "br", "za", "nl", "vn", "tr", "mx", "pl", "ae", "sg", "gb")
TYPOLOGIES = (
    "third_party_payer", "multiple_invoicing", "phantom_shipment", "transit_loop", "new_consignee", "odd_route",
    "goods_description_mismatch", "precursor_without_buyer", "settlement_in_kind",
)  # fmt: skip
START = np.datetime64("2022-01-01")
PAID = dt.datetime(2022, 5, 11, tzinfo=dt.UTC)


def papers(rows: int, firms: int, first: int) -> tuple[pa.Table, pa.Table]:
    """(shipments, payments) of ordinary trade: each firm buys few goods of few firms, straight from their country.

    :param first: number of the first row
    """
    rng = np.random.default_rng(first + 1)
    pair = (rng.zipf(1.6, rows) + rng.integers(0, firms, rows)) % firms
    seller, buyer = pair, (pair * 7919 + rng.integers(0, 3, rows)) % firms
    ware = (pair + rng.integers(0, 2, rows)) % len(WORDS)
    day = rng.integers(0, 700, rows)
    mass = np.round(rng.lognormal(7, 1, rows), 1)
    value = np.round(mass * (2.0 + ware) * rng.lognormal(0, 0.2, rows), 2)
    invoice = np.arange(rows) % 10 == 1
    # an invoice is of the consignment before it, which moved some days later
    for column in (seller, buyer, ware, mass, value):
        column[invoice] = column[np.flatnonzero(invoice) - 1]
    day[invoice] = np.maximum(0, day[np.flatnonzero(invoice) - 1] - rng.integers(0, 30, invoice.sum()))
    home = np.array(COUNTRIES)
    start, end = home[seller % len(COUNTRIES)], home[(buyer * 3 + 1) % len(COUNTRIES)]
    at = first + np.arange(rows)
    number = np.char.add("INV", at.astype(str))
    shipped = {
        "row_id": np.char.add("r", at.astype(str)),
        "shipment_id": np.char.add("D", at.astype(str)),
        "kind": np.where(invoice, "invoice", "import declaration"), "date": (START + day).astype(str),
        "shipper_name": np.char.add(np.char.add("Firm ", seller.astype(str)), " Export Ltd"),
        "consignee_name": np.char.add(np.char.add("Firm ", buyer.astype(str)), " Import"),
        "origin_country": start, "departure_country": start, "dest_country": end,
        "hs_code": np.char.add((40 + ware).astype(str), "0110"), "description": np.array(WORDS)[ware],
        "net_mass": mass, "quantity": mass, "unit": np.full(rows, "kg"), "value": value,
        "currency": np.full(rows, "USD"),
    }  # fmt: skip
    table = pa.table(shipped)
    table = table.append_column(
        "invoice", pc.if_else(pa.array(invoice), pa.array(number), pa.scalar(None, pa.string()))
    )
    boxes = pa.array(np.char.add("MSCU", (1_000_000 + pair).astype(str)))  # a container goes to and fro
    boxed = pa.array(rng.random(rows) < 0.1)
    table = table.append_column("container", pc.if_else(boxed, boxes, pa.scalar(None, pa.string())))
    own = np.flatnonzero(invoice)
    paid = pa.table({
        "row_id": np.char.add("p", at[own].astype(str)), "payment_id": np.char.add("P", at[own].astype(str)),
        "timestamp": pa.array((START + day[own] + 20).astype("datetime64[us]"), pa.timestamp("us", "UTC")),
        "from_bank": np.full(len(own), "BANK"), "to_bank": np.full(len(own), "BANK"),
        "from_account": np.char.add("B", buyer[own].astype(str)),
        "to_account": np.char.add("S", seller[own].astype(str)),
        "from_name": np.char.add(np.char.add("Firm ", buyer[own].astype(str)), " Import"),
        "to_name": np.char.add(np.char.add("Firm ", seller[own].astype(str)), " Export"), "from_country": end[own],
        "amount": value[own], "currency": np.full(len(own), "USD"), "purpose": np.char.add("payment ", number[own]),
    })  # fmt: skip
    return table, paid


def planted() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Cases of each kind; the parties of a case bear the name of its typology."""
    goods: list[dict[str, Any]] = []
    money: list[dict[str, Any]] = []

    def ship(sort: str, case: int, who: str, whom: str, day: int, **more: Any) -> None:
        number = f"x-{sort}-{len(goods)}"
        goods.append({"row_id": number, "shipment_id": number, "kind": "import declaration", "date": str(START + day),
                      "shipper_name": f"{sort} {case} {who}", "consignee_name": f"{sort} {case} {whom}",
                      "hs_code": "400110", "description": WORDS[0], "value": 90_000.0, "currency": "USD",
                      "quantity": 5_000.0, "net_mass": 5_000.0, "unit": "kg"} | more)  # fmt: skip

    for case in range(EACH):
        ship(
            "third_party_payer", case, "a", "b", 100, invoice=f"TP{case:05}", departure_country="cn", dest_country="kr"
        )
        money.append({"row_id": f"y{case}", "payment_id": f"Y{case}", "timestamp": PAID, "from_account": f"C{case}",
                      "to_account": f"A{case}", "from_name": f"third_party_payer {case} c",
                      "to_name": f"third_party_payer {case} a", "from_country": "sg", "amount": 90_000.0,
                      "currency": "USD", "purpose": f"TP{case:05}"})  # fmt: skip
        for turn in range(2):
            ship("multiple_invoicing", case, "a", "b", 100 + turn, kind="invoice", invoice=f"MI{case:04}{turn}",
                 bill_of_lading=f"BL{case:05}")  # fmt: skip
        ship("multiple_invoicing", case, "a", "b", 110)
        ship("phantom_shipment", case, "a", "b", 100, kind="invoice", invoice=f"PH{case:05}")
        for turn in range(3):
            ship("phantom_shipment", case, "c", "b", 100 + turn)
        for turn, (start, end) in enumerate((("cn", "ae"), ("ae", "tr"), ("tr", "cn"))):
            ship("transit_loop", case, f"{turn}", f"{turn + 1}", 100 + 7 * turn, container=f"ZZZU{9_000_000 + case}",
                 departure_country=start, dest_country=end)  # fmt: skip
        ship("odd_route", case, "a", "b", 100, origin_country="kr", departure_country="br", dest_country="jp")
        ship("goods_description_mismatch", case, "a", "b", 100, hs_code="590110", description=WORDS[0],
             value=10_000.0)  # fmt: skip
        ship("new_consignee", case, "a", "b", 100, value=40_000_000.0)
        ship("precursor_without_buyer", case, "a", "b", 100, hs_code="291524", description="acetic anhydride")
        ship("settlement_in_kind", case, "a", "b", 100, hs_code="271019", description="gas oil", departure_country="cn",
             dest_country="kp")  # fmt: skip
    for other in range(60 * EACH):
        ship("odd_route_peer", other, "a", "b", 100, origin_country="kr", departure_country="kr", dest_country="jp")
    return goods, money


def written(folder: Path, rows: int) -> None:
    """Both files."""
    names, firms = ("shipments", "payments"), max(100, rows // 40)
    files = [pq.ParquetWriter(folder / f"{name}.parquet", LEDGER[name].schema) for name in names]
    for first in range(0, rows, PIECE):
        piece = papers(min(PIECE, rows - first), firms, first)
        for name, file, table in zip(names, files, piece, strict=True):
            file.write_table(_labelled(name, LEDGER[name].conform(table)))
    for name, file, more in zip(names, files, planted(), strict=True):
        file.write_table(_labelled(name, pa.Table.from_pylist(more, LEDGER[name].schema)))
        file.close()


def register() -> dict[str, pa.Table]:
    """What registers and the police say of planted parties."""
    w = World()
    for case in range(EACH):
        for kind, said in (("new_consignee", {"incorporationDate": "2022-02-01"}),
                           ("precursor_without_buyer", {"sector": "Retail of clothing"})):  # fmt: skip
            name = f"{kind.replace('_', ' ')} {case} b"
            w.entity(f"name:{name}", name, **said)
            w.holds(f"name:{name}", f"name:{name}")
        w.seize(
            "2022-04-20", "cn", "drugs", "methamphetamine", origin_country="kp", persons=f"settlement_in_kind {case} a"
        )
    return w.tables()


def _labelled(name: str, table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("label_id")
    return table.set_column(at, LEDGER[name].schema.field(at), pa.repeat(PUBLIC.id, len(table)))


def _peak() -> float:
    """GiB that this process used at most. Not getrusage, which on Linux counts the parent's memory before exec."""
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    return round(int(told) / 2**20, 2)


def measure(folder: Path, name: str) -> None:
    """One typology, in this process."""
    scope = scope_of(whole(register()))
    for table in ("shipments", "payments"):
        scope.scan(table, folder / f"{table}.parquet")
    rows = pq.read_metadata(folder / "shipments.parquet").num_rows
    floor = _peak()
    began = time.process_time()
    found = detect(ScopeData(scope), [registry.get("typologies", name)])
    seconds = time.process_time() - began
    words = name.replace("_", " ")
    own = {
        s.removeprefix(f"name:{words} ").split()[0] for f in found for s in f.subjects if s.startswith(f"name:{words} ")
    }
    print(json.dumps({
        "rows": rows, "cpu_seconds": round(seconds, 1), "rows_a_cpu_second": round(rows / seconds),
        "peak_gib": _peak(), "before_gib": floor,
        "planted": EACH, "planted_found": len(own),
        "others": len([f for f in found if not any(words in s for s in f.subjects)]),
    }))  # fmt: skip


def main(words: list[str]) -> None:
    """Every typology asked for, or all."""
    if words[:1] == ["--one"]:
        measure(Path(words[1]), words[2])
        return
    rows = int(words[0]) if words else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        written(Path(place), rows)
        for name in words[1:] or TYPOLOGIES:
            done = subprocess.run(
                [sys.executable, __file__, "--one", place, name], capture_output=True, text=True, check=False
            )
            if done.returncode:
                sys.exit(f"{name}: {done.stderr[-2000:]}")
            tell(name, **json.loads(done.stdout))


if __name__ == "__main__":
    main(sys.argv[1:])
