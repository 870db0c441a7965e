import datetime as dt
import math

import pytest

from counterflow.findings.typologies.drawn_track import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

SHIP = "211000001"


def circling(*, radius: float = 2000, knots: float = 8, hours: float = 6) -> World:
    w = World()
    w.entity("d:ship", "Round and Round", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{SHIP}")
    for minute in range(0, int(hours * 60), 4):
        angle = knots * 1852 / 60 * minute / radius
        lat = 33.0 + radius * math.cos(angle) / 111_195
        lon = 125.0 + radius * math.sin(angle) / 111_195 / math.cos(math.radians(33))
        w.position(SHIP, moment("2017-09-01 00:00") + dt.timedelta(minutes=minute), lat, lon, sog=knots)
    return w


class TestDrawnTrack(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return circling().tables()

    def clean(self):
        """A ship that swings at anchor: as round, and slower than one sails."""
        return circling(radius=150, knots=0.6).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["shape"] == "circle"
        assert finding.detail["uncertainty_metres"] == pytest.approx(2000, rel=0.02)
        assert finding.detail["turns"] == pytest.approx(6 * 8 * 1852 / (2 * math.pi * 2000), rel=0.15)
        assert (finding.lat, finding.lon) == (pytest.approx(33.0, abs=0.002), pytest.approx(125.0, abs=0.002))

    def test_a_frozen_place(self) -> None:
        w = World()
        w.stay(SHIP, "2017-09-01 00:00", 3, 33.0, 125.0, sog=9.5)
        [finding] = self._detect(w.tables())
        assert finding.detail["shape"] == "frozen"
        assert finding.detail["hours"] == 3.0

    def test_a_ship_at_rest_is_none(self) -> None:
        w = World()
        w.stay(SHIP, "2017-09-01 00:00", 8, 33.0, 125.0, sog=0.1)
        assert self._detect(w.tables()) == []

    def test_to_and_fro_is_no_circle(self) -> None:
        w = World()
        for minute in range(0, 360, 4):
            lat = 33.0 + 0.02 * abs((minute % 60) - 30) / 30
            w.position(SHIP, moment("2017-09-01 00:00") + dt.timedelta(minutes=minute), lat, 125.0, sog=5)
        assert self._detect(w.tables()) == []
