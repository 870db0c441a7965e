"""Patterns over the same payments are one attempt; an account in common joins nothing."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings import merging
from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.merging import groups, merged
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typology import Data, Typology
from counterflow.model.finding import Finding
from counterflow.testing.tables import scope_of, whole
from findings.world import World

sets = st.lists(st.frozensets(st.integers(0, 12).map(str), min_size=1, max_size=6), max_size=25)


@settings(max_examples=200, deadline=None)
@given(sets)
def test_every_pattern_is_in_one_attempt_and_overlaps_with_its_strongest(members: list[frozenset[str]]) -> None:
    found = groups(members)
    assert sorted(n for group in found for n in group) == list(range(len(members)))
    for lead, *others in found:
        for other in others:
            assert other > lead
            shared = len(members[lead] & members[other])
            assert shared >= merging.OVERLAP * len(members[other])
    # a pattern that leads overlaps too little with every stronger one that leads, for here no attempt is full
    leads = [group[0] for group in found]
    for k, lead in enumerate(leads):
        for before in leads[:k]:
            shared = len(members[lead] & members[before])
            assert shared < merging.OVERLAP * len(members[lead])


def test_a_full_attempt_takes_no_more() -> None:
    members = [{"a", "b", "x"}, {"a", "b", "c"}, {"a", "x", "d"}]
    assert groups(members, most=4) == [[0, 1], [2]]


def test_a_hub_glues_nothing_together() -> None:
    """A thousand patterns through one account, each with payments of its own."""
    members = [{f"{n}-{k}" for k in range(5)} for n in range(1000)]
    assert groups(members) == [[n] for n in range(1000)]


def typology(name: str, prior: float, *hits: list[int]) -> Typology:
    def told(a: Attempt) -> Told:
        return Told(f"{a.name(int(a.payer[0]))} {name}.", {})

    def detect_(data: Data, _dial: Mapping[str, float]) -> Iterator[Finding]:
        starts = np.cumsum([0, *map(len, hits)])
        found = Hits(starts, np.array([i for hit in hits for i in hit], np.int64))
        yield from findings(data, made, found, told, prior=prior)

    made = Typology(name, name, "payment", "w", "w", "s", ("payments",), {}, ("b",), "r", detect_)
    return made


@pytest.fixture
def world() -> World:
    world = World()
    for n, (payer, payee) in enumerate([("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", "A"), ("X", "Y")]):
        world.pay(f"2022-05-0{n + 1} 10:00", payer, payee, 100.0 * (n + 1), "USD" if n else "EUR")
    return world


def run(world: World, *typologies: Typology, shuffle: int | None = None) -> list[Finding]:
    tables = whole(world.tables())
    if shuffle is not None:
        n = len(tables["payments"])
        tables["payments"] = tables["payments"].take(random.Random(shuffle).sample(range(n), n))
    data = ScopeData(scope_of(tables))
    return merged(detect(data, typologies), data)


def test_the_strongest_tells_and_names_the_others_over_the_payments_of_all(world: World) -> None:
    world.entity("dora", "Dora Ltd")
    world.holds("dora", "account:D")
    scatter, ring = typology("scatters", 0.5, [0, 1, 2, 3]), typology("turns", 0.2, [0, 2, 4])
    alone = typology("stands alone", 0.3, [5])
    first, other = run(world, ring, scatter, alone)
    assert (first.typology, other.typology) == ("scatters", "stands alone")
    assert first.sentence == "account A scatters."
    assert first.payments == ("P1", "P2", "P3", "P4", "P5")
    assert first.accounts == ("A", "B", "C", "D")
    assert (first.start, first.end) == ("2022-05-01T10:00:00Z", "2022-05-05T10:00:00Z")
    assert first.detail["sums"] == {"USD": 1400.0, "EUR": 100.0}
    assert first.detail["hours"] == 96.0
    [named] = first.detail["patterns"]
    assert (named["typology"], named["payments"]) == ("turns", 3)
    roles = [e.role for e in first.evidence if e.kind == "payments"]
    assert roles == ["payment of the pattern"] * 4 + ["payment of the pattern (turns)"]
    assert first.subjects[-1] == "dora"
    assert [e["entity"] for e in first.detail["entities"]] == ["dora"]
    assert "patterns" not in other.detail


def test_one_payment_in_common_is_not_enough(world: World) -> None:
    found = run(world, typology("one", 0.5, [0, 1, 2]), typology("two", 0.2, [2, 3, 4]))
    assert [f.typology for f in found] == ["one", "two"]


def test_the_same_for_shuffled_input(world: World) -> None:
    both = typology("scatters", 0.5, [0, 1, 2, 3], [3, 4, 5]), typology("turns", 0.5, [0, 2, 4], [0, 2, 3])
    told = [dataclasses.asdict(f) for f in run(world, *both)]
    for seed in range(4):
        assert [dataclasses.asdict(f) for f in run(world, *both, shuffle=seed)] == told
    assert [dataclasses.asdict(f) for f in run(world, *reversed(both))] == told


def test_of_many_patterns_some_are_named_and_the_rest_counted(world: World) -> None:
    many = [typology(f"t{n}", 0.1, [0, 1]) for n in range(merging.PRINTED + 3)]
    [found] = run(world, typology("strong", 0.5, [0, 1, 2]), *many)
    assert len(found.detail["patterns"]) == merging.PRINTED
    assert found.detail["patterns_more"] == 3
