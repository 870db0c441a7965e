import datetime as dt

import pytest

from counterflow.findings.typologies.draught_change import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP, IMO = "211000001", "9074729"


def world(*, port: bool = False, listed_port: bool = False, to: float = 9.5) -> World:
    """She sails, lies for six hours, sails on; her draught before and after."""
    w = World()
    w.entity("d:ship", "Laden", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{SHIP}", f"imo:{IMO}")
    for n in range(72):
        moving = 10 if not 24 <= n < 36 else 0
        lat = 33.0 + min(n, 24) / 12 + max(0, n - 36) / 12
        w.position(SHIP, moment("2017-09-01 00:00") + dt.timedelta(minutes=30 * n), lat, 125.0, sog=moving, imo=IMO)
    w.static(SHIP, "2017-09-01 01:00", IMO, draught=6.5)
    w.static(SHIP, "2017-09-02 09:00", IMO, draught=to)
    if port:
        for n in range(3):
            w.stay(f"21300000{n}", f"2017-08-2{n} 00:00", 3, 35.005 + n / 200, 125.004)
    if listed_port:
        w.entity("d:port", "New Port", "Facility", latitude="35.01", longitude="125.0", facilityType="port")
    return w


class TestDraughtChange(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """Where others lie too: a port."""
        return world(port=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (IMO,)
        assert (finding.detail["from_metres"], finding.detail["to_metres"]) == (6.5, 9.5)
        assert finding.detail["hours_at_rest"] == pytest.approx(6, abs=0.6)
        assert (finding.lat, finding.lon) == (pytest.approx(35.0, abs=0.01), 125.0)

    def test_a_port_that_claims_tell_of(self) -> None:
        assert self._detect(world(listed_port=True).tables()) == []

    def test_a_small_change_is_none(self) -> None:
        assert self._detect(world(to=7.0).tables()) == []
