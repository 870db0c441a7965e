"""Readers of ownership registers against parsing alone: CPU seconds, ratio, records a second, growth, memory.

Each file is a fixture of the tests, its records repeated; parsing alone is `json.loads` a line, `json.load`, lxml's
iterparse, or the csv module, which throw away what they read.

usage: readers.py [TIMES …]      how often the records are repeated; several to see how it grows
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measured import tell

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for line in stream if json.loads(line))


def _array(path: Path) -> int:
    with path.open("rb") as stream:
        return len(json.load(stream))


def _xml(path: Path) -> int:
    from lxml import etree

    found = 0
    for _, element in etree.iterparse(path, tag="{*}LEIRecord"):
        found += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return found


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def _repeated(times: int, room: Path) -> list[tuple[str, Path, Callable[[Path], int]]]:
    """(reader, file, how to parse it and nothing else)."""
    bods = json.loads((FIXTURES / "bods" / "statements.json").read_text("utf-8"))[:9]
    gleif = json.loads((FIXTURES / "gleif" / "lei.json").read_text("utf-8"))["records"]
    xml = (FIXTURES / "gleif" / "lei.xml").read_text("utf-8")
    first, last = xml.index("    <lei:LEIRecord>"), xml.index("  </lei:LEIRecords>")
    psc = (FIXTURES / "uk_psc" / "snapshot.json").read_text("utf-8").splitlines()[:8]
    companies = (FIXTURES / "uk_companies" / "companies.csv").read_text("utf-8").splitlines()
    edges = (FIXTURES / "icij" / "relationships.csv").read_text("utf-8").splitlines()
    made = {
        "bods.json": json.dumps(bods * times),
        "bods.jsonl": "\n".join(json.dumps(row) for row in bods * times),
        "gleif.json": json.dumps(gleif * times),
        "gleif.xml": xml[:first] + xml[first:last] * times + xml[last:],
        "psc.jsonl": "\n".join(psc * times),
        "companies.csv": "\n".join([companies[0], *companies[1:] * times]),
        "relationships.csv": "\n".join([edges[0], *edges[1:] * times]),
    }
    for name, text in made.items():
        (room / name).write_text(text, encoding="utf-8")
    parsers = {"jsonl": _lines, "json": _array, "xml": _xml, "csv": _rows}
    readers = {"psc": "uk_psc", "companies": "uk_companies", "relationships": "icij"}
    return [
        (readers.get(name.partition(".")[0], name.partition(".")[0]), room / name, parsers[name.rpartition(".")[2]])
        for name in made
    ]


def _cpu(call: Callable[[], int]) -> tuple[float, int]:
    began = time.process_time()
    found = call()
    return time.process_time() - began, found


def main(sizes: list[int]) -> None:
    """One line for each file and size."""
    from counterflow import registry

    for times in sizes:
        with tempfile.TemporaryDirectory() as place:
            for name, path, parse in _repeated(times, Path(place)):
                reader = registry.get("readers", name)
                alone, records = _cpu(lambda parse=parse, path=path: parse(path))
                seconds, told = _cpu(lambda reader=reader, path=path: sum(1 for _ in reader.read(path, {})))
                tell(
                    f"read {path.name}", records=records, megabytes=round(path.stat().st_size / 1e6, 1), told=told,
                    cpu_seconds=round(seconds, 2), parsing_alone=round(alone, 2),
                    times_parsing=round(seconds / alone, 1), records_per_second=round(records / seconds),
                    peak_mib_so_far=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                )  # fmt: skip


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [2000])
