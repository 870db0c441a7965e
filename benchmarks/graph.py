"""The temporal graph at size, on the same generated register: building, as-of rebuild, neighbourhoods, nearest listed.

usage: graph.py [LINKS…]      default 100000 1000000 10000000; CPU seconds of one process, kernels compiled before

The nearest listed party of every node is found three times: here, by igraph (breadth first from one node tied to all
listed ones) and by DuckDB (one join a hop); the hops have to be equal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.network import paths
from counterflow.network.graph import Columns, Graph
from counterflow.storage.tables import DERIVED
from measured import tell
from register import Register, register

AS_OF = "2023-05-23"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def table(r: Register) -> pa.Table:
    """The register as a links table, names and dates as text."""

    def named(nodes: Any) -> Any:
        return pc.binary_join_element_wise("r:e", pc.utf8_lpad(pa.array(nodes).cast(pa.string()), 8, "0"), "")

    def day(days: Any) -> Any:
        shown = pa.array(np.datetime64("1970-01-01") + days.astype("timedelta64[D]")).cast(pa.string())
        return pc.if_else(pa.array(days < 100_000), shown, None)

    def same(value: Any, type: pa.DataType) -> Any:
        return pa.array([value], type).take(pa.array(np.zeros(len(r), np.int8)))

    rows = {
        "link": pc.binary_join_element_wise("r:h", pa.array(np.arange(len(r))).cast(pa.string()), ""),
        "schema": same("Ownership", pa.string()), "stance": same("asserts", pa.string()),
        "reliability": same("A", pa.string()), "credibility": same(1, pa.int8()), "origins": same(1, pa.int64()),
        "source": named(r.owner), "target": named(r.owned), "start": day(r.start), "end": day(r.end),
    }  # fmt: skip
    return DERIVED["links"].conform(pa.table(rows))


def by_igraph(columns: Columns, rows: Any, seeds: Any) -> tuple[float, float, Any]:
    import igraph

    n = columns.nodes
    ends = np.stack(
        [np.append(columns.source[rows], np.full(len(seeds), n)), np.append(columns.target[rows], seeds)], 1
    )
    build, graph = timed(lambda: igraph.Graph(n=n + 1, edges=ends, directed=False))
    search, found = timed(lambda: np.array(graph.distances(source=n)[0]))
    return build, search, np.where(np.isfinite(found[:n]), found[:n] - 1, -1)


def by_duckdb(columns: Columns, rows: Any, seeds: Any) -> tuple[float, Any]:
    import duckdb

    source, target = columns.source[rows], columns.target[rows]
    edges = pa.table({"a": np.concatenate([source, target]), "b": np.concatenate([target, source])})
    db = duckdb.connect()
    db.execute("SET threads = 1")
    db.register("edges", edges)

    def work() -> Any:
        db.execute("CREATE TABLE e AS SELECT * FROM edges")
        db.execute("CREATE TABLE reached AS SELECT s AS node, 0 AS hops FROM (SELECT unnest(?) AS s)", [seeds.tolist()])
        hop = 0
        while True:
            hop += 1
            before = db.execute("SELECT count(*) FROM reached").fetchone()[0]
            db.execute(
                f"INSERT INTO reached SELECT DISTINCT e.b, {hop} FROM e JOIN reached r ON e.a = r.node AND "
                f"r.hops = {hop - 1} WHERE e.b NOT IN (SELECT node FROM reached)"
            )
            if db.execute("SELECT count(*) FROM reached").fetchone()[0] == before:
                return db.execute("SELECT node, hops FROM reached ORDER BY node").to_arrow_table()

    seconds, found = timed(work)
    hops = np.full(columns.nodes, -1)
    hops[found["node"].to_numpy()] = found["hops"].to_numpy()
    return seconds, hops


def measure(links: int) -> None:
    r = register(links)
    every = table(r)
    Graph(every.slice(0, 200_000)).columns.both  # noqa: B018, compiled now
    built, graph = timed(lambda: Graph(every))
    held = graph.as_of(AS_OF)

    def rebuilt() -> Columns:
        """The graph of one day alone: its links, both directions."""
        c, on = graph.columns, np.flatnonzero(graph.as_of(AS_OF))
        fresh = Columns(c.nodes, c.source[on], c.target[on], c.start[on], c.end[on], c.kind[on], c.cost[on], c.way[on])
        assert len(fresh.out[0]) == len(fresh.into[0])
        return fresh

    rebuild, _ = timed(rebuilt)
    adjacency, _ = timed(lambda: graph.columns.both)
    assert len(graph.degree)
    rng = np.random.default_rng(1)
    took = []
    for node in rng.integers(0, len(graph.nodes), 200).tolist():
        began = time.process_time()
        graph.neighbourhood(str(graph.nodes[node]), 3, AS_OF, 300)
        took.append(time.process_time() - began)
    names = (f"r:e{n:08}" for n in r.listed.tolist())
    seeds = np.unique([graph.index[name] for name in names if name in graph.index]).astype(np.int32)
    ways = graph.ways(held)
    paths.nearest(graph.columns, seeds, ways)
    ours, near = timed(lambda: paths.nearest(graph.columns, seeds, ways))
    on = np.flatnonzero(ways)
    igraph_build, igraph_search, igraph_hops = by_igraph(graph.columns, on, seeds)
    duckdb_seconds, duckdb_hops = by_duckdb(graph.columns, on, seeds)
    tell(
        "temporal graph",
        links=len(r), nodes=len(graph.nodes), listed=len(seeds), build_from_text_cpu_seconds=round(built, 2),
        as_of_rebuild_cpu_seconds=round(rebuild, 2), adjacency_cpu_seconds=round(adjacency, 2),
        neighbourhood_3_hops_p50_ms=round(float(np.percentile(took, 50)) * 1e3, 1),
        neighbourhood_3_hops_p95_ms=round(float(np.percentile(took, 95)) * 1e3, 1),
        nearest_of_all_cpu_seconds=round(ours, 3), igraph_build_cpu_seconds=round(igraph_build, 2),
        igraph_search_cpu_seconds=round(igraph_search, 2), duckdb_cpu_seconds=round(duckdb_seconds, 2),
        hops_equal=bool((near.hops == igraph_hops).all() and (near.hops == duckdb_hops).all()),
        reached=int((near.hops >= 0).sum()), most_hops=int(near.hops.max()),
    )  # fmt: skip


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000, 10_000_000]:
        measure(size)
