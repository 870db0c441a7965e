"""Plain tables on public sets: precision, recall and F1 of pairs, CPU seconds, and the recall that the run reckons.

``generic.py FOLDER [SET…]``: a folder with `splink_historical_figures_50k.parquet`, `splink_fake_1000.csv.gz`,
`febrl_dataset4a.csv.gz`, `febrl_dataset4b.csv.gz` and `leipzig_D4/` (acm, dblp, gt), as their publishers have them.
What the columns mean is said in `columns/`; nothing is learnt from the labels. The halves are by a hash of the true
party, and each is resolved by itself: whoever changes the engine looks at ``--half 0`` and reports ``--half 1``.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from counterflow.entities.plain.files import read
from counterflow.entities.plain.resolve import resolve
from counterflow.entities.plain.spec import read as spec_of
from tables import agreement

COLUMNS = Path(__file__).parent / "columns"
Tables = list[tuple[str, pa.Table]]


def historical(folder: Path) -> tuple[Tables, list[str]]:
    """50,000 records of historical persons with errors, from Wikidata."""
    table = read(folder / "splink_historical_figures_50k.parquet")
    return [("historical", table)], table["cluster"].to_pylist()


def fake_1000(folder: Path) -> tuple[Tables, list[str]]:
    """1,000 invented persons with many gaps."""
    table = read(folder / "splink_fake_1000.csv.gz")
    return [("fake", table)], table["cluster"].to_pylist()


def febrl4(folder: Path) -> tuple[Tables, list[str]]:
    """5,000 invented persons, twice."""
    tables = [(half, read(folder / f"febrl_dataset4{half}.csv.gz")) for half in "ab"]
    return tables, [i.strip().split("-")[1] for _, t in tables for i in t["rec_id"].to_pylist()]


def dblp_acm(folder: Path) -> tuple[Tables, list[str]]:
    """Papers of two bibliographies."""
    acm, dblp, same = (read(folder / "leipzig_D4" / f"{name}.csv.gz") for name in ("acm", "dblp", "gt"))
    of = dict(zip(same["D2"].to_pylist(), same["D1"].to_pylist(), strict=True))
    if not set(of.values()) <= set(acm["id"].to_pylist()) or not set(of) <= set(dblp["id"].to_pylist()):
        of = dict(zip(same["D1"].to_pylist(), same["D2"].to_pylist(), strict=True))
    left = [f"a{i}" for i in acm["id"].to_pylist()]
    right = [f"a{of[i]}" if i in of else f"d{i}" for i in dblp["id"].to_pylist()]
    return [("acm", acm), ("dblp", dblp)], left + right


SETS = {"historical": historical, "fake_1000": fake_1000, "febrl4": febrl4, "dblp_acm": dblp_acm}


def half_of(tables: Tables, truth: list[str], half: int) -> tuple[Tables, list[str]]:
    """The records of half the parties."""
    mine = [zlib.crc32(t.encode()) % 2 == half for t in truth]
    out, at = [], 0
    for name, table in tables:
        out.append((name, table.filter(pa.array(mine[at : at + len(table)]))))
        at += len(table)
    return out, [t for t, here in zip(truth, mine, strict=True) if here]


def main(arguments: list[str]) -> None:
    """Print one line of JSON for each set."""
    halves = [None]
    if "--half" in arguments:
        at = arguments.index("--half")
        halves, arguments = [int(arguments[at + 1])], arguments[:at] + arguments[at + 2 :]
    folder, *wanted = arguments
    for name in wanted or SETS:
        for half in halves:
            tables, truth = SETS[name](Path(folder))
            if half is not None:
                tables, truth = half_of(tables, truth, half)
            start = time.process_time()
            found = resolve(tables, spec_of(COLUMNS / f"{name}.yaml"))
            cpu = round(time.process_time() - start, 1)
            told: dict[str, Any] = agreement(found.clusters["cluster"].to_pylist(), truth)
            row = {"set": name, "half": half, "rows": len(truth), "cpu": cpu, **told, "pairs": found.report["pairs"]}
            print(json.dumps({**row, "blocking": found.report["blocking"]["recall"]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
