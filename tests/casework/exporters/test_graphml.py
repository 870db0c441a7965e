"""The link chart, read back by another program's reader."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import igraph

from counterflow.casework.export import Tally
from counterflow.casework.exporters.graphml import EXPORTER
from counterflow.casework.selection import Selection
from counterflow.testing import ExporterContract


def test_igraph_reads_nodes_edges_and_their_attributes(tmp_path: Path) -> None:
    out = BytesIO()
    EXPORTER.write(Selection(ExporterContract().world()), out, Tally())
    path = tmp_path / "chart.graphml"
    path.write_bytes(out.getvalue())
    graph = igraph.Graph.Read_GraphML(str(path))
    assert graph["handling"] == "TLP:CLEAR"
    assert sorted(graph.vs["name"]) == ["c:apart", "c:firm", "c:owner"]
    owns = graph.es.find(link="c:own")
    assert (graph.vs[owns.source]["name"], graph.vs[owns.target]["name"]) == ("c:owner", "c:firm")
    assert (owns["label"], owns["start"], owns["stance"], owns["grade"]) == ("owns", "2016-09", "asserts", "B2")
    assert (owns["conflict"], owns["verified"], owns["handling"]) == ("C01", True, "TLP:CLEAR")
    assert graph.is_directed()


def test_named_entities_bring_their_neighbours() -> None:
    scope = ExporterContract().world()
    assert set(Selection(scope, ["c:firm"]).entities) == {"c:firm", "c:owner"}
    assert set(Selection(scope, ["c:apart"]).entities) == {"c:apart"}
