import datetime as dt

from counterflow.findings.typologies.declared_origin import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP, IMO = "211000001", "9074729"


def world(*, calls: bool, silent: bool = False) -> World:
    """Coal said to be from Vladivostok; the ship sailed off Korea for a month, or went there."""
    w = World()
    w.entity("d:ship", "Collier", "Vessel")
    w.holds("d:ship", f"imo:{IMO}")
    w.entity("d:port", "Vladivostok", "Facility", latitude="43.1", longitude="131.9", facilityType="port")
    w.claim("d:port", "Facility", "country", "ru", "country")
    w.ship("Seller", "Buyer", "2701", "anthracite", day="2017-03-31")
    w.rows["shipments"][-1] |= {"imo": IMO, "departure_country": "ru"}
    for hour in range(0, 31 * 24, 6):
        when = moment("2017-03-01 00:00") + dt.timedelta(hours=hour)
        there = calls and 200 <= hour <= 260
        if not (silent and 200 <= hour <= 260):
            w.position(SHIP, when, 43.1 if there else 37.0, 131.9, sog=9, imo=IMO)
    return w


class TestDeclaredOrigin(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(calls=False).tables()

    def clean(self):
        """She called there, nine days into the month."""
        return world(calls=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (IMO,)
        assert finding.detail["declared"] == "RU"
        assert finding.detail["nearest_miles"] > 360

    def test_where_she_was_silent_nothing_is_said(self) -> None:
        assert self._detect(world(calls=False, silent=True).tables()) == []
