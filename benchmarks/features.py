"""Columns for models: payments a CPU second, in batch and as a stream, memory, and the Graph Feature Preprocessor of
IBM's snapml in the same run, where you have it.

    features.py PAYMENTS.parquet… [--windows short|long|whole] [--stream 128 2048] [--peer PYTHON] [--peer-rows 300000]

PAYMENTS: made by ``payments_like.py``, in time order. ``short``: statistics of a day, fans of 12 hours, cycles of 12,
scatter-gathers of 6; ``long``: 7 days and 5; ``whole``: the defaults. The peer is proprietary and is never required:
``--peer`` names a Python in which you installed it. It is given numbers for accounts; ours are told with reading and
numbering the texts, and without. Ours is the second pass in one process: the first compiles, and touches memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from counterflow.findings.features import SHORT, State, Windows, batch
from counterflow.findings.features.table import PIECE
from counterflow.findings.features.windows import DAY
from measured import tell

WINDOWS = {"short": SHORT, "long": Windows(stats=(7 * DAY,), cycle=5 * DAY, relay=5 * DAY), "whole": Windows()}
COLUMNS = ["timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount"]
PEER = Path(__file__).with_name("features_peer.py")


class Timed(State):
    """A state that tells how long the numbering of accounts took. :ivar numbering: CPU seconds"""

    numbering = 0.0
    last: tuple[Any, Any, Any]

    def _number(self, given: batch.Batch) -> tuple[Any, Any, Any]:
        begun = time.process_time()
        self.last = super()._number(given)
        self.numbering += time.process_time() - begun
        return self.last


def whole(table: pa.Table, windows: Windows, cells: np.ndarray[Any, Any]) -> dict[str, Any]:
    """All of a table, a piece at a time."""
    state, reading, begun, clock = Timed(windows), 0.0, time.process_time(), time.monotonic()
    for at in range(0, len(table), PIECE):
        started = time.process_time()
        given = batch.read(table.slice(at, PIECE))
        reading += time.process_time() - started
        state.extend_batch(given, cells)
    cpu = time.process_time() - begun
    return {
        "payments": len(table),
        "accounts": state.accounts,
        "columns": len(state.names),
        "per_cpu_second": round(len(table) / cpu),
        "without_reading_and_numbering": round(len(table) / (cpu - reading - state.numbering)),
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(time.monotonic() - clock, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def stream(table: pa.Table, windows: Windows, size: int, warm: int, measured: int) -> dict[str, Any]:
    """Batches of one size, after a state has seen `warm` payments."""
    state = State(windows)
    for at in range(0, warm, PIECE):
        state.extend(table.slice(at, min(PIECE, warm - at)))
    parts = [table.slice(at, size).combine_chunks().to_batches()[0] for at in range(warm, warm + measured, size)]
    cells = np.zeros((size, len(state.names)), np.float32)
    for part in parts[:20]:
        state.extend(part, cells)
    took, spent, begun = [], [], time.process_time()
    for part in parts[20:]:
        clock, processor = time.perf_counter(), time.thread_time()
        state.extend(part, cells)
        took.append(time.perf_counter() - clock)
        spent.append(time.thread_time() - processor)
    cpu, n = time.process_time() - begun, sum(map(len, parts[20:]))
    return {
        "batch": size,
        "after": warm,
        "payments": n,
        "per_cpu_second": round(n / cpu),
        "per_second": round(n / sum(took)),
        "ms_median": round(float(np.median(took)) * 1e3, 3),
        "ms_p99": round(float(np.percentile(took, 99)) * 1e3, 3),
        "ms_most": round(max(took) * 1e3, 1),
        "cpu_ms_p99": round(float(np.percentile(spent, 99)) * 1e3, 3),
        "cpu_ms_most": round(max(spent) * 1e3, 1),
    }


def peer(python: str, table: pa.Table, name: str, rows: int) -> dict[str, Any]:
    """The first rows by the peer, in a process of its own."""
    table = table.slice(0, rows)
    state = Timed(Windows())
    state.extend(table)
    payer, payee, _ = state.last
    at = table["timestamp"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_numpy()
    given = np.column_stack([np.arange(len(at)), payer, payee, at, table["amount"].to_numpy()]).astype(np.float64)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/edges.npy", given)
        done = subprocess.run(
            [python, str(PEER), f"{folder}/edges.npy", name], capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("payments", nargs="+", type=Path)
    parser.add_argument("--windows", choices=WINDOWS, default="short")
    parser.add_argument("--stream", nargs="*", type=int, default=[])
    parser.add_argument("--peer")
    parser.add_argument("--peer-rows", type=int, default=300_000)
    given = parser.parse_args()
    windows = WINDOWS[given.windows]
    for path in given.payments:
        table = pq.read_table(path, columns=COLUMNS)
        cells = np.zeros((min(PIECE, len(table)), len(State(windows).names)), np.float32)
        whole(table.slice(0, PIECE), windows, cells)
        ours = whole(table, windows, cells)
        tell("features", file=path.name, windows=given.windows, **ours)
        for size in given.stream:
            warm = len(table) * 3 // 5
            tell("stream", file=path.name, windows=given.windows,
                 **stream(table, windows, size, warm, min(400_000, len(table) - warm)))  # fmt: skip
        if given.peer:
            theirs = peer(given.peer, table, given.windows, given.peer_rows)
            ratio = ours["without_reading_and_numbering"] / theirs["per_cpu_second"]
            with_all = ours["per_cpu_second"] / theirs["per_cpu_second"]
            tell("peer", file=path.name, windows=given.windows, **theirs, ratio=round(ratio, 1),
                 ratio_with_reading=round(with_all, 1))  # fmt: skip


if __name__ == "__main__":
    main()
