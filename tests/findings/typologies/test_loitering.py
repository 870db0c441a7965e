import pytest

from counterflow.findings.typologies.loitering import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

A, B = "211000001", "212000002"


def waits(*, hours: float = 5, roadstead: bool = False, sog: float = 0.3) -> World:
    w = World()
    w.entity("d:ship", "Waiting One", "Vessel", listed=True)
    w.holds("d:ship", f"mmsi:{A}")
    w.stay(A, "2017-09-01 00:00", 2, 32.0, 125.0, sog=11.0)
    w.stay(A, "2017-09-01 06:00", hours, 33.0, 125.0, sog=sog)
    if roadstead:
        for n in range(3):
            w.stay(f"21300000{n}", f"2017-08-2{n} 00:00", 1.7, 33.005 + n / 200, 125.004)
    return w


class TestLoitering(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return waits().tables()

    def clean(self):
        """Where others lie too, if only for an hour or so each."""
        return waits(roadstead=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship",)
        assert finding.vessels == (A,)
        assert finding.detail["hours"] == pytest.approx(5, abs=0.3)
        assert (finding.lat, finding.lon) == (33.0, 125.0)

    def test_a_short_wait_is_none(self) -> None:
        assert self._detect(waits(hours=1.5).tables()) == []

    def test_a_ship_that_says_it_sails_is_none(self) -> None:
        assert self._detect(waits(sog=9.0).tables()) == []

    def test_two_together_are_an_encounter_instead(self) -> None:
        w = waits()
        w.stay(B, "2017-09-01 05:30", 6, 33.001, 125.0)
        assert [f.vessels for f in self._detect(w.tables())] == []
