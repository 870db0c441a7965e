"""Claims of one entity out of ten million, and a full rebuild of the search index over the entities they speak of.

usage: lookup.py [CLAIMS]     10,000,000; four fifths in one edition, the rest in a hundred small ones
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import many_claims
from counterflow.claims.ingest import EVERYTHING
from counterflow.entities.names import number_tokens, search_tokens
from counterflow.pipeline import Line
from counterflow.storage.search import SqliteSearch
from measured import tell

TURNS = 200
OF_ONE = 3
"""Referents of the entity that is looked up."""


def quantiles(ask: Callable[[list[str]], Any], subjects: int) -> dict[str, float]:
    """Milliseconds of `TURNS` lookups, processor and wall."""
    rng = random.Random(39)
    cpu, wall = [], []
    for _ in range(TURNS):
        wanted = [f"register:{rng.randrange(subjects)}" for _ in range(OF_ONE)]
        began, clock = time.process_time(), time.perf_counter()
        ask(wanted)
        cpu.append((time.process_time() - began) * 1000)
        wall.append((time.perf_counter() - clock) * 1000)
    return {
        f"{name}_{share}_ms": round(sorted(found)[int(len(found) * at)], 1)
        for name, found in (("cpu", cpu), ("wall", wall))
        for share, at in (("median", 0.5), ("p95", 0.95))
    }


def entries(line: Line, subjects: int) -> Iterator[tuple[str, list[str], float]]:
    """What the index stage makes of entities: names with their readings, numbers and ids."""
    claims = line.scope.table("claims")
    wanted = claims.filter(claims.prop_type.isin(["name", "identifier"])).select("subject", "prop_type", "value")
    for batch in line.scope.batches(wanted):
        for row in batch.to_pylist():
            tokens = search_tokens if row["prop_type"] == "name" else number_tokens
            yield row["subject"], tokens(row["value"]), 0.5
    for n in range(subjects):
        yield f"register:{n}", number_tokens(f"register:{n}"), 0.5


def main(total: int) -> None:
    """Make, gather, look up, index."""
    subjects = total // many_claims.OF_EACH
    with tempfile.TemporaryDirectory() as room:
        workspace = many_claims.make(Path(room) / "workspace", total)
        line = Line(workspace.store, workspace.settings, workspace.path / "derived", EVERYTHING)
        began = time.process_time()
        line.run("gather")
        tell("gather the claims in force", claims=total, cpu_seconds=round(time.process_time() - began, 1))
        tell("claims of an entity", claims=total, referents=OF_ONE,
             **quantiles(lambda wanted: line.scope.find("claims", "subject", wanted), subjects))  # fmt: skip
        began, clock = time.process_time(), time.perf_counter()
        SqliteSearch.build(Path(room) / "search.sqlite", entries(line, subjects))
        tell(
            "rebuild of the search index",
            claims=total,
            entities=subjects,
            cpu_seconds=round(time.process_time() - began, 1),
            wall_seconds=round(time.perf_counter() - clock, 1),
            megabytes=round((Path(room) / "search.sqlite").stat().st_size / 1e6),
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
