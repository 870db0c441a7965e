import math

import pytest

from counterflow.findings.typologies.encounter import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

A, B = "211000001", "212000002"


def meeting(metres: float, *, lat: float = 33.0, lon: float = 125.0, hours: float = 4, dark: bool = False) -> World:
    w = World()
    w.entity("d:tanker", "Tanker One", "Vessel", listed=True)
    w.holds("d:tanker", "imo:9000001")
    w.stay(A, "2017-09-01 00:00", 6 + hours, lat, lon, imo="9000001")
    if dark:
        w.stay(B, "2017-08-31 10:00", 1, lat - 1, lon, sog=8.0)
    east = metres / (111_195 * math.cos(math.radians(lat)))
    w.stay(B, "2017-09-01 03:00", hours, lat, lon + east)
    return w


class TestEncounter(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return meeting(200, dark=True).tables()

    def clean(self):
        """Seven hundred metres apart: ships that wait, each for itself."""
        return meeting(700, dark=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:tanker", f"mmsi:{B}")
        assert finding.vessels == ("9000001", B)
        assert finding.detail["closest_metres"] == pytest.approx(200, abs=1)
        assert finding.detail["hours"] == pytest.approx(4, abs=0.3)
        assert finding.detail["silent_ships"] == [B]
        assert (finding.lat, finding.lon) == (33.0, 125.0)
        assert finding.start == "2017-09-01T03:00:00Z"

    @pytest.mark.parametrize("lat", [0.001, 33.0, -45.01, 59.999, 60.0, 72.5, 84.0])
    @pytest.mark.parametrize("lon", [160.0, 179.9999, -179.9999, -10.0])
    def test_the_cells_hold_on_every_latitude_and_across_the_date_line(self, lat: float, lon: float) -> None:
        assert len(self._detect(meeting(490, lat=lat, lon=lon).tables())) == 1
        assert self._detect(meeting(510, lat=lat, lon=lon).tables()) == []

    @pytest.mark.parametrize(
        ("lat", "lon"), [(33.0, 0.0), (31.23, 121.5), (35.05, 129.1)], ids=["on land", "on a river", "off a port"]
    )
    def test_what_is_not_at_sea_is_none(self, lat: float, lon: float) -> None:
        assert self._detect(meeting(490, lat=lat, lon=lon).tables()) == []

    def test_a_short_visit_is_none(self) -> None:
        assert self._detect(meeting(200, hours=1.5).tables()) == []

    def test_two_ships_in_company_under_way_are_none(self) -> None:
        w = World()
        for ship in (A, B):
            w.stay(ship, "2017-09-01 00:00", 5, 33.0, 125.0, sog=9.0)
        assert self._detect(w.tables()) == []

    def test_a_roadstead_is_learnt_from_who_else_lay_there(self) -> None:
        w = meeting(200)
        for n in range(3):
            w.stay(f"21300000{n}", f"2017-08-2{n} 00:00", 3, 33.005 + n / 200, 125.004)
        assert self._detect(w.tables()) == []

    def test_a_lost_message_or_two_do_not_cut_a_meeting(self) -> None:
        w = World()
        w.stay(A, "2017-09-01 00:00", 2, 33.0, 125.0)
        w.stay(A, "2017-09-01 03:00", 2, 33.0, 125.0)
        w.stay(B, "2017-09-01 00:00", 5, 33.001, 125.0)
        assert len(self._detect(w.tables())) == 1

    def test_a_port_that_claims_tell_of_is_no_sea(self) -> None:
        w = meeting(200)
        w.entity("d:port", "Some Roads", "Facility", latitude="33.02", longitude="125.01", facilityType="anchorage")
        assert self._detect(w.tables()) == []
