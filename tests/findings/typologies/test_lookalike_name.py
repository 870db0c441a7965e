import pytest

from counterflow.findings.typologies.lookalike_name import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(name: str, *, country: str = "hk", tied: bool = False, listed: bool = True) -> World:
    w = World()
    w.entity("d:model", "Ocean Maritime Management Co Ltd", listed=listed, country="kp")
    w.entity("d:copy", name, country=country)
    if tied:
        w.link("Ownership", "d:model", "d:copy")
    return w


class TestLookalikeName(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("Ocean Maritme Management Ltd").tables()

    def clean(self):
        return world("Ocean Marine Managers Ltd").tables()

    def test_both_are_named(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:copy", "d:model")
        assert "bears almost the name of Ocean Maritime Management Co Ltd" in finding.sentence

    @pytest.mark.parametrize("more", [{"country": "kp"}, {"tied": True}, {"listed": False}])
    def test_a_neighbour_a_subsidiary_and_an_unknown_model_are_no_sign(self, more: dict[str, object]) -> None:
        assert self._detect(world("Ocean Maritime Management", **more).tables()) == []
