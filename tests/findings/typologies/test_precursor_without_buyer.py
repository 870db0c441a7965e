from counterflow.findings.typologies.precursor_without_buyer import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

ACID = ("291524", "acetic anhydride")


def world(sector: str = "Wholesale of garments", goods: tuple[str, str] = ACID) -> World:
    w = World()
    w.entity("d:buyer", "Buyer", **({"sector": sector} if sector else {}))
    w.holds("d:buyer", "name:buyer")
    w.ship("Maker", "Buyer Ltd", *goods, "2017-03-01", net_mass=4_000.0)
    w.ship("Maker", "Buyer", *goods, "2017-04-01", net_mass=2_000.0)
    return w


class TestPrecursorWithoutBuyer(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same chemical, for a maker of medicines."""
        return world(sector="Manufacture of pharmaceutical products").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Buyer, registered for Wholesale of garments, imported 6,000 kg of acetic anhydride (UN Convention against "
            "Illicit Traffic in Narcotic Drugs (1988), Table I; INCB, Red List) in 2 consignments, and sent none of it "
            "on."
        )

    def test_what_is_sent_on_has_a_buyer(self) -> None:
        w = world()
        w.ship("Buyer", "Pharma abroad", *ACID, "2017-05-01", net_mass=5_900.0)
        assert self._detect(w.tables()) == []

    def test_a_company_of_which_nothing_is_known_is_measured_by_its_peers(self) -> None:
        w = world(sector="")
        assert self._detect(w.tables()) == []
        for n in range(25):
            w.ship("Maker", f"Peer {n}", *ACID, "2017-03-01", net_mass=50.0 + n)
        [finding] = self._detect(w.tables())
        assert "Buyer, whose business is not known, imported 6,000 kg" in finding.sentence
        assert "more than 100% of 26 importers" in finding.sentence

    def test_what_industry_needs_is_odd_only_in_quantity(self) -> None:
        w = world(goods=("291411", "acetone"))
        assert self._detect(w.tables()) == []
        for n in range(25):
            w.ship("Maker", f"Peer {n}", "291411", "acetone", "2017-03-01", net_mass=50.0 + n)
        assert len(self._detect(w.tables())) == 1
