"""The 50 per cent rule from the ledger: a generated register as claims in segments, to links, to holdings, to answers.

usage: ledger.py [HOLDINGS…]      default 100000 1000000; CPU seconds of one process
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model.handling import PUBLIC, Audience
from counterflow.network import regime
from counterflow.network.control import Control
from counterflow.network.holdings import holdings_of
from counterflow.network.links import links
from counterflow.network.sizes import PER_CENT, WHOLE
from counterflow.storage.duckdb import MAX_ROWS, connect, write_parquet
from counterflow.storage.ibis import IbisScope
from counterflow.storage.tables import CLAIMS, DERIVED, LEDGER
from measured import tell
from register import Column, Register, register

AS_OF = "2023-05-23"


def named(kind: str, numbers: Column) -> Any:
    """Ids of parties or records."""
    return pc.binary_join_element_wise(f"r:{kind}", pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0"), "")


def share(low: int, high: int) -> str:
    """A share as a register writes it; nothing where it is not known."""
    if low == high:
        return f"{low / PER_CENT:.4f}".rstrip("0").rstrip(".")
    ends = (
        f"{'>' if low % PER_CENT == 1 else ''}{low // PER_CENT}",
        f"{'<' if high % PER_CENT else ''}{-(-high // PER_CENT)}",
    )
    return "" if (low, high) == (0, WHOLE) else "-".join(ends)


def claims(r: Register) -> pa.Table:
    """Owner, asset, percentage and dates of every holding, record by record as an ingest writes them."""
    every = np.arange(len(r))
    bounds, which = np.unique(np.stack([r.low, r.high]), axis=1, return_inverse=True)
    shares = pa.array([share(*pair) for pair in bounds.T.tolist()]).take(pa.array(which.ravel()))
    known = np.flatnonzero(pc.not_equal(shares, "").to_numpy(zero_copy_only=False))
    ended = np.flatnonzero(r.end < 100_000)

    def day(numbers: Column) -> Any:
        return pa.array(np.datetime64("1970-01-01") + numbers.astype("timedelta64[D]")).cast(pa.string())

    said = [
        ("owner", "entity", every, named("e", r.owner)), ("asset", "entity", every, named("e", r.owned)),
        ("percentage", "string", known, shares.take(pa.array(known))), ("startDate", "date", every, day(r.start)),
        ("endDate", "date", ended, day(r.end[ended])),
    ]  # fmt: skip
    same = {
        "schema": "Ownership", "dataset": "r", "source_id": "r", "locator": "row", "reliability": "A",
        "stance": "asserts", "label_id": PUBLIC.id, "credibility": 1, "verified": True,
        "recorded_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    }  # fmt: skip
    parts = []
    for property, kind, rows, values in said:
        told = {"claim_id": named(property, rows), "subject": named("h", rows), "value": values}
        told |= {
            name: pa.repeat(pa.scalar(text), len(rows))
            for name, text in {"property": property, "prop_type": kind}.items()
        }
        told |= {name: pa.repeat(pa.scalar(value), len(rows)) for name, value in same.items()}
        parts.append(CLAIMS.conform(pa.table(told)))
    order = np.argsort(np.concatenate([rows for _, _, rows, _ in said]), kind="stable")
    return pa.concat_tables(parts).take(pa.array(order))


def scope(folder: Path, r: Register) -> IbisScope:
    """The reading side over segments in a folder; every party is its own entity."""
    connection = connect()
    made = IbisScope(connection, Audience("bench", owner=True), {PUBLIC.id: PUBLIC})
    for name, table in LEDGER.items():
        made.adopt(name, table.schema.empty_table())
    made.define("claims", connection.read_parquet(sorted(map(str, folder.glob("*.parquet")))))
    parties = named("e", np.arange(r.nodes))
    made.adopt("members", DERIVED["members"].conform(pa.table({"subject": parties, "entity": parties})))
    made.adopt("entities", DERIVED["entities"].conform(pa.table({"entity": parties})))
    return made


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def measure(holdings: int) -> None:
    r = register(holdings)
    with tempfile.TemporaryDirectory() as place:
        told = claims(r)
        for start in range(0, len(told), MAX_ROWS):
            write_parquet(told.slice(start, MAX_ROWS), Path(place) / f"{start:09}.parquet")
        rows = len(told)
        del told
        reading = scope(Path(place), r)
        linking, table = timed(lambda: links(reading))
        listed = dict.fromkeys(named("e", r.listed).to_pylist(), True)
        taking, held = timed(lambda: holdings_of(table, AS_OF))
        deciding, control = timed(lambda: Control(held, listed, regime.get("ofac").rule(AS_OF)))
    found = np.bincount(control.statuses, minlength=3).tolist()
    tell(
        "50 per cent rule from the ledger",
        holdings=len(r), claims=rows, claims_to_links_cpu_seconds=round(linking, 2),
        links_to_holdings_cpu_seconds=round(taking, 2), answers_cpu_seconds=round(deciding, 3),
        blocked=found[0], may_be_blocked=found[1], problems=len(held.problems),
    )  # fmt: skip


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000]:
        measure(size)
