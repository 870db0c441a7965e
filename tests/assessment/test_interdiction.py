"""Interdiction against brute force, published optima, and the odd cases a user will type."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.assessment import exact
from counterflow.assessment.instances import solve
from counterflow.assessment.interdiction import Action, Network, frontier, interdict
from counterflow.assessment.mincut import Kernel
from counterflow.errors import UnknownName, UsageError


def network(arcs: list[tuple[int, int, float]], nodes: int) -> Network:
    tail, head, capacity = (np.array(column) for column in zip(*arcs, strict=True)) if arcs else ([], [], [])
    names = tuple(f"n{i}" for i in range(nodes))
    return Network(names, np.array(tail), np.array(head), np.array(capacity), 0, nodes - 1)


def left_over(net: Network, taken: list[Action]) -> float:
    """Maximum flow by augmenting paths in plain Python: shares no code with what is tested."""
    residual: dict[tuple[int, int], float] = {}
    for i, (a, b) in enumerate(zip(net.tail.tolist(), net.head.tolist(), strict=True)):
        capacity = float(net.capacity[i])
        for action in taken:
            if i in action.arcs and capacity:
                share = 1 - action.effect * action.success
                capacity = capacity * share if share else 0.0
        if capacity and a != b:
            residual[a, b] = residual.get((a, b), 0.0) + capacity
            residual.setdefault((b, a), 0.0)
    total = 0.0
    while path := augmenting_path(residual, net.source, net.sink):
        push = min(residual[step] for step in path)
        if math.isinf(push):
            return math.inf
        for a, b in path:
            residual[a, b] -= push
            residual[b, a] += push
        total += push
    return total


def augmenting_path(residual: dict[tuple[int, int], float], source: int, sink: int) -> list[tuple[int, int]]:
    parent, queue = {source: source}, [source]
    for node in queue:
        for (a, b), room in sorted(residual.items()):
            if a == node and b not in parent and room > 1e-9:
                parent[b] = node
                queue.append(b)
    path, node = [], sink
    while sink in parent and node != source:
        path.append((parent[node], node))
        node = parent[node]
    return path


def brute_force(
    net: Network, measures: list[Action], budget: float, must: set[str], never: set[str], budgets: dict[str, float]
) -> float:
    best = math.inf
    for r in range(len(measures) + 1):
        for chosen in itertools.combinations(measures, r):
            names = {m.name for m in chosen}
            if not must <= names or names & never or sum(m.cost for m in chosen) > budget + 1e-9:
                continue
            if any(sum(m.cost for m in chosen if m.agency == a) > limit + 1e-9 for a, limit in budgets.items()):
                continue
            best = min(best, left_over(net, list(chosen)))
    return best


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, list[Action]]:
    """Small networks with loops, cycles, parallel arcs, zero and infinite capacity; overlapping uncertain measures."""
    nodes = draw(st.integers(2, 6))
    node = st.integers(0, nodes - 1)
    capacity = st.one_of(st.integers(0, 12).map(float), st.sampled_from([math.inf, 0.5, 2.25]))
    arcs = draw(st.lists(st.tuples(node, node, capacity), min_size=1, max_size=11))
    chance = st.sampled_from([1.0, 1.0, 0.8, 0.5, 0.25, 0.0])
    measures = draw(
        st.lists(
            st.builds(
                lambda cost, hit, effect, success, agency: Action("", cost, tuple(hit), effect, success, agency),
                st.one_of(st.integers(0, 6).map(float), st.sampled_from([0.5, 1.75])),
                st.lists(st.integers(0, len(arcs) - 1), max_size=4),
                chance,
                chance,
                st.sampled_from(["fiu", "customs"]),
            ),
            max_size=7,
        )
    )
    named = [Action(f"m{i}", m.cost, m.arcs, m.effect, m.success, m.agency) for i, m in enumerate(measures)]
    return network(arcs, nodes), named


@settings(max_examples=120, deadline=None)
@given(cases(), st.integers(0, 12).map(float), st.data())
def test_equals_brute_force(case: tuple[Network, list[Action]], budget: float, data: st.DataObject) -> None:
    net, measures = case
    names = [m.name for m in measures]
    must = set(data.draw(st.lists(st.sampled_from(names), max_size=1)) if names else [])
    never = set(data.draw(st.lists(st.sampled_from(names), max_size=2)) if names else []) - must
    budgets = data.draw(st.sampled_from([{}, {"fiu": 4.0}, {"fiu": 6.0, "customs": 3.0}]))
    expected = brute_force(net, measures, budget, must, never, budgets)
    try:
        plan = interdict(net, measures, budget, must=must, never=never, budgets=budgets)
    except UsageError:
        taken = [m for m in measures if m.name in must]
        over = [sum(m.cost for m in taken if m.agency == a) > limit for a, limit in budgets.items()]
        assert sum(m.cost for m in taken) > budget or any(over)
        return
    assert plan.objective == pytest.approx(expected, abs=1e-6)
    assert plan.bound == pytest.approx(plan.objective, abs=1e-5)
    assert plan.gap == pytest.approx(0, abs=1e-6)
    assert plan.cost <= budget + 1e-9
    assert must <= set(plan.measures)
    assert not never & set(plan.measures)
    assert left_over(net, [m for m in measures if m.name in plan.measures]) == pytest.approx(plan.objective, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_more_budget_is_never_worse_and_bounds_hold(case: tuple[Network, list[Action]]) -> None:
    net, measures = case
    plans = frontier(net, measures, [0, 1, 2, 4, 8, math.inf])
    for less, more in itertools.pairwise(plans):
        assert more.objective <= less.objective + 1e-9
    assert all(p.bound <= p.objective + 1e-9 for p in plans)
    assert all(p.objective <= p.baseline + 1e-9 for p in plans)


def test_hits_of_several_measures_on_one_arc_multiply() -> None:
    net = network([(0, 1, 100.0)], 2)
    half = [Action("a", 1, (0,), success=0.5), Action("b", 1, (0,), effect=0.5)]
    assert interdict(net, half, 2).objective == pytest.approx(25)
    assert interdict(net, half, 2, expected=False).objective == pytest.approx(0)


def test_a_measure_on_several_arcs_is_paid_once() -> None:
    net = network([(0, 1, 5.0), (0, 1, 7.0), (0, 1, 9.0)], 2)
    plan = interdict(net, [Action("all", 3, (0, 1, 2)), Action("one", 2, (2,))], 3)
    assert (plan.measures, plan.objective, plan.gap) == (("all",), 0.0, 0.0)


def test_many_small_shares_of_one_route_are_proven() -> None:
    """Seven of one kind on the same four arcs: the Lagrangian bound is loose, the answer still carries its proof."""
    arcs = [(0, 1, 400.0), (1, 2, 112.0), (1, 3, 123.0), (1, 4, 116.0), (1, 5, 109.0), (0, 5, 32.0)]
    arcs += [(n, 6, 140.0) for n in (2, 3, 4, 5)]
    fronts = [Action(f"front-{i}", 2, (1, 2, 3, 4), 0.1125, 0.6) for i in range(7)]
    others = [Action("box", 3, (5,), 0.6, 0.6), Action("bank", 8, (6,), 0.8, 0.8)]
    plan = interdict(network(arcs, 7), [*fronts, *others], 10)
    assert plan.gap == 0
    assert plan.objective == pytest.approx(brute_force(network(arcs, 7), [*fronts, *others], 10, set(), set(), {}))


def test_a_measure_that_is_not_needed_is_not_taken() -> None:
    net = network([(0, 1, 5.0), (1, 2, 9.0)], 3)
    plan = interdict(net, [Action("first", 1, (0,)), Action("second", 1, (1,))], math.inf)
    assert len(plan.measures) == 1
    assert plan.objective == 0


@pytest.mark.parametrize(
    ("arcs", "objective"),
    [
        ([], 0.0),  # no arc at all
        ([(0, 1, 4.0)], 0.0),  # the sink cannot be reached
        ([(0, 1, 4.0), (1, 1, 3.0), (1, 0, 2.0), (1, 2, 3.0)], 3.0),  # loop and cycle
        ([(0, 2, 0.0)], 0.0),
        ([(0, 1, math.inf), (1, 2, math.inf)], math.inf),
    ],
)
def test_odd_networks_have_a_clear_answer(arcs: list[tuple[int, int, float]], objective: float) -> None:
    plan = interdict(network(arcs, 3), [], 5)
    assert (plan.objective, plan.gap, plan.measures) == (objective, 0.0, ())


def test_unlimited_flow_is_said_and_can_be_cut() -> None:
    net = network([(0, 1, math.inf), (1, 2, math.inf), (0, 2, 3.0)], 3)
    cut = Action("cut", 4, (1,))
    kept = interdict(net, [cut], 3)
    assert math.isinf(kept.objective)
    assert kept.to_dict()["objective"] is None
    assert "unlimited" in kept.certificate
    assert interdict(net, [cut], 4).objective == 3.0


def test_a_part_of_unlimited_is_unlimited() -> None:
    net = network([(0, 1, math.inf)], 2)
    half = [Action("half", 0, (0,), success=0.8)]
    assert math.isinf(interdict(net, half, 5).objective)
    assert math.isinf(interdict(net, half, 5, must=["half"]).objective)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        ({"budget": -1}, UsageError, "0 or more"),
        ({"budget": math.nan}, UsageError, "0 or more"),
        ({"budget": 1, "must": ["a"]}, UsageError, "cost 2, more than the budget of 1"),
        ({"budget": 9, "must": ["a"], "never": ["a"]}, UsageError, "both must and must never"),
        ({"budget": 9, "must": ["aa"]}, UnknownName, "Did you mean 'a'"),
        ({"budget": 9, "must": ["a"], "budgets": {"x": 1.0}}, UsageError, "'x'"),
        ({"budget": 9, "budgets": {"x": -1.0}}, UsageError, "'x'"),
    ],
)
def test_what_cannot_be_asked(call: dict, error: type[Exception], says: str) -> None:
    net = network([(0, 1, 5.0)], 2)
    with pytest.raises(error, match=says):
        interdict(net, [Action("a", 2, (0,), agency="x")], **call)


@pytest.mark.parametrize(
    "action", [Action("a", -1, (0,)), Action("a", 1, (4,)), Action("a", 1, (0,), effect=2), Action("b", 1, ())]
)
def test_unusable_measures_are_refused(action: Action) -> None:
    with pytest.raises(UsageError):
        interdict(network([(0, 1, 5.0)], 2), [action, Action("b", 1, (0,))], 3)


def test_negative_capacity_is_refused() -> None:
    with pytest.raises(UsageError, match="arc 0"):
        network([(0, 1, -1.0)], 2)


def test_flow_is_conserved_and_equals_the_cut() -> None:
    rng = np.random.default_rng(3)
    arcs = [(int(a), int(b), float(c)) for a, b, c in zip(rng.integers(0, 30, 200), rng.integers(0, 30, 200),
                                                          rng.uniform(0, 9, 200), strict=True)]  # fmt: skip
    net = network(arcs, 30)
    cut, flow = Kernel(net).flow(net.capacity)
    balance = np.bincount(net.head, flow, minlength=30) - np.bincount(net.tail, flow, minlength=30)
    assert balance[net.sink] == pytest.approx(cut.value)
    assert balance[net.source] == pytest.approx(-cut.value)
    assert np.abs(np.delete(balance, [net.source, net.sink])).max() < 1e-9
    assert (flow <= net.capacity + 1e-9).all()


def _grid(side: int) -> tuple[Network, list[Action]]:
    rng = np.random.default_rng(7)
    arcs = []
    for row in range(side):
        arcs += [(0, 2 + row, 1e6), (2 + (side - 1) * side + row, 1, 1e6)]
        for column in range(side):
            here = 2 + column * side + row
            for dr in (-1, 0, 1):
                if column + 1 < side and 0 <= row + dr < side:
                    arcs.append((here, 2 + (column + 1) * side + row + dr, float(rng.integers(1, 100))))
    tail, head, capacity = (np.array(x) for x in zip(*arcs, strict=True))
    net = Network(tuple(str(i) for i in range(side * side + 2)), tail, head, capacity, 0, 1)
    return net, [Action(f"a{i}", float(rng.integers(1, 5)), (i,)) for i in np.flatnonzero(capacity < 1e6).tolist()]


def test_time_limit_gives_the_best_plan_and_its_honest_gap() -> None:
    net, measures = _grid(14)
    budgets = [4.0, 9.0, 14.0, 19.0]
    plans = [interdict(net, measures, b, time_limit=0.0) for b in budgets]
    for budget, plan in zip(budgets, plans, strict=True):
        assert plan.cost <= budget
        assert plan.bound <= plan.objective
        assert plan.gap == pytest.approx(1 - plan.bound / plan.objective)
        proven = interdict(net, measures, budget, time_limit=60)
        assert proven.gap == 0
        assert plan.bound <= proven.objective <= plan.objective


def test_what_was_found_before_ctrl_c_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver had finished when the key was pressed: its plan and bound are not thrown away."""
    net = network([(0, 1, 9.0), (1, 2, 9.0), (0, 2, 4.0), (1, 3, 3.0), (2, 3, 8.0)], 4)
    measures = [Action(f"m{a}", 2, (a, (a + 2) % 5), 0.5, 0.7, "ab"[a % 2]) for a in range(5)]
    asked = {"budgets": {"a": 4.0, "b": 2.0}}
    proven = interdict(net, measures, 6, **asked)
    assert "HiGHS" in proven.certificate
    real = exact.run

    def pressed(h: object) -> None:
        real(h)
        raise KeyboardInterrupt

    monkeypatch.setattr(exact, "run", pressed)
    found = interdict(net, measures, 6, **asked)
    assert (found.objective, found.bound) == (proven.objective, proven.bound)


