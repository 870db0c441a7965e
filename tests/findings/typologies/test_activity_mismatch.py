from counterflow.findings.business import chapters
from counterflow.findings.typologies.activity_mismatch import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(sector: str) -> World:
    w = World()
    w.entity("d:company", "Blue Sea Foods Ltd", sector=sector)
    w.ship("BLUE SEA FOODS LTD.", "Somebody", "270112", "bituminous coal")
    w.ship("Somebody", "Blue Sea Foods, Ltd", "2701", "coal")
    w.ship("Blue Sea Foods Ltd", "Somebody", "0306", "crab")
    return w


class TestActivityMismatch(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("Wholesale of food").tables()

    def clean(self):
        return world("Coal mining and food").tables()

    def test_goods_and_business_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Blue Sea Foods Ltd is registered for Wholesale of food but ships bituminous coal, coal."
        )
        assert finding.detail["outside_business"] == 2

    def test_an_unknown_line_of_business_is_not_measured(self) -> None:
        assert self._detect(world("Other activities").tables()) == []
        assert chapters("other activities") == frozenset()
