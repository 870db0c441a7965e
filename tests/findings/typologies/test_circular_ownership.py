import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from counterflow.findings.typologies.circular_ownership import TYPOLOGY, _components, _shortest
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, closed: bool, **more: str) -> World:
    w = World()
    for name in "abcd":
        w.entity(f"d:{name}", f"Company {name.upper()}")
    w.link("Ownership", "d:a", "d:b", share_low=51.0)
    w.link("Ownership", "d:b", "d:c", share_low=51.0)
    w.link("Ownership", "d:c", "d:a" if closed else "d:d", share_low=51.0, **more)
    w.link("Ownership", "d:d", "d:a", share_low=5.0) if closed else None
    return w


class TestCircularOwnership(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(closed=True).tables()

    def clean(self):
        """A chain as long, that does not close."""
        return world(closed=False).tables()

    def test_the_ring_is_told_in_order(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:a", "d:b", "d:c")
        assert finding.sentence == (
            "Company A stands in a ring of holdings: Company A owns Company B owns Company C owns Company A."
        )
        assert finding.detail["ring"] == 3

    @pytest.mark.parametrize("more", [{"end": "2015-01-01"}, {"stance": "denies"}])
    def test_a_holding_that_ended_or_is_denied_closes_no_ring(self, more: dict[str, str]) -> None:
        assert self._detect(world(closed=True, **more).tables()) == []

    @settings(max_examples=60)
    @given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]), max_size=18))
    def test_the_ring_is_a_ring_and_the_shortest(self, pairs: set[tuple[int, int]]) -> None:
        import igraph

        ends = [(f"{a}", f"{b}") for a, b in sorted(pairs)]
        columns = {"source": [a for a, _ in ends], "target": [b for _, b in ends], "claim_ids": [[] for _ in ends]}
        kinds = {"source": pa.string(), "target": pa.string(), "claim_ids": pa.list_(pa.string())}
        rows = pa.table(columns, pa.schema(kinds))
        found = [_shortest(component) for component in _components(rows)]
        graph = igraph.Graph(n=8, edges=sorted(pairs), directed=True)
        strong = [c for c in graph.connected_components("strong") if len(c) > 1]
        assert len(found) == len(strong)
        for ring in found:
            assert all(row["target"] == after["source"] for row, after in zip(ring, [*ring[1:], ring[0]], strict=True))
            [members] = [c for c in strong if int(ring[0]["source"]) in c]
            part = graph.induced_subgraph(members)
            girth = min(d for v in part.vs for w in v.neighbors("out") for d in [part.distances(w, v)[0][0] + 1])
            assert len(ring) == girth
