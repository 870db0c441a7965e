"""A change of one per cent, resolved again: CPU seconds beside those of a whole run, and whether ids stay.

``incremental.py WORKSPACE OFAC [SHARE]``: a workspace with the lists ingested, which is written to (give a copy);
OFAC's folder of CSV as it is in there. An edition is made of it in which SHARE (default 0.01) of all parties of the
workspace changed: a third get a letter of their name changed, a third a date of birth in the remarks, a sixth go, a
sixth come.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from counterflow.workspace import Workspace


def edited(source: Path, target: Path, count: int) -> None:
    """The same edition with `count` parties changed."""
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
    with gzip.open(source / "sdn.csv.gz", "rt", encoding="latin-1", newline="") as file:
        rows = file.read().splitlines(keepends=True)
    draw, gone, come = random.Random(39), set(), []
    for k, i in enumerate(draw.sample(range(len(rows) - 2), count)):
        id, _, rest = rows[i].partition(",")
        name = rest.split('"')[1] if '"' in rest else rest.split(",")[0]
        if k % 3 == 0 and len(name) > 5:
            at = draw.randrange(1, len(name) - 1)
            rows[i] = id + "," + rest.replace(name, name[:at] + draw.choice("AEIOUNRT") + name[at + 1 :], 1)
        elif k % 3 == 1:
            line, born = rows[i].rstrip("\r\n"), f" DOB {draw.randrange(1, 28):02d} Mar {draw.randrange(1940, 1990)}."
            told = line[:-1] + born if line.endswith('"') else line.rstrip()[:-3].rstrip() + f'"{born[1:]}'
            rows[i] = told + '"' + rows[i][len(line) :]
        elif k % 6 == 2:
            gone.add(i)
        else:
            come.append(f"9{id}{draw.randrange(10, 99)},{rest}")
    text = "".join(row for i, row in enumerate(rows[:-1]) if i not in gone) + "".join(come) + rows[-1]
    with gzip.open(target / "sdn.csv.gz", "wt", encoding="latin-1", newline="") as file:
        file.write(text)


def run(workspace: Workspace) -> tuple[dict[str, float], dict[str, str], dict[str, object]]:
    """CPU seconds by stage, subject → entity, and what resolution reports."""
    cost = {}
    for stage in ("gather", "resolve"):
        start = time.process_time()
        made = workspace.run(None, upto=stage)[-1]
        cost[stage] = round(time.process_time() - start, 2)
    members = pq.read_table(made.folder / "members.parquet", columns=["subject", "entity"])
    return (
        cost,
        dict(zip(*(members[name].to_pylist() for name in members.column_names), strict=True)),
        made.report or {},
    )


def main(arguments: list[str]) -> None:
    """Print a line of JSON."""
    workspace, ofac = Workspace.open(Path(arguments[0])), Path(arguments[1])
    whole, before, report = run(workspace)
    with tempfile.TemporaryDirectory() as folder:
        edited(ofac, Path(folder), int(report["parties"] * float(arguments[2] if len(arguments) > 2 else 0.01)))
        workspace.ingest(Path(folder), reader="ofac_csv", edition="2030")
    cost, after, done = run(workspace)
    start = time.process_time()
    again = Path(arguments[0]) / "derived"
    shutil.rmtree(again)
    _, fresh, _ = run(Workspace.open(Path(arguments[0])))
    kept = before.keys() & after.keys()
    print(json.dumps({
        "parties": report["parties"], "whole": whole, "changed": cost,
        "share": round(cost["resolve"] / whole["resolve"], 3),
        "same_as_whole_run": after == fresh, "whole_again": round(time.process_time() - start, 1),
        "ids_moved": sum(before[s] != after[s] for s in kept),
        **{k: done[k] for k in ("parties_read", "pairs", "pairs_compared", "parts_grown")},
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
