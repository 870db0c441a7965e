"""The temporal graph: as of a date, neighbourhoods, chains."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import NotFound
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


def test_a_chain_follows_links_either_way_and_only_those_that_held() -> None:
    found = graph(("a", "b"), ("c", "b", "2010", None), ("c", "d"))
    assert found.path("a", "d") == [0, 1, 2]
    assert found.path("a", "d", "2009") is None
    assert found.path("a", "a") == []
    assert found.path("a", "nobody") is None


def test_no_link_at_all_is_not_found() -> None:
    with pytest.raises(NotFound):
        graph(("a", "b")).neighbourhood("z", 1, None, 10)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), min_size=1, max_size=25))
def test_hops_are_shortest_distances(pairs: list[tuple[str, str]]) -> None:
    found = graph(*pairs)
    centre = pairs[0][0]
    near = found.neighbourhood(centre, 4, None, 100)
    for node, hops in zip(near.nodes, near.hops, strict=True):
        chain = found.path(centre, node)
        assert chain is not None and len(chain) == hops
