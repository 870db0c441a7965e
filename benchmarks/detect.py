"""Payments from file to findings: processor and wall seconds of ingest and of each stage and typology, peak memory; and
what a further delivery costs.

``detect.py PAYMENTS.parquet [SHARE]``: a table as `payments_like` writes it. The last SHARE of it by time (default
0.01) is ingested apart, after the rest, and what is searched again is told beside the whole.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from counterflow.workspace import Workspace
from measured import machine


def watch(what: str) -> Any:
    """Prints what the steps between its calls took."""
    began = [what, time.process_time(), time.perf_counter()]

    def told(step: str, _done: float = 0.0) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        if cpu - began[1] >= 0.1 or "stand" in began[0]:
            print(f"{began[0]:36} {cpu - began[1]:7.1f} CPU-s {wall - began[2]:7.1f} s {peak:5.2f} GiB", flush=True)
        began[:] = [step, cpu, wall]

    return told


def deliver(workspace: Workspace, path: Path) -> int:
    """Ingest a file, make every stage; returns how many findings there are."""
    told = watch(f"ingest {path.stem}")
    workspace.ingest(path)
    told("open")
    made = workspace.line(None, True).run("detect", told)
    told("end")
    with (made[-1].folder / "findings.jsonl").open(encoding="utf-8") as file:
        return sum(1 for _ in file)


def split(table: str, share: float, folder: Path) -> None:
    """The payments in two files, in a process of its own: its memory is not the measured one's."""
    rows = pq.read_table(table).sort_by("timestamp")
    cut = len(rows) - round(len(rows) * share)
    pq.write_table(rows.slice(0, cut), folder / "most.parquet")
    pq.write_table(rows.slice(cut), folder / "rest.parquet")


def main() -> None:
    """See the module."""
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parted = multiprocessing.get_context("spawn").Process(target=split, args=(sys.argv[1], share, folder))
        parted.start()
        parted.join()
        workspace = Workspace.create(folder / "w")
        for part in ("most", "rest"):
            print(json.dumps({"delivery": part, "findings": deliver(workspace, folder / f"{part}.parquet")}))
    print(json.dumps(machine()))


if __name__ == "__main__":
    main()
