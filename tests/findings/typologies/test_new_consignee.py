from counterflow.findings.typologies.new_consignee import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(formed: str = "2017-01-10", value: float = 200_000.0) -> World:
    w = World()
    w.entity("d:new", "Fresh Trading", incorporationDate=formed)
    w.holds("d:new", "name:fresh trading")
    for day in ("2017-03-01", "2017-06-01", "2019-01-01"):
        w.ship("Maker", "FRESH TRADING LTD", "870323", "cars", day, value=value, currency="USD")
    return w


class TestNewConsignee(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """An old company that takes the same."""
        return world(formed="2012-01-10").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Fresh Trading was formed on 2017-01-10, 2 months before its first consignment, and took goods of 400,000 "
            "USD (cars) in 365 days."
        )
        assert (finding.detail["age_days"], finding.detail["shipments"]) == (50, 2)
        assert len([e for e in finding.evidence if e.kind == "shipments"]) == 2

    def test_little_value_is_no_front_and_peers_set_the_measure(self) -> None:
        assert self._detect(world(value=50_000.0).tables()) == []
        w = world()
        for n in range(30):
            w.ship("Maker", f"Peer {n}", "870323", "cars", "2017-03-01", value=900_000.0, currency="USD")
        assert self._detect(w.tables()) == []
        for row in w.rows["shipments"][3:]:
            row["value"] = 9_000.0
        [finding] = self._detect(w.tables())
        assert "more than 100% of 31 consignees in theirs" in finding.sentence

    def test_a_company_formed_after_its_first_goods_is_another(self) -> None:
        assert self._detect(world(formed="2018-01-01").tables()) == []
