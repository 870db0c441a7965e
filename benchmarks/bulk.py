"""Payments and positions through the whole of `ingest`, beside DuckDB's own COPY of the same file into Parquet.

usage: bulk.py [ROWS…]        rows of the generated files (1,000,000 and 4,000,000); `--parquet-only` for large ones

Processor seconds, each in a process of its own that uses one thread of DuckDB; the marginal figure between the two
sizes leaves out what a process needs to start. Peak memory is the process's own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from measured import run, tell

PAYMENTS = """
select 'P' || lpad(i::varchar, 9, '0') as payment_id,
  timestamptz '2019-01-01 00:00:00+00' + to_seconds(i * 94608000 // {n}) as timestamp,
  'BANK' || lpad((hash(i) % 400)::varchar, 4, '0') as from_bank,
  lpad((hash(i + 1) % 500000)::varchar, 12, '0') as from_account, 'Firm ' || (hash(i + 1) % 500000) as from_name,
  'BANK' || lpad((hash(i + 2) % 400)::varchar, 4, '0') as to_bank,
  lpad((hash(i + 3) % 500000)::varchar, 12, '0') as to_account, 'Firm ' || (hash(i + 3) % 500000) as to_name,
  round(exp((hash(i + 5) % 100000) / 10000.0), 2)::double as amount,
  ['USD', 'EUR', 'CNY', 'HKD', 'SGD'][(hash(i + 6) % 5 + 1)::int] as currency,
  'invoice ' || (hash(i + 7) % 100000) as purpose
from range({n}) t(i)
"""
POSITIONS = """
select (412000000 + hash(i) % 20000)::varchar as mmsi,
  timestamptz '2019-01-01 00:00:00+00' + to_seconds(i * 94608000 // {n}) as timestamp,
  round(20 + (hash(i + 1) % 2000000) / 100000.0, 5) as lat, round(110 + (hash(i + 2) % 3000000) / 100000.0, 5) as lon,
  round((hash(i + 3) % 200) / 10.0, 1) as sog, round((hash(i + 4) % 3600) / 10.0, 1) as cog,
  (hash(i + 5) % 360)::double as heading
from range({n}) t(i)
"""
MADE = "copy ({query}) to '{path}' ({how})"
STAMPED = "select * replace (strftime(timestamp, '%Y-%m-%dT%H:%M:%SZ') as timestamp) from ({query})"

MAKE = """
import sys, duckdb
db = duckdb.connect()
db.execute("set threads = 1; set TimeZone = 'UTC'; set memory_limit = '2GB'")
db.execute(sys.argv[1])
"""
COPY = """
import json, sys, time, resource, duckdb
db = duckdb.connect()
db.execute("set threads = 1; set TimeZone = 'UTC'")
began = time.process_time()
db.execute(f"copy (from '{sys.argv[1]}') to '{sys.argv[2]}' (format parquet)")
print(json.dumps({"seconds": time.process_time() - began,
                  "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
INGEST = """
import json, sys, time, resource
from pathlib import Path
from counterflow.workspace import Workspace
workspace = Workspace.create(Path(sys.argv[2]))
began, wall = time.process_time(), time.perf_counter()
report = workspace.ingest(Path(sys.argv[1]), reader=sys.argv[3])
print(json.dumps({"seconds": time.process_time() - began, "wall": time.perf_counter() - wall,
                  "rows": report.observations, "aside": report.aside,
                  "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                  "bytes": sum(p.stat().st_size for p in Path(sys.argv[2], "ledger").rglob("*.parquet"))}))
"""


def measure(query: str, reader: str, rows: int, ending: str, room: Path) -> dict[str, float]:
    """Processor seconds of COPY and of ingest for one generated file."""
    path, out, workspace = room / f"in.{ending}", room / "copy.parquet", room / "workspace"
    stamped = query.format(n=rows) if ending == "parquet" else STAMPED.format(query=query.format(n=rows))
    how = "format parquet" if ending == "parquet" else "header"
    run([sys.executable, "-c", MAKE, MADE.format(query=stamped, path=path, how=how)])
    copied = json.loads(run([sys.executable, "-c", COPY, str(path), str(out)])[2].splitlines()[-1])
    taken = json.loads(run([sys.executable, "-c", INGEST, str(path), str(workspace), reader])[2].splitlines()[-1])
    assert taken["rows"] + taken["aside"] == rows, taken
    tell(
        f"{reader} from {ending}",
        rows=rows,
        megabytes=round(path.stat().st_size / 1e6),
        ingest_cpu_seconds=round(taken["seconds"], 1),
        rows_per_cpu_second=round(rows / taken["seconds"]),
        copy_cpu_seconds=round(copied["seconds"], 1),
        times_copy=round(taken["seconds"] / copied["seconds"], 2),
        peak_mib=round(taken["peak_mib"]),
        ledger_bytes_per_row=round(taken["bytes"] / rows, 1),
    )
    return {"ingest": taken["seconds"], "copy": copied["seconds"]}


def main(sizes: list[int], endings: tuple[str, ...]) -> None:
    """Each size, then what one row more costs."""
    for reader, query in (("payments", PAYMENTS), ("ais", POSITIONS)):
        for ending in endings:
            found = []
            for rows in sizes:
                with tempfile.TemporaryDirectory() as room:
                    found.append(measure(query, reader, rows, ending, Path(room)))
            if len(sizes) > 1:
                more = sizes[-1] - sizes[0]
                cost = {name: found[-1][name] - found[0][name] for name in found[0]}
                tell(
                    f"{reader} from {ending}, each row more",
                    rows_per_cpu_second=round(more / cost["ingest"]),
                    times_copy=round(cost["ingest"] / cost["copy"], 2),
                )


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:] if text.isdigit()]
    main(given or [1_000_000, 4_000_000], ("parquet",) if "--parquet-only" in sys.argv else ("parquet", "csv"))
