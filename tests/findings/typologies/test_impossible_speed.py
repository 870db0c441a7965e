import datetime as dt

import pytest

from counterflow.findings.typologies.impossible_speed import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP = "211000001"


def world(*, hours: float) -> World:
    """Five hours at one place, and then at another, 300 miles off, so many hours later."""
    w = World()
    w.entity("d:ship", "Hasty", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{SHIP}")
    w.stay(SHIP, "2017-09-01 00:00", 5, 33.0, 125.0, every=30, sog=10)
    later = moment("2017-09-01 05:00") + dt.timedelta(hours=hours)
    w.stay(SHIP, f"{later:%Y-%m-%d %H:%M}", 5, 38.0, 125.0, every=30, sog=10)
    return w


class TestImpossibleSpeed(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(hours=2).tables()

    def clean(self):
        """At fifty knots, as a fast ferry sails."""
        return world(hours=6).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship",)
        assert finding.detail["knots"] == pytest.approx(150, abs=1)
        assert finding.detail["jumps"] == 1
        assert (finding.start, finding.end) == ("2017-09-01T05:00:00Z", "2017-09-01T07:00:00Z")

    def test_a_garbled_message_weighs_little(self) -> None:
        w = World()
        w.stay(SHIP, "2017-09-01 00:00", 5, 33.0, 125.0, every=30)
        w.position(SHIP, moment("2017-09-01 02:10"), -33.0, 125.0)
        [finding] = self._detect(w.tables())
        assert finding.detail["jumps"] == 2
        assert finding.probability < 0.2

    def test_a_speed_kept_up_in_small_steps(self) -> None:
        """Eighty knots, a message a minute: each step alone could be an error."""
        w = World()
        for minute in range(30):
            w.position(SHIP, moment("2017-09-01 00:00") + dt.timedelta(minutes=minute), 33 + minute * 80 / 3600, 125.0)
        assert len(self._detect(w.tables())) == 1
