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

    def test_two_ships_near_each_other(self) -> None:
        """Two miles apart, one going north and one at rest: either could have sailed to the other's place."""
        w = World()
        for minute in range(0, 300, 3):
            when = moment("2017-09-01 00:00") + dt.timedelta(minutes=minute)
            w.position(SHIP, when, 33.0 + minute / 60 * 6 / 60, 125.04, sog=6, cog=0)
            w.position(SHIP, when + dt.timedelta(minutes=1, seconds=30), 33.0, 125.0, sog=0.0)
        [finding] = self._detect(w.tables())
        assert finding.detail["turns"] > 90
        assert finding.detail["miles_apart_at_most"] > 2

    def test_one_ship_that_turns_and_stops_is_none(self) -> None:
        w = World()
        lat, lon = 33.0, 125.0
        for minute in range(0, 600, 3):
            leg = minute // 45 % 4
            speed, course = ((12, 0), (12, 90), (0, 0), (12, 225))[leg]
            lat += speed / 20 / 60 * (1 if course == 0 else 0 if course == 90 else -0.7)
            lon += speed / 20 / 60 * (0 if course == 0 else 1 if course == 90 else -0.7)
            w.position(SHIP, moment("2017-09-01 00:00") + dt.timedelta(minutes=minute), lat, lon, sog=speed, cog=course)
        assert self._detect(w.tables()) == []
