from counterflow.findings.typologies.odd_route import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(by: str = "za", others: str = "cn", value: float = 50_000.0) -> World:
    """Shoes from China to Japan by way of South Africa. :param others: where those of the others are sent from"""
    w = World()
    w.entity("d:buyer", "Buyer")
    w.holds("d:buyer", "name:buyer")
    way = {"origin_country": "cn", "dest_country": "jp"}
    w.ship("Maker", "Buyer Ltd", "640399", "shoes", departure_country=by, value=value, currency="USD", **way)
    for n in range(22):
        w.ship("Maker", f"Other {n}", "640391", "shoes", departure_country=others, **way)
    return w


class TestOddRoute(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same way, which all others take too."""
        return world(others="za").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence.startswith(
            "Maker sent shoes from China to Buyer in Japan by way of South Africa, about 2"
        )
        assert finding.sentence.endswith(
            "of 22 consignments of others with such goods between the two countries none went so."
        )
        assert finding.detail["around_km"] > 20_000 > finding.detail["straight_km"] * 4

    def test_a_country_on_the_way_and_too_few_others_say_nothing(self) -> None:
        assert self._detect(world(by="kr").tables()) == []
        assert self._detect(world(value=900.0).tables()) == []
        w = world()
        w.rows["shipments"] = w.rows["shipments"][:18]
        assert self._detect(w.tables()) == []
