import pytest

from counterflow.findings.typologies.conglomerate_abroad import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(name: str = "Hangang Daesong (Macau) Ltd", *, country: str = "mo", tied: bool = True) -> World:
    w = World()
    w.entity("d:parent", "Korea Daesong General Trading Corporation", listed=True, country="kp")
    w.entity("d:abroad", name, country=country)
    if tied:
        w.entity("d:man", "Man", "Person")
        w.link("Directorship", "d:man", "d:abroad")
        w.link("Directorship", "d:man", "d:parent")
    for n in range(20):
        w.entity(f"d:other{n}", f"Trading Company {n}", country="mo")
    return w


class TestConglomerateAbroad(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """Tied as well, but not of the name."""
        return world("Trading House Ltd").tables()

    def test_name_and_tie_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:abroad", "d:parent")
        assert finding.detail["common_words"] == ["daesong"]
        assert "in MO bears the name of the listed Korea Daesong General Trading Corporation" in finding.sentence

    @pytest.mark.parametrize("more", [{"country": "kp"}, {"tied": False}])
    def test_at_home_or_without_a_tie_it_is_no_sign(self, more: dict[str, object]) -> None:
        assert self._detect(world(**more).tables()) == []
