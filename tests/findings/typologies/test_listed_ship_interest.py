from counterflow.findings.typologies.listed_ship_interest import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(share: float, *, listed: bool = False) -> World:
    """A ship's manager, of which a listed party has a share."""
    w = World()
    w.entity("d:ship", "Clean Ship", "Vessel", listed=listed)
    w.entity("d:manager", "Manager Ltd", "Company")
    w.entity("d:boss", "Listed Boss", "Person", listed=True)
    w.link("UnknownLink", "d:manager", "d:ship", role="manager")
    w.link("Ownership", "d:boss", "d:manager", share_low=share, share_high=share, low_open=False, high_open=False)
    return w


class TestListedShipInterest(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(50.0).tables()

    def clean(self):
        """A share short of half."""
        return world(49.0).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship", "d:manager")
        assert finding.detail["parties"] == ["Manager Ltd (manager), owned by listed parties"]

    def test_a_listed_insurer(self) -> None:
        w = world(10.0)
        w.link("UnknownLink", "d:boss", "d:ship", role="insurer")
        [finding] = self._detect(w.tables())
        assert finding.detail["parties"] == ["Listed Boss (insurer), listed"]

    def test_a_listed_ship_is_told_by_its_list(self) -> None:
        assert self._detect(world(60.0, listed=True).tables()) == []
