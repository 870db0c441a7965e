"""The temporal graph: as of a date, neighbourhoods, chains."""

from __future__ import annotations

import pyarrow as pa
import pytest

from counterflow.errors import NotFound
from counterflow.network import kinds
from counterflow.network.graph import Graph
from counterflow.storage.tables import DERIVED


def graph(*rows: tuple[str, str] | tuple[str, str, str | None, str | None]) -> Graph:
    full = [(*row, None, None)[:4] for row in rows]
    table = pa.table(
        {
            "link": [f"l{i}" for i in range(len(full))],
            **{
                name: pa.array([r[i] for r in full], pa.string())
                for i, name in enumerate(("source", "target", "start", "end"))
            },
        }
    )
    return Graph(DERIVED["links"].conform(table))


def test_a_link_shows_from_its_first_possible_day_to_its_last() -> None:
    found = graph(("a", "b", "2016-09", None), ("a", "c", None, "2010"), ("a", "d", "2010-05", "2012"))
    assert found.as_of("2016-08").tolist() == [False, False, False]
    assert found.as_of("2016-10").tolist() == [True, False, False]
    assert found.as_of("2010").tolist() == [False, True, True]
    assert found.as_of(None).tolist() == [True, True, True]


def test_neighbours_come_nearest_first_and_the_limit_is_said() -> None:
    found = graph(("a", "b"), ("b", "c"), ("c", "d"), ("a", "e")).neighbourhood("a", 2, None, 3)
    assert found.nodes == ["a", "e", "b"] and found.hops == [0, 1, 1]
    assert found.total == 4


def test_no_link_at_all_is_not_found() -> None:
    with pytest.raises(NotFound):
        graph(("a", "b")).neighbourhood("z", 1, None, 10)


def test_between_two_dates_holds_what_held_on_some_day_of_them() -> None:
    found = graph(("a", "b", "2010", "2012-03"), ("a", "c", "2015", None), ("a", "d", None, None))
    assert found.between("2012-03-31", "2014").tolist() == [True, False, True]
    assert found.between("2013", None).tolist() == [False, True, True]
    assert found.between(None, "2009").tolist() == [False, False, True]


def test_the_difference_of_two_dates_is_what_began_and_what_ended() -> None:
    found = graph(("a", "b", "2010", "2012"), ("a", "c", "2013", None), ("b", "c", "2013", None), ("a", "d"))
    changed = found.difference("2011", "2014")
    assert (changed.began, changed.ended) == ([1, 2], [0])
    changed = found.difference("2011", "2014", "a")
    assert (changed.began, changed.ended) == ([1], [0])
    assert found.difference("2011", "2011").began == []


def test_a_hub_of_many_links_is_one_pass() -> None:
    found = graph(*(("hub", f"n{n:05}") for n in range(5000)))
    near = found.neighbourhood("n00000", 2, None, 10)
    assert near.nodes[:2] == ["n00000", "hub"] and near.total == 5001


def test_strength_counts_origins_and_what_a_kind_is_worth_as_a_tie() -> None:
    owns, at = kinds.kind_of("Ownership", None), kinds.kind_of("Company", "addressEntity")
    one, two = (kinds.strength("B", 2, n, owns) for n in (1, 2))
    assert 0 < one < two < 1
    assert kinds.strength("B", 2, 1, at) < one
    assert kinds.strength("E", 5, 1, owns) < one
    assert kinds.cost_of(one) > kinds.cost_of(two) > 0


def test_a_chain_is_as_long_as_the_workspace_says_its_grades_are_poor() -> None:
    row = {"link": "l1", "schema": "Ownership", "source": "a", "target": "b", "stance": "asserts", "reliability": "B",
           "credibility": 2, "origins": 1}  # fmt: skip
    table = pa.Table.from_pylist([row], DERIVED["links"].schema)
    shipped, doubted, other = (Graph(table, grades=own).columns.cost[0] for own in (None, {"B2": 0.4}, {"C3": 0.4}))
    assert shipped == other < doubted


def test_acts_of_authorities_and_denials_are_no_ways() -> None:
    rows = [
        {"link": "m>targetEntity>a", "schema": "Measure", "role": "targetEntity", "source": "m", "target": "a"},
        {"link": "l1", "schema": "Ownership", "role": None, "source": "a", "target": "b"},
        {"link": "l2", "schema": "Ownership", "role": None, "source": "b", "target": "c", "stance": "denies"},
        {"link": "e>involved>a", "schema": "Event", "role": "involved", "source": "e", "target": "a"},
    ]
    table = pa.Table.from_pylist([{"stance": "asserts", **row} for row in rows], DERIVED["links"].schema)
    whole = Graph(table)
    assert whole.ways(whole.as_of(None)).tolist() == [False, True, False, True]
    assert Graph(table, ["e"]).columns.way.tolist() == [False, True, False, False]
    assert whole.ways(whole.as_of(None), ["ownership"]).tolist() == [False, True, False, False]


def test_every_kind_is_named_once_and_every_relationship_has_one() -> None:
    from counterflow.model import schema

    every = [s for kind in kinds.all() for s in kind.schemata]
    assert len(every) == len(set(every))
    assert set(every) <= set(schema.all())
    unnamed = {s.name for s in schema.all().values() if s.edge is not None} - set(every)
    assert unnamed == set(), "say in kinds.yaml what they are"
