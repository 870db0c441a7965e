"""Sanctions lists: read and ingested, beside lxml or pyarrow reading the bare file, and beside `followthemoney` loading
the same entities into its proxies.

usage: lists.py FILE…

The `followthemoney` package (with PyICU) is that of the Python named by FTM_PYTHON, or of this one; without it that
part is left out, and says so.

Processor seconds. The third part takes what the reader tells, already split into properties, from JSON lines: no XML or
CSV is parsed there. `proxies` adds each value to a proxy, which cleans it; `statements` then makes statements of them,
each with its id, and writes them as CSV: what comes nearest to a ledger.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from counterflow.sources.reader import Statements
from counterflow.sources.recognise import recognise
from counterflow.workspace import Workspace
from measured import tell

FTM = """
import csv, json, sys, time
from followthemoney import model
from followthemoney.statement import Statement
model.get("Person").properties["name"].type.clean("Kim")
began = time.process_time()
proxies = []
for line in open(sys.argv[1], encoding="utf-8"):
    told = json.loads(line)
    proxy = model.make_entity(told["schema"])
    proxy.id = told["id"]
    for name, values in told["properties"].items():
        if name in proxy.schema.properties and not proxy.schema.properties[name].stub:
            for value in values:
                proxy.add(name, value)
    proxies.append(proxy)
loaded = time.process_time() - began
with open(sys.argv[2], "w", encoding="utf-8") as out:
    rows = csv.writer(out)
    count = 0
    for proxy in proxies:
        for prop, value in proxy.itervalues():
            statement = Statement(proxy.id, prop.name, proxy.schema.name, value, "list")
            rows.writerow(statement.to_csv_row().values())
            count += 1
print(json.dumps({"proxies": loaded, "statements": time.process_time() - began, "count": count}))
"""
MISSING = "left out: no Python with the followthemoney package (name one with FTM_PYTHON)"


def bare(path: Path) -> tuple[str, float]:
    """Seconds for lxml to parse an XML file and visit its elements, or pyarrow to parse CSV files."""
    began = time.process_time()
    if path.is_file() and ".xml" in path.name:
        from lxml import etree

        from counterflow.sources.xml_stream import Mended

        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            for _, element in etree.iterparse(Mended(stream)):
                _ = element.text
        return "lxml", time.process_time() - began
    import pyarrow.csv as arrow

    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        arrow.read_csv(
            file,
            read_options=arrow.ReadOptions(autogenerate_column_names=True, use_threads=False),
            parse_options=arrow.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _: "skip"),
        )
    return "pyarrow", time.process_time() - began


def told(path: Path, out: Path) -> float:
    """Write what the reader tells as entities. Returns the seconds that reading took."""
    began = time.process_time()
    records = [r for r in recognise(path).read(path, {}) if isinstance(r, Statements)]
    seconds = time.process_time() - began
    with out.open("w", encoding="utf-8") as stream:
        for record in records:
            properties: dict[str, list[str]] = {}
            for said in record.said:
                properties.setdefault(said.property, []).append(said.value)
            stream.write(json.dumps({"id": record.subject, "schema": record.schema, "properties": properties}) + "\n")
    return seconds


def followthemoney(entities: Path, room: Path) -> dict[str, float] | str:
    """Seconds of the package, in a process of its own."""
    python = os.environ.get("FTM_PYTHON", sys.executable)
    done = subprocess.run(
        [python, "-c", FTM, str(entities), str(room / "statements.csv")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        missing = "ModuleNotFoundError" in done.stderr
        return MISSING if missing else done.stderr.strip().splitlines()[-1]
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(paths: list[Path]) -> None:
    """One line a list: the second of two turns, when all is loaded."""
    for path in paths:
        with tempfile.TemporaryDirectory() as place:
            room = Path(place)
            for turn in range(2):
                workspace = Workspace.create(room / f"workspace-{turn}")
                began = time.process_time()
                report = workspace.ingest(path)
                ours = time.process_time() - began
                how, alone = bare(path)
                read = told(path, room / "entities.jsonl")
            theirs = followthemoney(room / "entities.jsonl", room)
            figures: dict[str, object] = {"followthemoney": theirs}
            if isinstance(theirs, dict):
                figures = {f"ftm_{name}": round(value, 2) for name, value in theirs.items()}
                figures |= {
                    f"ftm_{name}_over_ours": round(theirs[name] / ours, 2) for name in ("proxies", "statements")
                }
            tell(
                f"ingest {path.name}",
                claims=report.claims,
                cpu_seconds=round(ours, 2),
                of_it_reading=round(read, 2),
                **{f"{how}_alone": round(alone, 3)},
                ours_over_alone=round(ours / alone, 1),
                **figures,
            )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
