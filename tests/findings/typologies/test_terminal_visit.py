import pytest

from counterflow.findings.typologies.terminal_visit import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

SHIP = "211000001"


def world(lat: float) -> World:
    w = World()
    w.entity("d:ship", "Collier", "Vessel")
    w.holds("d:ship", f"mmsi:{SHIP}")
    w.entity("d:nampo", "Nampo coal terminal", "Facility", latitude="38.72", longitude="125.4", activity="coal")
    w.claim("d:nampo", "Facility", "country", "kp", "country")
    w.stay(SHIP, "2017-09-01 00:00", 30, lat, 125.4)
    return w


class TestTerminalVisit(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(38.73).tables()

    def clean(self):
        """Twelve miles out at sea."""
        return world(38.52).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship", "d:nampo")
        assert finding.detail["heard"]
        assert finding.detail["hours"] == pytest.approx(30, abs=0.5)

    def test_a_terminal_that_no_claim_tells_of(self) -> None:
        w = World()
        w.stay(SHIP, "2017-09-01 00:00", 30, 38.76, 125.55)
        [finding] = self._detect(w.tables())
        assert finding.subjects == (f"mmsi:{SHIP}",)
        assert "lay at Taean for" in finding.sentence

    @pytest.mark.parametrize(("hours", "found"), [(20, 1), (3, 0)])
    def test_a_call_in_the_dark(self, hours: int, found: int) -> None:
        w = world(30.0)
        w.rows["positions"] = []
        w.stay(SHIP, "2017-09-01 00:00", 1, 38.5, 125.2, sog=9)
        w.stay(SHIP, f"2017-09-01 {hours + 1:02}:00", 1, 38.5, 125.2, sog=9)
        findings = self._detect(w.tables())
        assert [f.detail["heard"] for f in findings] == [False] * found