def test_same_question_same_answer() -> None:
    net, measures = _grid(9)

    def answer() -> dict:
        return {k: v for k, v in interdict(net, measures, 12).to_dict().items() if k != "seconds"}

    assert answer() == answer()


def test_public_instances_are_exact(shared_data: Path) -> None:
    folder = shared_data / "interdiction" / "mfi"
    with (folder / "optima.csv").open() as stream:
        optima = list(csv.DictReader(stream))
    assert len(optima) == 12
    for row in optima:
        (found,) = solve(folder / f"{row['instance']}.mfi", time_limit=60)
        assert found["baseline"] == float(row["maxflow_without_interdiction"])
        assert found["objective"] == found["bound"] == float(row["best_known_residual_flow"]), row["instance"]
        assert found["status"] == "optimal"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_one_measure_an_arc_equals_brute_force(seed: int) -> None:
    """What is branched on without HiGHS: each measure one arc of its own, whole and broken capacities."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(3, 8))
    arcs = [
        (int(a), int(b), float(c) if seed % 3 else float(c) + rng.random())
        for a, b, c in zip(*rng.integers(0, nodes, (2, 12)), rng.integers(0, 9, 12), strict=True)
    ]
    net = network(arcs, nodes)
    measures = [Action(f"m{i}", float(rng.integers(0, 5)), (i,), success=rng.choice([1.0, 0.7])) for i in range(10)]
    for budget in (0.0, 3.0, 6.0, 11.0):
        plan = interdict(net, measures, budget)
        assert plan.objective == pytest.approx(brute_force(net, measures, budget, set(), set(), {}), abs=1e-6)
        assert plan.gap == 0
