"""The kernel against an oracle that shares nothing with it: SciPy's maximum flow, on whole capacities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from counterflow.assessment.mincut import Kernel, Network


def _network(nodes: int, arcs: list[tuple[int, int, float]]) -> Network:
    tail, head, capacity = (np.array(column) for column in zip(*arcs, strict=True))
    return Network(tuple(map(str, range(nodes))), tail, head, capacity.astype(float), 0, nodes - 1)


def _arcs(top: int) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    node = st.integers(0, top)
    return st.lists(st.tuples(node, node, st.integers(0, 9)), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 8).flatmap(lambda top: st.tuples(st.just(top + 1), _arcs(top))))
def test_the_flow_is_that_of_scipy(case: tuple[int, list[tuple[int, int, int]]]) -> None:
    nodes, arcs = case
    matrix = np.zeros((nodes, nodes), np.int32)
    for tail, head, capacity in arcs:
        if tail != head:
            matrix[tail, head] += capacity
    expected = maximum_flow(csr_array(matrix), 0, nodes - 1).flow_value
    net = _network(nodes, arcs)
    cut, flow = Kernel(net).flow(net.capacity)
    assert cut.value == expected
    assert (flow >= 0).all() and (flow <= net.capacity).all()
    balance = np.bincount(net.head, flow, nodes) - np.bincount(net.tail, flow, nodes)
    assert balance[-1] == expected
    assert (balance[1:-1] == 0).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_with_real_capacities_the_flow_fills_the_cut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 40))
    ends = rng.integers(0, nodes, (4 * nodes, 2))
    net = _network(nodes, [(int(a), int(b), c) for (a, b), c in zip(ends, rng.exponential(10, len(ends)), strict=True)])
    kernel = Kernel(net)
    cut, flow = kernel.flow(net.capacity)
    far = kernel.far(net.capacity)
    assert far[0] == 0 and far[-1] == 1
    assert flow[cut.arcs] == pytest.approx(net.capacity[cut.arcs])
    assert flow[np.flatnonzero((far[net.tail] == 1) & (far[net.head] == 0))] == pytest.approx(0)
    assert np.bincount(net.head, flow, nodes)[-1] - np.bincount(net.tail, flow, nodes)[-1] == pytest.approx(cut.value)


def test_the_same_kernel_answers_for_other_capacities() -> None:
    net = _network(3, [(0, 1, 5.0), (1, 2, 3.0), (0, 2, 1.0)])
    kernel = Kernel(net)
    assert kernel.cut(net.capacity).value == 4
    assert kernel.cut(np.array([2.0, 3.0, 0.5])).value == 2.5
    assert kernel.cut(np.zeros(3)).value == 0
    assert kernel.cut(net.capacity).value == 4
