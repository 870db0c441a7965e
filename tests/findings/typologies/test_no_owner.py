from counterflow.findings.typologies.no_owner import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(owned: int, without: int) -> World:
    w = World()
    w.entity("d:owner", "Owner", "Person")
    for n in range(owned + without):
        w.entity(f"d:c{n:02}", f"Company {n}", country="gb")
        if n < owned:
            w.link("Ownership", "d:owner", f"d:c{n:02}")
    return w


class TestNoOwner(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(24, 1).tables()

    def clean(self):
        """A register in which half of the companies name no owner says nothing by naming none."""
        return world(12, 13).tables()

    def test_its_peers_are_named(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == "Company 24 has no recorded owner, which 96% of its 25 peers in d have."

    def test_few_peers_are_no_measure(self) -> None:
        assert self._detect(world(10, 1).tables()) == []
