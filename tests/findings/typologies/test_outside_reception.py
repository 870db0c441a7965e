from counterflow.findings.typologies.outside_reception import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

SHIP = "211000001"


def world(*, every: int = 3) -> World:
    """A dozen ships off a coast; one of them also in mid-ocean."""
    w = World()
    w.entity("d:ship", "Elsewhere", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{SHIP}")
    for n in range(12):
        w.stay(f"2120000{n:02}", "2017-09-01 00:00", 2, 33.0 + n / 20, 125.0, every=30)
    w.stay(SHIP, "2017-09-01 00:00", 2, 33.1, 125.1, sog=9, every=30)
    w.stay(SHIP, "2017-09-02 12:00", 3, 33.0, 140.0, every=every, sog=9)
    return w


class TestOutsideReception(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """Heard as seldom as a satellite hears."""
        return world(every=30).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (SHIP,)
        assert finding.detail["hours"] == 3.0
        assert 600 < finding.detail["miles_from_others"] < 800
        assert (finding.lat, finding.lon) == (33.0, 140.0)
