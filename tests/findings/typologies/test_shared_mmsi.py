import datetime as dt

from counterflow.findings.typologies.shared_mmsi import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP = "211000001"


def world(*, at_once: bool, mmsi: str = SHIP) -> World:
    """Ten hours off Korea and ten off Spain."""
    w = World()
    w.entity("d:ship", "Twice", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{mmsi}")
    for n in range(20):
        w.position(mmsi, moment("2017-09-01 00:00") + dt.timedelta(minutes=30 * n), 33.0 + n / 20, 125.0, sog=9)
        other = moment("2017-09-01 00:10" if at_once else "2017-10-20 00:10") + dt.timedelta(minutes=30 * n)
        w.position(mmsi, other, 43.0, -9.0 + n / 20, sog=9)
    return w


class TestSharedMmsi(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(at_once=True).tables()

    def clean(self):
        """First the one, then seven weeks later the other."""
        return world(at_once=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (SHIP,)
        assert finding.detail["turns"] == 19
        assert finding.detail["miles_apart_at_most"] > 5000
        assert finding.start == "2017-09-01T00:00:00Z"

    def test_a_number_from_the_factory_weighs_little(self) -> None:
        own = self._detect(self.planted())[0].probability
        [finding] = self._detect(world(at_once=True, mmsi="222222222").tables())
        assert finding.probability < own / 1.5
