import datetime as dt

from counterflow.findings.typologies.ais_gap import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP, OTHER = "211000001", "212000002"


def world(*, outage: bool) -> World:
    w = World()
    w.entity("d:ship", "Dark One", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{SHIP}")
    start = moment("2017-09-01 00:00")
    for hour in range(72):
        when = start + dt.timedelta(hours=hour)
        if not 20 <= hour < 44:
            w.position(SHIP, when, 36.0 + hour * 0.005, 123.0, sog=3.0)
        if not (outage and 20 <= hour < 44):
            w.position(OTHER, when + dt.timedelta(minutes=7), 36.2, 123.2)
    return w


class TestAisGap(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(outage=False).tables()

    def clean(self):
        """A receiver that failed: everybody is silent."""
        return world(outage=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship",)
        assert finding.vessels == (SHIP,)
        assert finding.detail["hours"] == 25.0
        assert finding.detail["reception"] == 1.0
        assert (finding.start, finding.end) == ("2017-09-01T19:00:00Z", "2017-09-02T20:00:00Z")

    def test_sailing_out_of_range_is_no_gap(self) -> None:
        w = World()
        start = moment("2017-09-01 00:00")
        for hour in range(72):
            when = start + dt.timedelta(hours=hour)
            w.position(OTHER, when, 36.2, 123.2)
            if hour < 10:
                w.position(SHIP, when, 36.0, 123.0 + hour * 0.05, sog=20.0, cog=90.0)
            if hour > 60:  # back from the east
                w.position(SHIP, when, 36.0, 125.0, sog=10.0)
        assert self._detect(w.tables()) == []

    def test_a_ship_that_lay_in_port_is_none(self) -> None:
        w = World()
        w.stay(SHIP, "2017-09-01 00:00", 5, 36.0, 123.0)
        w.stay(SHIP, "2017-09-03 00:00", 5, 36.0, 123.0)
        w.stay(OTHER, "2017-09-01 00:00", 60, 36.1, 123.1)
        assert self._detect(w.tables()) == []
