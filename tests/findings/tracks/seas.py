"""Small seas for tests: rows as a table, and as a scope's traffic."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from counterflow.findings.run import ScopeData
from counterflow.findings.tracks.traffic import Traffic
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import LEDGER
from counterflow.testing import scope_of, whole

BEGIN = 1_500_000_000 // 3600 * 3600
A, B, C = 211_000_001, 212_000_002, 213_000_003


def rows(messages: list[tuple[Any, ...]]) -> pa.Table:
    """(mmsi, seconds since `BEGIN`, lat, lon[, sog[, cog]]) as columns."""
    full = [(*m, *[None] * (6 - len(m))) for m in messages]
    mmsi, at, lat, lon, sog, cog = zip(*full, strict=True) if full else [()] * 6
    return pa.table(
        {
            "mmsi": pa.array(mmsi, pa.int64()), "at": pa.array([BEGIN + t for t in at], pa.int64()),
            "lat": pa.array(lat, pa.float64()), "lon": pa.array(lon, pa.float64()),
            "sog": pa.array(sog, pa.float64()), "cog": pa.array(cog, pa.float64()),
        }
    )  # fmt: skip


def traffic(messages: list[tuple[Any, ...]], most: int = 1 << 30) -> Traffic:
    """The same through a scope."""
    said = []
    for n, row in enumerate(rows(messages).to_pylist()):
        when = dt.datetime.fromtimestamp(row.pop("at"), dt.UTC)
        said.append({"row_id": f"r{n:05}", "timestamp": when, **row, "mmsi": str(row["mmsi"]), "dataset": "d",
                     "source_id": "d", "label_id": PUBLIC.id, "locator": "", "recorded_at": when})  # fmt: skip
    table = pa.Table.from_pylist(said, LEDGER["positions"].schema)
    return Traffic(ScopeData(scope_of(whole({"positions": table}))), most)
