"""Chains against networkx-free oracles: breadth first by hand, every simple chain by enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.network import grouping, paths
from counterflow.network.graph import Columns

NODES = 7
ends = st.integers(0, NODES - 1)
edges = st.lists(
    st.tuples(ends, ends, st.integers(1, 6), st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=14
)
Edge = tuple[int, int, int, int, int, bool]


def columns(rows: list[Edge]) -> Columns:
    """(source, target, cost, start, days it holds, may a chain run through it)"""
    part = [np.array([row[i] for row in rows], np.int32) for i in range(5)]
    return Columns(
        NODES, part[0], part[1], part[3], part[3] + part[4], np.zeros(len(rows), np.int8), part[2].astype(float),
        np.array([row[5] for row in rows], bool),
    )  # fmt: skip


def other(rows: list[Edge], link: int, node: int) -> int:
    return rows[link][1] if rows[link][0] == node else rows[link][0]


def simple_chains(rows: list[Edge], source: int, target: int) -> list[list[int]]:
    """Every chain of ways without a node twice."""
    found: list[list[int]] = []

    def go(node: int, seen: set[int], chain: list[int]) -> None:
        if node == target:
            found.append(chain)
            return
        for link, row in enumerate(rows):
            if row[5] and node in row[:2] and row[0] != row[1] and other(rows, link, node) not in seen:
                go(other(rows, link, node), seen | {other(rows, link, node)}, [*chain, link])

    go(source, {source}, [])
    return found


@settings(max_examples=150, deadline=None)
@given(edges, st.sets(ends, min_size=1, max_size=3))
def test_nearest_is_the_fewest_links_and_among_them_the_best_weakest(rows: list[Edge], seeds: set[int]) -> None:
    graph = columns(rows)
    found = paths.nearest(graph, np.array(sorted(seeds), np.int32), graph.way)
    for node in range(NODES):
        chains = [c for seed in seeds for c in simple_chains(rows, node, seed)]
        if not chains:
            assert found.hops[node] == -1
            continue
        fewest = min(len(c) for c in chains)
        best = min(max((rows[k][2] for k in c), default=0) for c in chains if len(c) == fewest)
        chain = found.chain(graph, node)
        assert (len(chain), found.hops[node]) == (fewest, fewest)
        assert found.worst[node] == best == max((rows[k][2] for k in chain), default=0)
        at = node
        for link in chain:
            at = other(rows, link, at)
        assert at == found.seed[node] in seeds


@settings(max_examples=100, deadline=None)
@given(edges, ends, ends, st.integers(1, 5))
def test_the_likeliest_chains_are_the_cheapest_of_all_in_order(
    rows: list[Edge], source: int, target: int, count: int
) -> None:
    graph = columns(rows)
    found = paths.likeliest(graph, source, target, graph.way, count)
    if source == target:
        assert found == []
        return
    by_nodes: dict[tuple[int, ...], int] = {}
    for chain in simple_chains(rows, source, target):
        nodes = [source]
        for link in chain:
            nodes.append(other(rows, link, nodes[-1]))
        cost = sum(rows[k][2] for k in chain)
        by_nodes[tuple(nodes)] = min(cost, by_nodes.get(tuple(nodes), cost))
    assert [round(cost) for cost, _ in found] == sorted(by_nodes.values())[:count]
    assert len({tuple(chain) for _, chain in found}) == len(found)
    for cost, chain in found:
        assert math.isclose(cost, sum(rows[k][2] for k in chain))


@settings(max_examples=100, deadline=None)
@given(edges, ends, ends)
def test_a_chain_in_time_uses_each_link_no_earlier_than_the_one_before(
    rows: list[Edge], source: int, target: int
) -> None:
    graph = columns(rows)

    def arrival(chain: list[int]) -> float:
        day = 0
        for link in chain:
            day = max(day, rows[link][3])
            if day > rows[link][3] + rows[link][4]:
                return math.inf
        return day

    chains = simple_chains(rows, source, target)
    best = min((arrival(c) for c in chains), default=math.inf)
    found = paths.in_time(graph, source, target, graph.way, 0, 1000)
    assert (found is None) == (best == math.inf)
    if found is not None:
        assert arrival(found) == best
        assert paths.in_time(graph, source, target, graph.way, 0, int(best)) is not None
        assert best == 0 or paths.in_time(graph, source, target, graph.way, 0, int(best) - 1) is None


def test_time_forbids_a_chain_whose_links_never_met() -> None:
    rows: list[Edge] = [(0, 1, 1, 10, 5, True), (1, 2, 1, 0, 5, True)]
    graph = columns(rows)
    assert paths.shortest(graph, 0, 2, graph.way) == [0, 1]
    assert paths.in_time(graph, 0, 2, graph.way, 0, 100) is None
    assert paths.in_time(graph, 2, 0, graph.way, 0, 100) == [1, 0]
    assert paths.in_time(graph, 2, 0, graph.way, 0, 100, directed=True) is None


def test_no_chain_and_the_same_end() -> None:
    graph = columns([(0, 1, 1, 0, 0, True)])
    assert paths.shortest(graph, 0, 0, graph.way) == []
    assert paths.shortest(graph, 0, 3, graph.way) is None
    assert paths.likeliest(graph, 0, 3, graph.way, 3) == []
    assert paths.in_time(graph, 0, 3, graph.way, 0, 9) is None


@pytest.mark.slow
def test_compiled_kernels_say_what_plain_ones_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same register and graph, once by plain Python and once by what numba makes of it."""
    from counterflow.network import control, holdings, regime
    from network.test_control import owns, table

    rng = np.random.default_rng(7)
    rows: list[Edge] = [
        (int(a), int(b), int(c), int(d), int(e), bool(f))
        for a, b, c, d, e, f in zip(*(rng.integers(0, n, 14) for n in (NODES, NODES, 6, 9, 9, 2)), strict=True)
    ]
    held = [
        owns(f"n{rng.integers(30):02}", f"n{rng.integers(30):02}", int(low), int(low) + int(more))
        for low, more in zip(rng.integers(0, 60, 90), rng.integers(0, 40, 90), strict=True)
    ]
    told = []
    for bound in (10**9, 1):
        for module in (
            grouping,
            paths,
            holdings,
            control,
            __import__("counterflow.network.propagation", fromlist=["x"]),
        ):
            if hasattr(module, "COMPILE_FROM"):
                monkeypatch.setattr(module, "COMPILE_FROM", bound)
        graph = columns(rows)
        near = paths.nearest(graph, np.array([0, 3], np.int32), graph.way)
        made = holdings.holdings_of(table(held), None)
        answers = [
            control.Control(made, {"n00": True, "n01": False}, regime.get(name).rule(None)).answer(f"n{n:02}")
            for name, n in itertools.product(("ofac", "uk"), range(30))
        ]
        told.append((near.hops.tolist(), near.via.tolist(), near.worst.tolist(), answers))
    assert told[0] == told[1]
