"""Merging two collectors: the exact fact about cuts, the exposure that turns it, and a case without a merger."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.case import scope, small_case
from counterflow.assessment import merger
from counterflow.assessment.interdiction import Action, Plan, interdict
from counterflow.assessment.measures import catalogue
from counterflow.assessment.merger import Division, contract, merged_or_split
from counterflow.assessment.mincut import Kernel, Network
from counterflow.assessment.money_flow import estimate


def random_network(seed: int) -> tuple[Network, list[Action]]:
    """Two collectors, nodes 1 and 2, between random nodes; a third of the arcs can be measured against."""
    rng = np.random.default_rng(seed)
    nodes, arcs = int(rng.integers(5, 9)), int(rng.integers(8, 22))
    tail = rng.integers(0, nodes, arcs)
    head = (tail + rng.integers(1, nodes, arcs)) % nodes
    net = Network(tuple(map(str, range(nodes))), tail, head, rng.integers(0, 20, arcs).astype(float), 0, nodes - 1)
    some = np.flatnonzero(rng.random(arcs) < 0.35)
    return net, [Action(str(a), float(rng.integers(1, 5)), (int(a),), float(rng.uniform(0.2, 1))) for a in some]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 10))
def test_a_merger_never_lowers_what_measures_against_arcs_leave(seed: int, budget: int) -> None:
    net, actions = random_network(seed)
    whole = contract(net, 1, 2)
    assert Kernel(whole).cut(whole.capacity).value >= Kernel(net).cut(net.capacity).value - 1e-9
    split, merged = (interdict(n, actions, budget).objective for n in (net, whole))
    assert merged >= split - 1e-6


@pytest.fixture(scope="module")
def asked() -> dict:
    made = scope(small_case().records)
    flow = estimate(made)
    division = Division("case:other", "The Other", ("case:fund",))
    return {"flow": flow, "measures": catalogue(made, flow), "division": division, "budget": 20, "cases": 2}


@pytest.fixture(scope="module")
def answer(asked: dict) -> dict:
    return merged_or_split(**asked)


def test_curves_fall_and_the_theorem_holds_in_print(answer: dict) -> None:
    by = {(c["how"], c["measures"]): c["points"] for c in answer["curves"]}
    assert len(by) == 4
    for points in by.values():
        left = [p["central"] for p in points]
        assert left == sorted(left, reverse=True)
        assert all(p["low"] <= p["central"] <= p["high"] for p in points)
    for split, merged in zip(by["split", "arcs"], by["merged", "arcs"], strict=True):
        assert merged["central"] >= split["central"] - 1e-3


def test_a_plan_for_less_stands_where_one_for_more_was_stopped(
    monkeypatch: pytest.MonkeyPatch, asked: dict, answer: dict
) -> None:
    """A slow moment must show as a plan not proven, never as more money that does less."""

    def slow(net: Network, actions: list[Action], budget: float, *, time_limit: float) -> Plan:
        return interdict(net, actions, budget, time_limit=0 if budget == 20 else None)

    monkeypatch.setattr(merger, "interdict", slow)
    found = merged_or_split(**asked)
    for curve in found["curves"]:
        left = [p["central"] for p in curve["points"]]
        assert left == sorted(left, reverse=True)
        assert left[2] == left[1] < left[0]
    assert "stopped by the time limit" in found["note"]
    assert "stopped by the time limit" not in answer["note"]


def test_exposure_turns_the_sign(answer: dict) -> None:
    for row in answer["sign"]:
        assert row["points"][0]["central"] >= -1e-3  # at no exposure only arcs count, and the merger cannot help us
    assert any(p["central"] < -0.5 for row in answer["sign"] for p in row["points"])
    assert any(f["exposure"] for f in answer["flips_at"])


def test_without_a_flow_it_says_so() -> None:
    made = scope(small_case().records[:3])
    flow = estimate(made)
    assert merged_or_split(flow, [], Division("x", "X"))["why_empty"]
